"""All objects of one frame compared with all others: of each pair one number is kept.

What takes a few operations a pair, and what tells that two objects have nothing in common, is asked of whole blocks of
pairs, row by column; only what is left is measured pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints

Measure = Callable[[Ints, Ints, Ints], tuple[Floats, Floats]]  # of rows i, j by ascending frame pair
_BLOCK = 1 << 15  # pairs of a block: what it makes stays in the cache


class Block(NamedTuple):
    """Rows by columns.  shares: the similarity where it is known, else 0; None for 0 everywhere.  left: where it is
    to be measured; None for nowhere."""

    shares: Floats | None
    left: Bools | None


Sift = Callable[[Ints, Ints], Block]  # of all rows with all columns


def all_shares(measure: Measure, sift: Sift, first: Ints, second: Ints, most: int) -> Floats:
    """The similarity of all to all, (first, second), `most` pairs measured at a time.

    sift: what is known of a block of pairs without measuring these.
    """
    shares = np.zeros((len(first), len(second)))
    for i, j in _left(shares, sift, first, second, most):
        shares[i, j] = measure(first[i], second[j], np.zeros(len(i), np.int64))[0]
    return shares


def _left(shares: Floats, sift: Sift, first: Ints, second: Ints, most: int) -> Iterator[tuple[Ints, Ints]]:
    """Fill in what is known; the pairs that are left, as positions in both sides, some at a time."""
    step = max(min(_BLOCK, most) // len(second), 1)
    waiting = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    count = 0
    for row in range(0, len(first), step):
        block = sift(first[row : row + step], second)
        if block.shares is not None:
            shares[row : row + step] = block.shares
        if block.left is None:
            continue
        near, column = np.nonzero(block.left)
        if count + len(near) > most:
            yield _stacked(waiting)
            waiting, count = [], 0
        waiting.append((near + row, column))
        count += len(near)
    yield _stacked(waiting)


def _stacked(pairs: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    rows, columns = zip(*pairs, strict=True)
    return np.concatenate(rows), np.concatenate(columns)


def largest(shares: Floats) -> tuple[Floats, Floats]:
    """The largest similarity of each row and of each column; none is 0."""
    return np.fmax.reduce(shares, axis=1, initial=0), np.fmax.reduce(shares, axis=0, initial=0)
