"""What counts as the same thing, from which value on it differs, and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import annotools as at
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames


def _builder(**frames: Any) -> DatasetBuilder:
    build = DatasetBuilder(frames=Frames.of(["a.jpg", "b.jpg"], **{"width": 900, "height": 90} | frames))
    build.add_label("car", attributes=[AttributeSpec(0, "make")])
    build.add_label("bus")
    return build


def _box(*points: float, **columns: Any) -> Dataset:
    build = _builder()
    build.add_shape("rectangle", 0, "car", points or (10, 10, 30, 20), **columns)
    return build.dataset()


@pytest.mark.parametrize(("gap", "moved"), [(0.0099, None), (0.01, None), (0.0101, 0.0101)])
def test_a_hundredth_of_a_pixel_is_nothing_unless_said(gap: float, moved: float | None) -> None:
    for index in range(4):
        points = [300.0, 10, 330, 20]
        points[index] += gap
        changes = list(at.diff(_box(300, 10, 330, 20), _box(*points)))
        assert [change.moved for change in changes] == ([] if moved is None else [pytest.approx(moved)])


@pytest.mark.parametrize(
    ("turn", "differs"), [(0.01, False), (0.02, True), (359.995, False), (359.5, True), (360, False)]
)
def test_rotations_have_the_same_tolerance_and_go_round(turn: float, differs: bool) -> None:
    changes = list(at.diff(_box(rotation=0), _box(rotation=turn)))
    assert [list(change.fields) for change in changes] == ([["rotation"]] if differs else [])


@pytest.mark.parametrize(("score", "differs"), [(0.5000005, False), (0.500002, True)])
def test_scores_differ_by_more_than_a_millionth(score: float, differs: bool) -> None:
    assert bool(at.diff(_box(score=0.5), _box(score=score))) == differs


@pytest.mark.parametrize(("gap", "same"), [(20, True), (20.5, False), (-20, True), (-20.5, False)])
def test_what_moved_by_its_size_at_most_is_the_same_thing(gap: float, same: bool) -> None:
    """20 x 10 px: the larger side of the larger box counts, and 5 px at least."""
    ways = [change.way for change in at.diff(_box(100, 10, 120, 20), _box(100 + gap, 10, 120 + gap, 20))]
    assert ways == (["changed"] if same else ["removed", "added"])
    tall = [change.way for change in at.diff(_box(100, 10, 110, 30), _box(100 + gap, 10, 110 + gap, 30))]
    assert tall == ways


@pytest.mark.parametrize(("gap", "same"), [(5, True), (5.5, False)])
def test_small_things_may_move_by_five_pixels(gap: float, same: bool) -> None:
    ways = [change.way for change in at.diff(_box(100, 10, 101, 11), _box(100, 10 + gap, 101, 11 + gap))]
    assert ways == (["changed"] if same else ["removed", "added"])


def _row(*lefts: float) -> Dataset:
    build = _builder()
    for left in lefts:
        build.add_shape("rectangle", 0, "car", (left, 10, left + 20, 20))
    return build.dataset()


def test_the_nearest_are_paired_first() -> None:
    changes = list(at.diff(_row(100, 110), _row(112, 104)))
    assert sorted(change.moved or 0 for change in changes) == [2, 4]
    changes = list(at.diff(_row(100, 103), _row(102)))
    assert [(change.way, change.moved) for change in changes] == [("removed", None), ("changed", 1)]


def test_only_rows_of_one_frame_label_and_type_are_one_thing() -> None:
    other = {"frame": 1, "label": "bus", "kind": "ellipse"}
    for name, value in other.items():
        row = {"frame": 0, "label": "car", "kind": "rectangle"} | {name: value}
        build = _builder()
        build.add_shape(row["kind"], row["frame"], row["label"], (10, 10, 30, 20))
        assert [change.way for change in at.diff(_box(), build.dataset())] == ["removed", "added"]


def test_what_is_said() -> None:
    before = _box(z_order=1, attributes={"make": "x"}, source="auto", occluded=True)
    build = _builder()
    build.add_shape("rectangle", 0, "car", (10, 10, 30, 21.5), attributes={"make": "y"})
    build.add_tag(1, "bus")
    build.add_interval("car", 2, 5)
    changed, difference = build.dataset(), at.diff(before, build.dataset())
    fields = (
        "moved 1.5 px, occluded True -> False, z_order 1 -> 0, source 'auto' -> 'manual', "
        "attributes {'make': 'x'} -> {'make': 'y'}"
    )
    assert [str(change) for change in difference] == [
        "added: tag 'bus' on frame 1 (b.jpg)", "added: interval 'car'",
        f"changed: rectangle 'car' on frame 0 (a.jpg): {fields}",
    ]  # fmt: skip
    assert difference.summary() == {
        "rectangle": {"same": 0, "changed": 1, "removed": 0, "added": 0},
        "tag": {"same": 0, "changed": 0, "removed": 0, "added": 1},
        "interval": {"same": 0, "changed": 0, "removed": 0, "added": 1},
    }  # fmt: skip
    document = difference.as_dict()
    assert (document["equal"], len(document["changes"])) == (False, 3)
    assert document["changes"][0] == {"way": "added", "what": "tag", "label": "bus", "frame": 1, "frame_name": "b.jpg"}
    assert document["changes"][1] == {"way": "added", "what": "interval", "label": "car"}
    assert document["changes"][2]["fields"]["points"] == [[10, 10, 30, 20], [10, 10, 30, 21.5]]
    assert document["changes"][2]["moved"] == 1.5
    same = at.diff(changed, changed)
    assert same.as_dict() == {
        "equal": True, "changes": [],
        "summary": {
            kind: {"same": 1, "changed": 0, "removed": 0, "added": 0} for kind in ("rectangle", "tag", "interval")
        },
    }  # fmt: skip


def test_other_points_have_no_distance() -> None:
    sides = []
    for points in ((0, 0, 20, 0, 20, 20), (0, 0, 20, 0, 20, 20, 0, 20)):
        build = _builder()
        build.add_shape("polygon", 0, "car", points)
        sides.append(build.dataset())
    (change,) = at.diff(*sides)
    assert (change.moved, str(change)) == (None, "changed: polygon 'car' on frame 0 (a.jpg): other points")


@pytest.mark.parametrize(("start", "stop", "moved"), [(2, 5, None), (3, 5, 1), (2, 7, 2), (4, 6, 2)])
def test_intervals_move_along_time(start: int, stop: int, moved: float | None) -> None:
    sides = []
    for ends in ((2, 5), (start, stop)):
        build = _builder()
        build.add_interval("car", *ends)
        sides.append(build.dataset())
    assert [change.moved for change in at.diff(*sides)] == ([] if moved is None else [moved])


@pytest.mark.parametrize(("changes", "field"), [
    ({"width": 901}, "size"), ({"height": 91}, "size"), ({"deleted": [0]}, "deleted"),
    ({"subsets": ["x", ""]}, "subset"),
])  # fmt: skip
def test_definitions_of_frames(changes: dict[str, Any], field: str) -> None:
    before, after = _builder().dataset(), _builder(**changes).dataset()
    difference = at.diff(before, after)
    assert {tuple(change.fields) for change in difference} == {(field,)}
    assert len(at.diff(before, after, ignore="frames")) == 0


def test_definitions_of_labels() -> None:
    spec = {"name": "make", "mutable": False, "input_type": "select", "default_value": "a", "values": ("a", "b")}
    changes: dict[str, Any] = {"mutable": True, "input_type": "radio", "default_value": "b", "values": ("b", "a")}

    def labels(spec: dict[str, Any], **columns: Any) -> Dataset:
        build = DatasetBuilder()
        build.add_label("car", attributes=[AttributeSpec(1, **spec)], **columns)
        return build.dataset()

    for name, value in changes.items():
        (change,) = at.diff(labels(spec), labels(spec | {name: value}))
        ((field, (old, new)),) = change.fields.items()
        assert (field, {key for key in old if old[key] != new[key]}) == ("attribute make", {name})
    for name, value in (("type", "polygon"), ("color", "#ff0000"), ("svg", "<svg/>")):
        (change,) = at.diff(labels(spec), labels(spec, **{name: value}))
        assert list(change.fields) == [name]
    ways = [(change.way, change.label) for change in at.diff(labels(spec), DatasetBuilder().dataset())]
    assert ways == [("removed", "car")]


def test_jobs_count_where_both_have_rows_of_jobs() -> None:
    build = _builder()
    for number, stop in ((7, 0), (8, 1)):
        build.add_job(at.Job(number, stop_frame=stop))
    build.add_shape("rectangle", 0, "car", (10, 10, 30, 20), job=0)
    dataset = build.dataset()
    other = dataset.replace(shapes=dataset.shapes.replace(job=np.array([1])))
    whole = dataset.replace(shapes=dataset.shapes.replace(job=np.array([-1])))
    assert [change.fields for change in at.diff(dataset, other)] == [{"job": (7, 8)}]
    assert not at.diff(dataset, whole)
    assert not at.diff(whole, dataset)
