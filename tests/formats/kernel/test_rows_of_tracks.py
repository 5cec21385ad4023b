"""The assembler: tracks, points of skeletons and attributes, put together from columns."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.model import (
    POINTS,
    POLYGON,
    RECTANGLE,
    SKELETON,
    Owner,
)
from tests.formats.kernel.columns import CONTEXT, boxes, rows_of


def test_points_that_are_made_make_a_skeleton() -> None:
    rows = rows_of()
    top = rows.label("dog")
    rows.labels(["tail", "nose"], np.array([top, top]))
    assert [(lb.name, lb.type) for lb in rows.read().dataset.labels] == [
        ("dog", "skeleton"), ("tail", "points"), ("nose", "points"),
    ]  # fmt: skip


def test_ragged_points_and_elements() -> None:
    rows = rows_of(CONTEXT)
    rows.shapes(POLYGON, np.array([0, 1]), 5, np.arange(14.0), np.array([0, 6, 14]))
    whole = rows.shapes(SKELETON, np.array([-1, 2]), 6, np.zeros((2, 0)))
    rows.shapes(POINTS, np.array([1, 2]), np.array([7, 8]), np.array([[1.0, 2], [3, 4]]), parent=whole)
    shapes = rows.read().dataset.shapes
    assert shapes.type.tolist() == [POLYGON, POLYGON, SKELETON, POINTS]
    assert shapes.parent.tolist() == [-1, -1, -1, 2]
    assert shapes.points(3).tolist() == [3, 4]


def test_tracks_by_their_keys() -> None:
    rows = rows_of(CONTEXT)
    keys = np.array([7, -1, 3, 7])
    track = rows.tracks(keys, 5, source=np.array([1, 0, 2, 3]))
    assert track.tolist() == [0, -1, 1, 0]
    assert rows.tracks(np.array([3, 9]), 5).tolist() == [1, 2]
    rows.shapes(RECTANGLE, np.array([4, 0, 0, 2]), -1, boxes(4), track=track)
    dataset = rows.read().dataset
    assert dataset.tracks.frame.tolist() == [2, 0]  # the third has no rows
    assert dataset.shapes.track.tolist() == [0, 1, 0]
    assert dataset.shapes.label.tolist() == [5, 5, 5]
    assert dataset.shapes.source.tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    "keys", [np.array([[4, 1], [4, 2], [-1, 0], [4, 1]]), [("a", 1), ("a", 2), None, ("a", 1)], ["x", "y", None, "x"]]
)
def test_keys_of_any_kind(keys: object) -> None:
    assert rows_of().tracks(keys, 5).tolist() == [0, 1, -1, 0]


def test_a_row_of_a_track_of_an_unknown_label_goes() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1, 2]), rows.labels(["bus", "car"]))
    rows.shapes(RECTANGLE, np.array([0, 1]), 5, boxes(2), track=track)
    dataset = rows.read().dataset
    assert (dataset.shapes.frame.tolist(), dataset.shapes.track.tolist(), len(dataset.tracks)) == ([1], [0], 1)


def test_points_of_skeletons_in_tracks_are_tracks() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1, 1]), 6, group=np.array([3, 3]), source=np.array([2, 2]))
    whole = rows.shapes(SKELETON, np.array([0, 1]), 6, np.zeros((2, 0)), track=track)
    rows.shapes(POINTS, np.array([0, 1, 0]), np.array([7, 7, 8]), boxes(3)[:, :2], parent=whole[[0, 1, 0]])
    dataset = rows.read().dataset
    assert dataset.tracks.parent.tolist() == [-1, 0, 0]
    assert dataset.tracks.label.tolist() == [6, 7, 8]
    assert dataset.tracks.source.tolist() == [2, 2, 2]
    assert dataset.shapes.track.tolist() == [0, 0, 1, 1, 2]
    assert dataset.shapes.parent.tolist() == [-1] * 5


def test_tracks_that_are_only_listed_where_they_are_seen_are_closed() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1] * 4), 5)
    row = rows.shapes(RECTANGLE, np.array([0, 1, 3, 3]), 5, boxes(4), track=track)
    rows.attributes(Owner.SHAPE, row, "speed", list("pqrs"))
    read = rows.read(gaps_are_outside=True)
    shapes = read.dataset.shapes
    order = np.lexsort((shapes.frame, shapes.track))
    assert shapes.track[order].tolist() == [-1, 0, 0, 0, 0, 0]
    assert shapes.frame[order].tolist() == [3, 0, 1, 2, 3, 4]
    assert shapes.outside[order].tolist() == [False, False, False, True, False, True]
    assert len(read.dataset.attributes) == 6
    assert [(loss.what, loss.count) for loss in read.losses] == [("second shape of a track on a frame", 1)]


def test_attributes_stand_where_cvat_keeps_them() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1, 1]), 5)
    row = rows.shapes(RECTANGLE, np.array([1, 0]), 5, boxes(2), track=track)
    plain = rows.shapes(RECTANGLE, np.array([2]), 5, boxes(1))
    rows.attributes(Owner.SHAPE, np.repeat(row, 2), ["make", "speed"] * 2, ["new", "2", "old", "1"])
    rows.attributes(Owner.SHAPE, plain, ["make"], ["x"])
    rows.attributes(Owner.SHAPE, plain, "wheels", ["4"])
    rows.attributes(Owner.TRACK, track[:1], "unknown", ["4"])
    read = rows.read()
    table = read.dataset.attributes
    placed = sorted(zip(table.kind.tolist(), table.owner.tolist(), table.spec.tolist(), table.texts(), strict=True))
    shape, of_track = int(Owner.SHAPE), int(Owner.TRACK)
    assert placed == [(shape, 0, 2, "2"), (shape, 1, 2, "1"), (shape, 2, 1, "x"), (of_track, 0, 1, "new")]
    assert [(loss.kind, loss.what, loss.count) for loss in read.losses] == [
        ("lost", "attribute", 2), ("changed", "immutable attribute of track", 1),
    ]  # fmt: skip
