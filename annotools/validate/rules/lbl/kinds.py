"""Whether a label fits the kind of annotation: a label of type `rectangle` on a polygon, a point used as a label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model import RECTANGLE, SKELETON, ShapeType
from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule


def _wanted(ctx: Context) -> Ints:
    """The code of the shape type that each label is for, -1 for any, -2 for tags, -3 for intervals; and one more -1
    for labels that nothing defines."""
    codes = {"any": -1, "tag": -2, "interval": -3} | {word: code for code, word in enumerate(ShapeType.words())}
    return np.asarray([*(codes.get(label.type, -1) for label in ctx.labels), -1], np.int64)


@rule("LBL003", "wrong-label-type", WARNING, needs=LABELS, proof="annos-img/shape-type")
def wrong_label_type(ctx: Context) -> Iterator[Found]:
    """The label is defined for another kind of annotation.

    Why: the server stores it unchecked; the editor then offers no way to draw or convert such an object, and hides it
        where it filters by type. The `bbox` beside keypoints of COCO is none: an import leaves it out.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 2, "frame": 0, "points": [10, 10, 60, 10, 60, 40]}]}

        {"tags": [{"label_id": 3, "frame": 0}]}

        {"shapes": [{"type": "rectangle", "label_id": 6, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"tracks": [{"label_id": 2, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 60, 10, 60, 40]}]}]}

        {"intervals": [{"label_id": 6, "start": 3, "stop": 8}]}

        {"tags": [{"label_id": 7, "frame": 0}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 2, "frame": 0, "points": [10, 10, 60, 40]},
                    {"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10, 60, 40]}],
         "tags": [{"label_id": 6, "frame": 0}]}

        {"from": "coco-keypoints", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "man", "keypoints": ["head"], "skeleton": []}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "keypoints": [1, 1, 2], "bbox": [0, 0, 9, 9]}]}}}
    Source: annos-img/shape-type (accepted); the label's type is never compared
    """
    wanted = _wanted(ctx)
    types = [label.type for label in ctx.labels]
    mine = wanted[ctx.shape_labels]
    left_out = (ctx.slug == "coco-keypoints") & ctx.are(RECTANGLE) & (mine == SKELETON)
    shapes = np.flatnonzero((mine != -1) & (mine != ctx.shapes.type) & ~ctx.elements & ~left_out)
    yield _mismatch(ctx, "shape", _first_of_tracks(ctx, shapes), types, ctx.shape_labels)
    for kind, table, code in (("tag", ctx.tags, -2), ("interval", ctx.intervals, -3)):
        labels = ctx.label_rows(table.label)
        rows = np.flatnonzero((wanted[labels] != -1) & (wanted[labels] != code))
        yield _mismatch(ctx, kind, rows, types, labels)


def _first_of_tracks(ctx: Context, rows: Ints) -> Ints:
    """Plain shapes, and of each track only one."""
    tracks = ctx.shapes.track[rows]
    _, first = np.unique(tracks, return_index=True)
    return np.sort(np.concatenate([rows[tracks < 0], rows[first[tracks[first] >= 0]]])) if len(rows) else rows


def _mismatch(ctx: Context, kind: str, rows: Ints, types: list[str], labels: Ints) -> Found:
    words = ctx.type_words(rows) if kind == "shape" else [kind] * len(rows)
    wanted = [types[row] for row in labels[rows].tolist()]
    return ctx.at(kind, rows, "the label is for {wanted}, this is a {found}", wanted=wanted, found=words)


@rule(
    "LBL004", "sublabel-at-top-level", ERROR, upload=WARNING, needs=LABELS,
    proof="annos-img/points-with-skeleton-sublabel",
)  # fmt: skip
def sublabel_at_top_level(ctx: Context) -> Iterator[Found]:
    """The label of a skeleton's point is used outside of a skeleton.

    Why: the server stores it; the editor has no such label to show, and exports write a class that does not exist.
    Bad:
        {"shapes": [{"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]}]}

        {"tags": [{"label_id": 51, "frame": 0}]}

        {"tracks": [{"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 51, "start": 3, "stop": 8}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Source: annos-img/points-with-skeleton-sublabel (accepted, kept as sent)
    """
    inner = np.asarray([*(label.parent is not None for label in ctx.labels), False], np.bool_)
    whole = {"shape": ctx.plain, "track": ctx.tracks.parent < 0}
    for kind, table in ctx.tables:
        rows = np.flatnonzero(inner[ctx.label_rows(table.label)] & whole.get(kind, True))
        names = ctx.label_names(table.label[rows])
        yield ctx.at(kind, rows, "{label} is the label of a point of a skeleton", label=names)
