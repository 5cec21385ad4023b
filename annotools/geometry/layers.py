"""Sets of pixels that lie over each other: which of them is on top, where.

    1   .aaaa...          on top    .aabbbc.        a 1-3, b 3-6, c 6-7
    2   ...bbb..
    3   ......c.

Every set comes as runs of a scan.  Runs of 2^k .. 2^(k+1) pixels are two of 2^k, as in a sparse table: the lengths are
gone through from the longest to the shortest, each stretch of a length is passed on to its two halves, and the higher
set wins.  The work grows with the runs, not with how many lie over each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Ints

_SPARSE = 16  # positions for each run, above which the ends of runs are sorted
_INT32 = 1 << 31


class Runs(NamedTuple):
    """Runs of pixels: the set, the first position and the one past the last."""

    row: Ints
    start: Ints
    stop: Ints

    def only(self, part: Ints | slice) -> Runs:
        """Some of them."""
        return Runs._make(column[part] for column in self)


def on_top(runs: Runs) -> Runs:
    """What is to be seen of sets that lie over each other, by position.  Of two rows the later one is above."""
    if (runs.row[1:] < runs.row[:-1]).any():
        runs = runs.only(np.argsort(runs.row, kind="stable"))
    if not len(runs.row):
        return runs
    spots, first, last = _ranked(runs.start, runs.stop)
    top = _highest((runs.row + 1).astype(np.int32), first, last, len(spots))
    fresh = np.flatnonzero(np.diff(top, prepend=-1))
    owner, start = top[fresh], spots[fresh]
    stop = np.append(start[1:], spots[-1])
    return Runs(owner.astype(np.int64) - 1, start, stop).only(np.flatnonzero(owner))


def _ranked(start: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """The positions at which anything begins or ends, and the numbers of these at which each run does."""
    low, high = start.min(), stop.max()
    kind = np.int32 if high - low < _INT32 else np.int64  # of 32 bits they are sorted in half the time
    first, last = (start - low).astype(kind), (stop - low).astype(kind)
    if high - low > _SPARSE * len(start):
        spots = np.concatenate([first, last])
        spots.sort()
        spots = spots[np.append(True, spots[1:] != spots[:-1])]
        return spots + low, np.searchsorted(spots, first), np.searchsorted(spots, last)
    used = np.zeros(high - low + 1, np.bool_)
    used[first] = True
    used[last] = True
    number = np.cumsum(used, dtype=kind) - 1
    return np.flatnonzero(used) + low, number[first], number[last]


def _highest(row: Ints, first: Ints, last: Ints, count: int) -> Ints:
    """The highest row at each of some positions, 0 where there is none.  row: ascending, from 1."""
    level = np.frexp((last - first).astype(np.float64))[1].astype(np.int8) - 1  # bytes are counted, not compared
    order = np.argsort(level, kind="stable")
    ends = np.searchsorted(level[order], np.arange(level.max() + 2, dtype=np.int8))
    top = np.zeros(count, row.dtype)
    for size in range(len(ends) - 2, -1, -1):
        mine = order[ends[size] : ends[size + 1]]
        length = 1 << size
        for spot in (first[mine], last[mine] - length):
            top[spot] = np.maximum(top[spot], row[mine])  # of several at one position the last, and highest, stays
        if size:
            half = length >> 1
            lower = top.copy()
            np.maximum(lower[half:], top[:-half], out=lower[half:])
            top = lower
    return top
