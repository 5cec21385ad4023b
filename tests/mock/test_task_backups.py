"""Tasks and projects: changed, backed up, restored and removed."""

from __future__ import annotations

import json

import pytest

from mockserver.exchange import bundles
from tests.mock.conftest import Client
from tests.mock.task_calls import LABELS, MULTIPART, fill, form, made, names, new_task, picture, spans


def test_a_task_is_changed_and_removed(demo: Client) -> None:
    changed = made(demo.send("PATCH", "/api/tasks/37", {"name": "new", "assignee_id": 23, "subset": "Test"}), 200)
    assert (changed["name"], changed["assignee"]["id"], changed["subset"]) == ("new", 23, "Test")
    assert demo.get("/api/jobs/66", user="ann1").json()["task_name"] == "new"
    labels = [{"name": "extra"}, {"id": 109, "name": "anything"}]
    assert made(demo.send("PATCH", "/api/tasks/38", {"labels": labels}), 200)
    names = [row["name"] for row in demo.get("/api/labels?task_id=38&page_size=all").json()["results"]]
    assert {"extra", "anything"} <= set(names)
    assert demo.send("PATCH", "/api/tasks/38", {"labels": [{"id": 1, "name": "x"}]}).status == 404
    assert demo.send("DELETE", "/api/tasks/37").status == 204
    for path in ("/api/tasks/37", "/api/jobs/66", "/api/tasks/37/data/meta"):
        assert demo.get(path).status == 404


def test_a_task_is_backed_up_and_restored(demo: Client) -> None:
    task = new_task(demo, segment_size=2)["id"]
    fill(demo, task, {f"{number}.png": picture(30 + number) for number in range(3)})
    label = demo.get(f"/api/labels?task_id={task}").json()["results"][0]
    shape = {"type": "rectangle", "label_id": label["id"], "frame": 2, "points": [1, 2, 3, 4],
             "attributes": [{"spec_id": label["attributes"][0]["id"], "value": "l"}]}  # fmt: skip
    made(demo.send("PUT", f"/api/tasks/{task}/annotations", {"shapes": [shape]}), 200)
    rq_id = made(demo.send("POST", f"/api/tasks/{task}/backup/export?lightweight=False"), 202)["rq_id"]
    assert rq_id == f"action=export&target=task&target_id={task}&user_id=22&subresource=backup"
    url = demo.get(f"/api/requests/{rq_id}").json()["result_url"]
    backup = demo.get(url.removeprefix("http://mock.test"))
    assert backup.header("Content-Type") == "application/zip"
    files = form({"backup.zip": backup.body}, "task_file")
    rq_id = made(demo.send("POST", "/api/tasks/backup", files, content_type=MULTIPART), 202)["rq_id"]
    request = demo.get(f"/api/requests/{rq_id}").json()
    assert (request["status"], request["message"]) == ("finished", "")
    copy = request["result_id"]
    assert (names(demo, copy), spans(demo, copy)) == (names(demo, task), spans(demo, task))
    shapes = demo.get(f"/api/tasks/{copy}/annotations").json()["shapes"]
    assert [(one["frame"], one["points"], one["attributes"][0]["value"]) for one in shapes] == [(2, [1, 2, 3, 4], "l")]
    assert shapes[0]["label_id"] != label["id"]
    frame = demo.get(f"/api/tasks/{copy}/data?type=frame&number=1&quality=original").body
    assert frame == picture(31)


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04 damaged", b""])
def test_backups_it_refuses(demo: Client, content: bytes) -> None:
    before = demo.get("/api/tasks").json()["count"]
    response = demo.send("POST", "/api/tasks/backup", form({"b.zip": content}, "task_file"), content_type=MULTIPART)
    if response.status == 202:
        assert demo.get(f"/api/requests/{response.json()['rq_id']}").json()["status"] == "failed"
    else:
        assert response.json() == {"task_file": ["The submitted file is empty."]}
    assert demo.get("/api/tasks").json()["count"] == before


