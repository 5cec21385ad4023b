"""Rows of unequal length in one flat array: the shape of the hub's `points` column.

    values  = [1, 2, 3, 4, 5, 6]      row 0 = 1 2 3 4, row 1 is empty, row 2 = 5 6
    offsets = [0, 4, 4, 6]            int64, one more than rows, ascending

Every function is a handful of array expressions, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Ragged = tuple[Array, Ints]

_RUN = 100  # values between rows that do not follow each other, from which on runs are copied: a quarter of the time
_FEW = 8  # values of a row
_PIECE = 1 << 13  # rows taken at a time: the positions of their values take as much memory as these


def lengths(offsets: Ints) -> Ints:
    """The number of values of each row.  (n,) int64."""
    return offsets[1:] - offsets[:-1]


def offsets_of(counts: ArrayLike) -> Ints:
    """Row lengths (n,) -> offsets (n + 1,) int64."""
    counts = np.asarray(counts, np.int64)
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def row_of_value(offsets: Ints) -> Ints:
    """The row each value belongs to.  (number of values,) int64."""
    return np.repeat(np.arange(len(offsets) - 1), lengths(offsets))


def place_in_row(offsets: Ints) -> Ints:
    """The position of each value within its row: 0, 1, 2 ...  (number of values,) int64."""
    positions: Ints = np.arange(offsets[0], offsets[-1]) - np.repeat(offsets[:-1], lengths(offsets))
    return positions


def expand_ranges(starts: Array, counts: Array) -> Ints:
    """The numbers start, start + 1 ... (count of them) of every range, one range after the other."""
    offsets = offsets_of(counts)
    ranges: Ints = np.repeat(np.asarray(starts, np.int64) - offsets[:-1], counts) + np.arange(offsets[-1])
    return ranges


def row_pieces(offsets: Ints, most: int) -> Iterator[tuple[int, int]]:
    """First row, and the one behind the last, of pieces of about so many values; a longer row is in one piece."""
    cuts = np.searchsorted(offsets, np.arange(offsets[0] + most, offsets[-1], most)).tolist()
    return pairwise(sorted({0, *cuts, len(offsets) - 1}))


def pieces(values: Array, offsets: Ints, most: int) -> Iterator[Ragged]:
    """The rows some at a time, about so many values in each piece; see `row_pieces`."""
    for start, stop in row_pieces(offsets, most):
        yield values[offsets[start] : offsets[stop]], offsets[start : stop + 1] - offsets[start]


def take(values: Array, offsets: Ints, rows: ArrayLike) -> Ragged:
    """The given rows (row numbers or a boolean mask), in that order, repeats allowed."""
    chosen = np.asarray(rows)
    chosen = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.intp)
    starts, counts = offsets[:-1][chosen], offsets[1:][chosen] - offsets[:-1][chosen]
    width = int(counts[0]) if len(chosen) and values.ndim == 1 else 0
    if width and not (counts != width).any() and not len(values) % width and not (starts % width).any():
        table = values.reshape(-1, width).take(starts // width, axis=0)  # boxes: a fifth of the time
        return table.reshape(-1), np.arange(len(chosen) + 1) * width
    ends = offsets_of(counts)
    taken = np.empty((int(ends[-1]), *values.shape[1:]), values.dtype)
    cuts = np.flatnonzero(np.diff(chosen) != 1) + 1
    if len(cuts) < ends[-1] // _RUN:
        for first, last in pairwise([0, *cuts.tolist(), len(chosen)]):
            taken[ends[first] : ends[last]] = values[starts[first] :][: ends[last] - ends[first]]
        return taken, ends
    for first in range(0, len(chosen), _PIECE):
        last = min(first + _PIECE, len(chosen))
        taken[ends[first] : ends[last]] = values[expand_ranges(starts[first:last], counts[first:last])]
    return taken, ends


def concat(parts: Iterable[Ragged]) -> Ragged:
    """The rows of several ragged columns one after the other; no part at all gives no rows of float64.

    The values of a single part that has any are shared.
    """
    parts = list(parts)
    if not parts:
        return np.zeros(0), np.zeros(1, np.int64)
    filled = [values[offsets[0] : offsets[-1]] for values, offsets in parts if offsets[-1] > offsets[0]]
    values = filled[0] if len(filled) == 1 else np.concatenate(filled or [parts[0][0][:0]])
    return values, offsets_of(np.concatenate([lengths(offsets) for _, offsets in parts]))


def from_arrays(rows: Sequence[ArrayLike], dtype: Any = np.float64) -> Ragged:
    """A list of one-dimensional rows -> (values, offsets)."""
    arrays = [np.asarray(row, dtype) for row in rows]
    values = np.concatenate(arrays) if arrays else np.zeros(0, dtype)
    return values, offsets_of([len(row) for row in arrays])


def to_arrays(values: Array, offsets: Ints) -> list[Array]:
    """Each row as a view of `values`."""
    ends = offsets.tolist()
    return [values[start:stop] for start, stop in pairwise(ends)]


def insert_last(values: Array, offsets: Ints, rows: Array, last: Array) -> Ragged:
    """The same rows with `last[j]` put behind the values of row `rows[j]`; rows ascend, each at most once."""
    counts = lengths(offsets)
    counts[rows] += 1
    return np.insert(values, offsets[1:][rows], last), offsets_of(counts)


def segment_sum(values: Array, offsets: Ints) -> Array:
    """The sum of each row, 0 for an empty row; integers and booleans are summed as int64.

    values: (m,) or (m, k).  Returns (n,) or (n, k).
    """
    dtype = np.float64 if values.dtype.kind == "f" else np.int64
    return _segment(np.add, values.astype(dtype, copy=False), offsets, 0)


def segment_min(values: Array, offsets: Ints, empty: float = np.nan) -> Array:
    """The least value of each row, `empty` for an empty row (which must fit the dtype).  NaN wins."""
    return _segment(np.minimum, values, offsets, empty)


def segment_max(values: Array, offsets: Ints, empty: float = np.nan) -> Array:
    """The greatest value of each row, `empty` for an empty row (which must fit the dtype).  NaN wins."""
    return _segment(np.maximum, values, offsets, empty)


def segment_all(flags: Bools, offsets: Ints) -> Bools:
    """Whether all of each row is true; so it is for an empty row."""
    return _segment(np.logical_and, flags, offsets, True)


def _segment(reduce: np.ufunc, values: Array, offsets: Ints, empty: float) -> Array:
    counts, rows = lengths(offsets), len(offsets) - 1
    width = int(counts[0]) if rows else 0
    if reduce is not np.add and 0 < width <= _FEW and (counts == width).all():  # of sums the order counts
        return _of_columns(reduce, values[offsets[0] : offsets[-1]].reshape(rows, width, *values.shape[1:]))
    # reduceat gives nonsense for empty rows and refuses one at the end, so only the others are asked
    filled = np.flatnonzero(counts)
    if len(filled) == 0:
        return np.full((rows, *values.shape[1:]), empty, values.dtype)
    reduced = reduce.reduceat(values[: offsets[-1]], offsets[:-1][filled], axis=0)
    if len(filled) == rows:
        return np.asarray(reduced)
    out = np.full((rows, *values.shape[1:]), empty, values.dtype)
    out[filled] = reduced
    return out


def _of_columns(reduce: np.ufunc, table: Array) -> Array:
    """The same of rows of one short length: those of triangles take an eighth of the time of reduceat."""
    out = table[:, 0].copy()
    for column in range(1, table.shape[1]):
        reduce(out, table[:, column], out=out)
    return out
