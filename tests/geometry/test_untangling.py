"""The largest simple part of outlines against what shapely makes of each alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from annotools.geometry.tangles import many_crossings, surely_few_crossings
from annotools.geometry.untangling import largest_parts

RNG = np.random.default_rng(7)


def by_shapely(points: Any) -> list[list[float]] | None:
    parts = shapely.get_parts(shapely.make_valid(shapely.Polygon(points))).tolist()
    polygons = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    if many_crossings(points) or not polygons:
        return None
    largest = max(polygons, key=lambda part: float(part.area))  # of equal ones the first
    return np.round(shapely.get_coordinates(largest.exterior)[:-1], 6).tolist()  # type: ignore[no-any-return]  # of numpy


def bow_ties(decimals: int) -> Any:
    """Corners of boxes in an order that crosses: both triangles are equal, upright or lying."""
    x, y, w, h = np.round(RNG.uniform(1, 300, (4, 200)), decimals)
    lying = [x, y, x + w, y + h, x + w, y, x, y + h]
    upright = [x, y, x + w, y, x, y + h, x + w, y + h]
    return np.concatenate([np.stack(lying, axis=1), np.stack(upright, axis=1)]).reshape(-1, 4, 2)


OUTLINES: dict[str, Callable[[], Any]] = {
    "whole bow ties": lambda: bow_ties(0), "bow ties": lambda: bow_ties(2), "long bow ties": lambda: bow_ties(9),
    "whole quadrilaterals": lambda: RNG.integers(-20, 20, (500, 4, 2)).astype(float),
    "small quadrilaterals": lambda: RNG.integers(0, 5, (500, 4, 2)).astype(float),
    "far quadrilaterals": lambda: 1e8 + RNG.integers(0, 9, (200, 4, 2)) / 64,
    "quadrilaterals": lambda: RNG.uniform(0, 2000, (500, 4, 2)).round(2),
    "five points": lambda: RNG.integers(0, 30, (200, 5, 2)).astype(float),
    "many points": lambda: RNG.integers(0, 90, (60, 13, 2)).astype(float),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTLINES)
def test_parts_are_those_of_shapely(name: str) -> None:
    outlines = OUTLINES[name]()
    outlines = list(outlines[~shapely.is_valid(shapely.polygons(outlines))])
    parts = [None if part is None else part.tolist() for part in largest_parts(outlines)]
    assert parts == list(map(by_shapely, outlines))


def test_outlines_of_any_number_of_points_come_together() -> None:
    outlines = [RNG.integers(0, 40, (points, 2)).astype(float) for points in (4, 7, 3, 4, 80, 5, 7, 4)]
    parts = [None if part is None else part.tolist() for part in largest_parts(outlines)]
    assert parts == list(map(by_shapely, outlines))
    assert largest_parts([]) == []


@pytest.mark.parametrize("points", [5, 6, 12, 40])
def test_few_crossings_are_few(points: int) -> None:
    outlines = np.concatenate([RNG.integers(0, 40, (40, points, 2)), RNG.normal(0, 9, (40, points, 2)).cumsum(axis=1)])
    few = surely_few_crossings(outlines)
    assert not any(many_crossings(outline) for outline in outlines[few])
    assert few.any()
    assert points < 12 or not few.all()
