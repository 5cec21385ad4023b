"""What differs between rows that are the same thing: one mask over the pairs a field."""

from __future__ import annotations

import numpy as np

from annotools.diff.items import FIELDS, INTERVAL, TRACKED, Items
from annotools.diff.pairing import Pairs
from annotools.model import ShapeType
from annotools.model.tables import Array, Bools, Floats, Ints

ALL = ("points", *FIELDS, "group", "track", "attributes")
_SCORE = 1e-6
_BITS = 1e-9  # what the difference of two numbers may be off: 300.01 - 300 is a little more than 0.01


def differing(a: Items, b: Items, pairs: Pairs, tolerance: float) -> dict[str, Bools]:
    """Field -> whether it differs, for each pair.  tolerance: px, and degrees for rotations; of 0 it is meant so."""
    x, y = pairs
    tolerance += _BITS if tolerance else 0
    masks = {name: _unlike(name, a.fields[name][x], b.fields[name][y], tolerance) for name in FIELDS}
    return {
        "points": ~(moved(a, b, pairs) <= tolerance), **masks,
        "group": regrouped(a.group[x], b.group[y], 0), "track": regrouped(a.track[x], b.track[y], -1),
        "attributes": a.attribute_hash[x] != b.attribute_hash[y],
    }  # fmt: skip


def _unlike(name: str, a: Floats, b: Floats, tolerance: float) -> Bools:
    if name == "rotation":
        turn = np.abs(a - b) % 360
        return np.asarray(~(np.minimum(turn, 360 - turn) <= tolerance))
    return np.asarray(np.abs(a - b) > _SCORE) if name == "score" else a != b


def moved(a: Items, b: Items, pairs: Pairs) -> Floats:
    """How far the points of each pair are apart: the largest difference of a coordinate in px.

    Infinite where the number of points differs, or a mask at all; NaN is as far from a number as can be.
    """
    x, y = pairs
    counts = np.diff(a.offsets)[x]
    alike = counts == np.diff(b.offsets)[y]
    apart = np.where(alike, 0.0, np.inf)
    rows = np.flatnonzero(alike & (counts > 0))
    if len(rows):
        gap = _gaps(a, b, (x[rows], y[rows]), counts[rows])
        apart[rows] = np.where(np.isnan(gap), np.inf, gap)
    mask = np.isin(a.kind[x], (ShapeType.MASK, TRACKED + ShapeType.MASK)) & (apart > 0)
    apart[mask] = np.inf
    span = a.kind[x] == INTERVAL
    apart[span] = np.abs(a.box[x[span]] - b.box[y[span]]).max(axis=1, initial=0)
    return apart


def _gaps(a: Items, b: Items, pairs: Pairs, counts: Ints) -> Floats:
    starts = np.concatenate(([0], np.cumsum(counts[:-1])))
    step = np.arange(int(counts.sum())) - np.repeat(starts, counts)
    first, second = (
        items.values[np.repeat(items.offsets[rows], counts) + step] for items, rows in zip((a, b), pairs, strict=True)
    )
    with np.errstate(invalid="ignore"):
        apart = np.where(np.isnan(first) & np.isnan(second) | (first == second), 0.0, np.abs(first - second))
    gaps: Floats = np.maximum.reduceat(apart, starts)
    return gaps


def regrouped(a: Array, b: Array, none: int) -> Bools:
    """Pairs whose groups (or tracks) do not hold the same rows.  Most of its pairs say which group is which."""
    known = partners(a, b, none)
    different = (a == none) != (b == none)
    both = np.flatnonzero((a != none) & (b != none))
    different[both] = [known.get(one) != other for one, other in zip(a[both].tolist(), b[both].tolist(), strict=True)]
    return np.asarray(different)


def partners(a: Array, b: Array, none: int) -> dict[int, int]:
    """Group (or track) of a -> the one of b that shares most rows with it, where that is so both ways."""
    both = (a != none) & (b != none)
    couples, count = np.unique(np.stack([a[both], b[both]]), axis=1, return_counts=True)
    couples = couples[:, np.argsort(-count, kind="stable")]
    best = np.zeros(couples.shape[1], np.int8)
    for side in couples:
        best[np.unique(side, return_index=True)[1]] += 1
    return dict(couples[:, best == 2].T.tolist())
