"""What a mask shows as a whole: nothing, too wide a box, runs in another order."""

from __future__ import annotations

import numpy as np

from annotools.geometry.masks import part_counts
from annotools.geometry.ragged import take
from annotools.geometry.rle import are_tight, cvat_rle_areas, cvat_rle_boxes, tighten_cvat_rles
from annotools.geometry.rle_layout import cvat_rle_tails
from annotools.model.tables import Bools, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, WARNING, Found, lossless, lossy
from annotools.validate.needs import SIZES
from annotools.validate.registry import rule
from annotools.validate.rules.msk._derived import (
    by_columns,
    masks,
    paintable,
    part_numbers,
    shown,
    traced,
)
from annotools.validate.rules.msk._mended import mended, transposed


def _loose(ctx: Context) -> Bools:
    """Which paintable masks show something and do not touch all sides of their box."""
    values, offsets = ctx.once(masks).take(ctx.once(paintable))
    return ~are_tight(values, offsets) & (cvat_rle_areas(values, offsets) > 0)


def _flipped(values: Floats, offsets: Ints) -> tuple[Floats, Ints]:
    """Masks with a run of 0 put before their first: what is set and what is not change places."""
    return np.insert(values, offsets[:-1], 0.0), offsets + np.arange(len(offsets))


def _starts_set(ctx: Context) -> Bools:
    """Which paintable masks touch only some sides of their box, and all with foreground and background exchanged,
    in one part.  One that touches no side has a margin rather than a wrong start."""
    loose = np.flatnonzero(ctx.once(_loose))
    exchanged = np.zeros(len(ctx.once(paintable)), np.bool_)
    values, offsets = take(*ctx.once(masks).take(ctx.once(paintable)), loose)
    some = (cvat_rle_boxes(values, offsets) == cvat_rle_tails(values, offsets)).any(axis=1)
    other = _flipped(values, offsets)
    exchanged[loose[some & are_tight(*other) & (part_counts(*other) == 1)]] = True
    return exchanged


def _fills_image(ctx: Context) -> Bools:
    """Which paintable masks have a box as large as their picture."""
    known, places = ctx.once(masks), ctx.once(paintable)
    sizes = ctx.sizes[known.rows[places]]
    whole = np.concatenate([np.zeros_like(sizes), sizes - 1], axis=1)
    return np.asarray((known.tails[places] == whole).all(axis=1) & (sizes > 0).all(axis=1))


@rule("MSK004", "empty-mask", ERROR, upload=WARNING, coco=ERROR, proof="annos-img/mask-rle-3")
def empty_mask(ctx: Context) -> Found:
    """No pixel of a mask is set.

    Why: the server stores it; nobody can see or select it, and tools fail on it (`zero-size array to reduction`).
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [9, 10, 10, 12, 12]}]}

        {"tracks": [{"label_id": 4, "frame": 0, "shapes": [
            {"type": "mask", "frame": 0, "points": [9, 10, 10, 12, 12]}]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [8, 1, 12, 12, 12, 12]}]}
    Fix: lossy: the mask is dropped.
    Source: annos-img/mask-rle-3 (accepted, kept as sent)
    """
    values, offsets = ctx.once(masks).take(ctx.once(paintable))
    rows = shown(ctx, cvat_rle_areas(values, offsets) == 0)

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))] if ctx.plain[rows[i]] else []

    return ctx.at("shape", rows, "no pixel is set", lossy("drop it", edits))


@rule("MSK005", "loose-mask-box", WARNING, upload=INFO, proof="source: the box is not compared with the runs")
def loose_mask_box(ctx: Context) -> Found:
    """The box of a mask is wider than what it shows.

    Why: the server keeps it; every other tool makes the box tight, so what comes back is not what was sent.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [5, 2, 9, 10, 10, 13, 13]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [1, 2, 3, 2, 2, 10, 10, 14, 11]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 2, 11, 11, 12, 11]}]}
    Fix: lossless: the box is made tight.
    Source: source: CVAT's serializers.py does not look into masks
    """
    loose = ctx.once(_loose) & ~ctx.once(_starts_set) & ~ctx.once(by_columns) & ~ctx.once(_fills_image)
    rows = shown(ctx, loose)
    fix = lossless("make the box tight", mended(ctx, rows, tighten_cvat_rles))
    return ctx.at("shape", rows, "the box is wider than the mask", fix)


@rule("MSK007", "starts-with-foreground", ERROR, upload=WARNING, proof="source: the first run is background")
def starts_with_foreground(ctx: Context) -> Found:
    """The first run of a mask seems to be foreground: exchanged, it touches all sides of its box.

    Why: CVAT's first run counts pixels that are not set. Without the leading 0 a mask is stored as its own negative.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [4, 2, 1, 2, 10, 10, 12, 12]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 4, 2, 1, 2, 10, 10, 12, 12]}]}
    Fix: lossy: a run of 0 is put in front.
    Source: source: CVAT's rle2mask starts with background
    """
    rows = shown(ctx, ctx.once(_starts_set))

    def edits(i: int) -> list[Edit]:
        return [Put("shape", int(rows[i]), "points", [0, *ctx.shapes.points(int(rows[i])).tolist()])]

    message = "the first run seems to be foreground: as it is, the mask does not touch its box"
    return ctx.at("shape", rows, message, lossy("put a run of 0 in front", edits))


@rule("MSK008", "column-major-mask", ERROR, upload=WARNING, proof="source: runs go row by row in the box")
def column_major_mask(ctx: Context) -> Found:
    """The runs of a mask seem to go down the columns, as COCO's do.

    Why: CVAT reads them row by row, so the mask is stored as stripes.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0,
                     "points": [1, <2, *23>1, 10, 10, 21, 13]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 24, 10, 11, 21, 12]}]}
    Fix: lossy: the runs are written row by row.
    Source: source: CVAT's masks are row-major in their box, COCO's column-major in the picture
    """
    chosen = ctx.once(by_columns) & ~ctx.once(_starts_set)
    rows = shown(ctx, chosen)
    parts = part_numbers(ctx.once(traced), len(chosen))[chosen]
    message = "falls into {parts} parts, and into far fewer when the runs are read down the columns"
    fix = lossy("write the runs row by row", mended(ctx, rows, transposed))
    return ctx.at("shape", rows, message, fix, parts=parts)


@rule("MSK009", "whole-image-mask", WARNING, needs=SIZES, proof="source: the box is not compared with the runs")
def whole_image_mask(ctx: Context) -> Found:
    """The box of a mask is the whole picture, what it shows is not.

    Why: the server keeps it; the editor is slow with such masks and selects them wherever somebody clicks.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 400, 19600, 0, 0, 199, 99]}]}

        {"annotations": {"shapes": [
            {"type": "mask", "label_id": 4, "frame": 0, "points": [1, 2, 3, 2, 2, 0, 0, 4, 1]}]},
         "data_meta": {"frames": [{"name": "a.jpg", "width": 5, "height": 2}]}}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 400, 0, 0, 199, 1]}]}
    Fix: lossless: the box is made tight.
    Source: source: CVAT's serializers.py does not look into masks
    """
    rows = shown(ctx, ctx.once(_loose) & ctx.once(_fills_image) & ~ctx.once(_starts_set))
    fix = lossless("make the box tight", mended(ctx, rows, tighten_cvat_rles))
    return ctx.at("shape", rows, "the box is the whole picture", fix)
