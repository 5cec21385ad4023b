"""A track frame by frame, on plain JSON objects, as the server computes it where it merges and cuts tracks.

    interpolate(track, range(10, 20))  ->  its shapes on these frames, keyframes being the track's own objects

Like the server's, this marks the keyframes it passes with `"keyframe": true` and completes their attributes from the
keyframe before, in place; answers of the task endpoints show both. Only the frames asked for are made: a keyframe may
be two thousand million frames away from the one before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from annotools.geometry.ragged import offsets_of
from annotools.tracks.polyshapes import between as between_lines
from mockserver.protocol.schemas import UncheckedError

Item = dict[str, Any]
_LINEAR, _LINES = ("rectangle", "ellipse", "cuboid", "skeleton"), ("polygon", "polyline")
by_frame = itemgetter("frame")


def interpolate(track: Item, frames: range, three_d: bool = False) -> list[Item]:
    """The track's shapes on `frames` (step 1); where it is outside there are none, outside keyframes excepted."""
    shown = range(max(frames.start, track["frame"]), frames.stop)
    found: list[Item] = []
    last: Item | None = None
    for shape in sorted(track["shapes"], key=by_frame):
        if last is not None and shape["frame"] >= frames.stop:
            if shape["frame"] == frames.stop:
                shape["keyframe"] = True
            found += [] if last["outside"] else _inner(last, shape, shown, three_d)
            break
        if last is not None:
            _complete(shape, last)
            found += [] if last["outside"] else _inner(last, shape, shown, three_d)
        shape["keyframe"] = True
        found += [shape] if shape["frame"] in shown else []
        last = shape
    else:
        found += _tail(last, shown)
    return found


def check_ways(track: Item) -> None:
    """Raises: UncheckedError where the server fails, between two visible keyframes of masks or of different types."""
    shapes = sorted(track["shapes"], key=by_frame)
    for one, other in pairwise(shapes):
        if not one["outside"] and (one["type"] != other["type"] or one["type"] == "mask"):
            raise UncheckedError(f"a track cannot be interpolated from a {one['type']} to a {other['type']}")


def _complete(shape: Item, before: Item) -> None:
    known = {item["spec_id"] for item in shape["attributes"]}
    shape["attributes"] += [dict(item) for item in before["attributes"] if item["spec_id"] not in known]


def _tail(last: Item | None, shown: range) -> list[Item]:
    if last is None or last["outside"]:
        return []
    return [{**last, "frame": frame, "keyframe": False} for frame in _after(last, shown)]


def _after(shape: Item, shown: range) -> range:
    return range(max(shape["frame"] + 1, shown.start), shown.stop)


def _inner(left: Item, right: Item, shown: range, three_d: bool) -> Iterator[Item]:
    """Shapes on those of the frames that lie strictly between two keyframes."""
    first, last = left["frame"], right["frame"]
    frames = _after(left, range(shown.start, min(last, shown.stop)))
    shares = [(frame - first) / (last - first) for frame in frames]
    if left["type"] == right["type"] and left["type"] in _LINES and not three_d:
        places = [(points, left["rotation"]) for points in _lines_between(left, right, shares)]
    else:
        places = [_between(left, right, share, three_d) for share in shares]
    for frame, (points, rotation) in zip(frames, places, strict=True):
        yield {**left, "frame": frame, "keyframe": False, "points": points, "rotation": rotation}


def _lines_between(left: Item, right: Item, shares: list[float]) -> list[list[float]]:
    """Points of polygons or polylines at shares of the way."""
    if not shares:
        return []
    one, other = ((np.asarray(shape["points"], float), offsets_of([len(shape["points"])])) for shape in (left, right))
    closed, pair = np.array([left["type"] == "polygon"]), np.zeros(len(shares), np.int64)
    values, offsets = between_lines(one, other, closed, pair, np.asarray(shares))
    return [values[start:stop].tolist() for start, stop in pairwise(offsets.tolist())]


def _between(left: Item, right: Item, share: float, three_d: bool) -> tuple[list[float], float]:
    """Points and rotation at `share` of the way; what cannot be interpolated stays as on the left."""
    one, other, kind = left.get("points") or [], right.get("points") or [], left["type"]
    if kind != right["type"]:
        return one, left["rotation"]
    if three_d:
        return _between_3d(one, other, share), left["rotation"]
    if kind in _LINEAR and len(one) == len(other):
        return _mix(one, other, share), _turn(left["rotation"], right["rotation"], share)
    if kind == "points" and len(one) == len(other) == 2:
        return _mix(one, other, share), left["rotation"]
    return one, left["rotation"]


def _mix(one: list[float], other: list[float], share: float) -> list[float]:
    return [a + (b - a) * share for a, b in zip(one, other, strict=True)]


def _difference(one: float, other: float) -> float:
    """The short way from one angle to another in degrees; a half turn becomes one degree, as on the server."""
    way = (other - one + 180) % 360 - 180
    return 1 if way == -180 else way


def _turn(one: float, other: float, share: float) -> float:
    return (one + _difference(one, other) * share + 360) % 360


def _between_3d(one: list[float], other: list[float], share: float) -> list[float]:
    if len(one) != len(other):
        return one
    mixed = _mix(one, other, share)
    for place in range(3, min(6, len(mixed))):
        first, last = (math.degrees(values[place]) % 360 for values in (one, other))
        mixed[place] = math.radians((_turn(first, last, share) + 180) % 360 - 180)
    return mixed
