"""Masks as run lengths: CVAT's, COCO's, and the way between them.

    image 6 x 5 (w x h), box 1..3 x 1..3      1 1 0
                                              0 1 1
                                              0 0 1
    cvat_rle  [0,2,2,2,2,1, 1,1,3,3]     row-major in the box, zeros first, then left, top, right, bottom inclusive
    coco_rle  size [5,6] counts [6,1,4,2,4,2,11]     column-major in the frame, zeros first; compressed b"6141007"

A column of cvat_rles is ragged like `Shapes.points`, one of coco_rles is ragged counts with sizes (n, 2) in the
order WIDTH, HEIGHT (COCO's files say [height, width]).  Runs that CVAT leaves out at the end are zeros.  What comes
out is tight (the box touches the mask on all sides) and has no empty run but a leading one; an empty mask becomes
[1, 0, 0, 0, 0].  Fractions are cut off, as CVAT does.
Source: https://docs.cvat.ai/docs/api_sdk/sdk/reference/models/labeled-shape-request/,
https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.h
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotools.geometry.blocks import blocks_to_cvat_rle, cvat_rle_to_blocks
from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    Ragged,
    concat,
    offsets_of,
    pieces,
    row_of_value,
    row_pieces,
    segment_max,
    segment_min,
    segment_sum,
)
from annotools.geometry.rle_faults import check_coco_rles, check_cvat_rles, demand
from annotools.geometry.rle_layout import cvat_rle_counts, cvat_rle_tails, join_tails
from annotools.geometry.runs import Stretches, counts_to_edges, cross, edges_to_counts, turned

_CHUNK = 1 << 16  # values of one pass: what it makes stays in the cache

Convert = Callable[[Array, Ints, Ints], Ragged]


def cvat_rle_to_coco_rle(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """A column of cvat_rles -> uncompressed coco_rles.

    values, offsets: ragged, runs and left, top, right, bottom.  sizes: (n, 2) or (2,) width, height of the frames.
    Returns ragged counts, int64.
    Raises: ValueError naming the row for what `check_cvat_rles` finds.
    """
    sizes = _sizes(sizes, offsets)
    demand(check_cvat_rles(values, offsets, sizes))
    return _by_chunks(_cvat_to_coco, values, offsets, sizes)


def coco_rle_to_cvat_rle(counts: Array, offsets: Ints, sizes: Array) -> Ragged:
    """A column of uncompressed coco_rles -> tight cvat_rles.

    counts, offsets: ragged.  sizes: (n, 2) or (2,) width, height of the frames.  Returns ragged values, float64.
    Raises: ValueError naming the row for what `check_coco_rles` finds.
    """
    sizes = _sizes(sizes, offsets)
    demand(check_coco_rles(counts, offsets, sizes))
    return _by_chunks(_coco_to_cvat, counts, offsets, sizes)


def tighten_cvat_rles(values: Array, offsets: Ints) -> Ragged:
    """The same masks in boxes that touch them, runs of length 0 merged, the last run of zeros written.

    Raises: ValueError naming the row for what `check_cvat_rles` finds.
    """
    demand(check_cvat_rles(values, offsets))
    return blocks_to_cvat_rle(cvat_rle_to_blocks(values, offsets), len(offsets) - 1)


def are_tight(values: Array, offsets: Ints) -> Bools:
    """Whether each cvat_rle's box touches its mask on all sides; an empty mask is never tight.  (n,) bool."""
    return np.asarray((cvat_rle_boxes(values, offsets) == cvat_rle_tails(values, offsets)).all(axis=1))


def cvat_rle_areas(values: Array, offsets: Ints) -> Ints:
    """The pixels of each mask.  (n,) int64."""
    return coco_rle_areas(*cvat_rle_counts(values, offsets))


def coco_rle_areas(counts: Array, offsets: Ints) -> Ints:
    """The pixels of each mask.  (n,) int64."""
    edges, ends = counts_to_edges(counts, offsets)
    signs = np.where(np.arange(len(edges)) & 1, edges, -edges)
    return np.asarray(segment_sum(signs, ends), np.int64)


def cvat_rle_boxes(values: Array, offsets: Ints) -> Ints:
    """Left, top, right, bottom of the pixels that are set, inclusive.  (n, 4) int64; -1 -1 -1 -1 for an empty mask."""
    boxes = [_boxes(*piece) for piece in pieces(values, offsets, _CHUNK)]
    return np.concatenate(boxes) if boxes else np.zeros((0, 4), np.int64)


def _boxes(values: Array, offsets: Ints) -> Ints:
    tails = cvat_rle_tails(values, offsets)
    inside = _extremes(*counts_to_edges(*cvat_rle_counts(values, offsets)), tails[:, 2] - tails[:, 0] + 1)
    empty = inside[:, :1] < 0
    return np.where(empty, -1, inside + np.tile(tails[:, :2], 2))


def coco_rle_boxes(counts: Array, offsets: Ints, sizes: Array) -> Ints:
    """Left, top, right, bottom of the pixels that are set, inclusive.  (n, 4) int64; -1 -1 -1 -1 for an empty mask.

    sizes: (n, 2) or (2,) width, height.
    """
    return _extremes(*counts_to_edges(counts, offsets), _sizes(sizes, offsets)[:, 1])[:, [1, 0, 3, 2]]


