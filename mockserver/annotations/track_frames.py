"""A track frame by frame, on plain JSON objects, as the server computes it where it merges and cuts tracks.

    interpolate(track, range(10, 20))  ->  its shapes on these frames, keyframes being the track's own objects

Like the server's, this marks the keyframes it passes with `"keyframe": true` and completes their attributes from the
keyframe before, in place; answers of the task endpoints show both. Only the frames asked for are made: a keyframe may
be two thousand million frames away from the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, repeat
from operator import itemgetter
from typing import Any

import numpy as np

from annotools.geometry.ragged import Floats, offsets_of
from annotools.tracks.interpolation_modes import turned, turned_space
from annotools.tracks.polyshapes import between as between_lines
from mockserver.protocol.schemas import UncheckedError

Item = dict[str, Any]
_ANGLES = slice(3, 6)  # of the numbers of a 3D cuboid
_LINEAR, _LINES = ("rectangle", "ellipse", "cuboid", "skeleton"), ("polygon", "polyline")
by_frame = itemgetter("frame")


def interpolate(track: Item, frames: range, three_d: bool = False) -> list[Item]:
    """The track's shapes on `frames` (step 1); where it is outside there are none, outside keyframes excepted."""
    shown = range(max(frames.start, track["frame"]), frames.stop)
    shapes: list[Item] = []
    last: Item | None = None
    for shape in sorted(track["shapes"], key=by_frame):
        if last is not None and shape["frame"] >= frames.stop:
            if shape["frame"] == frames.stop:
                shape["keyframe"] = True
            shapes += [] if last["outside"] else _inner(last, shape, shown, three_d)
            break
        if last is not None:
            _complete(shape, last)
            shapes += [] if last["outside"] else _inner(last, shape, shown, three_d)
        shape["keyframe"] = True
        shapes += [shape] if shape["frame"] in shown else []
        last = shape
    else:
        shapes += _tail(last, shown)
    return shapes


def check_ways(track: Item) -> None:
    """Raises: UncheckedError where the server fails, between two visible keyframes of masks or of different types."""
    shapes = sorted(track["shapes"], key=by_frame)
    for one, other in pairwise(shapes):
        if not one["outside"] and (one["type"] != other["type"] or one["type"] == "mask"):
            raise UncheckedError(f"a track cannot be interpolated from a {one['type']} to a {other['type']}")


def _complete(shape: Item, before: Item) -> None:
    spec_ids = {item["spec_id"] for item in shape["attributes"]}
    shape["attributes"] += [dict(item) for item in before["attributes"] if item["spec_id"] not in spec_ids]


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
    shares = (np.asarray(frames, float) - first) / (last - first)
    for frame, (points, rotation) in zip(frames, _places(left, right, shares, three_d), strict=True):
        yield {**left, "frame": frame, "keyframe": False, "points": points, "rotation": rotation}


def _places(left: Item, right: Item, shares: Floats, three_d: bool) -> Iterable[tuple[list[float], float]]:
    """Points and rotation at shares of the way; what cannot be interpolated stays as on the left."""
    one, other, kind = left.get("points") or [], right.get("points") or [], left["type"]
    if kind == right["type"] and kind in _LINES and not three_d:
        return zip(_lines_between(left, right, shares), repeat(left["rotation"]))
    straight = three_d or kind in _LINEAR or (kind == "points" and len(one) == 2)
    if kind != right["type"] or len(one) != len(other) or not straight:
        return repeat((one, left["rotation"]), len(shares))
    ends = np.asarray(one, float), np.asarray(other, float)
    points = ends[0] + (ends[1] - ends[0]) * shares[:, None]
    if three_d:
        points[:, _ANGLES] = turned_space(ends[0][_ANGLES], ends[1][_ANGLES], shares[:, None], half_turn=True)
    if three_d or kind == "points":
        return zip(points.tolist(), repeat(left["rotation"]))
    return zip(
        points.tolist(), turned(left["rotation"], right["rotation"], shares, half_turn=True).tolist(), strict=True
    )


def _lines_between(left: Item, right: Item, shares: Floats) -> list[list[float]]:
    """Points of polygons or polylines at shares of the way."""
    if not len(shares):
        return []
    one, other = ((np.asarray(shape["points"], float), offsets_of([len(shape["points"])])) for shape in (left, right))
    closed, pair = np.array([left["type"] == "polygon"]), np.zeros(len(shares), np.int64)
    values, offsets = between_lines(one, other, closed, pair, shares)
    return [values[start:stop].tolist() for start, stop in pairwise(offsets.tolist())]
