"""Columns about geometry that several rules ask for: true extents, areas, outlines, and pairs of alike shapes."""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.geometry.boxes import box_areas, pair_ious, rotated_bounds
from annotools.geometry.ellipses import ellipse_bounds
from annotools.geometry.polygons import are_valid, signed_areas
from annotools.geometry.ragged import take
from annotools.model import CUBOID, ELLIPSE, MASK, POLYGON, POLYLINE, RECTANGLE
from annotools.model.canonical import ragged_hashes
from annotools.model.tables import Bools, Floats, Ints
from annotools.validate.context import Context

DRAWABLE = 1e9  # coordinates of this size and more are measured by nobody: rasterisers and shapely fail on them
_FLAT = 1e-9  # px², what is left of an area of 0 after the arithmetic
_THIN = 1e-12  # (width / length)² of what lies on a line
_ROUNDED = 1e-9  # of a width, what the arithmetic may be off
_WIDEST = 64  # how many followers of a box are looked at when boxes alike are searched
_MOST_PAIRS = 1 << 20  # after which no further followers are looked at: a crowd of boxes alike


def measurable(ctx: Context) -> Bools:
    """Which shapes are sound and have only coordinates below 1e9."""
    fine = ctx.sound.copy()
    rows = np.flatnonzero(fine)
    hulls = ctx.hulls[rows]
    with np.errstate(invalid="ignore"):
        fine[rows] = (np.abs(np.nan_to_num(hulls)) < DRAWABLE).all(axis=1)
    return fine


def extents(ctx: Context) -> Floats:
    """(n, 4) the upright box that a shape really fills: rotated rectangles and ellipses as drawn.  NaN if unsound."""
    boxes = ctx.hulls.copy()
    fine, points, rotation = ctx.once(measurable), ctx.shapes.boxes(), ctx.shapes.rotation
    boxes[~fine] = np.nan
    turned = np.flatnonzero(ctx.are(RECTANGLE) & fine & (rotation != 0))
    boxes[turned] = rotated_bounds(points[turned], rotation[turned])
    round_ones = np.flatnonzero(ctx.are(ELLIPSE) & fine)
    boxes[round_ones] = ellipse_bounds(points[round_ones], rotation[round_ones])
    return boxes


def flat_3d(ctx: Context) -> Bools:
    """Which shapes are of a 3D task, whose cuboids are no corners in a picture."""
    return np.full(len(ctx.shapes), ctx.task.dimension == "3d")


def in_picture(ctx: Context) -> Bools:
    """Which shapes can be compared with the size of their frame; masks are judged by rules of their own."""
    known = (ctx.sizes > 0).all(axis=1) & ~ctx.hidden
    return ctx.once(measurable) & known & ~ctx.are(MASK) & ~ctx.once(flat_3d) & (ctx.counts > 0)


class Rings(msgspec.Struct, frozen=True):
    """The measurable polygons: rows of `ctx.shapes`, their points, and what the rules ask of them."""

    rows: Ints
    values: Floats
    offsets: Ints
    areas: Floats
    signed: Floats


def rings(ctx: Context) -> Rings:
    """All polygons that can be measured."""
    rows = np.flatnonzero(ctx.are(POLYGON) & ctx.once(measurable))
    values, offsets = ctx.ring(rows)
    signed = signed_areas(values, offsets)
    return Rings(rows, values, offsets, np.abs(signed), signed)


def simple(ctx: Context) -> Bools:
    """Which of `rings` are simple polygons."""
    known = ctx.once(rings)
    return are_valid(known.values, known.offsets)


