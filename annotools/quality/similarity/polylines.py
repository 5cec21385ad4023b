"""Polylines: how near they run to each other, by a thickness in shares of the picture, in the better direction.

At the relative length of every vertex of either line the points of both are compared; the start counts once more, the
end once less.  The other direction compares the same points of the one with those of the other turned round.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints, expand_ranges, offsets_of, segment_sum
from annotools.quality.objects import Objects


class Alike(NamedTuple):
    """The similarity in the better direction, and in the given one."""

    best: Floats
    forward: Floats


class _Sampled(NamedTuple):
    """Points of both lines of pairs at the same relative lengths; ragged by pair."""

    first: Floats
    second: Floats
    offsets: Ints


def similarity(objects: Objects, i: Ints, j: Ints, thickness: float) -> Alike:
    """Pair by pair.  (n,)"""
    close = np.flatnonzero(near(objects, i, j, thickness))
    nearness = Alike(np.zeros(len(i)), np.zeros(len(i)))
    sampled = _sampled(objects, i[close], j[close])
    spread = 2 * objects.size[i[close]].prod(axis=1).astype(np.float64) * (2 * thickness) ** 2
    turned = expand_ranges(sampled.offsets[:-1], np.diff(sampled.offsets))
    turned = np.repeat(sampled.offsets[:-1] + sampled.offsets[1:] - 1, np.diff(sampled.offsets)) - turned
    nearness.forward[close] = _nearness(sampled.first, sampled.second, sampled.offsets, spread)
    backward = _nearness(sampled.first, sampled.second[turned], sampled.offsets, spread)
    nearness.best[close] = np.maximum(nearness.forward[close], backward)
    return nearness


def near(objects: Objects, i: Ints, j: Ints, thickness: float) -> Bools:
    """Whether the boxes of two lines are near enough for the lines to be, i and j of any shapes that go together."""
    first, second = _Round.of(objects, i), _Round.of(objects, j)
    slack = objects.size[i].prod(axis=-1).astype(np.float64) * (6 * thickness) ** 2
    across, down = first.x - second.x, first.y - second.y
    return np.asarray(across * across + down * down <= (first.extent + second.extent) / 4 + slack)


class _Round(NamedTuple):
    """The boxes of lines: their centres, and the squares of their diagonals."""

    x: Floats
    y: Floats
    extent: Floats

    @classmethod
    def of(cls, objects: Objects, rows: Ints) -> _Round:
        left, top, right, bottom = np.ascontiguousarray(np.moveaxis(objects.box[rows], -1, 0))
        return cls((left + right) / 2, (top + bottom) / 2, (right - left) ** 2 + (bottom - top) ** 2)


def _nearness(first: Floats, second: Floats, offsets: Ints, spread: Floats) -> Floats:
    distance = ((first - second) ** 2).sum(axis=1)
    counts = np.diff(offsets)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = segment_sum(np.exp(-distance / np.repeat(spread, counts)), offsets) / counts
    return mean


class _Vertices(NamedTuple):
    """All vertices of one side of the pairs.  position: relative length.  start: of each pair's line, in points."""

    points: Floats
    position: Floats
    start: Ints
    counts: Ints


def _vertices(objects: Objects, rows: Ints) -> _Vertices:
    counts = np.diff(objects.offsets)[rows] // 2
    offsets = offsets_of(counts)
    points = objects.values.reshape(-1, 2)[expand_ranges(objects.offsets[rows] // 2, counts)]
    step = np.zeros(len(points))
    step[1:] = np.hypot(*np.diff(points, axis=0).T)
    step[offsets[:-1][counts > 0]] = 0
    walked = np.cumsum(step, dtype=np.longdouble)  # over all lines: a short one must not lose its digits to the others
    pair = np.repeat(np.arange(len(rows)), counts)
    walked = (walked - walked[offsets[:-1][pair]]).astype(np.float64)
    whole = np.append(walked, 0.0)[offsets[1:] - 1][pair]
    position = np.divide(walked, whole, out=np.zeros(len(walked)), where=whole > 0)
    return _Vertices(points, position, offsets[:-1], counts)


def _sampled(objects: Objects, i: Ints, j: Ints) -> _Sampled:
    sides = _vertices(objects, i), _vertices(objects, j)
    later = [expand_ranges(side.start + 1, np.maximum(side.counts - 1, 0)) for side in sides]
    pair = np.concatenate([np.repeat(np.arange(len(i)), np.maximum(side.counts - 1, 0)) for side in sides])
    vertex, position = np.concatenate(later), np.concatenate([s.position[n] for s, n in zip(sides, later, strict=True)])
    of_second = np.repeat([False, True], [len(n) for n in later])
    order = np.lexsort((of_second, position, pair))
    pair, vertex, position, of_second = pair[order], vertex[order], position[order], of_second[order]
    counts = np.bincount(pair, minlength=len(i))
    starts = offsets_of(counts)
    points = []
    for side, own in zip(sides, (~of_second, of_second), strict=True):
        behind = np.append(0, np.cumsum(own))
        segment = behind[:-1] - behind[starts[pair]]  # vertices that were passed
        sampled = _between(side, side.start[pair] + segment, side.start[pair] + side.counts[pair] - 1, position)
        points.append(np.where(own[:, None], side.points[vertex % max(len(side.points), 1)], sampled))
    keep = np.arange(len(pair)) != starts[1:][pair] - 1  # the last pair does not count, the starts do
    row = np.concatenate([np.arange(len(i)), pair[keep]])
    order = np.argsort(row, kind="stable")
    first, second = (np.concatenate([s.points[s.start], p[keep]])[order] for s, p in zip(sides, points, strict=True))
    return _Sampled(first, second, offsets_of(np.bincount(row, minlength=len(i))))


def _between(side: _Vertices, vertex: Ints, last: Ints, position: Floats) -> Floats:
    """The points of lines at relative lengths between a vertex and the next one."""
    after = np.minimum(vertex + 1, last)
    gap = side.position[after] - side.position[vertex]
    share = np.divide(position - side.position[vertex], gap, out=np.zeros(len(position)), where=gap > 0)
    start = side.points[vertex]
    return np.asarray(start + share[:, None] * (side.points[after] - start))
