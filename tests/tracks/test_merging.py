"""Jobs put together, against what the server shows of the task."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotools.model import Dataset, DatasetBuilder, Job
from annotools.model.canonical import differing
from annotools.tracks import merge_jobs, working_jobs
from annotools.tracks.agreement import Pairs, twins
from tests.paths import GOLDEN
from tests.tracks.documents import dataset_of, plain_frames

HERE = Path(__file__).resolve().parent
SMALL = HERE.parent / "data" / "tracks" / "video"
Item = dict[str, Any]


def _job(folder: Path) -> Job:
    given = json.loads((folder / "job.json").read_text())
    return Job(int(folder.name), given["type"], given["start_frame"], given["stop_frame"])


def _read(inputs: Path) -> tuple[Dataset, Dataset]:
    """The annotations of the jobs, and those of the task."""
    folders = sorted((inputs / "jobs").iterdir(), key=lambda folder: int(folder.name))
    jobs = [_job(folder) for folder in folders]
    frames = plain_frames(max(job.stop_frame for job in jobs) + 1)
    documents = [json.loads((folder / "annotations.json").read_text()) for folder in folders]
    parts = dataset_of(enumerate(documents), frames, jobs)
    return parts, dataset_of([(-1, json.loads((inputs / "annotations.json").read_text()))], frames, jobs)


def _check(inputs: Path) -> None:
    parts, expected = _read(inputs)
    result, _ = merge_jobs(parts)
    assert differing(_by_keyframes(result), _by_keyframes(expected)) == []
    assert (result.shapes.job == -1).all()
    # exports follow the order of the answer
    plain = result.plain_shapes
    assert result.shapes.id[plain].tolist() == expected.shapes.id[expected.plain_shapes].tolist()
    assert result.tags.id.tolist() == expected.tags.id.tolist()
    assert result.tracks.id.tolist() == expected.tracks.id.tolist()


def _by_keyframes(dataset: Dataset) -> Dataset:
    """Without the stray flag that merged tracks carry."""
    return dataset.replace(shapes=dataset.shapes.replace(keyframe=np.ones(len(dataset.shapes), np.bool_)))


def test_a_video_whose_jobs_overlap() -> None:
    _check(SMALL)


@pytest.mark.parametrize("task", ["video", "images", "deleted_frames"])
def test_every_recorded_task(task: str) -> None:
    if not GOLDEN.exists():
        pytest.skip("the recorded tasks lie beside the repository and are not there")
    _check(GOLDEN / task / "inputs")


@pytest.mark.parametrize(("width", "shapes"), [(76.0, 1), (75.0, 1), (74.0, 2), (71.0, 2), (50.0, 2)])
@pytest.mark.parametrize("kind", ["rectangle", "polygon"])
def test_shapes_are_the_same_if_three_quarters_of_both_are_common(kind: str, width: float, shapes: int) -> None:
    build = DatasetBuilder(frames=plain_frames(8))
    for number, start in enumerate((0, 3)):
        build.add_job(Job(number + 1, start_frame=start, stop_frame=start + 4))
    label = build.add_label("car")
    for job, right in ((0, 100.0), (1, width)):
        points = [0, 0, right, 100] if kind == "rectangle" else [0, 0, right, 0, right, 100, 0, 100]
        build.add_shape(kind, 3, label, points, job=job)
    assert len(merge_jobs(build.dataset())[0].shapes) == shapes


def test_twins_are_the_choice_that_agrees_most() -> None:
    random = np.random.default_rng(5)
    for _ in range(60):
        height, width = random.integers(1, 6, 2)
        table = np.round(random.random((height, width)) * (random.random((height, width)) < 0.7), 2)
        one, other = np.nonzero(np.ones_like(table))
        chosen = twins(Pairs(one, other, table.reshape(-1)), 0.0)
        assert len(set(chosen[0].tolist())) == len(set(chosen[1].tolist())) == len(chosen[0])
        assert table[chosen].sum() == pytest.approx(_most(table))


def _most(table: np.ndarray) -> float:
    """The greatest sum of one-to-one pairs, by trying all."""
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows = range(table.shape[0])
    return max(float(table[rows, list(columns)].sum()) for columns in permutations(range(table.shape[1]), len(rows)))


def test_the_pool_of_honeypots_is_part_of_the_task_though_nobody_names_the_honeypots() -> None:
    jobs = [Job(1, start_frame=0, stop_frame=4), Job(2, start_frame=5, stop_frame=9), Job(3, "ground_truth", 10, 12)]
    assert working_jobs(jobs) == [0, 1, 2]
    assert working_jobs([*jobs[:2], Job(3, "ground_truth", 0, 9, included=(2, 7))]) == [0, 1]
    assert working_jobs([]) == []
