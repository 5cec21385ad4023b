"""Which elements a skeleton has: none, too many, the wrong ones.

    {"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
        {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]}, ...]}

The server stores any elements as long as there is one; a drawing that does not fit is what everybody else trips over.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model import SKELETON
from annotools.model.columns import distinct, row_keys, without
from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.edits import Copy, Drop, Edit, Order, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, Remedy, lossless, lossy
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule
from annotools.validate.rules.skl._derived import Edits, Family, families, parent_labels


@rule("SKL001", "skeleton-without-elements", ERROR, proof="annos-img/skeleton")
def skeleton_without_elements(ctx: Context) -> Iterator[Found]:
    """A skeleton has no elements.

    Why: the server answers 400 `at least one required for skeleton shape`; of a track it stores the empty skeleton,
        which then is nowhere to be seen.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": []}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": []}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Source: annos-img/skeleton (400), annos-vid/track-skeleton-elements-empty (accepted)
    """
    for family in ctx.once(families):
        rows = without(family.wholes, family.parents)
        severity = ERROR if family.kind == "shape" else WARNING
        yield ctx.at(family.kind, rows, "the skeleton has no elements", severity=severity)


@rule("SKL002", "elements-of-no-skeleton", ERROR, proof="annos-vid/track-elements-on-rectangle-track")
def elements_of_no_skeleton(ctx: Context) -> Iterator[Found]:
    """A shape that is not a skeleton has elements.

    Why: the server answers 400 `not allowed for non-skeleton shape`; of a track it stores what nobody shows.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}],
            "elements": [{"label_id": 81, "frame": 0, "shapes": [
                {"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Fix: lossy: the elements are dropped.
    Source: spec: CVAT's serializers.py (400); annos-vid/track-elements-on-rectangle-track (accepted)
    """
    for family in ctx.once(families):
        if family.kind == "shape":
            rows = distinct(family.parents[ctx.shapes.type[family.parents] != SKELETON])
            yield ctx.at("shape", rows, "{what} with elements", _drop_parts(family, rows), what=ctx.type_words(rows))
        else:
            known = np.bincount(ctx.shapes.track[ctx.shapes.track >= 0], minlength=len(ctx.tracks)) > 0
            rows = without(distinct(family.parents), family.wholes)
            rows = rows[known[rows]]  # of a track without keyframes nothing is known
            yield ctx.at("track", rows, "a track of no skeleton with elements", _drop_parts(family, rows),
                         severity=WARNING)  # fmt: skip


def _drop_parts(family: Family, rows: Ints) -> Remedy:
    def edits(i: int) -> list[Edit]:
        return [Drop(family.kind, int(row)) for row in family.parts(int(rows[i]))]

    return lossy("drop the elements", edits)


def _right(ctx: Context, family: Family) -> Ints:
    """Places in a family's elements of those whose label is a point of their skeleton's own label."""
    above = parent_labels(ctx)[ctx.label_rows(family.labels[family.elements])]
    return np.flatnonzero(above == family.labels[family.parents])


@rule("SKL003", "missing-element", ERROR, upload=WARNING, needs=LABELS, proof="annos-img/skeleton-2")
def missing_element(ctx: Context) -> Iterator[Found]:
    """A skeleton lacks points that its label defines.

    Why: the server stores it; the editor cannot show such a skeleton whole, and an export to COCO writes 0 0 0 for the
        missing point, which comes back as another one.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
            {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 52, "frame": 0, "points": [20, 10]}]}]}

        {"tracks": [{"label_id": 5, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]},
            {"label_id": 52, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [20, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
            {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 52, "frame": 0, "points": [20, 10]},
            {"type": "points", "label_id": 53, "frame": 0, "points": [20, 10], "outside": true}]}]}
    Fix: lossy: the missing points are added as outside, where the last element is.
    Source: annos-img/skeleton-2 (accepted, kept as sent)
    """
    above = parent_labels(ctx)[:-1]
    defined = dict(zip(*(column.tolist() for column in np.unique(above[above >= 0], return_counts=True)), strict=True))
    for family in ctx.once(families):
        places = _right(ctx, family)
        parents = family.parents[places]
        _, pairs = np.unique(row_keys(parents, family.labels[family.elements[places]]), return_index=True)
        has = np.bincount(parents[pairs], minlength=len(family.labels))
        wanted = np.asarray([defined.get(label, 0) for label in family.labels[family.wholes].tolist()], np.int64)
        some = np.isin(family.wholes, family.parents)
        rows = family.wholes[some & (wanted > has[family.wholes])]
        gaps = [_gaps(ctx, family, row) for row in rows.tolist()] if len(rows) <= 1000 else None
        names = [", ".join(ctx.labels.by_id[label].name for label in gap) for gap in gaps] if gaps else "some"
        fix = lossy("add them as outside", _adding(ctx, family, rows)) if family.kind == "shape" else None
        yield ctx.at(family.kind, rows, "points not given: {names}", fix, names=names)


def _gaps(ctx: Context, family: Family, row: int) -> list[int]:
    """The label ids of the points that a skeleton lacks, in the order of their definition."""
    has = set(family.labels[family.parts(row)].tolist())
    return [label.id for label in ctx.labels.sublabels(int(family.labels[row])) if label.id not in has]


def _adding(ctx: Context, family: Family, rows: Ints) -> Edits:
    def edits(i: int) -> list[Edit]:
        last = int(family.parts(int(rows[i]))[-1])
        missing = _gaps(ctx, family, int(rows[i]))
        # the first is put last: each copy stands right behind the element it is made of
        return [Copy("shape", last, {"label": label, "outside": True}) for label in reversed(missing)]

    return edits


@rule("SKL004", "unknown-element", ERROR, upload=WARNING, needs=LABELS, proof="annos-img/skeleton-2")
def unknown_element(ctx: Context) -> Iterator[Found]:
    """The label of an element is not a point of a skeleton at all.

    Why: the server only asks that the label exists; the editor has no place for such a point.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Source: annos-img/skeleton-2 (accepted, kept as sent)
    """
    for family in ctx.once(families):
        labels = ctx.label_rows(family.labels[family.elements])
        rows = family.elements[(labels >= 0) & (parent_labels(ctx)[labels] < 0)]
        names = ctx.label_names(family.labels[rows])
        yield ctx.at(family.kind, rows, "{label} is not a point of a skeleton", label=names)


@rule("SKL005", "duplicate-element", ERROR, upload=WARNING, proof="annos-img/skeleton-2")
def duplicate_element(ctx: Context) -> Iterator[Found]:
    """A skeleton has the same point twice.

    Why: the server stores both; what shows or exports the skeleton takes one or the other.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 81, "frame": 0, "points": [12, 10]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]},
            {"label_id": 81, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [12, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Fix: lossy: the later one is dropped.
    Source: annos-img/skeleton-2 (accepted, kept as sent)
    """
    for family in ctx.once(families):
        pairs = np.stack([family.parents, family.labels[family.elements]], axis=1)
        _, first, pair = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[pair.reshape(-1)] != np.arange(len(pairs)))
        rows, others = family.elements[again], family.elements[first[pair.reshape(-1)[again]]]
        names = ctx.label_names(family.labels[rows])
        fix = lossy("drop the later one", _dropping(family.kind, rows))
        yield ctx.at(family.kind, rows, "the point {label} is given again", fix, label=names, related=others)


def _dropping(kind: str, rows: Ints) -> Edits:
    def edits(i: int) -> list[Edit]:
        return [Drop(kind, int(rows[i]))]

    return edits


@rule("SKL006", "element-of-another-skeleton", ERROR, upload=WARNING, needs=LABELS, proof="annos-img/skeleton-2")
def element_of_another_skeleton(ctx: Context) -> Iterator[Found]:
    """An element is a point of another skeleton's label.

    Why: the server only asks that the label exists; the editor has no place for such a point.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Source: annos-img/skeleton-2 (accepted, kept as sent)
    """
    for family in ctx.once(families):
        above = parent_labels(ctx)[ctx.label_rows(family.labels[family.elements])]
        mine = family.labels[family.parents]
        foreign = np.flatnonzero((above >= 0) & (above != mine))
        rows = family.elements[foreign]
        names = ctx.label_names(family.labels[rows])
        others, own = ctx.label_names(above[foreign]), ctx.label_names(mine[foreign])
        message = "{label} is a point of {other}, not of {own}"
        yield ctx.at(family.kind, rows, message, label=names, other=others, own=own)


@rule("SKL007", "unordered-elements", WARNING, upload=OFF, export=INFO, needs=LABELS, proof="annos-img/skeleton-4")
def unordered_elements(ctx: Context) -> Iterator[Found]:
    """The elements of a skeleton are not in the order of its definition.

    Why: the server keeps the order; tools that take points by their place and not by their label exchange them.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
            {"type": "points", "label_id": 52, "frame": 0, "points": [20, 10]},
            {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 53, "frame": 0, "points": [30, 10]}]}]}

        {"tracks": [{"label_id": 5, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 52, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [20, 10]}]},
            {"label_id": 51, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 5, "frame": 0, "elements": [
            {"type": "points", "label_id": 51, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 52, "frame": 0, "points": [20, 10]},
            {"type": "points", "label_id": 53, "frame": 0, "points": [30, 10]}]}]}
    Fix: lossless: the elements are put in order.
    Source: annos-img/skeleton-4 (accepted, kept as sent)
    """
    for family in ctx.once(families):
        rank = ctx.label_rows(family.labels[family.elements])  # definitions stand in their order
        order = np.argsort(family.parents, kind="stable")
        parents, rank = family.parents[order], rank[order]
        back = (parents[1:] == parents[:-1]) & (rank[1:] < rank[:-1])
        rows = distinct(parents[1:][back])
        fix = lossless("put them in order", _ordering(ctx, family, rows))
        yield ctx.at(family.kind, rows, "the elements are in another order than in the label", fix)


def _ordering(ctx: Context, family: Family, rows: Ints) -> Edits:
    def edits(i: int) -> list[Edit]:
        mine = family.parts(int(rows[i]))
        order = np.argsort(ctx.label_rows(family.labels[mine]), kind="stable")
        return [Order(family.kind, int(rows[i]), "elements", order.tolist())]

    return edits


@rule("SKL011", "skeleton-with-points", ERROR, proof="annos-img/skeleton")
def skeleton_with_points(ctx: Context) -> Found:
    """A skeleton has points of its own.

    Why: the server answers 400 `invalid length for shape type 'skeleton'`; only its elements have points.
    Bad:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "points": [1, 1], "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0, "points": [1, 1]}],
            "elements": [{"label_id": 81, "frame": 0, "shapes": [
                {"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "points": [], "elements": [
            {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}]}]}
    Fix: lossless: its own points are taken away.
    Source: annos-img/skeleton (400)
    """
    rows = np.flatnonzero(ctx.are(SKELETON) & (ctx.counts > 0))

    def edits(i: int) -> list[Edit]:
        return [Put("shape", int(rows[i]), "points", [])]

    message = "{count} numbers of its own, expected none"
    return ctx.at("shape", rows, message, lossless("take them away", edits), count=ctx.counts[rows])
