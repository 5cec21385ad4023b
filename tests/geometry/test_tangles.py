"""Outlines that cross themselves at every turn, lie on one point, or whose sides all lie beside each other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from annotools.geometry import tangles
from annotools.geometry.polygons import are_valid, simplified, validity_reasons
from annotools.geometry.tangles import many_crossings, meetings

COORDINATES = st.integers(0, 12).map(float)
OUTLINES = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=14).map(np.array)


def cloud(count: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(0, 1000, (count, 2))


def circle(count: int) -> np.ndarray:
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([500 + 400 * np.cos(turns), 500 + 400 * np.sin(turns)], axis=1)


def slanted_comb(teeth: int) -> np.ndarray:
    """A simple outline whose long sides have the boxes of all others near."""
    x = np.arange(2 * teeth)
    comb = np.concatenate(
        [np.stack([x / 10, np.where(x % 2, 1000.0, 10.0)], axis=1), [[teeth, 1100.0], [-1.0, 1100.0]]]
    )
    return comb @ np.array([[0.8, 0.6], [-0.6, 0.8]])


def row(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return points.reshape(-1), np.array([0, points.size])


@given(OUTLINES)
def test_a_point_where_sides_meet_is_none_of_a_simple_outline(points: np.ndarray) -> None:
    point = meetings(points).point
    if point is not None:
        assert not shapely.LinearRing(points).is_simple
        assert shapely.LinearRing(points).distance(shapely.Point(point)) < 1e-9


@given(OUTLINES)
def test_an_outline_without_meetings_is_simple_but_for_ways_back(points: np.ndarray) -> None:
    steps = points[(points != np.roll(points, -1, axis=0)).any(axis=1)]
    sides = np.roll(steps, -1, axis=0) - steps
    turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    if len(steps) > 3 and (turns != 0).all() and meetings(points).point is None:
        assert shapely.Polygon(points).is_valid


@pytest.mark.parametrize("points", [cloud(20_000), np.tile([[1.0, 1], [50, 20]], (5_000, 1))], ids=["cloud", "back"])
def test_a_tangle_is_known_from_a_sample(points: np.ndarray) -> None:
    known = meetings(points)
    assert known.dense
    assert known.point is not None
    assert many_crossings(points)
    assert not are_valid(*row(points))[0]
    assert validity_reasons(*row(points))[0].startswith("Self-intersection[")


def test_a_dense_outline_is_simple_as_far_as_the_sample_tells() -> None:
    points = slanted_comb(2_000)
    known = meetings(points)
    assert known.dense
    assert known.point is None
    assert shapely.Polygon(points).is_valid
    assert are_valid(*row(points))[0]
    assert validity_reasons(*row(points)) == [""]


def test_what_is_looked_at_does_not_grow_with_the_square_of_the_sides() -> None:
    for count in (10, 64, 1_000, 100_000, 1_000_000):
        assert len(tangles._sample(count, 8)) * count <= max(tangles._PAIRS * 1.01, 8 * count)


@pytest.mark.parametrize("points", [circle(50), circle(5_000), circle(50_000)], ids=len)
def test_a_circle_is_no_tangle(points: np.ndarray) -> None:
    assert not meetings(points).dense
    assert not many_crossings(points)
    assert are_valid(*row(points))[0]


def test_a_crossing_at_every_tenth_side_makes_a_tangle() -> None:
    x = np.arange(100_000)
    points = np.stack([x / 100, x * 7919 % 1000], axis=1).astype(np.float64)
    assert not meetings(points).dense
    assert many_crossings(points)


def test_one_long_side_that_crosses_many_others_makes_a_tangle() -> None:
    x = np.arange(100_000)
    points = np.stack([x / 100, np.where(x % 2, -1.0, 1.0)], axis=1)
    assert not meetings(points).dense
    assert many_crossings(points)


def test_few_crossings_of_many_sides_are_no_tangle() -> None:
    points = circle(3_000)
    points[[100, 101]] = points[[101, 100]]
    assert not are_valid(*row(points))[0]
    assert not many_crossings(points)


@pytest.mark.parametrize("closed", [True, False])
def test_points_are_left_out_that_stray_less_than_the_tolerance(closed: bool) -> None:
    points = circle(20_000)
    thin = simplified(points, 0.5, closed)
    assert thin is not None
    assert len(thin) < 200
    whole = shapely.LinearRing(thin) if closed else shapely.LineString(thin)
    assert shapely.distance(whole, shapely.points(points)).max() <= 0.5


def test_a_short_line_is_thinned_as_a_whole() -> None:
    points = np.stack([np.arange(400.0), np.sin(np.arange(400) / 9) * 20], axis=1)
    thin = simplified(points, 0.5, closed=False)
    assert thin is not None
    assert np.array_equal(thin, shapely.get_coordinates(shapely.LineString(points).simplify(0.5)))


def test_what_is_one_point_cannot_be_thinned() -> None:
    assert simplified(np.full((100_000, 2), 7.0), 0.5, closed=True) is None
    assert simplified(np.full((100_000, 2), 7.0), 0.5, closed=False) is None
    line = np.concatenate([np.full((100_000, 2), 7.0), [[90.0, 7.0]]])
    assert simplified(line, 0.5, closed=False).tolist() == [[7, 7], [90, 7]]  # type: ignore[union-attr]


def test_an_outline_that_would_not_stay_simple_is_not_thinned() -> None:
    x = np.arange(6_000.0)
    upper = np.stack([x, np.where(x % 2, 0.3, 0.0)], axis=1)
    lower = upper[::-1] + np.array([0, 0.1])
    points = np.concatenate([upper, lower])
    assert are_valid(*row(points))[0]
    thin = simplified(points, 0.5, closed=True)
    assert thin is None or are_valid(*row(thin))[0]
