"""A box that is turned once round, or more often, or the other way, is as upright as one that is not turned."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.model import Dataset, Losses
from annotools.quirks import CVAT, NONE
from annotools.transform import run
from tests.transform.build import builder
from tests.transform.test_step_law import asked
from tests.transform.test_steps_by_hand import after, pose


def boxes(rotation: float) -> Dataset:
    """Boxes inside of the frame, across its border and beyond it: alone, beside a skeleton, and in a track."""
    build = builder(size=(64, 48))
    whole, head = pose(build)
    build.add_label("night")
    for left in (10, 50, 70):
        build.add_shape("rectangle", 0, "car", [left, 10, left + 20, 30], rotation=rotation, group=1)
    skeleton = build.add_shape("skeleton", 1, whole, group=2)
    build.add_shape("points", 1, head, [12, 12], parent=skeleton, group=2)
    build.add_shape("rectangle", 1, whole, [-4, 10, 20, 30], rotation=rotation, group=2)
    track = build.add_track("car", 0)
    for frame, left in ((0, 10), (2, 50)):
        build.add_shape("rectangle", frame, points=[left, 10, left + 20, 30], track=track, rotation=rotation)
    return build.dataset()


def drawn(outcome: tuple[Dataset, Losses]) -> list[Any]:
    """Where everything is and what was told, but for the angles themselves."""
    dataset, losses = outcome
    shapes = dataset.shapes
    columns = (shapes.type, shapes.frame, shapes.label, shapes.group, shapes.track, shapes.outside, shapes.keyframe)
    words = [(loss.kind, loss.what, loss.count) for loss in losses if loss.column != "rotation"]
    return [*(column.tolist() for column in columns), shapes.values.tolist(), shapes.offsets.tolist(), words]


@pytest.mark.parametrize(("step", "server"), asked())
def test_every_step_takes_full_turns_for_none(step: str, server: bool) -> None:
    quirks = CVAT if server else NONE
    upright = drawn(run(boxes(0), (step,), quirks))
    for turns in (360, -360, 720):
        assert drawn(run(boxes(turns), (step,), quirks)) == upright


@pytest.mark.parametrize("turns", [0, 360, -360, 720])
def test_a_box_that_is_turned_round_is_cut_at_the_border(turns: float) -> None:
    shapes = after(boxes(turns), "clip-to-frame")[0].shapes
    plain = [shapes.points(row).tolist() for row in range(len(shapes)) if shapes.track[row] < 0 and shapes.counts[row]]
    assert plain == [[10, 10, 30, 30], [50, 10, 64, 30], [12, 12], [0, 10, 20, 30]]
