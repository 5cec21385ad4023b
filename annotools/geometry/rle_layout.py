"""How a column of cvat_rles is laid out: each row its runs, then left, top, right, bottom (inclusive).

[0, 2, 2, 2, 2, 1,  1, 1, 3, 3]      runs 0 2 2 2 2 1 of the box 1..3 x 1..3
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Ints, Ragged, expand_ranges, lengths, offsets_of


def cvat_rle_tails(values: Array, offsets: Ints) -> Ints:
    """Left, top, right, bottom as written, inclusive.  (n, 4) int64; fractions are cut off."""
    return np.asarray(values[_tail_places(offsets)], np.float64).astype(np.int64)


def cvat_rle_counts(values: Array, offsets: Ints) -> Ragged:
    """The runs without left, top, right, bottom: ragged int64; fractions are cut off."""
    counts = lengths(offsets) - 4
    return values[expand_ranges(offsets[:-1], counts)].astype(np.int64), offsets_of(counts)


def join_tails(counts: Array, offsets: Ints, tails: Array) -> Ragged:
    """Ragged runs and (n, 4) left, top, right, bottom -> a column of cvat_rles, float64."""
    ends = offsets_of(lengths(offsets) + 4)
    values = np.empty(ends[-1])
    values[expand_ranges(ends[:-1], lengths(offsets))] = counts
    values[_tail_places(ends)] = tails
    return values, ends


def _tail_places(offsets: Ints) -> Ints:
    return np.asarray(offsets[1:, None] + np.arange(-4, 0))
