"""Rows for people, losses as data, labels by name: what a dataset answers about one row or one name."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, Labels
from annotools.model.codes import Owner
from annotools.model.extras import Extra, codes, is_foreign_id, joined, lasting, of_given, without_derived
from annotools.model.losses import Ledger, Loss, Losses
from annotools.model.origin import Origin, Place, placed


@pytest.fixture(scope="module")
def street() -> Dataset:
    """A tag, two shapes, a skeleton with two points, a track, a track of a skeleton, two intervals."""
    build = DatasetBuilder(frames=Frames.of(["a.png", "b.png"], [200, 64], [100, 48], deleted=[1]))
    build.add_label("car", attributes=(AttributeSpec(-1, "make"), AttributeSpec(-1, "lit", True)))
    body = build.add_label("body", type="skeleton")
    head = build.add_label("head", parent=body, type="points")
    foot = build.add_label("foot", parent=body, type="points")
    build.add_job(Job(7, stop_frame=1))
    build.add_tag(0, "car", id=3, group=2, source="auto", attributes={"make": "x"}, job=0)
    marks = {"id": 4, "rotation": 30.5, "occluded": True, "z_order": 2, "group": 5, "score": 0.25, "source": "file"}
    build.add_shape("rectangle", 1, "car", (1, 2, 3, 4), **marks, attributes={"make": "y", "lit": "no"}, job=0)
    row = build.add_shape("skeleton", 0, body)
    build.add_shape("points", 0, head, (1, 2), parent=row, outside=True)
    build.add_shape("points", 0, foot, (3, 4), parent=row)
    track = build.add_track("car", 1, id=9)
    build.add_shape("ellipse", 1, points=(5, 5, 7, 3), track=track)
    build.add_shape("ellipse", 0, points=(6, 5, 8, 3), track=track, outside=True)
    pose = build.add_track(body, 0)
    build.add_track(head, 0, parent=pose)
    build.add_track(foot, 0, parent=pose)
    build.add_interval("car", 2, 5, score=0.5)
    build.add_interval("car", 6, None)
    return build.dataset()


def test_shapes(street: Dataset) -> None:
    box, skeleton, head, foot, first, second = street.shapes
    assert (box.type, box.id, box.label.name, box.group, box.source, box.score) == (
        "rectangle",
        4,
        "car",
        5,
        "file",
        0.25,
    )
    assert (box.rotation, box.z_order, box.occluded, box.outside, box.keyframe) == (30.5, 2, True, False, True)
    assert (box.points.tolist(), box.attributes) == ([1, 2, 3, 4], {"make": "y", "lit": "no"})
    assert box.job is not None
    assert box.job.id == 7
    assert (box.parent, box.track, list(box.elements)) == (None, None, [])
    frame = box.frame
    assert (frame.number, frame.name, frame.width, frame.height, frame.deleted) == (1, "b.png", 64, 48, True)
    assert [point.row for point in skeleton.elements] == [head.row, foot.row]
    assert (head.parent, head.outside, foot.outside) == (skeleton, True, False)
    assert (skeleton.id, skeleton.job, skeleton.frame.deleted) == (-1, None, False)
    assert first.track == second.track
    assert first.track is not None
    assert [key.row for key in first.track.shapes] == [first.row, second.row]


def test_tracks_tags_and_intervals(street: Dataset) -> None:
    car, pose, head, foot = street.tracks
    assert (car.id, car.label.name, car.frame.number, car.parent, list(car.elements)) == (9, "car", 1, None, [])
    assert [track.row for track in pose.elements] == [head.row, foot.row]
    assert (head.parent, foot.parent, list(head.shapes)) == (pose, pose, [])
    (tag,) = street.tags
    assert (tag.id, tag.group, tag.source, tag.frame.name, tag.attributes) == (3, 2, "auto", "a.png", {"make": "x"})
    one, other = street.intervals
    assert (one.start, one.stop, one.score, other.start, other.stop, other.score) == (2, 5, 0.5, 6, None, 1)


def test_what_nothing_defines_has_its_number_for_a_name(street: Dataset) -> None:
    strange = street.replace(
        labels=Labels(), frames=Frames.of(["a.png"]), tags=street.tags.replace(frame=np.array([1])),
    )  # fmt: skip
    (tag,) = strange.tags
    assert (tag.label.name, list(tag.attributes)) == (f"#{tag.label.id}", [f"#{street.labels[0].attributes[0].id}"])
    assert (tag.frame.number, tag.frame.name, tag.frame.width) == (1, "", 0)


def test_labels_by_name(street: Dataset) -> None:
    labels = street.labels
    body = labels.find("body")
    assert body is not None
    head = labels.find("head", body.id)
    assert head is not None
    assert (labels.find("head"), labels.find("car", body.id), labels.find("bus")) == (None, None, None)
    assert (labels.resolve("head"), labels.resolve("head", body.id), labels.resolve("car", body.id)) == (
        head,
        head,
        None,
    )
    build = DatasetBuilder()
    for name in ("one", "two"):
        build.add_label("head", parent=build.add_label(name, type="skeleton"), type="points")
    twice = build.dataset().labels
    assert (len(twice.named("head")), twice.resolve("head")) == (2, None)


def test_frames_that_are_picked(street: Dataset) -> None:
    frames = Frames.of(["a", "b", "a"], [1, 2, 3], [4, 5, 6], deleted=[1], subsets=["x", "", "y"], related=[0, 1, 2])
    picked = frames.take(np.array([2, 1]))
    assert (picked.names, picked.subsets, picked.related) == (("a", "b"), ("y", ""), (2, 1))
    assert (picked.width.tolist(), picked.height.tolist(), picked.deleted.tolist()) == ([3, 2], [6, 5], [False, True])
    assert frames.take(np.arange(3)) is frames
    assert frames.by_name == {"a": 0, "b": 1}
    assert frames.sizes(np.array([2, -1, 3, 0])).tolist() == [[3, 6], [0, 0], [0, 0], [1, 4]]


def _losses(dataset: Dataset) -> Losses:
    ledger = Ledger("tidy")
    ledger.lost("rotation", "none is kept", dataset, "shapes", np.array([0]), column="rotation")
    ledger.changed("shape", "it moved", dataset, "shapes", np.array([0, 1, 4]))
    ledger.lost("tag", "none is kept", dataset, "tags", np.zeros(1, np.bool_))
    return ledger.losses()


def test_losses_as_text_and_as_data(street: Dataset) -> None:
    losses = _losses(street)
    assert list(map(str, losses)) == [
        "lost: 1 x rotation: none is kept (frames 1)", "changed: 3 x shape: it moved (frames 0-1)",
    ]  # fmt: skip
    assert losses.as_list()[1] == {
        "kind": "changed", "class": "annotations", "what": "shape", "why": "it moved", "count": 3, "frames": "0-1",
        "step": "tidy", "table": "shapes", "column": "",
    }  # fmt: skip
    again = Losses.from_list(losses.as_list())
    assert again.as_list() == losses.as_list() == losses.without_rows().as_list()
    assert [loss.rows.tolist() for loss in losses] == [[0], [0, 1, 4]]
    assert [loss.rows.tolist() for loss in losses.without_rows()] == [[], []]
    assert (losses.total, len(losses + losses), len(losses.of("lost")), len(losses.of("changed"))) == (4, 4, 1, 1)


def test_losses_of_several_datasets_as_one(street: Dataset) -> None:
    losses = _losses(street)
    summed = (losses + losses).summed()
    assert [(loss.kind, loss.what, loss.count, loss.frames.tolist(), loss.rows.tolist()) for loss in summed] == [
        ("lost", "rotation", 2, [], []), ("changed", "shape", 6, [], []),
    ]  # fmt: skip
    one = Loss("lost", "a", "b", 1, step="s", table="shapes", column="group")
    for name, value in (
        ("kind", "changed"),
        ("what", "x"),
        ("why", "x"),
        ("step", "x"),
        ("table", "tags"),
        ("column", "x"),
    ):
        other = Loss(
            **{**{n: getattr(one, n) for n in ("kind", "what", "why", "count", "step", "table", "column")}, name: value}
        )
        assert [loss.count for loss in Losses((one, other)).summed()] == [1, 1]


def test_extras() -> None:
    column = Extra(np.array([5, 6, 7]), np.array([True, False, True]), derived=True)
    assert (column.plain(), column.without(np.array([2])).plain(), len(column)) == ([5, None, 7], [5, None, None], 3)
    assert of_given({"a": column}, np.array([False, True, True]))["a"].plain() == [None, None, 7]
    some = without_derived({"a": column, "b": Extra.of(["x", "y", "z"])}, np.array([True, False, False]))
    assert {name: extra.plain() for name, extra in some.items()} == {"a": [None, None, 7], "b": ["x", "y", "z"]}
    names = {"a": column, "image_id": Extra.of([1]), "b": Extra.of([1]), "c": Extra.of([1]).without(np.array([0]))}
    assert list(lasting(names)) == ["b"]
    assert [is_foreign_id(name) for name in ("image_id", "id", "_id", "idle")] == [True, False, True, False]
    assert codes(Extra.of([1.0, "x", 1, None, "x"])).tolist() == [0, 1, 0, -1, 1]


def test_extras_one_after_the_other() -> None:
    parts = [({"a": Extra.of([1, 2])}, 2), ({"b": Extra.of(["x"])}, 1), ({"a": Extra.of([0.5]), "b": Extra.of([3])}, 1)]
    whole = joined(parts)
    assert {name: extra.plain() for name, extra in whole.items()} == {
        "a": [1, 2, None, 0.5], "b": [None, None, "x", 3],
    }  # fmt: skip


def test_places_in_the_input() -> None:
    shapes = placed(["/shapes/{}", "/x"], np.array([4, 5]), member=1)
    keys = Place(
        ("/a/{}", "/tracks/{}/shapes/{}"), np.array([[3, 5], [1, 0]]), np.array([1, 0]), lines=np.array([7, 0])
    )
    origin = Origin(("a.json", "b.json"), {Owner.SHAPE: shapes, Owner.TRACK: keys})
    assert [origin.pointer(Owner.SHAPE, row) for row in (0, 1)] == ["/shapes/4", "/shapes/5"]
    assert [origin.pointer(Owner.TRACK, row) for row in (0, 1)] == ["/tracks/3/shapes/5", "/a/1"]
    assert (origin.pointer(Owner.TAG, 0), origin.member(Owner.TAG, 0), origin.line(Owner.TAG, 0)) == ("", "", None)
    assert (origin.member(Owner.SHAPE, 1), origin.member(Owner.TRACK, 1)) == ("b.json", "a.json")
    assert [origin.line(Owner.TRACK, row) for row in (0, 1)] == [7, None]
    assert origin.line(Owner.SHAPE, 0) is None
    both = Place.concat([shapes, placed(["/shapes/{}", "/x"], np.array([9]))])
    assert [both.pointer(row) for row in range(3)] == ["/shapes/4", "/shapes/5", "/shapes/9"]
    assert both.member.tolist() == [1, 1, 0]
