"""Boxes as left and width: numbers that lead to the very same right edge again.

    left 0.1, right 0.3  ->  width 0.2        0.1 + 0.2 = 0.30000000000000004, which is taken for 0.3

A sum of decimals has a tail of binary digits that the decimals had not; `edges` cuts it off, and `widths` finds the
number for which `edges` gives the edge that was meant, where there is one.  `middles` and `opposites` are the same of
a middle and one side.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotools.geometry.ragged import Floats

_DECIMALS = 9
_TAIL = 2  # units in the last place that a sum of two decimals may be off
_LARGE = 1e15
_EXPONENT, _UNIT = 0x7FF << 52, 2.0**-52
_PIECE = 1 << 14


def edges(left: Floats, width: Floats) -> Floats:
    """The other edge, left + width, without the tail of the sum.  Any shape; NaN and infinities go through."""
    return _in_pieces(_edges, left, width)


def widths(left: Floats, right: Floats) -> Floats:
    """Widths for which `edges(left, width)` is `right`; where there is none, the nearest."""
    return _in_pieces(_widths, left, right)


def _in_pieces(function: Callable[[Floats, Floats], Floats], one: Floats, other: Floats) -> Floats:
    """A function of pairs of numbers.  What is made on the way stays in the cache: a quarter of the time.

    Two columns of a table are put side by side first: as they stand, numpy goes on in strides of two (twice the time).
    """
    one, other = np.broadcast_arrays(one, other)
    if one.size <= _PIECE:
        return function(np.asarray(one, order="C"), np.asarray(other, order="C"))  # a number alone stays one
    step = max(_PIECE * len(one) // one.size, 1)
    result: Floats = np.empty(one.shape)
    for k in range(0, len(one), step):
        pair = (np.ascontiguousarray(side[k : k + step]) for side in (one, other))
        result[k : k + step] = function(*pair)
    return result


def _edges(left: Floats, width: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        sums = np.asarray(left + width)
        largest = np.maximum(np.abs(sums), np.abs(left))
        small = largest < _LARGE
        tidy = np.round(sums if small.all() else np.where(small, sums, 0), _DECIMALS)
        tail = small & (np.abs(sums - tidy) <= _TAIL * _units(largest))
    return np.where(tail, tidy, sums)


def _units(positive: Floats) -> Floats:
    """Units in the last place, as `np.spacing` has them, in a third of the time: only the exponent's bits stay."""
    return np.asarray((positive.view(np.int64) & _EXPONENT).view(np.float64) * _UNIT)


def _widths(left: Floats, right: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        plain = np.asarray(right - left)
        best = np.asarray(np.where(np.abs(plain) < _LARGE, np.round(plain, _DECIMALS), plain))
        # Few are not: decimals have widths of decimals.  For these, as between keyframes, the plain difference is the
        # best there is: numbers beside it are half a unit or more farther from what would be exact.
        np.copyto(best, plain, where=edges(left, best) != right)
    return best


def middles(one: Floats, other: Floats) -> Floats:
    """The middle between two sides.  Any shape; NaN and infinities go through."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(edges(one, other) / 2)


def opposites(middle: Floats, side: Floats) -> Floats:
    """Sides opposite to `side` for which `middles` is `middle`; where there is none, the nearest."""
    with np.errstate(over="ignore", invalid="ignore"):
        return widths(side, 2 * np.asarray(middle))
