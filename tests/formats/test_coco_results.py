"""Results of detectors and files of Segment Anything: COCO without categories or pictures of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from annotools import formats, quirks
from annotools.cli import group
from annotools.formats.base import ReadOptions
from tests.cli.conftest import APART
from tests.formats.coco_files import Doc, doc, one, packed, read, task
from tests.formats.files import problems_of

RESULT = {"image_id": 2, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.75}


def test_results_need_images() -> None:
    alone = read({"results.json": [RESULT]})
    expected = "a file with images beside it, or the task as context (context=...)"
    assert problems_of(alone)[0] == f"results.json: has annotations but no images, expected {expected}"
    beside = read({"results.json": [RESULT], "truth.json": doc()})
    assert problems_of(beside) == []
    assert [(s.label.name, s.frame.name, s.score) for s in beside.dataset.shapes] == [("bus", "sub/b.jpg", 0.75)]


@pytest.mark.parametrize("image", [2, "sub/b.jpg", "sub/b"])
def test_results_for_a_task_count_its_frames_as_an_export_does(image: Any) -> None:
    result = read({"results.json": [RESULT | {"image_id": image}]}, task())
    assert problems_of(result) == []
    assert [(shape.label.name, shape.frame.number) for shape in result.dataset.shapes] == [("bus", 2)]


DETECTION = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}


@pytest.mark.parametrize(("more", "slug"), [({}, "coco"), ({"keypoints": [3, 4, 2]}, "coco-keypoints")])
def test_a_list_of_results_is_recognised_and_asks_for_the_task(tmp_path: Path, more: Doc, slug: str) -> None:
    with packed({"results.json": [DETECTION | more]}) as source:
        assert formats.sniff(source) == slug
    path = tmp_path / "results.json"
    path.write_bytes(orjson.dumps([DETECTION | more]))
    refused = CliRunner(**APART).invoke(group, ["convert", str(path), "--to", "cvat-api", "-o", str(tmp_path / "out")])
    assert refused.exit_code == 3
    assert "has annotations but no images, expected a file with images beside it, or the task as context (--task)" in (
        refused.stderr
    )


CUT_OUT = {
    "image": {"image_id": 7, "file_name": "sa_7.jpg", "width": 20, "height": 10},
    "annotations": [{
        "id": 5, "segmentation": {"size": [10, 20], "counts": [100, 30, 70]}, "bbox": [10, 0, 3, 10], "area": 30,
        "predicted_iou": 0.9, "point_coords": [[11.5, 4]], "crop_box": [0, 0, 20, 10], "stability_score": 0.97,
    }],
}  # fmt: skip


def test_segment_anything_has_one_picture_a_file_and_no_categories() -> None:
    with packed({"sa_7.json": CUT_OUT}) as source:
        assert formats.sniff(source) == "coco"
    result = read({"sa_7.json": CUT_OUT})
    assert problems_of(result) == []
    assert result.dataset.frames.names == ("sa_7.jpg",)
    (shape,) = result.dataset.shapes
    assert (shape.type, shape.label.name) == ("mask", "object")
    assert [loss.what for loss in result.losses] == ["file of Segment-Anything"]
    document = one(result.dataset)
    assert document["images"] == [{"id": 7, "file_name": "sa_7.jpg", "width": 20, "height": 10}]
    assert document["annotations"] == [{**CUT_OUT["annotations"][0], "image_id": 7, "category_id": 1}]
    strict = read({"sa_7.json": CUT_OUT}, options=ReadOptions(quirks=quirks.CVAT))
    assert "sa_7.json: is a file of Segment-Anything" in problems_of(strict)[0]


def test_segment_anything_with_a_huge_number_is_read() -> None:
    image: Any = CUT_OUT["image"]
    text = json.dumps({**CUT_OUT, "image": {**image, "image_id": 10**30, "odd": 10**40}})
    result = read({"sa_7.json": text.encode()})
    assert problems_of(result) == []
    assert (len(result.dataset.shapes), result.dataset.frames.names) == (1, ("sa_7.jpg",))


def test_a_folder_of_segment_anything_is_one_dataset() -> None:
    files = {
        f"sa_{n}.json": CUT_OUT | {"image": CUT_OUT["image"] | {"image_id": n, "file_name": f"sa_{n}.jpg"}}
        for n in (7, 8)
    }
    result = read(files)
    assert problems_of(result) == []
    assert result.dataset.shapes.frame.tolist() == [0, 1]
    assert len(result.dataset.labels) == 1
