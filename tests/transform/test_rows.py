"""Rows of shapes with other points: where there are none, nothing is copied and nothing lost."""

from __future__ import annotations

import numpy as np

import annotools as at
from annotools.geometry.ragged import from_arrays
from annotools.model import POLYGON, Shapes
from annotools.model.fitting.rows import _rows, _sizes
from annotools.model.fitting.state import Fitting
from annotools.transform.rows import recast

SHAPES = Shapes.of(type=[0, 0, 1, 1], frame=[0, 2, 1, 0], label=[1] * 4, values=range(20), offsets=[0, 4, 8, 8, 20])


def test_no_rows_are_the_table_itself() -> None:
    assert recast(SHAPES, np.zeros(0, np.int64), from_arrays([]), type=POLYGON) is SHAPES


def test_other_points_for_some_rows() -> None:
    new = recast(SHAPES, np.array([1, 2]), from_arrays([[1, 2, 3, 4, 5, 6], [7, 8]]), type=POLYGON)
    assert [new.points(row).tolist() for row in range(3)] == [[0, 1, 2, 3], [1, 2, 3, 4, 5, 6], [7, 8]]
    assert new.points(3).tolist() == list(range(8, 20))
    assert new.type.tolist() == [0, POLYGON, POLYGON, 1]


def test_the_size_of_the_frame_for_each_value() -> None:
    """From any value to any other, rows without points included."""
    frames = at.Frames(names=("a", "b", "c"), width=np.array([10, 20, 30]), height=np.array([1, 2, 3]))
    fitting = Fitting(at.Dataset(frames=frames, shapes=SHAPES), at.formats.get("yolo").keeps, final=False)
    expected = [10, 1] * 2 + [30, 3] * 2 + [10, 1] * 6
    for start in range(20):
        for stop in range(start + 1, 21):
            rows = _rows(SHAPES.offsets, start, stop - start)
            assert _sizes(fitting, SHAPES.frame, rows, start).tolist() == expected[start:stop]
