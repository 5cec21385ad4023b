"""Colours, rounding, drawings of skeletons, counts, ranges, and what definitions are where nothing is said."""

from __future__ import annotations

from dataclasses import asdict
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, Label, ShapeType, Task
from annotools.model.codes import Owner, Source
from annotools.model.colors import distinct, hex_color, rgb, voc_palette
from annotools.model.counting import counts, summed
from annotools.model.definitions import last_source_frame, source_frames, task_frames, video_name
from annotools.model.extras import Extra
from annotools.model.losses import frames_of, ranges
from annotools.model.rounding import Px, Share, around, shortest, turned
from annotools.model.skeleton import drawing, edges, nodes, with_ids, with_names


def test_words_of_the_api() -> None:
    """As the enums ShapeType and SourceType of CVAT's OpenAPI document have them."""
    shapes = ("rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton")
    assert ShapeType.words() == shapes
    assert Source.words() == ("manual", "auto", "semi-auto", "file", "consensus")
    assert Owner.words() == ("tag", "shape", "track", "interval")
    for vocabulary in (ShapeType, Source, Owner):
        assert [vocabulary.of(word) for word in vocabulary.words()] == list(range(len(vocabulary)))


def test_a_task_and_a_job_of_which_nothing_is_said() -> None:
    """A new task of CVAT: pictures of quality 70, none left out, nobody's, at the first stage."""
    texts = dict.fromkeys(
        ("name", "subset", "bug_tracker", "owner", "owner_email", "assignee", "assignee_email", "created", "updated",
         "source_name"), "",
    )  # fmt: skip
    assert asdict(Task()) == texts | {
        "id": -1, "mode": "annotation", "dimension": "2d", "media_type": "image", "start_frame": 0, "stop_frame": None,
        "step": 1, "segment_size": 0, "overlap": 0, "chunk_size": None, "quality": 70, "status": "annotation",
        "project_id": None,
    }  # fmt: skip
    assert asdict(Job()) == {
        "id": -1, "type": "annotation", "start_frame": 0, "stop_frame": 0, "parent_job": None, "stage": "annotation",
        "state": "new", "assignee": "", "included": None, "disabled": (), "honeypots": (),
    }  # fmt: skip
    assert not Task().is_video
    assert Task(mode="interpolation").is_video
    assert (Job(start_frame=2, stop_frame=4).frames().tolist(), Job(included=(1, 7)).frames().tolist()) == (
        [2, 3, 4],
        [1, 7],
    )


def test_definitions_of_which_only_the_name_is_said() -> None:
    label, spec = Label(1, "car"), AttributeSpec(2, "colour")
    assert (label.type, label.parent, label.attributes) == ("any", None, ())
    assert (spec.mutable, spec.input_type, spec.default_value, tuple(spec.values)) == (False, "text", "", ())


def test_frames_of_the_source() -> None:
    task = Task(start_frame=10, step=3)
    assert source_frames(task, np.array([0, 1, 4])).tolist() == [10, 13, 22]
    numbers, exact = task_frames(task, np.array([7, 10, 12, 13, 22]))
    assert (numbers.tolist(), exact.tolist()) == ([-1, 0, 0, 1, 4], [True, True, False, True, True])
    assert [last_source_frame(task, count) for count in (0, 1, 5)] == [10, 10, 22]
    assert video_name(7) == "frame_000007"


@pytest.mark.parametrize(("text", "color"), [
    ("#ff8001", (255, 128, 1)), ("#00FF0a", (0, 255, 10)), ("#ff800", None), ("ff8001", None), ("#ff80011", None),
    ("#gg0000", None), ("", None),
])  # fmt: skip
def test_colours(text: str, color: tuple[int, int, int] | None) -> None:
    assert rgb(text) == color
    if color is not None:
        assert hex_color(color) == text.lower()


