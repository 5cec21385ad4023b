"""Sets of pixels as blocks: lines of a mask that are alike are there once, however many they are.

    1 1 1 1      y 0  height 2  start 0  stop 4      a run is three blocks at most: the end of a line, whole lines,
    1 1 1 1      y 2  height 1  start 0  stop 1      the start of a line
    1 0 0 0

Between two lines at which a block begins or ends all lines are alike: a band, which stands for them as one line where
what is asked does not depend on how high a line is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import (
    Array,
    Bools,
    Ints,
    Ragged,
    expand_ranges,
    offsets_of,
    row_of_value,
    segment_max,
    segment_min,
)
from annotools.geometry.rle_layout import cvat_rle_counts, cvat_rle_tails, join_tails
from annotools.geometry.runs import Stretches, counts_to_edges, edges_to_counts, turned
from annotools.geometry.spans import Spans, merge_spans

_LINES = 1 << 16  # that may all be bands of their own


class Blocks(NamedTuple):
    """Blocks of masks, each in some lines from the same pixel to the same.  `row` ascends."""

    row: Ints
    y: Ints
    height: Ints
    start: Ints
    stop: Ints


class Bands(NamedTuple):
    """Spans whose lines are bands.  tops: the line at which each band begins, and the one before it ends."""

    spans: Spans
    tops: Ints


def cvat_rle_to_blocks(values: Array, offsets: Ints) -> Blocks:
    """Checked cvat_rles -> disjoint blocks in the order of the lines."""
    tails = cvat_rle_tails(values, offsets)
    edges, ends = counts_to_edges(*cvat_rle_counts(values, offsets))
    return runs_to_blocks(row_of_value(ends // 2), edges[::2], edges[1::2], tails)


def runs_to_blocks(row: Ints, start: Ints, stop: Ints, tails: Ints) -> Blocks:
    """Runs of a row-major scan -> blocks.  tails: left, top, right and bottom of the box of each row's scan."""
    kept = stop > start
    row, start, stop = row[kept], start[kept], stop[kept]
    width = (tails[:, 2] - tails[:, 0] + 1)[row]
    first, low = np.divmod(start, width)
    last = (stop - 1) // width
    high = stop - last * width
    several = np.flatnonzero(last > first)
    height, counts = np.ones(len(row), np.int64), np.ones(len(row), np.int64)
    begun, over = (low > 0)[several].astype(np.int64), (high < width)[several].astype(np.int64)
    whole = (last - first + 1)[several] - begun - over
    counts[several] = begun + over + (whole > 0)
    which, begins = np.repeat(np.arange(len(row)), counts), (np.cumsum(counts) - counts)[several]
    row, y, height, low, high = (column[which] for column in (row, first, height, low, high))
    ends = begins + counts[several] - 1
    high[begins[begun > 0]], y[ends[over > 0]] = width[several[begun > 0]], last[several[over > 0]]
    low[ends], middle = np.where(ends > begins, 0, low[ends]), np.flatnonzero(whole)
    at = begins[middle] + begun[middle]
    y[at] = first[several[middle]] + begun[middle]
    height[at], low[at], high[at] = whole[middle], 0, width[several[middle]]
    left, top = tails[row, 0], tails[row, 1]
    return Blocks(row, y + top, height, low + left, high + left)


def blocks_to_cvat_rle(blocks: Blocks, rows: int) -> Ragged:
    """Disjoint blocks of `rows` masks -> tight cvat_rles; a mask without blocks is [1, 0, 0, 0, 0]."""
    row, y, height, start, stop = blocks
    ends = offsets_of(np.bincount(row, minlength=rows))
    low = segment_min(np.stack([start, y], axis=1), ends, 0)
    high = segment_max(np.stack([stop - 1, y + height - 1], axis=1), ends, 0)
    width, lines = (high - low + 1).T
    sides = np.stack([start, stop], axis=1).reshape(-1)
    row, y, height = (np.repeat(column, 2) for column in (row, y, height))
    stretches = Stretches(row, sides - low[row, 0], y - low[row, 1], height)
    runs = edges_to_counts(*turned(stretches, width, lines), width * lines)
    return join_tails(*runs, np.concatenate([low, high], axis=1))


def in_bands(blocks: Blocks, groups: Ints) -> Bands:
    """Blocks as spans of bands, which all blocks of a group have in common.  groups: of each block, 0 or more."""
    least = int(blocks.y.min(initial=0))
    lines = int((blocks.y + blocks.height).max(initial=least)) - least + 1
    if lines < _LINES and blocks.height.max(initial=1) == 1:
        return Bands(Spans(blocks.row, blocks.y - least, blocks.start, blocks.stop), np.arange(least, least + lines))
    tops = groups * lines + blocks.y - least
    cuts = np.sort(np.concatenate([tops, tops + blocks.height]))
    cuts = cuts[np.diff(cuts, prepend=-1) > 0]
    first = np.searchsorted(cuts, tops)
    counts = np.searchsorted(cuts, tops + blocks.height) - first
    which = np.repeat(np.arange(len(first)), counts)
    spans = Spans(blocks.row[which], expand_ranges(first, counts), blocks.start[which], blocks.stop[which])
    return Bands(spans, cuts % lines + least)


def merge_blocks(blocks: Blocks) -> Blocks:
    """The union of the blocks of each row; rows may come in any order."""
    spans, tops = in_bands(blocks, blocks.row)
    row, band, start, stop = merge_spans(spans)
    return Blocks(row, tops[band], tops[band + 1] - tops[band], start, stop)


def clip_blocks(blocks: Blocks, sizes: Array) -> Blocks:
    """What lies in the frame.  sizes: (rows, 2) or (2,) width, height."""
    sizes = np.asarray(sizes)
    width, lines = sizes if sizes.ndim == 1 else sizes[blocks.row].T
    y, start, stop = np.maximum(blocks.y, 0), np.maximum(blocks.start, 0), np.minimum(blocks.stop, width)
    height = np.minimum(blocks.y + blocks.height, lines) - y
    inside = (height > 0) & (start < stop)
    return Blocks(*(column[inside] for column in (blocks.row, y, height, start, stop)))


def are_flat(tails: Ints, groups: Ints, count: int) -> Bools:
    """Of which groups all masks lie between the same columns, so that they are runs of one scan.  (count,) bool.

    tails: left, top, right and bottom of the box of each mask.  groups: of each, 0 <= group < count.
    """
    sides = tails[:, [0, 2]]
    some = np.zeros((count, 2), np.int64)
    some[groups] = sides
    flat = np.ones(count, np.bool_)
    flat[groups[(sides != some[groups]).any(axis=1)]] = False
    return flat


def flat_runs(values: Array, offsets: Ints, groups: Ints, count: int) -> tuple[Spans, Ints]:
    """The runs of masks of flat groups, each in the one line that its group is scanned in.

    groups: of each mask.  Returns spans whose row is that of the mask, and (count, 4) the box of each group's scan.
    """
    tails = cvat_rle_tails(values, offsets)
    boxes = np.zeros((count, 4), np.int64)
    boxes[groups] = tails
    np.minimum.at(boxes[:, 1], groups, tails[:, 1])
    edges, ends = counts_to_edges(*cvat_rle_counts(values, offsets))
    width = tails[:, 2] - tails[:, 0] + 1
    row = row_of_value(ends // 2)
    base = ((tails[:, 1] - boxes[groups, 1]) * width)[row]
    start, stop = edges[::2] + base, edges[1::2] + base
    kept = stop > start
    row = row[kept]
    return Spans(row, np.zeros(len(row), np.int64), start[kept], stop[kept]), boxes
