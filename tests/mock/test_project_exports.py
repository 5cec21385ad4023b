"""Exports of projects: subsets, one XML for all tasks, no honeypots, nothing at all."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.mock.conftest import Client
from tests.mock.task_calls import LABELS, MULTIPART, fill, form, picture


def exported(client: Client, project: int, name: str) -> dict[str, bytes]:
    """The members of an export with pictures."""
    path = f"/api/projects/{project}/dataset/export?format={quote(name)}&save_images=true"
    rq_id = client.send("POST", path).json()["rq_id"]
    record = client.get(f"/api/requests/{rq_id}").json()
    assert record["status"] == "finished", record["message"]
    content = client.get(f"/api/projects/{project}/dataset/download?rq_id={quote(rq_id, safe='')}").body
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


@pytest.fixture
def project(demo: Client) -> dict[str, Any]:
    """Two tasks of the subset Train that have a picture of one name, and one of no subset; boxes on all."""
    pk = demo.send("POST", "/api/projects", {"name": "p & q", "labels": LABELS}).json()["id"]
    label = demo.get(f"/api/labels?project_id={pk}").json()["results"][0]["id"]
    made = []
    for name, subset in (("a", "Train"), ("b", "Train"), ("c", "")):
        body = {"name": name, "project_id": pk, "subset": subset}
        task = demo.send("POST", "/api/tasks", body).json()["id"]
        fill(demo, task, {"x.png": picture(20 + len(made)), f"{name}.png": picture()})
        box = {"type": "rectangle", "label_id": label, "frame": 0, "points": [1, 2, 3, 4]}
        moving = {"label_id": label, "frame": 0, "shapes": [{**box, "frame": 0}, {**box, "frame": 1, "outside": True}]}
        for shape in moving["shapes"]:
            shape.pop("label_id")
        demo.send("PUT", f"/api/tasks/{task}/annotations", {"shapes": [box], "tracks": [moving]})
        made.append(task)
    return {"id": pk, "tasks": made}


def test_images_of_a_project(demo: Client, project: dict[str, Any]) -> None:
    members = exported(demo, project["id"], "CVAT for images 1.1")
    root = ElementTree.fromstring(members.pop("annotations.xml"))
    a, b, c = (str(task) for task in project["tasks"])
    rows = [tuple(image.get(key) for key in ("id", "name", "subset", "task_id")) for image in root.findall("image")]
    assert rows == [
        ("0", "a.png", "Train", a), ("1", "x.png", "Train", a),
        ("0", "b.png", "Train", b), ("1", "x_1.png", "Train", b),
        ("0", "c.png", "default", c), ("1", "x.png", "default", c),
    ]  # fmt: skip
    assert sorted(members) == sorted(f"images/{subset}/{name}" for _, name, subset, _ in rows)
    assert [len(image.findall("box")) for image in root.findall("image")] == [2, 0] * 3


def test_the_head_names_the_project_and_its_tasks(demo: Client, project: dict[str, Any]) -> None:
    root = ElementTree.fromstring(exported(demo, project["id"], "CVAT for images 1.1")["annotations.xml"])
    head = root.find("meta/project")
    assert head is not None
    assert [child.tag for child in head] == [
        "id", "name", "bugtracker", "created", "updated", "labels", "subsets", "owner", "assignee", "tasks",
    ]  # fmt: skip
    assert (head.findtext("name"), head.findtext("subsets")) == ("p & q", "Train\ndefault")
    assert [label.findtext("name") for label in head.findall("labels/label")][:1] == ["car"]
    assert [task.findtext("id") for task in head.findall("tasks/task")] == [str(task) for task in project["tasks"]]
    assert head.find("tasks/task/labels") is None
    assert root.find("meta/task") is None


def test_tracks_of_a_project(demo: Client, project: dict[str, Any]) -> None:
    members = exported(demo, project["id"], "CVAT for video 1.1")
    root = ElementTree.fromstring(members["annotations.xml"])
    rows = [(track.get("id"), track.get("task_id"), track.get("subset")) for track in root.findall("track")]
    assert [row[0] for row in rows] == [str(number) for number in range(6)]
    assert {row[1:] for row in rows} == {
        (str(task), subset) for task, subset in zip(project["tasks"], ("Train", "Train", "default"), strict=True)
    }
    assert "images/default/x.png" in members


def test_other_formats_have_the_subsets_too(demo: Client, project: dict[str, Any]) -> None:
    members = exported(demo, project["id"], "COCO 1.0")
    assert {"annotations/instances_Train.json", "annotations/instances_default.json"} <= members.keys()
    assert {name.split("/")[1] for name in members if name.startswith("images/")} == {"Train", "default"}


@pytest.mark.parametrize("name", ["CVAT for images 1.1", "CVAT for video 1.1", "COCO 1.0"])
def test_a_project_without_frames(demo: Client, name: str) -> None:
    pk = demo.send("POST", "/api/projects", {"name": "p", "labels": LABELS}).json()["id"]
    demo.send("POST", "/api/tasks", {"name": "t", "project_id": pk})
    members = exported(demo, pk, name)
    assert len(members) == 1
    assert b"car" in next(iter(members.values()))


@pytest.mark.parametrize("name", ["CVAT for images 1.1", "COCO 1.0"])
def test_honeypots_are_left_out(client: Client, name: str) -> None:
    """Task 43 has 29 frames, four of which are honeypots."""
    labels = [{key: value for key, value in label.items() if key in ("name", "type", "attributes", "sublabels", "svg")}
              for label in client.get("/api/labels?task_id=43").json()["results"]]  # fmt: skip
    pk = client.send("POST", "/api/projects", {"name": "p", "labels": labels}).json()["id"]
    assert client.send("PATCH", "/api/tasks/43", {"project_id": pk}).status == 200
    pictures = [member for member in exported(client, pk, name) if member.startswith("images/")]
    assert len(pictures) == 25


def test_an_import_makes_a_task_of_each_subset(demo: Client, project: dict[str, Any]) -> None:
    members = exported(demo, project["id"], "COCO 1.0")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    target = demo.send("POST", "/api/projects", {"name": "q", "labels": LABELS}).json()["id"]
    body = form({"d.zip": packed.getvalue()}, "dataset_file")
    path = f"/api/projects/{target}/dataset?format=COCO%201.0"
    rq_id = demo.send("POST", path, body, content_type=MULTIPART).json()["rq_id"]
    assert demo.get(f"/api/requests/{rq_id}").json()["message"] == ""
    tasks = demo.get(f"/api/tasks?project_id={target}&sort=id").json()["results"]
    rows = [(task["name"], task["subset"], task["size"]) for task in tasks]
    assert rows == [("Train", "Train", 4), ("default", "default", 2)]
    assert demo.get(f"/api/projects/{target}").json()["task_subsets"] == ["Train", "default"]
    for task, count in zip(tasks, (4, 2), strict=True):
        annotations = demo.get(f"/api/tasks/{task['id']}/annotations").json()
        assert len(annotations["shapes"]) + len(annotations["tracks"]) == count
        assert {row["frame"] for row in (*annotations["shapes"], *annotations["tracks"])} <= set(range(task["size"]))
        preview = demo.get(f"/api/tasks/{task['id']}/preview")
        assert preview.status == 200


# --- labels of a dataset that is read into a project ----------------------------------------------------------------

COCO: dict[str, Any] = {
    "images": [{"id": 1, "width": 64, "height": 48, "file_name": "a.png"}],
    "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "road"}],
    "annotations": [
        {
            "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 12], "area": 120, "iscrowd": 0,
            "segmentation": [], "attributes": {"lit": True, "make": "vw", "occluded": False},
        }
    ],
}  # fmt: skip


def read_into(client: Client, labels: list[dict[str, Any]], name: str = "d.zip") -> tuple[int, dict[str, Any]]:
    """A new project with labels, and what came of reading a dataset into it."""
    pk = client.send("POST", "/api/projects", {"name": "r", "labels": labels}).json()["id"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("annotations/instances_default.json", json.dumps(COCO))
        archive.writestr("images/default/a.png", picture())
    body = form({name: packed.getvalue()}, "dataset_file")
    answer = client.send("POST", f"/api/projects/{pk}/dataset?format=COCO%201.0", body, content_type=MULTIPART)
    done = client.get(f"/api/requests/{answer.json()['rq_id']}").json() if answer.status == 202 else answer.json()
    return pk, done


def attributes_of(client: Client, pk: int) -> dict[str, list[tuple[str, str]]]:
    """Labels of a project with names and kinds of their attributes."""
    rows = client.get(f"/api/labels?project_id={pk}").json()["results"]
    return {row["name"]: [(spec["name"], spec["input_type"]) for spec in row["attributes"]] for row in rows}


def test_a_project_without_labels_gets_those_of_the_dataset(client: Client) -> None:
    pk, done = read_into(client, [])
    assert (done["status"], done["message"]) == ("finished", "")
    assert attributes_of(client, pk) == {"car": [("lit", "checkbox"), ("make", "text")], "road": []}
    task = client.get(f"/api/tasks?project_id={pk}").json()["results"][0]["id"]
    shapes = client.get(f"/api/tasks/{task}/annotations").json()["shapes"]
    assert [value["value"] for value in shapes[0]["attributes"]] == ["true", "vw"]


def test_labels_of_a_project_get_the_attributes_that_they_lack(client: Client) -> None:
    lit = {"name": "lit", "mutable": False, "input_type": "select", "values": ["true", "false"]}
    pk, done = read_into(client, [{"name": "car", "attributes": [lit]}, {"name": "road"}])
    assert done["status"] == "finished"
    assert attributes_of(client, pk) == {"car": [("lit", "select"), ("make", "text")], "road": []}


def test_a_label_that_a_project_has_not_is_named(client: Client) -> None:
    pk, done = read_into(client, [{"name": "car"}])
    assert (done["status"], done["message"].strip()) == (
        "failed", 'Target project does not have label with name "road"',
    )  # fmt: skip
    assert client.get(f"/api/tasks?project_id={pk}").json()["count"] == 0
    assert attributes_of(client, pk) == {"car": []}, "nothing has been added"


@pytest.mark.parametrize("name", ["annotations.xml", "instances.json", "d"])
def test_only_archives_are_read_into_a_project(client: Client, name: str) -> None:
    assert read_into(client, [{"name": "car"}], name)[1] == {"dataset_file": ["A file should be zip archive"]}
