"""Between two polygons or polylines with any numbers of vertices, bit for bit as the CVAT server computes it.

    0 0, 10 0, 10 10  ->  0 0, 20 0, 20 20, 0 20     at 1/4     0 0, 12.5 0, 12.5 12.5, 7.5 12.5

Vertices are matched by their share of the line's length, every matched pair moves straight, and runs that share a
partner are thinned out.  A distance often meets its threshold exactly, so the last bit decides: plain sums from left
to right, square roots of squares (no hypot), no tolerance.  All pairs and frames are computed at once.

Source: CVAT 2.73 dataset_manager/annotation.py, interpolation of polyshapes.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np

from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    Ragged,
    expand_ranges,
    lengths,
    offsets_of,
)  # fmt: skip
from annotools.tracks.nearest import nearest

_CHUNK = 1 << 21  # numbers held at a time


class _Lines(msgspec.Struct, frozen=True):
    """Vertices of lines one after the other, closed ones with their first vertex repeated at the end."""

    points: Floats
    ends: Ints

    @property
    def edges(self) -> Floats:
        """The distance from each vertex to the next in the table; that of a line's last vertex means nothing."""
        return _distances(self.points[:-1], self.points[1:])


class _Plan(msgspec.Struct, frozen=True):
    """Who moves to whom, ragged by pair of lines, and the runs to be thinned."""

    start: Floats  # (matches, 2) x, y
    displacement: Floats  # (matches, 2) to the end
    ends: Ints
    run: Ints  # the first match of each run of several
    run_size: Ints
    run_ends: Ints  # runs, ragged by pair
    threshold: Floats
    closed: Bools


def between(left: Ragged, right: Ragged, closed: Bools, pair: Ints, share: Floats) -> Ragged:
    """The lines at `share` (0..1) of the way from a left to a right one.

    left, right: n lines each, ragged x0 y0 x1 y1 ..., of even length and not empty.  closed: (n,) polygon or polyline.
    pair: (m,) which of the n is meant.  share: (m,).  Returns m lines, ragged.
    """
    plan = _plan(_lines(left, closed), _lines(right, closed), closed)
    parts = [_moved(plan, pair[part], share[part]) for part in _parts(lengths(plan.ends)[pair])]
    counts = np.concatenate([count for _, count in parts] or [np.zeros(0, np.int64)])
    return np.concatenate([points.reshape(-1) for points, _ in parts] or [np.zeros(0)]), offsets_of(2 * counts)


def _parts(counts: Ints) -> list[slice]:
    """Consecutive rows, of about as many points as are held at a time."""
    chunk = np.cumsum(counts) // _CHUNK
    cuts = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist(), len(counts)]
    return [slice(a, b) for a, b in pairwise(cuts) if a < b]


def _lines(ragged: Ragged, closed: Bools) -> _Lines:
    values, offsets = ragged
    starts, counts = offsets[:-1] // 2, lengths(offsets) // 2
    positions = expand_ranges(starts, counts + closed)
    ends = offsets_of(counts + closed)
    positions[ends[1:][closed] - 1] = starts[closed]
    return _Lines(np.asarray(values, np.float64).reshape(-1, 2)[positions], ends)


def _distances(one: Floats, other: Floats) -> Floats:
    across, down = other[..., 0] - one[..., 0], other[..., 1] - one[..., 1]
    return np.asarray(np.sqrt(across * across + down * down))


def _plan(left: _Lines, right: _Lines, closed: Bools) -> _Plan:
    pair, i, j = _matches(left, right)
    ends = offsets_of(np.bincount(pair, minlength=len(left.ends) - 1))
    starts, right_runs = _runs(pair, i, j)
    sizes = np.diff(np.append(starts, len(pair)))
    several = sizes > 1
    starts, sizes, right_runs = starts[several], sizes[several], right_runs[several]
    stops = starts + sizes - 1
    # the run's own edges, on the side on which its vertices differ
    first, last = np.where(right_runs, j[starts], i[starts]), np.where(right_runs, j[stops], i[stops])
    base = np.where(
        right_runs, _edge_sums(right, first, (last - first) * right_runs),
        _edge_sums(left, first, (last - first) * ~right_runs),
    )  # fmt: skip
    run_ends = offsets_of(np.bincount(pair[starts], minlength=len(left.ends) - 1))
    start = left.points[i]
    displacement, threshold = right.points[j] - start, base / (2 * (last - first + 1))
    return _Plan(start, displacement, ends, starts, sizes, run_ends, threshold, closed)


