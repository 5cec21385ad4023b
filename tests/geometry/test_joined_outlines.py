"""Parts and holes on one line: what it paints is what the parts paint, and where it goes from one to the other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from annotools.geometry.outlines_opencv import cvat_rle_to_outlines
from annotools.geometry.part_bridges import bridged, overlap
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.rle import mask_to_cvat_rle

SQUARE = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])


def _moved(x: float, y: float) -> np.ndarray:
    return SQUARE + np.array([x, y])


def test_a_part_hangs_on_the_one_before_where_the_two_are_nearest() -> None:
    line = bridged([SQUARE, _moved(6, 7), _moved(-9, 0)])
    assert line.tolist() == [
        [0, 0], [-5, 0], [-5, 4], [-9, 4], [-9, 0], [-5, 0], [0, 0], [4, 0], [4, 4], [6, 7], [10, 7], [10, 11], [6, 11],
        [6, 7], [4, 4], [0, 4],
    ]  # fmt: skip
    assert polygon_areas(line.reshape(-1), np.array([0, line.size])).tolist() == [48]
    assert bridged([SQUARE]).tolist() == SQUARE.tolist()


@pytest.mark.parametrize(("x", "y", "covers"), [
    (2, 2, True), (4, 0, False), (0, 4, False), (3.9, 3.9, True), (4, 4, False), (9, 0, False), (0, 0, True),
    (-3, 3, True),
])  # fmt: skip
def test_parts_that_only_touch_do_not_cover_each_other(x: float, y: float, covers: bool) -> None:
    assert overlap([SQUARE, _moved(x, y)]) == overlap([_moved(x, y), SQUARE]) == covers
    assert overlap([_moved(50, 50), SQUARE, _moved(-50, 0), _moved(x, y)]) == covers


def test_boxes_may_meet_where_outlines_do_not() -> None:
    corner = np.array([[0.0, 4], [4, 4], [4, 0], [5, 5]])
    assert not overlap([np.array([[0.0, 0], [3, 0], [0, 3]]), corner])
    for value in (np.nan, np.inf):
        assert overlap([_moved(9, 9), np.array([[0, 0], [value, 1], [2, 2]])])


def _outlines(rows: list[str], left: int = 0, top: int = 0, size: tuple[int, int] = (40, 30)) -> list[list[float]]:
    mask = np.array([[cell == "#" for cell in row] for row in rows])
    values, offsets = cvat_rle_to_outlines(mask_to_cvat_rle(mask, left, top), size)
    return [values[start:stop].tolist() for start, stop in pairwise(offsets.tolist())]


def test_an_outline_goes_through_the_middles_of_pixels_and_is_closed() -> None:
    (ring,) = _outlines(["###", "###", "###"], 10, 20)
    assert ring[:2] == ring[-2:]
    assert {tuple(ring[i : i + 2]) for i in range(0, len(ring), 2)} == {(10, 20), (12, 20), (12, 22), (10, 22)}


def test_a_hole_is_cut_open_where_it_is_nearest() -> None:
    """The outer border clockwise on screen, the hole the other way; the cut is gone there and back."""
    rows = ["########", "########", "##....##", "##....##", "########", "########"]
    (ring,) = _outlines(rows)
    points = [tuple(ring[i : i + 2]) for i in range(0, len(ring), 2)]
    assert points[0] == points[-1]
    twice = [point for point in points[1:] if points[1:].count(point) == 2]
    assert len(set(twice)) == 2
    x, y = np.array(points).T
    signed = float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
    assert signed == pytest.approx(7 * 5 - _area_of_hole(points))
    assert {(0, 0), (7, 0), (7, 5), (0, 5)} <= set(points)


def _area_of_hole(points: list[tuple[float, ...]]) -> float:
    inner = np.array([point for point in dict.fromkeys(points) if 0 < point[0] < 7 and 0 < point[1] < 5])
    middle = inner.mean(axis=0)
    order = np.argsort(np.arctan2(*(inner - middle).T))
    return float(polygon_areas(inner[order].reshape(-1), np.array([0, inner.size]))[0])


def test_each_part_is_an_outline_and_those_of_no_pixel_are_none() -> None:
    rings = _outlines(["###...###", "###...###", "###...###", ".........", "#...##..."])
    corners = sorted((min(ring[::2]), max(ring[::2])) for ring in rings)
    assert corners == [(0, 2), (6, 8)]
