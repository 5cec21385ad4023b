"""KITTI: lines of boxes, its tracking, and pictures of instances."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from tests.formats.files import problems_of
from tests.formats.mask_files import TRACKING, masks, picture, read, write

KITTI = """Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59
Person sitting 0.5 2 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10
van 2 0.00 3 -10 5 6 7 8 -1 -1 -1 -1000 -1000 -1000 -10 0.25
"""


def test_lines_of_kitti_come_back_as_they_were(tmp_path: Path) -> None:
    result = read(tmp_path / "in", {"training/label_2/000000.txt": KITTI}, "kitti")
    assert problems_of(result) == []
    shapes = result.dataset.shapes
    assert [(s.label.name, s.points.tolist(), s.occluded, s.score) for s in shapes] == [
        ("Car", [587.01, 173.33, 614.12, 200.12], False, 1.0),
        ("Person sitting", [1, 2, 3, 4], True, 1.0),
        ("van 2", [5, 6, 7, 8], False, 0.25),
    ]
    at.write(result.dataset, tmp_path / "out", "kitti")
    lines = (tmp_path / "out" / "training" / "label_2" / "000000.txt").read_text().splitlines()
    numbers = [[float(cell) for cell in line.split()[-15:]] for line in lines]
    assert numbers == [
        [0, 0, -1.58, 587.01, 173.33, 614.12, 200.12, 1.65, 1.67, 3.64, -0.65, 1.71, 46.7, -1.59, 1],
        [0.5, 2, -10, 1, 2, 3, 4, -1, -1, -1, -1000, -1000, -1000, -10, 1],
        [0, 3, -10, 5, 6, 7, 8, -1, -1, -1, -1000, -1000, -1000, -10, 0.25],
    ]


@pytest.mark.parametrize("folder", ["label_02", "label_2"])
def test_files_of_kitti_tracking_are_tracks(tmp_path: Path, folder: str) -> None:
    files = {
        f"training/{folder}/0000.txt": TRACKING, f"training/{folder}/0001.txt": "2 0 Van 0 0 0 1 2 3 4 1 1 1 1 1 1 1\n",
        "training/image_02/0000/000004.png": picture([[0]]),
    }  # fmt: skip
    result = read(tmp_path, files, "kitti" if folder == "label_2" else None)
    assert problems_of(result) == []
    dataset = result.dataset
    first = [f"0000/{number:06d}" for number in range(4)]
    assert dataset.frames.names == (*first, "0000/000004.png", *(f"0001/{number:06d}" for number in range(3)))
    assert set(dataset.frames.subsets) == {"training"}
    rows = [(s.frame.name, s.label.name, s.points.tolist()[0], s.outside, s.score) for s in dataset.shapes]
    tracked = dataset.shapes.track.tolist()
    assert [row for row, track in zip(rows, tracked, strict=True) if track < 0] == [
        ("0000/000000", "DontCare", 50.0, False, 1.0)
    ]
    car = [row for row, track in zip(rows, tracked, strict=True) if track == 0]
    assert car == [
        ("0000/000000", "Car", 10.0, False, 1.0), ("0000/000001", "Car", 12.0, False, 0.75),
        ("0000/000002", "Car", 12.0, True, 0.75), ("0000/000003", "Car", 16.0, False, 1.0),
        ("0000/000004.png", "Car", 16.0, True, 1.0),
    ]  # fmt: skip
    assert [track.label.name for track in dataset.tracks] == ["Car", "Person", "Van"]


def test_a_bad_line_of_kitti_tracking_costs_no_other(tmp_path: Path) -> None:
    lines = ["0 1 Car 0 0 0 1 2 3 x 1 1 1 1 1 1 1", "0 1 Car 0 0 0 1 2 3", "99999999 1 Car 0 0 0 1 2 3 4 1 1 1 1 1 1 1"]
    result = read(tmp_path, {"label_02/a.txt": "\n".join([*lines, "0 2 Car 0 0 0 1 2 3 4 1 1 1 1 1 1 1"])}, "kitti")
    assert [text.partition("a.txt:")[2] for text in problems_of(result)] == [
        "2: 9 columns, expected 17 columns", "1: bottom is 'x', expected a number",
        "3: frame is 99999999, expected 0 to 1,048,575",
    ]  # fmt: skip
    assert [shape.points.tolist() for shape in result.dataset.shapes] == [[1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("line", "names", "message"),
    [
        ("bus 0 0 0 1 2 3 4{} 0.5 7 8", [], "18 columns, expected 15 or 16 columns"),
        ("bus 0 0 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1car 0 0 0 1 2 3 4{}", [], "29 columns, expected 15 or 16 columns"),
        ("bus 0 0 0 1 2 3 4{} 0.5 7", [], "17 columns, expected 15 or 16 columns"),
        ("bus 0 0 0 100 20 300 40{} 0.5 1 2 3 4", [], "20 columns, expected 15 or 16 columns"),
        ("lane 2 0 0 0 1 2 3 4{} 0.5", ["lane 2"], ""),
        ("lane 2 3 0 0 0 1 2 3 4{} 1", ["lane 2 3"], ""),
    ],
)
def test_more_columns_of_kitti_do_not_shift_the_box(tmp_path: Path, line: str, names: list[str], message: str) -> None:
    text = line.format(" -1 -1 -1 -1000 -1000 -1000 -10")
    result = read(tmp_path, {"a/label_2/b.txt": text}, "kitti")
    assert [text.partition("b.txt:1: ")[2] for text in problems_of(result)] == [message] * bool(message)
    assert [(shape.label.name, shape.points.tolist()) for shape in result.dataset.shapes] == [
        (name, [1, 2, 3, 4]) for name in names
    ]


@pytest.mark.parametrize("level", ["1e300", "-1e19"])
def test_an_occlusion_of_kitti_that_is_no_level_is_none(tmp_path: Path, level: str) -> None:
    line = "Car 0 {} 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1\n"
    dataset = read(tmp_path, {"a/label_2/b.txt": line.format(level) + line.format(2)}, "kitti").dataset
    assert dataset.extras["shapes"]["occlusion"].plain() == [None, 2]
    assert dataset.shapes.occluded.tolist() == [False, True]


def test_a_bad_line_of_kitti_costs_no_other(tmp_path: Path) -> None:
    text = "Car 0 0 0 1 2 3 x -1 -1 -1 -1 -1 -1 -1\n\nCar 0 0 0 1 2\nCar 0 0 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\r\n"
    result = read(tmp_path, {"a/label_2/b.txt": "\ufeff" + text}, "kitti")
    assert [text.partition("b.txt")[2] for text in problems_of(result)] == [
        ":3: 6 columns, expected 15 or 16 columns", ":1: bottom is 'x', expected a number",
    ]  # fmt: skip
    assert [shape.points.tolist() for shape in result.dataset.shapes] == [[1, 2, 3, 4]]


def test_a_line_of_tracking_is_no_class_of_three_words(tmp_path: Path) -> None:
    """A file that begins with one is of KITTI's tracking, but not to the server."""
    text = "0 -1 DontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1 -1 -1 -1\n1 2 Van 0 0 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 0.5\n"
    box = "Car 0 0 0 5 6 7 8 -1 -1 -1 -1 -1 -1 -1\n"
    result = read(tmp_path, {"training/label_2/0000.txt": box + text}, "kitti")
    message = "begins with a frame and an object, as lines of KITTI's tracking do, expected 15 or 16 columns"
    assert [text.partition("0000.txt")[2] for text in problems_of(result)] == [f":2: {message}", f":3: {message}"]
    assert [shape.label.name for shape in result.dataset.shapes] == ["Car"]
    with pytest.raises(at.InputError, match="17 columns, at which the server's importer stops"):
        read(tmp_path / "server", {"training/label_2/0000.txt": text}, "kitti", compat=True)


