"""Ultralytics YOLO OBB: corners from any of them on, what is not a rectangle, and what predictions have behind."""

from __future__ import annotations

import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AmbiguityError
from annotools.formats.base import WriteOptions
from annotools.formats.yolo.sniffing import CORNERS, OUTLINES, kinds
from annotools.model import POLYGON, RECTANGLE, Dataset, DatasetBuilder
from annotools.quirks import CVAT
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import Files, picture, problems_of, read, written

SLUG = "yolo-ultralytics-obb"
# 10 20 50 40 turned by 30 degrees, on 120 x 100
TURNED = "0.147329 0.113397 0.436004 0.313397 0.352671 0.486603 0.063996 0.286603"
UPRIGHT = "0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4"
SKEWED = "0.1 0.2 0.5 0.2 0.3 0.4 0.1 0.4"


def files(*lines: str) -> Files:
    text = "".join(f"0 {line}\n" for line in lines)
    head: Files = {"data.yaml": "names: [car]\ntrain: images/train\n", "images/train/a.png": picture(120, 100)}
    return head | {"labels/train/a.txt": text}


def boxes(dataset: Dataset) -> list[tuple[list[float], float]]:
    shapes = dataset.shapes
    return [(shapes.points(row).round(3).tolist(), round(float(shapes.rotation[row]), 2)) for row in range(len(shapes))]


def test_a_turned_box_is_read_as_it_was_drawn() -> None:
    result = read(SLUG, files(TURNED))
    assert [str(problem) for problem in result.problems] == []
    assert boxes(result.dataset) == [([10, 20, 50, 40], 30.0)]
    assert formats.sniff(zipped(files(TURNED))) == SLUG


@pytest.mark.parametrize(("first", "box", "turn"), [(1, [20, 10, 40, 50], 120), (2, [10, 20, 50, 40], 210)])
def test_corners_may_begin_with_any(first: int, box: list[float], turn: float) -> None:
    numbers = TURNED.split()
    line = " ".join(numbers[2 * first :] + numbers[: 2 * first])
    assert boxes(read(SLUG, files(line)).dataset) == [(pytest.approx(box, abs=2e-3), turn)]


def test_corners_may_run_either_way() -> None:
    numbers = TURNED.split()
    back = " ".join(" ".join(numbers[2 * n : 2 * n + 2]) for n in (0, 3, 2, 1))
    assert boxes(read(SLUG, files(back)).dataset) == [([10, 20, 50, 40], 30.0)]


@pytest.mark.parametrize(
    ("line", "kind", "score", "track"),
    [
        (UPRIGHT, RECTANGLE, 1, -1), (f"{UPRIGHT} 0.5", RECTANGLE, 0.5, -1), (f"{UPRIGHT} 4", RECTANGLE, 1, 0),
        (f"{UPRIGHT} 0.5 4", RECTANGLE, 0.5, 0), (SKEWED, POLYGON, 1, -1), (f"{SKEWED} 0.5", POLYGON, 0.5, -1),
        ("0.2 0.3 0.2 0.2", RECTANGLE, 1, -1), ("0.2 0.3 0.2 0.2 0.5", RECTANGLE, 0.5, -1),
        ("0.1 0.2 0.3 0.2 0.3 0.4", POLYGON, 1, -1),
    ],
)  # fmt: skip
def test_what_lines_may_be(line: str, kind: int, score: float, track: int) -> None:
    result = read(SLUG, files(line))
    assert [str(problem) for problem in result.problems] == []
    shapes = result.dataset.shapes
    assert (shapes.type[0], shapes.score[0], shapes.track[0]) == (kind, score, track)
    if kind == RECTANGLE:
        assert boxes(result.dataset) == [([12, 20, 36, 40], 0.0)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0.1 0.2 0.3 0.2 0.3 0.4 0.1", "8 columns, expected 9 columns"),
        ("0.1 0.2 0.3 0.2 0.3 0.4 0.1 y", "a column is 'y', expected a number"),
        ("0.1 0.2", "3 columns, expected 5 columns"),
    ],
)
def test_a_bad_line_costs_its_picture_no_other(line: str, message: str) -> None:
    result = read(SLUG, files(line, TURNED))
    assert [str(problem) for problem in result.problems] == [f"labels/train/a.txt:1: {message}"]
    assert len(result.dataset.shapes) == 1


