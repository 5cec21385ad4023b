"""Tasks and projects: created, filled with pictures in all three ways, cut into jobs, changed, backed up, removed."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from typing import Any

import pytest
from PIL import Image

from mockserver.exchange import bundles, data_forms
from mockserver.resources import segments
from tests.mock.conftest import Client

MULTIPART = "multipart/form-data; boundary=b"
LABELS = [
    {"name": "car", "color": "#102030", "attributes": [
        {"name": "size", "mutable": False, "input_type": "select", "default_value": "s", "values": ["s", "l"]}]},
    {"name": "pose", "type": "skeleton", "sublabels": [{"name": "head"}, {"name": "tail"}],
     "svg": '<circle data-label-name="head"/><circle data-label-name="tail"/>'},
]  # fmt: skip


def picture(width: int = 20, height: int = 10, kind: str = "PNG") -> bytes:
    """The bytes of a picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), (width % 255, 0, 0)).save(target, kind)
    return target.getvalue()


def form(files: dict[str, bytes], field: str = "client_files[{}]", **values: str) -> bytes:
    """A multipart body."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in values.items()]  # fmt: skip
    for place, (name, data) in enumerate(files.items()):
        head = f'--b\r\nContent-Disposition: form-data; name="{field.format(place)}"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + b"--b--\r\n"


def made(response: Any, status: int = 201) -> Any:
    """The body of a good answer."""
    assert response.status == status, response.body
    return response.json()


def new_task(client: Client, **more: Any) -> Any:
    """A task without data."""
    return made(client.send("POST", "/api/tasks", {"name": "t", "labels": LABELS, **more}))


def fill(client: Client, task: int, files: dict[str, bytes], **values: str) -> Any:
    """The request that filled a task."""
    path = f"/api/tasks/{task}/data"
    accepted = made(client.send("POST", path, form(files, image_quality="70", **values), content_type=MULTIPART), 202)
    assert accepted == {"rq_id": f"action=create&target=task&target_id={task}"}
    return client.get(f"/api/requests/{accepted['rq_id']}").json()


def spans(client: Client, task: int) -> list[tuple[str, int, int]]:
    """Type and frames of a task's jobs, in the order of their ids."""
    jobs = client.get(f"/api/jobs?task_id={task}&sort=id&page_size=all").json()["results"]
    return [(job["type"], job["start_frame"], job["stop_frame"]) for job in jobs]


def names(client: Client, task: int) -> list[str]:
    """Names of a task's frames."""
    return [file["name"] for file in client.get(f"/api/tasks/{task}/data/meta").json()["frames"]]


@pytest.mark.parametrize(
    ("size", "length", "overlap", "found"),
    [(20, 7, 2, [(0, 6), (5, 11), (10, 16), (15, 19)]), (5, 0, 0, [(0, 4)]), (6, 3, 0, [(0, 2), (3, 5)]),
     (1, 5, 0, [(0, 0)]), (7, 3, 0, [(0, 2), (3, 5), (6, 6)])],
)  # fmt: skip
def test_borders_of_jobs(size: int, length: int, overlap: int, found: list[tuple[int, int]]) -> None:
    assert segments.spans(size, length, overlap) == found


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
    place = (begun.header("Location") or "").removeprefix("http://mock.test")
    for offset in (0, 40):
        piece = data[offset:40] if not offset else data[40:]
        media = "application/offset+octet-stream"
        assert demo.send("PATCH", place, piece, upload_offset=str(offset), content_type=media).status == 204
    made(demo.send("POST", path, {"image_quality": 70}, upload_finish=""), 202)
    assert names(demo, task) == ["sub/a.png"]


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
        ({"a.png": b"no picture"}, "a.png: not a readable picture"), ({}, "No media data found"),
        ({"a.zip": b"PK no zip"}, "a.zip: not a readable zip"), ({"a.pcd": b"x"}, "a.pcd: not a readable point cloud"),
    ],
)  # fmt: skip
def test_data_it_cannot_read(demo: Client, files: dict[str, bytes], text: str) -> None:
    task = new_task(demo)["id"]
    failed = fill(demo, task, files)
    assert failed["status"] == "failed"
    assert text in failed["message"]
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


def test_a_task_is_changed_and_removed(demo: Client) -> None:
    changed = made(demo.send("PATCH", "/api/tasks/37", {"name": "new", "assignee_id": 23, "subset": "Test"}), 200)
    assert (changed["name"], changed["assignee"]["id"], changed["subset"]) == ("new", 23, "Test")
    assert demo.get("/api/jobs/66", user="ann1").json()["task_name"] == "new"
    labels = [{"name": "extra"}, {"id": 109, "name": "anything"}]
    assert made(demo.send("PATCH", "/api/tasks/38", {"labels": labels}), 200)
    found = [row["name"] for row in demo.get("/api/labels?task_id=38&page_size=all").json()["results"]]
    assert {"extra", "anything"} <= set(found)
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
    found = demo.get(f"/api/tasks/{copy}/annotations").json()["shapes"]
    assert [(one["frame"], one["points"], one["attributes"][0]["value"]) for one in found] == [(2, [1, 2, 3, 4], "l")]
    assert found[0]["label_id"] != label["id"]
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
