"""Tracks of a task cut to its jobs: on every frame of a job as much is to be seen as before.

A keyframe holds until the next one, the last to the end.  But for one thing that the server forgets: a track that is
seen where a job begins goes on there until its next visible keyframe, whatever hides it before.
Source: `slice_track_shapes` and `filter_track_shapes` of the server's `dataset_manager/annotation.py`
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.annotations.cutting import cut

LAST = 9
SPANS = [(first, last) for first in range(LAST + 1) for last in range(first, LAST + 1)]


def _track(keyframes: dict[int, bool]) -> dict[str, Any]:
    """A track of boxes.  keyframes: whether it is outside, by frame."""
    look = {"type": "rectangle", "occluded": False, "rotation": 0.0, "z_order": 0, "attributes": []}
    shapes = [
        {**look, "frame": frame, "outside": outside, "points": [float(frame), 0.0, frame + 9.0, 9.0]}
        for frame, outside in sorted(keyframes.items())
    ]
    return {"frame": shapes[0]["frame"], "label_id": 1, "group": 0, "shapes": shapes, "attributes": [], "elements": []}


def _seen(track: dict[str, Any]) -> set[int]:
    """The frames on which a track is to be seen."""
    keyframes = {shape["frame"]: shape["outside"] for shape in track["shapes"]}
    before = {frame: max((key for key in keyframes if key <= frame), default=None) for frame in range(LAST + 1)}
    return {frame for frame, key in before.items() if key is not None and not keyframes[key]}


def _cut(track: dict[str, Any], span: tuple[int, int]) -> list[dict[str, Any]]:
    tracks: list[dict[str, Any]] = cut({"tags": [], "shapes": [], "tracks": [track]}, *span)["tracks"]
    return tracks


def _remembered(keyframes: dict[int, bool], first: int, last: int) -> dict[int, bool]:
    """The keyframes without those that the server forgets: hidden ones at the start, but for the last of all."""
    inside = sorted(frame for frame in keyframes if first <= frame <= last)
    start = next((frame for frame in inside if not keyframes[frame]), max(inside, default=last))
    if first not in _seen(_track(keyframes)):
        return keyframes
    return {frame: outside for frame, outside in keyframes.items() if not first <= frame < start}


@given(st.dictionaries(st.integers(0, LAST), st.booleans(), min_size=1), st.sampled_from(SPANS))
def test_as_much_is_seen_of_a_job_as_before(keyframes: dict[int, bool], span: tuple[int, int]) -> None:
    frames = set(range(span[0], span[1] + 1))
    seen = [_seen(one) & frames for one in _cut(_track(keyframes), span)]
    expected = _seen(_track(_remembered(keyframes, *span))) & frames
    assert seen == ([expected] if _seen(_track(keyframes)) & frames else [])


@pytest.mark.parametrize("frame", range(LAST + 1))
def test_one_keyframe_is_of_its_job_and_of_those_behind(frame: int) -> None:
    begins = {span: [one["frame"] for one in _cut(_track({frame: False}), span)] for span in SPANS}
    assert begins == {(first, last): [max(frame, first)] if frame <= last else [] for first, last in SPANS}
