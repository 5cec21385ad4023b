"""skeleton-keypoints, whole-skeletons, draw-skeletons: skeletons as lists of points, all of them and in one order.

    elements head, hand (outside) of a skeleton of head, hand and foot   ->   head, hand and foot, both outside at 0, 0

A keypoint that is not labelled is 0, 0, 0, whether it was outside or missing: so it is an element outside at 0, 0.
The order is that of the drawing; points that are not drawn follow.  `whole-skeletons` only adds those that are missing:
for formats that say where a point is also when it is outside.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.ragged import offsets_of
from annotools.geometry.raster import are_drawable
from annotools.model import POINTS, SKELETON, Dataset, Label, Labels, Losses, Owner, Shapes, Tracks
from annotools.model.losses import Ledger
from annotools.model.row_numbers import is_number
from annotools.model.skeleton import drawing, nodes
from annotools.model.tables import Bools, Ints
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.rows import no_argument

_ORDER = "order"  # points in the order of a drawing, but no drawing where there is none


def skeleton_keypoints(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every point of every skeleton once, absent ones at 0, 0, with the keyframes of its skeleton."""
    no_argument("skeleton-keypoints", argument)
    if not (dataset.shapes.type == SKELETON).any():
        return dataset, Losses()
    ledger = Ledger()
    dataset = _seen(_single(_pointed(dataset, ledger), ledger), ledger)
    dataset = _placed_at_zero(with_missing(dataset), ledger)
    return _without_extras(_bare_elements(dataset, ledger), ledger), ledger.losses()


def whole_skeletons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every point of every skeleton once, missing ones outside at 0, 0."""
    no_argument("whole-skeletons", argument)
    if not (dataset.shapes.type == SKELETON).any():
        return dataset, Losses()
    ledger = Ledger()
    return with_missing(_single(_pointed(dataset, ledger), ledger)), ledger.losses()


def drawn_skeletons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Definitions of skeletons with a drawing, and their points in its order; with `order` only that."""
    if argument not in ("", _ORDER):
        raise UsageError(f"transform draw-skeletons={argument}, expected {_ORDER} or nothing")
    ledger, labels = Ledger(), dataset.labels
    families = [(label, points_of(labels, label)) for label in labels.top]
    drawn = [label if argument else _drawn(label, points) for label, points in families]
    rows = tuple(row for label, (_, points) in zip(drawn, families, strict=True) for row in (label, *points))
    if len(rows) < len(labels) or rows == labels.rows:
        return dataset, Losses()
    by_id = {row.id: row for row in rows}
    bare = [row for row, label in enumerate(labels) if by_id.get(label.id) != label]
    ledger.changed("drawing of label", "a skeleton needs one", dataset, "labels", bare, column="svg")
    moved = [number for number, (label, row) in enumerate(zip(labels, rows, strict=True)) if label.id != row.id]
    ledger.changed("place of sublabel", "points stand in the order of their drawing", dataset, "labels", moved)
    return dataset.replace(labels=Labels(rows)), ledger.losses()


def points_of(labels: Labels, label: Label) -> list[Label]:
    """The sublabels of a skeleton in the order of its drawing; those that are not drawn follow."""
    defined = {sub.name: sub for sub in labels.sublabels(label.id)}
    drawn = [defined.pop(name) for _, name in nodes(label.svg) if name in defined]
    return [*drawn, *defined.values()]


def _drawn(label: Label, points: list[Label]) -> Label:
    bare = bool(points) and not label.svg
    return replace(label, svg=drawing([point.name for point in points])) if bare else label


def point_order(labels: Labels) -> dict[int, dict[int, int]]:
    """Skeleton label -> sublabel -> its position."""
    return {label.id: {sub.id: n for n, sub in enumerate(points_of(labels, label))} for label in labels.top}


def placed_points(dataset: Dataset) -> tuple[Ints, Ints, Ints]:
    """The elements that are points of their skeleton: rows, the rows of their skeletons, positions among the points."""
    shapes, order = dataset.shapes, point_order(dataset.labels)
    owners = element_owners(dataset)
    elements = np.flatnonzero((owners >= 0) & (shapes.counts >= 2))
    pairs = zip(shapes.label[owners[elements]].tolist(), shapes.label[elements].tolist(), strict=True)
    positions = np.array([order.get(whole, {}).get(part, -1) for whole, part in pairs], np.int64)
    known = positions >= 0
    return elements[known], owners[elements[known]], positions[known]