def test_instances_of_kitti_are_told_by_their_numbers(tmp_path: Path) -> None:
    files = {
        "training/instance/a.png": picture([[26 * 256 + 1, 26 * 256 + 2, 7 * 256, 0]]),
        "training/semantic/a.png": picture([[26, 26, 7, 0]]), "training/image_2/a.png": picture([[0, 0, 0, 0]]),
    }  # fmt: skip
    result = read(tmp_path, files, "kitti")
    assert [(label, points[-4:]) for _, label, points in masks(result.dataset)] == [
        ("car", [0, 0, 0, 0]), ("car", [1, 0, 1, 0]), ("road", [2, 0, 2, 0]),
    ]  # fmt: skip
    result = read(
        tmp_path / "server",
        {"label_colors.txt": "0 0 0 background\n1 2 3 car\n", "s/instance/a.png": picture([[256]])},
        "kitti",
    )
    assert masks(result.dataset) == [("a", "car", [0, 1, 0, 0, 0, 0])]


def test_lines_of_yolo_beside_those_of_kitti_are_told(tmp_path: Path) -> None:
    files = {
        "training/label_2/000000.txt": KITTI, "training/labels/000000.txt": "0 0.5 0.5 0.1 0.1\n",
        "training/classes.txt": "Car\n", "ImageSets/train.txt": "000000\n", "training/calib/000000.txt": "P0: 1\n",
    }  # fmt: skip
    result = at.read(write(tmp_path, files))
    assert len(result.dataset.shapes) == 3
    assert [(loss.what, loss.count, loss.why) for loss in result.losses] == [
        ("label file", 1, "boxes are read from training/label_2/000000.txt, not training/labels/000000.txt"),
        ("list of pictures", 1, "subsets are folders, not lists as ImageSets/train.txt"),
    ]