def task(rotation: float, points: tuple[float, ...] = (10, 20, 50, 40)) -> Dataset:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.png", 120, 100)
    build.add_shape("rectangle", 0, "car", points, rotation=rotation)
    return build.dataset()


@pytest.mark.parametrize("rotation", [0, 0.0001, 30, 89.9999, 90, 123.4567, 180, 270, 359.9999])
@pytest.mark.parametrize("points", [(10, 20, 50, 40), (1, 1, 1.001, 90), (20, 30, 20, 60), (-400, -9, 900, 9.25)])
def test_box_and_rotation_come_back(rotation: float, points: tuple[float, ...]) -> None:
    ready = fit_to_format(task(rotation, points), formats.get(SLUG), WriteOptions())[0]
    back = read(SLUG, dict(written(SLUG, ready).items()), ready).dataset
    assert back.shapes.rotation.tolist() == ready.shapes.rotation.tolist() == [rotation]
    assert back.shapes.values.tolist() == ready.shapes.values.tolist()


@pytest.mark.parametrize(("rotation", "expected"), [(-30, 330), (360, 0), (390.00004, 30), (719.99999, 0)])
def test_rotations_are_from_0_to_360(rotation: float, expected: float) -> None:
    ready = fit_to_format(task(rotation), formats.get(SLUG), WriteOptions())[0]
    assert ready.shapes.rotation.tolist() == [expected]


def test_upright_boxes_have_six_decimals_and_turned_ones_twelve() -> None:
    ready = fit_to_format(task(0), formats.get(SLUG), WriteOptions())[0]
    line = "0 0.083333 0.200000 0.416667 0.200000 0.416667 0.400000 0.083333 0.400000\n"
    assert written(SLUG, ready)["labels/train/a.txt"] == line
    ready = fit_to_format(task(30), formats.get(SLUG), WriteOptions())[0]
    numbers = written(SLUG, ready)["labels/train/a.txt"].split()[1:]
    assert {len(number) for number in numbers} == {14}
    assert [round(float(number), 5) for number in numbers] == [round(float(number), 5) for number in TURNED.split()]


def test_a_point_has_no_rotation() -> None:
    _, losses = fit_to_format(task(30, (5, 5, 5, 5)), formats.get(SLUG), WriteOptions())
    assert [loss.what for loss in losses.of("lost", "annotations")] == ["rotated rectangle without a side"]


def test_the_server_takes_any_four_points_for_a_box() -> None:
    assert boxes(read(SLUG, files(UPRIGHT), compat=True).dataset) == [([12, 20, 36, 40], 0.0)]
    dataset = read(SLUG, files(SKEWED, "0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1"), compat=True).dataset
    assert dataset.shapes.type.tolist() == [RECTANGLE, RECTANGLE]
    assert dataset.shapes.rotation[1] == 90
    assert problems_of(SLUG, files("0.1 0.2 0.3")) == ["labels/train/a.txt:1: 4 columns, expected 5 columns"]
    line = written(SLUG, fit_to_format(task(30), formats.get(SLUG), WriteOptions(quirks=CVAT))[0], compat=True)
    assert line["labels/train/a.txt"] == f"0 {TURNED}\n"


def test_four_upright_corners_may_be_outlines_too() -> None:
    with pytest.raises(AmbiguityError) as caught:
        formats.sniff(zipped(files(UPRIGHT)))
    assert set(caught.value.candidates) == {SLUG, "yolo-ultralytics-segmentation"}


@pytest.mark.parametrize(
    ("corners", "turned"),
    [
        ("0.3 0.2 0.5 0.3 0.4 0.5 0.2 0.4", True),
        ("0.3 0.2 0.5 0.3 0.4 0.5 0.2 0.401", False),  # by 0.001 of the height
        ("0.3 0.2 0.5 0.3 0.4 0.5 0.201 0.4", False),
        ("0.3 0.2 0.5 0.3 0.4 0.5 0.2 0.4005", True),
        ("0.3 0.2 0.5 0.3 0.4 0.5 0.2005 0.4", True),
    ],
)
def test_four_points_are_a_turned_box_where_both_pairs_of_sides_are_parallel(corners: str, turned: bool) -> None:
    assert kinds([[b"0", *corners.encode().split()]]) == ((CORNERS,) if turned else (CORNERS, OUTLINES))
