"""All objects of one frame compared with all others: of each pair one number is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from annotools.geometry.ragged import Floats, Ints
from annotools.quality.pixels import meet

Measure = Callable[[Ints, Ints, Ints], tuple[Floats, Floats]]  # of rows i, j by ascending frame pair


def all_shares(measure: Measure, bounds: Floats | None, first: Ints, second: Ints, most: int) -> Floats:
    """The similarity of all to all, (first, second), `most` pairs at a time.

    bounds: (n, 4) boxes that meet wherever the similarity is not 0, None where there are none such.
    """
    shares = np.zeros((len(first), len(second)))
    for i, j in _near(bounds, first, second, most):
        shares[i, j] = measure(first[i], second[j], np.zeros(len(i), np.int64))[0]
    return shares


def _near(bounds: Floats | None, first: Ints, second: Ints, most: int) -> Iterator[tuple[Ints, Ints]]:
    """The pairs that may have anything in common, as positions in both sides, some at a time."""
    step = max(most // len(second), 1)
    waiting: list[tuple[Ints, Ints]] = []
    for row in range(0, len(first), step):
        i, j = np.arange(row, min(row + step, len(first))), np.arange(len(second))
        if bounds is None:
            yield np.repeat(i, len(j)), np.tile(j, len(i))
            continue
        near, column = np.nonzero(meet(bounds[first[i], None], bounds[None, second]))
        waiting.append((near + row, column))
        if sum(len(pair[0]) for pair in waiting) > most or row + step >= len(first):
            rows, columns = zip(*waiting, strict=True)
            yield np.concatenate(rows), np.concatenate(columns)
            waiting = []


def largest(shares: Floats) -> tuple[Floats, Floats]:
    """The largest similarity of each row and of each column; none is 0."""
    return np.fmax.reduce(shares, axis=1, initial=0), np.fmax.reduce(shares, axis=0, initial=0)
