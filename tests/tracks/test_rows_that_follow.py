"""Which rows between keyframes follow from them, and which keyframes of one frame say the same: column by column."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.model import AttributeSpec, Dataset, DatasetBuilder
from annotools.tracks import interpolate, to_keyframes
from tests.tracks.documents import plain_frames

SPECS = [AttributeSpec(11, "lit", True, default_value="no"), AttributeSpec(12, "seen", True, default_value="no")]


def _moving(**columns: Any) -> Dataset:
    """A box that moves by 10 px and turns by 5 degrees a frame from 0 to 4, and a row on frame 2."""
    build = DatasetBuilder(frames=plain_frames(5))
    build.add_label("car", attributes=SPECS)
    track = build.add_track("car", 0)
    values = {"lit": "yes", "seen": "no"}
    for frame in (0, 1, 2, 3, 4):
        row: dict[str, Any] = {"points": [10 * frame, 0, 10 * frame + 10, 9], "rotation": 5.0 * frame, "z_order": 1}
        row |= {"keyframe": frame in (0, 4), "attributes": values if frame in (0, 4) else {}}
        build.add_shape("rectangle", frame, track=track, **(row | columns if frame == 2 else row))
    return build.dataset()


@pytest.mark.parametrize(("columns", "follows"), [
    ({}, True),
    *[({"points": [v + gap * (i == side) for i, v in enumerate((20, 0, 30, 9))]}, follows)
      for side in range(4) for gap, follows in ((0.019, True), (-0.019, True), (0.021, False), (-0.021, False))],
    ({"rotation": 10.019}, True), ({"rotation": 9.979}, False), ({"rotation": 10.021}, False),
    ({"rotation": 370}, True),
    ({"occluded": True}, False), ({"z_order": 2}, False),
    ({"attributes": {"lit": "yes"}}, True), ({"attributes": {"lit": "yes", "seen": "no"}}, True),
    ({"attributes": {"lit": "no"}}, False), ({"attributes": {"lit": "yes", "seen": "yes"}}, False),
])  # fmt: skip
def test_a_row_follows_if_all_it_says_does(columns: dict[str, Any], follows: bool) -> None:
    result, losses = to_keyframes(_moving(**columns))
    assert (2 not in result.shapes.frame.tolist()) == follows
    assert {0, 4} <= set(result.shapes.frame.tolist())
    assert result.shapes.keyframe.all()
    assert [row for loss in losses if not loss.column for row in loss.rows.tolist()][:1] == [1]


SECOND: dict[str, Any] = {"points": (1, 2, 3, 4), "group": 0, "attributes": {"lit": "yes"}}


@pytest.mark.parametrize(("columns", "differs"), [
    ({}, False), ({"id": 9}, False), ({"keyframe": False}, False), ({"points": (1, 2, 3, 4.001)}, True),
    ({"rotation": 1.0}, True), ({"occluded": True}, True), ({"outside": True}, True), ({"z_order": 1}, True),
    ({"source": "auto"}, True), ({"score": 0.5}, True), ({"group": 1}, True), ({"attributes": {"lit": "no"}}, True),
    ({"attributes": {}}, True), ({"attributes": {"lit": "yes", "seen": "no"}}, True),
    ({"attributes": {"seen": "yes"}}, True),
])  # fmt: skip
def test_keyframes_of_one_frame_are_told_apart_by_what_they_say(columns: dict[str, Any], differs: bool) -> None:
    build = DatasetBuilder(frames=plain_frames(3))
    build.add_label("car", attributes=SPECS)
    track = build.add_track("car", 0)
    for row in (SECOND, SECOND | columns):
        build.add_shape("rectangle", 1, track=track, **row)
    build.add_shape("rectangle", 2, track=track, points=(5, 6, 7, 8))
    _, losses = interpolate(build.dataset())
    clashes = [loss.rows.tolist() for loss in losses if "another keyframe" in loss.why]
    assert clashes == ([[1]] if differs else [])
