"""The difference of two datasets by meaning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annotools as at
from annotools.model import Dataset, DatasetBuilder, Label, Labels, Shapes
from tests.datasets import EVERYTHING, FULL, FULL_VIDEO


def moved(dataset: Dataset, by: float) -> Dataset:
    return dataset.replace(shapes=dataset.shapes.with_points(dataset.shapes.values + by))


def changed(dataset: Dataset, **columns: object) -> Dataset:
    return dataset.replace(shapes=dataset.shapes.replace(**columns))


@pytest.mark.parametrize("name", EVERYTHING)
def test_order_and_ids_do_not_count(name: str) -> None:
    dataset = EVERYTHING[name]
    assert not at.diff(dataset, dataset, tolerance=0)
    assert not at.diff(dataset, dataset.canonical(), tolerance=0)
    order = np.random.default_rng(0).permutation(len(dataset.tags))
    bare = dataset.replace(attributes=None)
    assert not at.diff(bare, bare.replace(tags=bare.tags.take(order)))


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_dataset_against_nothing_is_all_of_it(name: str) -> None:
    dataset = EVERYTHING[name]
    empty = dataset.replace(**dict.fromkeys(("tags", "shapes", "tracks", "attributes")))
    gone, new = at.diff(dataset, empty), at.diff(empty, dataset)
    rows = len(dataset.shapes) + len(dataset.tags)
    assert [len(gone.removed), len(gone.added), len(new.removed), len(new.added)] == [rows, 0, 0, rows]
    assert {change.way for change in gone} == {"removed"}


@pytest.mark.parametrize(
    "column", ["occluded", "outside", "keyframe", "z_order", "rotation", "source", "score", "group"]
)
def test_every_column_counts_unless_it_is_ignored(column: str) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.jpg", 10, 10)
    for index in range(3):
        build.add_shape("rectangle", 0, "car", (index, 1, index + 2, 3))
    before = build.dataset()
    values = getattr(before.shapes, column).copy()
    values[1] = not values[1] if values.dtype == bool else 3
    after = changed(before, **{column: values})
    differences = at.diff(before, after)
    assert [list(change.fields) for change in differences] == [[column]]
    assert not at.diff(before, after, ignore=[column])


def test_tolerance_is_in_px() -> None:
    assert not at.diff(FULL, moved(FULL, 0.3).replace(shapes=_masks_as_before(moved(FULL, 0.3))), tolerance=0.31)
    differences = at.diff(FULL, moved(FULL, 0.3), tolerance=0.29)
    assert {change.way for change in differences} == {"changed"}
    assert len(differences.changed) == int((FULL.shapes.counts > 0).sum())


def _masks_as_before(dataset: Dataset) -> Shapes:
    """Run lengths are no coordinates."""
    mask = np.repeat(dataset.shapes.type == at.ShapeType.MASK, dataset.shapes.counts)
    return dataset.shapes.with_points(np.where(mask, FULL.shapes.values, dataset.shapes.values))


def test_masks_differ_by_any_run() -> None:
    row = int(np.flatnonzero(FULL.shapes.type == at.ShapeType.MASK)[0])
    values = FULL.shapes.values.copy()
    start = FULL.shapes.offsets[row]
    values[start : start + 2] = 2, 1  # one pixel more, one less
    changes = list(at.diff(FULL, FULL.replace(shapes=FULL.shapes.with_points(values)), tolerance=5))
    assert [(change.what, list(change.fields)) for change in changes] == [("mask", ["points"])]
    assert "other points" in str(changes[0])


def test_rotation_goes_round() -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.jpg", 10, 10)
    build.add_shape("rectangle", 0, "car", (0, 1, 2, 3), rotation=359.999)
    dataset = build.dataset()
    assert not at.diff(dataset, changed(dataset, rotation=np.array([0.004])))
    assert at.diff(dataset, changed(dataset, rotation=np.array([0.4])))
    assert not at.diff(dataset, changed(dataset, rotation=np.array([-720.001])))
    assert at.diff(dataset, changed(dataset, rotation=np.array([-540.001])))


def test_groups_are_the_same_when_they_hold_the_same_rows() -> None:
    group = FULL.shapes.group
    assert not at.diff(FULL, changed(FULL, group=group).replace(
        tags=FULL.tags.replace(group=FULL.tags.group * 7), tracks=FULL.tracks.replace(group=FULL.tracks.group * 7),
        shapes=FULL.shapes.replace(group=group * 7),
    ))  # fmt: skip
    parted = group.copy()
    parted[np.flatnonzero(group == 4)[-1]] = 99
    assert [list(change.fields) for change in at.diff(FULL, changed(FULL, group=parted))] == [["group"]]


def test_attributes_are_named() -> None:
    attributes = FULL.attributes
    where = attributes.pool.index("rain & hail")
    pool = (*attributes.pool[:where], "hail", *attributes.pool[where + 1 :])
    changes = list(at.diff(FULL, FULL.replace(attributes=attributes.replace(pool=pool))))
    message = "attributes {'weather': 'rain & hail'} -> {'weather': 'hail'}"
    assert [str(change) for change in changes] == [f"changed: tag 'whole scene' on frame 0 (a b.jpg): {message}"]
    assert changes[0].as_dict()["fields"] == {"attributes": [{"weather": "rain & hail"}, {"weather": "hail"}]}


def test_tracks_that_exchange_their_ends_differ_in_track() -> None:
    tracks = FULL_VIDEO.shapes.track.copy()
    rows = np.flatnonzero((FULL_VIDEO.shapes.type == at.ShapeType.RECTANGLE) & (tracks >= 0))
    other = FULL_VIDEO.select(shapes=np.ones(len(tracks), bool))
    tracks[rows[-1]] = tracks[np.flatnonzero(FULL_VIDEO.shapes.type == at.ShapeType.ELLIPSE)[0]]
    changes = list(at.diff(FULL_VIDEO, changed(other, track=tracks)))
    assert [(change.what, list(change.fields)) for change in changes] == [("rectangle of track", ["track"])]


def test_a_tracks_own_attributes_and_source_count() -> None:
    source = FULL.tracks.source.copy()
    source[1] = 3
    changes = list(at.diff(FULL, FULL.replace(tracks=FULL.tracks.replace(source=source))))
    assert [(change.what, dict(change.fields)) for change in changes] == [("track", {"source": ("manual", "file")})]


def test_definitions_are_compared_by_name() -> None:
    labels = [replace(label, color="#000000") if label.name == "person" else label for label in FULL.labels]
    other = FULL.replace(labels=Labels((*labels, Label(99, "new one"))))
    assert [str(change) for change in at.diff(FULL, other)] == [
        "added: label 'new one'", "changed: label 'person': color '#aaff01' -> '#000000'",
    ]  # fmt: skip
    assert not at.diff(FULL, other, ignore=["labels"])


def test_frames_are_the_same_by_name_and_not_by_number() -> None:
    order = np.array([3, 0, 1, 2, 4, 5, 6, 7])
    new_number = np.argsort(order)
    turned = FULL.replace(
        frames=FULL.frames.take(order), shapes=FULL.shapes.replace(frame=new_number[FULL.shapes.frame]),
        tags=FULL.tags.replace(frame=new_number[FULL.tags.frame]),
        tracks=FULL.tracks.replace(frame=new_number[FULL.tracks.frame]),
    )  # fmt: skip
    assert not at.diff(FULL, turned)
    bare = FULL.replace(frames=None)
    assert not at.diff(FULL, bare), "without names numbers are all there is"


def test_a_frame_that_one_has_alone_is_named() -> None:
    frames = FULL.frames.take(np.arange(7))
    changes = [str(change) for change in at.diff(FULL, FULL.replace(frames=frames)) if change.what == "frame"]
    assert changes == ["removed: frame on frame 7 (0007.jpg)"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 30)), max_size=40), st.randoms())
def test_shuffled_rows_find_each_other(rows: list[tuple[int, int, int]], random: object) -> None:
    def made(rows: list[tuple[int, int, int]], shift: float) -> Dataset:
        build = DatasetBuilder(labels=[Label(1, "a"), Label(2, "b")])
        for number in range(3):
            build.add_frame(f"{number}.jpg", 100, 100)
        for frame, label, x in rows:
            build.add_shape("rectangle", frame, "ab"[label], (x + shift, shift, x + 4 + shift, 5 + shift))
        return build.dataset()

    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # of hypothesis
    assert not at.diff(made(rows, 0), made(shuffled, 0), tolerance=0)
    assert not at.diff(made(rows, 0), made(shuffled, 0.008))
    differences = at.diff(made(rows, 0), made(shuffled[: len(shuffled) // 2], 0))
    assert len(differences.removed) == len(rows) - len(rows) // 2
    assert len(differences) == len(differences.removed)


def test_a_crowd_on_one_frame_is_paired_with_its_neighbours() -> None:
    count = 3000
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 4000, (count, 2))
    boxes = np.concatenate((corner, corner + 20), axis=1)
    order = rng.permutation(count)

    def made(values: np.ndarray) -> Dataset:  # type: ignore[type-arg] # of any shape
        shapes = Shapes.of(label=np.ones(count), values=values.ravel(), offsets=np.arange(count + 1) * 4)
        return Dataset(labels=Labels((Label(1, "a"),)), shapes=shapes)

    assert not at.diff(made(boxes), made(boxes[order].round(2)))
    differences = at.diff(made(boxes), made(boxes[order] + 0.4))
    assert (len(differences.removed), len(differences.added), len(differences.changed)) == (0, 0, count)
    assert float(differences.moved.max()) < 0.41


def test_wrong_choices_are_usage_errors() -> None:
    with pytest.raises(at.UsageError, match="no field 'zorder' to ignore, expected z_order"):
        at.diff(FULL, FULL, ignore=["zorder"])
    with pytest.raises(at.UsageError, match="expected 0 or more"):
        at.diff(FULL, FULL, tolerance=float("nan"))


def test_points_of_one_name_are_those_of_their_skeleton() -> None:
    def of(owner: int) -> Dataset:
        build = DatasetBuilder()
        build.add_frame("a.jpg", 10, 10)
        heads = []
        for name in ("person", "dog"):
            skeleton = build.add_label(name, type="skeleton")
            heads.append(build.add_label("head", parent=skeleton, type="points"))
        build.add_shape("points", 0, heads[owner], (1, 2))
        return build.dataset()

    assert not at.diff(of(0), of(0))
    assert at.diff(of(0), of(1))
