"""Putting the tracks of many jobs together looks at what is still open, and at all of that."""

from __future__ import annotations

import numpy as np

from annotools.model import RECTANGLE, Dataset, DatasetBuilder, Job
from annotools.tracks import merge_jobs
from annotools.tracks.windows import State, Windows

JOBS, SIZE, SHARED = 200, 5, 2


def task_of_jobs(jobs: int) -> Dataset:
    """A box in every job, in the same place, that is seen to the end; and one that ends in the middle of its job."""
    build = DatasetBuilder()
    build.add_label("car")
    step = SIZE - SHARED
    for frame in range(jobs * step + SHARED):
        build.add_frame(f"{frame}.jpg", 100, 100)
    for number in range(jobs):
        start = number * step
        row = build.add_job(Job(number + 1, start_frame=start, stop_frame=start + SIZE - 1))
        for left, last in ((10, start + SIZE - 1), (50, start + 2)):
            track, points = build.add_track("car", start, job=row), [left, 10, left + 20, 40]
            build.add_shape(RECTANGLE, start, points=points, track=track)
            build.add_shape(RECTANGLE, last, points=points, track=track, outside=left == 50)
    return build.dataset()


def state_of(dataset: Dataset) -> State:
    rows = np.flatnonzero(dataset.shapes.track >= 0)
    shapes = dataset.shapes
    return State(
        dataset, rows, shapes.frame[rows].copy(), shapes.outside[rows].copy(), shapes.track[rows].astype(np.int64),
        dataset.tracks.frame.copy(), np.ones(len(dataset.tracks), np.bool_), frozenset(),
    )  # fmt: skip


def test_a_track_through_all_jobs_becomes_one() -> None:
    merged, _ = merge_jobs(task_of_jobs(JOBS))
    assert len(merged.tracks) == 1 + JOBS
    counts = np.bincount(merged.shapes.track)
    assert counts.max() >= JOBS
    assert sorted(counts)[:-1] == [2] * JOBS


def test_tracks_that_ended_are_set_aside() -> None:
    state = state_of(task_of_jobs(JOBS))
    looked_at = 0
    windows = Windows(state, list(range(JOBS)))
    for _, part, new in windows.each():
        assert new.sum() == 2
        last = part.last()
        part.close(np.flatnonzero(~new), int(part.frame.max()), last)
        looked_at += len(part.source)
    assert looked_at <= 12 * JOBS
    end = windows.end()
    assert sorted(set(end.source.tolist())) == state.source.tolist()


def test_rows_come_back_as_they_were_where_nothing_is_done() -> None:
    state = state_of(task_of_jobs(20))
    windows = Windows(state, list(range(20)))
    for _ in windows.each():
        pass
    end = windows.end()
    for name in ("source", "frame", "outside", "track"):
        assert getattr(end, name).tolist() == getattr(state, name).tolist()