def test_the_palette_of_voc() -> None:
    """The first 22 numbers as in the VOC2012 development kit, and the last one, a light grey."""
    expected = [
        (0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128), (0, 128, 128), (128, 128, 128),
        (64, 0, 0), (192, 0, 0), (64, 128, 0), (192, 128, 0), (64, 0, 128), (192, 0, 128), (64, 128, 128),
        (192, 128, 128), (0, 64, 0), (128, 64, 0), (0, 192, 0), (128, 192, 0), (0, 64, 128), (128, 64, 128),
    ]  # fmt: skip
    palette = list(map(tuple, voc_palette().tolist()))
    assert (palette[:22], palette[255], len(palette)) == (expected, (224, 224, 192), 256)
    assert len(set(palette)) == 256


def test_colours_that_are_missing_black_or_taken_are_others() -> None:
    red, green = (128, 0, 0), (0, 128, 0)
    assert distinct([red, None, green, red, (0, 0, 0), None]) == [
        red, (128, 128, 0), green, (0, 0, 128), (128, 0, 128), (0, 128, 128),
    ]  # fmt: skip
    assert distinct([None, red]) == [green, red]


@pytest.mark.parametrize(("value", "near", "exact"), [
    (2.675, 2.68, 2.67), (1234.565, 1234.56, 1234.57), (0.125, 0.12, 0.12), (0.375, 0.38, 0.38), (-2.675, -2.68, -2.67),
])  # fmt: skip
def test_two_ways_of_rounding(value: float, near: float, exact: float) -> None:
    assert around(np.array([value])).tolist() == [near]
    assert shortest(np.array([value])).tolist() == [exact]
    assert Px(2, "around").rounded(np.array([value]), np.array([1.0])).tolist() == [near]
    assert Px(2).rounded(np.array([value]), np.array([1.0])).tolist() == [exact]


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.integers(-(10**6), 10**6).map(lambda n: n / 8 + 0.005))),
    st.integers(0, 4),
)
def test_the_shortest_is_the_exact_value_rounded(values: list[float], decimals: int) -> None:
    step = Decimal(1).scaleb(-decimals)
    expected = [float(Decimal(value).quantize(step, ROUND_HALF_EVEN)) for value in values]
    assert shortest(np.array(values, np.float64), decimals).tolist() == expected


def test_what_cannot_be_rounded_stays() -> None:
    values = np.array([1e308, -np.inf, np.nan, 2.0**53])
    for rounded in (around(values), shortest(values)):
        assert np.array_equal(rounded, values, equal_nan=True)


def test_rotations_and_shares() -> None:
    degrees = np.array([-90.004, 359.999, 720.126, 45])
    assert turned(degrees, 2).tolist() == [270, 0, 0.13, 45]
    assert Share(6, 2).turned(degrees).tolist() == [270, 0, 0.13, 45]
    assert Share(6).turned(degrees).tolist() == degrees.tolist()
    assert Px(1).turned(degrees).tolist() == [-90, 360, 720.1, 45]
    assert Px(1, turns=False).turned(degrees).tolist() == degrees.tolist()
    assert Share(2).rounded(np.array([33.0, 7.0]), np.array([200.0, 0.0])).tolist() == [
        34,
        7,
    ]  # the double 0.165 is above the half
    assert (str(Px(3)), str(Share(4)), str(Share(4, 1))) == (
        "coordinates have 3 decimals", "coordinates are shares of the frame with 4 decimals",
        "coordinates are shares of the frame with 4 decimals, rotations have 1",
    )  # fmt: skip


