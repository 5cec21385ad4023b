"""Which ring lies in which, for rings of one frame, job and label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.geometry.ragged import expand_ranges
from annotools.geometry.tangles import many_crossings
from annotools.model.columns import row_keys
from annotools.model.tables import Array, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.rules.geo._derived import rings, simple

CROWD = 500  # rings to the left of one, on its frame and of its label, that may be around it
_PORTION = 2000  # rings whose candidates are held at a time
_DEPTH = 32  # rings around one, smallest first, whose outline is asked


def nested(ctx: Context, holes: Ints, outer: Ints) -> tuple[Ints, Ints]:
    """Pairs of rings of which the first lies in the second, one for each such hole; rows of `ctx.shapes`.

    holes, outer: places among the measurable polygons.  The smallest ring whose box is around that of the hole, and
    that has its first corner within, is the one.
    """
    nestings = [_nested(ctx, *pairs) for pairs in _candidates(ctx, holes, outer)]
    none = np.zeros(0, np.int64)
    known = ctx.once(rings).rows
    inner, around = (np.concatenate([none, *(pairs[side] for pairs in nestings)]) for side in (0, 1))
    order = np.argsort(inner, kind="stable")
    return known[inner[order]], known[around[order]]


def _candidates(ctx: Context, holes: Ints, outer: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of a hole and a ring whose box is around it, by hole, then by the size of the ring."""
    known, shapes = ctx.once(rings), ctx.shapes
    boxes = ctx.hulls[known.rows]
    key = row_keys(*(getattr(shapes, name)[known.rows] for name in ("frame", "label", "job")))
    outer = outer[np.lexsort((boxes[outer, 0], key[outer]))]
    holes = holes[np.lexsort((boxes[holes, 0], key[holes]))]
    low, high = np.searchsorted(key[outer], key[holes]), _places(key, boxes[:, 0], outer, holes)
    low = np.maximum(low, high - CROWD)
    by_size = np.argsort((boxes[outer, 2:] - boxes[outer, :2]).prod(axis=1), kind="stable")
    for start in range(0, len(holes), _PORTION):
        part = slice(start, start + _PORTION)
        counts = np.maximum(high[part] - low[part], 0)
        hole, ring = np.repeat(np.arange(len(counts)), counts), expand_ranges(low[part], counts)
        # whether it begins to the left is known
        for side, around in ((1, np.greater_equal), (2, np.less_equal), (3, np.less_equal)):
            within = around(boxes[holes[part], side][hole], boxes[outer, side][ring])
            hole, ring = hole[within], ring[within]
        hole, ring = _smallest(hole, ring, by_size)
        order = np.argsort(holes[part][hole], kind="stable")
        yield holes[part][hole[order]], outer[ring[order]]


def _smallest(hole: Ints, ring: Ints, by_size: Ints) -> tuple[Ints, Ints]:
    """Of pairs those of each hole that are asked, by hole, then by size.  by_size: the rings, smallest first."""
    rank = np.empty(len(by_size), np.int64)
    rank[by_size] = np.arange(len(by_size))
    hole, size = np.divmod(np.sort(hole * len(by_size) + rank[ring]), max(len(by_size), 1))
    few = np.arange(len(hole)) - np.searchsorted(hole, hole) < _DEPTH
    return hole[few], by_size[size[few]]


def _places(key: Ints, left: Floats, outer: Ints, holes: Ints) -> Ints:
    """How many of the sorted outer rings come before each hole or start where it does."""
    both = np.concatenate([outer, holes])
    side = np.repeat([0, 1], [len(outer), len(holes)])
    order = np.lexsort((side, left[both], key[both]))
    places = np.empty(len(both), np.int64)
    places[order] = np.cumsum(side[order] == 0)
    return np.asarray(places[len(outer) :])


def _nested(ctx: Context, one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Of pairs, by hole, the first of each hole whose ring has the hole's first corner within."""
    import shapely

    used, ring = np.unique(other, return_inverse=True)
    polygons = _polygons(ctx, used)
    known = ctx.once(rings)
    corners = known.values[known.offsets[one][:, None] + np.arange(2)]
    rank = np.arange(len(one)) - np.searchsorted(one, one)
    chosen, done = np.zeros(len(one), np.bool_), np.zeros(len(known.rows), np.bool_)
    for depth in range(int(rank.max(initial=-1)) + 1):
        asked = np.flatnonzero((rank == depth) & ~done[one])
        chosen[asked] = shapely.intersects_xy(polygons[ring[asked]], corners[asked])
        done[one[asked[chosen[asked]]]] = True
    return one[chosen], other[chosen]


def _polygons(ctx: Context, used: Ints) -> Array:
    """Rings as polygons that can be asked; parts of a ring that crosses itself are told apart where they are few."""
    import shapely

    known, fine = ctx.once(rings), ctx.once(simple)
    points = [known.values[known.offsets[i] : known.offsets[i + 1]].reshape(-1, 2) for i in used.tolist()]
    polygons = np.array([shapely.Polygon(ring) for ring in points], np.object_)
    for i in np.flatnonzero(~fine[used]).tolist():
        if not many_crossings(points[i]):
            polygons[i] = polygons[i].buffer(0)
    shapely.prepare(polygons)
    return polygons
