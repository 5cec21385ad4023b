"""64-bit hashes of rows, column by column.  Equal rows have equal hashes; what is paired by them is still compared."""

from __future__ import annotations

import numpy as np

from annotools.model.tables import Array, Floats, Ints

PRIME = np.uint64(0x9E3779B97F4A7C15)


def mixed(x: Array) -> Array:
    """The finaliser of splitmix64: every bit of a uint64 moves every bit of the result."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def folded(hashes: Array, column: Array) -> Array:
    """Hashes that also tell a column of int64, uint64 or float64 (-0.0 is 0.0)."""
    bits = (column + 0.0).view(np.uint64) if column.dtype.kind == "f" else column.astype(np.uint64)
    return mixed(hashes * PRIME + bits)


def of_ragged(values: Floats, offsets: Ints) -> Array:
    """One hash for each row of a ragged column."""
    position = (np.arange(len(values)) - np.repeat(offsets[:-1], np.diff(offsets))).astype(np.uint64)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed((values + 0.0).view(np.uint64) + mixed(position)))))
    total: Array = sums[offsets[1:]] - sums[offsets[:-1]]
    return total


def of_members(hashes: Array, reference: Ints, none: int) -> Array:
    """For each row a hash of all rows that have the same reference (a track, a group); 0 where it has none."""
    unique, inverse = np.unique(reference, return_inverse=True)
    total = np.zeros(len(unique), np.uint64)
    np.add.at(total, inverse, mixed(hashes))
    return np.where(reference == none, np.uint64(0), total[inverse]) if len(unique) else total
