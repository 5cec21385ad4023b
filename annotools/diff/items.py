"""Both datasets as one kind of table, in words that both share: frames, labels and attributes by one numbering."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import msgspec
import numpy as np

from annotools.diff.hashing import PRIME, mixed
from annotools.matching import FrameMatcher
from annotools.model import Dataset, Owner, ShapeType
from annotools.model.tables import Array, Floats, Ints

# Kinds of items: shape types, the same of tracks, then tags and intervals.
OWNERS = (Owner.SHAPE, Owner.TAG, Owner.INTERVAL)
TRACKED = len(ShapeType)
TAG, INTERVAL = 2 * TRACKED, 2 * TRACKED + 1
KINDS = (*ShapeType.words(), *(f"{word} of track" for word in ShapeType.words()), "tag", "interval")
FIELDS = ("rotation", "occluded", "outside", "keyframe", "z_order", "source", "score", "job")


class Items(msgspec.Struct, frozen=True):
    """Rows of all tables that are on a frame.

    kind: position in `KINDS`.  frame, label: numbers that mean the same in both datasets.  box: (n, 4) float64 px
    around the points, or start and stop of an interval.  values, offsets: the points as in `Shapes`.  fields: the
    columns of `FIELDS` as float64.  attribute_hash: uint64, equal for equal attributes.  group, track: as in their
    dataset, 0 and -1 for none.  owner, row: where they came from.
    """

    kind: Ints
    frame: Ints
    label: Ints
    box: Floats
    values: Floats
    offsets: Ints
    fields: dict[str, Floats]
    attribute_hash: Array
    group: Ints
    track: Ints
    owner: Ints
    row: Ints

    def __len__(self) -> int:
        return len(self.kind)


class Numbering:
    """Numbers for things, the same number for the same thing."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def __call__(self, thing: Hashable) -> int:
        return self._numbers.setdefault(thing, len(self._numbers))

    def of_all(self, ids: Array, thing: Callable[[int], Hashable]) -> Ints:
        """The numbers of many ids, each looked at once."""
        unique, inverse = np.unique(ids, return_inverse=True)
        numbers = np.array([self(thing(number)) for number in unique.tolist()], np.int64)
        return np.asarray(numbers[inverse]) if len(unique) else np.zeros(0, np.int64)


def frame_numbers(a: Dataset, b: Dataset) -> tuple[Ints, Ints]:
    """The frames of b as numbers of a, by name; frames that a has not follow behind.

    Returns (numbers of a, numbers of b).  Numbers are all there is to go by where one of them knows no frames, or no
    name of b is one of a; and for a frame of b that has no name.
    """
    size = max(len(a.frames), len(b.frames))
    if not len(a.frames) or not len(b.frames):
        return np.arange(size), np.arange(size)
    taken = _same_frames(a, b)
    numbers = len(a.frames) + np.arange(len(b.frames))
    if not taken and len(a.frames) == len(b.frames):
        return np.arange(size), np.arange(size)
    numbers[list(taken.values())] = list(taken)
    return np.arange(len(a.frames)), numbers


def _same_frames(a: Dataset, b: Dataset) -> dict[int, int]:
    """Frame of a -> frame of b of the same name; each once."""
    matcher = FrameMatcher(a.frames.names)
    taken: dict[int, int] = {}
    for number, name in enumerate(b.frames.names):
        match = matcher.match(name)
        frame = number if number in match.candidates else match.frame
        if frame is not None:
            taken.setdefault(frame, number)
    for number, name in enumerate(b.frames.names[: len(a.frames)]):
        if not name:
            taken.setdefault(number, number)
    return taken


def label_word(dataset: Dataset) -> Callable[[int], Hashable]:
    """What a label is to both: its name, and that of its skeleton."""
    known = dataset.labels.by_id

    def word(number: int) -> Hashable:
        if number not in known:
            return f"#{number}"
        label = known[number]
        above = known.get(label.parent) if label.parent is not None else None
        return (above.name if above else "", label.name)

    return word


def items_of(dataset: Dataset, frames: Ints, numbering: dict[str, Numbering]) -> Items:
    """The items of a dataset.  frames: the shared numbers of its frames.  numbering: of labels, jobs, attributes."""
    shapes, tags, intervals = dataset.shapes, dataset.tags, dataset.intervals
    tables: tuple[Any, ...] = (shapes, tags, intervals)
    sizes = [len(table) for table in tables]
    kind = np.concatenate(
        (shapes.type + np.where(shapes.track >= 0, TRACKED, 0), np.full(sizes[1], TAG), np.full(sizes[2], INTERVAL))
    )
    frame = np.concatenate((_shared(shapes.frame, frames), _shared(tags.frame, frames), np.full(sizes[2], -1)))
    empty = np.full(sizes[1] + sizes[2], shapes.offsets[-1])
    return Items(
        kind=kind, frame=frame,
        label=numbering["label"].of_all(np.concatenate([table.label for table in tables]), label_word(dataset)),
        box=np.concatenate((_boxes(dataset), np.zeros((sizes[1], 4)), _spans(dataset))),
        values=shapes.values, offsets=np.concatenate((shapes.offsets, empty)),
        fields={name: np.concatenate([_column(table, name) for table in tables]) for name in FIELDS[:-1]}
        | {"job": _jobs(dataset, np.concatenate([table.job for table in tables]), numbering["job"])},
        attribute_hash=np.concatenate([attribute_hashes(dataset, owner, numbering["attribute"]) for owner in OWNERS]),
        group=np.concatenate([table.group for table in tables]),
        track=np.concatenate((shapes.track, np.full(sizes[1] + sizes[2], -1))).astype(np.int64),
        owner=np.repeat([int(owner) for owner in OWNERS], sizes),
        row=np.concatenate([np.arange(size) for size in sizes]),
    )  # fmt: skip


