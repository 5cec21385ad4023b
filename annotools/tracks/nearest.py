"""Which of ascending numbers is nearest to each of others, by sorting instead of all distances.

    shares 0 .5 1  of  0 .2 .6 1     ->  0 2 3

The answer is that of `argmin` over all distances, as the server computes it, to the last bit: of distances that are
equal when rounded the first one counts, and a distance that is NaN counts as the least.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints

_FEW = 1 << 12  # distances of one row that are quickly all computed


def nearest(asked: Floats, given: Floats) -> Ints:
    """The position of the nearest of `given` (rows, m) to each of `asked` (rows, n) by row; both ascend, NaN last."""
    if asked.shape[1] * given.shape[1] <= _FEW:
        return np.asarray(np.abs(asked[:, :, None] - given[:, None, :]).argmin(axis=2))
    below = np.maximum(_below(asked, given) - 1, 0)
    above = np.minimum(below + 1, given.shape[1] - 1)
    rows = np.arange(len(asked))[:, None]
    upper = np.abs(asked - given[rows, above]) < np.abs(asked - given[rows, below])
    position = np.where(upper, above, _first_alike(asked, given, below))
    unclear = np.isnan(given)
    position = np.where(unclear.any(axis=1, keepdims=True), unclear.argmax(axis=1)[:, None], position)
    return np.asarray(np.where(np.isnan(asked), 0, position))


def _below(asked: Floats, given: Floats) -> Ints:
    """How many of the given numbers of a row are less than each of those asked about."""
    (count, n), m = asked.shape, given.shape[1]
    values = np.concatenate([asked, given], axis=1).reshape(-1)
    is_given = np.tile(np.repeat([False, True], [n, m]), count)
    order = np.lexsort((is_given, values, np.repeat(np.arange(count), n + m)))
    before = np.empty(len(order), np.int64)
    before[order] = np.cumsum(is_given[order])
    return np.asarray(before.reshape(count, n + m)[:, :n] - m * np.arange(count)[:, None])


def _first_alike(asked: Floats, given: Floats, position: Ints) -> Ints:
    """The first position up to this one that is as far away, when rounded."""
    rows = np.arange(len(asked))[:, None]
    new = np.ones(given.shape, np.bool_)
    new[:, 1:] = given[:, 1:] != given[:, :-1]
    starts = np.maximum.accumulate(np.where(new, np.arange(given.shape[1]), 0), axis=1)
    least = np.abs(asked - given[rows, position])
    position = starts[rows, position]
    while True:
        before = np.maximum(position - 1, 0)
        alike: Bools = (position > 0) & (np.abs(asked - given[rows, before]) == least)
        if not alike.any():
            return np.asarray(position)
        position = np.where(alike, starts[rows, before], position)
