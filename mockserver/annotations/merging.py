"""Annotations of a task's jobs put together: what jobs share in their overlap is united.

Who is whose twin is what `annotools.tracks.agreement` says; here the documents are put together, plain JSON objects
that stay in use. A track that does not go on in the next job is closed where the overlap ends.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from operator import itemgetter
from typing import Any

import numpy as np

from annotools.geometry.ragged import Floats, Ints, offsets_of
from annotools.model import Shapes, ShapeType
from annotools.tracks.agreement import (
    SHAPES_AGREE,
    TRACKS_AGREE,
    Pairs,
    near_pairs,
    pairs_by_key,
    shapes_agree,
    twins,
)  # fmt: skip
from mockserver.annotations.track_frames import by_frame, interpolate

Item = dict[str, Any]
Bounds = tuple[float, float, float, float]
Agree = Callable[[list[Item], list[Item]], Pairs]


class Merged:
    """The annotations merged so far; `add` takes over the next job's document (and changes it)."""

    def __init__(self, three_d: bool = False) -> None:
        self.document: Item = {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []}
        self.three_d = three_d

    def add(self, document: Item, frames: range, overlap: int) -> None:
        """A job of these frames, the first `overlap` of which the one before has, too."""
        shared = frames[:overlap]
        _merge_by_frame(self.document["tags"], document["tags"], shared.stop, _tags_agree)
        _merge_by_frame(self.document["shapes"], document["shapes"], shared.stop, _shapes_agree)
        self._merge_tracks(document["tracks"], shared)
        self.document["intervals"] += document["intervals"]

    def _merge_tracks(self, incoming: list[Item], frames: range) -> None:
        ours = self.document["tracks"]
        old = [track for track in ours if _may_go_on(track, frames.start)]
        shared = [track for track in incoming if track["frame"] < frames.stop and _may_go_on(track, frames.start)]
        ours += [track for track in incoming if track["frame"] >= frames.stop]
        matches = twins(
            _tracks_agree(*([Overlap(t, frames, self.three_d) for t in side] for side in (shared, old))), TRACKS_AGREE
        )
        for i, j in zip(*(rows.tolist() for rows in matches), strict=True):
            _unite(shared[i], old[j])
        for j, track in enumerate(old):
            if j not in matches[1]:
                close(track, frames.stop)
        ours += [track for i, track in enumerate(shared) if i not in matches[0]]


@dataclass
class Overlap:
    """A track on the frames that two jobs share.

    Looked at when first compared with one of its label, as answers show which tracks were looked at.
    """

    track: Item
    frames: range
    three_d: bool

    @cached_property
    def shapes(self) -> dict[int, Item]:
        """Its shapes by frame."""
        return {shape["frame"]: shape for shape in interpolate(self.track, self.frames, self.three_d)}

    @cached_property
    def bounds(self) -> Bounds:
        """The box around all of them."""
        return _bounds(self.shapes.values())

    def meets(self, other: Overlap) -> bool:
        """Whether they are of one label, and the boxes around them meet; others do not agree."""
        return self.track["label_id"] == other.track["label_id"] and not _apart(self.bounds, other.bounds)


def _bounds(shapes: Iterable[Item]) -> Bounds:
    """The box around shapes; one around nothing meets nothing."""
    points: list[float] = list(chain.from_iterable(shape.get("points") or () for shape in shapes))
    xs, ys = points[::2] or [math.inf], points[1::2] or [math.inf]
    return min(xs), min(ys), max(xs), max(ys)


def _apart(one: Bounds, other: Bounds) -> bool:
    return one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]


def _may_go_on(track: Item, start: int) -> bool:
    last = track["shapes"][-1]
    return bool(last["frame"] >= start or not last["outside"])


def _merge_by_frame(ours: list[Item], incoming: list[Item], end: int, agree: Agree) -> None:
    shared = [item for item in incoming if item["frame"] < end]
    frames = {item["frame"] for item in shared}
    old = [item for item in ours if item["frame"] in frames]
    duplicates = set(twins(agree(shared, old), SHAPES_AGREE)[0].tolist()) if shared and old else set()
    ours += [item for item in incoming if item["frame"] >= end]
    ours += [item for row, item in enumerate(shared) if row not in duplicates]


def _keys(*sides: list[Item]) -> list[Ints]:
    """The same number for what stands on one frame with one label."""
    numbers: dict[tuple[int, int], int] = {}
    return [
        np.array([numbers.setdefault((item["frame"], item["label_id"]), len(numbers)) for item in side], np.int64)
        for side in sides
    ]


def _table(items: Sequence[Item]) -> Shapes:
    points = [item.get("points") or () for item in items]
    values = np.fromiter(chain.from_iterable(points), np.float64)
    kinds = [ShapeType.of(item["type"]) for item in items]
    return Shapes.of(type=kinds, values=values, offsets=offsets_of([len(numbers) for numbers in points]))


def _tags_agree(one: list[Item], other: list[Item]) -> Pairs:
    i, j = pairs_by_key(*_keys(one, other))
    return Pairs(i, j, np.ones(len(i)))


def _shapes_agree(one: list[Item], other: list[Item]) -> Pairs:
    tables = [_table(side) for side in (one, other)]
    i, j = near_pairs(*zip(_keys(one, other), tables, strict=True))
    return Pairs(i, j, shapes_agree(tables[0].take(i), tables[1].take(j)))


def _tracks_agree(one: list[Overlap], other: list[Overlap]) -> Pairs:
    """Pairs of tracks of one label, and their mean agreement over the frames on which either is."""
    pairs = [(i, j) for (i, a), (j, b) in product(enumerate(one), enumerate(other)) if a.meets(b)]
    frames = [one[i].shapes.keys() & other[j].shapes.keys() for i, j in pairs]
    shape_pairs = [
        (one[i].shapes[f], other[j].shapes[f]) for (i, j), shared in zip(pairs, frames, strict=True) for f in shared
    ]
    frame_counts = [len(one[i].shapes.keys() | other[j].shapes.keys()) for i, j in pairs]
    agreement = _agreements(shape_pairs) if shape_pairs else np.zeros(0)
    sums = np.bincount(np.repeat(np.arange(len(pairs)), [len(f) for f in frames]), agreement, len(pairs))
    first, second = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    return Pairs(first, second, sums / np.asarray(frame_counts))


def _agreements(pairs: list[tuple[Item, Item]]) -> Floats:
    one, other = zip(*pairs, strict=True)
    alike = np.array([a["outside"] == b["outside"] for a, b in pairs])
    return np.asarray(shapes_agree(_table(one), _table(other)) * alike)


def _unite(incoming: Item, old: Item) -> None:
    """Keyframes of both in the track that starts earlier; on a common frame the old one's stays."""
    track = incoming if incoming["frame"] < old["frame"] else old
    shapes = {shape["frame"]: shape for shape in (*incoming["shapes"], *old["shapes"])}
    track["frame"] = min(incoming["frame"], old["frame"])
    track["shapes"] = sorted(shapes.values(), key=by_frame)


def close(track: Item, frame: int) -> None:
    """End a visible track with an outside keyframe, its elements too."""
    if track["shapes"] and not track["shapes"][-1]["outside"]:
        last = track["shapes"][-1]
        track["shapes"].append({**copy.deepcopy(last), "frame": frame, "outside": True})
    for element in track.get("elements", ()):
        close(element, frame)


def sort(document: Item) -> Item:
    """In the order of answers: by frame, tracks by id."""
    for kind in ("tags", "shapes"):
        document[kind].sort(key=by_frame)
    document["tracks"].sort(key=itemgetter("id"))
    return document