def _shared(frame: Ints, numbers: Ints) -> Ints:
    """Frames under the shared numbering; frames that do not exist stay apart, below zero."""
    inside = (frame >= 0) & (frame < len(numbers))
    shared = -2 - np.abs(frame)
    shared[inside] = numbers[frame[inside]]
    return shared


def _jobs(dataset: Dataset, rows: Array, numbering: Numbering) -> Floats:
    jobs = dataset.jobs

    def word(row: int) -> Hashable:
        if not 0 <= row < len(jobs):
            return ""
        return f"{jobs[row].type} {jobs[row].start_frame}-{jobs[row].stop_frame}"

    return numbering.of_all(rows, word).astype(np.float64)


def attribute_hashes(dataset: Dataset, owner: Owner, numbering: Numbering) -> Array:
    """uint64 per row of a table, equal where the attributes are, whatever their order."""
    attributes = dataset.attributes.of_kind(owner)
    specs = dataset.labels.specs
    names = numbering.of_all(attributes.spec, lambda spec: specs[spec][1].name if spec in specs else f"#{spec}")
    values = numbering.of_all(attributes.value, lambda code: attributes.pool[code])
    total = np.zeros(len(dataset.table(owner)), np.uint64)
    np.add.at(total, attributes.owner, mixed(names.astype(np.uint64) * PRIME + mixed(values.astype(np.uint64))))
    return total


def _column(table: Any, name: str) -> Floats:
    column = getattr(table, name, None)
    return np.zeros(len(table)) if column is None else column.astype(np.float64)


def _spans(dataset: Dataset) -> Floats:
    intervals = dataset.intervals
    spans = np.zeros((len(intervals), 4))
    spans[:, 0], spans[:, 2] = intervals.start, intervals.stop
    return spans


def _boxes(dataset: Dataset) -> Floats:
    """(n, 4) the box around each shape's points; of a skeleton that around its elements'; zeros for none."""
    shapes = dataset.shapes
    boxes = np.zeros((len(shapes), 4))
    mask = (shapes.type == ShapeType.MASK) & (shapes.counts >= 4)
    boxes[mask] = shapes.values[shapes.offsets[1:][mask, None] + np.arange(-4, 0)]
    rows = np.flatnonzero(~mask & (shapes.counts >= 2) & (shapes.counts % 2 == 0))
    if len(rows):
        boxes[rows] = _extents(shapes.take(rows).values, shapes.counts[rows])
    _around_elements(dataset, boxes)
    return boxes


def _extents(values: Floats, counts: Ints) -> Floats:
    starts = np.concatenate(([0], np.cumsum(counts[:-1]))) // 2
    points = values.reshape(-1, 2)
    return np.concatenate((np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)), axis=1)


def _around_elements(dataset: Dataset, boxes: Floats) -> None:
    """Give skeletons the box around their elements, which are rows of their own or tracks of their own."""
    skeleton, element = skeleton_of_elements(dataset)
    if not len(element):
        return
    order = np.argsort(skeleton, kind="stable")
    unique, starts = np.unique(skeleton[order], return_index=True)
    sorted_boxes = boxes[element[order]]
    boxes[unique, :2] = np.minimum.reduceat(sorted_boxes[:, :2], starts)
    boxes[unique, 2:] = np.maximum.reduceat(sorted_boxes[:, 2:], starts)


def skeleton_of_elements(dataset: Dataset) -> tuple[Ints, Ints]:
    """(skeleton row, element row) of every element that stands beside its skeleton."""
    shapes, tracks = dataset.shapes, dataset.tracks
    plain = np.flatnonzero(shapes.parent >= 0)
    tracked = np.flatnonzero(shapes.track >= 0)
    above = tracks.parent[shapes.track[tracked]].astype(np.int64)
    whole, part = tracked[above < 0], tracked[above >= 0]
    span = int(np.ptp(shapes.frame)) + 1 if len(shapes) else 1
    low = int(shapes.frame.min(initial=0))
    of_whole = shapes.track[whole].astype(np.int64) * span + shapes.frame[whole] - low
    of_part = above[above >= 0] * span + shapes.frame[part] - low
    unique, first = np.unique(of_whole, return_index=True)
    position = np.minimum(np.searchsorted(unique, of_part), max(len(unique) - 1, 0))
    there = unique[position] == of_part if len(unique) else np.zeros(len(of_part), np.bool_)
    skeletons = whole[first[position[there]]] if len(unique) else np.zeros(0, np.int64)
    return np.concatenate((shapes.parent[plain], skeletons)), np.concatenate((plain, part[there]))
