"""Annotations of a task cut to one job: tracks end and begin at the job's borders with keyframes made there."""

from __future__ import annotations

import copy
from typing import Any

from mockserver.annotations.track_frames import by_frame, check_ways, interpolate

Item = dict[str, Any]


def cut(document: Item, first: int, last: int, three_d: bool = False) -> Item:
    """What of a LabeledData (plain JSON) belongs to the frames first..last; the input stays as it is, and in use.

    Raises: UncheckedError for a track that would have to be interpolated and cannot be.
    """
    inside = range(first, last + 1)
    tracks = [_cut_track(track, first, last, three_d) for track in document["tracks"] if _meets(track, first, last)]
    return {
        **document,
        "tags": [tag for tag in document["tags"] if tag["frame"] in inside],
        "shapes": [shape for shape in document["shapes"] if shape["frame"] in inside],
        "tracks": [track for track in tracks if track["shapes"]],
    }


def _meets(track: Item, first: int, last: int) -> bool:
    """Whether the track is visible somewhere in first..last; a skeleton is where its elements are."""
    if track.get("elements"):
        return any(_meets(element, first, last) for element in track["elements"])
    before: Item | None = None
    for shape in sorted(track["shapes"], key=by_frame):
        starts_gone = shape["frame"] == first and shape["outside"]
        if before and not before["outside"] and not starts_gone and _overlap(before, shape, first, last):
            return True
        before = shape
    return bool(before and not before["outside"] and before["frame"] <= last)


def _overlap(one: Item, other: Item, first: int, last: int) -> bool:
    return bool(max(one["frame"], first) <= min(other["frame"], last))


def _cut_track(original: Item, first: int, last: int, three_d: bool) -> Item:
    track = copy.deepcopy(original)
    if original.get("elements"):
        # an element that is nowhere here stays, empty, and with the frame it began on pulls its skeleton there
        track["elements"] = [_cut_track(element, first, last, three_d) for element in track["elements"]]
    keyframes = _visible(track["shapes"], first, last)
    if len(keyframes) < len(track["shapes"]):
        check_ways(track)
        keyframes = _with_borders(track, keyframes, (first, last), three_d)
        if keyframes:
            track["frame"] = keyframes[0]["frame"]
    for shape in keyframes:
        shape.pop("keyframe", None)
    track["shapes"] = keyframes
    return track


def _visible(shapes: list[Item], first: int, last: int) -> list[Item]:
    """Shapes of first..last without leading outside ones; the last of only outside ones stays."""
    inside = [shape for shape in sorted(shapes, key=by_frame) if first <= shape["frame"] <= last]
    lead = next((index for index, shape in enumerate(inside) if not shape["outside"]), len(inside) - 1)
    return inside[max(lead, 0) :]


def _with_borders(track: Item, keyframes: list[Item], span: tuple[int, int], three_d: bool) -> list[Item]:
    first, last = span
    shown = _visible(_shown(track, range(first, last + 1), three_d), first, last)
    if not shown:
        return keyframes
    result = list(keyframes)
    if not shown[0]["keyframe"]:
        result.insert(0, _border(shown[0]))
    end, final = shown[-1], max(track["shapes"], key=by_frame)["frame"]
    goes_on = final >= last and end.get("points") != result[-1].get("points")
    if (goes_on or (end["keyframe"] and end["outside"])) and result[-1]["frame"] != end["frame"]:
        result.append(_border(end))
    return result


def _border(shape: Item) -> Item:
    """A keyframe made from an interpolated shape; the id stays with the keyframe it was taken from."""
    return {**copy.deepcopy(shape), "id": None}


def _shown(track: Item, span: range, three_d: bool) -> list[Item]:
    """Shapes on frames of `span`; of a skeleton those where some element is visible."""
    shapes = interpolate(track, span, three_d)
    if not track.get("elements"):
        return shapes
    frames = {
        shape["frame"]
        for element in copy.deepcopy(track["elements"])
        for shape in interpolate(element, span, three_d)
        if not shape["outside"]
    }
    return [shape for shape in shapes if shape["frame"] in frames]