def _matches(left: _Lines, right: _Lines) -> tuple[Ints, Ints, Ints]:
    """Pair, vertex on the left, vertex on the right of every match, in that order."""
    sizes = np.column_stack([lengths(left.ends), lengths(right.ends)])
    kinds, kind = np.unique(sizes, axis=0, return_inverse=True)
    parts = [np.zeros((3, 0), np.int64)]
    for number, (n, m) in enumerate(kinds.tolist()):
        rows = np.flatnonzero(kind.reshape(-1) == number)
        step = max(_CHUNK // (n * m), 1)
        parts += [_matched(left, right, rows[at : at + step], (n, m)) for at in range(0, len(rows), step)]
    pair, i, j = np.concatenate(parts, axis=1)
    order = np.lexsort((j, i))
    return pair[order], i[order], j[order]


def _matched(left: _Lines, right: _Lines, rows: Ints, sizes: tuple[int, int]) -> Array:
    """The matches of some pairs, all of one size on each side."""
    n, m = sizes
    shares_left, shares_right = _shares(left, rows, n), _shares(right, rows, m)
    to_right, to_left = nearest(shares_left, shares_right), nearest(shares_right, shares_left)
    hit = np.zeros((len(rows), m), np.bool_)
    hit[np.arange(len(rows))[:, None], to_right] = True
    row, j = np.nonzero(~hit)
    i = to_left[row, j]
    all_rows = np.concatenate([np.repeat(np.arange(len(rows)), n), row])
    all_i = np.concatenate([np.tile(np.arange(n), len(rows)), i])
    all_j = np.concatenate([to_right.reshape(-1), j])
    pair = rows[all_rows]
    return np.stack([pair, left.ends[pair] + all_i, right.ends[pair] + all_j])


def _shares(lines: _Lines, rows: Ints, size: int) -> Floats:
    """Share of the line's length at each vertex, (n, size); NaN for a line without length."""
    points = lines.points[lines.ends[rows, None] + np.arange(size)]
    sums = np.zeros((len(rows), size))
    np.cumsum(_distances(points[:, :-1], points[:, 1:]), axis=1, out=sums[:, 1:])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / sums[:, -1:])


def _runs(pair: Ints, i: Ints, j: Ints) -> tuple[Ints, Bools]:
    """Where runs start, and whether a run is one vertex on the left with several on the right."""
    new = np.ones(len(pair), np.bool_)
    new[1:] = i[1:] != i[:-1]
    sizes = np.diff(np.append(np.flatnonzero(new), len(pair)))
    several = np.repeat(sizes > 1, sizes)
    joined = ~several[1:] & ~several[:-1] & (j[1:] == j[:-1]) & (pair[1:] == pair[:-1])
    new[1:] &= ~joined
    starts = np.flatnonzero(new)
    return starts, several[starts]


def _edge_sums(lines: _Lines, first: Ints, counts: Ints) -> Floats:
    """The sum of `counts` edges from the vertex `first` on, added one by one."""
    edges = lines.edges
    total = np.zeros(len(first))
    order = np.argsort(-counts, kind="stable")
    longer = np.searchsorted(
        -counts[order], -np.arange(int(counts.max(initial=0)))
    )  # how many have an edge at each step
    for step, count in enumerate(longer.tolist()):
        rows = order[:count]
        total[rows] += edges[first[rows] + step]
    return total


def _moved(plan: _Plan, pair: Ints, share: Floats) -> tuple[Floats, Ints]:
    """Points of some rows one after the other, and how many each row has."""
    counts = lengths(plan.ends)[pair]
    match, ends = expand_ranges(plan.ends[pair], counts), offsets_of(counts)
    points = plan.start[match] + plan.displacement[match] * np.repeat(share, counts)[:, None]
    kept = _thin(points, *_run_places(plan, pair, ends))
    kept[_last_kept(kept, ends)[plan.closed[pair]]] = False
    return points[kept], np.asarray(np.add.reduceat(kept, ends[:-1], dtype=np.int64))


def _run_places(plan: _Plan, pair: Ints, ends: Ints) -> tuple[Ints, Ints, Floats]:
    """Runs of several points in some rows: their first point, number of points and threshold."""
    runs = lengths(plan.run_ends)[pair]
    run = expand_ranges(plan.run_ends[pair], runs)
    start = np.repeat(ends[:-1] - plan.ends[pair], runs) + plan.run[run]
    return start, plan.run_size[run], plan.threshold[run]


def _thin(points: Floats, start: Ints, size: Ints, threshold: Floats) -> Bools:
    """Which points stay; two that are all that is left of a run, and near each other, become their mean."""
    kept = np.ones(len(points), np.bool_)
    latest, alone = start.copy(), np.ones(len(start), np.bool_)
    order = np.argsort(-size, kind="stable")
    longer = np.searchsorted(-size[order], -np.arange(int(size.max(initial=0))))  # how many are longer than a number
    for step, count in enumerate(longer.tolist()[2:], 1):
        rows = order[:count]
        here = start[rows] + step
        far = _distances(points[latest[rows]], points[here]) >= threshold[rows]
        kept[here] = far
        latest[rows[far]], alone[rows[far]] = here[far], False
    last = start + size - 1
    near = alone & (_distances(points[start], points[last]) < threshold)
    points[start[near]] = (points[start[near]] + points[last[near]]) / 2
    kept[last[near]] = False
    return kept


def _last_kept(kept: Bools, ends: Ints) -> Ints:
    """The position of the last point of each row that stays; the first of a row always does."""
    positions = np.flatnonzero(kept)
    return np.asarray(positions[np.searchsorted(positions, ends[1:]) - 1])
