"""Steps about labels, names, tracks and masks, each next to what it must leave alone, and what it says of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.model import AttributeSpec, DatasetBuilder, Frames, Task
from annotools.transform import run
from annotools.transform.label_renames import check_asked, renamed, with_renames
from annotools.transform.person_names import Person, file_name, parsed, persons_by_frame
from annotools.transform.task_meta import api_moment, moment
from tests.transform.test_steps_by_hand import after, builder, pose, told


def test_coordinates_of_coco_are_rounded_but_of_masks_and_ellipses() -> None:
    build = builder()
    for kind, points in (
        ("rectangle", (1.004, 2, 3.456, 4)), ("polygon", (1, 2, 3, 4, 5, 6.001)), ("rectangle", (1, 2, 3.25, 4)),
        ("ellipse", (5.004, 5, 7.001, 3)), ("mask", (0, 4, 1, 1, 2, 2)),
    ):  # fmt: skip
        build.add_shape(kind, 0, "car", points)
    result, losses = after(build.dataset(), "coco-decimals")
    assert result.shapes.values.tolist() == [
        1, 2, 3.46, 4, 1, 2, 3, 4, 5, 6, 1, 2, 3.25, 4, 5.004, 5, 7.001, 3, 0, 4, 1, 1, 2, 2,
    ]  # fmt: skip
    assert losses == [("changed", "shapes", "points", [0, 1])]


def test_a_recording_has_intervals_alone() -> None:
    build = builder(2)
    specs = [AttributeSpec(0, "pitch", True, "select", "low", ("low", "high")), AttributeSpec(0, "loud")]
    for name in ("horn", "bell", "unused"):
        build.add_label(name, attributes=specs)
    build.add_tag(0, "car")
    build.add_shape("points", 0, "car", (1, 2), track=build.add_track("car", 0))
    for label, start, stop, values in (
        ("bell", 3, 5, {"pitch": "high", "loud": ""}), ("horn", 0, None, {}), ("horn", -1, 4, {}),
        ("bell", 0, 1, {"pitch": "low"}),
    ):  # fmt: skip
        build.add_interval(label, start, stop, attributes=values)
    result, losses = after(build.dataset(), "audio-intervals")
    assert [(one.label.name, one.start, one.stop, one.attributes) for one in result.intervals] == [
        ("bell", 3, 5, {"pitch": "high"}), ("horn", 0, None, {}), ("bell", 0, 1, {"pitch": "low"}),
    ]  # fmt: skip
    bell, horn = result.labels
    assert (bell.name, [(spec.name, spec.input_type, spec.values) for spec in bell.attributes]) == (
        "bell", [("pitch", "text", ())],
    )  # fmt: skip
    assert (horn.name, horn.attributes, result.frames.names) == ("horn", (), ("0.jpg",))
    assert (result.task.media_type, result.task.dimension) == ("audio", "1d")
    assert losses == [
        ("lost", "tags", "", [0]), ("lost", "shapes", "", [0]), ("lost", "tracks", "", [0]),
        ("lost", "intervals", "", [2]),
        ("lost", "attributes", "", [1]), ("lost", "labels", "", [0, 3]), ("changed", "labels", "attributes", [1, 2]),
        ("lost", "frames", "", [1]), ("changed", "task", "media_type", [0]), ("changed", "task", "dimension", [0]),
    ]  # fmt: skip


def test_labels_have_colours_and_names_of_their_own() -> None:
    build = DatasetBuilder()
    for name, color in (("a\nb", "#ff0000"), ("a b", "#ff0000"), ("a b 2", "#000000"), (" ", ""), ("c", "#00ff00")):
        build.add_label(name, color=color)
    colored, losses = after(build.dataset(), "distinct-colors")
    colors = [label.color for label in colored.labels]
    assert (colors[0], colors[4], len(set(colors)), "#000000" in colors) == ("#ff0000", "#00ff00", 5, False)
    assert losses == [("changed", "labels", "color", [1, 2, 3])]
    assert after(colored, "distinct-colors") == (colored, [])
    lined, losses = after(build.dataset(), "one-line-names")
    assert [label.name for label in lined.labels] == ["a b", "a b 3", "a b 2", "label", "c"]
    assert losses == [("changed", "labels", "", [0, 1, 3])]
    assert after(lined, "one-line-names") == (lined, [])


def test_masks_fill_boxes_that_touch_them() -> None:
    build = builder()
    masks = [
        [0, 4, 1, 1, 2, 2], [4, 1, 4, 1, 1, 3, 3], [1, 3, 1, 1, 2, 2], [0, 2, 0, 2, 1, 1, 2, 2], [0, 5, 1, 1, 2, 2],
        [0, 4, 1.5, 1, 2.5, 2],
    ]  # fmt: skip
    for runs in masks:
        build.add_shape("mask", 0, "car", runs)
    build.add_shape("rectangle", 0, "car", (4, 1, 4, 1))
    result, losses = after(build.dataset(), "tighten-masks")
    shapes = [result.shapes.points(row).tolist() for row in range(7)]
    full = [0, 4, 1, 1, 2, 2]
    assert shapes == [full, [0, 1, 2, 2, 2, 2], masks[2], full, masks[4], full, [4, 1, 4, 1]]
    assert losses == [("changed", "shapes", "points", [1, 3, 5])]
    with pytest.raises(UsageError, match="tighten-masks"):
        run(build.dataset(), ("tighten-masks=all",))


def test_masks_of_one_class_are_one() -> None:
    build = builder()
    build.add_label("bus")
    rows = (
        (0, "car", (0, 4, 1, 1, 2, 2), {}), (0, "bus", (0, 4, 5, 5, 6, 6), {}), (0, "car", (0, 4, 3, 1, 4, 2), {}),
        (1, "car", (0, 4, 3, 1, 4, 2), {}), (0, "car", (0, 5, 3, 1, 4, 2), {}),
        (0, "car", (0, 4, 7, 7, 8, 8), {"outside": True}),
    )  # fmt: skip
    for frame, label, runs, columns in rows:
        build.add_shape("mask", frame, label, runs, **columns)
    result, losses = after(build.dataset(), "masks-by-class")
    assert result.shapes.points(0).tolist() == [0, 8, 1, 1, 4, 2]
    assert [(one.frame.number, one.label.name) for one in result.shapes] == [
        (0, "car"), (0, "bus"), (1, "car"), (0, "car"), (0, "car"),
    ]  # fmt: skip
    assert losses == [("changed", "shapes", "points", [0]), ("lost", "shapes", "", [2])]


@pytest.mark.parametrize(("frames", "sizes", "outside", "parts"), [
    ((0, 1, 2), (1, 1, 1), (), [3]), ((0, 1, 3), (1, 1, 1), (), [2, 1]), ((0, 1, 2), (1, 1, 2), (), [2, 1]),
    ((0, 1, 2, 3), (1, 2, 1, 1), (), [1, 1, 2]), ((0, 1, 2), (1, 1, 1), (2,), [3]),
    ((0, 1, 2), (1, 1, 1), (1,), [2, 1]),
])  # fmt: skip
@pytest.mark.parametrize("side", [6, 7, 8])
def test_tracklets_have_one_size_and_no_gap(
    frames: tuple[int, ...], sizes: tuple[int, ...], outside: tuple[int, ...], parts: list[int], side: int
) -> None:
    build = builder(dimension="3d")
    track = build.add_track("car", 0)
    for frame, size in zip(frames, sizes, strict=True):
        points = [float(frame), 2, 3, 0, 0, 0.5, 4, 4, 4, *[0.0] * 7]
        points[side] = size
        build.add_shape("cuboid", frame, points=points, track=track, keyframe=frame == 0, outside=frame in outside)
    result, losses = after(build.dataset(), "rigid-tracks")
    assert sorted(len(list(one.shapes)) for one in result.tracks) == sorted(parts)
    firsts = [min(one.shapes, key=lambda key: key.frame.number) for one in result.tracks]
    assert all(key.keyframe for key in firsts)
    moved = [row for kind, table, column, rows in losses if (table, column) == ("shapes", "track") for row in rows]
    assert len(moved) == sum(parts[1:])


@pytest.mark.parametrize(("argument", "expected"), [
    ("", ["a.jpg", "a_2.jpg", "a.jpg", "a_1.jpg", "b"]), ("=all", ["a.jpg", "a_2.jpg", "a_3.jpg", "a_1.jpg", "b"]),
])  # fmt: skip
def test_names_of_pictures_that_no_other_has(argument: str, expected: list[str]) -> None:
    names, subsets = ["a.jpg", "a.jpg", "a.jpg", "a_1.jpg", "b"], ["x", "x", "y", "x", "x"]
    dataset = DatasetBuilder(frames=Frames.of(names, 9, 9, subsets=subsets)).dataset()
    result, losses = after(dataset, f"unique-names{argument}")
    assert list(result.frames.names) == expected
    odd = [row for row, (old, new) in enumerate(zip(names, expected, strict=True)) if old != new]
    assert losses == [("changed", "frames", "name", odd)]


def test_times_in_xml_and_in_the_api() -> None:
    api, xml = "2026-11-23T23:06:16.774408Z", "2026-11-23 23:06:16.774408+00:00"
    assert (moment(api), api_moment(xml), moment(xml), api_moment(api)) == (xml, api, xml, api)
    assert (moment("2026-11-23T23:06:16"), api_moment("2026-11-23 23:06:16+01:00"), moment("")) == (
        "2026-11-23 23:06:16", "2026-11-23 23:06:16+01:00", "",
    )  # fmt: skip


@pytest.mark.parametrize(("task", "expected", "columns"), [
    ({"mode": "interpolation", "source_name": "x/y/a.mp4"},
     {"media_type": "video", "source_name": "a.mp4", "stop_frame": 3}, ["media_type", "source_name"]),
    ({"source_name": "x/a.zip", "subset": "default"}, {"source_name": "", "subset": "", "stop_frame": 3},
     ["subset", "source_name"]),
    ({"start_frame": 5, "step": 3, "subset": "Train"}, {"stop_frame": 14, "subset": "Train"}, []),
    ({"stop_frame": 99}, {"stop_frame": 99}, []),
])  # fmt: skip
def test_what_a_format_says_of_a_task(task: dict[str, Any], expected: dict[str, Any], columns: list[str]) -> None:
    result, losses = after(DatasetBuilder(Task(**task), frames=Frames.of(list("abcd"), 9, 9)).dataset(), "task-meta")
    assert {name: getattr(result.task, name) for name in expected} == expected
    assert [column for _, _, column, _ in losses] == columns


def test_tracks_are_counted_without_those_of_points() -> None:
    build = builder()
    whole, head = pose(build)
    parent = build.add_track(whole, 0, id=7)
    build.add_track(head, 0, parent=parent, id=8)
    build.add_track("car", 0, id=1)
    build.add_track("car", 0, id=2)
    result, losses = after(build.dataset(), "count-tracks")
    assert (result.tracks.id.tolist(), losses) == ([0, -1, 1, 2], [("changed", "tracks", "id", [0, 1])])


def test_labels_that_shapes_have_in_the_order_of_frames() -> None:
    build = builder()
    for name in ("bus", "van", "tag"):
        build.add_label(name)
    build.add_tag(0, "tag")
    for frame, name in ((2, "car"), (0, "van"), (1, "van")):
        build.add_shape("points", frame, name, (1, 2))
    result, losses = after(build.dataset(), "used-labels")
    assert [label.name for label in result.labels] == ["van", "car"]
    assert losses[0] == ("lost", "labels", "", [1, 3])


def test_labels_of_a_task_answer_to_other_names() -> None:
    build = builder()
    pose(build)
    task = build.dataset()
    names = {"Car": "car", "Figure": "pose"}
    known = with_renames(task, names)
    assert (known.labels.find("Car"), known.labels.find("Figure")) == (
        task.labels.find("car"),
        task.labels.find("pose"),
    )
    assert (known.labels.find("car"), known.labels.find("Bus")) == (task.labels.find("car"), None)
    result, losses, asked = renamed(known, names)
    assert (result.labels, asked) == (task.labels, {"Car", "Figure"})
    assert [loss.why for loss in losses] == ["Car is taken for car", "Figure is taken for pose"]
    with pytest.raises(UsageError, match="the task has no label 'bus', expected one of car, pose"):
        with_renames(task, {"Car": "bus"})
    with_renames(DatasetBuilder().dataset(), {"Car": "bus"})
    check_asked(names, asked, ())
    with pytest.raises(UsageError, match="no label is called 'Figure', expected Figures"):
        check_asked(names, {"Car"}, ["Figures"])


def test_labels_of_a_file_are_renamed() -> None:
    build = DatasetBuilder()
    for name in ("a,b", "c:d", "e"):
        build.add_label(name)
    result, losses, asked = renamed(build.dataset(), {"a,b": "x/y", "c:d": "e", "none": "z"})
    assert ([label.name for label in result.labels], asked) == (["x/y", "e"], {"a,b", "c:d"})
    assert told(losses)
    dataset = build.dataset()
    assert renamed(dataset, {"none": "z"})[::2] == (dataset, set())


@pytest.mark.parametrize(("name", "person", "rest"), [
    ("x/0002_c1s1_000451_03.jpg", Person("0002", 0, 1, 451, 3), ""), ("-1_c3s2_0_10", Person("-1", 2, 2, 0, 10), ""),
    ("0002_c1s4_000451_03img.jpg.jpg", Person("0002", 0, 4, 451, 3), "img"), ("0002_c0s1_000451_03", None, ""),
    ("0002_c1s1_000451", None, ""), ("a_c1s1_000451_03", None, ""),
])  # fmt: skip
def test_persons_are_read_off_names(name: str, person: Person | None, rest: str) -> None:
    assert parsed(name) == (None if person is None else (person, rest))


def test_pictures_are_called_after_persons() -> None:
    person = Person("0002", 0, 1, 451, 3)
    assert (person.name, person.values) == ("0002_c1s1_000451_03", ("0002", "0", "1", "451", "3", "false"))
    assert file_name("x/a.jpg", person) == "x/0002_c1s1_000451_03a.jpg"
    assert file_name("x/a.jpg", None) == "x/a.jpg"
    assert file_name(f"x/{person.name}.jpg", Person("7")) == f"x/{person.name}.jpg"


def test_frames_of_persons_go_on_from_the_highest() -> None:
    build = DatasetBuilder(frames=Frames.of(list("abcd"), 9, 9))
    build.add_label("market-1501", attributes=[AttributeSpec(0, name) for name in ("person_id", "frame_id")])
    for frame, number in enumerate(("7", "3", "", "")):
        given = {"frame_id": number} if number else {}
        build.add_tag(frame, "market-1501", attributes={"person_id": "2"} | given)
    assert [person.frame for person in persons_by_frame(build.dataset()).values()] == [7, 3, 8, 9]


def test_frames_of_persons_are_counted_where_nobody_says_them() -> None:
    build = DatasetBuilder(frames=Frames.of(list("abcdef"), 9, 9))
    names = ("person_id", "camera_id", "track_id", "frame_id", "bbox_id", "query")
    build.add_label("market-1501", attributes=[AttributeSpec(0, name) for name in names])
    values: list[dict[str, Any]] = [
        {"person_id": "7"}, {"person_id": "7", "frame_id": "9", "query": "TRUE"}, {"person_id": "7"},
        {"person_id": "8", "camera_id": "2", "track_id": "x", "bbox_id": "4", "query": "no"}, {"person_id": "x"},
    ]  # fmt: skip
    for frame, row in enumerate(values):
        build.add_tag(frame, "market-1501", attributes=row)
    build.add_tag(0, "market-1501", attributes={"person_id": "99"})
    assert persons_by_frame(build.dataset()) == {
        0: Person("7"), 1: Person("7", frame=9, query=True), 2: Person("7", frame=10), 3: Person("8", 2, 1, 0, 4),
    }  # fmt: skip
    assert persons_by_frame(builder().dataset()) == {}


def test_arrays_stay_as_they_are() -> None:
    """No step writes into the dataset that it was given."""
    build = builder()
    build.add_shape("mask", 0, "car", [4, 1, 4, 1, 1, 3, 3])
    dataset = build.dataset()
    before = dataset.shapes.values.copy()
    for step in ("tighten-masks", "masks-by-class", "coco-decimals"):
        run(dataset, (step,))
    assert np.array_equal(dataset.shapes.values, before)
