"""How many pixels two sets share, for very many pairs of sets.

A set is cut into columns.  Of each column that has one run its end and its start are kept, the start with a minus:

    column      0   1   2          shared in column 1 by 2..7 and 4..9:  min(7, 9) + min(-2, -4) = 3 pixels
    end         5   7   9
    -start     -2  -2  -4

Columns stand in tiles of 128, so that a pair of sets takes a few operations on whole lines of small numbers.  The
second runs of columns that have two are a layer of their own, the third ones another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotools.geometry.ragged import Array, Bools, Ints, expand_ranges, lengths, offsets_of, row_of_value, row_pieces

WIDTH = 128  # columns of a tile
_AT_ONCE = 1 << 10  # pairs of tiles that are compared together: they stay in the cache
_INT16 = 1 << 15
_DEEPEST = 8  # runs of a column, from which on it is faster to go through the runs of both


@dataclass(frozen=True, eq=False)
class Tiles:
    """Sets of pixels, by layer.

    ends, starts: (t, 128) of the columns of a tile, those of a layer one after another.  first, start, counts: of each
    layer the number of its first tile, where it is in `ends`, and how many there are.  layers: (n + 1,) offsets, those
    of each set.  deep: (n,) sets of columns of too many runs, which have no layers.
    """

    ends: Array
    starts: Array
    first: Ints
    start: Ints
    counts: Ints
    layers: Ints
    deep: Bools

    @classmethod
    def of(cls, edges: Array, offsets: Ints, heights: Ints) -> Tiles:
        """Sets of pixels as edges, column by column.  heights: (n,) those of the frames."""
        rows, column, low, high = _columns(edges, offsets, heights)
        line = np.flatnonzero(np.diff(rows, prepend=-1) | np.diff(column, prepend=-1))
        depth = np.arange(len(rows)) - np.repeat(line, np.diff(line, append=len(rows)))
        deepest = np.zeros(len(heights), np.int64)
        np.maximum.at(deepest, rows[depth > 0], depth[depth > 0])
        deep = deepest >= _DEEPEST
        if deep.any():
            rows, column, low, high, depth = (part[~deep[rows]] for part in (rows, column, low, high, depth))
        layers = offsets_of(np.where(deep, 0, deepest + (lengths(offsets) > 0)))
        layer = layers[rows] + depth
        order = np.argsort(layer, kind="stable") if depth.any() else slice(None)
        layer, column, low, high = layer[order], column[order], low[order], high[order]
        ends = np.searchsorted(layer, np.arange(layers[-1] + 1))
        first, last = column[ends[:-1]] // WIDTH, column[ends[1:] - 1] // WIDTH
        start = offsets_of(last - first + 1)
        spot = (start[layer] + column // WIDTH - first[layer]) * WIDTH + column % WIDTH
        lines = np.zeros((2, int(start[-1]), WIDTH), np.int16 if heights.max(initial=0) < _INT16 else np.int32)
        lines[0].reshape(-1)[spot] = high
        lines[1].reshape(-1)[spot] = -low
        return cls(lines[0], lines[1], first, start[:-1], last - first + 1, layers, deep)

    def shared(self, i: Ints, j: Ints) -> Ints:
        """The pixels that two sets share, pair by pair.  (m,)"""
        many = lengths(self.layers)
        pair = np.repeat(np.arange(len(i)), many[i] * many[j])
        number = expand_ranges(np.zeros(len(i), np.int64), many[i] * many[j])
        one, other = self.layers[i[pair]] + number // many[j[pair]], self.layers[j[pair]] + number % many[j[pair]]
        first = np.maximum(self.first[one], self.first[other])
        counts = np.minimum(self.first[one] + self.counts[one], self.first[other] + self.counts[other]) - first
        counts = np.maximum(counts, 0)
        totals = np.zeros(len(i), np.int64)
        starts = [self.start[some] + first - self.first[some] for some in (one, other)]
        for a, b in row_pieces(offsets_of(counts), _AT_ONCE):
            one, other = (expand_ranges(start[a:b], counts[a:b]) for start in starts)
            own = np.repeat(pair[a:b], counts[a:b])
            base = int(pair[a])
            sums = np.bincount(own - base, self._sums(one, other))
            totals[base : base + len(sums)] += sums.astype(np.int64)
        return totals

    def shared_by_all(self, i: Ints, j: Ints) -> Ints:
        """The pixels that each of some sets shares with each of others.  (len(i), len(j))"""
        totals = np.zeros((len(i), len(j)), np.int64)
        simple = lengths(self.layers).max(initial=0) <= 1
        for (rows, one), (columns, other) in self._by_tile(i, j):
            step = max(_AT_ONCE // len(other), 1)
            for k in range(0, len(one), step):
                sums = self._sums(one[k : k + step, None], other[None])
                if simple:
                    totals[rows[k : k + step, None], columns] += sums
                else:  # layers of one set share a cell
                    np.add.at(totals, (rows[k : k + step, None], columns), sums)
        return totals

    def _sums(self, one: Ints, other: Ints) -> Ints:
        """The pixels that lines share, `one` and `other` of any shapes that go together."""
        deep = np.minimum(self.ends[one], self.ends[other])
        deep += np.minimum(self.starts[one], self.starts[other])
        np.maximum(deep, np.zeros_like(deep), out=deep)  # with a single 0 it takes ten times as long
        # a product with ones is the fastest sum of short lines; numbers of 16 bits lose nothing in 24 of a fraction
        exact = np.float32 if deep.dtype == np.int16 else np.float64
        sums = deep.reshape(-1, WIDTH).astype(exact) @ np.ones(WIDTH, exact)
        return np.asarray(sums.reshape(deep.shape[:-1]).astype(np.int64))

    def _by_tile(self, i: Ints, j: Ints) -> Iterator[tuple[tuple[Ints, Ints], tuple[Ints, Ints]]]:
        """Tile by tile positions in i and in j that have it, with the lines of these, not too many of j at a time."""
        sides = [self._lines(rows) for rows in (i, j)]
        ends = [np.searchsorted(number, np.arange(self._last() + 2)) for number, _, _ in sides]
        for tile in range(self._last() + 1):
            (a, b), (c, d) = (end[tile : tile + 2].tolist() for end in ends)
            if a < b:
                for k, stop in pairwise([*range(c, d, _AT_ONCE // 8), d]):
                    yield (sides[0][1][a:b], sides[0][2][a:b]), (sides[1][1][k:stop], sides[1][2][k:stop])

    def _last(self) -> int:
        return int((self.first + self.counts).max(initial=0)) - 1

    def _lines(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """All lines of some sets: the numbers of the tiles, ascending, the positions in `rows`, and where they are."""
        many = lengths(self.layers)[rows]
        layer = expand_ranges(self.layers[rows], many)
        counts = self.counts[layer]
        number = expand_ranges(self.first[layer], counts)
        order = np.argsort(number, kind="stable")
        position = np.repeat(np.repeat(np.arange(len(rows)), many), counts)
        return number[order], position[order], expand_ranges(self.start[layer], counts)[order]


def _columns(edges: Array, offsets: Ints, heights: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Runs cut between columns: of each piece the set, the column, and from where to where in it."""
    rows = row_of_value(offsets)[::2]
    start, stop = edges[::2], edges[1::2]
    # numbers are divided by a single one in a fifth of the time
    alike = len(heights) > 0 and (heights == heights[0]).all()
    height = heights[0].astype(edges.dtype) if alike else heights[rows]
    first, last = start // height, (stop - 1) // height
    low, high = start - first * height, stop - last * height
    if (first == last).all():
        return rows, first, low, high
    counts = last - first + 1
    column, run = expand_ranges(first, counts), np.repeat(np.arange(len(rows)), counts)
    low = np.where(column == first[run], low[run], 0)
    high = np.where(column == last[run], high[run], height if alike else height[run])
    return rows[run], column, low, high
