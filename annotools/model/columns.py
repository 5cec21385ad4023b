"""Columns: numpy arrays that cannot be written to, with the types that the hub knows.

Rows that are taken in a few runs are copied run by run, and those of a single run are shared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Array = NDArray[Any]

Runs = Array | list[slice]  # rows as numbers or as runs

_MOST_COUNTED = 1 << 16  # numbers below which they are counted
_LEAST_RUN = 64  # rows, on average, that are worth a slice
_LEAST_COPY = 128  # values, on average, that are worth a slice
_DIGIT = 16  # bits
_FEW = 1 << 10  # rows of which nobody asks whether they are alike
_PIECE = 1 << 13  # ranges whose values are copied at a time


class Column(msgspec.Struct, frozen=True):
    """The type of a column and what a row has that does not say."""

    dtype: type[np.generic]
    default: float | bool = 0


ID = Column(np.int64, -1)
ROW = Column(np.int32, -1)
NUMBER = Column(np.int64, 0)
CODE = Column(np.int8, 0)
FLAG = Column(np.bool_, False)
REAL = Column(np.float64, 0.0)
SCORE = Column(np.float64, 1.0)


def rows_of(index: ArrayLike) -> Array:
    """Row numbers from row numbers or a boolean mask."""
    rows = np.asarray(index)
    return np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp, copy=False)


def runs_of(rows: Array, size: int) -> Runs:
    """The rows as slices where they are few runs of consecutive ones, long on average; else as they are.

    size: of the table.  Rows that it does not have, or that count from its end, stay as they are.
    """
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    if not len(rows) or len(breaks) * _LEAST_RUN > len(rows):
        return rows
    firsts, lasts = rows[np.append(0, breaks)].tolist(), rows[np.append(breaks, len(rows)) - 1].tolist()
    if min(firsts) < 0 or max(lasts) >= size:
        return rows
    return [slice(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]


def joined_runs(runs: Iterable[tuple[int, int]]) -> list[slice]:
    """Runs as slices, those that follow each other as one."""
    slices: list[slice] = []
    for start, stop in runs:
        if slices and slices[-1].stop == start:
            slices[-1] = slice(slices[-1].start, stop)
        else:
            slices.append(slice(start, stop))
    return slices


def uniform(value: Any, rows: int) -> Array:
    """A column that says one thing of all rows, and is no larger than that.  value: with the type of the column."""
    one = np.array(value)
    one.flags.writeable = False
    return np.ndarray(rows, one.dtype, one, 0, (0,))


def is_uniform(column: Array) -> bool:
    """Whether a column was made as one value for all of its rows, of which there are some."""
    return column.strides == (0,) and len(column) > 0


def condensed(column: Array) -> Array:
    """The same column, as one value where all are the very same: -0 is not 0, and NaN is NaN."""
    if is_uniform(column) or not len(column):
        return column
    told_apart = _bits(column)
    if told_apart[0] != told_apart[-1] or not (told_apart == told_apart[0]).all():
        return column
    return uniform(column[0], len(column))


def _bits(column: Array) -> Array:
    """Numbers that are equal where the values of a column are the very same."""
    return column.view(np.int64) if column.dtype == np.float64 else column


def at(column: Array, runs: Runs) -> Array:
    """The values of a column at some rows; those of a single run are shared, and one for all rows stays one.

    Raises: IndexError for a row that it does not have.
    """
    if isinstance(runs, list):
        if is_uniform(column):
            return uniform(column[0], sum(run.stop - run.start for run in runs))
        return column[runs[0]] if len(runs) == 1 else np.concatenate([column[run] for run in runs])
    if is_uniform(runs):
        return uniform(column[runs[0]], len(runs))
    if is_uniform(column) and runs.max(initial=0) < len(column) >= -runs.min(initial=0):
        return uniform(column[0], len(runs))
    return np.asarray(column.take(runs, axis=0))  # of rows of a table a quarter of the time of an index


def same_value(pieces: Iterable[Array]) -> Array | None:
    """Columns one behind the other as one value, if all are that; those without rows do not count.  None if not."""
    filled = [piece for piece in pieces if len(piece)]
    if filled and all(map(is_uniform, filled)) and len({_bits(piece[:1])[0] for piece in filled}) == 1:
        return uniform(filled[0][0], sum(map(len, filled)))
    return None


def stacked(pieces: Sequence[Array]) -> Array:
    """Columns one behind the other; one value where all are the same, and the only one that has rows as it is."""
    one = same_value(pieces)
    if one is not None:
        return one
    filled = [piece for piece in pieces if len(piece)]
    return filled[0] if len(filled) == 1 and len({piece.dtype for piece in pieces}) == 1 else np.concatenate(pieces)


def values_of(values: Array, starts: Array, counts: Array) -> Array:
    """The values of ranges, one range behind the other.

    Some ranges at a time: the positions of values take as much memory as they do, and more.
    """
    result, done = np.empty((int(counts.sum()), *values.shape[1:]), values.dtype), 0
    for first in range(0, len(starts), _PIECE):
        start, sizes = starts[first : first + _PIECE], counts[first : first + _PIECE]
        stop, ends = start + sizes, np.cumsum(sizes)
        piece = result[done : done + int(ends[-1])]
        done += len(piece)
        breaks, width = np.flatnonzero(start[1:] != stop[:-1]) + 1, _width_of_rows(values, start, sizes)
        if len(breaks) * _LEAST_COPY < len(piece):  # few runs: copied ten times as fast
            runs = zip(
                start[np.append(0, breaks)].tolist(), stop[np.append(breaks, len(stop)) - 1].tolist(), strict=True
            )
            np.concatenate([values[begin:end] for begin, end in runs], out=piece)
        elif width:
            piece.reshape(-1, width)[:] = values.reshape(-1, width).take(start // width, axis=0)
        else:
            piece[:] = values[np.repeat(start - (ends - sizes), sizes) + np.arange(len(piece))]
    return result


def _width_of_rows(values: Array, starts: Array, counts: Array) -> int:
    """How long all ranges are, where they are rows of one table, which are copied in a fifth of the time; or else 0."""
    width = int(counts[0]) if values.ndim == 1 else 0
    if not width or len(values) % width or (counts != width).any() or (starts % width).any():
        return 0
    return width


def distinct(numbers: ArrayLike) -> Array:
    """Numbers ascending, each once.

    `np.unique` hashes them since numpy 2.3: 0.3 s for 200,000 rows, which are sorted in a millisecond.
    """
    values = np.asarray(numbers).ravel()
    if len(values) < 2 or (values[1:] > values[:-1]).all():
        return values
    if values.dtype.kind in "iu" and values.min() >= 0 and values.max() < len(values):  # no order: a million in 5 ms
        known = np.zeros(int(values.max()) + 1, np.bool_)
        known[values] = True  # `np.bincount` would copy a column that is not to be changed
        return np.flatnonzero(known).astype(values.dtype, copy=False)
    ordered = np.sort(values)
    return np.asarray(ordered[np.append(True, ordered[1:] != ordered[:-1])])


def are_among(numbers: Array, known: ArrayLike) -> Bools:
    """Which numbers of a column are known ones, where few numbers come again and again, as labels do.  (n,) bool.

    `np.isin` makes columns on its way: of 870,000 labels of 80 that are known it takes three times as long.
    """
    used = distinct(numbers)
    fine = np.isin(used, np.asarray(known))
    return np.ones(len(numbers), np.bool_) if fine.all() else np.isin(numbers, used[fine])


def tally(numbers: Array) -> tuple[Array, Ints, Ints, Ints]:
    """Each number once, ascending; the first row that has it; which of them each row has; how many rows have it.

    Numbers of classes are few and small: a million are counted in 5 ms, and sorted, as `np.unique` does, in 100.
    """
    if numbers.dtype != np.int64 or not len(numbers) or numbers.min() < 0 or numbers.max() >= _MOST_COUNTED:
        used, first, which, times = np.unique(numbers, return_index=True, return_inverse=True, return_counts=True)
        return used, first, which.reshape(-1), times
    times = np.bincount(numbers)
    used = np.flatnonzero(times)
    first, order = np.zeros(len(times), np.int64), np.cumsum(times > 0) - 1
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]  # of rows with one number the last to be written is the first
    return used, first[used], order[numbers], times[used]


def runs(column: Array) -> tuple[Array, Ints]:
    """Each value once, ascending, and the first row that has it, of a column in which rows of one value stand together.

    A million rows of 40,000 files take 3 ms instead of 60.
    """
    starts = np.flatnonzero(np.append(len(column) > 0, column[1:] != column[:-1]))
    values, first = np.unique(column[starts], return_index=True)
    return values, starts[first]


def row_keys(*columns: ArrayLike) -> Array:
    """A whole number for each row: equal for rows that are equal in all columns of whole numbers, and in their order.

    Not to be changed: those of a single column may be that column.

    200,000 rows of three columns in 3 ms; `np.unique` along an axis compares rows as bytes, which takes 200.
    """
    given = [np.asarray(column, np.int64) for column in columns]
    lows = [int(column.min(initial=0)) for column in given]
    spans = [int(column.max(initial=0)) - low + 1 for column, low in zip(given, lows, strict=True)]
    if math.prod(spans) >= 1 << 62:
        return np.asarray(np.unique(np.stack(given, axis=1), axis=0, return_inverse=True)[1].reshape(-1))
    keys = given[0] - lows[0] if lows[0] else given[0]
    for column, low, span in zip(given[1:], lows[1:], spans[1:], strict=True):
        keys = keys * span
        keys += column
        keys -= low
    return keys


def row_order(*columns: ArrayLike) -> Ints:
    """Rows in the order of columns of whole numbers, the first before the next; rows that are equal stay as they are.

    A million rows that are in order, as those of tracks mostly are, take 4 ms; `np.lexsort` takes 16.
    """
    keys = row_keys(*columns)
    if (keys[1:] >= keys[:-1]).all():
        return np.arange(len(keys))
    bits = int(keys.max()).bit_length()
    if bits > 2 * _DIGIT:
        return np.argsort(keys, kind="stable")
    # Numbers of 16 bits are sorted by counting: 200,000 frames in no order take 2 ms in place of 20.
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    return order if bits <= _DIGIT else order[np.argsort((keys >> _DIGIT)[order].astype(np.uint16), kind="stable")]


def united(*parts: ArrayLike) -> Array:
    """The numbers of several columns ascending, each once."""
    return distinct(np.concatenate([np.asarray(part) for part in parts]))


def without(numbers: ArrayLike, gone: ArrayLike) -> Array:
    """Numbers ascending, each once, but for those that are gone."""
    unique = distinct(numbers)
    return np.asarray(unique[np.isin(unique, distinct(gone), assume_unique=True, invert=True)])


def checked(name: str, values: ArrayLike, column: Column) -> Array:
    """A column that somebody gave.

    Raises: TypeError for texts, ValueError for what is not a list of numbers, or loses something as the column's type.
    """
    try:
        raw = np.asarray(values)
        array = frozen(raw, column)
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"column {name}: {error}") from None
    if raw.dtype.kind in "US":
        raise TypeError(f"column {name} has texts, expected numbers")
    if array.ndim != 1:
        raise ValueError(f"column {name} has {array.ndim} dimensions, expected one value a row")
    if raw.dtype.kind in "fiu" and array.dtype.kind in "ib" and raw.dtype != array.dtype and (raw != array).any():
        raise ValueError(f"column {name} has fractions or too large numbers, expected {array.dtype}")
    return condensed(array) if len(array) > _FEW else array


def frozen(values: ArrayLike, column: Column) -> Array:
    """The column's type, not to be written to."""
    array = np.asarray(values, dtype=column.dtype)
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array
