"""What fixes make of masks.  They are made for some masks at a time, and of each when its finding is looked at: a call
of numpy for each mask takes a hundred times as long as the mask.

    edits = mended(ctx, rows, tighten_cvat_rles)
    edits(0)        # Put("shape", rows[0], "points", [...])
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from annotools.geometry.masks import polygons_to_cvat_rle, trace_cvat_rle
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.ragged import Ragged, lengths, offsets_of, row_of_value, segment_min, take, to_arrays
from annotools.geometry.rle import cvat_rle_to_coco_rle, tighten_cvat_rles
from annotools.geometry.rle_layout import cvat_rle_tails, join_tails
from annotools.geometry.spans import Spans, cvat_rle_to_spans, spans_to_cvat_rle
from annotools.model.columns import united
from annotools.model.tables import Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.rules.msk._derived import column_major

_TOGETHER, _MASKS = 1 << 13, 128  # values, and masks, that are made at a time


def mended(ctx: Context, rows: Ints, make: Callable[[Floats, Ints], Ragged]) -> Callable[[int], list[Edit]]:
    """The edit of each of some masks: its points as `make` makes them.  rows: of `ctx.shapes`."""
    before = offsets_of(lengths(ctx.shapes.offsets)[rows])[:-1]
    changes = np.diff(before // _TOGETHER, prepend=-1) != 0
    firsts = united(np.flatnonzero(changes), np.arange(0, len(rows), _MASKS))

    @lru_cache(1)
    def portion(number: int) -> list[Floats]:
        last = firsts[number + 1] if number + 1 < len(firsts) else len(rows)
        return to_arrays(*make(*ctx.ring(rows[firsts[number] : last])))

    def edits(i: int) -> list[Edit]:
        number = int(np.searchsorted(firsts, i, "right")) - 1
        points = portion(number)[i - firsts[number]]
        return [Put("shape", int(rows[i]), "points", [float(value) for value in points.tolist()])]

    return edits


def without_specks(values: Floats, offsets: Ints, pixels: float) -> Ragged:
    """Masks without their parts of few pixels, and without what lies within these."""
    rings = trace_cvat_rle(values, offsets)
    areas = polygon_areas(rings.values.astype(np.float64), rings.offsets)
    small = np.flatnonzero(~rings.holes & (areas < pixels))
    specks = _filled(rings.row[small], *take(rings.values, rings.offsets, small))
    spans, tails = cvat_rle_to_spans(values, offsets), cvat_rle_tails(values, offsets)
    first, begun = _places(spans, tails), _places(specks, tails)
    ended = begun + specks.stop - specks.start
    inside = np.searchsorted(np.sort(begun), first, "right") - np.searchsorted(np.sort(ended), first, "right")
    return spans_to_cvat_rle(spans.take(inside == 0), len(offsets) - 1)


def _filled(row: Ints, corners: Floats, offsets: Ints) -> Spans:
    """The spans within outlines of few pixels.  row: of the mask that each is of."""
    points, ring = corners.reshape(-1, 2), row_of_value(offsets // 2)
    least = np.stack([segment_min(points[:, axis], offsets // 2, 0) for axis in (0, 1)], axis=1)
    local = (points - least[ring]).astype(np.float64)
    side = int(local.max(initial=0))
    spans = cvat_rle_to_spans(*polygons_to_cvat_rle(local.reshape(-1), offsets, np.array([side, side])))
    left, top = least[spans.row].astype(np.int64).T
    return Spans(row[spans.row], spans.y + top, spans.start + left, spans.stop + left)


def _places(spans: Spans, tails: Ints) -> Ints:
    """The first pixel of each span as a number that no pixel of any of the masks shares."""
    left, top, right, bottom = tails.T
    width = right - left + 1
    pixels = offsets_of(width * (bottom - top + 1))
    return np.asarray(pixels[spans.row] + (spans.y - top[spans.row]) * width[spans.row] + spans.start - left[spans.row])


def transposed(values: Floats, offsets: Ints) -> Ragged:
    """Masks whose runs go down the columns of their box, with runs that go row by row."""
    turned, _ = column_major(values, offsets)
    tails = cvat_rle_tails(turned, offsets)
    turned[offsets[1:, None] + np.arange(-4, 0)] -= np.tile(tails[:, :2], 2)
    counts, ends = cvat_rle_to_coco_rle(turned, offsets, tails[:, 2:] - tails[:, :2] + 1)
    return tighten_cvat_rles(*join_tails(counts, ends, cvat_rle_tails(values, offsets)))
