"""Laws that hold for every dataset: equality by meaning, consistent selection, archives, joining, projection."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.model import Dataset, Keeps, Labels, Px, ShapeType, archive, concat, fit
from annotools.model.archive import read_archive, write_archive
from annotools.model.canonical import differing
from annotools.model.keeps import EVERYTHING
from tests.model.strategies import datasets, task

TABLES = ("tags", "shapes", "tracks", "intervals")


def reordered(dataset: Dataset, seed: int) -> Dataset:
    """The same annotations with other ids and in another order of rows and attributes."""
    rng = np.random.default_rng(seed)
    orders = {name: rng.permutation(len(getattr(dataset, name))) for name in TABLES}
    new = {name: np.argsort(order) for name, order in orders.items()}
    tables = {name: getattr(dataset, name).take(order) for name, order in orders.items()}
    tables = {name: table.replace(id=np.arange(len(table)) + 100) for name, table in tables.items()}
    follow = lambda reference, name: np.where(reference < 0, -1, np.append(new[name], -1)[reference])  # noqa: E731
    shapes, tracks, attributes = tables["shapes"], tables["tracks"], dataset.attributes
    tables["shapes"] = shapes.replace(track=follow(shapes.track, "tracks"), parent=follow(shapes.parent, "shapes"))
    tables["tracks"] = tracks.replace(parent=follow(tracks.parent, "tracks"))
    owner = attributes.owner.copy()
    for kind, name in enumerate(TABLES):
        mine = attributes.kind == kind
        owner[mine] = new[name][owner[mine]]
    mixed = attributes.replace(owner=owner).take(rng.permutation(len(attributes)))
    return dataset.replace(attributes=mixed, **tables)


def is_consistent(dataset: Dataset) -> None:
    """Every reference meets a row, and rows of a track say what the track says."""
    shapes, tracks = dataset.shapes, dataset.tracks
    assert (shapes.track < len(tracks)).all()
    assert (shapes.parent < len(shapes)).all()
    assert (tracks.parent < len(tracks)).all()
    for kind, name in enumerate(TABLES):
        owner = dataset.attributes.owner[dataset.attributes.kind == kind]
        assert ((owner >= 0) & (owner < len(getattr(dataset, name)))).all()
    owned = shapes.track >= 0
    for column in ("label", "group", "source", "job"):
        mine, theirs = getattr(shapes, column)[owned], getattr(tracks, column)[shapes.track[owned]]
        assert (mine == theirs).all()


@given(datasets(), st.integers(0, 2**32))
def test_order_and_ids_do_not_matter(dataset: Dataset, seed: int) -> None:
    other = reordered(dataset, seed)
    assert differing(dataset, other) == []
    assert dataset == other


@given(datasets(), st.data())
def test_any_other_point_matters(dataset: Dataset, data: st.DataObject) -> None:
    values = dataset.shapes.values.copy()
    if not len(values):
        return
    values[data.draw(st.integers(0, len(values) - 1))] += 0.5
    assert dataset != dataset.replace(shapes=dataset.shapes.with_points(values))


@given(datasets())
def test_canonical_is_a_fixed_point_and_equal(dataset: Dataset) -> None:
    once = dataset.canonical()
    is_consistent(once)
    assert once == dataset
    for name in TABLES:
        for column, values in getattr(once.canonical(), name).columns().items():
            assert np.array_equal(values, getattr(getattr(once, name), column)), (name, column)


@given(datasets())
def test_an_archive_gives_the_same_back(dataset: Dataset) -> None:
    file = io.BytesIO()
    write_archive(dataset, file)
    file.seek(0)
    again = read_archive(file)
    assert again == dataset
    assert again.shapes.id.tolist() == dataset.shapes.id.tolist()


@given(datasets())
def test_everything_is_carried_by_a_format_that_keeps_everything(dataset: Dataset) -> None:
    carried, losses = fit(dataset, EVERYTHING)
    assert carried == dataset
    assert not losses.rows


@given(datasets(), st.data())
def test_selection_stays_consistent_and_keeps_no_more_than_chosen(dataset: Dataset, data: st.DataObject) -> None:
    size = len(dataset.shapes)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)
    part = dataset.select(shapes=mask)
    is_consistent(part)
    assert len(part.shapes) <= mask.sum()
    whole = dataset.select(shapes=np.ones(size, bool))
    assert len(whole.tracks) == len(dataset.tracks)
    assert whole == dataset
    kept = set(dataset.shapes.take(mask).frame.tolist())
    assert set(part.shapes.frame.tolist()) <= kept


@given(datasets(), datasets())
def test_joining_keeps_all_annotations_apart(one: Dataset, other: Dataset) -> None:
    both = concat([one, other])
    is_consistent(both)
    for name in TABLES:
        assert len(getattr(both, name)) == len(getattr(one, name)) + len(getattr(other, name))
    assert len(both.frames) == len(one.frames) + len(other.frames)
    assert [label.name for label in both.labels] == [label.name for label in one.labels]
    front = both.on_frames(range(len(one.frames)))
    assert np.array_equal(front.shapes.values, one.shapes.values)
    groups = [_groups(both, name, len(getattr(one, name))) for name in TABLES]
    assert not set().union(*(front for front, _ in groups)) & set().union(*(back for _, back in groups))


def _groups(dataset: Dataset, table: str, size: int) -> tuple[set[int], set[int]]:
    """The groups of the first rows of a table and of the rest, 0 left out."""
    group = getattr(dataset, table).group
    return set(group[:size].tolist()) - {0}, set(group[size:].tolist()) - {0}


@given(datasets())
def test_projection_drops_only_what_it_counts(dataset: Dataset) -> None:
    boxes, losses = fit(dataset, Keeps(shapes={ShapeType.RECTANGLE: {"attributes"}}, rounding=Px(1)))
    is_consistent(boxes)
    shapes = dataset.shapes
    plain = (shapes.track < 0) & (shapes.parent < 0)
    assert (boxes.shapes.type == ShapeType.RECTANGLE).all()
    assert len(boxes.shapes) == int((plain & (shapes.type == ShapeType.RECTANGLE)).sum())
    lost = {row.what: row.count for row in losses.of("lost")}
    assert lost.get("tags", 0) == len(dataset.tags)
    assert lost.get("tracks", 0) == int((dataset.tracks.parent < 0).sum())
    assert lost.get("polygon", 0) == int((plain & (shapes.type == ShapeType.POLYGON)).sum())
    assert np.array_equal(boxes.shapes.values, np.round(boxes.shapes.values, 1))


def archive_of(dataset: Dataset) -> bytes:
    file = io.BytesIO()
    write_archive(dataset, file)
    return file.getvalue()


def test_an_archive_of_a_newer_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = archive.VERSION + 1
    monkeypatch.setattr(archive, "VERSION", newer)
    written = archive_of(task().dataset())
    monkeypatch.undo()
    with pytest.raises(ValueError, match=f"archive of version {newer}, this program knows up to {newer - 1}"):
        read_archive(io.BytesIO(written))


@given(st.data())
def test_a_damaged_archive_is_refused_or_read(data: st.DataObject) -> None:
    whole = archive_of(task().dataset())
    position = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:position] + data.draw(st.binary(max_size=4)) + whole[position + data.draw(st.integers(0, 4)) :]
    with suppress(ValueError):  # any other exception is a failure
        assert isinstance(read_archive(io.BytesIO(damaged)), Dataset)


def test_labels_of_one_name_unite_with_their_attributes() -> None:
    one, other = task(), task()
    one.add_shape("points", 0, "car", [1, 2], attributes={"colour": "red"})
    other.labels[0] = replace(other.labels[0], id=99)
    other.add_shape("points", 1, "car", [3, 4], attributes={"parked": "true"})
    both = concat([one.dataset(), other.dataset()])
    assert [shape.label.name for shape in both.shapes] == ["car", "car"]
    assert [shape.attributes for shape in both.shapes] == [{"colour": "red"}, {"parked": "true"}]
    assert [shape.frame.number for shape in both.shapes] == [0, 5]
    assert isinstance(both.labels, Labels)
