"""Sets of pixels as the positions where a scan enters and leaves them, and how to turn the scan.

    row-major 3 x 3     1 1 0
                        0 1 1      runs  0 2 2 2 2 1      edges 0 2 | 4 6 | 8 9
                        0 0 1

`edges` is ragged int64: even entries enter, odd ones leave.  A set meets its copy shifted by one line in the pixels
that differ from the pixel one line before; those are the edges of the scan in the other direction.  Both lists of
edges merged are the borders of these pixels, so nothing is ever painted, and the work grows with the runs: however
many lines one is long, it begins and ends in two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import (
    Array,
    Ints,
    Ragged,
    concat,
    expand_ranges,
    insert_last,
    lengths,
    offsets_of,
    row_of_value,
    row_pieces,
    segment_sum,
)

_AT_ONCE = 1 << 20  # edges of a scan that are made together
_LONG = 8  # pixels of stretches, on average, of which it is worth while to see which are there twice


class Stretches(NamedTuple):
    """Pixels side by side in a line at which a scan across the lines enters or leaves.  `row` ascends.

    number: of the line.  spot: the first pixel in the line.  length: how many there are.
    """

    row: Ints
    number: Ints
    spot: Ints
    length: Ints


def running_sums(values: Array, offsets: Ints) -> Ints:
    """The sum of each value and those before it in its row.  int64, as long as `values`."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    total: Ints = sums[1:] - np.repeat(sums[offsets[:-1]], lengths(offsets))
    return total


def counts_to_edges(counts: Array, offsets: Ints) -> Ragged:
    """Run lengths, zeros first -> edges.  What is missing at the end is zeros; a run of length 0 repeats an edge."""
    edges = running_sums(counts, offsets)
    odd = (lengths(offsets) & 1).astype(np.bool_)
    if odd.any():
        edges = np.delete(edges, offsets[1:][odd] - 1)
    return edges, offsets_of(lengths(offsets) - odd)


def edges_to_counts(edges: Ints, offsets: Ints, totals: Ints) -> Ragged:
    """Ascending edges without repeats -> run lengths, zeros first, that sum to `totals` (n,), no last run of 0."""
    last = np.full(len(totals), -1)
    filled = np.flatnonzero(lengths(offsets))
    last[filled] = edges[offsets[1:][filled] - 1]
    open_rows = np.flatnonzero(last != totals)
    ends, offsets = insert_last(edges, offsets, open_rows, totals[open_rows])
    counts = np.diff(ends, prepend=0)
    counts[offsets[:-1]] = ends[offsets[:-1]]
    return counts, offsets


def cross(edges: Ints, offsets: Ints, line: Ints) -> Stretches:
    """The edges of the scan in the other direction, as stretches along the lines of this one.

    line: (n,) the length of a line of this scan, all edges of row i being <= a multiple of line[i].
    Returns the pixels at which the crossing scan enters or leaves, some side by side in a line at a time, in no order
    within a row; the number of the line is one past the last where the set reaches it.
    """
    rows = row_of_value(offsets)
    bases = offsets_of(_extents(edges, offsets) + line + 1)
    here = edges + bases[rows]
    merged = np.concatenate([here, here + line[rows]])
    merged.sort(kind="stable")  # two ascending halves: one merge
    differing = merged[1::2] > merged[::2]  # what begins where it ends may seem to be at the start of the next line
    rows, starts, counts = (part[differing] for part in (rows, merged[::2], merged[1::2] - merged[::2]))
    width = line[rows]
    number, spot = np.divmod(starts - bases[rows], width)
    over = np.flatnonzero(spot + counts > width)  # none is longer than a line, so what is left is in the next one
    left = (spot + counts - width)[over]
    counts[over] -= left
    more = (rows[over], number[over] + 1, 0, left)
    columns = zip((rows, number, spot, counts), more, strict=True)
    return Stretches(*(np.insert(column, over + 1, values) for column, values in columns))


def turned(stretches: Stretches, pitch: Ints, lines: Ints) -> Ragged:
    """The edges of the scan that goes across the lines of stretches.

    pitch: (n,) the length of its lines: how many lines stretches of row i may be in; one in the line behind them is at
    the start of the next.  lines: (n,) how many lines it has.  What enters and leaves at one pixel cancels.
    """
    spans = pitch * lines + 1
    if stretches.length.sum() > _LONG * len(stretches.row):
        stretches = _uncancelled(stretches, pitch, lines)
    parts = []
    for row, number, spot, length, first, last in _portions(stretches, len(pitch)):
        across = expand_ranges(spot, length) * np.repeat(pitch[row], length) + np.repeat(number, length)
        parts.append(gather(np.repeat(row - first, length), across, spans[first:last]))
    return concat(parts)


def _uncancelled(stretches: Stretches, pitch: Ints, lines: Ints) -> Stretches:
    """The stretches without what is in two of them; a mask of a whole picture has a pixel left of each thousand."""
    row, number, spot, length = stretches
    over = number == pitch[row]
    column, start = np.where(over, 0, number), spot + over
    deep = lines + 2
    bases = offsets_of((pitch + 1) * deep)
    keys = bases[row] + column * deep[row] + start
    keys = np.concatenate([keys, keys + length])
    keys.sort()
    edges, offsets = cancelled(keys, bases)
    row = row_of_value(offsets // 2)
    number, spot = np.divmod(edges[::2], deep[row])
    return Stretches(row, number, spot, edges[1::2] - edges[::2])


def _portions(stretches: Stretches, rows: int) -> Iterator[tuple[Ints, Ints, Ints, Ints, int, int]]:
    """The stretches of some rows at a time, with the first of these and the one behind them."""
    if stretches.length.sum() <= _AT_ONCE:
        yield *stretches, 0, rows
        return
    ends = offsets_of(np.bincount(stretches.row, minlength=rows))
    work = offsets_of(segment_sum(stretches.length, ends))
    for first, last in row_pieces(work, _AT_ONCE):
        row, number, spot, length = (column[ends[first] : ends[last]] for column in stretches)
        yield row, number, spot, length, first, last


def gather(rows: Ints, positions: Ints, spans: Ints) -> Ragged:
    """Edges in any order -> ascending edges of each row; two at one position cancel.

    rows, positions: (m,) with 0 <= positions < spans[rows].  spans: (n,).
    """
    bases = offsets_of(spans)
    # numbers of 32 bits are sorted in half the time
    keys: Array = (positions + bases[rows]).astype(np.int32 if bases[-1] < 1 << 31 else np.int64, copy=False)
    keys.sort()
    return cancelled(keys, bases)


def cancelled(keys: Array, bases: Ints) -> Ragged:
    """Ascending positions of all rows, counted from `bases` (n + 1,) -> edges of each row; two at one cancel."""
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    odd = np.diff(first, append=len(keys)) & 1 == 1
    keys = keys[first[odd]]
    offsets = np.searchsorted(keys, bases).astype(np.int64)
    return keys - np.repeat(bases[:-1], lengths(offsets)), offsets


def _extents(edges: Ints, offsets: Ints) -> Ints:
    """The last edge of each row, 0 for an empty one."""
    last = np.zeros(len(offsets) - 1, np.int64)
    filled = np.flatnonzero(lengths(offsets))
    last[filled] = edges[offsets[1:][filled] - 1]
    return last
