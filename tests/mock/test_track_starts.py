"""Where tracks begin: a track before its first keyframe gets one there, a copy that is outside and has no id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.annotation_calls import PARTS, SKELETON, key, patch, put, read, track
from tests.mock.conftest import Client


def _keyframes(item: dict[str, Any]) -> list[tuple[int, bool]]:
    return sorted((shape["frame"], shape["outside"]) for shape in item["shapes"])


def _point(frame: int, **more: Any) -> dict[str, Any]:
    return {"type": "points", "frame": frame, "points": [5, 6], **more}


@pytest.mark.parametrize("way", ["put", "create", "update"])
@pytest.mark.parametrize("given", [{}, {"id": 700001}])
def test_a_copy_is_put_where_the_track_begins(demo: Client, way: str, given: dict[str, int]) -> None:
    body = [track(key(4, **given), key(9), frame=1)]
    answer = put(demo, tracks=body) if way == "put" else patch(demo, way, tracks=body)
    stored = read(demo)["tracks"][0]
    assert stored["frame"] == 1
    assert _keyframes(stored) == [(1, True), (4, False), (9, False)]
    for item in (answer["tracks"][0], stored):
        ids = {shape["frame"]: shape["id"] for shape in item["shapes"]}
        assert len(set(ids.values())) == 3
        assert ids[4] == given.get("id", ids[4])


def test_a_track_behind_its_first_keyframe_begins_there(demo: Client) -> None:
    put(demo, tracks=[track(key(4), key(9), frame=7)])
    stored = read(demo)["tracks"][0]
    assert (stored["frame"], _keyframes(stored)) == (4, [(4, False), (9, False)])


def test_points_of_a_skeleton_begin_where_it_does(demo: Client) -> None:
    """Each has a keyframe of its own there; that of the skeleton is moved and not copied."""
    elements = [
        {"label_id": part, "frame": 3, "shapes": [_point(3, id=700100 + number), _point(5)]}
        for number, part in enumerate(PARTS)
    ]
    body = {"label_id": SKELETON, "frame": 1, "shapes": [{"type": "skeleton", "frame": 3}], "elements": elements}
    put(demo, tracks=[body])
    stored = read(demo)["tracks"][0]
    assert _keyframes(stored) == [(1, False)]
    parts = stored["elements"]
    assert [_keyframes(part) for part in parts] == [[(1, True), (3, False), (5, False)]] * len(PARTS)
    ids = [shape["id"] for part in parts for shape in part["shapes"]]
    assert len(set(ids)) == len(ids)
    assert {shape["id"] for part in parts for shape in part["shapes"] if shape["frame"] == 3} == {
        700100 + number for number in range(len(PARTS))
    }
