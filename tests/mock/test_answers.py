"""Answers that CVAT's own clients and tests depend on: background requests, uploads, documents, paths."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import yaml

from mockserver.background.request_ids import canonical, parse_id
from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Clock, Env
from tests.mock.conftest import Client

CAR, PERSON, HEAD = 13, 14, 15  # labels of task 44 of the default seed


def exported(client: Client, target: str, name: str = "CVAT for images 1.1") -> Any:
    """The record of an export."""
    accepted = client.send("POST", f"/api/{target}/dataset/export?format={name.replace(' ', '%20')}").json()
    return client.get(f"/api/requests/{accepted['rq_id']}").json()


# --- background requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("export:job-2-annotations-in-CVAT_for_images_1@1-format-by-1",
         "action=export&target=job&target_id=2&user_id=1&format=CVAT_for_images_1~1&subresource=annotations"),
        ("export:project-7-dataset-in-COCO_1@0-format-by-12",
         "action=export&target=project&target_id=7&user_id=12&format=COCO_1~0&subresource=dataset"),
        ("export:task-2-backup-by-1", "action=export&target=task&target_id=2&user_id=1&subresource=backup"),
        ("create:task-5", "action=create&target=task&target_id=5"),
        ("import:job-5-annotations", "action=import&target=job&target_id=5&subresource=annotations"),
        ("import:task-0b6c44d2-1111-2222-3333-444455556666-backup",
         "action=import&target=task&id=0b6c44d2-1111-2222-3333-444455556666&subresource=backup"),
        ("export:job-2-annotations-in-x", "export:job-2-annotations-in-x"),
    ],
)  # fmt: skip
def test_ids_of_the_old_forms(old: str, new: str) -> None:
    assert canonical(old) == new
    assert parse_id(old) == parse_id(new)


def test_a_request_and_its_file_are_had_by_the_old_id(client: Client) -> None:
    exported(client, "jobs/2")
    old = "export:job-2-annotations-in-CVAT_for_images_1@1-format-by-1"
    record = client.get(f"/api/requests/{old}").json()
    assert record["id"] == canonical(old)
    assert client.get(f"/api/jobs/2/dataset/download?rq_id={old}").status == 200
    assert client.get("/api/requests/export:job-3-annotations-in-CVAT_for_images_1@1-format-by-1").status == 404


@pytest.mark.parametrize("mode", ["instant", "manual", "real"])
def test_a_request_starts_before_it_finishes(mode: Any) -> None:
    client = Client(App(state_of("default"), env=Env(clock=Clock(mode))), "admin")
    client.send("POST", "/api/jobs/2/dataset/export?format=COCO%201.0")
    client.app.env.clock.advance(1)
    record = client.get("/api/requests").json()["results"][0]
    created, started, finished = (
        datetime.fromisoformat(record[f"{name}_date"]) for name in ("created", "started", "finished")
    )
    assert created <= started < finished


def mask_track(*frames: int, outside: int = -1) -> dict[str, Any]:
    """A track of masks."""
    shapes = [{"type": "mask", "frame": frame, "points": [3, 1, 0, 0, 1, 1], "outside": frame == outside}
              for frame in frames]  # fmt: skip
    return {"label_id": CAR, "frame": frames[0], "shapes": shapes}


@pytest.mark.parametrize("name", ["COCO 1.0", "CVAT for images 1.1", "CVAT for video 1.1"])
def test_what_the_server_cannot_interpolate_it_cannot_export(client: Client, name: str) -> None:
    client.send("PUT", "/api/jobs/7/annotations", {"tracks": [mask_track(0)]})
    assert exported(client, "tasks/44", name)["status"] == "finished"
    for shapes in (mask_track(0, 1), mask_track(0, 5, 9)):
        client.send("PUT", "/api/jobs/7/annotations", {"tracks": [shapes]})
        for target in ("jobs/7", "tasks/44"):
            record = exported(client, target, name)
            assert (record["status"], record["message"]) == ("failed", "NotImplementedError\n")
    client.send("PUT", "/api/jobs/7/annotations", {"tracks": [mask_track(0, 4, outside=4)]})
    assert exported(client, "jobs/7", name)["status"] == "finished"


@pytest.mark.parametrize("path", [
    "/api/jobs/2/annotations?format=COCO%201.0&", "/api/tasks/44/annotations?format=COCO%201.0&",
    "/api/projects/1/dataset?format=COCO%201.0&", "/api/tasks/backup?", "/api/projects/backup?",
])  # fmt: skip
def test_an_import_from_nowhere_is_refused(client: Client, path: str) -> None:
    answer = client.send("POST", f"{path}location=mars")
    assert (answer.status, answer.json()) == (400, ["The specified location mars is not supported"])


# --- TUS -------------------------------------------------------------------------------------------------------------


def test_refusals_of_uploads_say_what_is_spoken(client: Client) -> None:
    path = "/api/jobs/2/annotations"
    made = client.send("POST", path, upload_length="10")
    file_id = (made.header("Location") or "").rpartition("/")[2]
    piece = {"content_type": "application/offset+octet-stream"}
    foreign = "99" + file_id[file_id.index("_") :]
    answers = {
        404: client.send("PATCH", f"{path}/nonsense", b"a", upload_offset="0", **piece),
        403: client.send("HEAD", f"{path}/{foreign}"),
        409: client.send("PATCH", f"{path}/{file_id}", b"a", upload_offset="5", **piece),
        413: client.send("PATCH", f"{path}/{file_id}", b"a" * 11, upload_offset="0", **piece),
    }
    for status, answer in answers.items():
        assert (answer.status, answer.body, answer.header("Tus-Resumable")) == (status, b"", "1.0.0")
    unknown = "1_00000000-0000-0000-0000-000000000000"
    assert client.send("HEAD", f"{path}/{unknown}").status == 404


# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["9999999999999999999", "-99999999999999999999999", "1" * 400])
@pytest.mark.parametrize(("table", "name"), [("jobs", "Job"), ("tasks", "Task"), ("projects", "Project")])
def test_ids_that_no_table_can_hold_are_not_there(client: Client, table: str, name: str, number: str) -> None:
    answer = client.get(f"/api/{table}/{number}")
    assert (answer.status, answer.json()) == (404, {"detail": f"No {name} matches the given query."})


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        ("", "*/*", "application/vnd.oai.openapi"),
        ("", "", "application/vnd.oai.openapi"),
        ("", "application/yaml", "application/yaml"),
        ("", "text/html, application/json;q=0.9", "application/json"),
        ("", "application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("?scheme=json", "application/vnd.cvat+json", "application/vnd.oai.openapi+json"),
        ("?scheme=yaml", "application/json", "application/vnd.oai.openapi"),
    ],
)
def test_the_schema_speaks_media_types_of_its_own(client: Client, query: str, accept: str, media: str) -> None:
    answer = client.get(f"/api/schema/{query}", user=None, accept=accept)
    assert (answer.status, answer.header("Content-Type")) == (200, media)
    assert yaml.safe_load(answer.body)["paths"]["/api/jobs"]["get"]["operationId"] == "jobs_list"


def test_what_the_schema_does_not_speak(client: Client) -> None:
    for accept in ("application/vnd.cvat+json", "text/html"):
        assert client.get("/api/schema/", accept=accept).status == 406
    assert client.get("/api/schema/?scheme=xml").status == 404


# --- annotations -----------------------------------------------------------------------------------------------------


def test_parts_of_a_skeleton_track_have_no_parts(client: Client) -> None:
    """But for a part that is in none of a task's jobs: cutting leaves it an empty list."""
    part = {"label_id": HEAD, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [1, 2]}]}
    body = {"label_id": PERSON, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}],
            "elements": [part, {**part, "label_id": HEAD + 1, "shapes": []}]}  # fmt: skip
    elements = client.send("PUT", "/api/jobs/7/annotations", {"tracks": [body]}).json()["tracks"][0]["elements"]
    assert ["elements" in element for element in elements] == [False, False]
