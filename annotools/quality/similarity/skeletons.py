"""Skeletons: how near the elements that both show are to each other, by the size of their instances' mean box.

An element that only one side shows counts as nothing; a hidden one is not shown.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints, expand_ranges
from annotools.model.columns import united
from annotools.quality.elements import VISIBLE
from annotools.quality.objects import Objects
from annotools.quality.similarity.points import mean_areas


def similarity(objects: Objects, i: Ints, j: Ints, sigma: float) -> Floats:
    """Pair by pair, NaN where no element is shown, 0 for skeletons of different numbers of elements.  (n,)"""
    shares = np.zeros(len(i))
    close = np.flatnonzero(near(objects, i, j))
    i, j = i[close], j[close]
    size = mean_areas(objects.hull[i], objects.hull[j])
    width = int(np.diff(objects.offsets)[united(i, j)].max(initial=0)) // 2
    (first, seen), (second, seen_too) = (_elements(objects, rows, width) for rows in (i, j))
    distance = ((first - second) ** 2).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.exp(-distance / (2 * size[:, None] * (2 * sigma) ** 2))
        both, either = seen & seen_too, (seen | seen_too).sum(axis=1)
        shares[close] = np.where(both, share, 0.0).sum(axis=1) / either
    return shares


def near(objects: Objects, i: Ints, j: Ints) -> Bools:
    """Whether two skeletons have anything in common, i and j of any shapes that go together."""
    counts = (objects.offsets[rows + 1] - objects.offsets[rows] for rows in (i, j))
    return np.asarray((mean_areas(objects.hull[i], objects.hull[j]) > 0) & np.equal(*counts))


def _elements(objects: Objects, rows: Ints, width: int) -> tuple[Floats, np.ndarray]:
    """Points (n, width, 2) of skeletons, and which of them are shown (n, width)."""
    counts = np.diff(objects.offsets)[rows] // 2
    points, seen = np.zeros((len(rows), width, 2)), np.zeros((len(rows), width), np.bool_)
    row = np.repeat(np.arange(len(rows)), counts)
    slot = expand_ranges(np.zeros(len(rows)), counts)
    source = expand_ranges(objects.offsets[rows] // 2, counts)
    points[row, slot] = objects.values.reshape(-1, 2)[source]
    seen[row, slot] = objects.states[source] == VISIBLE
    return points, seen
