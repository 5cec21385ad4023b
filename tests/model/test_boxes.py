"""The first four values of rows, of all or of some."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.model import RECTANGLE, Shapes

BOXES = [[0.0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
OTHERS = [*BOXES, [1.0, 2], [1, 2, 3, 4, 5, 6]]


def _shapes(points: list[list[float]]) -> Shapes:
    offsets = np.cumsum([0, *map(len, points)])
    return Shapes.of(values=np.concatenate(points), offsets=offsets, type=np.full(len(points), int(RECTANGLE)))


@pytest.mark.parametrize("points", [BOXES, OTHERS])
@pytest.mark.parametrize("index", [[0, 1], [2, 0], [1], [], [False, True, True]])
def test_some_are_the_same_as_those_of_all(points: list[list[float]], index: list[int]) -> None:
    shapes = _shapes(points)
    mask = index + [False] * (len(points) - len(index)) if True in index else index
    rows = np.array(mask, np.bool_ if True in index else np.int64)
    np.testing.assert_array_equal(shapes.boxes(rows), shapes.boxes()[rows])
    np.testing.assert_array_equal(shapes.boxes()[:3], BOXES)


def test_rows_of_other_lengths_have_what_they_have() -> None:
    boxes = _shapes(OTHERS).boxes([3, 4])
    assert np.isnan(boxes[0]).all()
    assert boxes[1].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("points", [BOXES, OTHERS])
@pytest.mark.parametrize("index", [None, [0, 1, 2], [2, 0], [1]])
def test_boxes_are_nobody_elses(points: list[list[float]], index: list[int] | None) -> None:
    shapes = _shapes(points)
    boxes = shapes.boxes(index)
    boxes += 1
    np.testing.assert_array_equal(shapes.boxes()[:3], BOXES)
