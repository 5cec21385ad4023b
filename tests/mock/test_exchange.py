"""Exports and imports: names of files, what survives, what is refused, downloads."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client
from tests.mock.exchange_calls import EXPORT, JOB, exported, imported, request, started
from tests.mock.task_calls import MULTIPART, form


def plain(document: Any) -> list[Any]:
    """What of annotations survives an export and an import."""
    shapes = document["shapes"]
    rounded = [[round(number, 2) for number in shape["points"]] for shape in shapes]
    return sorted(
        (shape["frame"], shape["type"], shape["label_id"], points)
        for shape, points in zip(shapes, rounded, strict=True)
    )


def test_names_of_requests_and_files(demo: Client) -> None:
    rq_id = started(demo, f"{EXPORT}&save_images=True")
    assert rq_id == "action=export&target=job&target_id=69&user_id=22&format=COCO_1~0&subresource=dataset"
    done = request(demo, rq_id)
    assert done["operation"] == {
        "type": "export:dataset", "target": "job", "project_id": None, "task_id": 38, "job_id": 69, "org_id": None,
        "format": "COCO 1.0", "lightweight": None,
    }  # fmt: skip
    assert done["result_url"] == f"http://mock.test{JOB}/dataset/download?rq_id={quote(rq_id, safe='')}"
    response = demo.get(done["result_url"].removeprefix("http://mock.test"))
    assert response.header("Content-Disposition") == (
        'attachment; filename="job_69_dataset_2026_11_23_23_50_56_coco 1.0.zip"'
    )
    assert response.header("ETag")
    assert parsedate_to_datetime(response.header("Last-Modified") or "").utcoffset() == timedelta()


@pytest.mark.parametrize(("asked", "shown"), [("My.zip", "My.zip"), ("a\r\nX: \0.zip", "a__X: _.zip"), ('"\\', "'_")])
def test_the_name_of_an_export_is_one_that_fits_a_header(demo: Client, asked: str, shown: str) -> None:
    named = request(demo, started(demo, f"{EXPORT}&filename={quote(asked)}"))["result_url"]
    response = demo.get(named.removeprefix("http://mock.test"))
    assert response.header("Content-Disposition") == f'attachment; filename="{shown}"'


@pytest.mark.parametrize("name", ["CVAT for images 1.1", "COCO 1.0"])
def test_what_is_exported_can_be_imported(demo: Client, name: str) -> None:
    labels = {row["name"]: row["id"] for row in demo.get("/api/labels?task_id=38&page_size=all").json()["results"]}
    shapes = [
        {"type": "rectangle", "label_id": labels["rect"], "frame": 1, "points": [10.25, 20.5, 30, 40]},
        {"type": "polygon", "label_id": labels["poly"], "frame": 2, "points": [1, 1, 50, 1, 50, 60]},
    ]
    demo.send("PUT", f"{JOB}/annotations", {"shapes": shapes})
    before = plain(demo.get(f"{JOB}/annotations").json())
    files = exported(demo, f"{JOB}/dataset/export?format={quote(name)}")
    assert not any(member.endswith((".png", ".jpg")) for member in files)
    demo.send("DELETE", f"{JOB}/annotations")
    member, content = next(iter(files.items()))
    into = "CVAT 1.1" if name.startswith("CVAT") else name
    assert imported(demo, into, {member.rpartition("/")[2]: content})["status"] == "finished"
    after = demo.get(f"{JOB}/annotations").json()
    assert plain(after) == before
    assert {shape["source"] for shape in after["shapes"]} == {"file"}
    assert imported(demo, into, {"x": content}, more="&import_mode=append")["status"] == "finished"
    assert len(demo.get(f"{JOB}/annotations").json()["shapes"]) == 4


@pytest.mark.parametrize("frames", [[(0, False), (3, False)], [(2, False)], [(0, False), (3, True)],
                                    [(0, False), (3, True), (5, False)]])  # fmt: skip
def test_an_open_track_keeps_its_keyframes(client: Client, frames: list[tuple[int, bool]]) -> None:
    client.send("DELETE", "/api/tasks/44/annotations")
    label = client.get("/api/labels?job_id=7").json()["results"][0]["id"]
    shapes = [{"type": "rectangle", "frame": frame, "points": [frame, 1, 9 + frame, 9], "outside": outside}
              for frame, outside in frames]  # fmt: skip
    client.send("PUT", "/api/jobs/7/annotations", {"tracks": [{"label_id": label, "frame": 0, "shapes": shapes}]})
    files = exported(client, "/api/jobs/7/dataset/export?format=CVAT%20for%20video%201.1")
    client.send("DELETE", "/api/jobs/7/annotations")
    assert imported(client, "CVAT 1.1", files, "/api/jobs/7")["status"] == "finished"
    tracks = client.get("/api/jobs/7/annotations").json()["tracks"]
    assert [[(shape["frame"], shape["outside"]) for shape in track["shapes"]] for track in tracks] == [frames]


def test_images_go_along_when_asked(demo: Client) -> None:
    files = exported(demo, f"{JOB}/dataset/export?format=CVAT for images 1.1&save_images=true")
    assert {"annotations.xml", "images/a/img 01.jpg", "images/a/sub/img03.jpg"} <= files.keys()
    assert len(files) == 6


def test_deleted_frames_are_left_out(demo: Client) -> None:
    demo.send("PATCH", f"{JOB}/data/meta", {"deleted_frames": [1]})
    document = json.loads(exported(demo, EXPORT)["annotations/instances_default.json"])
    assert "a/img 01.jpg" not in [image["file_name"] for image in document["images"]]


def test_tasks_are_exported_and_imported(demo: Client) -> None:
    before = plain(demo.get("/api/tasks/38/annotations").json())
    files = exported(demo, "/api/tasks/38/dataset/export?format=CVAT for images 1.1")
    demo.send("DELETE", "/api/tasks/38/annotations")
    assert imported(demo, "CVAT 1.1", files, "/api/tasks/38")["message"] == ""
    after = plain(demo.get("/api/tasks/38/annotations").json())
    whole = [item for item in before if item[1] not in ("skeleton", "mask", "polygon")]
    assert len(whole) > 20
    assert all(item in after for item in whole)  # and what tracks show, as shapes


def test_a_failed_import_changes_nothing_and_says_why(demo: Client) -> None:
    before = demo.get(f"{JOB}/annotations").json()
    failed = imported(demo, "CVAT 1.1", {"a.xml": b"<annotations><image"})
    assert failed["status"] == "failed"
    assert failed["message"].strip()
    assert failed["operation"]["type"] == "import:annotations"
    assert demo.get(f"{JOB}/annotations").json() == before
    assert failed["expiry_date"] > request(demo, started(demo, EXPORT))["expiry_date"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (f"{JOB}/dataset/export", ["Unknown format specified for the request"]),
        (f"{JOB}/dataset/export?format=x", ["Unknown format specified for the request"]),
        (f"{EXPORT}&location=cloud_storage&cloud_storage_id=1", ["CloudStorage matching query does not exist."]),
        (f"{JOB}/annotations?format=x", ["Unknown input format 'x'"]),
        (f"{JOB}/annotations?format=COCO 1.0", {"annotation_file": ["No file was submitted."]}),
        (f"{JOB}/annotations?format=COCO 1.0&filename=x", ["No such file were uploaded"]),
        (f"{JOB}/annotations?format=COCO 1.0&import_mode=x", ["Invalid import_mode='x'. Allowed: replace, append"]),
        (f"{JOB}/annotations?format=COCO 1.0&location=cloud_storage", ["The filename was not specified"]),
    ],
)  # fmt: skip
def test_errors(demo: Client, url: str, problem: Any) -> None:
    response = demo.send("POST", url)
    assert (response.status, response.json()) == (400, problem)


@pytest.mark.parametrize("query", ["location=mars", "save_images=maybe", "location=cloud_storage"])
def test_what_the_server_stumbles_over(demo: Client, demo_seed: dict[str, Any], query: str) -> None:
    assert demo.send("POST", f"{EXPORT}&{query}").status == 400
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert bugs.send("POST", f"{EXPORT}&{query}").status == 500


def test_an_empty_file(demo: Client) -> None:
    body = form({"a.json": b""}, "annotation_file")
    response = demo.send("POST", f"{JOB}/annotations?format=COCO 1.0", body, content_type=MULTIPART)
    assert response.json() == {"annotation_file": ["The submitted file is empty."]}


def test_downloads(demo: Client) -> None:
    other = "action=export&target=job&target_id=70&user_id=22&format=COCO_1~0&subresource=annotations"
    path = f"{JOB}/dataset/download"
    assert demo.get(path).json() == ["Missing request id in the query parameters"]
    assert demo.get(f"{path}?rq_id=x").json() == ["Unexpected request id format"]
    assert demo.get(f"{path}?rq_id={quote(other)}").json() == ["Invalid export request id"]
    unknown = demo.get(f"{path}?rq_id={quote(other.replace('70', '69'))}")
    assert (unknown.status, unknown.body) == (400, b"Unknown export request id")
