"""Quality reports and consensus merges: from annotations to reports and conflicts, by the calls that the SDK makes."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client

BOX = {"type": "rectangle", "points": [10, 10, 60, 40]}


def finished(client: Client, response: Any) -> Any:
    """The background request of an answer, at its end."""
    assert response.status == 202, response.body
    request = client.get(f"/api/requests/{response.json()['rq_id']}").json()
    assert request["status"] == "finished", request
    return request


def label_of(client: Client, task: int) -> int:
    rows = client.get(f"/api/labels?task_id={task}&page_size=all").json()["results"]
    return int(next(row["id"] for row in rows if row["type"] in ("any", "rectangle")))


@pytest.fixture
def judged(demo: Client) -> int:
    """Task 43 with a ground truth of frame 0, which its job has as well, and of frame 1, which it has not."""
    body = {"type": "ground_truth", "task_id": 43, "frame_selection_method": "manual", "frames": [0, 1]}
    truth = demo.send("POST", "/api/jobs", body).json()["id"]
    label = label_of(demo, 43)
    boxes = [BOX | {"frame": frame, "label_id": label} for frame in (0, 1)]
    first = min(job["id"] for job in demo.get("/api/jobs?task_id=43").json()["results"] if job["type"] == "annotation")
    for job, shapes in ((truth, boxes), (first, boxes[:1])):
        assert demo.send("PUT", f"/api/jobs/{job}/annotations", {"shapes": shapes}).status == 200
    assert demo.send("POST", "/api/quality/reports", {"task_id": 43}).status == 400, "not accepted yet"
    demo.send("PATCH", f"/api/jobs/{truth}", {"stage": "acceptance", "state": "completed"})
    return truth


def test_a_report_of_a_task_has_reports_of_its_jobs(demo: Client, judged: int) -> None:
    request = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))
    assert request["id"] == "action=calculate&target=task&target_id=43&subresource=quality"
    report = demo.get(f"/api/quality/reports/{request['result_id']}").json()
    assert (report["target"], report["task_id"], report["job_id"], report["parent_id"]) == ("task", 43, None, None)
    summary = report["summary"]
    assert (summary["gt_count"], summary["ds_count"], summary["valid_count"], summary["accuracy"]) == (2, 1, 1, 0.5)
    below = demo.get(f"/api/quality/reports?parent_id={report['id']}").json()["results"]
    assert {row["target"] for row in below} == {"job"}
    assert demo.get("/api/quality/reports?task_id=43&target=task").json()["count"] == 1


def test_conflicts_belong_to_the_reports_of_jobs(demo: Client, judged: int) -> None:
    report = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))["result_id"]
    rows = demo.get(f"/api/quality/conflicts?report_id={report}").json()["results"]
    assert [(row["frame"], row["type"], row["severity"]) for row in rows] == [(1, "missing_annotation", "error")]
    assert [one["job_id"] for one in rows[0]["annotation_ids"]] == [judged]
    assert rows[0]["report_id"] != report
    assert demo.get("/api/quality/conflicts?type=extra_annotation").json()["count"] == 0


def test_conflicts_are_asked_of_one_report_of_a_job(demo: Client, judged: int) -> None:
    report = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))["result_id"]
    (conflict,) = demo.get(f"/api/quality/conflicts?report_id={report}").json()["results"]
    below = [row["id"] for row in demo.get(f"/api/quality/reports?parent_id={report}").json()["results"]]
    assert len(below) > 1
    counts = {one: demo.get(f"/api/quality/conflicts?report_id={one}").json()["count"] for one in below}
    assert counts == {one: int(one == conflict["report_id"]) for one in below}


def test_the_data_of_a_report_are_json_or_csv(demo: Client, judged: int) -> None:
    report = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))["result_id"]
    whole = demo.get(f"/api/quality/reports/{report}/data").json()
    assert whole["comparison_summary"]["annotations"]["missing_count"] == 1
    assert (whole["id"], whole["task_id"]) == (report, 43)
    text = demo.get(f"/api/quality/reports/{report}/data?format=csv").body.decode()
    assert next(csv.reader(io.StringIO(text)))[-1] == "precision"


def test_settings_are_there_and_decide(demo: Client, judged: int) -> None:
    results = demo.get("/api/quality/settings?task_id=43").json()["results"]
    assert len(results) == 1
    assert (results[0]["iou_threshold"], results[0]["inherit"], results[0]["job_filter"]) == (0.4, True, "")
    change = {"job_filter": '{"==":[{"var":"state"},"rejected"]}', "inherit": False}
    assert demo.send("PATCH", f"/api/quality/settings/{results[0]['id']}", change).json()["inherit"] is False
    report = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))["result_id"]
    jobs = demo.get(f"/api/quality/reports/{report}").json()["summary"]["jobs"]
    assert jobs["included"] == 0 < jobs["excluded"]
    refused = demo.send("PATCH", f"/api/quality/settings/{results[0]['id']}", {"iou_threshold": 2})
    assert refused.status == 400
    assert "iou_threshold" in refused.json()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"task_id": 42}, "require a Ground Truth job in the task at the acceptance stage"),
        ({}, "Exactly one of task_id, project_id"),
        ({"task_id": 42, "project_id": 1}, "Exactly one of task_id, project_id"),
    ],
)
def test_what_cannot_be_judged_is_refused(demo: Client, body: dict[str, int], words: str) -> None:
    response = demo.send("POST", "/api/quality/reports", body)
    assert response.status == 400
    assert words in response.body.decode()
    assert demo.send("POST", "/api/quality/reports", {"task_id": 999}).status == 404


def test_reports_are_not_for_strangers(demo: Client, judged: int) -> None:
    report = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))["result_id"]
    names = [user["username"] for user in demo.app.state.tables["users"].values()]
    stranger = next(
        name for name in names if demo.get("/api/tasks/43", user=name).status == 403
    )  # fmt: skip
    assert demo.get(f"/api/quality/reports/{report}", user=stranger).status == 403
    assert demo.get("/api/quality/reports", user=stranger).json()["count"] == 0
    assert demo.send("POST", "/api/quality/reports", {"task_id": 43}, user=stranger).status == 403


def test_a_merge_of_replicas_fills_and_completes_the_parent(demo: Client) -> None:
    jobs = demo.app.state.tables["jobs"]
    parent = next(job for job in jobs.values() if job["task_id"] == 43 and job["type"] == "annotation")
    assert demo.send("POST", "/api/consensus/merges", {"task_id": 43}).status == 400
    label = label_of(demo, 43)
    for shift in (0, 1):
        pk = demo.app.state.next_id("jobs")
        replica = {**parent, "id": pk, "type": "consensus_replica", "parent_job_id": parent["id"], "state": "completed"}
        demo.app.state.put("jobs", pk, replica)
        box = BOX | {"points": [10 + shift, 10, 60, 40], "frame": parent["start_frame"], "label_id": label}
        assert demo.send("PUT", f"/api/jobs/{pk}/annotations", {"shapes": [box]}).status == 200
    request = finished(demo, demo.send("POST", "/api/consensus/merges", {"job_id": parent["id"]}))
    assert request["id"] == f"action=merge&target=job&target_id={parent['id']}"
    shapes = demo.get(f"/api/jobs/{parent['id']}/annotations").json()["shapes"]
    assert [(shape["score"], shape["source"]) for shape in shapes] == [(1.0, "consensus")]
    assert demo.get(f"/api/jobs/{parent['id']}").json()["state"] == "completed"
    assert demo.send("POST", "/api/consensus/merges", {}).status == 400


def test_consensus_settings(demo: Client) -> None:
    settings = demo.get("/api/consensus/settings?task_id=43").json()["results"][0]
    assert settings == {"id": settings["id"], "task_id": 43, "iou_threshold": 0.4}
    path = f"/api/consensus/settings/{settings['id']}"
    assert demo.send("PATCH", path, {"iou_threshold": 0.7}).json()["iou_threshold"] == 0.7
    assert demo.get(path).json()["iou_threshold"] == 0.7


@pytest.mark.parametrize("value", ["nan", "-inf", float("inf")])
def test_a_threshold_is_a_number(demo: Client, value: object) -> None:
    """The text "nan" is within all bounds; no answer could say it, as JSON has no such number."""
    path = f"/api/consensus/settings/{demo.get('/api/consensus/settings?task_id=43').json()['results'][0]['id']}"
    body = json.dumps({"iou_threshold": value}).replace("Infinity", "1e999")
    assert demo.send("PATCH", path, body.encode(), content_type="application/json").status == 400
    assert demo.get(path).json()["iou_threshold"] == 0.4


def test_reports_survive_a_snapshot(judged: int, demo: Client, demo_seed: dict[str, Any]) -> None:
    report = finished(demo, demo.send("POST", "/api/quality/reports", {"task_id": 43}))["result_id"]
    saved = demo.app.state.snapshot()
    other = Client(App(state_of(demo_seed), Config()), demo.user)
    other.app.state.restore(saved)
    assert other.get(f"/api/quality/reports/{report}").json()["summary"]["accuracy"] == 0.5
