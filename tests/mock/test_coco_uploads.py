"""COCO files that the real server's importer refuses."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from tests.mock.conftest import Client
from tests.mock.task_calls import MULTIPART, form

BOX = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 5, 5], "area": 25, "iscrowd": 0, "segmentation": []}


def document(client: Client, **changes: Any) -> dict[str, Any]:
    """A COCO file for job 1; `changes` of its annotation, None leaves a key out."""
    frame = client.get("/api/jobs/1/data/meta").json()["frames"][0]
    label = client.get("/api/labels?job_id=1").json()["results"][0]["name"]
    annotation = {name: value for name, value in {**BOX, **changes}.items() if value is not None}
    images = [{"id": 1, "file_name": frame["name"], "width": frame["width"], "height": frame["height"]}]
    return {"images": images, "annotations": [annotation], "categories": [{"id": 1, "name": label}]}


def imported(client: Client, content: bytes, name: str = "COCO 1.0") -> Any:
    """The record of an import into job 1."""
    path = f"/api/jobs/1/annotations?format={name.replace(' ', '%20')}"
    sent = form({"a.json": content}, "annotation_file")
    accepted = client.send("POST", path, sent, content_type=MULTIPART)
    return client.get(f"/api/requests/{accepted.json()['rq_id']}").json()


def test_a_good_file_is_taken(client: Client) -> None:
    frame = client.get("/api/jobs/1/data/meta").json()["frames"][0]
    runs = {"counts": [0, frame["height"] * frame["width"]], "size": [frame["height"], frame["width"]]}
    for outline in ([], [[1, 2, 3, 4, 5, 6]], runs):
        assert imported(client, json.dumps(document(client, segmentation=outline)).encode())["status"] == "finished"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"segmentation": [1, 2, 3, 4, 5, 6]}, ": polygon without its brackets, expected fields as COCO has them"),
        ({"segmentation": "x"}, "/segmentation: segmentation cannot be used, expected polygons or run lengths"),
        ({"segmentation": None}, ": has no segmentation, expected a list or an object"),
        ({"id": "x"}, "/id: id is text, 'x', expected a whole number"),
        ({"id": None}, ": has no id, expected a whole number"),
        ({"id": True}, "/id: id is "),
        ({"image_id": 1.0}, "/image_id: image_id is a number with a point, 1.0, expected a whole number"),
        ({"category_id": "1"}, "/category_id: category_id is text, '1', expected a whole number"),
    ],
)
def test_an_annotation_it_refuses(client: Client, changes: dict[str, Any], pointer: str) -> None:
    before = client.get("/api/jobs/1/annotations").json()
    record = imported(client, json.dumps(document(client, **changes)).encode())
    assert record["status"] == "failed"
    assert f"/annotations/0{pointer}" in record["message"]
    assert client.get("/api/jobs/1/annotations").json() == before


def test_a_segmentation_of_null(client: Client) -> None:
    text = json.dumps(document(client)).replace('"segmentation": []', '"segmentation": null')
    assert imported(client, text.encode())["status"] == "failed"


@pytest.mark.parametrize("name", ["COCO 1.0", "COCO Keypoints 1.0"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"categories": None}, "has no categories"),
        ({"annotations": {}}, "/annotations: is not a list"),
        ({"images": "x"}, "/images: is not a list"),
    ],
)
def test_a_file_without_its_tables(client: Client, name: str, change: dict[str, Any], message: str) -> None:
    content = {key: value for key, value in {**document(client), **change}.items() if value is not None}
    record = imported(client, json.dumps(content).encode(), name)
    assert record["status"] == "failed"
    assert message in record["message"]


def test_detections_are_no_dataset(client: Client) -> None:
    detections = [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]
    record = imported(client, json.dumps(detections).encode())
    assert record["status"] == "failed"
    assert "is a list of results, expected an object with images, categories, annotations" in record["message"]


def test_an_archive_is_looked_through(client: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("annotations/instances_default.json", json.dumps(document(client, id="x")))
    assert "instances_default.json:/annotations/0/id" in imported(client, packed.getvalue())["message"]
