"""Exports, imports and background requests: names of requests and files, life cycle, uploads in pieces, permissions."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Clock, Config, Env
from tests.mock.conftest import Client
from tests.mock.test_tasks import MULTIPART, form

JOB = "/api/jobs/69"
EXPORT = f"{JOB}/dataset/export?format=COCO 1.0"


def started(client: Client, url: str, method: str = "POST") -> str:
    """The rq_id of something that runs in the background."""
    response = client.send(method, url)
    assert response.status == 202, response.body
    found: str = response.json()["rq_id"]
    return found


def request(client: Client, rq_id: str, **how: Any) -> Any:
    """A background request."""
    response = client.get(f"/api/requests/{quote(rq_id)}", **how)
    assert response.status == 200, response.body
    return response.json()


def exported(client: Client, url: str) -> dict[str, bytes]:
    """Members of an export."""
    found = request(client, started(client, url))
    assert (found["status"], found["message"]) == ("finished", "")
    content = client.get(found["result_url"].removeprefix("http://mock.test"), accept="*/*").body
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def imported(client: Client, name: str, files: dict[str, bytes], path: str = JOB, more: str = "") -> Any:
    """The request that read a file."""
    url = f"{path}/annotations?format={quote(name)}{more}"
    response = client.send("POST", url, form(files, "annotation_file"), content_type=MULTIPART)
    assert response.status == 202, response.body
    return request(client, response.json()["rq_id"])


def plain(document: Any) -> list[Any]:
    """What of annotations survives a way through a file."""
    shapes = document["shapes"]
    rounded = [[round(number, 2) for number in one["points"]] for one in shapes]
    return sorted(
        (one["frame"], one["type"], one["label_id"], points) for one, points in zip(shapes, rounded, strict=True)
    )


def test_names_of_requests_and_files(demo: Client) -> None:
    rq_id = started(demo, f"{EXPORT}&save_images=True")
    assert rq_id == "action=export&target=job&target_id=69&user_id=22&format=COCO_1~0&subresource=dataset"
    found = request(demo, rq_id)
    assert found["operation"] == {
        "type": "export:dataset", "target": "job", "project_id": None, "task_id": 38, "job_id": 69, "org_id": None,
        "format": "COCO 1.0", "lightweight": None,
    }  # fmt: skip
    assert found["result_url"] == f"http://mock.test{JOB}/dataset/download?rq_id={quote(rq_id, safe='')}"
    response = demo.get(found["result_url"].removeprefix("http://mock.test"))
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


def _kept(done: Any) -> timedelta:
    """How long a request is kept after its end."""
    ends = [datetime.fromisoformat(done[name].replace("Z", "+00:00")) for name in ("finished_date", "expiry_date")]
    return ends[1] - ends[0]


def test_how_long_requests_are_kept(demo: Client) -> None:
    """A day for an export, an hour for an import, 30 days for one that failed."""
    assert _kept(request(demo, started(demo, EXPORT))) == timedelta(days=1)
    good = imported(demo, "CVAT 1.1", {"a.xml": b"<annotations></annotations>"})
    assert (good["status"], _kept(good)) == ("finished", timedelta(hours=1))
    bad = imported(demo, "CVAT 1.1", {"a.xml": b"<annotations><image"})
    assert (bad["status"], _kept(bad)) == ("failed", timedelta(days=30))


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


def test_who_may_see_a_request(demo: Client) -> None:
    demo.send("PATCH", JOB, {"assignee": 23})
    export, reading = started(demo, EXPORT), imported(demo, "CVAT 1.1", {"a.xml": b"<annotations/>"})["id"]
    url = request(demo, export)["result_url"].removeprefix("http://mock.test")
    assert demo.get(f"/api/requests/{quote(export)}", user="ann1").status == 403
    assert demo.get(url, user="ann1").status == 403
    assert request(demo, reading, user="ann1")["id"] == reading
    assert demo.get(f"/api/requests/{quote(reading)}", user="ann2").status == 403
    assert demo.get("/api/requests", user="ann1").json()["count"] == 0
    assert demo.get("/api/requests/x").body == b"There is no request with specified id"


def test_requests_are_listed(demo: Client) -> None:
    for url in (EXPORT, "/api/tasks/38/dataset/export?format=COCO 1.0"):
        started(demo, url)
    assert demo.get("/api/requests").json()["count"] == 2
    for query, count in {"target=job": 1, "task_id=38": 2, "job_id=70": 0, "status=x": 0, "action=import": 0,
                         "format=COCO 1.0": 2, "job_id=abc": 0, "org=": 2}.items():  # fmt: skip
        assert demo.get(f"/api/requests?{query}").json()["count"] == count, query
    newest = demo.get("/api/requests?page_size=1").json()["results"][0]
    assert newest["operation"]["target"] == "task"
    cache = demo.get("/api/requests").header("Cache-Control")
    assert cache == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_life_of_a_request(demo_seed: dict[str, Any]) -> None:
    app = App(state_of(demo_seed), Config("real"), Env(Clock("manual")))
    client = Client(app, "demo_admin")
    rq_id = started(client, EXPORT)
    assert request(client, rq_id)["status"] == "queued"
    assert client.send("POST", EXPORT).status == 409
    app.env.clock.advance(0.2)
    running = request(client, rq_id)
    assert (running["status"], running["result_url"], running["finished_date"]) == ("started", None, None)
    not_yet = client.get(f"{JOB}/dataset/download?rq_id={quote(rq_id)}")
    assert (not_yet.status, not_yet.body) == (400, b"The export process is not finished")
    app.env.clock.advance(1)
    done = request(client, rq_id)
    assert done["status"] == "finished"
    assert client.send("POST", f"/api/requests/{quote(rq_id)}/cancel").status == 400
    app.env.clock.advance(25 * 3600)
    assert client.get(done["result_url"].removeprefix("http://mock.test")).status == 404
    assert client.send("POST", EXPORT).status == 202


def test_a_queued_request_can_be_cancelled(demo_seed: dict[str, Any]) -> None:
    client = Client(App(state_of(demo_seed), Config("real"), Env(Clock("manual"))), "demo_admin")
    rq_id = started(client, EXPORT)
    assert client.send("POST", f"/api/requests/{quote(rq_id)}/cancel").status == 200
    assert client.get(f"/api/requests/{quote(rq_id)}").status == 404


def test_an_import_works_without_being_polled(demo: Client) -> None:
    xml = b'<annotations><image id="0" name="a/img 01.jpg" width="1" height="1"></image></annotations>'
    body = form({"a.xml": xml}, "annotation_file")
    demo.send("POST", f"{JOB}/annotations?format=CVAT 1.1", body, content_type=MULTIPART)
    assert demo.get(f"{JOB}/annotations").json()["shapes"] == []


# --- uploads in pieces --------------------------------------------------------------------------------------------


def begin(client: Client, length: int = 10, **headers: str) -> str:
    """The place of a new upload."""
    headers |= {"upload_length": str(length), "tus_resumable": "1.0.0"}
    response = client.send("POST", f"{JOB}/annotations", b"", **headers)
    assert response.status == 201
    assert (response.header("Tus-Max-Size"), response.header("Cache-Control")) == ("26843545600", "no-store")
    return (response.header("Location") or "").removeprefix("http://mock.test")


def piece(client: Client, place: str, data: bytes, offset: int, user: str = "demo_admin") -> Any:
    """The answer to a piece."""
    media = "application/offset+octet-stream"
    return client.send("PATCH", place, data, user=user, upload_offset=str(offset), content_type=media)


def test_pieces(demo: Client) -> None:
    assert demo.send("POST", f"{JOB}/annotations/?format=CVAT 1.1", b"", upload_start="").status == 202
    content = b"<annotations></annotations>"
    place = begin(demo, len(content))
    assert piece(demo, place, content[:9], 0).header("Upload-Offset") == "9"
    head = demo.send("HEAD", place)
    assert (head.status, head.header("Upload-Offset"), head.header("Upload-Length")) == (200, "9", str(len(content)))
    assert piece(demo, place, content[9:], 5).status == 409
    assert piece(demo, place, content[9:] + b"x", 9).status == 413
    assert demo.send("PATCH", place, b"x", upload_offset="9", content_type="text/plain").status == 415
    assert demo.get(place).status == 405
    assert piece(demo, place, content[9:], 9).status == 204
    assert demo.send("HEAD", place).status == 404
    name = place.rpartition("/")[2]
    finish = f"{JOB}/annotations?format=CVAT 1.1&filename={name}"
    assert demo.send("POST", finish, b"", upload_finish="").status == 202
    assert demo.get(f"{JOB}/annotations").json()["shapes"] == []
    assert demo.send("POST", finish, b"", upload_finish="").json() == ["No such file were uploaded"]


def test_pieces_of_others_and_of_nobody(demo: Client) -> None:
    demo.send("PATCH", JOB, {"assignee": 23})
    place = begin(demo)
    assert piece(demo, place, b"x", 0, "ann1").status == 403
    own = place.rpartition("_")[0]
    assert piece(demo, f"{own}_unknown", b"x", 0).status == 404


def test_large_uploads(demo: Client) -> None:
    response = demo.send("POST", f"{JOB}/annotations", b"", upload_length="26843545601", tus_resumable="1.0.0")
    assert (response.status, response.json()) == (413, "File size exceeds max limit of 26843545600 bytes")
    assert demo.send("POST", f"{JOB}/annotations", b"", upload_length="x", tus_resumable="1.0.0").status == 400
    options = demo.send("OPTIONS", f"{JOB}/annotations")
    assert (options.status, options.header("Tus-Version")) == (204, "1.0.0")
