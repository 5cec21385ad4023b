"""Ellipses: the true ones against their equation, CVAT's against OpenCV itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.errors import LimitError
from annotools.geometry import boxes, ellipses, polygons, rle
from annotools.geometry.ellipses_opencv import opencv_ellipse
from annotools.geometry.ragged import Bools, to_arrays

cv2 = pytest.importorskip("cv2", reason="OpenCV is the judge of its own pixels: extra `test`")

WORKED = np.array([[50.0, 40, 80, 25]])
UPRIGHT = np.zeros(1)
ROTATIONS = st.one_of(
    st.sampled_from([0.0, 45, 90, 180, 270, 360]), st.floats(0, 360), st.integers(0, 359).map(lambda d: d + 0.5)
)
RADII = st.one_of(st.integers(0, 4), st.integers(0, 40), st.integers(0, 600))
PLACES = st.one_of(st.integers(-20, 90), st.integers(-500, 500))


def painted(center: tuple[int, int], axes: tuple[int, int], rotation: float, size: tuple[int, int]) -> Bools:
    frame = np.zeros((size[1], size[0]), bool)
    left, top, picture = opencv_ellipse(center, axes, rotation, size)
    frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return frame


def judged(center: tuple[int, int], axes: tuple[int, int], rotation: float, size: tuple[int, int]) -> Bools:
    frame = np.zeros((size[1], size[0]), np.uint8)
    cv2.ellipse(frame, center, axes, rotation, 0, 360, 1, -1)
    return frame.astype(bool)


@settings(max_examples=500)
@given(
    st.tuples(PLACES, PLACES), st.tuples(RADII, RADII), ROTATIONS, st.tuples(st.integers(1, 150), st.integers(1, 150))
)
def test_opencv_fills_the_same_pixels(
    center: tuple[int, int], axes: tuple[int, int], rotation: float, size: tuple[int, int]
) -> None:
    assert np.array_equal(painted(center, axes, rotation, size), judged(center, axes, rotation, size))


@pytest.mark.parametrize("axes", [(a, b) for a in range(17) for b in (0, 1, 2, 3, 9, 10, 15)])
def test_small_ellipses_at_every_tenth_degree(axes: tuple[int, int]) -> None:
    for rotation in range(0, 361, 10):
        assert np.array_equal(painted((16, 18), axes, rotation, (32, 35)), judged((16, 18), axes, rotation, (32, 35)))


def test_the_worked_ellipses_of_cvat() -> None:
    points = np.array([[50, 40, 80, 25], [50, 40, 79.4, 24.5]])
    column = ellipses.ellipses_to_cvat_rle(points, np.zeros(2), np.array([120, 100]), "opencv")
    assert rle.cvat_rle_areas(*column).tolist() == [1491, 1535]
    assert rle.cvat_rle_boxes(*column)[0].tolist() == [20, 25, 80, 55]


def test_points_and_radii() -> None:
    assert ellipses.points_to_cxcyrxry(WORKED).tolist() == [[50, 40, 30, 15]]
    assert ellipses.cxcyrxry_to_points(np.array([[50, 40, 30, 15]])).tolist() == WORKED.tolist()


@given(st.tuples(*[st.floats(-20, 70)] * 4), st.floats(0, 360))
def test_the_true_ellipse_holds_the_pixel_centres_inside(numbers: tuple[float, ...], rotation: float) -> None:
    points, turn, size = np.array([numbers]), np.array([rotation]), (50, 40)
    column = ellipses.ellipses_to_cvat_rle(points, turn, np.array(size))
    picture = rle.cvat_rle_to_mask(column[0], size)
    cx, cy, rx, ry = ellipses.points_to_cxcyrxry(points)[0]
    y, x = np.mgrid[: size[1], : size[0]] + 0.5
    cosine, sine = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    along, across = (x - cx) * cosine + (y - cy) * sine, (y - cy) * cosine - (x - cx) * sine
    # cross-multiplied, so that a radius of 0 needs no case of its own
    room = (rx * ry) ** 2 - (along * ry) ** 2 - (across * rx) ** 2
    sure = np.abs(room) > 1e-6 * (1 + (rx * ry) ** 2)
    assert np.array_equal(picture[sure], (room > 0)[sure])


def test_the_area_of_a_true_ellipse() -> None:
    column = ellipses.ellipses_to_cvat_rle(np.array([[500.0, 400, 800, 250]]), np.array([33.0]), np.array([1000, 800]))
    assert abs(rle.cvat_rle_areas(*column)[0] / (np.pi * 300 * 150) - 1) < 1e-3


def test_bounds_swap_sides_at_a_quarter_turn() -> None:
    assert ellipses.ellipse_bounds(WORKED, UPRIGHT).tolist() == [[20, 25, 80, 55]]
    assert ellipses.ellipse_bounds(WORKED, np.array([90.0])).tolist() == [[35, 10, 65, 70]]


@given(st.floats(0.1, 300), st.floats(0.1, 300), st.floats(0, 360), st.sampled_from([0.01, 0.25, 1.0]))
def test_polygons_stay_within_the_tolerance(rx: float, ry: float, rotation: float, tolerance: float) -> None:
    points, turn = ellipses.cxcyrxry_to_points(np.array([[7.0, -3, rx, ry]])), np.array([rotation])
    values, offsets = ellipses.ellipses_to_polygons(points, turn, tolerance)
    missing = np.pi * rx * ry - polygons.signed_areas(values, offsets)[0]
    assert -1e-6 < missing <= tolerance * 2 * np.pi * max(rx, ry)
    hull, bounds = boxes.hull_boxes(values, offsets), ellipses.ellipse_bounds(points, turn)
    assert np.abs(hull - bounds).max() <= tolerance + 1e-9


@given(st.floats(0.1, 300), st.floats(0.1, 300), st.sampled_from([0.01, 0.25, 1.0]))
def test_no_side_of_a_polygon_is_further_away_than_the_tolerance(rx: float, ry: float, tolerance: float) -> None:
    points = ellipses.cxcyrxry_to_points(np.array([[0.0, 0, rx, ry]]))
    corners = ellipses.ellipses_to_polygons(points, UPRIGHT, tolerance)[0].reshape(-1, 2)
    assert len(corners) % 4 == 0
    middles = (corners + np.roll(corners, -1, axis=0)) / 2  # of each side; the outline lies behind it, seen from within
    inner = np.hypot(*(middles / (rx, ry)).T)
    assert (np.hypot(*middles.T) * (1 / inner - 1)).max() <= tolerance + 1e-9


@pytest.mark.parametrize("radius", [3.0, 100.0, 250.0])
def test_the_sides_of_a_circle_stay_within_the_tolerance(radius: float) -> None:
    points = ellipses.cxcyrxry_to_points(np.array([[0.0, 0, radius, radius]]))
    corners = ellipses.ellipses_to_polygons(points, UPRIGHT, 0.25)[0].reshape(-1, 2)
    depth = radius - np.hypot(*((corners[0] + corners[1]) / 2))
    assert depth <= 0.25


def test_a_polygon_starts_at_the_right_and_runs_clockwise() -> None:
    values, offsets = ellipses.ellipses_to_polygons(WORKED, UPRIGHT)
    assert values[:2].tolist() == [80, 40]
    assert values.reshape(-1, 2)[len(values) // 8].tolist() == [50, 55]
    assert polygons.signed_areas(values, offsets)[0] > 0


@pytest.mark.parametrize("raster", ["true", "opencv"])
def test_ellipses_off_the_frame_are_empty(raster: ellipses.Raster) -> None:
    points = np.array([[500.0, 400, 510, 390], [5, 5, 9, 1]])
    rows = to_arrays(*ellipses.ellipses_to_cvat_rle(points, np.zeros(2), np.array([50, 40]), raster))
    assert rows[0].tolist() == [1, 0, 0, 0, 0]
    assert rows[1].sum() > 0


@pytest.mark.parametrize("raster", ["true", "opencv"])
@pytest.mark.parametrize("number", [np.nan, np.inf, 1e9])
def test_numbers_that_cannot_be_painted_are_named(raster: ellipses.Raster, number: float) -> None:
    points = np.array([[50.0, 40, 80, 25], [number, 40, 80, 25]])
    with pytest.raises(ValueError, match="row 1: a coordinate or rotation"):
        ellipses.ellipses_to_cvat_rle(points, np.zeros(2), np.array([50, 40]), raster)
    with pytest.raises(ValueError, match="row 0: a coordinate or rotation"):
        ellipses.ellipses_to_cvat_rle(WORKED, np.array([np.nan]), np.array([50, 40]), raster)


@pytest.mark.parametrize("kind", ["true", "opencv"])
def test_what_no_picture_is_as_large_as_is_not_painted(kind: ellipses.Raster) -> None:
    huge, size = np.array([[4e8, 4e8, 8e8, 0.0]]), np.array([2**31 - 1, 2**31 - 1])
    with pytest.raises(LimitError, match="an ellipse is too large to be painted"):
        ellipses.ellipses_to_cvat_rle(huge, UPRIGHT, size, kind)