def test_projects(demo: Client) -> None:
    project = made(demo.send("POST", "/api/projects", {"name": "p", "labels": LABELS}))
    assert (project["tasks"]["count"], project["dimension"], project["task_subsets"]) == (0, None, [])
    refused = demo.send("POST", "/api/tasks", {"name": "t", "project_id": project["id"], "labels": LABELS})
    assert refused.status == 400
    task = made(demo.send("POST", "/api/tasks", {"name": "t", "project_id": project["id"], "subset": "Train"}))["id"]
    fill(demo, task, {"a.png": picture()})
    shown = demo.get(f"/api/projects/{project['id']}").json()
    assert (shown["tasks"]["count"], shown["dimension"], shown["task_subsets"]) == (1, "2d", ["Train"])
    labels = demo.get(f"/api/labels?task_id={task}").json()["results"]
    assert {label["project_id"] for label in labels} == {project["id"]}
    assert demo.get(f"/api/projects/{project['id']}/preview").status == 200
    job = demo.get(f"/api/jobs?project_id={project['id']}").json()["results"][0]
    assert job["project_name"] == "p"
    changed = demo.send("PATCH", f"/api/projects/{project['id']}", {"name": "q", "assignee_id": 23})
    assert made(changed, 200)["name"] == "q"
    assert demo.get(f"/api/jobs/{job['id']}", user="ann1").json()["project_name"] == "q"
    assert demo.send("DELETE", f"/api/projects/{project['id']}").status == 204
    assert demo.get(f"/api/tasks/{task}").status == 404


def test_a_project_is_backed_up_restored_and_fed(demo: Client) -> None:
    project = made(demo.send("POST", "/api/projects", {"name": "p", "labels": LABELS}))["id"]
    task = made(demo.send("POST", "/api/tasks", {"name": "t", "project_id": project}))["id"]
    fill(demo, task, {"a.png": picture()})
    label = demo.get(f"/api/labels?project_id={project}").json()["results"][0]["id"]
    tag = {"type": "rectangle", "label_id": label, "frame": 0, "points": [1, 2, 3, 4]}
    made(demo.send("PUT", f"/api/tasks/{task}/annotations", {"shapes": [tag]}), 200)
    rq_id = made(demo.send("POST", f"/api/projects/{project}/backup/export"), 202)["rq_id"]
    assert "lightweight=True" in rq_id
    url = demo.get(f"/api/requests/{rq_id}").json()["result_url"].removeprefix("http://mock.test")
    body = form({"p.zip": demo.get(url).body}, "project_file")
    rq_id = made(demo.send("POST", "/api/projects/backup", body, content_type=MULTIPART), 202)["rq_id"]
    request = demo.get(f"/api/requests/{rq_id}").json()
    assert (request["status"], request["message"]) == ("finished", "")
    copy = demo.get(f"/api/tasks?project_id={request['result_id']}").json()["results"][0]["id"]
    assert len(demo.get(f"/api/tasks/{copy}/annotations").json()["shapes"]) == 1
    path = f"/api/projects/{project}/dataset/export?format=COCO 1.0&save_images=true"
    other = made(demo.send("POST", "/api/tasks", {"name": "u", "project_id": project}))["id"]
    fill(demo, other, {"a.png": picture(50)})
    rq_id = made(demo.send("POST", path), 202)["rq_id"]
    url = demo.get(f"/api/requests/{rq_id}").json()["result_url"].removeprefix("http://mock.test")
    body = form({"d.zip": demo.get(url).body}, "dataset_file")
    path = f"/api/projects/{project}/dataset?format=COCO 1.0"
    rq_id = made(demo.send("POST", path, body, content_type=MULTIPART), 202)["rq_id"]
    assert demo.get(f"/api/requests/{rq_id}").json()["message"] == ""
    newest = demo.get(f"/api/tasks?project_id={project}").json()["results"][0]
    assert (newest["size"], names(demo, newest["id"])) == (2, ["a.png", "a_1.png"])


def test_names_of_a_project_differ() -> None:
    assert list(bundles.unlike(["a.x", "a_1.x", "a.x", "a.x", "b"])) == ["a.x", "a_1.x", "a_2.x", "a_3.x", "b"]


def test_forms_as_fields_or_json(demo: Client) -> None:
    for path in ("/api/tasks/47/data", "/api/tasks/47/data/"):
        bad = demo.send("POST", path, {"image_quality": 101})
        assert (bad.status, bad.json()) == (400, {"image_quality": ["Ensure this value is less than or equal to 100."]})
    assert demo.send("POST", "/api/tasks/47/data", {"frame_filter": "every=2"}).status == 400
    remote = made(demo.send("POST", "/api/tasks/47/data", {"remote_files": ["http://x/a.jpg"]}), 202)
    failed = demo.get(f"/api/requests/{remote['rq_id']}").json()
    assert "upload client_files" in failed["message"]
    assert json.dumps(failed)
