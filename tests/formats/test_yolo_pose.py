"""Ultralytics YOLO Pose: points of two and of three numbers, boxes of people, and skeletons of unlike sizes."""

from __future__ import annotations

import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from annotools.model import POINTS, RECTANGLE, SKELETON, Dataset, DatasetBuilder
from annotools.model.skeleton import drawing
from annotools.quirks import CVAT
from annotools.transform import run
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import Files, picture, problems_of, read, written

SLUG = "yolo-ultralytics-pose"
BOX = "0.5 0.5 0.4 0.8"
CORNERS = pytest.approx([30, 5, 70, 45])


def files(line: str, shape: str = "[2, 3]", more: str = "") -> Files:
    yaml = f"names: [person]\nkpt_shape: {shape}\ntrain: images/train\n{more}"
    return {"data.yaml": yaml, "images/train/a.png": picture(), "labels/train/a.txt": line}


def elements(dataset: Dataset) -> list[tuple[str, list[float], bool, bool]]:
    """Name, place, outside and occluded of each element."""
    names = {label.id: label.name for label in dataset.labels}
    shapes = dataset.shapes
    return [
        (
            names[int(shapes.label[row])],
            shapes.points(row).tolist(),
            bool(shapes.outside[row]),
            bool(shapes.occluded[row]),
        )
        for row in (shapes.parent >= 0).nonzero()[0].tolist()
    ]


@pytest.mark.parametrize(
    ("shape", "points", "hidden"),
    [("[2, 3]", "0.1 0.2 2 0.3 0.4 1", True), ("[2, 2]", "0.1 0.2 0.3 0.4", False)],
)
def test_points_have_two_numbers_or_three(shape: str, points: str, hidden: bool) -> None:
    result = read(SLUG, files(f"0 {BOX} {points}", shape))
    assert [str(problem) for problem in result.problems] == []
    assert elements(result.dataset) == [("1", [10, 10], False, False), ("2", [30, 20], False, hidden)]
    assert [(label.name, label.type) for label in result.dataset.labels] == [
        ("person", "skeleton"),
        ("1", "points"),
        ("2", "points"),
    ]
    assert formats.sniff(zipped(files(f"0 {BOX} {points}", shape))) == SLUG


@pytest.mark.parametrize(("shape", "points"), [("[2, 3]", "0.1 0.2 2 0 0 0"), ("[2, 2]", "0.1 0.2 0 0")])
def test_a_point_that_is_not_there_is_outside(shape: str, points: str) -> None:
    dataset = read(SLUG, files(f"0 {BOX} {points}", shape)).dataset
    assert elements(dataset) == [("1", [10, 10], False, False), ("2", [0, 0], True, False)]


@pytest.mark.parametrize(("x", "y", "there"), [("0", "0.5", True), ("0.5", "0", True), ("0", "0", False)])
def test_a_point_on_the_border_is_there_and_one_in_the_corner_is_not(x: str, y: str, there: bool) -> None:
    """Of points of two numbers only 0, 0 stands for none; of three it is v that tells."""
    two = read(SLUG, files(f"0 {BOX} 0.1 0.2 {x} {y}", "[2, 2]")).dataset
    assert [outside for _, _, outside, _ in elements(two)] == [False, not there]
    three = read(SLUG, files(f"0 {BOX} 0.1 0.2 2 {x} {y} 2")).dataset
    assert elements(three)[1] == ("2", [100 * float(x), 50 * float(y)], False, False)


@pytest.mark.parametrize("line", [f"0 {BOX} 0 0 0 0 0 0", f"0 {BOX}"])
def test_a_person_without_points_is_a_rectangle(line: str) -> None:
    result = read(SLUG, files(line))
    assert [str(problem) for problem in result.problems] == []
    assert result.dataset.shapes.type.tolist() == [RECTANGLE]
    assert result.dataset.shapes.points(0).tolist() == CORNERS
    again = fit_to_format(result.dataset, formats.get(SLUG), WriteOptions())[0]
    text = "0 0.500000 0.500000 0.400000 0.800000 0.000000 0.000000 0 0.000000 0.000000 0\n"
    assert written(SLUG, again)["labels/train/a.txt"] == text


