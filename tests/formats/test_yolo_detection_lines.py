"""Ultralytics YOLO Detection: lines of every kind, and what is wrong with some."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.model import POLYGON, RECTANGLE
from tests.formats.yolo_files import picture
from tests.formats.yolo_layouts import BOX, CAR, LAYOUTS, problems_of, read


@pytest.mark.parametrize(
    ("line", "kind", "points"),
    [
        ("1 0.5 0.5 0.2 0.1", RECTANGLE, [40, 22.5, 60, 27.5]),
        ("1.0 5e-1 .5 0.2 0.1", RECTANGLE, [40, 22.5, 60, 27.5]),
        ("1 1.0 0.5 0.2 0.1", RECTANGLE, [90, 22.5, 110, 27.5]),
        ("1 0.1 0.2 0.3 0.2 0.3 0.4", POLYGON, [10, 10, 30, 10, 30, 20]),
        ("1 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4", POLYGON, [10, 10, 30, 10, 30, 20, 10, 20]),
    ],
)
def test_lines_of_boxes_and_of_outlines_may_be_mixed(line: str, kind: int, points: list[float]) -> None:
    result = read(LAYOUTS["v8"] | {"labels/train/a.txt": f"{BOX}{line}\n"})
    assert [str(problem) for problem in result.problems] == []
    shapes = result.dataset.shapes
    row = next(n for n, label in enumerate(shapes.label.tolist()) if label == 2)
    assert (shapes.type[row], shapes.points(row).tolist()) == (kind, pytest.approx(points))


def test_a_share_far_beyond_any_picture_is_a_number() -> None:
    result = read(LAYOUTS["v8"] | {"labels/train/a.txt": "0 1e300 0.5 0.2 0.1\n0 1.7e308 0.5 1.7e308 0.1\n"})
    assert result.dataset.shapes.boxes()[0].tolist() == pytest.approx([1e302, 22.5, 1e302, 27.5])
    assert np.isposinf(result.dataset.shapes.boxes()[1, 2])


def test_a_sixth_column_is_a_score() -> None:
    result = read(LAYOUTS["v8"] | {"labels/train/a.txt": "0 0.5 0.5 0.2 0.1 0.87\n"})
    assert sorted(result.dataset.shapes.score.tolist()) == [0.87, 1.0]


def test_scores_may_be_whole_where_others_are_not() -> None:
    lines = "0 0.5 0.5 0.2 0.1 1\n0 0.2 0.2 0.1 0.1 0.62\n0 0.7 0.7 0.1 0.1 0.35\n"
    dataset = read({"data.yaml": CAR + "train: images/train\n", "images/train/a.png": picture(),
                    "labels/train/a.txt": lines}).dataset  # fmt: skip
    assert (dataset.shapes.score.tolist(), len(dataset.tracks)) == ([1.0, 0.62, 0.35], 0)


def test_a_sixth_column_of_whole_numbers_is_a_track() -> None:
    files = {f"images/train/{n}.png": picture() for n in range(4)}
    lines = {f"labels/train/{n}.txt": f"0 0.5 0.5 0.2 0.{n + 1} 0\n" for n in (0, 1)}
    dataset = read({"data.yaml": CAR + "train: images/train\n", **files, **lines}).dataset
    assert (len(dataset.tracks), dataset.shapes.frame.tolist()) == (1, [0, 1, 2])
    assert dataset.shapes.outside.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0 0.5 0.5 0.2", "4 columns, expected 5 columns"),
        ("0 0.5 0.5 0.2 x", "height is 'x', expected a number"),
        ("car 0.5 0.5 0.2 0.1", "class is 'car', expected a whole number"),
        ("2 0.5 0.5 0.2 0.1", "class 2 has no name, expected 0 to 1"),
        ("-1 0.5 0.5 0.2 0.1", "class -1 has no name, expected 0 to 1"),
        ("999999999 0.5 0.5 0.2 0.1", "class 999999999 has no name, expected 0 to 1"),
        ("0 1 2 3 4 5 6 7", "8 columns, expected 5 columns, 6, or an odd number for an outline"),
        ("0 0.5 0.5 nan 0.1", "width is 'nan', expected a number"),
    ],
)
def test_a_bad_line_costs_its_picture_no_other(line: str, message: str) -> None:
    result = read(LAYOUTS["v8"] | {"labels/train/a.txt": f"{line}\n{BOX}"})
    assert [str(problem) for problem in result.problems] == [f"labels/train/a.txt:1: {message}"]
    assert len(result.dataset.shapes) == 2


def test_a_picture_that_is_none_is_told_once() -> None:
    members = LAYOUTS["v8"] | {"images/train/a.png": b"x", "labels/train/a.txt": BOX + BOX}
    assert problems_of(members) == [
        "images/train/a.png: is not a picture whose size can be read, expected a whole picture"
    ]
    assert len(read(members).dataset.shapes) == 1


@pytest.mark.parametrize("text", ["nc: ²", "names: {²: car}"])
def test_a_digit_that_is_none_of_0_to_9_counts_nothing(text: str) -> None:
    members = {"data.yaml": f"{text}\ntrain: images/train\n", "images/train/a.png": picture()}
    result = read(members)
    assert [problem.place for problem in result.problems] == ["data.yaml"]
    assert len(result.dataset.labels) == 0
