"""Ultralytics YOLO Segmentation: outlines that paint what masks and groups paint, and lines that people have."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from annotools.geometry.masks import polygons_to_cvat_rle
from annotools.geometry.rle import cvat_rle_to_mask
from annotools.model import POLYGON, RECTANGLE, Dataset, DatasetBuilder
from annotools.model.columns import Array
from annotools.quirks import CVAT
from annotools.transform import run
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import Files, picture, placed, read, sniffs, written

SLUG = "yolo-ultralytics-segmentation"
HEAD: Files = {"data.yaml": "names: [car, bus]\ntrain: images/train\n", "images/train/a.png": picture()}
TRIANGLE = "1 0.1 0.2 0.3 0.2 0.3 0.4"
RING = (0, 4, 1, 2, 5, 4, 3, 2, 6, 6)  # 4 x 4 pixels without two in the middle
TWO_PARTS = (0, 2, 3, 2, 3, 4, 1, 1, 5, 3)  # 2 x 1 pixels and 2 x 2, in a box of 5 x 3


def lines(text: str) -> Files:
    return HEAD | {"labels/train/a.txt": text}


def task(*shapes: tuple[str, Any, int]) -> Dataset:
    """A picture of 100 x 50 with shapes: type, points, group."""
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.png", 100, 50)
    for kind, points, group in shapes:
        build.add_shape(kind, 0, "car", points, group=group)
    return build.dataset()


def pixels(dataset: Dataset) -> Array:
    """What all polygons of a dataset paint, as COCO counts pixels, laid over one another."""
    shapes = dataset.shapes
    assert set(shapes.type.tolist()) == {POLYGON}
    values, offsets = polygons_to_cvat_rle(shapes.values, shapes.offsets, np.full((len(shapes), 2), (100, 50)))
    return sum((_canvas(values[a:b]) for a, b in pairwise(offsets)), np.zeros((50, 100), int))


def _canvas(rle: Array) -> Array:
    canvas = np.zeros((50, 100), int)
    if rle[:-4].sum() > rle[0]:
        left, top, right, bottom = rle[-4:].astype(int)
        canvas[top : bottom + 1, left : right + 1] = cvat_rle_to_mask(rle)
    return canvas


@pytest.mark.parametrize(
    "rle",
    [
        (0, 1, 7, 9, 7, 9),
        (0, 16, 4, 4, 7, 7),
        (0, 5, 2, 2, 2, 5, 10, 10, 13, 13),
        (0, 2, 3, 2, 3, 5, 10, 20, 14, 22),
        (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 30, 30, 32, 32),
        (0, 7, 1, 5, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 1, 5, 1, 7, 40, 10, 46, 16),
    ],
    ids=["a pixel", "a square", "a hole", "two parts", "a chessboard", "rings in rings"],
)
def test_a_mask_is_one_line_that_paints_the_same_mask(rle: tuple[int, ...]) -> None:
    dataset = fit_to_format(task(("mask", rle, 0)), formats.get(SLUG), WriteOptions())[0]
    result = read(SLUG, dict(written(SLUG, dataset).items()) | HEAD, dataset).dataset
    assert len(result.shapes) == 1
    assert np.array_equal(pixels(result), _canvas(np.array(rle, float)))


def test_polygons_of_one_group_are_one_line() -> None:
    one, other = (1, 1, 9, 1, 9, 9, 1, 9), (20, 20, 29, 20, 29, 29)
    given = task(("polygon", one, 3), ("polygon", other, 3))
    dataset, losses = fit_to_format(given, formats.get(SLUG), WriteOptions())
    assert len(dataset.shapes) == 1
    assert dataset.shapes.group.tolist() == [0]
    assert np.array_equal(pixels(dataset), pixels(given))
    assert losses.of("lost", "annotations").total == 0
    assert [loss.rows.tolist() for loss in losses if loss.step == "join-parts"] == [[0, 1]]


def test_parts_that_cover_each_other_stay_apart_and_so_do_others() -> None:
    square, inside = (1, 1, 9, 1, 9, 9, 1, 9), (3, 3, 5, 3, 5, 5)
    joined, losses = run(task(("polygon", square, 3), ("polygon", inside, 3)), ["join-parts"])
    assert (len(joined.shapes), tuple(losses)) == (2, ())
    beside = (9, 1, 19, 1, 19, 9, 9, 9)
    mixed = task(("polygon", square, 3), ("polygon", beside, 3), ("rectangle", (1, 2, 3, 4), 3), ("polygon", beside, 0))
    joined, losses = run(mixed, ["join-parts"])
    assert joined.shapes.type.tolist() == [POLYGON, RECTANGLE, POLYGON]
    assert joined.shapes.group.tolist() == [3, 3, 0]
    assert joined.shapes.points(0).tolist() == [1, 1, 9, 1, 9, 1, 19, 1, 19, 9, 9, 9, 9, 1, 9, 1, 9, 9, 1, 9]


def test_a_box_has_four_corners() -> None:
    dataset = fit_to_format(task(("rectangle", (10, 10, 30, 20), 0)), formats.get(SLUG), WriteOptions())[0]
    assert written(SLUG, dataset)["labels/train/a.txt"] == (
        "0 0.100000 0.200000 0.300000 0.200000 0.300000 0.400000 0.100000 0.400000\n"
    )


def test_the_server_loses_boxes_and_half_a_pixel_on_each_side() -> None:
    options = WriteOptions(quirks=CVAT)
    given = task(("rectangle", (10, 10, 30, 20), 0), ("mask", (0, 20, 3, 2, 7, 5), 0))
    dataset = fit_to_format(given, formats.get(SLUG), options)[0]
    text = written(SLUG, dataset, compat=True)["labels/train/a.txt"]
    points = ("0.030000 0.040000", "0.030000 0.100000", "0.070000 0.100000", "0.070000 0.040000", "0.030000 0.040000")
    assert text == f"0 {' '.join(points)}\n"


@pytest.mark.parametrize(
    ("line", "score", "track"),
    [
        (TRIANGLE, 1, -1), (f"{TRIANGLE} 0.5", 0.5, -1), (f"{TRIANGLE} 7", 1, 0), (f"{TRIANGLE} 0.25 7", 0.25, 0),
    ],
)  # fmt: skip
def test_what_predictions_have_behind(line: str, score: float, track: int) -> None:
    result = read(SLUG, lines(line))
    assert [str(problem) for problem in result.problems] == []
    shapes = result.dataset.shapes
    assert (shapes.type[0], shapes.score[0], shapes.track[0]) == (POLYGON, score, track)
    assert shapes.points(0).tolist() == pytest.approx([10, 10, 30, 10, 30, 20])


def test_a_corner_on_the_lower_border_is_no_score_with_a_track() -> None:
    """A last number of 1 is a share as well, where no other says that there are tracks."""
    result = read(SLUG, lines(f"{TRIANGLE} 0.5 1\n"))
    assert [str(problem) for problem in result.problems] == []
    assert result.dataset.shapes.points(0).tolist() == pytest.approx([10, 10, 30, 10, 30, 20, 50, 50])
    assert (result.dataset.shapes.score[0], result.dataset.shapes.track[0]) == (1, -1)


@pytest.mark.parametrize(
    ("behind", "corner"),
    [("1.5 7", [150, 350]), ("-0.5 7", [-50, 350]), ("0.5 7.5", [50, 375]), ("0.5 -2", [50, -100]), ("1 1", [100, 50])],
)
def test_two_numbers_that_are_no_score_with_a_track_are_a_corner(behind: str, corner: list[float]) -> None:
    """A score is from 0 to 1, and a track is a whole number."""
    result = read(SLUG, lines(f"{TRIANGLE} {behind}\n"))
    assert [str(problem) for problem in result.problems] == []
    assert result.dataset.shapes.points(0).tolist() == pytest.approx([10, 10, 30, 10, 30, 20, *corner])
    assert (result.dataset.shapes.score[0], result.dataset.shapes.track[0]) == (1, -1)


@pytest.mark.parametrize("score", [0, 1])
def test_a_score_may_be_nothing_or_the_whole(score: float) -> None:
    result = read(SLUG, lines(f"{TRIANGLE} {score} 7\n"))
    assert (result.dataset.shapes.score[0], result.dataset.shapes.track[0]) == (score, 0)
    assert result.dataset.tracks.extras["track_id"].plain() == [7]


def test_one_line_that_has_no_score_makes_corners_of_the_numbers_behind_all() -> None:
    result = read(SLUG, lines(f"{TRIANGLE} 0.5 7\n{TRIANGLE} 1.5 7\n"))
    assert [len(result.dataset.shapes.points(row)) for row in (0, 1)] == [8, 8]


def test_lines_of_boxes_and_outlines_may_be_mixed() -> None:
    result = read(SLUG, lines(f"0 0.5 0.5 0.25 0.5\n{TRIANGLE}\n0 0.5 0.5 0.25 0.5 0.5\n"))
    assert [str(problem) for problem in result.problems] == []
    assert [row[2] for row in placed(result)] == ["bus", "car", "car"]
    assert result.dataset.shapes.type.tolist() == [RECTANGLE, RECTANGLE, POLYGON]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0 0.1 0.2 0.3", "4 columns, expected 5 columns"),
        ("5 0.1 0.2 0.3 0.2 0.3 0.4", "class 5 has no name, expected 0 to 1"),
        ("0 0.1 0.2 0.3 0.2 0.3 x", "a column is 'x', expected a number"),
    ],
)
def test_a_bad_line_costs_its_picture_no_other(line: str, message: str) -> None:
    result = read(SLUG, lines(f"{line}\n{TRIANGLE}\n"))
    assert [str(problem) for problem in result.problems] == [f"labels/train/a.txt:1: {message}"]
    assert len(result.dataset.shapes) == 1


def test_four_corners_may_be_outlines_or_boxes() -> None:
    box, turned = "0 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4\n", "0 0.2 0.1 0.3 0.2 0.2 0.3 0.1 0.2\n"
    assert sniffs(SLUG, lines(box))
    assert not sniffs(SLUG, lines(box + turned))
    assert formats.sniff(zipped(lines(box + TRIANGLE))) == SLUG


def test_outlines_of_very_many_points_stand_in_the_files_of_their_pictures() -> None:
    """More than are made at a time; some go beyond their pictures, and are told with a sign or with more digits."""
    rng, build = np.random.default_rng(5), DatasetBuilder()
    build.add_label("car")
    shares: dict[str, list[list[float]]] = {}
    for frame, count in enumerate((9, 0, 3, 20, 1, 0)):
        build.add_frame(f"{frame}.png", 1_000_000, 1_000_000, subset="train")
        most = 20_000_000 if frame == 3 else 1_000_000
        millionths = rng.integers(0, most, (count, 9_000)) if count else np.zeros((0, 9_000), np.int64)
        millionths[:1, :1] = -250_000 if frame == 4 else 250_000
        shares[f"labels/train/{frame}.txt"] = (millionths / 1e6).tolist()
        for points in millionths.tolist():
            build.add_shape("polygon", frame, "car", points)
    files = written(SLUG, build.dataset())
    expected = {
        name: "".join("0 " + " ".join(f"{share:.6f}" for share in line) + "\n" for line in lines_of)
        for name, lines_of in shares.items()
        if lines_of
    }
    assert {name: text for name, text in files.items() if name.startswith("labels/")} == expected
