"""Polygons and ellipses as masks, masks as polygons, and shapes cut at the border of the frame."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.geometry.rle import cvat_rle_areas
from annotools.model import MASK, POLYGON, Frames
from annotools.transform import masks_to_polygons, polygons_to_masks
from annotools.transform.clipping import clip_to_frame
from annotools.transform.ellipse_masks import ellipses_to_masks
from tests.geometry.strategies import pictures
from tests.tracks.documents import texts_of
from tests.transform.build import MARKS, builder, counts_of, one, same_but_points

TWO_PARTS = [0, 1, 1, 1, 5, 5, 7, 5]  # pixels 5 and 7 of line 5


def test_a_polygon_becomes_its_pixels() -> None:
    shape = one("polygon", [3, 2, 8, 2, 8, 6, 3, 6])
    result, losses = polygons_to_masks(shape)
    assert result.shapes.type.tolist() == [MASK]
    assert result.shapes.values.tolist() == [0, 20, 3, 2, 7, 5]
    assert same_but_points(result.shapes, shape.shapes)
    assert texts_of(result) == texts_of(shape)
    assert counts_of(losses) == [("changed", "polygon", 1)]


def test_an_ellipse_becomes_its_pixels() -> None:
    result, losses = ellipses_to_masks(one("ellipse", [30, 20, 40, 10]))
    area = cvat_rle_areas(result.shapes.values, result.shapes.offsets)[0]
    assert abs(area - math.pi * 100) < 10
    assert counts_of(losses) == [("changed", "ellipse", 1)]


def test_an_unknown_size_is_said() -> None:
    for kind, points, transform in (
        ("polygon", [3, 2, 8, 2, 8, 6], polygons_to_masks), ("ellipse", [9, 9, 12, 5], ellipses_to_masks),
    ):  # fmt: skip
        shape = one(kind, points)
        shape = shape.replace(frames=Frames.of(["a", "b"]))
        result, losses = transform(shape)
        assert result == shape
        assert losses.rows[0].why == "stays as it is: the size of its frame is unknown"


def test_what_cannot_be_painted_is_said() -> None:
    build = builder()
    build.add_shape("polygon", 0, "car", [1, 2, math.nan, 4, 5, 6])
    build.add_shape("polygon", 1, "car", [1, 2, 3, 4, 5])
    build.add_shape("ellipse", 2, "car", [1, 2, 3])
    track = build.add_track("car", 0)
    build.add_shape("polygon", 3, points=[0, 0, 5, 0, 5, 5], track=track)
    shapes = build.dataset()
    result, losses = polygons_to_masks(shapes)
    assert result.shapes.type.tolist() == [POLYGON, POLYGON, 4, POLYGON]
    assert [loss.frames.tolist() for loss in losses] == [[3], [0], [1]]
    assert counts_of(ellipses_to_masks(shapes)[1]) == [("changed", "ellipse", 1)]


def test_parts_become_a_group() -> None:
    build = builder()
    build.add_shape("rectangle", 0, "car", [0, 0, 1, 1], **(MARKS | {"id": 1}))
    build.add_shape("mask", 0, "bus", TWO_PARTS, **(MARKS | {"group": 0, "id": 2, "attributes": {9: "blue"}}))
    build.add_shape("mask", 1, "bus", TWO_PARTS, **MARKS)
    build.add_shape("mask", 2, "bus", [1, 0, 0, 0, 0])
    build.add_shape("points", 3, "bus", [1, 1], attributes={9: "last"})
    result, losses = masks_to_polygons(build.dataset())
    shapes = result.shapes
    assert shapes.type.tolist() == [0, POLYGON, POLYGON, POLYGON, POLYGON, 3]
    assert shapes.points(1).tolist() == [5, 5, 6, 5, 6, 6, 5, 6]
    assert shapes.points(2).tolist() == [7, 5, 8, 5, 8, 6, 7, 6]
    assert shapes.group.tolist() == [5, 6, 6, 5, 5, 0]
    assert shapes.id.tolist() == [1, 2, -1, 11, -1, -1]
    assert [texts_of(result)[1, row][9] for row in range(6)] == ["red", "blue", "blue", "red", "red", "last"]
    assert counts_of(losses) == [("changed", "mask", 2), ("lost", "mask", 1)]


def test_masks_of_tracks_and_broken_ones_stay() -> None:
    build = builder()
    track = build.add_track("car", 0)
    build.add_shape("mask", 0, points=TWO_PARTS, track=track)
    build.add_shape("mask", 1, "car", [9, 9, 9, 0, 0, 1, 1])
    result, losses = masks_to_polygons(build.dataset())
    assert result == build.dataset()
    assert [loss.frames.tolist() for loss in losses] == [[0], [1]]


@settings(max_examples=40, deadline=None)
@given(pictures(), st.integers(0, 9), st.integers(0, 9))
def test_polygons_of_a_mask_paint_the_mask(picture: np.ndarray, left: int, top: int) -> None:
    from annotools.geometry.masks import union_cvat_rle
    from annotools.geometry.rle import mask_to_cvat_rle

    shape = one("mask", mask_to_cvat_rle(picture, left, top).tolist())
    painted, _ = polygons_to_masks(masks_to_polygons(shape)[0])
    if picture.any():
        count = len(painted.shapes)
        whole, _ = union_cvat_rle(painted.shapes.values, painted.shapes.offsets, np.zeros(count, np.int64), 1)
        tight, _ = union_cvat_rle(shape.shapes.values, shape.shapes.offsets, np.zeros(1, np.int64), 1)
        assert whole.tolist() == tight.tolist()
    else:
        assert len(painted.shapes) == 0


def test_shapes_are_cut_at_the_border() -> None:
    build = builder(size=(20, 10))
    build.add_shape("rectangle", 0, "car", [-5, 2, 30, 8], attributes={9: "a"})
    build.add_shape("rectangle", 0, "car", [21, 2, 30, 8])
    build.add_shape("rectangle", 0, "car", [1, 2, 3, 8])
    build.add_shape("polygon", 0, "car", [-4, -4, 4, -4, 4, 2, 0, 2, 0, 8, 4, 8, 4, 14, -4, 14], attributes={9: "b"})
    build.add_shape("polygon", 1, "car", [30, 0, 40, 0, 40, 9])
    build.add_shape("polygon", 1, "car", [0, 0, 30, 30, 30, 0, 0, 30])
    build.add_shape("mask", 2, "car", [0, 8, 18, 1, 21, 2])
    build.add_shape("mask", 2, "car", [0, 4, 30, 1, 31, 2])
    result, losses = clip_to_frame(build.dataset())
    assert [result.shapes.points(row).tolist() for row in (0, 1)] == [[0, 2, 20, 8], [1, 2, 3, 8]]
    assert result.shapes.type.tolist() == [0, 0, POLYGON, POLYGON, POLYGON, MASK]
    assert sorted(result.shapes.points(row)[1::2].max() for row in (2, 3)) == [2, 10]
    assert result.shapes.group.tolist() == [0, 0, 1, 1, 0, 0]
    assert result.shapes.points(5).tolist() == [0, 4, 18, 1, 19, 2]
    assert texts_of(result) == {(1, 0): {9: "a"}, (1, 2): {9: "b"}, (1, 3): {9: "b"}}
    assert [loss.count for loss in losses.of("lost")] == [1, 1, 1]


@pytest.mark.parametrize("box", [[-5, 2, 0, 8], [20, 2, 30, 8], [2, -5, 8, 0], [2, 10, 8, 20]])
def test_a_box_that_only_touches_its_frame_is_not_on_it(box: list[float]) -> None:
    build = builder(size=(20, 10))
    build.add_shape("rectangle", 0, "car", box)
    result, losses = clip_to_frame(build.dataset())
    assert len(result.shapes) == 0
    assert [(loss.kind, loss.what, loss.count) for loss in losses] == [("lost", "rectangle", 1)]


def test_a_tracked_box_beyond_the_border_is_outside() -> None:
    build = builder(5, size=(20, 10))
    track = build.add_track("car", 0)
    build.add_shape("rectangle", 0, points=[12, 2, 18, 8], track=track)
    build.add_shape("rectangle", 4, points=[24, 2, 30, 8], track=track)
    result, _ = clip_to_frame(build.dataset())
    assert result.shapes.values.reshape(-1, 4)[:, 0].tolist() == [12, 15, 18, 20, 20]
    assert result.shapes.outside.tolist() == [False, False, False, True, True]
