"""Faults in COCO: each is a problem or a change with its place, and costs no more than itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pytest

from annotools import quirks
from annotools.errors import InputError
from annotools.formats.base import ReadOptions
from annotools.model.codes import POLYGON
from tests.formats.coco_files import INSTANCES, Doc, box, doc, read, task, texts
from tests.formats.files import problems_of


def test_keys_may_be_missing() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}]
    row = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    outline = {"image_id": 1, "category_id": 1, "segmentation": [1, 1, 5, 1, 5, 5]}
    result = read(doc(row, outline, box(segmentation=[[]]), box(segmentation=None), images=images))
    assert problems_of(result) == []
    assert [shape.type for shape in result.dataset.shapes] == ["rectangle", "polygon", "rectangle", "rectangle"]
    assert result.dataset.frames.width.tolist() == [0]


def test_what_a_task_does_not_have_is_named_once() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "other.jpg"}]
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "tram"}]
    rows = [box(), box(image_id=2), box(category_id=2), box(category_id=2)]
    result = read(doc(*rows, images=images, categories=categories), task())
    assert len(result.dataset.shapes) == 1
    assert [(one.pointer, "other.jpg" in str(one) or "tram" in str(one)) for one in result.problems] == [
        ("/images/1/file_name", True), ("/categories/1", True),
    ]  # fmt: skip


BAD = {
    "no such image": (box(image_id=9), "/annotations/0/image_id", "image 9 is not listed"),
    "no such category": (box(category_id=9), "/annotations/0/category_id", "category 9 is not listed"),
    "text in a box": (box(bbox=[1, "x", 3, 4]), "/annotations/0/bbox", "bbox cannot be used"),
    "a box of three": (box(bbox=[1, 2, 3]), "/annotations/0/bbox", "bbox has 3 numbers"),
    "a box as a polygon": (box(segmentation=[[1, 2, 3, 4]]), "/annotations/0/segmentation/0", "polygon has 4 numbers"),
    "an odd polygon": (box(segmentation=[[1, 2, 3, 4, 5, 6, 7]]), "/annotations/0/segmentation/0", "7 numbers"),
    "a far polygon": (box(segmentation=[[0, 0, 1e9, 0, 5, 5]]), "/annotations/0/segmentation/0", "1e9 px or more"),
    "a mask of another size": (
        box(segmentation={"size": [20, 10], "counts": [200]}), "/annotations/0/segmentation", "mask of 10 x 20",
    ),
    "too few pixels": (
        box(segmentation={"size": [10, 20], "counts": [100]}), "/annotations/0/segmentation", "counts sum to 100",
    ),
    "a broken text": (
        box(segmentation={"size": [10, 20], "counts": "~~"}), "/annotations/0/segmentation", "counts hold a character",
    ),
    "no object": ([1, 2], "/annotations/0", "is not an object"),
    "attributes in a list": (box(attributes=[1]), "/annotations/0/attributes", "attributes cannot be used"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "pointer", "message"), BAD.values(), ids=BAD)
def test_a_bad_annotation_is_named_and_the_others_stay(row: Any, pointer: str, message: str) -> None:
    result = read(doc(row, box(bbox=[9, 9, 1, 1])))
    (problem,) = result.problems
    assert (problem.file, problem.pointer) == (INSTANCES, pointer)
    assert message in str(problem)
    assert result.dataset.shapes[-1].points.tolist() == [9, 9, 10, 10]


def test_a_key_that_is_no_text_is_a_problem_with_its_place() -> None:
    good, odd = (orjson.dumps(box(id=number)) for number in (1, 2))
    rows = b"[" + good + b"," + odd[:-1] + b',"\x83":1}]'
    whole = orjson.dumps(doc()).replace(b'"annotations":[]', b'"annotations":' + rows)
    result = read({INSTANCES: whole})
    assert [problem.pointer for problem in result.problems] == ["/annotations/1"]
    assert len(result.dataset.shapes) == 1


def test_numbers_that_are_none_are_named() -> None:
    text = b'{"images": [{"id": 1, "file_name": "NaN.jpg"}], "categories": [{"id": 1, "name": "car"}], "annotations": ['
    text += b'{"image_id": 1, "category_id": 1, "segmentation": [[0, 0, NaN, 5, 5, 5]]},'
    text += b'{"image_id": 1, "category_id": 1, "bbox": [1, 2, -Infinity, 4]},'
    text += b'{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]}'
    result = read({INSTANCES: text})
    assert [problem.pointer for problem in result.problems] == [
        "/annotations/0/segmentation/0", "/annotations/1/bbox",
    ]  # fmt: skip
    assert result.dataset.frames.names == ("NaN.jpg",)
    assert len(result.dataset.shapes) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"\xff\xfe{\x00}\x00", "is not JSON"),
        (b'{"images": [', "is not JSON: input data was truncated"),
        (b"x", "is not JSON: JSON is malformed"),
        (b'{"images": {}, "annotations": []}', "is not a list"),
        (b'{"shapes": []}', "is not a COCO document"),
        (b'{"images": [], "annotations": [{"id": 1, "image_id": 1, "caption": "a dog"}]}', "holds COCO captions"),
        (b'{"images": [], "annotations": [{"image_id": 1, "segments_info": []}]}', "holds COCO panoptic"),
        (b'{"videos": [], "annotations": [{"video_id": 1, "bboxes": []}]}', "holds COCO tracks of videos"),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, message: str) -> None:
    assert message in problems_of(read({INSTANCES: content}))[0]


def test_a_source_without_json_is_an_error() -> None:
    with pytest.raises(InputError, match="has no JSON file"):
        read({"a.json.txt": b"", "b.json/c.txt": b""})


def test_ids_used_twice_are_named() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "a.gif"}]
    categories = [{"id": 1, "name": "car"}, {"id": 1, "name": "bus"}]
    result = read(doc(box(), images=images, categories=categories))
    assert [problem.pointer for problem in result.problems] == ["/images/1", "/categories/1/id"]
    assert [shape.frame.name for shape in result.dataset.shapes] == ["a.jpg"]


def test_a_flat_polygon_is_a_change() -> None:
    result = read(doc(box(segmentation=[0, 0, 5, 0, 5, 5])))
    assert [loss.what for loss in result.losses] == ["polygon without its brackets"]
    strict = read(doc(box(segmentation=[0, 0, 5, 0, 5, 5])), options=ReadOptions(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/0"]


@pytest.mark.parametrize(
    ("outline", "change"),
    [
        ([[[0, 0], [5, 0], [5, 5]]], "polygon as a list of points"),
        ([[[[0, 0]], [[5, 0]], [[5, 5]]]], "polygon as a list of points"),
        ([[0, 0], [5, 0], [5, 5]], "polygon as a list of points"),
        ([["0", "0", "5", "0", "5", "5"]], "number in quotes"),
    ],
)
def test_a_polygon_of_points_or_texts_is_a_change(outline: Any, change: str) -> None:
    result = read(doc(box(segmentation=outline)))
    assert problems_of(result) == []
    assert [loss.what for loss in result.losses] == [change]
    assert result.dataset.shapes.points(0).tolist() == [0, 0, 5, 0, 5, 5]


def test_points_without_the_outer_brackets_are_told_among_others() -> None:
    """Beside polygons of one part and several, and beside an annotation that is looked at field by field."""
    points, parts = [[1, 1], [5, 1], [5, 5], [1, 5]], [[0, 0, 5, 0, 5, 5], [7, 7, 9, 7, 9, 9]]
    for extra in ({}, {"area": "12"}):
        given = [box(id=1, segmentation=parts), box(id=2, segmentation=points), box(id=3, segmentation=parts[:1])]
        given += [box(id=4, segmentation=points[:2]), box(id=5), box(id=6, segmentation=points, **extra)]
        result = read(doc(*given))
        assert [problem.pointer for problem in result.problems] == [f"/annotations/3/segmentation/{n}" for n in (0, 1)]
        assert [(loss.what, loss.count) for loss in result.losses if loss.what.startswith("polygon")] == [
            ("polygon as a list of points", 2)
        ]
        lengths = result.dataset.shapes.counts[result.dataset.shapes.type == POLYGON].tolist()
        assert lengths == [6, 6, 8, 6, 8]
        assert result.dataset.shapes.points(2).tolist() == [1, 1, 5, 1, 5, 5, 1, 5]
    strict = read(doc(box(segmentation=parts), box(segmentation=points)), options=ReadOptions(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/1"]


def test_a_size_in_quotes_is_a_change() -> None:
    images = [{"id": 1, "file_name": "a.jpg", "width": "20", "height": "10"}]
    result = read(doc(box()) | {"images": images})
    assert result.dataset.frames.sizes(np.array([0])).tolist() == [[20, 10]]
    assert [loss.what for loss in result.losses] == ["width of image in quotes", "height of image in quotes"]


@pytest.mark.parametrize("more", [{"id": 10**25}, {"new": 10**25}, {"attributes": {"n": 10**25, "list": [10**25]}}])
def test_whole_numbers_beyond_64_bits_come_back(more: Doc) -> None:
    result = read({INSTANCES: json.dumps(doc(box(**more))).encode()})
    assert problems_of(result) == []
    (again,) = json.loads(texts(result.dataset)[INSTANCES])["annotations"]
    assert {key: again[key] for key in more} == more


def test_lists_in_hundreds_of_lists_come_back() -> None:
    deep = b"[" * 300 + b"]" * 300
    whole = orjson.dumps(doc(box(new=0))).replace(b'"new":0', b'"new":' + deep)
    result = read({INSTANCES: whole})
    assert b'"new":' + deep in texts(result.dataset)[INSTANCES]


def test_a_picture_without_a_usable_name_is_one_problem() -> None:
    images = [{"id": 1, "file_name": "../.."}, {"id": 2, "file_name": "b.jpg"}]
    result = read(doc(box(), box(), box(image_id=2)) | {"images": images})
    assert len(result.problems) == 1
    assert len(result.dataset.shapes) == 1
