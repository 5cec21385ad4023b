"""The task of a backup counts its pictures from 0, and what it said otherwise is told."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.model import Task
from tests.transform.test_steps_by_hand import after, builder


@pytest.mark.parametrize(
    ("task", "columns"),
    [
        ({}, []),
        ({"source_name": "x.zip"}, ["source_name"]),
        ({"start_frame": 2}, ["start_frame"]),
        ({"step": 3}, ["step"]),
        ({"source_name": "x.zip", "start_frame": 2, "step": 3, "stop_frame": 11},
         ["source_name", "start_frame", "step", "stop_frame"]),
        ({"stop_frame": 3}, []),  # the last of four pictures
        ({"stop_frame": 2}, ["stop_frame"]),
        ({"stop_frame": 4}, ["stop_frame"]),
    ],
    ids=str,
)  # fmt: skip
def test_pictures_count_from_0(task: dict[str, Any], columns: list[str]) -> None:
    result, losses = after(builder(4, name="street", **task).dataset(), "source-numbers")
    assert result.task == Task(name="street", start_frame=0, step=1, source_name="", stop_frame=None)
    assert losses == [("changed", "task", column, [0]) for column in columns]


def test_a_video_keeps_its_own_numbers() -> None:
    build = builder(4, mode="interpolation", media_type="video", source_name="a.mp4", start_frame=2, step=3)
    result, _ = after(build.dataset(), "source-numbers")
    assert (result.task.source_name, result.task.start_frame, result.task.step) == ("a.mp4", 2, 3)
    assert result.frames.names == ("frame_000002", "frame_000005", "frame_000008", "frame_000011")