def flat(ctx: Context) -> Bools:
    """Which of `rings` lie on a line; the two halves of a figure 8 have no area together and yet are there."""
    known = ctx.once(rings)
    is_flat: Bools = known.areas <= _FLAT
    rows = np.flatnonzero(is_flat)
    values, offsets = take(known.values, known.offsets, rows)
    points, starts = values.reshape(-1, 2), offsets[:-1] // 2
    if len(rows):
        apart = points - np.repeat(points[starts], np.diff(offsets) // 2, axis=0)
        xx, yy = np.add.reduceat(apart**2, starts).T
        xy = np.add.reduceat(apart[:, 0] * apart[:, 1], starts)
        is_flat[rows] = xx * yy - xy**2 <= _THIN * (xx + yy) ** 2
    return is_flat


def areas(ctx: Context) -> Floats:
    """Area of rectangles, ellipses and polygons in px², NaN for others and for what cannot be measured."""
    measured = np.full(len(ctx.shapes), np.nan)
    boxes, fine = ctx.shapes.boxes(), ctx.once(measurable)
    for kind, share in ((RECTANGLE, 1.0), (ELLIPSE, np.pi)):
        rows = np.flatnonzero(ctx.are(kind) & fine)
        measured[rows] = share * np.abs((boxes[rows, 2] - boxes[rows, 0]) * (boxes[rows, 3] - boxes[rows, 1]))
    known = ctx.once(rings)
    measured[known.rows] = known.areas
    return measured


class Steps(msgspec.Struct, frozen=True):
    """The way from each point of an outline to the next one, none for the last of a shape.

    rows: the shapes; ends: where the points of each begin, and where the last end.
    """

    rows: Ints
    ends: Ints
    values: Floats

    @property
    def still(self) -> Ints:
        """The points that are where the next one is: a tenth of the time of lengths."""
        same = np.zeros(len(self.values) // 2, np.bool_)
        x, y = self.values[::2], self.values[1::2]
        same[:-1] = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
        same[self.ends[1:] - 1] = False
        return np.flatnonzero(same)

    @property
    def length(self) -> Floats:
        """How many px each way is, NaN for the last."""
        length = np.full(len(self.values) // 2, np.nan)
        length[:-1] = np.hypot(np.diff(self.values[::2]), np.diff(self.values[1::2]))
        length[self.ends[1:] - 1] = np.nan
        return length

    def homes(self, points: Ints) -> tuple[Ints, Ints]:
        """The row of `ctx.shapes` of each point, and its place there."""
        owner = np.searchsorted(self.ends, points, side="right") - 1
        return self.rows[owner], points - self.ends[owner]


def steps(ctx: Context) -> Steps:
    """The sides of measurable polygons and polylines, without those that close one."""
    rows = np.flatnonzero(ctx.are(POLYGON, POLYLINE) & ctx.once(measurable))
    known = ctx.once(rings)
    values, offsets = ctx.ring(rows) if len(rows) > len(known.rows) else (known.values, known.offsets)
    return Steps(rows, offsets // 2, values)


def content(ctx: Context) -> Ints:
    """A number for frame, type, parent's kind and points of each plain shape; equal for exact copies.  (n,) int64."""
    shapes = ctx.shapes
    values = shapes.values + 0.0 if np.signbit(shapes.values).any() else shapes.values  # -0 is 0
    hashes = ragged_hashes(values, shapes.offsets).view(np.int64)
    job = shapes.job.astype(np.int64)
    spread = np.int64(0x9E3779B97F4A7C1)
    with np.errstate(over="ignore"):
        return np.asarray(((hashes * spread + shapes.frame) * spread + shapes.type) * spread + job)


class Copies(msgspec.Struct, frozen=True):
    """Plain shapes with the very points of an earlier one: `row`, and the first such shape."""

    row: Ints
    first: Ints


def with_elements(ctx: Context) -> Ints:
    """As `content`; that of a skeleton is that of its elements, in any order, with their labels."""
    shapes, whole = ctx.shapes, ctx.once(content).copy()
    rows = np.flatnonzero((shapes.parent >= 0) & (shapes.track < 0))
    spread = np.int64(0x9E3779B97F4A7C1)
    with np.errstate(over="ignore"):
        parts = ((whole[rows] ^ shapes.label[rows]) * spread + shapes.outside[rows]) * spread
        np.add.at(whole, shapes.parent[rows], parts)
    return whole


def copies(ctx: Context) -> Copies:
    """Plain shapes that repeat frame, type and points of an earlier one; skeletons by their elements."""
    comparable = ctx.counts > 0
    comparable[ctx.shapes.parent[(ctx.shapes.parent >= 0) & (ctx.shapes.track < 0)]] = True
    rows = np.flatnonzero(ctx.plain & comparable)
    key = ctx.once(with_elements)[rows]
    turn = ctx.shapes.rotation[rows]
    order = np.lexsort((rows, turn, key))
    same = (key[order][1:] == key[order][:-1]) & (turn[order][1:] == turn[order][:-1])
    starts = np.concatenate(([True], ~same))[: len(order)]
    first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))] if len(order) else order
    return Copies(rows[order[~starts]], rows[first[~starts]])


class Neighbours(msgspec.Struct, frozen=True):
    """Pairs of plain shapes of one frame and type whose extents overlap: `earlier`, `later`, `iou`."""

    earlier: Ints
    later: Ints
    iou: Floats


def neighbours(ctx: Context, least: float) -> Neighbours:
    """Boxes, ellipses and polygons that are no exact copies, of which the IoU of the extents is `least` or more."""
    kinds = ctx.are(RECTANGLE, ELLIPSE, POLYGON, CUBOID) & ~ctx.once(flat_3d)
    candidate = ctx.plain & ctx.once(measurable) & kinds
    candidate[ctx.once(copies).row] = False
    boxes = ctx.once(extents)
    rows = np.flatnonzero(candidate & (box_areas(boxes) > 0))
    frame = ctx.shapes.frame[rows] * 16 + ctx.shapes.type[rows]
    order = rows[np.lexsort((boxes[rows, 0], ctx.shapes.job[rows], frame))]
    return close_pairs(order, boxes[order], ctx.shapes.frame[order] * 16 + ctx.shapes.type[order], least)


def close_pairs(order: Ints, boxes: Floats, group: Ints, least: float) -> Neighbours:
    """Pairs within a sliding window: of two boxes with an IoU of 0.9 the left sides are at most a tenth apart."""
    pairs: list[tuple[Ints, Ints, Floats]] = []
    reach = boxes[:, 0] + (boxes[:, 2] - boxes[:, 0]) * (1 - least + _ROUNDED)
    alive = np.arange(len(order))
    for shift in range(1, _WIDEST):
        alive = alive[alive + shift < len(order)]
        near = (group[alive + shift] == group[alive]) & (boxes[alive + shift, 0] <= reach[alive])
        alive = alive[near]
        if not len(alive):
            break
        ious = pair_ious(boxes[alive], boxes[alive + shift])
        close = (ious >= least) & (ious > 0)
        pairs.append((order[alive[close]], order[alive[close] + shift], ious[close]))
        if sum(len(one) for one, _, _ in pairs) > _MOST_PAIRS:
            break
    if not pairs:
        return Neighbours(_NONE, _NONE, _ZERO)
    one, other, iou = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return Neighbours(np.minimum(one, other), np.maximum(one, other), iou)


_NONE: Ints = np.zeros(0, np.int64)
_ZERO: Floats = np.zeros(0)
