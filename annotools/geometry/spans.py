"""Sets of pixels as horizontal spans: what fills, unions and borders are computed on.

    row 0  y 1  start 1  stop 3        pixels 1 and 2 of line 1 of mask 0
    row 0  y 2  start 2  stop 4

A column of masks is four arrays (m,) int64: the mask's row, the line, the first pixel, the one past the last.
Coordinates are those of the frame and may be negative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import (
    Array,
    Ints,
    Ragged,
    expand_ranges,
    offsets_of,
    row_of_value,
    segment_max,
    segment_min,
)
from annotools.geometry.rle_layout import cvat_rle_counts, cvat_rle_tails, join_tails
from annotools.geometry.runs import counts_to_edges, edges_to_counts, gather


class Spans(NamedTuple):
    """Horizontal spans of masks.  `row` ascends unless said otherwise."""

    row: Ints
    y: Ints
    start: Ints
    stop: Ints

    def take(self, index: Array) -> Spans:
        """The spans at `index` (numbers or a boolean mask)."""
        return Spans(*(column[index] for column in self))


def cvat_rle_to_spans(values: Array, offsets: Ints) -> Spans:
    """Checked cvat_rles -> disjoint spans in the order of the lines."""
    tails = cvat_rle_tails(values, offsets)
    edges, ends = counts_to_edges(*cvat_rle_counts(values, offsets))
    spans = _cut_into_lines(row_of_value(ends // 2), edges[::2], edges[1::2], tails[:, 2] - tails[:, 0] + 1)
    left, top = tails[spans.row, 0], tails[spans.row, 1]
    return Spans(spans.row, spans.y + top, spans.start + left, spans.stop + left)


def spans_to_cvat_rle(spans: Spans, rows: int) -> Ragged:
    """Disjoint spans, row by row, of `rows` masks -> tight cvat_rles; a mask without spans is [1, 0, 0, 0, 0]."""
    tails = span_boxes(spans, rows)
    width, height = (tails[:, 2:] - tails[:, :2] + 1).T
    base = (spans.y - tails[spans.row, 1]) * width[spans.row] - tails[spans.row, 0]
    positions = np.concatenate([base + spans.start, base + spans.stop])
    edges, offsets = gather(np.concatenate([spans.row, spans.row]), positions, width * height + 1)
    return join_tails(*edges_to_counts(edges, offsets, width * height), tails)


def span_boxes(spans: Spans, rows: int) -> Ints:
    """Left, top, right, bottom (inclusive) of each mask: (rows, 4) int64; 0 0 0 0 for one without spans."""
    ends = offsets_of(np.bincount(spans.row, minlength=rows))
    low = segment_min(np.stack([spans.start, spans.y], axis=1), ends, 0)
    high = segment_max(np.stack([spans.stop - 1, spans.y], axis=1), ends, 0)
    return np.concatenate([low, high], axis=1)


def merge_spans(spans: Spans) -> Spans:
    """The union of overlapping and touching spans of the same row and line; rows may come in any order."""
    return _covered(spans, 1)


def overlap_spans(first: Spans, second: Spans) -> Spans:
    """What lies in both; each side's spans are disjoint."""
    return _covered(Spans(*map(np.concatenate, zip(first, second, strict=True))), 2)


def clip_spans(spans: Spans, sizes: Array) -> Spans:
    """What lies in the frame.  sizes: (rows, 2) or (2,) width, height."""
    sizes = np.asarray(sizes)
    width, height = sizes if sizes.ndim == 1 else sizes[spans.row].T
    clipped = Spans(spans.row, spans.y, np.maximum(spans.start, 0), np.minimum(spans.stop, width))
    return clipped.take((spans.y >= 0) & (spans.y < height) & (clipped.start < clipped.stop))


def _covered(spans: Spans, depth: int) -> Spans:
    """The stretches that at least `depth` of the spans of a row and line cover."""
    spans = spans.take(np.argsort(spans.row, kind="stable"))
    spans = spans.take(spans.stop > spans.start)
    tails = span_boxes(spans, int(spans.row.max(initial=-1)) + 1)
    width, height = (tails[:, 2:] - tails[:, :2] + 1).T
    bases = offsets_of((width + 1) * height)
    line = bases[spans.row] + (spans.y - tails[spans.row, 1]) * (width + 1)[spans.row] - tails[spans.row, 0]
    edges = _deep_stretches(line + spans.start, line + spans.stop, depth)
    row = np.searchsorted(bases, edges[::2], side="right") - 1
    y, start = np.divmod(edges[::2] - bases[row], (width + 1)[row])
    start += tails[row, 0]
    return Spans(row, y + tails[row, 1], start, start + edges[1::2] - edges[::2])


def _deep_stretches(starts: Ints, stops: Ints, depth: int) -> Ints:
    """Start and stop of each stretch that at least `depth` intervals cover, in turn."""
    events = np.concatenate([2 * starts, 2 * stops + 1])  # at one position the start sorts first, so touching ones join
    ascend = (starts[1:] >= starts[:-1]).all() and (stops[1:] >= stops[:-1]).all()
    events.sort(kind="stable" if ascend else None)  # of two ascending halves one merge, an eighth of the time
    stops_here = events & 1
    covers = np.cumsum(1 - 2 * stops_here)
    return np.asarray(events[covers + stops_here == depth] >> 1)


def _cut_into_lines(row: Ints, start: Ints, stop: Ints, width: Ints) -> Spans:
    """Runs of positions in boxes of the given widths (one per mask) -> spans that end with their line."""
    kept = stop > start
    row, start, stop = row[kept], start[kept], stop[kept]
    first, last = start // width[row], (stop - 1) // width[row]
    counts = last - first + 1
    run, y = np.repeat(np.arange(len(row)), counts), expand_ranges(first, counts)
    line = y * width[row[run]]
    low = np.maximum(start[run] - line, 0)
    return Spans(row[run], y, low, np.minimum(stop[run] - line, width[row[run]]))