@pytest.mark.parametrize(("tail", "score", "track"), [("0.75", 0.75, -1), ("7", 1, 0), ("0.75 7", 0.75, 0)])
def test_what_predictions_have_behind(tail: str, score: float, track: int) -> None:
    shapes = read(SLUG, files(f"0 {BOX} 0.1 0.2 2 0.3 0.4 1 {tail}")).dataset.shapes
    row = shapes.type.tolist().index(SKELETON)
    assert (shapes.score[row], shapes.track[row]) == (score, track)
    assert shapes.type.tolist().count(POINTS) == 2


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ("kpt_names: {0: [head, foot]}\n", ["head", "foot"]),
        ("kpt_names:\n  0:\n    - head\n    - foot\n", ["head", "foot"]),
        ("kpt_names: [head, foot]\nflip_idx: [0, 1]\n", ["head", "foot"]),
        ("flip_idx: [0, 1]\n", ["1", "2"]),
    ],
)
def test_points_have_the_names_that_there_are(more: str, names: list[str]) -> None:
    dataset = read(SLUG, files(f"0 {BOX} 0.1 0.2 2 0.3 0.4 1", more=more)).dataset
    assert [row[0] for row in elements(dataset)] == names


def _task(order: tuple[str, ...] = ("head", "foot"), drawn: tuple[str, ...] = ()) -> DatasetBuilder:
    build = DatasetBuilder()
    build.add_label("car")
    person = build.add_label("person", type="skeleton", svg=drawing(drawn) if drawn else "")
    for name in order:
        build.add_label(name, parent=person, type="points")
    build.add_frame("a.png", 100, 50)
    return build


def test_points_of_a_task_are_taken_by_their_places_in_its_drawing() -> None:
    context = _task(("head", "foot"), ("foot", "head")).dataset()
    dataset = read(SLUG, files(f"0 {BOX} 0.1 0.2 2 0.3 0.4 1"), context).dataset
    assert [row[:2] for row in elements(dataset)] == [("foot", [10, 10]), ("head", [30, 20])]


def test_points_that_have_names_are_those_of_the_task_by_name() -> None:
    context = _task(("head", "foot")).dataset()
    members = files(f"0 {BOX} 0.1 0.2 2 0.3 0.4 1", more="kpt_names: {0: [foot, head]}\n")
    assert [row[:2] for row in elements(read(SLUG, members, context).dataset)] == [
        ("foot", [10, 10]),
        ("head", [30, 20]),
    ]
    strange = files(f"0 {BOX} 0.1 0.2 2 0.3 0.4 1", more="kpt_names: {0: [tail, head]}\n")
    assert [str(problem) for problem in read(SLUG, strange, context).problems] == [
        "data.yaml: label 'tail' is not defined, expected a point of the skeleton (head, foot)"
    ]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (files(f"0 {BOX} 0.1 0.2 2", "[2, 3]"), "labels/train/a.txt:1: 8 columns, expected 11 columns"),
        (
            files(f"0 {BOX} 0.1 0.2 2", "[2]"),
            "data.yaml: has no kpt_shape, expected the number of points, and 2 or 3",
        ),
        (
            files(f"0 {BOX}") | {"data.yaml": "nc: 2\ntrain: images/train\nkpt_shape: [99999, 3]\n"},
            "data.yaml: 99,999 points of 2 classes, expected 100,000 together at most",
        ),
        (files(f"0 {BOX} 0.1 x 2 0 0 0"), "labels/train/a.txt:1: a column is 'x', expected a number"),
        (files("0 0.5 0.5"), "labels/train/a.txt:1: 3 columns, expected 5 columns"),
    ],
)
def test_a_fault_is_told_with_its_place(members: Files, message: str) -> None:
    assert message in problems_of(SLUG, members)


