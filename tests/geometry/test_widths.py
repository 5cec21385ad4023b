"""Widths that lead to the very same edges again, of few boxes and of many."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.geometry.widths import edges, widths


@pytest.mark.parametrize("shape", [(), (7,), (0, 2), (40_000,), (20_001, 2), (3, 20_000)])
def test_many_at_once_are_each_by_itself(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(shape))
    left, width = np.round(rng.random(shape) * 2000, 2), np.round(rng.random(shape) * 500, 2)
    right = edges(left, width)
    assert right.shape == shape
    np.testing.assert_array_equal(right, np.round(left + width, 2))
    np.testing.assert_array_equal(edges(left, widths(left, right)), right)


def test_odd_numbers_stand_where_they_stood() -> None:
    left, width = np.zeros(50_000), np.ones(50_000)
    left[40_000], width[17], left[3] = np.nan, np.inf, 1e300
    right = edges(left, width)
    assert np.flatnonzero(right != 1).tolist() == [3, 17, 40_000]
    assert np.flatnonzero(widths(left, right) != 1).tolist() == [3, 17, 40_000]


def test_one_side_may_stand_for_all() -> None:
    assert edges(np.float64(0.1), np.full(30_000, 0.2)).tolist() == [0.3] * 30_000


@pytest.mark.parametrize(("left", "width", "right"), [(-100.3, 100.4, 0.1), (-0.3, 0.4, 0.1), (-1000.7, 1000.9, 0.2)])
def test_the_tail_of_a_sum_is_that_of_its_greater_part(left: float, width: float, right: float) -> None:
    assert edges(np.float64(left), np.float64(width)) == right
    assert edges(np.float64(left), widths(np.float64(left), np.float64(right))) == right
