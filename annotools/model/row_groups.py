"""Rows that are alike: a number for each, equal where all columns are.

    label 7 7 8 7   occluded 0 1 0 0   ->   0 2 1 0

What is made of rows that are alike is made once.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from annotools.model.columns import Array, Ints, is_uniform

_LONG = 64  # items of a list that are compared one by one
_MOST = 1 << 62  # numbers that fit into 64 bits


class Alike:
    """Numbers for rows, of one column after the other."""

    def __init__(self, size: int) -> None:
        self.numbers: Ints = np.zeros(size, np.int64)
        self._used = 1  # numbers are below this

    def split(self, column: Array, rows: Ints | slice = slice(None)) -> None:
        """Tell rows apart that differ in a column of numbers; floats by their bits, so that NaN is NaN, -0 not 0.

        rows: ascending, to which the column belongs; others differ from all of them.
        """
        if not len(column):
            return
        whole = column.view(np.int64) if column.dtype == np.float64 else column.astype(np.int64)
        low, high = int(whole.min()), int(whole.max())
        if self._used * (high - low + 2) > _MOST:
            whole = _dense(whole)
            low, high = 0, int(whole.max())
        if self._used * (high - low + 2) > _MOST:
            self.numbers, self._used = _dense(self.numbers), len(self.numbers)
        self.numbers *= high - low + 2
        self.numbers[rows] += whole - low + 1
        self._used *= high - low + 2


def row_groups(columns: Iterable[Array], size: int) -> Ints:
    """A number for each of `size` rows, equal where all columns are."""
    groups = Alike(size)
    for column in columns:
        if not is_uniform(column):
            groups.split(column)
    return groups.numbers


def list_groups(ends: Ints, columns: Iterable[Array]) -> Ints:
    """A number for each list, equal for those with equal items in the same order, 0 for an empty one.

    ends: (n + 1,) offsets of the lists.  columns: of all items, one list after the other.
    """
    groups = Alike(len(ends) - 1)
    columns = list(columns)
    rows, position = np.flatnonzero(np.diff(ends)), 0
    while len(rows) and position < _LONG:
        for column in columns:
            groups.split(column[ends[rows] + position], rows)
        position += 1
        rows = rows[ends[rows] + position < ends[rows + 1]]
    for column in columns if len(rows) else []:
        groups.split(_by_bytes(column, ends[rows] + position, ends[rows + 1]), rows)
    return groups.numbers


def _by_bytes(column: Array, starts: Ints, stops: Ints) -> Ints:
    """A number for each range of a column: few are long, and a step for each item would be long for those."""
    known: dict[bytes, int] = {}
    ranges = zip(starts.tolist(), stops.tolist(), strict=True)
    return np.array([known.setdefault(column[a:b].tobytes(), len(known)) for a, b in ranges], np.int64)


def _dense(numbers: Ints) -> Ints:
    """The same in numbers without gaps."""
    return np.asarray(np.unique(numbers, return_inverse=True)[1].reshape(-1), np.int64)
