"""Collected annotations -> the tables of the hub: shapes, tracks, elements, attributes.

Annotations with one `track_id` and one label, in one file, are a track.  What a label's definition calls immutable
belongs to the track, the rest to its rows.  The server takes one number for one track, wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotools.formats.coco.attached import with_attributes, with_defaults
from annotools.formats.coco.drawn import tidied
from annotools.formats.coco.rows import Collected, Collector
from annotools.geometry.ragged import Ragged, concat, lengths, offsets_of
from annotools.model import POINTS, SKELETON, Dataset, Shapes, Source, Tracks
from annotools.model.losses import Ledger
from annotools.model.tables import Array, Ints


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of `shapes` before there are columns.

    owner: the annotation.  type: codes.  parent: of an element, the row of its skeleton, else -1.  label: of an
    element its own, else -1.  outside, occluded: of elements.  silent: elements.
    """

    owner: Ints
    type: Ints
    parent: Ints
    label: Ints
    outside: Array
    occluded: Array
    silent: Array
    points: Ragged


def tables_of(collector: Collector, open_labels: bool, ledger: Ledger) -> Dataset:
    """The shapes, tracks and attributes of what was collected; the id of a shape is the number of its annotation.

    open_labels: whether labels get the attributes that annotations have and they lack.
    """
    found = collector.found
    rows = _rows(collector)
    shapes = _shapes(found, rows, collector.server)
    track = _track_numbers(found, rows, collector.server, ledger)
    shapes, tracks = _with_tracks(found, shapes, track, rows.owner)
    dataset = Dataset(labels=collector.categories.labels, shapes=shapes, tracks=tracks)
    blob = np.where(~rows.silent, found.column("blob").astype(np.int64)[rows.owner], -1)
    dataset = with_attributes(dataset, found.blobs, blob, open_labels, ledger)
    return with_defaults(dataset) if collector.server else dataset


