"""Polygons: measures of their corners, and pixels with pycocotools as the judge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as judge

from annotools.errors import LimitError
from annotools.geometry import polygons, raster, rle_strings
from annotools.geometry.polygons import are_valid
from annotools.geometry.ragged import from_arrays, to_arrays

TRIANGLE = [0, 0, 10, 0, 10, 10]
BOW_TIE = [0, 0, 2, 2, 2, 0, 0, 2]
NO_ROWS = from_arrays([])

POLYGONS = st.lists(
    st.lists(
        st.one_of(st.integers(-20, 60).map(float), st.floats(-30, 70), st.floats(-1e4, 1e4)), min_size=6, max_size=20
    ).map(lambda numbers: numbers[: len(numbers) // 2 * 2]),
    min_size=1,
    max_size=6,
)
SIZES = st.tuples(st.integers(1, 50), st.integers(1, 50))


@pytest.mark.parametrize(
    ("polygon", "pixels"),
    [
        (TRIANGLE, 45),
        ([0.5, 0.5, 2.5, 0.5, 2.5, 2.5, 0.5, 2.5], 4),
        ([-5, -5, 5, -5, 5, 5, -5, 5], 25),
        ([3, 2, 8, 2, 8, 6, 3, 6], 20),
        ([0, 0, 1e8, 0, 1e8, 1e8, 0, 1e8], 2000),
        ([0, 0, 10, 10], 0),
        ([], 0),
    ],
    ids=["triangle", "half pixels", "over the border", "pixel edges", "far out", "line", "nothing"],
)
def test_worked_pixel_areas(polygon: list[float], pixels: int) -> None:
    assert raster.polygon_pixel_areas(*from_arrays([polygon]), np.array([50, 40])).tolist() == [pixels]


@given(POLYGONS, SIZES)
def test_pixels_are_those_of_pycocotools(rows: list[list[float]], size: tuple[int, int]) -> None:
    values, offsets = from_arrays(rows)
    expected = [judge.frPyObjects([row], size[1], size[0])[0] for row in rows]
    counts = raster.polygons_to_coco_rle(values, offsets, np.array(size))
    assert rle_strings.compress_counts(*counts) == [one["counts"] for one in expected]
    areas = raster.polygon_pixel_areas(values, offsets, np.array(size))
    assert areas.tolist() == judge.area(expected).tolist()


def test_repeated_corners_change_no_pixel() -> None:
    plain = from_arrays([TRIANGLE])
    repeated = from_arrays([[0, 0, 0, 0, 10, 0, 10, 10, 10, 10, 0, 0]])
    size = np.array([20, 20])
    assert np.array_equal(raster.polygons_to_coco_rle(*plain, size)[0], raster.polygons_to_coco_rle(*repeated, size)[0])


def test_many_polygons_are_painted_in_pieces_alike() -> None:
    rows, size = 300, np.array([2000, 30])
    values, offsets = from_arrays([[0, 0, 2000, 0, 2000, 30, 0, 20]] * rows)
    counts, _ = raster.polygons_to_coco_rle(values, offsets, size)
    alone, _ = raster.polygons_to_coco_rle(values[:8], offsets[:2], size)
    assert 2000 * 2 * rows > 1 << 20
    assert np.array_equal(counts.reshape(rows, -1), np.tile(alone, (rows, 1)))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e9, -2e9])
def test_what_would_break_the_rasteriser_is_named(number: float) -> None:
    column = from_arrays([TRIANGLE, [0, 0, number, 0, 5, 5]])
    assert raster.check_polygons(*column) == [(1, "a coordinate is not below 1e9 px")]
    with pytest.raises(ValueError, match="row 1: a coordinate is not below 1e9 px"):
        raster.polygon_pixel_areas(*column, np.array([20, 20]))
    assert polygons.are_valid(*column).tolist() == [True, False]


def test_an_odd_row_is_named() -> None:
    assert raster.check_polygons(*from_arrays([[1, 2, 3], TRIANGLE])) == [(0, "an odd number of coordinates")]


def test_measures() -> None:
    column = from_arrays([TRIANGLE, TRIANGLE[::-1], [], [4, 5], [0, 0, 3, 4]])
    assert polygons.signed_areas(*column).tolist() == [50, 50, 0, 0, 0]
    assert polygons.perimeters(*column).round(6).tolist() == [34.142136, 34.142136, 0, 0, 10]
    assert polygons.polyline_lengths(*column).tolist() == [20, 20, 0, 0, 5]


def test_the_sign_of_the_area_is_the_direction() -> None:
    values, offsets = from_arrays([TRIANGLE, [1, 1, 5, 9, 8, 2]])
    turned = polygons.reversed_points(values, offsets)
    assert polygons.signed_areas(values, offsets).tolist() == [50, -26]
    assert polygons.signed_areas(turned, offsets).tolist() == [-50, 26]
    assert turned.tolist() == [10, 10, 10, 0, 0, 0, 8, 2, 5, 9, 1, 1]


def test_areas_far_from_the_origin_keep_their_digits() -> None:
    far = np.array(TRIANGLE, float) + 1e8
    assert polygons.polygon_areas(far, np.array([0, 6])).tolist() == [50]


def test_closed_rings() -> None:
    column = from_arrays([[*TRIANGLE, 0, 0], TRIANGLE, [5, 5], [], [5, 5, 5, 5]])
    assert polygons.are_closed(*column).tolist() == [True, False, False, False, True]


def test_distinct_points_and_repeats() -> None:
    column = from_arrays([[1, 1, 1, 1, 2, 2, 1, 1], [5, 5, 5, 5], [], [0, 0, 1, 1, 0, 0, 1, 1]])
    assert polygons.distinct_points(*column).tolist() == [2, 1, 0, 2]
    rows = [row.tolist() for row in to_arrays(*polygons.without_repeats(*column))]
    assert rows == [[1, 1, 2, 2], [5, 5], [], [0, 0, 1, 1, 0, 0, 1, 1]]


def test_validity_and_why() -> None:
    column = from_arrays([TRIANGLE, BOW_TIE, [1, 2, 3, 4], [np.nan] * 6, [0, 0, 1, 1, 2, 2], [*TRIANGLE, 0, 0]])
    assert polygons.are_valid(*column).tolist() == [True, False, False, False, False, True]
    reasons = polygons.validity_reasons(*column)
    # Of a polygon without area GEOS names one place or another, depending on its version.
    assert reasons.pop(4).startswith("Self-intersection[")
    assert reasons == ["", "Self-intersection[1 1]", "fewer than 3 points", "a coordinate is not below 1e9 px", ""]


def test_no_polygons_at_all() -> None:
    assert polygons.are_valid(*NO_ROWS).tolist() == []
    assert polygons.validity_reasons(*NO_ROWS) == []
    assert polygons.signed_areas(*NO_ROWS).tolist() == []
    assert raster.polygon_pixel_areas(*NO_ROWS, np.array([5, 5])).tolist() == []
    assert raster.polygons_to_coco_rle(*NO_ROWS, np.array([5, 5]))[1].tolist() == [0]


@given(POLYGONS, SIZES)
def test_columns_are_painted_alike_in_bands(rows: list[list[float]], size: tuple[int, int]) -> None:
    whole = raster.polygons_to_coco_rle(*from_arrays(rows), np.array(size))
    areas = raster.polygon_pixel_areas(*from_arrays(rows), np.array(size))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_BAND", 3)
        patch.setattr(raster, "_CHUNK", 1)
        banded = raster.polygons_to_coco_rle(*from_arrays(rows), np.array(size))
        assert raster.polygon_pixel_areas(*from_arrays(rows), np.array(size)).tolist() == areas.tolist()
    assert [part.tolist() for part in banded] == [part.tolist() for part in whole]


@given(st.integers(40, 200), st.tuples(st.integers(1, 12), st.integers(1, 9)), st.integers(0, 99))
def test_a_tangle_that_crosses_all_pixels_often(points: int, size: tuple[int, int], seed: int) -> None:
    row = np.random.default_rng(seed).uniform(-2, 14, 2 * points).round(1).tolist()
    expected = judge.frPyObjects([row], size[1], size[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_CHUNK", 1 + seed)
        counts = raster.polygons_to_coco_rle(*from_arrays([row]), np.array(size))
        assert rle_strings.compress_counts(*counts) == [expected[0]["counts"]]
        assert raster.polygon_pixel_areas(*from_arrays([row]), np.array(size)).tolist() == judge.area(expected).tolist()


def test_what_no_picture_is_as_large_as_is_not_painted() -> None:
    square = [0, 0, 9e8, 0, 9e8, 9e8, 0, 9e8]
    for paint in (raster.polygons_to_coco_rle, raster.polygon_pixel_areas):
        with pytest.raises(LimitError, match="columns of pixels is too large to be painted"):
            paint(*from_arrays([square]), np.array([2**31 - 1, 2**31 - 1]))
        paint(*from_arrays([square]), np.array([4000, 3000]))


@pytest.mark.parametrize(
    ("outline", "closed", "expected"),
    [
        ([[0, 0], [10, 0.1], [20, 0]], False, [[0, 0], [20, 0]]),
        ([[0, 0], [10, 0.1], [20, 0], [20, 9]], True, [[0, 0], [20, 0], [20, 9]]),
        ([[0, 0], [10, 0.1], [20, 0], [10, -0.1]], True, None),
        ([[0, 0], [20, 0], [10, 0.1], [10, -0.1]], True, None),
    ],
)
def test_an_outline_of_two_points_is_none(
    outline: list[list[float]], closed: bool, expected: list[list[float]] | None
) -> None:
    """Also where it crossed itself before."""
    simple = polygons.simplified(np.array(outline), 0.5, closed)
    assert (None if simple is None else simple.tolist()) == expected


def test_many_polygons_are_each_judged() -> None:
    """They are handed over some at a time."""
    square, eight = [0, 0, 4, 0, 4, 4, 0, 4], [0, 0, 4, 4, 4, 0, 0, 4]
    crossed = np.arange(40_000) % 7 == 3
    values = np.where(crossed[:, None], eight, square).reshape(-1).astype(np.float64)
    assert np.array_equal(are_valid(values, 8 * np.arange(40_001)), ~crossed)


def test_areas_of_many_points_are_those_of_each_polygon() -> None:
    sizes = [3, 0, 100_000, 5, 40_000, 0, 4, 1, 70_000, 0]
    random = np.random.default_rng(4)
    outlines = [random.random(2 * size) * 900 for size in sizes] * 2
    alone = [float(polygons.signed_areas(*from_arrays([outline]))[0]) for outline in outlines]
    assert polygons.signed_areas(*from_arrays(outlines)).tolist() == alone
    assert sum(area != 0 for area in alone) == 12
