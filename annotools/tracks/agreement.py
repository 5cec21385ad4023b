"""How much shapes and tracks of two jobs agree, and who is whose twin.

Two rectangles or polygons of one label agree by their common area over their united one (rotation is not looked at);
all other types do not agree.  Twins are the one-to-one pairs that agree most in sum.

Source: CVAT 2.73 dataset_manager/annotation.py, merging of segments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotools.geometry.boxes import hull_boxes, order_corners, pair_ious
from annotools.geometry.polygons import are_valid
from annotools.geometry.ragged import Array, Bools, Floats, Ints, expand_ranges, take
from annotools.model.codes import POLYGON, RECTANGLE
from annotools.model.columns import distinct
from annotools.model.tables import Shapes

SHAPES_AGREE, TRACKS_AGREE = 0.75, 0.5  # the least agreement of twins
_FAR = 1e9


class Pairs(NamedTuple):
    """Pairs of rows of two tables, and how much they agree."""

    one: Ints
    other: Ints
    agreement: Floats

    def take(self, rows: Array) -> Pairs:
        """Some of them."""
        return Pairs(self.one[rows], self.other[rows], self.agreement[rows])


def pairs_by_key(one: Array, other: Array) -> tuple[Ints, Ints]:
    """All pairs of positions with equal keys, keys (n,) and (m,) int64."""
    order = np.argsort(other, kind="stable")
    first = np.searchsorted(other[order], one)
    counts = np.searchsorted(other[order], one, side="right") - first
    return np.repeat(np.arange(len(one)), counts), order[expand_ranges(first, counts)]


def near_pairs(one: tuple[Ints, Shapes], other: tuple[Ints, Shapes]) -> tuple[Ints, Ints]:
    """All pairs of positions with equal keys whose upright boxes meet; others cannot agree.

    one, other: keys (n,), (m,) int64 and the shapes.  Shapes without a box of finite numbers meet nothing.
    """
    import shapely

    keys = distinct(np.concatenate([one[0], other[0]]))
    bounds = [_bounds(shapes) for _, shapes in (one, other)]
    width = 1 + max((float(np.ptp(box[:, ::2])) if len(box) else 0.0) for box in bounds)
    # every key gets a column of its own in one plane, so that one index serves all
    shifted = []
    for (key, _), box in zip((one, other), bounds, strict=True):
        column = np.searchsorted(keys, key) * (2 * width)
        shifted.append(shapely.box(box[:, 0] + column, box[:, 1], box[:, 2] + column, box[:, 3]))
    first, second = shapely.STRtree(shifted[1]).query(shifted[0])
    same = one[0][first] == other[0][second]
    order = np.lexsort((second[same], first[same]))
    return first[same][order], second[same][order]


def _bounds(shapes: Shapes) -> Floats:
    """Upright boxes of rectangles and polygons, moved to begin at 0; an empty box for what has none."""
    bounds = np.full((len(shapes), 4), np.nan)
    rows = np.flatnonzero(np.isin(shapes.type, (RECTANGLE, POLYGON)) & (shapes.counts > 0) & (shapes.counts % 2 == 0))
    bounds[rows] = hull_boxes(*take(shapes.values, shapes.offsets, rows))
    bounds[~(np.abs(bounds) < _FAR).all(axis=1)] = np.nan
    return np.where(np.isnan(bounds), -1.0, bounds)


def shapes_agree(one: Shapes, other: Shapes) -> Floats:
    """The agreement of shapes row with row, (n,) float64, 0..1; labels are not looked at."""
    agreement = np.zeros(len(one))
    same = one.type == other.type
    boxes = np.flatnonzero(same & (one.type == RECTANGLE) & (one.counts == 4) & (other.counts == 4))
    corners = (order_corners(table.boxes(boxes)) for table in (one, other))
    agreement[boxes] = pair_ious(*corners)
    polygons = np.flatnonzero(same & (one.type == POLYGON))
    if len(polygons):
        agreement[polygons] = _polygons_agree(*(table.take(polygons) for table in (one, other)))
    return np.nan_to_num(agreement)


def _polygons_agree(one: Shapes, other: Shapes) -> Floats:
    import shapely

    agreement = np.zeros(len(one))
    even = (one.counts % 2 == 0) & (other.counts % 2 == 0)
    rows = np.flatnonzero(even)
    rows = rows[_valid(one, rows) & _valid(other, rows)]
    first, second = (_polygons(table, rows) for table in (one, other))
    common = shapely.area(shapely.intersection(first, second))
    united = shapely.area(first) + shapely.area(second) - common
    agreement[rows] = np.divide(common, united, out=np.zeros(len(rows)), where=united > 0)
    return agreement


def _valid(shapes: Shapes, rows: Ints) -> Bools:
    return are_valid(*take(shapes.values, shapes.offsets, rows))


def _polygons(shapes: Shapes, rows: Ints) -> Array:
    import shapely

    values, offsets = take(shapes.values, shapes.offsets, rows)
    ring = np.repeat(np.arange(len(rows)), np.diff(offsets) // 2)
    return np.asarray(shapely.polygons(shapely.linearrings(values.reshape(-1, 2), indices=ring)))


def twins(pairs: Pairs, least: float) -> tuple[Ints, Ints]:
    """One-to-one pairs that agree most in sum, without those that agree less than `least`."""
    sure, unsure = _settled(pairs.take(np.flatnonzero(pairs.agreement > 0)))
    matches = [pair for cluster in _clusters(unsure) for pair in _best(unsure, cluster)]
    matches += zip(sure.one.tolist(), sure.other.tolist(), sure.agreement.tolist(), strict=True)
    agreeing = sorted(pair for pair in matches if pair[2] >= least)
    one, other = ([pair[side] for pair in agreeing] for side in (0, 1))
    return np.array(one, np.int64), np.array(other, np.int64)


def _settled(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """The pairs that a best choice surely has, and those between the rows that are left.

    Sure is a pair that agrees at least as much as the best others of its two rows together.
    """
    chosen = []
    while len(pairs.one):
        against = sum(_best_other(side, pairs.agreement) for side in (pairs.one, pairs.other))
        positions = np.flatnonzero(pairs.agreement >= against)
        positions = positions[np.unique(pairs.one[positions], return_index=True)[1]]
        positions = positions[np.unique(pairs.other[positions], return_index=True)[1]]
        if not len(positions):
            break
        sure = pairs.take(positions)
        chosen.append(sure)
        pairs = pairs.take(~np.isin(pairs.one, sure.one) & ~np.isin(pairs.other, sure.other))
    empty = pairs.take(np.zeros(0, np.int64))
    return Pairs(*(np.concatenate(side) for side in zip(empty, *chosen, strict=True))), pairs


def _best_other(side: Ints, agreement: Floats) -> Floats:
    """For each pair the most that another pair of the same row agrees, 0 if there is none."""
    order = np.lexsort((-agreement, side))
    new = np.ones(len(side), np.bool_)
    new[1:] = np.diff(side[order]) != 0
    heads = np.flatnonzero(new)
    seconds = np.append(heads + 1, 0)[:-1]
    alone = (seconds >= len(side)) | np.append(new, True)[seconds]
    second = np.where(alone, 0.0, np.append(agreement[order], 0.0)[np.minimum(seconds, len(side))])
    group = np.cumsum(new) - 1
    best = np.empty(len(side))
    best[order] = np.where(new, second[group], agreement[order][heads][group])
    return best


def _clusters(pairs: Pairs) -> Iterator[list[int]]:
    """Positions of pairs that are connected by their rows."""
    by_one, by_other = defaultdict(list), defaultdict(list)
    one, other = pairs.one.tolist(), pairs.other.tolist()
    for position, (a, b) in enumerate(zip(one, other, strict=True)):
        by_one[a].append(position)
        by_other[b].append(position)
    seen = [False] * len(one)
    for start in range(len(one)):
        if not seen[start]:
            seen[start] = True
            cluster = [start]
            for position in cluster:  # grows while it is walked
                for near in (*by_one.pop(one[position], ()), *by_other.pop(other[position], ())):
                    if not seen[near]:
                        seen[near] = True
                        cluster.append(near)
            yield cluster


def _best(pairs: Pairs, cluster: list[int]) -> list[tuple[int, int, float]]:
    """The pairs of a cluster that agree most in sum: row, row, agreement."""
    rows, columns = (np.unique(side[cluster], return_inverse=True) for side in (pairs.one, pairs.other))
    costs = np.ones((len(rows[0]), len(columns[0])))
    costs[rows[1], columns[1]] = 1 - pairs.agreement[cluster]
    flip = len(costs) > len(costs[0])
    chosen = assign(costs.T if flip else costs)
    cells = [(column, row) if flip else (row, column) for row, column in enumerate(chosen)]
    return [(int(rows[0][i]), int(columns[0][j]), float(1 - costs[i, j])) for i, j in cells]


def assign(costs: Floats) -> list[int]:
    """The column of each row so that the sum of costs is least, by the Hungarian method.

    costs: (n, m), n <= m, finite.  Columns are taken at most once.
    """
    count, width = costs.shape
    prices = np.zeros(count), np.zeros(width)
    owners = np.full(width, -1)
    for row in range(count):
        _place(costs, row, owners, prices)
    taken = np.flatnonzero(owners >= 0)
    columns = np.empty(count, np.int64)
    columns[owners[taken]] = taken
    return [int(column) for column in columns]


def _place(costs: Floats, row: int, owners: Array, prices: tuple[Floats, Floats]) -> None:
    """Give a row a column along the cheapest alternating path."""
    of_row, of_column = prices
    slack, came_from = np.full(len(owners), np.inf), np.full(len(owners), -1)
    free = np.ones(len(owners), np.bool_)
    column, current = -1, row
    while current >= 0:
        cost = costs[current] - of_row[current] - of_column
        nearer = free & (cost < slack)
        slack[nearer], came_from[nearer] = cost[nearer], column
        column = int(np.where(free, slack, np.inf).argmin())
        step = slack[column]
        of_row[row] += step
        visited = np.flatnonzero(~free)
        of_row[owners[visited]] += step
        of_column[visited] -= step
        slack[free] -= step
        free[column] = False
        current = int(owners[column])
    while column >= 0:
        before = int(came_from[column])
        owners[column] = owners[before] if before >= 0 else row
        column = before
