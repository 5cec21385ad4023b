"""Skeletons with all their points, and what stands in their groups, as one annotation of COCO can say it.

A keypoint that is not labelled is 0, 0, 0, whether it was outside or missing: so it is an element outside at 0, 0.
"""

from __future__ import annotations

import numpy as np

from annotools.formats.coco.carried import is_point
from annotools.formats.coco.skeletons import placed, point_order
from annotools.geometry.ragged import offsets_of
from annotools.model import MASK, POINTS, POLYGON, RECTANGLE, SKELETON, Dataset, Owner, Shapes, Tracks
from annotools.model.losses import Ledger
from annotools.model.tables import Ints
from annotools.tracks import element_owners


def completed(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Every point of every skeleton once, absent ones at 0, 0; groups of one skeleton with at most one of its like."""
    dataset = _grouped(_single(_pointed(dataset, ledger), ledger), ledger)
    return _bare_elements(_placed_at_zero(add_missing(dataset), ledger), ledger)


def _bare_elements(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Elements without what only their skeletons can have: attributes, a source, keyframes of their own."""
    shapes, tracks, attributes = dataset.shapes, dataset.tracks, dataset.attributes
    inner = tracks.parent >= 0
    of_track = attributes.kind == Owner.TRACK
    gone = of_track.copy()
    gone[of_track] = inner[attributes.owner[of_track]]
    ledger.lost("attribute of skeleton element", "keypoints have no attributes", int(gone.sum()))
    keyframe = shapes.keyframe.copy()
    owners = element_owners(dataset)
    elements = np.flatnonzero((owners >= 0) & (shapes.track >= 0))
    np.logical_or.at(keyframe, owners[elements], keyframe[elements])
    made = (keyframe != shapes.keyframe) & (owners < 0)
    why = "a skeleton and its elements have the same keyframes"
    ledger.changed("frame of skeleton", why, int(made.sum()), shapes.frame[made])
    keyframe[elements] = keyframe[owners[elements]]
    source = np.where(inner, 0, tracks.source)
    return dataset.replace(
        shapes=shapes.replace(keyframe=keyframe),
        attributes=attributes.take(~gone),
        tracks=tracks.replace(source=source),
    )


def _pointed(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without elements that are no points of their skeletons, so that they count as missing."""
    shapes = dataset.shapes
    counts = np.where(shapes.type == SKELETON, 0, shapes.counts)  # a skeleton is where its points are
    values = shapes.values[np.repeat(shapes.type != SKELETON, shapes.counts)]
    dataset = dataset.replace(shapes=shapes.with_points(values, offsets_of(counts)))
    kept = is_point(dataset)
    gone = dataset.shapes.frame[~kept]
    ledger.lost("element that is no point of its skeleton", "keypoints are those of the category", len(gone), gone)
    return dataset if kept.all() else dataset.select(shapes=kept)


def _single(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Of several elements that are the same point of a skeleton the first."""
    elements, owners, places = placed(dataset, point_order(dataset))
    keys = owners * (places.max(initial=0) + 1) + places
    _, first = np.unique(keys, return_index=True)
    gone = np.delete(elements, first)
    if not len(gone):
        return dataset
    ledger.lost("second element of a name", "a keypoint comes once", len(gone), dataset.shapes.frame[gone])
    keep = np.ones(len(dataset.shapes), np.bool_)
    keep[gone] = False
    return dataset.select(shapes=keep)


def add_missing(dataset: Dataset) -> Dataset:
    """Elements outside at 0, 0 for points that a skeleton does not have."""
    shapes, order = dataset.shapes, point_order(dataset)
    _, owners, places = placed(dataset, order)
    have = set(zip(owners.tolist(), places.tolist(), strict=True))
    missing = [
        (row, sub)
        for row in np.flatnonzero(shapes.type == SKELETON).tolist()
        for sub, place in order.get(int(shapes.label[row]), {}).items()
        if (row, place) not in have
    ]
    if not missing:
        return dataset
    rows, subs = np.array(missing, np.int64).T
    tracks, track = _element_tracks(dataset, shapes.track[rows].astype(np.int64), subs)
    one = np.ones(len(rows), np.bool_)
    new = Shapes.of(
        frame=shapes.frame[rows], label=subs, type=np.full(len(rows), int(POINTS)), job=shapes.job[rows],
        track=track, parent=np.where(track >= 0, -1, rows), outside=one, keyframe=shapes.keyframe[rows],
        values=np.zeros(2 * len(rows)), offsets=2 * np.arange(len(rows) + 1),
    )  # fmt: skip
    return dataset.replace(shapes=Shapes.concat([shapes, new]), tracks=tracks)


def _element_tracks(dataset: Dataset, parents: Ints, subs: Ints) -> tuple[Tracks, Ints]:
    """The track of each element, made where a skeleton's track has none of its label; -1 where there is no track."""
    tracks = dataset.tracks
    inner = np.flatnonzero(tracks.parent >= 0)
    pairs = zip(tracks.parent[inner].tolist(), tracks.label[inner].tolist(), strict=True)
    known = dict(zip(pairs, inner.tolist(), strict=True))
    made = [
        pair
        for pair in dict.fromkeys(zip(parents.tolist(), subs.tolist(), strict=True))
        if pair[0] >= 0 and pair not in known
    ]
    known |= {pair: len(tracks) + place for place, pair in enumerate(made)}
    wanted = zip(parents.tolist(), subs.tolist(), strict=True)
    rows = np.array([known.get(pair, -1) for pair in wanted], np.int64)
    if not made:
        return tracks, rows
    above, labels = np.array(made, np.int64).T
    new = Tracks.of(job=tracks.job[above], frame=tracks.frame[above], label=labels, parent=above)
    return Tracks.concat([tracks, new]), rows


def _placed_at_zero(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Elements outside stand at 0, 0 and are not occluded."""
    shapes = dataset.shapes
    elements, owners, _ = placed(dataset, point_order(dataset))
    rows = elements[shapes.outside[elements]]
    seen = ~shapes.outside[owners[shapes.outside[elements]]]
    values, occluded = shapes.values.copy(), shapes.occluded.copy()
    at = shapes.offsets[rows, None] + np.arange(2)
    moved = ((values[at] != 0).any(axis=1) | occluded[rows]) & seen
    ledger.changed(
        "element outside", "a keypoint that is not seen is 0, 0, 0", int(moved.sum()), shapes.frame[rows[moved]]
    )
    values[at], occluded[rows] = 0, False
    return dataset.replace(shapes=shapes.with_points(values).replace(occluded=occluded))


def _grouped(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Groups of one skeleton with a rectangle, with polygons or with a mask; what is drawn takes its label."""
    shapes = dataset.shapes
    plain = (shapes.track < 0) & (shapes.parent < 0) & (shapes.group > 0)
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    whole = np.flatnonzero(plain & (shapes.type == SKELETON))
    drawn = np.flatnonzero(plain & np.isin(shapes.type, (RECTANGLE, POLYGON, MASK)))
    group, label = np.zeros(len(shapes), np.int64), shapes.label.copy()
    keep = np.ones(len(shapes), np.bool_)
    found, counts = np.unique(keys[whole], return_counts=True)
    number = 0
    for row in whole[np.isin(keys[whole], found[counts == 1])].tolist():
        parts = drawn[keys[drawn] == keys[row]]
        chosen = _chosen(shapes, parts)
        if len(chosen):
            number += 1
            group[[row, *chosen]] = number
            label[chosen] = shapes.label[row]
            keep[np.setdiff1d(parts, chosen)] = False
    renamed = label != shapes.label
    ledger.changed(
        "label of a skeleton's box or outline", "it is the skeleton's", int(renamed.sum()), shapes.frame[renamed]
    )
    why = "an annotation has one box, and polygons or one mask"
    ledger.lost("shape of a skeleton's group", why, int((~keep).sum()), shapes.frame[~keep])
    alone = plain & (group == 0) & (shapes.type == SKELETON)
    ledger.lost(
        "group of skeleton", "only a skeleton with its box or outline is a group", int(alone.sum()), shapes.frame[alone]
    )
    dataset = dataset.replace(shapes=shapes.replace(group=group, label=label))
    return dataset if keep.all() else dataset.select(shapes=keep)


def _chosen(shapes: Shapes, parts: Ints) -> Ints:
    """The first rectangle, and the polygons or else the first mask."""
    kinds = shapes.type[parts]
    outline = parts[kinds == POLYGON] if (kinds == POLYGON).any() else parts[kinds == MASK][:1]
    return np.concatenate([parts[kinds == RECTANGLE][:1], outline])
