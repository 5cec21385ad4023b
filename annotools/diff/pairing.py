"""Which row of one dataset is which of the other: the same frame, label and kind, and the nearest geometry.

First rows that are equal to the bit, in order; then what is left, nearest first.  All of it is sorting and searching,
so a million rows are seconds; in a crowd of one label on one frame only the `NEIGHBOURS` nearest along x are tried.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.diff.hashing import PRIME, folded, mixed, of_members, of_ragged
from annotools.diff.items import KINDS, Items
from annotools.model.tables import Array, Bools, Floats, Ints

NEIGHBOURS = 32
PORTION = 50_000
Pairs = tuple[Ints, Ints]
Boxes = tuple[Ints, Floats]  # keys, and a box each


def pair(a: Items, b: Items, tolerance: float) -> Pairs:
    """(rows of a, rows of b) that are the same thing, in the order of a.  tolerance: px that count for nothing."""
    keys = keys_of(a, b)
    prints = [_prints(items, key, tolerance) for items, key in zip((a, b), keys, strict=True)]
    pairs: list[Pairs] = []
    unpaired = np.arange(len(a)), np.arange(len(b))
    for level in range(len(prints[0])):
        matches = _equal(prints[0][level][unpaired[0]], prints[1][level][unpaired[1]])
        pairs.append((unpaired[0][matches[0]], unpaired[1][matches[1]]))
        unpaired = np.delete(unpaired[0], matches[0]), np.delete(unpaired[1], matches[1])
    matches = _nearest((keys[0][unpaired[0]], a.box[unpaired[0]]), (keys[1][unpaired[1]], b.box[unpaired[1]]))
    pairs.append((unpaired[0][matches[0]], unpaired[1][matches[1]]))
    rows = np.concatenate([x for x, _ in pairs]), np.concatenate([y for _, y in pairs])
    order = np.argsort(rows[0], kind="stable")
    return rows[0][order], rows[1][order]


def keys_of(a: Items, b: Items) -> tuple[Ints, Ints]:
    """A number for frame, label and kind of each row: only rows of one number can be the same thing."""
    frame, label, kind = (np.concatenate((getattr(a, n), getattr(b, n))) for n in ("frame", "label", "kind"))
    together = (frame * (label.max(initial=0) + 1) + label) * len(KINDS) + kind
    inverse = np.unique(together, return_inverse=True)[1]
    return inverse[: len(a)], inverse[len(a) :]


def _prints(items: Items, keys: Ints, tolerance: float) -> list[Array]:
    """Hashes of each row, from all it says and belongs to down to what its box is when rounded, in two ways.

    Of coordinates that differ by less than the tolerance most are alike in one of the ways; the rest is for `_nearest`.
    """
    start = mixed(keys.astype(np.uint64) + PRIME)
    geometry = folded(of_ragged(items.values, items.offsets), keys)
    geometry = _of_box(geometry, items.box)
    whole = folded(geometry, items.attribute_hash)
    for column in items.fields.values():
        whole = folded(whole, column)
    whole = folded(folded(whole, of_members(geometry, items.track, -1)), of_members(geometry, items.group, 0))
    if not tolerance > 0:
        return [whole, geometry]
    with np.errstate(over="ignore"):  # what lies beyond all numbers counts as one point
        scaled = items.box / (4 * tolerance)
    return [whole, geometry, *(_of_box(start, np.floor(scaled + phase)) for phase in (0.0, 0.5))]


def _of_box(hashes: Array, box: Floats) -> Array:
    for column in box.T:
        hashes = folded(hashes, column)
    return hashes


def _equal(a: Array, b: Array) -> Pairs:
    """Positions of equal hashes, the first with the first, the second with the second."""
    orders = np.argsort(a, kind="stable"), np.argsort(b, kind="stable")
    first, second = _numbered(a[orders[0]]), _numbered(b[orders[1]])
    x, y = np.intersect1d(first, second, assume_unique=True, return_indices=True)[1:]
    return orders[0][x], orders[1][y]


def _numbered(values: Array) -> Array:
    """Sorted hashes with the repeats told apart: value + how many equal ones came before, as one hash."""
    first = np.searchsorted(values, values)
    return mixed(values + (np.arange(len(values)) - first).astype(np.uint64) * PRIME)


def _nearest(a: Boxes, b: Boxes) -> Pairs:
    """Positions of rows of one key, nearest boxes first, each row once."""
    orders = [np.lexsort((_middle(boxes), keys)) for keys, boxes in (a, b)]
    a, b = ((side[0][order], side[1][order]) for side, order in zip((a, b), orders, strict=True))
    portions = _portions(a[0], b[0])
    matches = [_nearest_of(_cut(a, *rows), _cut(b, *columns), (rows[0], columns[0])) for rows, columns in portions]
    none = np.zeros(0, np.int64)
    x, y = (np.concatenate([none, *(pairs[side] for pairs in matches)]) for side in (0, 1))
    return orders[0][x], orders[1][y]


def _portions(a: Ints, b: Ints) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Ranges of both sorted columns of keys that hold the same keys, about `PORTION` rows of a each."""
    start = 0
    while start < len(a):
        stop = int(np.searchsorted(a, a[min(start + PORTION, len(a)) - 1], "right"))
        low, high = np.searchsorted(b, a[start]), np.searchsorted(b, a[stop - 1], "right")
        yield (start, stop), (int(low), int(high))
        start = stop