def test_more_points_than_a_skeleton_has_are_told() -> None:
    members = files(f"0 {BOX} 0.1 0.2 2 0.3 0.4 1", more="kpt_names: {0: [head]}\n")
    assert problems_of(SLUG, members) == [
        "labels/train/a.txt:1: more points than its skeleton has, expected 1 points and zeros"
    ]


def _skeleton(build: DatasetBuilder, group: int = 0, *, outside: bool = True) -> None:
    whole = build.add_shape("skeleton", 0, "person", group=group)
    build.add_shape("points", 0, "head", (10, 10), parent=whole, occluded=True)
    build.add_shape("points", 0, "foot", (30, 20), parent=whole, outside=outside)


def test_a_point_outside_is_zero_and_a_skeleton_with_fewer_points_has_zeros_behind() -> None:
    build = _task()
    hand = build.add_label("hand", type="skeleton")
    for name in ("a", "b", "c"):
        build.add_label(name, parent=hand, type="points")
    _skeleton(build)
    dataset, losses = fit_to_format(build.dataset(), formats.get(SLUG), WriteOptions())
    members = written(SLUG, dataset)
    zeros = " 0.000000 0.000000 0"
    assert members["labels/train/a.txt"] == (
        f"0 0.100000 0.200000 0.000000 0.000000 0.100000 0.200000 1{zeros}{zeros}\n"
    )
    assert "names:\n  0: person\n  1: hand\n" in members["data.yaml"]
    assert "kpt_shape:\n- 3\n- 3\n" in members["data.yaml"]
    assert "kpt_names:\n  0:\n  - head\n  - foot\n  1:\n  - a\n  - b\n  - c\n" in members["data.yaml"]
    counted = {(loss.table, loss.column) for loss in losses.of(None, "annotations", "definitions")}
    assert {("labels", ""), ("shapes", "points")} <= counted


def test_the_server_keeps_the_place_of_a_point_outside() -> None:
    build = _task()
    _skeleton(build)
    dataset = fit_to_format(build.dataset(), formats.get(SLUG), WriteOptions(quirks=CVAT))[0]
    assert written(SLUG, dataset, compat=True)["labels/train/a.txt"] == (
        "0 0.100000 0.200000 0.000000 0.000000 0.100000 0.200000 1 0.300000 0.400000 0\n"
    )


def test_a_rectangle_in_the_group_of_a_skeleton_is_its_box() -> None:
    build = _task()
    _skeleton(build, 4, outside=False)
    build.add_shape("rectangle", 0, "person", (5, 5, 35, 25), group=4)
    build.add_shape("rectangle", 0, "person", (6, 5, 35, 25))
    dataset, losses = fit_to_format(build.dataset(), formats.get(SLUG), WriteOptions())
    lines = written(SLUG, dataset)["labels/train/a.txt"].splitlines()
    assert [line.split()[:5] for line in lines] == [
        ["0", "0.200000", "0.300000", "0.300000", "0.400000"], ["0", "0.205000", "0.300000", "0.290000", "0.400000"],
    ]  # fmt: skip
    assert [loss.rows.tolist() for loss in losses if loss.step == "skeletons-in-boxes"] == [[3]]
    result = read(SLUG, dict(written(SLUG, dataset).items()), dataset).dataset
    extra = result.shapes.extras["bbox"]
    assert extra.values[extra.present].tolist() == [pytest.approx((5, 5, 30, 20))]
    again = fit_to_format(result, formats.get(SLUG), WriteOptions())[0]
    assert written(SLUG, again) == written(SLUG, dataset)


def test_labels_that_are_no_skeletons_go_with_what_has_them() -> None:
    build = _task()
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4))
    build.add_tag(0, "car")
    _skeleton(build)
    result, losses = run(build.dataset(), ["skeleton-labels"])
    assert [label.name for label in result.labels] == ["person", "head", "foot"]
    assert (len(result.shapes), len(result.tags)) == (3, 0)
    assert [(loss.table, loss.rows.tolist()) for loss in losses] == [("labels", [0]), ("tags", [0]), ("shapes", [0])]
