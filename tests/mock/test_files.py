"""Files to download and to read: their types and names, where they are, and what their masks become."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.mock.conftest import Client
from tests.mock.exchange_calls import EXPORT, JOB, exported_file, imported, request, started
from tests.mock.task_calls import MULTIPART, form


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("a.zip", 'filename="a.zip"'), ("a.json", 'filename="a.json"'), ("A.ZIP", 'filename="A.ZIP"'),
        ("für.zip", "filename=\"fur.zip\"; filename*=UTF-8''f%C3%BCr.zip"),
        ("日本.zip", "filename=\".zip\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.zip"),
    ],
)  # fmt: skip
def test_a_file_is_of_its_own_type_whatever_it_is_to_be_called(demo: Client, asked: str, shown: str) -> None:
    """As django-sendfile2 sends it: the type is that of the stored file, other letters than ASCII's are RFC 6266's."""
    url = request(demo, started(demo, f"{EXPORT}&filename={quote(asked)}"))["result_url"]
    response = demo.get(url.removeprefix("http://mock.test"))
    assert response.header("Content-Type") == "application/zip"
    assert response.header("Content-Disposition") == f"attachment; {shown}"


def test_datasets_and_backups_are_downloaded_where_they_are_made(demo: Client) -> None:
    task = "/api/tasks/38"
    dataset = started(demo, f"{task}/dataset/export?format=COCO 1.0")
    backup = started(demo, f"{task}/backup/export")
    for path, own, other in (("dataset", dataset, backup), ("backup", backup, dataset)):
        assert demo.get(f"{task}/{path}/download?rq_id={quote(own)}").status == 200
        refused = demo.get(f"{task}/{path}/download?rq_id={quote(other)}")
        assert (refused.status, refused.json()) == (400, ["Invalid export request id"])


@pytest.fixture
def away(demo: Client) -> Client:
    """The server with a task whose files come from and go to a cloud storage."""
    storage = {"id": 1, "location": "cloud_storage", "cloud_storage_id": 3}
    demo.app.state.update("tasks", 38, target_storage=storage, source_storage=storage)
    return demo


@pytest.mark.parametrize(
    "path", [f"{EXPORT}", "/api/tasks/38/dataset/export?format=COCO 1.0", "/api/tasks/38/backup/export"]
)
def test_files_go_where_their_task_has_its_storage(away: Client, path: str) -> None:
    """A client that says no location gets no address of a result, for the result is not on the server."""
    done = request(away, started(away, path))
    assert (done["status"], done["result_url"]) == ("failed", None)
    assert "Cloud storages are records only here" in done["message"]
    link = "&" if "?" in path else "?"
    assert request(away, started(away, f"{path}{link}location=local"))["status"] == "finished"


def test_files_come_from_where_their_task_has_its_storage(away: Client) -> None:
    """There a file has a name, and what is sent along is not looked at."""
    before, body = away.get(f"{JOB}/annotations").json(), form({"a.xml": b"<annotations/>"}, "annotation_file")
    url = f"{JOB}/annotations?format=CVAT 1.1"
    refused = away.send("POST", url, body, content_type=MULTIPART)
    assert (refused.status, refused.json()) == (400, ["The filename was not specified"])
    named = away.send("POST", f"{url}&filename=a.xml", body, content_type=MULTIPART)
    assert request(away, named.json()["rq_id"])["status"] == "failed"
    assert away.get(f"{JOB}/annotations").json() == before
    local = away.send("POST", f"{url}&location=local", body, content_type=MULTIPART)
    assert request(away, local.json()["rq_id"])["status"] == "finished"
    assert away.get(f"{JOB}/annotations").json()["shapes"] == []


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("PASCAL VOC 1.1", "polygon"), ("Segmentation mask 1.1", "polygon"), ("LabelMe 3.0", "polygon"),
        ("COCO 1.0", "mask"), ("Datumaro 1.0", "mask"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("query", "kept"), [("", False), ("&conv_mask_to_poly=True", False), ("&conv_mask_to_poly=False", True)]
)
def test_masks_become_polygons_unless_they_are_to_stay(
    demo: Client, name: str, usual: str, query: str, kept: bool
) -> None:
    """The server turns them in all formats of pictures of classes and of outlines; COCO and Datumaro have both."""
    labels = demo.get("/api/labels?job_id=69&page_size=all").json()["results"]
    label = next(row["id"] for row in labels if row["name"] == "msk")
    mask = {"type": "mask", "label_id": label, "frame": 1, "points": [0, 200, 10, 10, 29, 19]}
    demo.send("PUT", f"{JOB}/annotations", {"shapes": [mask]})
    content = exported_file(demo, f"{JOB}/dataset/export?format={quote(name)}")
    assert imported(demo, name, {"a.zip": content}, more=query)["status"] == "finished"
    (shape,) = demo.get(f"{JOB}/annotations").json()["shapes"]
    assert shape["type"] == ("mask" if kept else usual)
    if shape["type"] == "mask":
        assert shape["points"] == mask["points"]
