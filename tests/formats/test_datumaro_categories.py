"""Categories of Datumaro that are not as they should be, and joints as both of its versions count them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

import annotools as at
from annotools.model.skeleton import edges
from tests.datasets import FULL
from tests.formats.datumaro_files import Item, kind, read
from tests.formats.files import problems_of


def listed(labels: list[Any], *items: Any) -> Item:
    return {"label": {"labels": labels}, "points": {"items": list(items)}}


@pytest.mark.parametrize("label", [{}, {"name": 5}, {"name": None}, "car", 1, None, []])
def test_a_label_without_a_name_is_a_problem_and_keeps_its_number(label: Any) -> None:
    result = read(kind("bbox", label_id=1, bbox=[1, 2, 3, 4]), categories=listed([label, {"name": "bus"}]))
    assert problems_of(result) == [
        "annotations/default.json:/categories/label/labels/0: label has no name, expected text"
    ]
    assert [label.name for label in result.dataset.labels] == ["bus"]
    assert result.dataset.shapes.label.tolist() == [result.dataset.labels[0].id]


@pytest.mark.parametrize("item", [{}, {"label_id": "0"}, {"label_id": None}, {"label_id": 7, "labels": ["x"]}, 1, None])
def test_points_of_no_label_are_nobodys(item: Any) -> None:
    good = {"label_id": 0, "labels": ["head", "hand"], "joints": []}
    labels = read(categories=listed([{"name": "person"}], item, good)).dataset.labels
    assert [label.name for label in labels] == ["person", "head", "hand"]


@pytest.mark.parametrize(
    ("joints", "pairs"),
    [
        ([[1, 2], [2, 3]], [(1, 2), (2, 3)]), ([[0, 1], [1, 2]], [(1, 2), (2, 3)]), ([[2, 3]], [(2, 3)]),
        ([[1, 3], [3, 4]], [(1, 3)]), ([[0, 2], [2, 3]], [(1, 3)]), ([[1], [1, 2, 3], [1, "2"], 5, [1, 2]], [(1, 2)]),
    ],
)  # fmt: skip
def test_joints_count_from_one_or_from_zero(joints: Any, pairs: list[tuple[int, int]]) -> None:
    item = {"label_id": 0, "labels": ["a", "b", "c"], "joints": joints}
    label = read(categories=listed([{"name": "person"}], item)).dataset.labels[0]
    assert [*edges(label.svg)] == pairs


def test_joints_are_written_from_one_on(tmp_path: Path) -> None:
    at.write(FULL, tmp_path / "out", "datumaro")
    for path in (tmp_path / "out/annotations").iterdir():
        (item,) = orjson.loads(path.read_bytes())["categories"]["points"]["items"]
        assert item["joints"] == [[1, 2], [2, 3]]


@pytest.mark.parametrize(
    ("word", "more", "kinds"),
    [
        ("bbox", {"bbox": [1, 2, 3, 4]}, ["rectangle"]), ("ellipse", {"points": [1, 2, 3, 4]}, ["ellipse"]),
        ("polygon", {"points": [1, 2, 3, 4, 5, 9]}, ["polygon"]), ("polyline", {"points": [1, 2, 3, 4]}, ["polyline"]),
        ("points", {"points": [1, 2], "visibility": [2]}, ["points"]),
        ("mask", {"rle": {"counts": [0, 1, 1999], "size": [40, 50]}}, ["mask"]),
        ("cuboid_3d", {"position": [1, 2, 3], "rotation": [0, 0, 0], "scale": [1, 1, 1]}, ["cuboid"]),
        ("cuboid_2d", {"points": [[n, n * 2 % 7] for n in range(8)]}, ["cuboid"]), ("label", {}, []),
        ("caption", {"caption": "a car"}, []),
    ],
)  # fmt: skip
def test_every_type_of_annotation_is_read(word: str, more: Item, kinds: list[str]) -> None:
    result = read(kind(word, **more))
    assert problems_of(result) == []
    assert [shape.type for shape in result.dataset.shapes] == kinds
    assert len(result.dataset.tags) == (word == "label")
