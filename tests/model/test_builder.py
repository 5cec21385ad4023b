"""A row is taken as it is meant, or refused with its number and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, Label, ShapeType, Source, Task

Call = Callable[[DatasetBuilder], Any]
BOX = [1, 2, 3, 4]


def builder() -> DatasetBuilder:
    """Two of everything."""
    build = DatasetBuilder(Task(name="t"))
    car = build.add_label("car", attributes=[AttributeSpec(0, "speed"), AttributeSpec(0, "colour")])
    man = build.add_label("man", type="skeleton")
    build.add_label("head", parent=man)
    build.add_job(Job(7))
    build.add_job(Job(8))
    for number in range(2):
        build.add_frame(f"{number}.jpg", 64, 48)
        build.add_tag(number, car, attributes={"speed": "1"})
        build.add_interval(car, 0, None)
        track = build.add_track(car, 0, group=3, job=1)
        build.add_shape("rectangle", number, None, BOX, track=track)
    return build


def box(build: DatasetBuilder, **columns: Any) -> int:
    """A further row."""
    return build.add_shape("rectangle", 0, "car", BOX, **columns)


def pointed(build: DatasetBuilder, points: Any) -> int:
    """One with these points."""
    return build.add_shape("rectangle", 0, "car", points)


REFUSED: list[tuple[Call, type[Exception], str]] = [
    (lambda b: b.add_shape("box", 0, "car", BOX), ValueError, "shapes, row 2: no type is called 'box', expected"),
    (lambda b: b.add_shape("Rectangle", 0, "car", BOX), ValueError, "'Rectangle', expected rectangle"),
    (lambda b: b.add_shape(8, 0, "car", BOX), ValueError, "type is 8, expected one of rectangle"),
    (lambda b: b.add_shape("rectangle", 0, "cat", BOX), KeyError, "row 2: no label is called 'cat', expected car"),
    (lambda b: b.add_shape("rectangle", 0, None, BOX), TypeError, "row 2: a shape outside a track has no label"),
    (lambda b: pointed(b, [[1, 2], [3, 4]]), ValueError, "points are in groups, expected one flat"),
    (lambda b: pointed(b, np.ones((2, 2))), ValueError, "points are in groups, expected one flat"),
    (lambda b: pointed(b, "1,2,3,4"), TypeError, "points are '1,2,3,4', expected numbers x0"),
    (lambda b: pointed(b, 5), TypeError, "points are 5, expected numbers x0"),
    (lambda b: pointed(b, None), TypeError, "points are None, expected numbers x0"),
    (lambda b: pointed(b, [1, 2, "3", 4]), TypeError, "number 2 of the points is '3', expected a"),
    (lambda b: pointed(b, [1, True, 3, 4]), TypeError, "number 1 of the points is True"),
    (lambda b: pointed(b, [1, None, 3, 4]), TypeError, "number 1 of the points is None"),
    (lambda b: box(b, colour="red"), TypeError, "row 2: a row of shapes has no 'colour'"),
    (lambda b: box(b, ocluded=True), TypeError, "did you mean occluded"),
    (lambda b: box(b, occluded="no"), TypeError, "occluded is 'no', expected True or"),
    (lambda b: box(b, z_order=1.5), TypeError, "z_order is 1.5, expected a whole number"),
    (lambda b: box(b, z_order=True), TypeError, "z_order is True, expected a whole"),
    (lambda b: box(b, group=1 << 63), ValueError, "group is 9223372036854775808, expected"),
    (lambda b: box(b, job=1 << 31), ValueError, "job is 2147483648, expected one from -2"),
    (lambda b: box(b, rotation="90"), TypeError, "rotation is '90', expected a number"),
    (lambda b: box(b, source="me"), ValueError, "no source is called 'me', expected"),
    (lambda b: box(b, source=9), ValueError, "source is 9, expected one of manual"),
    (lambda b: b.add_shape("rectangle", "0", "car", BOX), TypeError, "frame is '0', expected a whole number"),
    (lambda b: box(b, track=2), IndexError, "track is 2, expected one of the 2 tracks"),
    (lambda b: box(b, parent=2), IndexError, "parent is 2, expected one of the 2 shapes"),
    (lambda b: box(b, track=-2), IndexError, "track is -2, expected one of"),
    (lambda b: box(b, attributes={"speed": 5}), TypeError, "'speed' is 5, expected a text"),
    (lambda b: box(b, attributes={"sped": "5"}), KeyError, "no attribute 'sped', expected speed"),
    (lambda b: b.add_shape("rectangle", 0, 99, BOX, attributes={"speed": "5"}), KeyError, "label 99 has no attribute"),
    (lambda b: box(b, attributes={1.5: "5"}), TypeError, "attribute is 1.5, expected a"),
    (lambda b: box(b, attributes={"speed": "5", "colour": 5}), TypeError, "'colour' is 5"),
    (lambda b: b.add_shape("rectangle", 0, 1.5, BOX), TypeError, "label is 1.5, expected a whole number"),
    (lambda b: b.add_tag(0, "car", occluded=True), TypeError, "tags, row 2: a row of tags has no 'occluded'"),
    (lambda b: b.add_tag(0, "car", source="robot"), ValueError, "tags, row 2: no source is called 'robot'"),
    (lambda b: b.add_tag(0, "car", attributes={"speed": True}), TypeError, "tags, row 2: attribute 'speed' is True"),
    (lambda b: b.add_tag(None, "car"), TypeError, "frame is None, expected a whole number"),
    (lambda b: b.add_track("car", 0, parent=2), IndexError, "tracks, row 2: parent is 2, expected one of the 2"),
    (lambda b: b.add_track("car", 0, outside=True), TypeError, "a row of tracks has no 'outside'"),
    (lambda b: b.add_interval("car", 0.5, None), TypeError, "intervals, row 2: start is 0.5, expected a whole number"),
    (lambda b: b.add_interval("car", 0, None, score="1"), TypeError, "score is '1', expected a number"),
    (lambda b: b.add_frame(5), TypeError, "frame 2: name is 5, expected a text"),
    (lambda b: b.add_frame("x", "64"), TypeError, "frame 2: width is '64', expected a whole number"),
    (lambda b: b.add_frame("x", -1), ValueError, "frame 2: width and height are -1 and 0, expected 0 or more"),
    (lambda b: b.add_frame("x", deleted=1), TypeError, "frame 2: deleted is 1, expected True or False"),
    (lambda b: b.add_frame("x", subset=None), TypeError, "frame 2: subset is None, expected a text"),
    (lambda b: b.add_job(7), TypeError, "job is 7, expected a Job"),
    (lambda b: b.add_label(5), TypeError, "label 3: name is 5, expected a text"),
    (lambda b: b.add_label("x", colour="red"), TypeError, "label 3: a label has no 'colour', did you mean color"),
    (lambda b: b.add_label("x", type="box"), ValueError, "label 3: no type is called 'box', expected"),
    (lambda b: b.add_label("x", id="5"), TypeError, "label 3: id is '5', expected a whole number"),
    (lambda b: b.add_label("x", parent="man"), TypeError, "label 3: parent is 'man', expected a Label"),
    (lambda b: b.add_label("x", attributes=["speed"]), TypeError, "label 3: an attribute is 'speed', expected a Attr"),
    (lambda b: b.add_label("x", attributes=[AttributeSpec(0, "a", input_type="bar")]), ValueError, "'a' is a 'bar'"),
    (lambda b: b.add_label("x", attributes=[AttributeSpec(0, "a", default_value=5)]), TypeError, "default of 'a' is 5"),  # type: ignore[arg-type]
    (lambda b: b.add_label("x", attributes=[AttributeSpec(0, "a", values=(1, 2))]), TypeError, "value of 'a' is 1"),  # type: ignore[arg-type]
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "text"), REFUSED, ids=range(len(REFUSED)))
def test_a_refused_row_leaves_nothing_behind(call: Call, error: type[Exception], text: str) -> None:
    build, untouched = builder(), builder()
    with pytest.raises(error) as caught:
        call(build)
    assert text in str(caught.value.args[0])
    assert vars(build) == vars(untouched)
    for each in (build, untouched):
        each.add_label("after", attributes=[AttributeSpec(0, "x")])
        each.add_tag(1, "after", attributes={"x": "1"})
        each.add_shape("points", 1, "car", [5, 6], attributes={"speed": "2"})
    assert _parts(build.dataset()) == _parts(untouched.dataset())


def _parts(dataset: Dataset) -> dict[str, Any]:
    """All cells, rows in their order."""
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks", "intervals", "attributes")}
    cells = {name: {n: c.tolist() for n, c in table.columns().items()} for name, table in tables.items()}
    rest = {"labels": dataset.labels, "names": dataset.frames.names, "points": dataset.shapes.values.tolist()}
    return cells | rest | {"pool": dataset.attributes.texts()}


@pytest.mark.parametrize(
    "given", [{"labels": "car"}, {"labels": ["car"]}, {"task": "t"}, {"frames": ["a.jpg"]}, {"frame": None}]
)
def test_a_builder_begins_with_definitions(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"expected a (Label|Task|Frames)|has no 'frame', did you mean frames"):
        DatasetBuilder(**given)


def test_what_is_meant_in_other_types_is_taken() -> None:
    build = builder()
    row = build.add_shape(
        ShapeType.POLYGON, np.int64(1), np.int32(1), np.arange(6, dtype=np.float32), rotation=np.float32(1.5),
        occluded=np.bool_(True), source=Source.AUTO, z_order=np.uint8(3),
    )  # fmt: skip
    build.add_shape("polyline", 0, "car", (x for x in (1.5, 2, 3, 4)), source="semi-auto")
    build.add_shape("skeleton", 0, "man", ())
    build.add_shape("mask", 0, "car", [float("nan")] * 3)  # odd, and for the validators
    shape = build.dataset().shapes[row]
    assert (shape.type, shape.label.name, shape.rotation, shape.z_order) == ("polygon", "car", 1.5, 3)
    assert (shape.source, shape.occluded, shape.points.tolist()) == ("auto", True, [0, 1, 2, 3, 4, 5])


def test_one_attribute_and_one_value_are_lists_of_one() -> None:
    spec = AttributeSpec(0, "kind", input_type="select", values="van")  # type: ignore[arg-type]
    assert DatasetBuilder().add_label("car", attributes=spec).attributes == (replace(spec, id=1, values=("van",)),)
    assert Frames.of("a.jpg").names == ("a.jpg",)
    assert Frames.of(["a.jpg", "b.jpg"], subsets="train").subsets == ("train", "train")


def test_a_job_may_come_after_its_rows_and_must_come() -> None:
    build = DatasetBuilder(labels=[Label(1, "car")])
    build.add_tag(0, "car", job=1)
    build.add_job(Job(1))
    with pytest.raises(IndexError, match="tags, row 0: job is 1, there are 1"):
        build.dataset()
    build.add_job(Job(2))
    assert build.dataset().tags[0].job == Job(2)


def test_frames_are_given_as_a_whole_or_one_by_one() -> None:
    build = DatasetBuilder(frames=Frames.of(["a.jpg"]))
    with pytest.raises(ValueError, match="the frames were given as a whole"):
        build.add_frame("b.jpg")