def _cut(side: Boxes, start: int, stop: int) -> Boxes:
    return side[0][start:stop], side[1][start:stop]


def _nearest_of(a: Boxes, b: Boxes, starts: tuple[int, int]) -> Pairs:
    x, y = _candidates(a, b)
    distance = np.abs(a[1][x] - b[1][y]).max(axis=1, initial=0)
    close = _near_enough(a[1][x], b[1][y], distance)
    x, y, distance = x[close], y[close], distance[close]
    order = np.argsort(distance, kind="stable")
    x, y = _greedy(x[order], y[order])
    return x + starts[0], y + starts[1]


def _near_enough(a: Floats, b: Floats, distance: Floats) -> Bools:
    """Whether two boxes may be one thing that moved: they touch, or are less than their size apart."""
    size = np.maximum(a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]).max(axis=1, initial=0)
    return np.asarray(~(distance > np.maximum(size, 5.0)))


def _candidates(a: Boxes, b: Boxes) -> Pairs:
    """For each row of a its neighbours in b of the same key, by the middle of the box along x.  Both are sorted."""
    low, high = np.searchsorted(b[0], a[0]), np.searchsorted(b[0], a[0], "right")
    rank = _ranks(a, b)
    start = np.clip(rank - NEIGHBOURS // 2, low, np.maximum(high - NEIGHBOURS, low))
    count = np.minimum(high, start + NEIGHBOURS) - start
    x = np.repeat(np.arange(len(rank)), count)
    step = np.arange(len(x)) - np.repeat(np.cumsum(count) - count, count)
    return x, start[x] + step


def _middle(boxes: Floats) -> Floats:
    return np.nan_to_num((boxes[:, 0] + boxes[:, 2]) / 2)


def _ranks(a: Boxes, b: Boxes) -> Ints:
    """Where each row of a would stand among the sorted rows of b: how many of those come before it."""
    keys = np.concatenate((b[0], a[0]))
    values = np.concatenate((_middle(b[1]), _middle(a[1])))
    side = np.repeat([0, 1], [len(b[0]), len(a[0])])
    order = np.lexsort((side, values, keys))
    before = np.cumsum(side[order] == 0)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = before
    of_a: Ints = ranks[len(b[0]) :]
    return of_a


def _greedy(x: Ints, y: Ints) -> Pairs:
    """Of pairs, best first, those that use no row twice: what is first for both its rows is taken, round by round."""
    taken: list[Pairs] = []
    used = np.zeros(int(x.max(initial=-1)) + 1, np.bool_), np.zeros(int(y.max(initial=-1)) + 1, np.bool_)
    while len(x):
        chosen = _is_first(x, len(used[0])) & _is_first(y, len(used[1]))
        taken.append((x[chosen], y[chosen]))
        used[0][x[chosen]] = used[1][y[chosen]] = True
        free = ~(used[0][x] | used[1][y])
        x, y = x[free], y[free]
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *(p for p, _ in taken)]), np.concatenate([none, *(q for _, q in taken)])


def _is_first(values: Ints, size: int) -> Array:
    """Whether no equal value comes before."""
    first = np.empty(size, np.int64)
    positions = np.arange(len(values))
    first[values[::-1]] = positions[::-1]  # the last assignment, to the first position, stays
    return np.asarray(first[values] == positions)
