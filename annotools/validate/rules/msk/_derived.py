"""The masks of the input with what the rules ask of them: runs, boxes, faults, parts."""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.geometry.masks import trace_cvat_rle
from annotools.geometry.ragged import lengths, segment_sum, take
from annotools.geometry.rings import Rings
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import MASK
from annotools.model.tables import Bools, Floats, Ints
from annotools.validate.context import Context

_MOST_PIXELS = 1 << 27  # of a mask's box: larger ones are looked at by their numbers only


class Masks(msgspec.Struct, frozen=True):
    """All masks of 5 finite numbers and more.

    rows: of `ctx.shapes`.  values, offsets: their points.  tails: (n, 4) left, top, right, bottom as given.
    runs, ends: the run lengths as ragged rows.  sums, area: of the runs, and of the box (0 if it is inverted).
    """

    rows: Ints
    values: Floats
    offsets: Ints
    tails: Floats
    runs: Floats
    ends: Ints
    sums: Floats
    area: Floats

    def take(self, index: Ints) -> tuple[Floats, Ints]:
        """The points of some of them, ragged."""
        return take(self.values, self.offsets, index)


def masks(ctx: Context) -> Masks:
    """All masks that can be looked at."""
    rows = np.flatnonzero(ctx.are(MASK) & (ctx.counts >= 5) & ctx.finite)
    values, offsets = ctx.ring(rows)
    tails = values[offsets[1:, None] + np.arange(-4, 0)] if len(rows) else np.zeros((0, 4))
    whole = lengths(offsets) - 4
    kept = np.arange(len(values)) < np.repeat(offsets[1:] - 4, lengths(offsets))
    ends = np.concatenate(([0], np.cumsum(whole)))
    runs = values[kept]
    with np.errstate(over="ignore"):
        sums = segment_sum(runs, ends)
        sides = np.maximum(tails[:, 2:] - tails[:, :2] + 1, 0)
        area = sides[:, 0] * sides[:, 1]
    return Masks(rows, values, offsets, tails, runs, ends, sums, area)


def whole_tails(known: Masks) -> Bools:
    """Which boxes are four whole numbers with left <= right and top <= bottom."""
    ordered = (known.tails[:, :2] <= known.tails[:, 2:]).all(axis=1)
    return np.asarray(ordered & (known.tails == np.trunc(known.tails)).all(axis=1))


def paintable(ctx: Context) -> Ints:
    """The places in `masks` of those without a fault whose runs fill their box exactly."""
    known = ctx.once(masks)
    fine = whole_tails(known) & (known.sums == known.area) & (known.area <= _MOST_PIXELS)
    fine &= segment_sum(known.runs != np.trunc(known.runs), known.ends) == 0
    fine[[row for row, _ in check_cvat_rles(known.values, known.offsets)]] = False
    return np.flatnonzero(fine)


def traced(ctx: Context) -> Rings:
    """The outlines and holes of paintable masks; `row` counts `paintable`."""
    return trace_cvat_rle(*ctx.once(masks).take(ctx.once(paintable)))


def part_numbers(rings: Rings, count: int) -> Ints:
    """How many parts each mask has."""
    return np.bincount(rings.row[~rings.holes], minlength=count)


def column_major(values: Floats, offsets: Ints) -> tuple[Floats, Ints]:
    """The same masks with their runs read down the columns of the box, as COCO's: counts for a box turned over."""
    turned = values.copy()
    tails = offsets[1:, None] + np.arange(-4, 0)
    turned[tails] = values[tails][:, [1, 0, 3, 2]]
    return turned, offsets


def by_columns(ctx: Context) -> Bools:
    """Which paintable masks fall into many parts as they are and into few when read down the columns."""
    places = ctx.once(paintable)
    parts = part_numbers(ctx.once(traced), len(places))
    many = np.flatnonzero(parts >= 3)
    values, offsets = take(*ctx.once(masks).take(places), many)
    turned = trace_cvat_rle(*column_major(values, offsets))
    fewer = np.zeros(len(places), np.bool_)
    fewer[many[part_numbers(turned, len(many)) * 3 <= parts[many]]] = True
    return fewer


def shown(ctx: Context, chosen: Bools) -> Ints:
    """The shape rows of some of the paintable masks."""
    return ctx.once(masks).rows[ctx.once(paintable)[chosen]]
