"""Annotations of a task's jobs put together: what jobs share in their overlap is united.

Tags are the same with the same label, shapes if they are rectangles or polygons that mostly cover each other, tracks if
they agree on the frames of the overlap. A track that does not go on in the next job is closed where the overlap ends.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np

from annotools.tracks.agreement import assign
from mockserver.annotations.track_frames import by_frame, interpolate

Item = dict[str, Any]
Bounds = tuple[float, float, float, float]
SHAPE_COST, TRACK_COST = 0.25, 0.5


class Merged:
    """The annotations merged so far; `add` takes over the next job's document (and changes it)."""

    def __init__(self, three_d: bool = False) -> None:
        self.document: Item = {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []}
        self.three_d = three_d

    def add(self, document: Item, frames: range, overlap: int) -> None:
        """A job of these frames, the first `overlap` of which the one before has, too."""
        shared = frames[:overlap]
        _merge_by_frame(self.document["tags"], document["tags"], shared.stop, tags_agree)
        _merge_by_frame(self.document["shapes"], document["shapes"], shared.stop, shapes_agree)
        self._merge_tracks(document["tracks"], shared)
        self.document["intervals"] += document["intervals"]

    def _merge_tracks(self, incoming: list[Item], frames: range) -> None:
        ours = self.document["tracks"]
        old = [track for track in ours if _may_go_on(track, frames.start)]
        shared = [track for track in incoming if track["frame"] < frames.stop and _may_go_on(track, frames.start)]
        ours += [track for track in incoming if track["frame"] >= frames.stop]
        views = [Overlap(track, frames, self.three_d) for track in old]
        rows = (Overlap(track, frames, self.three_d) for track in shared)
        costs = [[1 - row.agreement(view) for view in views] for row in rows]
        pairs = {i: j for i, j in _pairs(costs) if costs[i][j] <= TRACK_COST}
        for i, j in pairs.items():
            _unite(shared[i], old[j])
        for j, track in enumerate(old):
            if j not in pairs.values():
                close(track, frames.stop)
        ours += [track for i, track in enumerate(shared) if i not in pairs]


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

    def agreement(self, other: Overlap) -> float:
        """Mean agreement over the frames on which either track is."""
        if self.track["label_id"] != other.track["label_id"] or _apart(self.bounds, other.bounds):
            return 0.0
        both = self.shapes.keys() & other.shapes.keys()
        total = sum(shapes_agree(self.shapes[frame], other.shapes[frame]) for frame in sorted(both))
        return total / len(self.shapes.keys() | other.shapes.keys())


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


def _merge_by_frame(ours: list[Item], incoming: list[Item], end: int, agree: Callable[[Item, Item], float]) -> None:
    shared: dict[int, list[Item]] = {}
    for item in incoming:
        if item["frame"] < end:
            shared.setdefault(item["frame"], []).append(item)
    old: dict[int, list[Item]] = {}
    for item in ours:
        if item["frame"] in shared:
            old.setdefault(item["frame"], []).append(item)
    ours += [item for item in incoming if item["frame"] >= end]
    for frame, items in shared.items():
        costs = [[1 - agree(one, other) for other in old.get(frame, ())] for one in items]
        known = {i for i, j in _pairs(costs) if costs[i][j] <= SHAPE_COST}
        ours += [item for i, item in enumerate(items) if i not in known]


def _pairs(costs: list[list[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column), as many as the shorter side has, whose costs sum up to the least."""
    if not costs or not costs[0]:
        return []
    table = np.asarray(costs, float)
    if len(costs) > len(costs[0]):
        return sorted((row, column) for column, row in enumerate(assign(table.T)))
    return list(enumerate(assign(table)))


def tags_agree(one: Item, other: Item) -> float:
    """1 for the same label, else 0."""
    return float(one["label_id"] == other["label_id"])


def shapes_agree(one: Item, other: Item) -> float:
    """Common area by united area of two rectangles or polygons of one label; 0 for all else."""
    if one["type"] != other["type"] or one.get("label_id") != other.get("label_id"):
        return 0.0
    if one["type"] == "rectangle":
        return _boxes_agree(_bounds([one]), _bounds([other]))
    if one["type"] != "polygon" or _apart(_bounds([one]), _bounds([other])):
        return 0.0
    return _polygons_agree(one["points"], other["points"])


def _boxes_agree(one: Bounds, other: Bounds) -> float:
    common = _area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
    return common / (_area(one) + _area(other) - common) if common else 0.0


def _area(box: Bounds) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _polygons_agree(one: list[float], other: list[float]) -> float:
    import shapely  # takes longer to load than all the rest of an answer

    first, second = (shapely.Polygon(np.reshape(points, (-1, 2))) for points in (one, other))
    if not (first.is_valid and second.is_valid) or not first.area or not second.area:
        return 0.0
    common = first.intersection(second).area
    return float(common / (first.area + second.area - common))


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
