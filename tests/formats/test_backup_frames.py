"""Which rows of a backup's manifest are frames of the task: start, stop and step at their borders."""

from __future__ import annotations

import pytest

from annotools.errors import Problems
from annotools.formats.cvat_json import backup_parts
from annotools.formats.cvat_json.backup_parts import read_frames
from annotools.formats.cvat_json.fields import Fields
from annotools.formats.cvat_json.manifest import Manifest
from annotools.model import Task

PICTURES = Manifest(tuple((f"{number}.jpg", 64, 48, 0) for number in range(5)))


def frames(task: Task, manifest: Manifest) -> tuple[tuple[str, ...], list[str]]:
    """Names of frames, and problems."""
    problems = Problems()
    names = read_frames(task, manifest, Fields({}, "", problems)).names
    return names, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("start", "stop", "step", "chosen"),
    [
        (0, None, 1, [0, 1, 2, 3, 4]),
        (0, 4, 1, [0, 1, 2, 3, 4]),
        (0, 0, 1, [0]),
        (1, 3, 1, [1, 2, 3]),
        (0, 4, 2, [0, 2, 4]),
        (0, 3, 2, [0, 2]),
        (1, None, 2, [1, 3]),
        (4, None, 1, [4]),
        (0, 5, 1, [0, 1, 2, 3, 4]),  # a manifest that lists the frames alone
        (1, 5, 1, [0, 1, 2, 3, 4]),
        (2, 10, 2, [0, 1, 2, 3, 4]),
    ],
)
def test_pictures_between_start_and_stop(start: int, stop: int | None, step: int, chosen: list[int]) -> None:
    task = Task(start_frame=start, stop_frame=stop, step=step)
    assert frames(task, PICTURES) == (tuple(f"{number}.jpg" for number in chosen), [])


@pytest.mark.parametrize(
    ("start", "stop", "step", "numbers"),
    [
        (0, None, 1, [0, 1, 2, 3, 4]),
        (2, None, 1, [2, 3, 4]),
        (0, 2, 1, [0, 1, 2]),
        (0, 3, 2, [0, 2]),
        (0, 4, 2, [0, 2, 4]),
        (3, 3, 1, [3]),
        (3, 2, 1, []),
    ],
)
def test_a_video_counts_its_frames(start: int, stop: int | None, step: int, numbers: list[int]) -> None:
    manifest = Manifest((("a.mp4", 64, 48, 0),), is_video=True, length=5)
    task = Task(mode="interpolation", start_frame=start, stop_frame=stop, step=step)
    assert frames(task, manifest) == (tuple(f"frame_{number:06d}" for number in numbers), [])


@pytest.mark.parametrize(("stop", "fits"), [(9, True), (10, False), (-2, False)])
def test_a_video_of_too_many_frames_or_fewer_than_none_is_told(
    stop: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_parts, "MOST_FRAMES", 10)
    manifest = Manifest((("a.mp4", 64, 48, 0),), is_video=True, length=5)
    names, problems = frames(Task(mode="interpolation", stop_frame=stop), manifest)
    assert len(names) == (10 if fits else 0)
    assert len(problems) == (0 if fits else 1)