def is_point(dataset: Dataset) -> Bools:
    """Whether an element is a finite point whose label is one of its skeleton's."""
    shapes = dataset.shapes
    owners = element_owners(dataset)
    fine = np.ones(len(shapes), np.bool_)
    parents = np.array([-1 if label.parent is None else label.parent for label in dataset.labels], np.int64)
    ids = np.array([label.id for label in dataset.labels], np.int64)
    order = np.argsort(ids)
    elements = np.flatnonzero(owners >= 0)
    if not len(elements) or not len(ids):
        return fine
    row = order[np.minimum(np.searchsorted(ids[order], shapes.label[elements]), len(ids) - 1)]
    right = (ids[row] == shapes.label[elements]) & (parents[row] == shapes.label[owners[elements]])
    pair = shapes.take(elements)
    fine[elements] = right & pair.have(2) & are_drawable(pair.values, pair.offsets)
    return fine


def has_points(dataset: Dataset) -> Bools:
    """Whether a row is none of a skeleton that shows but of which no point does."""
    shapes = dataset.shapes
    elements, owners, _ = placed_points(dataset)
    seen = np.zeros(len(shapes), np.bool_)
    seen[owners[~shapes.outside[elements]]] = True
    fine = seen | shapes.outside | (shapes.type != SKELETON)
    above = element_owners(dataset)
    return np.asarray(np.where(above >= 0, fine[above], fine))


