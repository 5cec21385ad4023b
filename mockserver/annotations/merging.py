"""Annotations of a task's jobs put together: what jobs share in their overlap is united.

Tags are the same with the same label, shapes if they are rectangles or polygons that mostly cover each other, tracks if
they agree on the frames of the overlap. A track that does not go on in the next job is closed where the overlap ends.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import numpy as np
from shapely import Polygon, box

from annotools.tracks.agreement import assign
from mockserver.annotations.track_frames import by_frame, interpolate

Item = dict[str, Any]
SHAPE_COST, TRACK_COST = 0.25, 0.5


class Merged:
    """The annotations merged so far; `add` takes over the next job's document (and changes it)."""

    def __init__(self, three_d: bool = False) -> None:
        self.document: Item = {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []}
        self.three_d = three_d

    def add(self, document: Item, start: int, overlap: int) -> None:
        """A job that starts at frame `start` and shares `overlap` frames with the one before."""
        end = start + overlap
        _merge_by_frame(self.document["tags"], document["tags"], end, tags_agree)
        _merge_by_frame(self.document["shapes"], document["shapes"], end, shapes_agree)
        self._merge_tracks(document["tracks"], start, end)
        self.document["intervals"] += document["intervals"]

    def _merge_tracks(self, incoming: list[Item], start: int, end: int) -> None:
        ours = self.document["tracks"]
        old = [track for track in ours if _may_go_on(track, start)]
        shared = [track for track in incoming if track["frame"] < end and _may_go_on(track, start)]
        ours += [track for track in incoming if track["frame"] >= end]
        costs = [[1 - self._tracks_agree(one, other, start, end) for other in old] for one in shared]
        pairs = {i: j for i, j in _pairs(costs) if costs[i][j] <= TRACK_COST}
        for i, j in pairs.items():
            _unite(shared[i], old[j])
        for j, track in enumerate(old):
            if j not in pairs.values():
                close(track, end)
        ours += [track for i, track in enumerate(shared) if i not in pairs]

    def _tracks_agree(self, one: Item, other: Item, start: int, end: int) -> float:
        """Mean agreement over the frames start..end-1 on which either track is."""
        if one["label_id"] != other["label_id"]:
            return 0.0
        first, second = (
            {shape["frame"]: shape for shape in interpolate(track, end, self.three_d)} for track in (one, other)
        )
        frames = [frame for frame in range(start, end) if frame in first or frame in second]
        if not frames:
            return 0.0
        both = [frame for frame in frames if frame in first and frame in second]
        return sum(shapes_agree(first[frame], second[frame]) for frame in both) / len(frames)


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
    if one["type"] not in ("rectangle", "polygon"):
        return 0.0
    first, second = _area(one), _area(other)
    if not (first.is_valid and second.is_valid) or not first.area or not second.area:
        return 0.0
    common = first.intersection(second).area
    return float(common / (first.area + second.area - common))


def _area(item: Item) -> Polygon:
    points = item["points"]
    if item["type"] == "rectangle":
        return box(*points)
    return Polygon(list(zip(points[::2], points[1::2], strict=True)))


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
