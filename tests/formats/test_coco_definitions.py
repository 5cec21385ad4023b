"""What categories of COCO say of a label besides its name, well and badly put; and what belongs to one subset."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.formats.coco.categories import edges_of
from annotools.formats.coco.writing import Subset
from annotools.model import AttributeSpec, Label
from tests.formats.coco_files import doc, read, write


def label_of(slug: str = "coco", **keys: Any) -> Label:
    """The label of a category that says something."""
    return read(doc(categories=[{"id": 1, "name": "car", **keys}]), slug=slug).dataset.labels.top[0]


@pytest.mark.parametrize(
    ("given", "color"),
    [
        ([0, 255, 16], "#00ff10"),
        ([255, 255, 255], "#ffffff"),
        ("#a0b1c2", "#a0b1c2"),
        ([256, 0, 0], ""),
        ([0, 0, 256], ""),
        ([0, -1, 0], ""),
        ([0, 0], ""),
        ([0, 0, 0, 0], ""),
        ([0.5, 0, 0], ""),
        (["1", 0, 0], ""),
        (255, ""),
        (None, ""),
    ],
    ids=str,
)
def test_a_color_is_a_text_or_three_bytes(given: Any, color: str) -> None:
    assert label_of(color=given).color == color


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        ({}, AttributeSpec(1, "kind", False, "text", "", ())),
        ({"input_type": "radio"}, AttributeSpec(1, "kind", False, "radio", "", ())),
        ({"input_type": "slider"}, AttributeSpec(1, "kind", False, "text", "", ())),
        ({"input_type": 1}, AttributeSpec(1, "kind", False, "text", "", ())),
        ({"mutable": True}, AttributeSpec(1, "kind", True, "text", "", ())),
        ({"mutable": 1}, AttributeSpec(1, "kind", False, "text", "", ())),
        ({"default_value": "a"}, AttributeSpec(1, "kind", False, "text", "a", ())),
        ({"default_value": None}, AttributeSpec(1, "kind", False, "text", "", ())),
        ({"values": ["a", 2]}, AttributeSpec(1, "kind", False, "text", "", ("a", "2"))),
        ({"values": "ab"}, AttributeSpec(1, "kind", False, "text", "", ())),
    ],
    ids=str,
)
def test_an_attribute_is_what_is_well_said_of_it(given: dict[str, Any], spec: AttributeSpec) -> None:
    assert label_of(attributes=[{"name": "kind", **given}]).attributes == (spec,)


@pytest.mark.parametrize("given", [{"a": 1}, ["a"], [{"name": 1}], [{}], None], ids=str)
def test_what_is_no_attribute_is_none(given: Any) -> None:
    assert label_of(attributes=given).attributes == ()


@pytest.mark.parametrize("given", ["square", "", None, 1, ["polygon"]], ids=str)
def test_a_type_that_cvat_does_not_know_is_any(given: Any) -> None:
    assert label_of(type=given).type == "any"


@pytest.mark.parametrize("kind", ["any", "rectangle", "polygon", "mask", "tag", "interval"])
def test_a_type_that_cvat_knows_is_kept(kind: str) -> None:
    assert label_of(type=kind).type == kind


@pytest.mark.parametrize(
    ("joints", "edges"),
    [
        ([[1, 2], [2, 3]], [(1, 2), (2, 3)]),
        ([[1, 3], [3, 1]], [(1, 3), (3, 1)]),
        ([[0, 1], [1, 0], [1, 4], [4, 1]], []),  # there are three points, and they count from 1
        ([[1], [1, 2, 3], "12", [1, "2"], [1.0, 2]], []),
        ("12", []),
        (None, []),
    ],
)
def test_edges_join_two_points_that_are_there(joints: Any, edges: list[tuple[int, int]]) -> None:
    assert edges_of(joints, 3) == edges


@pytest.mark.parametrize(
    ("frames", "asked", "ids"),
    [
        ([3, 4, 5], [5, 3], [b"12", b"10"]),
        ([0, 2, 5], [5, 0, 2], [b"12", b"10", b"11"]),
        ([0, 2, 3], [3], [b"12"]),
        ([1, 2, 4], [4, 2], [b"12", b"11"]),
    ],
    ids=["gapless", "gaps", "a gap at the start", "a gap at the end"],
)
def test_frames_have_the_ids_of_their_images(frames: list[int], asked: list[int], ids: list[bytes]) -> None:
    subset = Subset("train", np.array(frames), np.array([10, 11, 12]))
    assert list(subset.image_ids(np.array(asked))) == ids


def test_what_a_subset_alone_says_stays_with_it() -> None:
    image = [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}]
    other = [{"id": 1, "file_name": "b.jpg", "width": 9, "height": 9}]
    members = {
        "annotations/instances_train.json": doc(images=image) | {"remark": "mine", "shared": [1], "only": True},
        "annotations/instances_val.json": doc(images=other) | {"remark": "yours", "shared": [1]},
    }
    outputs = write(read(members).dataset)
    kept = {name: {key: head.get(key) for key in ("remark", "shared", "only")} for name, head in outputs.items()}
    assert kept == {
        "annotations/instances_train.json": {"remark": "mine", "shared": [1], "only": True},
        "annotations/instances_val.json": {"remark": "yours", "shared": [1], "only": None},
    }


@pytest.mark.parametrize(
    ("sides", "known", "side"),
    [
        ((20, 10), (20, 10), ""), ((1, 1), (1, 1), ""), ((2**31 - 1, 10), (2**31 - 1, 10), ""),
        ((10, 2**31 - 1), (10, 2**31 - 1), ""), ((0, 10), (0, 0), "width"), ((20, 0), (0, 0), "height"),
        ((-1, 10), (0, 0), "width"), ((2**31, 10), (0, 0), "width"), ((10, 2**31), (0, 0), "height"),
    ],
    ids=str,
)  # fmt: skip
def test_sides_that_no_picture_has_are_not_known(sides: tuple[int, int], known: tuple[int, int], side: str) -> None:
    rows = [(1, "a.jpg", *sides), (2, "b.jpg", 8, 9)]
    keys = ("id", "file_name", "width", "height")
    result = read(doc(images=[dict(zip(keys, row, strict=True)) for row in rows]))
    assert result.dataset.frames.sizes(np.array([0, 1])).tolist() == [list(known), [8, 9]]
    assert [loss.what for loss in result.losses] == ([f"{side} of image"] if side else [])


def test_an_id_of_two_images_is_the_first_one_s() -> None:
    sizes = {"width": 8, "height": 9}
    images = [{"id": 1, "file_name": name, **sizes} for name in ("a.jpg", "b.jpg")]
    result = read(doc(images=images))
    assert result.dataset.frames.names == ("a.jpg",)
    (problem,) = result.problems
    assert (problem.pointer, problem.message) == ("/images/1", "image id 1 is used twice, first by a.jpg")