def _rows(collector: Collector) -> Rows:
    """Plain rows, then skeletons, then elements."""
    found = collector.found
    plain, kinds = found.column("owner"), found.column("type")
    wholes = found.skeletons.column().astype(np.int64)
    values, ends = found.keypoints.ragged()
    whole, label, triples = _elements(collector, wholes, values.reshape(-1, 3), ends // 3)
    count, skeletons, elements = len(plain), len(wholes), len(whole)
    size = count + skeletons + elements
    parent, labels = np.full(size, -1), np.full(size, -1)
    parent[count + skeletons :], labels[count + skeletons :] = count + whole, label
    seen = np.concatenate([np.full(count + skeletons, 2.0), triples[:, 2]])
    points = [
        found.points.ragged(),
        (np.zeros(0), np.zeros(skeletons + 1, np.int64)),
        (triples[:, :2].reshape(-1), 2 * np.arange(elements + 1)),
    ]
    silent = np.ones(size, np.bool_)
    silent[: count + skeletons] = False
    return Rows(
        np.concatenate([plain, wholes, wholes[whole]]).astype(np.int64),
        np.concatenate([kinds, np.full(skeletons, int(SKELETON)), np.full(elements, int(POINTS))]).astype(np.int64),
        parent, labels, seen <= 0, seen == 1, silent, concat(points),
    )  # fmt: skip


def _elements(collector: Collector, wholes: Ints, triples: Array, ends: Ints) -> tuple[Ints, Ints, Array]:
    """The skeleton, the label and x, y, v of each keypoint that its category names."""
    found = collector.found
    order = collector.categories.points
    documents, labels = found.column("document"), found.column("label")
    named = [
        order[d].get(label, []) for d, label in zip(documents[wholes].tolist(), labels[wholes].tolist(), strict=True)
    ]
    counts = np.minimum(lengths(ends), [len(ids) for ids in named]) if len(wholes) else np.zeros(0, np.int64)
    whole = np.repeat(np.arange(len(wholes)), counts)
    offsets = offsets_of(counts)
    place = np.arange(len(whole)) - offsets[:-1][whole]
    label = [n for ids, count in zip(named, counts.tolist(), strict=True) for n in ids[:count]]
    values = triples[ends[:-1][whole] + place] if len(whole) else np.zeros((0, 3))
    return whole, np.array(label, np.int64), tidied(values, 2) if collector.server else values


def _shapes(found: Collected, rows: Rows, server: bool) -> Shapes:
    blob = found.column("blob").astype(np.int64)
    owner, element, silent = rows.owner, rows.parent >= 0, rows.silent
    said = {name: found.blobs.column(name)[blob] for name in ("occluded", "outside", "rotation", "z_order", "source")}
    source = np.where(said["source"] < 0, int(Source.FILE if server else Source.MANUAL), said["source"])
    zero = np.zeros(found.size, np.int64)
    return Shapes.of(
        id=owner,
        frame=found.column("frame")[owner], label=np.where(element, rows.label, found.column("label")[owner]),
        type=rows.type, parent=rows.parent,
        outside=np.where(silent, rows.outside, said["outside"][owner]),
        occluded=np.where(silent, rows.occluded, said["occluded"][owner]),
        rotation=np.where(silent, 0, said["rotation"][owner]), group=_groups(found, rows, server),
        z_order=np.where(silent, 0, (zero if server else said["z_order"])[owner]),
        source=np.where(silent & (not server), 0, source[owner]),
        score=np.where(silent, 1, found.column("score")[owner]), values=rows.points[0], offsets=rows.points[1],
    )  # fmt: skip


def _groups(found: Collected, rows: Rows, server: bool) -> Ints:
    """What makes one annotation is a group, unless it is alone.  The server numbers the groups of each frame."""
    top = rows.parent < 0
    counts = np.bincount(rows.owner[top], minlength=found.size)
    several = np.flatnonzero(counts > 1)
    number = np.zeros(found.size, np.int64)
    number[several] = np.arange(1, len(several) + 1)
    if server and len(several):
        frames = found.column("frame")[several]
        order = np.argsort(frames, kind="stable")
        starts = np.searchsorted(frames[order], frames[order])
        number[several[order]] = np.arange(len(order)) - starts + 1
    return np.where(top, number[rows.owner], 0)


def _track_numbers(found: Collected, rows: Rows, server: bool, ledger: Ledger) -> Ints:
    """The track of each row that is no element, -1 for none; of several on one frame the first counts."""
    blob = found.column("blob").astype(np.int64)
    named = found.blobs.column("track")[blob]
    if server:
        named = np.where(found.blobs.column("closed")[blob], named, -1)
    owner = np.where(rows.parent < 0, rows.owner, -1)
    mine = np.flatnonzero((owner >= 0) & (np.append(named, -1)[owner] >= 0))
    columns = [named[rows.owner[mine]]]
    if not server:
        columns += [found.column("label")[rows.owner[mine]], found.column("document")[rows.owner[mine]]]
    track = np.full(len(rows.owner), -1)
    if not len(mine):
        return track
    _, first, which = np.unique(np.stack(columns, axis=1), axis=0, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    frames = found.column("frame")[rows.owner[mine]]
    pairs = np.stack([rank[which.reshape(-1)], frames], axis=1)
    _, single = np.unique(pairs, axis=0, return_index=True)
    track[mine[single]] = pairs[single, 0]
    again = np.setdiff1d(mine, mine[single])
    ledger.changed(
        "second shape of a track on a frame",
        "a track has one; it is a shape by itself",
        len(again),
        frames[np.isin(mine, again)],
    )
    return _numbered(track)


def _numbered(track: Ints) -> Ints:
    """Tracks without gaps in their numbers."""
    _, number = np.unique(track[track >= 0], return_inverse=True)
    numbered = track.copy()
    numbered[track >= 0] = number.reshape(-1)
    return numbered


def _with_tracks(found: Collected, shapes: Shapes, track: Ints, owner: Ints) -> tuple[Shapes, Tracks]:
    """Rows in their tracks; elements of a skeleton in a track are in tracks of their own."""
    if not (track >= 0).any():
        return shapes, Tracks.of(0)
    count = int(track.max()) + 1
    inner = np.flatnonzero(shapes.parent >= 0)
    inner = inner[track[shapes.parent[inner]] >= 0]
    pairs = np.stack([track[shapes.parent[inner]], shapes.label[inner]], axis=1)
    made, which = np.unique(pairs, axis=0, return_inverse=True)
    everyone = track.copy()
    everyone[inner] = count + which.reshape(-1)
    parent = shapes.parent.astype(np.int64)
    keyframe = found.blobs.column("keyframe")[found.column("blob").astype(np.int64)]
    flags = np.where(everyone >= 0, keyframe[owner], True)
    parent[inner] = -1
    first = _first_rows(shapes, everyone, count + len(made))
    above = np.concatenate([np.full(count, -1), made[:, 0]]).astype(np.int64)
    tracks = Tracks.of(
        frame=shapes.frame[first], label=shapes.label[first], source=shapes.source[first], parent=above,
        group=np.zeros(len(first), np.int64),
    )  # fmt: skip
    tracked = everyone >= 0
    label = np.where(tracked, tracks.label[everyone], shapes.label)
    source = np.where(tracked, tracks.source[everyone], shapes.source)
    group = np.where(tracked, 0, shapes.group)
    return shapes.replace(
        track=everyone, parent=parent, keyframe=flags, label=label, source=source, group=group
    ), tracks


def _first_rows(shapes: Shapes, track: Ints, count: int) -> Ints:
    rows = np.flatnonzero(track >= 0)
    rows = rows[np.lexsort((shapes.frame[rows], track[rows]))]
    return np.asarray(rows[np.searchsorted(track[rows], np.arange(count))])