def test_a_drawing_has_points_on_a_circle_and_lines_between_them() -> None:
    svg = drawing(["head", 'a"b', "<hip>", "foot"], [(1, 2), (4, 3)])
    assert nodes(svg) == [(1, "head"), (2, 'a"b'), (3, "<hip>"), (4, "foot")]
    assert edges(svg) == [(1, 2), (4, 3)]
    for center in ('cx="50.00" cy="10.00"', 'cx="90.00" cy="50.00"', 'cx="50.00" cy="90.00"', 'cx="10.00" cy="50.00"'):
        assert center in svg
    assert '<line x1="50.00" y1="10.00" x2="90.00" y2="50.00"' in svg
    assert '<line x1="10.00" y1="50.00" x2="50.00" y2="90.00"' in svg
    assert (nodes(drawing([])), edges(drawing(["a"]))) == ([], [])


def test_points_of_a_drawing_by_name_and_by_id() -> None:
    ids = '<circle data-label-id="7"></circle><circle data-label-id="8"></circle>'
    names = '<circle data-label-name="a&amp;b"></circle><circle data-label-id="8"></circle>'
    assert with_names(ids, {7: "a&b"}) == names
    assert with_ids(names, {"a&b": 7, "c": 9}) == ids
    assert with_ids(names, {"a": 7}) == names


@pytest.mark.parametrize(("numbers", "text"), [
    ([], ""), ([3], "3"), ([0, 1, 2, 7], "0-2, 7"), ([0, 2, 3], "0, 2-3"), ([5, 6, 8, 9, 11], "5-6, 8-9, 11"),
])  # fmt: skip
def test_ranges(numbers: list[int], text: str) -> None:
    assert ranges(np.array(numbers, np.int64)) == text
    assert frames_of(text).tolist() == numbers


@pytest.mark.parametrize(("most", "text"), [
    (1, "5-6 and 3 more"), (2, "5-6, 8-9 and 1 more"), (3, "5-6, 8-9, 11"), (4, "5-6, 8-9, 11"),
])  # fmt: skip
def test_the_first_ranges(most: int, text: str) -> None:
    assert ranges(np.array([5, 6, 8, 9, 11]), most) == text


def _everything() -> Dataset:
    build = DatasetBuilder(frames=Frames.of(["a", "b", "c"]))
    build.add_label("car", attributes=(AttributeSpec(-1, "make"),))
    body = build.add_label("body", type="skeleton")
    head = build.add_label("head", parent=body, type="points")
    build.add_job(Job(1, stop_frame=2))
    build.add_tag(0, "car", attributes={"make": "x"})
    for kind, points in (("rectangle", (1, 2, 3, 4)), ("rectangle", (1, 2, 3, 4)), ("polygon", (1, 2, 3, 4, 5, 6))):
        build.add_shape(kind, 0, "car", points)
    row = build.add_shape("skeleton", 0, body)
    build.add_shape("points", 0, head, (1, 2), parent=row)
    track = build.add_track("car", 0)
    for frame in (0, 1):
        build.add_shape("ellipse", frame, points=(5, 5, 7, 3), track=track)
    build.add_interval("car", 0, 2)
    return build.dataset()


def test_counts() -> None:
    expected: dict[str, Any] = {
        "frames": 3, "labels": 2, "jobs": 1, "tags": 1, "rectangle": 2, "polygon": 1, "skeleton": 1, "tracks": 1,
        "shapes of tracks": 2, "elements of skeletons": 1, "intervals": 1, "attributes": 1,
    }  # fmt: skip
    assert list(counts(_everything()).items()) == list(expected.items())
    more = summed([{"attributes": 2, "tags": 1}, counts(_everything())])
    assert list(more.items()) == list((expected | {"tags": 2, "attributes": 3}).items())
    assert summed([]) == counts(Dataset()) == {}


def test_what_a_format_says_of_labels_can_be_changed() -> None:
    dataset = Dataset(labels=[Label(1, "car", extras=(("old", 1),)), Label(2, "bus")])
    rank = Extra(np.array([3, 4]), np.array([True, False]))
    changed = dataset.replace(extras={"labels": {"rank": rank}})
    assert [label.extras for label in changed.labels] == [(("rank", 3),), ()]
    assert [label.extras for label in dataset.labels] == [(("old", 1),), ()]
