"""Backups of tasks with ground truth, honeypots and replicas: made, and made a task of again."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import quote

import pytest

from tests.mock.conftest import Client
from tests.mock.task_calls import MULTIPART, form

GT_POOL, CONSENSUS, GROUND_TRUTH = 44, 45, 46  # tasks of the recorded seed


def backup(client: Client, task: int) -> bytes:
    """The backup of a task."""
    rq_id = client.send("POST", f"/api/tasks/{task}/backup/export?lightweight=false").json()["rq_id"]
    record = client.get(f"/api/requests/{rq_id}").json()
    assert record["status"] == "finished", record["message"]
    return client.get(f"/api/tasks/{task}/backup/download?rq_id={quote(rq_id, safe='')}").body


def restored(client: Client, content: bytes) -> int:
    """The id of the task made of a backup."""
    sent = form({"a.zip": content}, "task_file")
    rq_id = client.send("POST", "/api/tasks/backup", sent, content_type=MULTIPART).json()["rq_id"]
    record = client.get(f"/api/requests/{rq_id}").json()
    assert record["status"] == "finished", record["message"]
    pk: int = record["result_id"]
    return pk


def jobs(client: Client, task: int) -> list[dict[str, Any]]:
    """Jobs of a task in the order in which they were made."""
    results: list[dict[str, Any]] = client.get(f"/api/jobs?task_id={task}&page_size=all&sort=id").json()["results"]
    return results


def plan(client: Client, task: int) -> list[Any]:
    """What the jobs of a task are: kind, frames, the place of the parent, what is in them."""
    rows = jobs(client, task)
    places = {row["id"]: index for index, row in enumerate(rows)}
    return [
        (row["type"], row["start_frame"], row["stop_frame"], row["frame_count"], places.get(row["parent_job_id"]),
         [(shape["frame"], shape["points"]) for shape in annotations(client, row["id"])["shapes"]])
        for row in rows
    ]  # fmt: skip


def annotations(client: Client, job: int) -> Any:
    return client.get(f"/api/jobs/{job}/annotations").json()


def edited(content: bytes, name: str, change: Any) -> bytes:
    """A backup with another JSON member."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, json.dumps(change(json.loads(data))) if member == name else data)
    return packed.getvalue()


@pytest.mark.parametrize("task", [GT_POOL, CONSENSUS, GROUND_TRUTH, 37, 42])
def test_a_task_comes_back(demo: Client, task: int) -> None:
    for job in jobs(demo, task):
        label = demo.get(f"/api/labels?task_id={task}&type=any").json()["results"][:1]
        shape = {"type": "rectangle", "frame": job["start_frame"], "points": [1, 2, job["id"], 4]}
        if label:
            demo.send("PATCH", f"/api/jobs/{job['id']}/annotations?action=create",
                      {"shapes": [{**shape, "label_id": label[0]["id"]}]})  # fmt: skip
    made = restored(demo, backup(demo, task))
    layouts = [demo.get(f"/api/tasks/{pk}/validation_layout").json() for pk in (task, made)]
    metas = [demo.get(f"/api/tasks/{pk}/data/meta").json() for pk in (task, made)]
    records = [demo.get(f"/api/tasks/{pk}").json() for pk in (task, made)]
    assert layouts[0] == layouts[1]
    assert plan(demo, task) == plan(demo, made)
    assert [file["name"] for file in metas[0]["frames"]] == [file["name"] for file in metas[1]["frames"]]
    for name in ("validation_mode", "consensus_enabled", "size"):
        assert records[0][name] == records[1][name]


def test_honeypots_of_a_restored_task_can_be_changed(demo: Client) -> None:
    made = restored(demo, backup(demo, GT_POOL))
    before = demo.get(f"/api/tasks/{made}/validation_layout").json()
    answer = demo.send("PATCH", f"/api/tasks/{made}/validation_layout", {"frame_selection_method": "random_uniform"})
    assert answer.status == 200
    assert answer.json()["honeypot_frames"] == before["honeypot_frames"]
    gt_job = next(job for job in jobs(demo, made) if job["type"] == "ground_truth")
    pool = before["validation_frames"]
    demo.send("PATCH", f"/api/jobs/{gt_job['id']}/data/meta", {"deleted_frames": pool[:1]})
    again = restored(demo, backup(demo, made))
    assert demo.get(f"/api/tasks/{again}/validation_layout").json()["disabled_frames"] == pool[:1]


def test_a_backup_has_every_picture_once(client: Client) -> None:
    """Task 43 of the default seed has honeypots; what its jobs show is named."""
    with zipfile.ZipFile(io.BytesIO(backup(client, 43))) as archive:
        names, task = archive.namelist(), json.loads(archive.read("task.json"))
    assert len(set(names)) == len(names)
    pool = next(job for job in task["jobs"] if job["type"] == "ground_truth")
    assert pool["frames"] == [24, 25, 26, 27, 28]
    assert all(f"data/{name}" in names for job in task["jobs"] for name in job.get("files", ()))
    assert task["data"]["validation_layout"]["mode"] == "gt_pool"


def test_a_source_of_an_older_server_is_manual(demo: Client) -> None:
    def older(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for document in documents:
            for shape in document["shapes"]:
                shape["source"] = "Ground truth"
        return documents

    made = restored(demo, edited(backup(demo, 37), "annotations.json", older))
    sources = {shape["source"] for job in jobs(demo, made) for shape in annotations(demo, job["id"])["shapes"]}
    assert sources == {"manual"}


@pytest.mark.parametrize("frames", [None, [], [99]])  # others are problems of reading
def test_frames_of_ground_truth_that_are_none(demo: Client, frames: Any) -> None:
    """A backup whose ground truth says nothing of use has one of all frames, as a plain job."""

    def spoiled(task: dict[str, Any]) -> dict[str, Any]:
        for job in task["jobs"]:
            if "frames" in job:
                job["frames"] = frames
        return task

    made = restored(demo, edited(backup(demo, GROUND_TRUTH), "task.json", spoiled))
    assert [job["type"] for job in jobs(demo, made)] == [job["type"] for job in jobs(demo, GROUND_TRUTH)]
    assert demo.get(f"/api/tasks/{made}/validation_layout").json() == {}