def mask_to_cvat_rle(mask: Array, left: int = 0, top: int = 0) -> Floats:
    """A picture of a mask -> its tight cvat_rle.

    mask: (h, w), set where not 0.  left, top: where the picture's corner lies in the frame.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return np.array([1.0, 0, 0, 0, 0])
    x1, y1, x2, y2 = columns[0], rows[0], columns[-1], rows[-1]
    counts = _flat_counts(mask[y1 : y2 + 1, x1 : x2 + 1].ravel())
    return np.concatenate([counts, [left + x1, top + y1, left + x2, top + y2]]).astype(np.float64)


def cvat_rle_to_mask(points: Array, size: tuple[int, int] | None = None) -> Bools:
    """One cvat_rle -> its picture: the whole frame of `size` (width, height), or only the box.

    Returns (h, w) bool.  Raises: ValueError for what `check_cvat_rles` finds.
    """
    offsets = np.array([0, len(points)])
    demand(check_cvat_rles(points, offsets, None if size is None else np.array([size])))
    left, top, right, bottom = cvat_rle_tails(points, offsets)[0].tolist()
    box = np.zeros((bottom - top + 1, right - left + 1), np.bool_)
    _paint(box.reshape(-1), np.asarray(points[:-4]).astype(np.int64))
    if size is None:
        return box
    mask = np.zeros((size[1], size[0]), np.bool_)
    mask[top : bottom + 1, left : right + 1] = box
    return mask


def mask_to_coco_counts(mask: Array) -> Ints:
    """A picture of a whole frame (h, w), set where not 0 -> uncompressed counts, int64."""
    return _flat_counts(mask.ravel(order="F"))


def coco_counts_to_mask(counts: Array, size: tuple[int, int]) -> Bools:
    """Uncompressed counts -> the picture of the frame.  size: width, height.  Returns (h, w) bool.

    Raises: ValueError for what `check_coco_rles` finds.
    """
    counts = np.asarray(counts)
    demand(check_coco_rles(counts, np.array([0, len(counts)]), np.array([size])))
    mask = np.zeros(size[0] * size[1], np.bool_)
    _paint(mask, counts.astype(np.int64))
    return mask.reshape(size[0], size[1]).T


def _cvat_to_coco(values: Array, offsets: Ints, sizes: Ints) -> Ragged:
    tails = cvat_rle_tails(values, offsets)
    edges, ends = counts_to_edges(*cvat_rle_counts(values, offsets))
    row, y, x, count = cross(edges, ends, tails[:, 2] - tails[:, 0] + 1)
    width, height = sizes.T
    placed = Stretches(row, y + tails[row, 1], x + tails[row, 0], count)
    return edges_to_counts(*turned(placed, height, width), width * height)


def _coco_to_cvat(counts: Array, offsets: Ints, sizes: Ints) -> Ragged:
    edges, ends = counts_to_edges(counts, offsets)
    row, x, y, count = cross(edges, ends, sizes[:, 1])
    ends = offsets_of(np.bincount(row, minlength=len(sizes)))
    low = segment_min(np.stack([x, y], axis=1), ends, 0)
    high = segment_max(np.stack([x, y + count - 1], axis=1), ends, 0)
    high[:, 0] = np.maximum(high[:, 0] - 1, 0)  # the scan leaves one pixel past the mask
    width, height = (high - low + 1).T
    runs = turned(Stretches(row, x - low[row, 0], y - low[row, 1], count), width, height)
    return join_tails(*edges_to_counts(*runs, width * height), np.concatenate([low, high], axis=1))


def _by_chunks(convert: Convert, values: Array, offsets: Ints, sizes: Ints) -> Ragged:
    pieces_of_rows = row_pieces(offsets, _CHUNK)
    return concat(
        convert(values[offsets[start] : offsets[stop]], offsets[start : stop + 1] - offsets[start], sizes[start:stop])
        for start, stop in pieces_of_rows
    )


def _sizes(sizes: Array, offsets: Ints) -> Ints:
    return np.broadcast_to(np.asarray(sizes, np.int64), (len(offsets) - 1, 2))


def _extremes(edges: Ints, offsets: Ints, line: Ints) -> Ints:
    """Least and greatest position in the line and line number of the set: (n, 4), -1 for an empty row."""
    kept = edges[1::2] > edges[::2]
    starts, stops, rows = edges[::2][kept], edges[1::2][kept] - 1, row_of_value(offsets // 2)[kept]
    width, ends = line[rows], offsets_of(np.bincount(rows, minlength=len(line)))
    first, last = starts // width, stops // width
    low, high = starts - first * width, stops - last * width
    wraps = last > first
    low[wraps], high[wraps] = 0, width[wraps] - 1
    least, most = np.stack([low, first], axis=1), np.stack([high, last], axis=1)
    return np.concatenate([segment_min(least, ends, -1), segment_max(most, ends, -1)], axis=1)


def _flat_counts(flat: Array) -> Ints:
    changes = np.flatnonzero(np.diff(flat != 0)) + 1
    counts = np.diff(np.concatenate([[0], changes, [len(flat)]]))
    return np.concatenate([[0], counts]) if len(flat) and flat[0] else counts


def _paint(flat: Bools, counts: Ints) -> None:
    """Set the runs of ones; what the runs leave at the end stays as it is."""
    values = np.repeat(np.arange(len(counts)) & 1 == 1, counts)
    flat[: len(values)] = values
