"""Sets of pixels as the positions where a scan enters and leaves them, and how to turn the scan.

    row-major 3 x 3     1 1 0
                        0 1 1      runs  0 2 2 2 2 1      edges 0 2 | 4 6 | 8 9
                        0 0 1

`edges` is ragged int64: even entries enter, odd ones leave.  A set meets its copy shifted by one line in the pixels
that differ from the pixel one line before; those are the edges of the scan in the other direction.  Both lists of
edges merged are the borders of these pixels, so nothing is ever painted and the work grows with the outline.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import (
    Array,
    Ints,
    Ragged,
    expand_ranges,
    insert_last,
    lengths,
    offsets_of,
    row_of_value,
)

Crossings = tuple[Ints, Ints, Ints]


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


def cross(edges: Ints, offsets: Ints, line: Ints) -> Crossings:
    """The edges of the scan in the other direction, unordered within a row.

    line: (n,) the length of a line of this scan, all edges of row i being <= a multiple of line[i].
    Returns row, position in the line, line number of the pixels at which the crossing scan enters or leaves; the line
    number is one past the last line where the set reaches it.
    """
    rows = row_of_value(offsets)
    bases = offsets_of(_extents(edges, offsets) + line + 1)
    here = edges + bases[rows]
    merged = np.concatenate([here, here + line[rows]])
    merged.sort(kind="stable")  # two ascending halves: one merge
    starts, counts = merged[::2], merged[1::2] - merged[::2]
    row = np.repeat(rows, counts)
    spots = expand_ranges(starts - bases[rows], counts)
    number = spots // line[row]
    return row, spots - number * line[row], number


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
