"""What task.json and job.json of the API say, key by key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotools.model import Dataset
from tests.formats.cvat_api_files import read

JOB: dict[str, Any] = {
    "id": 5, "task_id": 2, "task_name": "street", "type": "consensus_replica", "start_frame": 1, "stop_frame": 2,
    "stage": "validation", "state": "in progress", "assignee": {"id": 3, "username": "anna"}, "mode": "interpolation",
    "dimension": "3d", "media_type": "point_cloud", "data_chunk_size": 36, "bug_tracker": "http://bugs",
    "project_id": 9, "parent_job_id": 4,
}  # fmt: skip
TASK: dict[str, Any] = {
    "id": 2, "name": "street", "mode": "interpolation", "dimension": "3d", "media_type": "point_cloud",
    "subset": "train", "segment_size": 4, "overlap": 1, "data_chunk_size": 36, "image_quality": 55,
    "bug_tracker": "http://bugs", "owner": {"id": 1, "username": "otto"}, "assignee": {"id": 3, "username": "anna"},
    "status": "validation", "created_date": "2024-01-02T03:04:05Z", "updated_date": "2024-02-03T04:05:06Z",
    "project_id": 9,
}  # fmt: skip


def bundle(folder: Path, member: str, document: dict[str, Any]) -> Dataset:
    """What is read of four pictures and one more document."""
    rows = [{"name": f"{number}.png", "width": 64, "height": 48} for number in range(4)]
    meta = {"size": 4, "start_frame": 0, "stop_frame": 3, "frame_filter": "", "frames": rows, "deleted_frames": []}
    members = {"annotations.json": {}, "labels.json": [{"id": 1, "name": "car"}], "data_meta.json": meta}
    for name, value in (members | {member: document}).items():
        (folder / name).write_text(json.dumps(value))
    return read(folder).dataset


@pytest.mark.parametrize(
    ("column", "key", "blank"),
    [
        ("id", "id", -1), ("name", "name", ""), ("mode", "mode", "annotation"), ("dimension", "dimension", "2d"),
        ("media_type", "media_type", "image"), ("subset", "subset", ""), ("segment_size", "segment_size", 0),
        ("overlap", "overlap", 0), ("chunk_size", "data_chunk_size", None), ("bug_tracker", "bug_tracker", ""),
        ("quality", "image_quality", 70), ("status", "status", "annotation"), ("created", "created_date", ""),
        ("updated", "updated_date", ""), ("project_id", "project_id", None),
    ],
)  # fmt: skip
def test_a_task_says_each_by_its_own_key(tmp_path: Path, column: str, key: str, blank: Any) -> None:
    assert getattr(bundle(tmp_path, "task.json", TASK).task, column) == TASK[key]
    without = {name: value for name, value in TASK.items() if name != key}
    assert getattr(bundle(tmp_path, "task.json", without).task, column) == blank


@pytest.mark.parametrize(
    ("column", "key", "blank"),
    [
        ("id", "id", -1), ("type", "type", "annotation"), ("stage", "stage", "annotation"), ("state", "state", "new"),
        ("parent_job", "parent_job_id", None),
    ],
)  # fmt: skip
def test_a_job_says_each_by_its_own_key(tmp_path: Path, column: str, key: str, blank: Any) -> None:
    (job,) = bundle(tmp_path, "job.json", JOB).jobs
    assert getattr(job, column) == JOB[key]
    (job,) = bundle(tmp_path, "job.json", {name: value for name, value in JOB.items() if name != key}).jobs
    assert getattr(job, column) == blank


def test_a_job_says_its_frames(tmp_path: Path) -> None:
    (job,) = bundle(tmp_path, "job.json", JOB).jobs
    assert (job.start_frame, job.stop_frame) == (1, 2)


@pytest.mark.parametrize(
    ("column", "key"),
    [("id", "task_id"), ("name", "task_name"), ("chunk_size", "data_chunk_size"), ("bug_tracker", "bug_tracker"),
     ("project_id", "project_id"), ("mode", "mode"), ("dimension", "dimension"), ("media_type", "media_type")],
)  # fmt: skip
def test_a_job_alone_says_what_it_knows_of_its_task(tmp_path: Path, column: str, key: str) -> None:
    assert getattr(bundle(tmp_path, "job.json", JOB).task, column) == JOB[key]


@pytest.mark.parametrize(
    ("given", "name"), [({"id": 3, "username": "anna"}, "anna"), ({"id": 3}, ""), (None, "")], ids=str
)
def test_people_are_called_by_their_user_names(tmp_path: Path, given: Any, name: str) -> None:
    (job,) = bundle(tmp_path, "job.json", JOB | {"assignee": given}).jobs
    assert job.assignee == name
    (tmp_path / "job.json").unlink()
    task = bundle(tmp_path, "task.json", TASK | {"assignee": given}).task
    assert (task.assignee, task.owner) == (name, "otto")
    task = bundle(tmp_path, "task.json", TASK | {"owner": given}).task
    assert (task.assignee, task.owner) == ("anna", name)
