"""Objects of a frame that lie over each other, all at once: how much is to be seen of each, and what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from annotools.geometry.layers import Runs, on_top, runs_of
from annotools.geometry.ragged import Ints, offsets_of, row_pieces
from annotools.geometry.rle_strings import decompress_counts
from annotools.geometry.runs import edges_to_counts
from annotools.quality.pixels import Pixels, compressed

_AT_ONCE = 1 << 17  # bytes of run lengths that are taken together,
_MOST = 1 << 20  # and of a frame that has more: what is on top so far is gone through again with each piece


def visible_areas(parts: Sequence[Pixels], block: Ints) -> Ints:
    """How many pixels of each part no later one of its block covers.  block: ascending.  (n,)"""
    areas = np.zeros(len(parts), np.int64)
    for rows, runs, _ in _seen(parts, block):
        shown = np.bincount(runs.row - rows.start, runs.stop - runs.start, minlength=rows.stop - rows.start)
        areas[rows] = shown.astype(np.int64)
    return areas


def visible(parts: Sequence[Pixels], block: Ints) -> Iterator[tuple[slice, list[Pixels]]]:
    """What no later part of its block covers, some parts at a time.  block: ascending."""
    for rows, runs, bases in _seen(parts, block):
        runs = runs.only(np.argsort(runs.row, kind="stable"))
        sizes = [part["size"] for part in parts[rows]]
        edges = np.stack([runs.start, runs.stop], axis=1) - bases[runs.row, None]
        ends = 2 * np.searchsorted(runs.row, np.arange(rows.start, rows.stop + 1))
        totals = np.array(sizes, np.int64).reshape(-1, 2).prod(axis=1)
        yield rows, compressed(edges_to_counts(edges.reshape(-1), ends, totals), sizes)


def _seen(parts: Sequence[Pixels], block: Ints) -> Iterator[tuple[slice, Runs, Ints]]:
    """Parts of whole blocks, what is to be seen of them, and the positions from which those of each part count."""
    texts = [part["counts"] for part in parts]
    totals = np.array([part["size"] for part in parts], np.int64).reshape(-1, 2).prod(axis=1)
    bases = np.cumsum(np.where(np.diff(block, prepend=-1), totals + 1, 0))  # a pixel apart
    done, runs = 0, Runs(*(np.zeros(0, np.int64) for _ in Runs._fields))
    for first, last in _pieces(np.array([len(text) for text in texts], np.int64), block):
        more = runs_of(*decompress_counts(texts[first:last]), bases[first:last])
        both = zip(runs, more._replace(row=more.row + first), strict=True)
        runs = on_top(Runs._make(np.concatenate(pair) for pair in both))
        whole = int(np.searchsorted(block, block[last])) if last < len(block) else last
        yield slice(done, whole), runs.only(np.flatnonzero(runs.row < whole)), bases
        done, runs = whole, runs.only(np.flatnonzero(runs.row >= whole))


def _pieces(lengths: Ints, block: Ints) -> Iterator[tuple[int, int]]:
    largest = int(np.bincount(block, lengths).max(initial=0))
    return row_pieces(offsets_of(lengths), min(max(largest, _AT_ONCE), _MOST))
