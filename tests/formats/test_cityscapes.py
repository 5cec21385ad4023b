"""Cityscapes: its own files, masks before outlines, and outlines that people drew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.files import problems_of
from tests.formats.mask_files import BLACK, CITY, NUMBERS, ROAD, masks, outlines, picture, read


def test_cityscapes_own_files_have_its_classes(tmp_path: Path) -> None:
    start = "gtFine/train/aachen/aachen_000000_000019"
    files = {
        f"{start}_gtFine_instanceIds.png": picture([[24, 24000, 24001, 7], [0, 4, 26003, 7]]),
        f"{start}_gtFine_labelIds.png": picture([[24, 24, 24, 7], [0, 4, 26, 7]]),
        f"{start}_gtFine_polygons.json": "{}",
        "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png": picture(NUMBERS),
    }
    result = read(tmp_path, files, "cityscapes")
    name = "aachen/aachen_000000_000019.png"
    assert problems_of(result) == []
    assert [(label, points[-4:]) for frame, label, points in masks(result.dataset) if frame == name] == [
        ("car", [2, 1, 2, 1]), ("person", [0, 0, 0, 0]), ("person", [1, 0, 1, 0]), ("person", [2, 0, 2, 0]),
        ("road", [3, 0, 3, 1]), ("static", [1, 1, 1, 1]),
    ]  # fmt: skip
    assert result.dataset.frames.subsets == ("train",)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("labelTrainIds", picture([[0, 13, 255, 255]])),
        ("color", picture([[1, 2, 0, 0]], [BLACK, (128, 64, 128), (0, 0, 142)])),
        ("labelIds", picture([[7, 26, 0, 0]])),
    ],
)
def test_less_than_instances_will_do(kind: str, data: bytes, tmp_path: Path) -> None:
    result = read(tmp_path, {f"gtCoarse/val/x/x_0_gtCoarse_{kind}.png": data}, "cityscapes")
    assert masks(result.dataset) == [("x/x_0", "car", [0, 1, 1, 0, 1, 0]), ("x/x_0", "road", [0, 1, 0, 0, 0, 0])]


def test_outlines_of_cityscapes_are_polygons_one_above_the_other(tmp_path: Path) -> None:
    car = {"label": "cargroup", "polygon": [[1, 2], [3, 4], [5, 2], [1, 1]], "id": 7, "deleted": 0, "verified": 0}
    files = {
        CITY: outlines(ROAD, {**car, "deleted": 1}, car),
        "leftImg8bit/train/aachen/aachen_0_leftImg8bit.png": picture([[0] * 100] * 80),
    }
    result = read(tmp_path, files, "cityscapes")
    assert problems_of(result) == []
    shapes, frames = result.dataset.shapes, result.dataset.frames
    assert [(s.label.name, s.points.tolist(), s.z_order) for s in shapes] == [
        ("road", [0, 70, 99.5, 40, 99, 79], 0), ("cargroup", [1, 2, 3, 4, 5, 2, 1, 1], 2),
    ]  # fmt: skip
    assert (frames.names, frames.subsets, frames.width.tolist()) == (("aachen/aachen_0.png",), ("train",), [100])
    assert len(result.media or ()) == 1


def test_masks_of_cityscapes_count_for_more_than_outlines(tmp_path: Path) -> None:
    masked = CITY.replace("polygons.json", "labelIds.png")
    result = read(tmp_path, {CITY: outlines(ROAD), masked: picture([[7]])}, "cityscapes")
    assert [shape.type for shape in result.dataset.shapes] == ["mask"]
    assert [s.label.name for s in result.dataset.shapes] == ["road"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "is no object, expected an object with imgWidth, imgHeight and objects"),
        ("{", "is not JSON"),
        (outlines(objects=None), ":/objects: has no list of objects, expected a list"),
        (outlines(ROAD, 3), ":/objects/1: has no label"),
        (outlines(ROAD, {"label": 3, "polygon": ROAD["polygon"]}), ":/objects/1: has no label"),
        (outlines(ROAD, {"label": "car", "polygon": [[1, 2], [3, 4]]}), ":/objects/1: has no outline"),
        (outlines(ROAD, {"label": "car", "polygon": [[1, 2], [3, 4], [5, "x"]]}), ":/objects/1: has no outline"),
        (outlines(ROAD, {"label": "car", "polygon": [1, 2, 3, 4, 5, 6]}), ":/objects/1: has no outline"),
    ],
)
def test_a_bad_outline_of_cityscapes_costs_no_other(tmp_path: Path, text: str, message: str) -> None:
    result = read(tmp_path, {CITY: text}, "cityscapes")
    (fault,) = problems_of(result)
    assert message in fault
    assert len(result.dataset.shapes) == (1 if '"objects": [{' in text else 0)
