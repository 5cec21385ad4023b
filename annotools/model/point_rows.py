"""Whether rows have the points of other rows, asked some at a time: packed numbers stay packed.

rows 0 1 2 of one table and rows 0 1 2 of another     ->  True True False

NaN is NaN, and -0.0 is 0.0.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.columns import Array, Bools, Floats, Ints, Rows
from annotools.model.packed_numbers import Numbers

_PIECE = 1 << 12  # rows whose points are compared at a time


class Pointed(Protocol):
    """Rows that have points, as of `Shapes`."""

    @property
    def numbers(self) -> Numbers: ...
    @property
    def offsets(self) -> Ints: ...
    def __len__(self) -> int: ...
    def counts_of(self, rows: ArrayLike) -> Ints: ...
    def points_of(self, rows: ArrayLike) -> tuple[Floats, Ints]: ...


def same_numbers(a: Array, b: Array) -> Bools:
    """Whether numbers are the same, NaN and NaN among them.  (n,) bool."""
    same = np.asarray(a == b)
    return same if same.all() else np.asarray(same | ((a != a) & (b != b)))


def same_points(old: Pointed, new: Pointed) -> Bools:
    """Whether each row has the points of the row of another table of as many rows.  (n,) bool."""
    if old.numbers is new.numbers and old.offsets is new.offsets:
        return np.ones(len(new), np.bool_)
    if old.offsets is new.offsets or np.array_equal(old.offsets, new.offsets):
        return _stay(old, new)
    rows = np.arange(len(new))
    return chosen_same_points(old, new, rows, rows)


def chosen_same_points(old: Pointed, new: Pointed, row: Rows | Ints, new_row: Rows | Ints) -> Bools:
    """Whether some rows have the points of some rows of another table.  row, new_row: (n,) their numbers."""
    same = np.asarray(old.counts_of(row) == new.counts_of(new_row))
    rows = np.flatnonzero(same)
    for start in range(0, len(rows), _PIECE):
        piece = rows[start : start + _PIECE]
        values, offsets = new.points_of(new_row[piece])
        astray = np.flatnonzero(~same_numbers(old.points_of(row[piece])[0], values))
        same[piece[np.searchsorted(offsets, astray, side="right") - 1]] = False
    return same


def _stay(old: Pointed, new: Pointed) -> Bools:
    """The same of rows that have as many values each and stay where they are: nothing has to be taken."""
    same, start = np.ones(len(new), np.bool_), 0
    size = len(new.numbers)
    for was, now in zip(old.numbers.pieces(0, size), new.numbers.pieces(0, size), strict=True):
        other = np.flatnonzero(was != now)
        astray = start + other[~same_numbers(was[other], now[other])]
        same[np.searchsorted(new.offsets, astray, side="right") - 1] = False
        start += len(now)
    return same
