"""Tasks and projects: created, filled with pictures in all three ways, cut into jobs, changed, backed up, removed."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from typing import Any

import pytest
from PIL import Image

from mockserver.exchange import data_forms
from mockserver.resources import segments
from tests.mock.conftest import Client
from tests.mock.task_calls import MULTIPART, fill, form, made, names, new_task, picture, spans


@pytest.mark.parametrize(
    ("size", "length", "overlap", "expected"),
    [(20, 7, 2, [(0, 6), (5, 11), (10, 16), (15, 19)]), (5, 0, 0, [(0, 4)]), (6, 3, 0, [(0, 2), (3, 5)]),
     (1, 5, 0, [(0, 0)]), (7, 3, 0, [(0, 2), (3, 5), (6, 6)])],
)  # fmt: skip
def test_borders_of_jobs(size: int, length: int, overlap: int, expected: list[tuple[int, int]]) -> None:
    assert segments.spans(size, length, overlap) == expected


@pytest.mark.parametrize(("size", "chunk"), [((1, 1), 72), ((1920, 1080), 36), ((9000, 9000), 2)])
def test_frames_of_a_chunk(size: tuple[int, int], chunk: int) -> None:
    assert data_forms.chunk_size(*size) == chunk


def test_a_task_without_data(demo: Client) -> None:
    task = new_task(demo, subset="Train", bug_tracker="http://bugs")
    assert (task["data"], task["mode"], task["jobs"]["count"], "size" in task) == (None, "", 0, False)
    assert (task["subset"], task["bug_tracker"], task["owner"]["username"]) == ("Train", "http://bugs", "demo_admin")
    labels = demo.get(f"/api/labels?task_id={task['id']}").json()["results"]
    assert [label["name"] for label in labels] == ["car", "pose"]
    parts = {part["name"]: part["id"] for part in labels[1]["sublabels"]}
    assert labels[1]["svg"] == f'<circle data-label-id="{parts["head"]}"/><circle data-label-id="{parts["tail"]}"/>'
    assert demo.get(f"/api/tasks/{task['id']}/data/meta").status == 404


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, {"name": ["This field is required."]}), ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"name": "t", "labels": [{"color": "#ffffff"}]}, {"labels": [{"name": ["This field is required."]}]}),
        ({"name": "t", "segment_size": -1}, {"segment_size": ["Ensure this value is greater than or equal to 0."]}),
        ({"name": "t", "labels": [{"name": "a"}, {"name": "a"}]},
         ["All label names must be unique"]),
    ],
)  # fmt: skip
def test_tasks_it_refuses(demo: Client, body: dict[str, Any], problem: Any) -> None:
    response = demo.send("POST", "/api/tasks", body)
    assert (response.status, response.json()) == (400, problem)


def test_pictures_in_one_request(demo: Client) -> None:
    task = new_task(demo, segment_size=3, overlap=1)["id"]
    files = {f"/home/me/f{number}.png": picture(20 + number) for number in range(12)}
    finished = fill(demo, task, files, sorting_method="natural")
    assert (finished["status"], finished["result_id"], finished["message"]) == ("finished", task, "")
    assert names(demo, task) == [f"f{number}.png" for number in range(12)]
    whole = [("annotation", start, start + 2) for start in (0, 2, 4, 6, 8)]
    assert spans(demo, task) == [*whole, ("annotation", 10, 11)]
    shown = demo.get(f"/api/tasks/{task}").json()
    assert (shown["size"], shown["mode"], shown["dimension"], shown["data_chunk_size"]) == (12, "annotation", "2d", 72)
    original = demo.get(f"/api/tasks/{task}/data?type=frame&number=3&quality=original")
    assert (original.header("Content-Type"), original.body) == ("image/png", files["/home/me/f3.png"])
    assert demo.send("POST", f"/api/tasks/{task}/data", {}).json() == ["Adding more data is not supported"]


def test_pictures_in_several_requests(demo: Client) -> None:
    task = new_task(demo)["id"]
    path = f"/api/tasks/{task}/data/"
    assert demo.send("POST", path, b"", upload_start="").status == 202
    for name in ("b.jpg", "a.jpg"):
        body = form({name: picture(kind="JPEG")})
        assert demo.send("POST", path, body, content_type=MULTIPART, upload_multiple="").status == 200
    finish = {"image_quality": 50, "sorting_method": "lexicographical", "use_cache": False, "copy_data": False}
    rq_id = made(demo.send("POST", path, finish, upload_finish=""), 202)["rq_id"]
    assert demo.get(f"/api/requests/{rq_id}").json()["status"] == "finished"
    assert names(demo, task) == ["a.jpg", "b.jpg"]
    assert demo.get(f"/api/tasks/{task}").json()["image_quality"] == 50


def test_pictures_in_pieces(demo: Client) -> None:
    task, data = new_task(demo)["id"], picture()
    path = f"/api/tasks/{task}/data/"
    demo.send("POST", path, b"", upload_start="")
    about = "filename " + base64.b64encode(b"sub/a.png").decode()
    begun = demo.send("POST", path, b"", upload_length=str(len(data)), upload_metadata=about, tus_resumable="1.0.0")
    assert (begun.status, begun.header("Upload-Filename")) == (201, "sub/a.png")
    location = (begun.header("Location") or "").removeprefix("http://mock.test")
    for offset in (0, 40):
        piece = data[offset:40] if not offset else data[40:]
        media = "application/offset+octet-stream"
        assert demo.send("PATCH", location, piece, upload_offset=str(offset), content_type=media).status == 204
    made(demo.send("POST", path, {"image_quality": 70}, upload_finish=""), 202)
    assert names(demo, task) == ["sub/a.png"]


def test_pieces_of_two_tasks_at_a_time(demo: Client) -> None:
    tasks = [new_task(demo)["id"] for _ in "ab"]
    for task, name in zip(tasks, (b"a.png", b"b.png"), strict=True):
        path, data = f"/api/tasks/{task}/data/", picture()
        demo.send("POST", path, b"", upload_start="")
        sizes = {"upload_length": str(len(data)), "tus_resumable": "1.0.0"}
        about = "filename " + base64.b64encode(name).decode()
        begun = demo.send("POST", path, b"", upload_metadata=about, **sizes)
        location = (begun.header("Location") or "").removeprefix("http://mock.test")
        media = "application/offset+octet-stream"
        assert demo.send("PATCH", location, data, upload_offset="0", content_type=media).status == 204
    for task, name in zip(tasks, ("a.png", "b.png"), strict=True):
        made(demo.send("POST", f"/api/tasks/{task}/data/", {"image_quality": 70}, upload_finish=""), 202)
        assert names(demo, task) == [name]


def test_a_zip_of_pictures(demo: Client) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("x/2.png", picture())
        archive.writestr("x/10.png", picture())
        archive.writestr("readme.txt", "no picture")
    task = new_task(demo)["id"]
    assert fill(demo, task, {"all.zip": target.getvalue()})["status"] == "finished"
    assert names(demo, task) == ["x/10.png", "x/2.png"]


def test_start_stop_and_step(demo: Client) -> None:
    task = new_task(demo)["id"]
    files = {f"{number}.png": picture() for number in range(9)}
    fill(demo, task, files, start_frame="2", stop_frame="7", frame_filter="step=3")
    assert names(demo, task) == ["2.png", "5.png"]
    meta = demo.get(f"/api/tasks/{task}/data/meta").json()
    assert (meta["start_frame"], meta["stop_frame"], meta["frame_filter"], meta["size"]) == (2, 5, "step=3", 2)


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"a.mp4": b"xxxx"}, "a.mp4: videos cannot be read by the mock server; upload pictures"),
        ({"a.png": b"no picture"}, "a.png: not a readable picture: cannot identify image file"),
        ({}, "No media data found"),
        ({"a.zip": b"PK no zip"}, "a.zip: not a readable zip"), ({"a.pcd": b"x"}, "a.pcd: not a readable point cloud"),
    ],
)  # fmt: skip
def test_data_it_cannot_read(demo: Client, files: dict[str, bytes], text: str) -> None:
    task = new_task(demo)["id"]
    failed = fill(demo, task, files)
    assert failed["status"] == "failed"
    assert text in failed["message"]
    assert "0x" not in failed["message"]
    assert spans(demo, task) == []
    assert demo.get(f"/api/tasks/{task}").json()["data"] is None
    assert fill(demo, task, {"a.png": picture()})["status"] == "finished"


def test_a_picture_on_its_side_is_set_upright(demo: Client) -> None:
    target, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(target, "JPEG", exif=exif)
    task = new_task(demo)["id"]
    fill(demo, task, {"a.jpg": target.getvalue()})
    file = demo.get(f"/api/tasks/{task}/data/meta").json()["frames"][0]
    shown = demo.get(f"/api/tasks/{task}/data?type=frame&number=0")
    assert (file["width"], file["height"]) == Image.open(io.BytesIO(shown.body)).size == (20, 40)


def test_a_picture_of_too_many_pixels_is_refused(demo: Client) -> None:
    data = bytearray(picture())
    data[16:24] = (60000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    task = new_task(demo)["id"]
    assert "too many pixels" in fill(demo, task, {"a.png": bytes(data)})["message"]


def test_point_clouds(demo: Client) -> None:
    task = new_task(demo)["id"]
    fill(demo, task, {"a.pcd": b"VERSION .7\nWIDTH 100\nHEIGHT 1\nPOINTS 100\nDATA ascii\n"})
    shown = demo.get(f"/api/tasks/{task}").json()
    assert (shown["dimension"], shown["media_type"]) == ("3d", "point_cloud")
    assert demo.get(f"/api/tasks/{task}/preview", prefer="handling=empty").status == 204


def test_replicas(demo: Client) -> None:
    task = new_task(demo, segment_size=2, consensus_replicas=2)
    assert task["consensus_enabled"] is True
    fill(demo, task["id"], {f"{number}.png": picture() for number in range(4)})
    kinds = [kind for kind, _, _ in spans(demo, task["id"])]
    assert kinds == ["annotation", "consensus_replica", "consensus_replica"] * 2
    jobs = demo.get(f"/api/jobs?task_id={task['id']}&sort=id").json()["results"]
    assert [job["parent_job_id"] for job in jobs[:3]] == [None, jobs[0]["id"], jobs[0]["id"]]
    assert jobs[0]["replicas_count"] == jobs[0]["consensus_replicas"] == 2


def test_ground_truth_at_creation(demo: Client) -> None:
    task = new_task(demo, segment_size=2)["id"]
    wanted = {"mode": "gt", "frame_selection_method": "manual", "frames": ["3.png", "0.png"]}
    body = {"image_quality": 70, "validation_params": wanted}
    files = form({f"{number}.png": picture() for number in range(4)})
    demo.send("POST", f"/api/tasks/{task}/data", files, content_type=MULTIPART, upload_multiple="")
    made(demo.send("POST", f"/api/tasks/{task}/data", body, upload_finish=""), 202)
    assert demo.get(f"/api/tasks/{task}/validation_layout").json()["validation_frames"] == [0, 3]
    assert spans(demo, task)[-1] == ("ground_truth", 0, 3)


def test_honeypots_at_creation(demo: Client) -> None:
    task = new_task(demo, segment_size=4)["id"]
    wanted = {"mode": "gt_pool", "frame_selection_method": "random_uniform", "frame_count": 5, "random_seed": 1,
              "frames_per_job_count": 2}  # fmt: skip
    files = form({f"{number:02}.png": picture() for number in range(20)})
    demo.send("POST", f"/api/tasks/{task}/data", files, content_type=MULTIPART, upload_multiple="")
    body = {"image_quality": 70, "validation_params": wanted}
    made(demo.send("POST", f"/api/tasks/{task}/data", body, upload_finish=""), 202)
    assert [(kind, stop - start + 1) for kind, start, stop in spans(demo, task)] == [
        ("annotation", 6), ("annotation", 6), ("annotation", 6), ("annotation", 5), ("ground_truth", 5)]  # fmt: skip
    layout = demo.get(f"/api/tasks/{task}/validation_layout").json()
    assert (layout["mode"], layout["honeypot_count"]) == ("gt_pool", 8)
    assert layout["validation_frames"] == [23, 24, 25, 26, 27]
    shown = names(demo, task)
    pairs = zip(layout["honeypot_frames"], layout["honeypot_real_frames"], strict=True)
    assert all(shown[frame] == shown[real] for frame, real in pairs)


def test_files_given_to_jobs(demo: Client) -> None:
    task = new_task(demo)["id"]
    files = form({f"{number}.png": picture() for number in range(3)})
    demo.send("POST", f"/api/tasks/{task}/data", files, content_type=MULTIPART, upload_multiple="")
    body = {"image_quality": 70, "job_file_mapping": [["2.png"], ["0.png", "1.png"]]}
    made(demo.send("POST", f"/api/tasks/{task}/data", body, upload_finish=""), 202)
    assert names(demo, task) == ["2.png", "0.png", "1.png"]
    assert spans(demo, task) == [("annotation", 0, 0), ("annotation", 1, 2)]