def _seen(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without skeletons that show although none of their points does."""
    fine = has_points(dataset)
    whole = dataset.shapes.type == SKELETON
    ledger.lost("skeleton of which no point is seen", "it has no place", dataset, "shapes", ~fine & whole)
    return dataset if fine.all() else dataset.select(shapes=fine)


def _pointed(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without elements that are not points of their skeletons, so that they count as missing."""
    shapes = dataset.shapes
    counts = np.where(shapes.type == SKELETON, 0, shapes.counts)  # a skeleton is where its points are
    values = shapes.values[np.repeat(shapes.type != SKELETON, shapes.counts)]
    dataset = dataset.replace(shapes=shapes.with_points(values, offsets_of(counts)))
    fine = is_point(dataset)
    why = "keypoints are those of the category"
    ledger.lost("element that is not a point of its skeleton", why, dataset, "shapes", ~fine)
    return dataset if fine.all() else dataset.select(shapes=fine)


def _single(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Of several elements that are the same point of a skeleton the first."""
    elements, owners, positions = placed_points(dataset)
    keys = owners * (positions.max(initial=0) + 1) + positions
    again = np.delete(elements, np.unique(keys, return_index=True)[1])
    if not len(again):
        return dataset
    ledger.lost("second element of a name", "a keypoint comes once", dataset, "shapes", again)
    keep = np.ones(len(dataset.shapes), np.bool_)
    keep[again] = False
    return dataset.select(shapes=keep)


def with_missing(dataset: Dataset) -> Dataset:
    """Elements outside at 0, 0 for points that a skeleton does not have."""
    shapes, order = dataset.shapes, point_order(dataset.labels)
    _, owners, positions = placed_points(dataset)
    have = set(zip(owners.tolist(), positions.tolist(), strict=True))
    missing = [
        (row, sub)
        for row in np.flatnonzero(shapes.type == SKELETON).tolist()
        for sub, position in order.get(int(shapes.label[row]), {}).items()
        if (row, position) not in have
    ]
    if not missing:
        return dataset
    rows, subs = np.array(missing, np.int64).T
    tracks, track = _element_tracks(dataset, shapes.track[rows].astype(np.int64), subs)
    outside = np.ones(len(rows), np.bool_)
    new = Shapes.of(
        frame=shapes.frame[rows], label=subs, type=np.full(len(rows), int(POINTS)), job=shapes.job[rows],
        track=track, parent=np.where(track >= 0, -1, rows), outside=outside, keyframe=shapes.keyframe[rows],
        values=np.zeros(2 * len(rows)), offsets=2 * np.arange(len(rows) + 1),
    )  # fmt: skip
    return dataset.replace(shapes=Shapes.concat([shapes, new]), tracks=tracks)


def _element_tracks(dataset: Dataset, parents: Ints, subs: Ints) -> tuple[Tracks, Ints]:
    """The track of each element, made where a skeleton's track has none of its label; -1 where there is no track."""
    tracks = dataset.tracks
    inner = np.flatnonzero(tracks.parent >= 0)
    pairs = zip(tracks.parent[inner].tolist(), tracks.label[inner].tolist(), strict=True)
    known = dict(zip(pairs, inner.tolist(), strict=True))
    wanted = list(zip(parents.tolist(), subs.tolist(), strict=True))
    new_pairs = [pair for pair in dict.fromkeys(wanted) if pair[0] >= 0 and pair not in known]
    known |= {pair: len(tracks) + number for number, pair in enumerate(new_pairs)}
    rows = np.array([known.get(pair, -1) for pair in wanted], np.int64)
    if not new_pairs:
        return tracks, rows
    above, labels = np.array(new_pairs, np.int64).T
    new = Tracks.of(job=tracks.job[above], frame=tracks.frame[above], label=labels, parent=above)
    return Tracks.concat([tracks, new]), rows


def _placed_at_zero(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Elements outside stand at 0, 0 and are not occluded."""
    shapes = dataset.shapes
    elements, owners, _ = placed_points(dataset)
    hidden = shapes.outside[elements] & ~_as_read(shapes)[owners]
    rows, seen = elements[hidden], ~shapes.outside[owners[hidden]]
    at = shapes.offsets[rows, None] + np.arange(2)
    why = "a keypoint that is not seen is 0, 0, 0"
    away = (shapes.values[at] != 0).any(axis=1) & seen
    ledger.changed("element outside", why, dataset, "shapes", rows[away], column="points")
    dark = shapes.occluded[rows] & seen
    ledger.changed("occluded of element outside", why, dataset, "shapes", rows[dark], column="occluded")
    values, occluded = shapes.values.copy(), shapes.occluded.copy()
    values[at], occluded[rows] = 0, False
    return dataset.replace(shapes=shapes.with_points(values).replace(occluded=occluded))


def _as_read(shapes: Shapes) -> Bools:
    """Skeletons whose points are said as they were read, also where that is not as points are said here."""
    extra = shapes.extras.get("keypoints")
    return extra.present if extra is not None and extra.derived else np.zeros(len(shapes), np.bool_)


def _bare_elements(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Elements without what only skeletons have: attributes and a source of tracks, keyframes of their own."""
    shapes, tracks, attributes = dataset.shapes, dataset.tracks, dataset.attributes
    inner = tracks.parent >= 0
    of_track = attributes.kind == Owner.TRACK
    gone = of_track.copy()
    gone[of_track] = inner[attributes.owner[of_track]]
    ledger.lost("attribute of skeleton element", "keypoints have no attributes", dataset, "attributes", gone)
    keyframe = _shared_keyframes(dataset)
    why = "a skeleton and its elements have the same keyframes"
    ledger.changed("keyframe of skeleton", why, dataset, "shapes", keyframe != shapes.keyframe, column="keyframe")
    shared = dataset.replace(shapes=shapes.replace(keyframe=keyframe), attributes=attributes.take(~gone))
    return _of_one_source(shared, ledger)


def _of_one_source(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Elements with the source of their skeletons."""
    shapes, tracks, why = dataset.shapes, dataset.tracks, "it is that of the skeleton"
    of_track = np.where(tracks.parent >= 0, tracks.source[tracks.parent], tracks.source)
    owners = element_owners(dataset)
    of_shape = np.where(owners >= 0, shapes.source[owners], shapes.source)
    for name, table, source in (("tracks", tracks, of_track), ("shapes", shapes, of_shape)):
        unlike = source != table.source
        ledger.changed("source of skeleton element", why, dataset, name, unlike, column="source")
    return dataset.replace(shapes=shapes.replace(source=of_shape), tracks=tracks.replace(source=of_track))


def _shared_keyframes(dataset: Dataset) -> Bools:
    """Keyframes of skeletons in tracks where any of their elements has one, and the same of elements."""
    keyframe = dataset.shapes.keyframe.copy()
    owners = element_owners(dataset)
    elements = np.flatnonzero((owners >= 0) & (dataset.shapes.track >= 0))
    np.logical_or.at(keyframe, owners[elements], keyframe[elements])
    keyframe[elements] = keyframe[owners[elements]]
    return keyframe


def _without_extras(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Elements without extras: an annotation says them once."""
    shapes = dataset.shapes
    element = element_owners(dataset) >= 0
    extras = dict(shapes.extras)
    for name, extra in shapes.extras.items():
        if not is_number(name) and (extra.present & element).any():
            extras[name] = extra.without(element)
            if not extra.derived:
                why, rows = "an annotation says it once", extra.present & element
                ledger.lost(f"{name} of skeleton element", why, dataset, "shapes", rows, column=f"extras.{name}")
    return dataset.replace(shapes=shapes.replace(extras=extras))
