"""Columns about tracks that several rules ask for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from annotools.geometry.boxes import box_areas
from annotools.model import MASK, SKELETON
from annotools.model.tables import Array, Bools, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit

Edits = Callable[[int], list[Edit]]


def counts_where(ctx: Context, flags: Bools) -> Ints:
    """How many keyframes of each track are flagged."""
    rows = np.flatnonzero((ctx.shapes.track >= 0) & flags)
    return np.bincount(ctx.shapes.track[rows], minlength=len(ctx.tracks))


def all_outside(ctx: Context) -> Bools:
    """Which tracks have keyframes, all of them outside."""
    return np.asarray((counts_where(ctx, ~ctx.shapes.outside) == 0) & (ctx.keyframes.lengths > 0))


def skeleton_tracks(ctx: Context) -> Bools:
    """Which tracks are of skeletons, whose keyframes have no points of their own."""
    return counts_where(ctx, ctx.are(SKELETON)) > 0


def whole_tracks(ctx: Context) -> Bools:
    """Which tracks are objects of their own with points: no elements and no skeletons."""
    return (ctx.tracks.parent < 0) & ~skeleton_tracks(ctx)


class Moves(msgspec.Struct, frozen=True):
    """From each visible keyframe with points to the next one of its track.

    track, earlier, later: rows.  frames: between them.  distance: px of the hull's centre.  size: mean of the square
    roots of both areas, px.  growth: area of the later divided by that of the earlier, per frame.
    """

    track: Ints
    earlier: Ints
    later: Ints
    frames: Ints
    distance: Floats
    size: Floats
    growth: Floats

    @property
    def speed(self) -> Floats:
        """px a frame."""
        return self.distance / self.frames


def moves(ctx: Context) -> Moves:
    """All such steps; elements of skeletons and masks are left out."""
    earlier, later = ctx.keyframes_in_order.pairs
    shapes, boxes = ctx.shapes, ctx.hulls
    fine = ctx.sound & ~shapes.outside & ~ctx.elements & ~ctx.are(MASK) & (ctx.counts > 0)
    fine &= np.nan_to_num(np.abs(boxes)).max(axis=1, initial=0) < 1e9
    kept = fine[earlier] & fine[later] & (shapes.frame[later] > shapes.frame[earlier])
    earlier, later = earlier[kept], later[kept]
    frames = shapes.frame[later] - shapes.frame[earlier]
    way = (boxes[later, :2] + boxes[later, 2:] - boxes[earlier, :2] - boxes[earlier, 2:]) / 2
    before, after = box_areas(boxes[earlier]), box_areas(boxes[later])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        growth = np.where((before > 0) & (after > 0), (after / before) ** (1 / frames), 1.0)
    size = (np.sqrt(before) + np.sqrt(after)) / 2
    return Moves(shapes.track[later].astype(np.int64), earlier, later, frames, np.hypot(*way.T), size, growth)


def medians(track: Array, values: Floats, count: int, least: int) -> Floats:
    """The median of the values of each track, infinite for tracks with fewer than `least` of them."""
    middles = np.full(count, np.inf)
    order = np.lexsort((values, track))
    numbers = np.bincount(track, minlength=count)
    starts = np.cumsum(numbers) - numbers
    some = np.flatnonzero(numbers >= least)
    low, high = starts[some] + (numbers[some] - 1) // 2, starts[some] + numbers[some] // 2
    middles[some] = (values[order[low]] + values[order[high]]) / 2
    return middles


def dropping(rows: Ints) -> Edits:
    """What takes each of some keyframes away."""

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))]

    return edits
