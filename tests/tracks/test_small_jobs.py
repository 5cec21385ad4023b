"""Tracks of very many small jobs are put together at once, and come out as they do job by job."""

from __future__ import annotations

from random import Random

import pytest

from annotools.model import POLYGON, RECTANGLE, SKELETON, Dataset, DatasetBuilder, Job
from annotools.model.codes import POINTS
from annotools.tracks import merge_jobs, small_jobs


def task(random: Random, jobs: int) -> Dataset:
    """Jobs that share more or fewer frames, with tracks in few places, some of which go on and some of which end."""
    build = DatasetBuilder()
    build.add_label("car")
    build.add_label("bus")
    pose = build.add_label("pose", type="skeleton")
    build.add_label("head", parent=pose, type="points")
    step, size = random.choice([(1, 5), (3, 5), (4, 5), (2, 7), (5, 5)])
    for frame in range(jobs * step + size):
        build.add_frame(f"{frame}.jpg", 100, 100)
    order = list(range(jobs))
    if random.random() < 0.2:
        random.shuffle(order)
    for number in order:
        start = number * step
        row = build.add_job(Job(number + 1, start_frame=start, stop_frame=start + size - 1))
        for _ in range(random.choice([0, 1, 1, 2, 3])):
            _add_track(build, random, row, start, size)
        if random.random() < 0.1:
            _add_skeleton(build, random, row, start)
    return build.dataset()


def _add_track(build: DatasetBuilder, random: Random, row: int, start: int, size: int) -> None:
    frames = sorted(random.choices(range(max(start - 1, 0), start + size), k=random.choice([1, 2, 2, 3])))
    track = build.add_track(random.choice(["car", "car", "bus"]), frames[0], job=row)
    kind = random.choice([RECTANGLE, RECTANGLE, RECTANGLE, POLYGON, POINTS])
    for frame in frames:
        x = random.choice([10, 50]) + random.choice([0, 0, 1, 4, 8])
        box, ring = [x, 10, x + 20, 40], [x, 10, x + 20, 10, x + 20, 40, x, 40]
        points = ring if kind == POLYGON else box
        build.add_shape(kind, frame, points=points, track=track, outside=random.random() < 0.2)


def _add_skeleton(build: DatasetBuilder, random: Random, row: int, start: int) -> None:
    whole = build.add_track("pose", start, job=row)
    head = build.add_track("head", start, job=row, parent=whole)
    for frame in (start, start + 2):
        outside = random.random() < 0.3
        build.add_shape(SKELETON, frame, points=[], track=whole, outside=outside)
        build.add_shape(POINTS, frame, points=[5, 5], track=head, outside=outside)


@pytest.mark.parametrize("seed", range(60))
def test_all_at_once_is_as_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = task(Random(seed), 12)
    monkeypatch.setattr(small_jobs, "MANY", 10**9)
    slow, one_by_one = merge_jobs(dataset)
    monkeypatch.setattr(small_jobs, "MANY", 2)
    fast, at_once = merge_jobs(dataset)
    assert fast == slow
    assert list(map(str, at_once)) == list(map(str, one_by_one))
    assert len(dataset.tracks) == 0 or len(dataset.jobs) == 12


def test_small_jobs_are_put_together_at_once() -> None:
    """Seeds of which some tracks go on, so that the comparison is of something."""
    dataset = task(Random(7), small_jobs.MANY + 10)
    merged, _ = merge_jobs(dataset)
    assert 0 < len(merged.tracks) < len(dataset.tracks)
