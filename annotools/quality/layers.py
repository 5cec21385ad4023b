"""Objects of a frame that lie over each other, all at once: how much is to be seen of each, and what."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.geometry.layers import Runs, on_top
from annotools.geometry.ragged import Ints, lengths, offsets_of, row_of_value, row_pieces
from annotools.quality.pixels import Pixels, joined

_AT_ONCE = 1 << 18  # edges that are taken together,
_MOST = 1 << 21  # and of a frame that has more: what is on top so far is gone through again with each piece


def visible_areas(parts: Pixels, block: Ints) -> Ints:
    """How many pixels of each part no later one of its block covers.  block: ascending.  (n,)"""
    areas = np.zeros(len(parts), np.int64)
    for rows, runs, _ in _seen(parts, block):
        shown = np.bincount(runs.row - rows.start, runs.stop - runs.start, minlength=rows.stop - rows.start)
        areas[rows] = shown.astype(np.int64)
    return areas


def visible(parts: Pixels, block: Ints) -> Pixels:
    """What no later part of its block covers.  block: ascending."""
    seen = []
    for rows, runs, bases in _seen(parts, block):
        runs = runs.only(np.argsort(runs.row, kind="stable"))
        edges = np.stack([runs.start, runs.stop], axis=1) - bases[runs.row, None]
        ends = 2 * np.searchsorted(runs.row, np.arange(rows.start, rows.stop + 1))
        seen.append(Pixels(edges.reshape(-1).astype(parts.edges.dtype), ends, parts.sizes[rows]))
    return joined(seen)


def _seen(parts: Pixels, block: Ints) -> Iterator[tuple[slice, Runs, Ints]]:
    """Parts of whole blocks, what is to be seen of them, and the positions from which those of each part count."""
    totals = parts.sizes.prod(axis=1)
    bases = np.cumsum(np.where(np.diff(block, prepend=-1), totals + 1, 0))  # a pixel apart
    done, runs = 0, Runs(*(np.zeros(0, np.int64) for _ in Runs._fields))
    for first, last in _pieces(lengths(parts.offsets), block):
        start, stop = parts.offsets[[first, last]].tolist()
        row = row_of_value(parts.offsets[first : last + 1] - start) + first
        edges = parts.edges[start:stop] + bases[row]
        both = zip(runs, (row[::2], edges[::2], edges[1::2]), strict=True)
        runs = on_top(Runs._make(np.concatenate(pair) for pair in both))
        whole = int(np.searchsorted(block, block[last])) if last < len(block) else last
        yield slice(done, whole), runs.only(np.flatnonzero(runs.row < whole)), bases
        done, runs = whole, runs.only(np.flatnonzero(runs.row >= whole))


def _pieces(counts: Ints, block: Ints) -> Iterator[tuple[int, int]]:
    largest = int(np.bincount(block, counts).max(initial=0))
    return row_pieces(offsets_of(counts), min(max(largest, _AT_ONCE), _MOST))
