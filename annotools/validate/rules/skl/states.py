"""What the elements of a skeleton say: their type, frame, group, whether they are in view, left and right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from annotools.model import POINTS, SKELETON
from annotools.model.columns import distinct
from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule
from annotools.validate.rules.skl._derived import Edits, families

_SIDE = re.compile(r"(^|[^a-z])(left|right|l|r)([^a-z]|$)", re.IGNORECASE)


@rule("SKL008", "wrong-element-type", ERROR, upload=WARNING, proof="annos-img/skeleton-4")
def wrong_element_type(ctx: Context) -> Found:
    """An element of a skeleton is no single point.

    Why: the server stores any type; the editor draws points only, and exports skip or break on the rest.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "rectangle", "label_id": 81, "frame": 0, "points": [10, 10, 12, 12]}]}]}

        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10, 12, 12]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 12, 12]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Source: annos-img/skeleton-4 (accepted, kept as sent)
    """
    single = (ctx.shapes.type == POINTS) & (ctx.counts == 2)
    rows = np.flatnonzero(ctx.elements & ~single)
    message = "an element is {what} of {count} numbers, expected points of 2"
    return ctx.at("shape", rows, message, what=ctx.type_words(rows), count=ctx.counts[rows])


@rule(
    "SKL009",
    "element-unlike-skeleton",
    WARNING,
    upload=OFF,
    export=INFO,
    proof="annos-vid/track-skeleton-no-own-shapes",
)
def element_unlike_skeleton(ctx: Context) -> Iterator[Found]:
    """An element has another group than its skeleton, or its track begins on another frame.

    Why: the server moves the beginning of skeleton and elements to one frame, and tools that join groups tear the
        skeleton apart.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "group": 1, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "group": 2, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 8, "frame": 2, "shapes": [{"type": "skeleton", "frame": 2}], "elements": [
            {"label_id": 81, "frame": 4, "shapes": [{"type": "points", "frame": 4, "points": [10, 10]}]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "group": 1, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "group": 2, "shapes": [
                {"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "group": 1, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "group": 1, "points": [10, 10]}]}]}
    Fix: lossless: the element takes the group of its skeleton.
    Source: annos-vid/track-skeleton-no-own-shapes (accepted, frames are moved)
    """
    for family in ctx.once(families):
        table = ctx.dataset.shapes if family.kind == "shape" else ctx.dataset.tracks
        mine, whole = table.group[family.elements], table.group[family.parents]
        apart = np.flatnonzero(mine != whole)
        rows, wanted = family.elements[apart], whole[apart]
        fix = lossless("take the skeleton's group", _grouping(family.kind, rows, wanted))
        message = "group {group}, the skeleton is in {wanted}"
        yield ctx.at(family.kind, rows, message, fix, group=mine[apart], wanted=wanted)
    tracks, family = ctx.tracks, ctx.once(families)[1]
    late = np.flatnonzero(tracks.frame[family.elements] != tracks.frame[family.parents])
    frames = tracks.frame[family.parents[late]]
    message = "the element begins on another frame than its skeleton, on {frame}"
    yield ctx.at("track", family.elements[late], message, frame=frames)


def _grouping(kind: str, rows: Ints, groups: Ints) -> Edits:
    def edits(i: int) -> list[Edit]:
        return [Put(kind, int(rows[i]), "group", int(groups[i]))]

    return edits


@rule("SKL010", "skeleton-out-of-view", WARNING, upload=INFO, proof="source: outside skeletons are dropped on export")
def skeleton_out_of_view(ctx: Context) -> Found:
    """All elements of a skeleton are outside.

    Why: the server stores it; exports drop such a skeleton, and nobody can see it.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10], "outside": true}]}]}

        {"shapes": [{"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
            {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10], "outside": true},
            {"type": "points", "label_id": 52, "frame": 0, "points": [20, 10], "outside": true},
            {"type": "points", "label_id": 53, "frame": 0, "points": [30, 10], "outside": true}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Fix: lossy: the skeleton is dropped.
    Source: source: CVAT's bindings.py leaves out skeletons whose elements are all outside
    """
    family = ctx.once(families)[0]
    seen = np.zeros(len(ctx.shapes), np.bool_)
    seen[family.parents[~ctx.shapes.outside[family.elements]]] = True
    has = np.zeros(len(ctx.shapes), np.bool_)
    has[family.parents] = True
    rows = family.wholes[has[family.wholes] & ~seen[family.wholes]]

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))]

    return ctx.at("shape", rows, "all elements are outside", lossy("drop it", edits))


@rule("SKL012", "uneven-element-keyframes", WARNING, upload=INFO, proof="annos-vid/track-skeleton-elements-empty")
def uneven_element_keyframes(ctx: Context) -> Found:
    """The elements of a skeleton's track have keyframes on different frames.

    Why: the server stores it and interpolates each element alone; splitting and joining such tracks in the editor has
        corrupted them.
    Bad:
        {"tracks": [{"label_id": 5, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]},
            {"label_id": 52, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [20, 10]},
                                                    {"type": "points", "frame": 4, "points": [30, 10]}]}]}]}

        {"tracks": [{"label_id": 5, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
                                                    {"type": "points", "frame": 2, "points": [12, 10]}]},
            {"label_id": 52, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [20, 10]},
                                                    {"type": "points", "frame": 4, "points": [30, 10]}]}]}]}
    Good:
        {"tracks": [{"label_id": 5, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]},
            {"label_id": 52, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [20, 10]}]}]}]}
    Source: annos-vid/track-skeleton-elements-empty (accepted, kept as sent)
    """
    family, keyframes = ctx.once(families)[1], ctx.keyframes
    parent = np.full(len(ctx.tracks), -1, np.int64)
    parent[family.elements] = family.parents
    tracked = keyframes.rows
    home = parent[ctx.shapes.track[tracked]]
    inner = home >= 0
    pairs, counts = np.unique(np.stack([home[inner], ctx.shapes.frame[tracked[inner]]], axis=1), axis=0,
                              return_counts=True)  # fmt: skip
    sizes = np.bincount(family.parents, minlength=len(ctx.tracks))
    uneven = pairs[counts != sizes[pairs[:, 0]]]
    rows, first = np.unique(uneven[:, 0], return_index=True)
    message = "on frame {frame} some elements have a keyframe and others have none"
    return ctx.at("track", rows, message, frame=uneven[first, 1])


@rule("SKL013", "element-at-origin", WARNING, upload=INFO, proof="spec: COCO's missing points are 0 0 0")
def element_at_origin(ctx: Context) -> Found:
    """An element stands at 0, 0 and is not outside.

    Why: COCO writes 0 0 0 for a point that is not there; taken over as it is, it is drawn in the corner of the picture.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [0, 0]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [0, 0]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [0, 0], "outside": true}]}]}
    Fix: lossy: the element is put outside.
    Source: spec: COCO's keypoint format, v = 0 is not labelled, in which case x = y = 0
    """
    points = np.flatnonzero(ctx.elements & (ctx.shapes.type == POINTS) & (ctx.counts == 2) & ~ctx.shapes.outside)
    values, _ = ctx.ring(points)
    rows = points[(values.reshape(-1, 2) == 0).all(axis=1)]

    def edits(i: int) -> list[Edit]:
        return [Put("shape", int(rows[i]), "outside", True)]

    return ctx.at("shape", rows, "stands at 0, 0 and is not outside", lossy("put it outside", edits))


@rule("SKL014", "left-right-exchanged", INFO, upload=OFF, needs=LABELS, proof="spec: sides are names only")
def left_right_exchanged(ctx: Context) -> Found:
    """Left and right of a skeleton stand the other way round than in most skeletons of its label.

    Why: nothing breaks; mostly somebody named the sides as seen by the viewer.
    Bad:
        {"shapes": [
            {"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
                {"type": "points", "label_id": 52, "frame": 0, "points": [10, 10]},
                {"type": "points", "label_id": 53, "frame": 0, "points": [30, 10]}]},
            {"type": "skeleton", "label_id": 5, "frame": 1, "elements": [
                {"type": "points", "label_id": 52, "frame": 1, "points": [10, 10]},
                {"type": "points", "label_id": 53, "frame": 1, "points": [30, 10]}]},
            {"type": "skeleton", "label_id": 5, "frame": 2, "elements": [
                {"type": "points", "label_id": 52, "frame": 2, "points": [30, 10]},
                {"type": "points", "label_id": 53, "frame": 2, "points": [10, 10]}]}]}

        {"shapes": [
            {"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
                {"type": "points", "label_id": 52, "frame": 0, "points": [10, 10]},
                {"type": "points", "label_id": 53, "frame": 0, "points": [30, 10]}]},
            {"type": "skeleton", "label_id": 5, "frame": 1, "elements": [
                {"type": "points", "label_id": 52, "frame": 1, "points": [30, 10]},
                {"type": "points", "label_id": 53, "frame": 1, "points": [10, 10]}]},
            {"type": "skeleton", "label_id": 5, "frame": 2, "elements": [
                {"type": "points", "label_id": 53, "frame": 2, "points": [10, 10]},
                {"type": "points", "label_id": 52, "frame": 2, "points": [30, 10]}]}]}
    Good:
        {"shapes": [
            {"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
                {"type": "points", "label_id": 52, "frame": 0, "points": [10, 10]},
                {"type": "points", "label_id": 53, "frame": 0, "points": [30, 10]}]}]}
    Source: spec: CVAT's documentation of skeletons
    """
    family = ctx.once(families)[0]
    side, pair = _sides(ctx)
    labels = ctx.label_rows(family.labels[family.elements])
    fit = (ctx.shapes.type[family.elements] == POINTS) & (ctx.counts[family.elements] == 2) & (side[labels] != 0)
    places = np.flatnonzero(fit)
    x = ctx.ring(family.elements[places])[0].reshape(-1, 2)[:, 0]
    both_sides = np.stack([family.parents[places], pair[labels[places]]], axis=1)
    keys, inverse = np.unique(both_sides, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    both = np.bincount(inverse, side[labels[places]], len(keys)) == 0
    lead = np.sign(np.bincount(inverse, side[labels[places]] * x, len(keys)))  # positive: right is further right
    group = np.stack([family.labels[keys[:, 0]], keys[:, 1]], axis=1)
    _, kind = np.unique(group, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    usual = np.sign(np.bincount(kind, lead * both, len(keys) or 1))
    odd = both & (lead * usual[kind] < 0)
    rows = distinct(keys[odd, 0])
    return ctx.at("shape", rows, "left and right stand the other way round than in most of its kind")


def _sides(ctx: Context) -> tuple[Ints, Ints]:
    """Per label (and one more for unknown ones) -1 for left, 1 for right, 0 for neither; and a number that the left
    and the right one of a pair share."""
    side, pair = [], []
    names: dict[tuple[str, int | None], int] = {}
    for label in ctx.labels:
        match = _SIDE.search(label.name) if label.parent is not None else None
        side.append(0 if match is None else -1 if match[2].lower() in ("left", "l") else 1)
        rest = label.name if match is None else label.name[: match.start(2)] + label.name[match.end(2) :]
        pair.append(names.setdefault((rest.lower(), label.parent), len(names)))
    return np.asarray([*side, 0], np.int64), np.asarray([*pair, -1], np.int64)


@rule("SKL015", "element-on-another-frame", ERROR, proof="annos-img/skeleton-element-other-frame")
def element_on_another_frame(ctx: Context) -> Found:
    """An element of a plain skeleton is on another frame than the skeleton.

    Why: the server stores it, and from then on answers 500 to every read of the job, until the skeleton is deleted by
        its id.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 2, "points": [10, 10]}]}]}

        {"shapes": [{"type": "skeleton", "label_id": 5, "frame": 4, "elements": [
            {"type": "points", "label_id": 51, "frame": 4, "points": [10, 10]},
            {"type": "points", "label_id": 52, "frame": 0, "points": [20, 10]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Fix: lossy: the element is put on the skeleton's frame.
    Source: annos-img/skeleton-element-other-frame (stored; later reads 500)
    """
    family = ctx.once(families)[0]
    frame = ctx.shapes.frame
    skeleton = ctx.shapes.type[family.parents] == SKELETON
    away = np.flatnonzero(skeleton & (frame[family.elements] != frame[family.parents]))
    rows, wanted = family.elements[away], frame[family.parents[away]]

    def edits(i: int) -> list[Edit]:
        return [Put("shape", int(rows[i]), "frame", int(wanted[i]))]

    fix = lossy("put it on the skeleton's frame", edits)
    return ctx.at("shape", rows, "the skeleton is on frame {wanted}", fix, wanted=wanted)
