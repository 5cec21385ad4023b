"""Jobs: the state machine of stage and state, assignees, dates, removal; issues, comments and labels around them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.conftest import Client

JOB = "/api/jobs/66"


def patch(client: Client, **body: Any) -> Any:
    """The answer of a PATCH of the job."""
    response = client.send("PATCH", JOB, body)
    assert response.status == 200, response.body
    return response.json()


def test_a_new_stage_makes_the_state_new(demo: Client) -> None:
    assert patch(demo, state="in progress")["state"] == "in progress"
    assert patch(demo, stage="annotation")["state"] == "in progress"
    assert patch(demo, stage="validation")["state"] == "new"
    job = patch(demo, stage="acceptance", state="completed")
    assert (job["stage"], job["state"], job["status"]) == ("acceptance", "completed", "completed")


@pytest.mark.parametrize(
    ("stage", "state", "status"),
    [("annotation", "completed", "annotation"), ("validation", "completed", "validation"),
     ("acceptance", "new", "validation"), ("acceptance", "completed", "completed")],
)  # fmt: skip
def test_status_follows(demo: Client, stage: str, state: str, status: str) -> None:
    assert patch(demo, stage=stage, state=state)["status"] == status


def test_task_status_and_summary_follow_the_jobs(demo: Client) -> None:
    jobs = demo.get("/api/jobs?task_id=37").json()["results"]
    before = demo.get("/api/tasks/37").json()
    for job in jobs:
        demo.send("PATCH", f"/api/jobs/{job['id']}", {"stage": "validation"})
    task = demo.get("/api/tasks/37").json()
    assert (before["status"], task["status"]) == ("annotation", "validation")
    assert task["jobs"]["validation"] == len(jobs)
    assert task["updated_date"] > before["updated_date"]
    demo.send("PATCH", JOB, {"stage": "acceptance", "state": "completed"})
    assert demo.get("/api/tasks/37").json()["jobs"]["completed"] == 1


def test_every_patch_is_dated_but_an_assignee_only_when_it_changes(demo: Client) -> None:
    first = patch(demo, assignee=23)
    assert first["assignee"] == {
        "url": "http://mock.test/api/users/23", "id": 23, "username": "ann1", "first_name": "Ann1",
        "last_name": "Annotator",
    }  # fmt: skip
    second = patch(demo, assignee="23")
    assert second["assignee_updated_date"] == first["assignee_updated_date"]
    assert patch(demo)["updated_date"] > second["updated_date"]
    third = patch(demo, assignee=None)
    assert third["assignee"] is None
    assert third["assignee_updated_date"] > first["assignee_updated_date"]


@pytest.mark.parametrize("assignee", [True, 1.5, 99999, "abc", [1]])
def test_bad_assignees(demo: Client, assignee: Any) -> None:
    assert demo.send("PATCH", JOB, {"assignee": assignee}).status == 400


@pytest.mark.parametrize("key", ["status", "type", "task_id", "id", "assignee_id", "frame_count", "foo"])
def test_unknown_keys(demo: Client, key: str) -> None:
    response = demo.send("PATCH", JOB, {key: 1, "state": "completed"})
    assert (response.status, response.json()) == (403, {"detail": "Attempted to update an unknown field"})
    assert demo.get(JOB).json()["state"] == "new"


@pytest.mark.parametrize("body", [{"state": "x"}, {"stage": None}, {"stage": ""}, {"state": ["new"]}, {"state": 5}])
def test_bad_choices(demo: Client, body: dict[str, Any]) -> None:
    assert demo.send("PATCH", JOB, body).status == 400


def test_an_assignee_sees_the_job_but_not_the_task(demo: Client) -> None:
    patch(demo, assignee=23)
    mine = demo.get("/api/jobs", user="ann1").json()
    assert [job["id"] for job in mine["results"]] == [66]
    assert mine["results"][0]["task_name"] is None
    assert demo.get("/api/tasks/37", user="ann1").status == 403
    assert demo.send("PATCH", JOB, {"state": "completed"}, user="ann1").status == 200
    assert demo.send("PATCH", JOB, {"stage": "validation"}, user="ann1").status == 403
    assert demo.send("PATCH", JOB, {"assignee": None}, user="ann1").status == 403
    assert demo.send("PUT", f"{JOB}/annotations", {}, user="ann1").status == 200
    assert demo.get(JOB, user="ann2").status == 403


def test_only_ground_truth_can_be_removed(demo: Client) -> None:
    assert demo.send("DELETE", JOB).json() == ["Only ground truth jobs can be removed"]
    assert demo.send("DELETE", "/api/jobs/97").json() == [
        'GT jobs cannot be removed when task validation mode is "gt_pool"'
    ]
    body = {"frame": 2, "position": [0, 0, 1, 1], "job": 107, "message": "look"}
    issue = demo.send("POST", "/api/issues", body).json()["id"]
    assert demo.send("DELETE", "/api/jobs/107").status == 204
    assert demo.get("/api/jobs/107").status == 404
    assert demo.get(f"/api/issues/{issue}").status == 404
    assert demo.get("/api/tasks/46").json()["validation_mode"] is None


def test_issues_and_comments(demo: Client) -> None:
    body = {"frame": 9999, "position": [1, 2.5, 3, 4], "job": 66, "message": "check"}
    made = demo.send("POST", "/api/issues", body)
    assert made.status == 201
    issue = made.json()
    assert (issue["position"], issue["resolved"], issue["comments"]["count"]) == ([1.0, 2.5, 3.0, 4.0], False, 1)
    assert demo.get(JOB).json()["issues"] == {"url": "http://mock.test/api/issues?job_id=66", "count": 1}
    comment = demo.send("POST", "/api/comments", {"issue": issue["id"], "message": "done"}).json()
    assert demo.get(f"/api/comments?issue_id={issue['id']}").json()["count"] == 2
    changed = demo.send("PATCH", f"/api/comments/{comment['id']}", {"message": "really done"}).json()
    assert changed["message"] == "really done"
    resolved = demo.send("PATCH", f"/api/issues/{issue['id']}", {"resolved": True, "assignee": 24}).json()
    assert (resolved["resolved"], resolved["assignee"]["username"]) == (True, "ann2")
    assert demo.get("/api/issues?resolved=true").json()["count"] == 1
    assert demo.get("/api/issues?resolved=false").json()["count"] == 0
    assert demo.send("DELETE", f"/api/comments/{comment['id']}").status == 204
    assert demo.send("DELETE", f"/api/issues/{issue['id']}").status == 204
    assert demo.get("/api/comments").json()["count"] == 0


def test_issue_errors(demo: Client) -> None:
    whole = {"frame": 0, "position": [1, 1], "job": 66, "message": "x"}
    for name in whole:
        response = demo.send("POST", "/api/issues", {key: value for key, value in whole.items() if key != name})
        assert (response.status, response.json()) == (400, {name: ["This field is required."]})
    missing = demo.send("POST", "/api/issues", {**whole, "job": 999999})
    assert missing.json() == ["Job matching query does not exist."]
    assert demo.send("POST", "/api/issues", whole, user="ann1").status == 403
    assert demo.get("/api/issues/1").json() == {"detail": "No Issue matches the given query."}


def test_labels_of_a_job(demo: Client) -> None:
    labels = demo.get("/api/labels?job_id=66&page_size=all").json()
    assert labels["count"] == len(labels["results"])
    assert [row["id"] for row in labels["results"]] == sorted(row["id"] for row in labels["results"])
    assert labels == {**demo.get("/api/labels?task_id=37&page_size=all").json()}
    assert all(not row["has_parent"] and row["task_id"] == 37 for row in labels["results"])
    assert demo.get("/api/labels?job_id=66&type=skeleton").json()["results"][0]["svg"].count("data-label-id") == 4
    assert demo.get("/api/labels?job_id=66", user="ann1").status == 403
    for query in ("job_id=1&task_id=2", "job_id=abc", "task_id=999999"):
        assert demo.get(f"/api/labels?{query}").status == 400


def test_a_label_is_renamed_and_gets_attributes(demo: Client) -> None:
    label = demo.get("/api/labels?task_id=37&name=rect").json()["results"][0]
    spec = label["attributes"][0]
    new = {"name": "size", "mutable": True, "input_type": "number", "values": ["0", "9", "1"]}
    body = {"name": "box", "color": "#123456", "attributes": [{"id": spec["id"], "default_value": "e"}, new]}
    changed = demo.send("PATCH", f"/api/labels/{label['id']}", body).json()
    assert (changed["name"], changed["color"]) == ("box", "#123456")
    assert [one["default_value"] for one in changed["attributes"]] == ["e", "0"]
    assert changed["attributes"][0]["name"] == spec["name"]
    annotated = demo.get(f"{JOB}/annotations").json()
    own = [shape for shape in annotated["shapes"] if shape["label_id"] == label["id"]]
    values = [one["value"] for shape in own for one in shape["attributes"]]
    assert "0" in values  # what was annotated before shows the default of the new attribute
    assert demo.send("PATCH", f"/api/labels/{label['id']}", {"name": "poly"}).status == 400
    assert demo.send("PATCH", f"/api/labels/{label['id']}", {"color": "red"}).status == 400
    assert demo.send("DELETE", f"/api/labels/{label['id']}").status == 204
    assert demo.get(f"/api/labels/{label['id']}").status == 404


def test_a_sublabel_is_a_label_with_a_parent(demo: Client) -> None:
    skeleton = demo.get("/api/labels?task_id=37&type=skeleton").json()["results"][0]
    part = skeleton["sublabels"][0]
    sublabel = demo.get(f"/api/labels/{part['id']}").json()
    assert (sublabel["name"], sublabel["parent_id"], sublabel["has_parent"]) == (part["name"], skeleton["id"], True)
    assert demo.send("PATCH", f"/api/labels/{part['id']}", {"name": "nose"}).status == 400
    assert demo.send("DELETE", f"/api/labels/{part['id']}").status == 400


def test_newer_versions_use_other_words(demo: Client) -> None:
    assert demo.get("/api/jobs/99").json()["type"] == "consensus_replica"
    assert "initial_replicas" not in demo.get("/api/tasks/45").json()
    demo.app.state.version = "2.80.0"
    assert demo.get("/api/tasks/45").json()["initial_replicas"] == 2
    assert demo.get("/api/server/about", user=None).json()["version"] == "2.80.0"


def test_a_deleted_label_takes_its_annotations_along(demo: Client) -> None:
    label = demo.get("/api/labels?task_id=37&name=rect").json()["results"][0]
    spec = label["attributes"][0]["id"]
    before = demo.get(f"{JOB}/annotations").json()
    assert any(shape["label_id"] == label["id"] for shape in before["shapes"])
    gone = {"attributes": [{"id": spec, "deleted": True}]}
    assert demo.send("PATCH", f"/api/labels/{label['id']}", gone).json()["attributes"] == []
    without = demo.get(f"{JOB}/annotations").json()
    assert len(without["shapes"]) == len(before["shapes"])
    assert all(shape["attributes"] == [] for shape in without["shapes"] if shape["label_id"] == label["id"])
    made = demo.send("PATCH", "/api/tasks/37", {"labels": [{"id": label["id"], "deleted": True}]})
    assert made.status == 200
    after = demo.get(f"{JOB}/annotations").json()
    assert after["shapes"] == [shape for shape in without["shapes"] if shape["label_id"] != label["id"]]
    skeleton = demo.get("/api/labels?task_id=37&type=skeleton").json()["results"][0]["id"]
    assert demo.send("DELETE", f"/api/labels/{skeleton}").status == 204
    assert not any(shape["type"] == "skeleton" for shape in demo.get(f"{JOB}/annotations").json()["shapes"])
