"""Masks as wholes: from polygons and boxes, united, compared, and back to polygons.

    groups = [0, 0, 1]      masks 0 and 1 become one, mask 2 stays: union_cvat_rle(values, offsets, groups, 2)

A column of masks is ragged cvat_rles (see `geometry.rle`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from annotools.geometry.blocks import (
    Blocks,
    are_flat,
    blocks_to_cvat_rle,
    clip_blocks,
    cvat_rle_to_blocks,
    flat_runs,
    in_bands,
    merge_blocks,
    runs_to_blocks,
)
from annotools.geometry.boxes import rotated_corners
from annotools.geometry.ragged import Array, Bools, Floats, Ints, Ragged, concat, lengths, offsets_of, take
from annotools.geometry.raster import check_polygons, polygons_to_coco_rle
from annotools.geometry.rings import Rings, keyholed_polygons, trace_spans
from annotools.geometry.rle import coco_rle_to_cvat_rle, cvat_rle_areas
from annotools.geometry.rle_faults import check_cvat_rles, demand
from annotools.geometry.rle_layout import cvat_rle_tails
from annotools.geometry.spans import Spans, cvat_rle_to_spans, merge_spans, overlap_spans

_AT_ONCE = 1 << 17  # runs and lines of masks that are worked on together
_POINTS = 1 << 16  # coordinates of polygons


def polygons_to_cvat_rle(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """Polygons -> tight masks with COCO's pixels, cut at the border of the frame.

    values, offsets: ragged x0 y0 x1 y1 ...  sizes: (n, 2) or (2,) width, height.  No pixels: [1, 0, 0, 0, 0].
    Returns whole numbers, of 32 bits where they fit.
    Raises: ValueError naming the row for what `raster.check_polygons` finds.
    """
    demand(check_polygons(values, offsets))
    sizes, parts = np.broadcast_to(np.asarray(sizes, np.int64), (len(offsets) - 1, 2)), []
    whole = np.int32 if sizes.prod(axis=1).max(initial=0) < 1 << 31 else np.int64
    # Some at a time: what is made on the way, of sides and of whole frames, is ten times as much as what is kept.
    for first, last in _portions(lengths(offsets), _POINTS):
        points = values[offsets[first] : offsets[last]], offsets[first : last + 1] - offsets[first]
        counts = polygons_to_coco_rle(*points, sizes[first:last])
        masks, ends = coco_rle_to_cvat_rle(*counts, sizes[first:last])
        parts.append((masks.astype(whole), ends))
    return concat(parts)


def boxes_to_cvat_rle(boxes: Array, rotations: Array, sizes: Array) -> Ragged:
    """Rotated boxes -> tight masks with COCO's pixels.

    boxes: (n, 4) xyxy.  rotations: (n,) degrees.  sizes: (n, 2) or (2,) width, height.
    Raises: ValueError naming the row for a coordinate that is not below 1e9.
    """
    corners = rotated_corners(boxes, rotations)
    return polygons_to_cvat_rle(corners.reshape(-1), 8 * np.arange(len(corners) + 1), sizes)


def union_cvat_rle(values: Array, offsets: Ints, groups: Array, count: int) -> Ragged:
    """The masks of each group united into one tight mask.

    groups: (n,) the number of the group of each mask, 0 <= group < count; a group may have no mask.
    Returns `count` cvat_rles.  Raises: ValueError naming the row for what `check_cvat_rles` finds.
    """
    demand(check_cvat_rles(values, offsets))
    groups = np.asarray(groups, np.int64)
    flat = are_flat(cvat_rle_tails(values, offsets), groups, count)
    each = _work(values, offsets, groups, flat)
    work = np.bincount(groups, each, minlength=count)
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count + 1))
    parts = []
    for first, last in _portions(work):
        members = np.sort(order[starts[first] : starts[last]])
        flat_ones = flat[groups[members]]
        blocks = [
            _united_runs(values, offsets, members[flat_ones], groups[members[flat_ones]] - first),
            _united(values, offsets, members[~flat_ones], groups[members[~flat_ones]] - first, each),
        ]
        united = Blocks(*map(np.concatenate, zip(*blocks, strict=True)))
        inner = np.argsort(united.row, kind="stable")
        parts.append(blocks_to_cvat_rle(Blocks(*(column[inner] for column in united)), last - first))
    return concat(parts)


def _united_runs(values: Array, offsets: Ints, members: Ints, groups: Ints) -> Blocks:
    """The union of masks of each flat group."""
    count = int(groups.max(initial=-1)) + 1
    spans, boxes = flat_runs(*take(values, offsets, members), groups, count)
    row, _, start, stop = merge_spans(spans._replace(row=groups[spans.row]))
    return runs_to_blocks(row, start, stop, boxes)


def _united(values: Array, offsets: Ints, members: Ints, groups: Ints, each: Ints) -> Blocks:
    """The union of some masks of each group, of which one may have more than can be there at once."""
    united: Blocks | None = None
    for first, last in _portions(each[members]):
        blocks = cvat_rle_to_blocks(*take(values, offsets, members[first:last]))
        blocks = blocks._replace(row=groups[first:last][blocks.row])
        both = blocks if united is None else Blocks(*map(np.concatenate, zip(united, blocks, strict=True)))
        united = merge_blocks(both)
    assert united is not None  # there is one portion at least
    return united


def clip_cvat_rle(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """What of each mask lies in the frame, tight.  sizes: (n, 2) or (2,) width, height."""
    demand(check_cvat_rles(values, offsets))
    return blocks_to_cvat_rle(clip_blocks(cvat_rle_to_blocks(values, offsets), sizes), len(offsets) - 1)


def move_cvat_rle(values: Array, offsets: Ints, shift: Array) -> Floats:
    """The masks moved by whole pixels, offsets unchanged.  shift: (n, 2) x, y."""
    moved = np.asarray(values, np.float64).copy()
    moved[offsets[1:, None] + np.arange(-4, 0)] += np.tile(shift, 2)
    return moved


def shared_areas(first: Ragged, second: Ragged) -> Ints:
    """The pixels that both masks of a pair have, row with row: two columns of n cvat_rles -> (n,) int64."""
    demand(check_cvat_rles(*first))
    demand(check_cvat_rles(*second))
    shared = overlap_spans(cvat_rle_to_spans(*first), cvat_rle_to_spans(*second))
    areas = np.bincount(shared.row, shared.stop - shared.start, minlength=len(first[1]) - 1)
    return areas.astype(np.int64)


def mask_ious(first: Ragged, second: Ragged) -> Floats:
    """Intersection over union, row with row: two columns of n cvat_rles -> (n,) float64; 0 where both are empty."""
    shared = shared_areas(first, second)
    union = cvat_rle_areas(*first) + cvat_rle_areas(*second) - shared
    return np.asarray(shared / np.maximum(union, 1), np.float64)


def cvat_rle_to_polygons(values: Array, offsets: Ints) -> tuple[Floats, Ints, Ints]:
    """Masks -> polygons along the edges of the pixels, which rasterise to the very same mask (IoU 1).

    One polygon for each part (pixels joined by their sides); holes are reached by a cut of no width.  An empty mask
    has no polygon.  For outlines and holes apart see `rings.trace_spans`.
    Returns values, offsets (ragged x0 y0 x1 y1 ..., whole numbers, clockwise on screen) and the mask's row of each.
    Raises: ValueError naming the row for what `check_cvat_rles` finds.
    """
    return keyholed_polygons(trace_cvat_rle(values, offsets))


def trace_cvat_rle(values: Array, offsets: Ints) -> Rings:
    """The rings of masks, traced some at a time: each line of a mask takes memory, however few its runs are.

    Raises: ValueError naming the row for what `check_cvat_rles` finds.
    """
    demand(check_cvat_rles(values, offsets))
    parts, ring, corner = [], 0, 0
    for first, last in _portions(lengths(offsets)):
        blocks = cvat_rle_to_blocks(*take(values, offsets, np.arange(first, last)))
        spans, tops = in_bands(blocks, blocks.row)
        part = trace_spans(spans)
        part.values[1::2] = tops[part.values[1::2]]
        bridge = np.where(part.holes, part.bridge + corner, -1)
        parts.append(part._replace(row=part.row + first, outer=part.outer + ring, bridge=bridge))
        ring, corner = ring + len(part.row), corner + len(part.values) // 2
    points = np.concatenate([part.values for part in parts])
    ends = offsets_of(np.concatenate([lengths(part.offsets) for part in parts]))
    return Rings(points, ends, *(np.concatenate(column) for column in list(zip(*parts, strict=True))[2:]))


def _work(values: Array, offsets: Ints, groups: Ints, flat: Bools) -> Ints:
    """About how many spans each mask takes among those of its group: its runs, and the bands of the group."""
    tails = cvat_rle_tails(values, offsets)
    runs = lengths(offsets)
    bands = np.minimum(tails[:, 3] - tails[:, 1], np.bincount(groups, 2 * runs)[groups])
    return np.asarray(runs + np.where(flat[groups], 0, bands), np.int64)


def _portions(work: Array, most: int = _AT_ONCE) -> Iterator[tuple[int, int]]:
    """First and last + 1 of rows that are done together; one portion at least, which may have no row."""
    chunk = np.cumsum(work) // most
    cuts = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist(), len(work)]
    return pairwise(cuts)


def part_counts(values: Array, offsets: Ints) -> Ints:
    """The number of parts (pixels joined by their sides) of each mask, (n,) int64."""
    demand(check_cvat_rles(values, offsets))
    rings = trace_cvat_rle(values, offsets)
    outer = rings.row[rings.outer == np.arange(len(rings.outer))]
    return np.bincount(outer, minlength=len(offsets) - 1)


def share_pixels(values: Array, offsets: Ints, groups: Ints) -> Bools:
    """Whether each mask has a pixel that another one of its group has.  groups: a number for each.  (n,) bool

    Raises: ValueError naming the row for what `check_cvat_rles` finds.
    """
    demand(check_cvat_rles(values, offsets))
    _, which = np.unique(groups, return_inverse=True)
    which = which.reshape(-1)
    order, count = np.argsort(which, kind="stable"), int(which.max(initial=-1)) + 1
    flat = are_flat(cvat_rle_tails(values, offsets), which, count)
    work = np.bincount(which, _work(values, offsets, which, flat))
    starts = np.searchsorted(which[order], np.arange(count + 1))
    shares = np.zeros(len(order), np.bool_)
    for first, last in _portions(work):  # of groups, each as a whole
        members = order[starts[first] : starts[last]]
        for some in (members[flat[which[members]]], members[~flat[which[members]]]):
            alike = bool(flat[which[some[:1]]].all())
            spans = _spans_of_groups(*take(values, offsets, some), which[some] - first, alike)
            shares[some[_overlapping(spans, which[some])]] = True
    return shares


def _spans_of_groups(values: Array, offsets: Ints, groups: Ints, flat: bool) -> Spans:
    """The spans of masks of groups in lines that their groups have in common: scans of flat ones, else bands."""
    if flat:
        return flat_runs(values, offsets, groups, int(groups.max(initial=-1)) + 1)[0]
    blocks = cvat_rle_to_blocks(values, offsets)
    return in_bands(blocks, groups[blocks.row]).spans


def _overlapping(spans: Spans, groups: Ints) -> Ints:
    """The masks of which a span meets one of another mask in the same group and line."""
    if not len(spans.row):
        return spans.row
    low, width = spans.start.min(), spans.stop.max() - spans.start.min() + 1
    height = int(spans.y.max() - spans.y.min()) + 1
    if (int(groups.max() - groups.min()) + 1) * height * int(width) < 1 << 62:
        line = (groups - groups.min())[spans.row] * height + spans.y - spans.y.min()
    else:  # far apart, as no picture is
        line = np.unique(np.stack([groups[spans.row], spans.y]), axis=1, return_inverse=True)[1].reshape(-1)
    line = line * width
    order = np.argsort(line + spans.start - low)
    row, line, start, stop = (part[order] for part in (spans.row, line, spans.start - low, spans.stop - low))
    reached = np.maximum.accumulate(line + stop)  # how far those before come, in the same line
    late = np.append(False, reached[:-1] > (line + start)[1:])
    early = np.append((line[1:] == line[:-1]) & (stop[:-1] > start[1:]), False)
    return np.asarray(row[late | early])
