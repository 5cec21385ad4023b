"""Datumaro: the files that people have, of Datumaro itself and of CVAT's fork, and what ours say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

import annotools as at
from annotools import formats
from annotools.formats.base import ReadOptions
from annotools.model import DatasetBuilder, Label
from tests.formats.datumaro_files import CAR, Item, document, kind, points, read, read_all, written
from tests.formats.files import problems_of
from tests.formats.kernel.sources import zipped


def test_every_shape_has_its_points() -> None:
    result = read(
        kind("bbox", bbox=[0.1, 2, 0.2, 4]), kind("ellipse", points=[10, 20, 30, 60]),
        kind("polygon", points=[[1, 2], [3, 4], [5, 7]]), kind("polyline", points=[1, 2, 3, 4]),
        kind("rotated_bbox", bbox=[20, 20, 10, 4, 370]), kind("mask", rle={"counts": [402, 3, 1595], "size": [40, 50]}),
        kind("cuboid_3d", position=[1, 2, 3], rotation=[0.1, 0.2, 0.3], scale=[4, 5, 6]),
    )  # fmt: skip
    assert problems_of(result) == []
    assert points(result) == [
        [0.1, 2, 0.3, 6], [20, 40, 30, 20], [1, 2, 3, 4, 5, 7], [1, 2, 3, 4], [15, 18, 25, 22],
        [0, 3, 10, 2, 10, 4], [1, 2, 3, 0.1, 0.2, 0.3, 4, 5, 6, *[0] * 7],
    ]  # fmt: skip
    assert result.dataset.shapes.rotation.tolist() == [0, 0, 0, 0, 10, 0, 0]


@pytest.mark.parametrize(
    ("mixed", "expected"),
    [([1, 2, [3, 4], 5, 7], [[1, 2, 3, 4, 5, 7]]), ([1, 2, [3]], []), ([[1, 2], 3, 4], [[1, 2, 3, 4]]), ([1, []], [])],
)
@pytest.mark.parametrize("word", ["polyline", "points", "polygon"])
def test_points_may_be_numbers_and_pairs(word: str, mixed: list[Any], expected: list[list[float]]) -> None:
    result = read(kind(word, points=mixed), kind(word, points=[9, 8, 7, 6, 5, 4]))
    assert points(result) == [*expected, [9, 8, 7, 6, 5, 4]]
    assert len(result.problems) == 1 - len(expected)


def test_corners_of_a_cuboid_stand_in_the_order_of_cvat() -> None:
    corners = [[10 * n, 10 * n + 1] for n in range(1, 9)]  # Datumaro's point n
    result = read(kind("cuboid_2d", points=corners))
    vertices = [points(result)[0][2 * n] / 10 for n in range(8)]
    assert [vertices[n] for n in (0, 6, 4, 2, 7, 5, 3, 1)] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (kind("bbox", bbox=[1, 2, 3]), "/bbox: bbox has 3 numbers, expected left, top, width, height"),
        (kind("bbox"), "/bbox: bbox has 0 numbers, expected left, top, width, height"),
        (kind("polygon", points=[1, 2, 3]), "/points: points has 3 numbers, expected x and y of each point"),
        (kind("mask"), "/rle: mask has no rle, expected counts and size"),
        (
            kind("mask", rle={"counts": "06", "size": [2, 3]}),
            "/rle: mask of 3 x 2, expected 50 x 40 as its image",
        ),
        (
            kind("bbox", bbox=[1, 2, 3, 4], label_id=5),
            "/label_id: label_id is 5, expected 0 to 0, the place of a label",
        ),
        (
            kind("bbox", bbox=[1, 2, 3, 4], label_id=None), "/label_id: has no label, expected the place of a label",
        ),
        (
            kind("bbox", bbox=[1, 2, 3, "x"]),
            ": cannot be read: expected `float`, got `str` - at `$.bbox[3]`, expected an annotation",
        ),
        (
            kind("bbox", bbox=[1, 2, 3, 4], group=1 << 60),
            ": cannot be read: expected `int` <= 9007199254740992 - at `$.group`, expected an annotation",
        ),
        (kind("bbox", bbox=[1, 2, 3, 4], attributes=7), "/attributes: attributes cannot be used, expected an object"),
    ],
)  # fmt: skip
def test_a_bad_annotation_is_one_problem_and_costs_no_other(annotation: Item, text: str) -> None:
    result = read(kind("bbox", bbox=[1, 2, 3, 4]), annotation, kind("bbox", bbox=[5, 6, 7, 8]))
    assert problems_of(result) == [f"annotations/default.json:/items/0/annotations/1{text}"]
    assert points(result)[0] == [1, 2, 4, 6]
    assert points(result)[-1] == [5, 6, 12, 14]


def test_what_cvat_has_no_word_for_is_lost_and_no_problem() -> None:
    result = read(kind("caption", caption="a street", label_id=None), kind("label"), kind("hash_key", hash_key=[1]))
    assert problems_of(result) == []
    assert [(loss.what, loss.count) for loss in result.losses] == [
        ("annotation of type caption", 1), ("annotation of type hash_key", 1),
    ]  # fmt: skip
    assert len(result.dataset.tags) == 1


def test_attributes_are_defined_by_their_values() -> None:
    values = {"make": "ford", "lamps": 3.5, "lit": True, "list": [1], "occluded": True, "score": 0.5, "source": "auto"}
    result = read(kind("bbox", bbox=[1, 2, 3, 4], attributes=values), kind("label", attributes={"make": 7}))
    assert problems_of(result) == []
    specs = {spec.name: spec.input_type for spec in result.dataset.labels[0].attributes}
    assert specs == {"make": "text", "lamps": "number", "lit": "checkbox", "list": "text"}
    shape, tag = result.dataset.shapes[0], result.dataset.tags[0]
    assert dict(shape.attributes) == {"make": "ford", "lamps": "3.5", "lit": "true", "list": "[1]"}
    assert dict(tag.attributes) == {"make": "7"}
    assert (shape.occluded, shape.score, shape.source) == (True, 0.5, "auto")


def test_a_tag_says_its_group_and_source_as_a_shape_does() -> None:
    tag = kind("label", attributes={"source": "auto", "make": "ford"}, group=4)
    (read_tag, other) = read(tag, kind("label", label_id=0)).dataset.tags
    assert (read_tag.source, read_tag.group, read_tag.attributes) == ("auto", 4, {"make": "ford"})
    assert (other.source, other.group) == ("manual", 0)


def test_names_that_only_the_label_says_are_attributes_too() -> None:
    assert [spec.name for spec in read().dataset.labels[0].attributes] == ["make"]


@pytest.mark.parametrize(
    ("key", "path", "name"),
    [
        ("a/b", "a/b.jpg", "a/b.jpg"), ("a", "../data/train/a.jpg", "a.jpg"), ("a", "C:\\data\\x.png", "a.png"),
        ("a/b", "a_b.jpg", "a/b.jpg"), ("b.c", "b.c.jpg", "b.c.jpg"), ("x.jpg", "x.jpg.jpg", "x.jpg.jpg"),
        ("x.jpg", "data/x.jpg", "x.jpg"), ("a", "", "a"), (7, "7.jpg", "7.jpg"),
    ],
)  # fmt: skip
def test_a_frame_is_called_as_its_item_with_what_its_file_ends_in(key: Any, path: str, name: str) -> None:
    result = read(id=key, image={"path": path})
    assert result.dataset.frames.names == (name,)


def test_media_by_every_key_give_names_and_sizes() -> None:
    old = read(image=None, media={"path": "q/b.png"})
    assert old.dataset.frames.names == ("a/b.png",)
    assert old.dataset.frames.width.tolist() == [0]
    assert read().dataset.frames.sizes(np.array([0])).tolist() == [[50, 40]]


def test_the_server_finds_frames_by_ids_or_else_by_their_numbers() -> None:
    builder = DatasetBuilder(labels=[Label(4, "car")])
    for name in ("x/a.jpg", "x/b.jpg", "c.jpg"):
        builder.add_frame(name, 50, 40)
    items = [
        {"id": key, "annotations": [kind("label")], "attr": {"frame": n}} for key, n in (("a", 2), ("q", 1), ("z", 9))
    ]
    server = formats.get("datumaro").dialects["cvat"].read
    assert server is not None
    members = {"annotations/default.json": orjson.dumps({"categories": CAR, "items": items})}
    result = server(zipped(members), builder.dataset(), ReadOptions())
    assert result.dataset.tags.frame.tolist() == [0, 1]  # the root of `a` is `x`, as of all items
    assert [problem.message for problem in result.problems] == ["'z' is not a picture of the task"]


def test_masks_say_how_large_their_frames_are() -> None:
    result = read(kind("mask", rle={"counts": "121", "size": [2, 2]}), image={"path": "a.jpg"})
    assert problems_of(result) == []
    assert result.dataset.frames.sizes(np.array([0])).tolist() == [[2, 2]]


def test_labels_of_several_documents_are_united_by_name() -> None:
    other = {"label": {"labels": [{"name": "bus"}, {"name": "car"}]}}
    result = read_all(
        {
            "annotations/train.json": document(kind("label")),
            "annotations/val.json": document(kind("label", label_id=1), kind("label"), categories=other),
        }
    )
    names = {label.id: label.name for label in result.dataset.labels}
    assert [names[number] for number in result.dataset.tags.label.tolist()] == ["car", "car", "bus"]
    assert result.dataset.frames.subsets == ("train", "val")


def test_a_label_that_the_task_lacks_is_told_once() -> None:
    builder = DatasetBuilder(labels=[Label(4, "bus")])
    builder.add_frame("a/b.jpg", 50, 40)
    members = {"annotations/default.json": document(kind("label"), kind("label"), kind("bbox", bbox=[1, 2, 3, 4]))}
    result = read_all(members, context=builder.dataset())
    assert problems_of(result) == [
        (
            "annotations/default.json:/items/0/annotations/0/label_id: label 'car' is not defined, "
            "expected a label of the task"
        )
    ]
    assert len(result.dataset.tags) == len(result.dataset.shapes) == 0


def test_tracks_are_those_of_one_number_and_label() -> None:
    def seen(number: int, keyframe: bool) -> Item:
        return kind("bbox", bbox=[number, 2, 3, 4], attributes={"track_id": number, "keyframe": keyframe})

    items = [
        {"id": str(frame), "annotations": [seen(9, frame == 0), *([seen(5, True)] if frame == 1 else [])]}
        for frame in range(4)
    ]
    dataset = read_all({"annotations/default.json": orjson.dumps({"categories": CAR, "items": items})}).dataset
    assert dataset.tracks.extras["track_id"].values.tolist() == [9, 5]
    assert dataset.tracks.frame.tolist() == [0, 1]
    shapes = dataset.shapes
    assert list(zip(shapes.track[shapes.outside], shapes.frame[shapes.outside], strict=True)) == [(1, 2)]


@pytest.mark.parametrize(("compat", "names"), [(False, ["bus", "car"]), (True, ["car", "bus"])], ids=["ours", "server"])
def test_labels_are_counted_in_their_order_by_the_server_by_their_ids(
    compat: bool, names: list[str], tmp_path: Path
) -> None:
    build = DatasetBuilder()
    build.add_label("bus", id=7)
    build.add_label("car", id=3)
    build.add_frame("a.jpg", 64, 48)
    build.add_shape("rectangle", 0, "bus", (1, 2, 3, 4))
    build.add_tag(0, "car")
    at.write(build.dataset(), tmp_path / "out", "datumaro", compat=compat)
    (where,) = (tmp_path / "out/annotations").iterdir()
    document = orjson.loads(where.read_bytes())
    assert [label["name"] for label in document["categories"]["label"]["labels"]] == names
    rows = {one["type"]: names[one["label_id"]] for one in document["items"][0]["annotations"]}
    assert rows == {"label": "car", "bbox": "bus"}


def test_ids_are_unique_and_those_that_were_read_stay(tmp_path: Path) -> None:
    result = read(kind("bbox", bbox=[1, 2, 3, 4], id=7), kind("bbox", bbox=[1, 2, 3, 5], id=7), kind("label", id=3))
    again = written(result.dataset, tmp_path)["items"][0]["annotations"]
    assert [each["id"] for each in again] == [3, 7, 8]


def test_scores_come_back(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.jpg", 50, 40)
    for score in (0.25, 1.0, 0.0):
        build.add_shape("rectangle", 0, "car", [1, 2, 3, 4], score=score)
    at.write(build.dataset(), tmp_path / "out", "datumaro")
    assert at.read(tmp_path / "out", "datumaro").dataset.shapes.score.tolist() == [0.25, 1, 0]


@pytest.mark.parametrize(
    "content", [b"{}", b'{"items": []}', b"[]", b'{"categories": {}, "items": 3}', b"", b"nonsense"]
)
def test_what_is_no_document_is_an_input_error(content: bytes) -> None:
    result = read_all({"annotations/default.json": content})
    assert len(result.problems) == 1
    assert result.problems[0].file == "annotations/default.json"


def test_two_categories_of_one_name_are_one_label_and_told() -> None:
    twice = {"label": {"labels": [{"name": "car"}, {"name": "car"}, {"name": "car", "parent": "bus"}, {"name": "bus"}]}}
    result = read(kind("bbox", bbox=[1, 2, 3, 4], label_id=1), categories=twice)
    assert result.dataset.shapes.label.tolist() == [result.dataset.labels.find("car").id]
    assert [(loss.what, loss.count) for loss in result.losses] == [("second category of one name", 1)]


def test_a_label_where_there_are_none_is_a_problem() -> None:
    result = read(kind("bbox", bbox=[1, 2, 3, 4]), categories={})
    expected = "label_id is 0, expected labels among the categories"
    assert problems_of(result) == [f"annotations/default.json:/items/0/annotations/0/label_id: {expected}"]


def test_what_is_wrong_with_very_many_annotations_says_where_each_is() -> None:
    """Runs of many, of which each has the pointer of its own item and its own words."""
    rows = [kind("bbox", bbox=[1, 2, 3, 4], label_id=7 + n % 2) for n in range(20)]
    items = [{"id": f"b{n}", "annotations": rows} for n in range(2)]
    result = read_all({"default.json": orjson.dumps({"categories": CAR, "items": items})})
    expected = [
        (f"/items/{item}/annotations/{n}/label_id", f"label_id is {7 + n % 2}, expected 0 to 0, the place of a label")
        for item in range(2)
        for n in range(20)
    ]
    assert [(problem.pointer, problem.text) for problem in result.problems] == expected


def test_labels_without_a_name_are_told_at_their_places() -> None:
    labels = [{"name": "car"}, *[{}] * 20, 1, {"name": "bus"}]
    result = read(kind("bbox", bbox=[1, 2, 3, 4], label_id=22), categories={"label": {"labels": labels}})
    places = [f"annotations/default.json:/categories/label/labels/{n}" for n in range(1, 22)]
    assert [str(problem) for problem in result.problems] == [
        f"{one}: label has no name, expected text" for one in places
    ]
    assert [label.name for label in result.dataset.labels] == ["car", "bus"]
    assert result.dataset.shapes.label.tolist() == [2]


def test_types_that_nobody_knows_are_named_as_long_as_they_are_few() -> None:
    result = read(*[kind(f"t{n % 150}") for n in range(300)])
    left_out = {loss.what: loss.count for loss in result.losses if loss.why == "CVAT has no such annotations"}
    assert left_out.pop("annotation of another type") == 100
    assert left_out == {f"annotation of type t{n}": 2 for n in range(100)}
