"""The parts of masks: holes, pieces, specks, pixels shared with others, and masks in tracks."""

from __future__ import annotations

from functools import partial

import numpy as np

from annotools.geometry.masks import share_pixels, union_cvat_rle
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.rle import cvat_rle_areas
from annotools.model import MASK
from annotools.model.columns import distinct, without
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossy
from annotools.validate.registry import rule
from annotools.validate.rules.msk._derived import (
    by_columns,
    masks,
    paintable,
    part_numbers,
    shown,
    traced,
)
from annotools.validate.rules.msk._mended import mended, without_specks


@rule("MSK010", "mask-with-holes", INFO, upload=OFF, proof="spec: masks may have holes")
def mask_with_holes(ctx: Context) -> Found:
    """A mask has holes.

    Why: nothing breaks; as polygons, holes are cut open or lost.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 4, 1, 4, 10, 10, 12, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 6, 1, 1, 1, 6, 10, 10, 14, 12]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]}]}
    Source: spec: CVAT's documentation of masks
    """
    rings, places = ctx.once(traced), ctx.once(paintable)
    holes = np.bincount(rings.row[rings.holes], minlength=len(places))
    pixels = np.bincount(rings.row[rings.holes], polygon_areas(rings.values, rings.offsets)[rings.holes], len(places))
    some = holes > 0
    message = "{holes} holes of {pixels:.0f} pixels"
    return ctx.at("shape", shown(ctx, some), message, holes=holes[some], pixels=pixels[some])


@rule(
    "MSK011",
    "mask-in-parts",
    WARNING,
    upload=OFF,
    export=INFO,
    proof="source: some importers take one part of a mask only",
)
def mask_in_parts(ctx: Context) -> Found:
    """A mask falls into several parts.

    Why: the server keeps it; turned into polygons every part becomes an object of its own, and some importers keep
        only one of them.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 2, 2, 2, 2, 2, 2, 10, 10, 15, 11]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 3, 3, 3, 10, 10, 12, 12]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 12, 10, 10, 15, 11]}]}
    Source: source: CVAT's masks_to_polygons makes a polygon of every contour
    """
    places = ctx.once(paintable)
    parts = part_numbers(ctx.once(traced), len(places))
    several = (parts > 1) & ~ctx.once(by_columns)
    return ctx.at("shape", shown(ctx, several), "falls into {parts} parts", parts=parts[several])


@rule("MSK012", "specks", INFO, upload=OFF, proof="source: masks are not looked into")
def specks(ctx: Context, pixels: float = 4) -> Found:
    """A mask has parts of a few pixels beside a larger one.

    Why: nothing breaks; mostly they are slips of a brush or noise of a model.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 5, 3, 5, 2, 1, 10, 10, 17, 11]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0,
                     "points": [0, 1, 1, 5, 1, 1, 2, 5, 2, 10, 10, 18, 11]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 10, 10, 10, 14, 11]}]}
    Options: pixels: parts smaller than that are specks.
    Fix: lossy: the specks are taken off.
    Source: source: CVAT's serializers.py does not look into masks
    """
    rings, places = ctx.once(traced), ctx.once(paintable)
    areas = polygon_areas(rings.values.astype(np.float64), rings.offsets)
    small = ~rings.holes & (areas < pixels)
    few = np.bincount(rings.row[small], minlength=len(places))
    some = (few > 0) & (part_numbers(rings, len(places)) > few) & ~ctx.once(by_columns)
    rows = shown(ctx, some)
    edits = mended(ctx, rows, partial(without_specks, pixels=pixels))
    message = "{count} parts of fewer than {pixels:g} pixels"
    return ctx.at("shape", rows, message, lossy("take them off", edits), count=few[some], pixels=pixels)


@rule("MSK013", "overlapping-masks", WARNING, upload=INFO, proof="source: masks are not compared with each other")
def overlapping_masks(ctx: Context) -> Found:
    """Masks of one label share pixels on a frame.

    Why: the server keeps it; panoptic and semantic formats give each pixel to one object, so some of it is lost there.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]},
                    {"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 12, 12, 14, 14]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]},
                    {"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 20, 10, 22, 12]},
                    {"type": "mask", "label_id": 4, "frame": 0, "points": [0, 16, 11, 10, 14, 13]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]},
                    {"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 13, 12, 15, 14]}]}
    Source: source: CVAT's task.py saves every shape of the list
    """
    known, places = ctx.once(masks), ctx.once(paintable)
    places = places[ctx.plain[known.rows[places]]]
    rows = known.rows[places]
    keys = np.stack([ctx.shapes.job[rows], ctx.shapes.frame[rows], ctx.shapes.label[rows]], axis=1)
    _, group, size = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    crowded = np.flatnonzero(size[group] > 1)
    shared = crowded[share_pixels(*known.take(places[crowded]), group[crowded])]
    _, first, group, size = np.unique(group[shared], return_index=True, return_inverse=True, return_counts=True)
    values, offsets = known.take(places[shared])
    single = np.bincount(group, cvat_rle_areas(values, offsets), minlength=len(first))
    pixels = single - cvat_rle_areas(*union_cvat_rle(values, offsets, group, len(first)))
    message = "{masks} masks of label {label} share {pixels:.0f} pixels"
    names = ctx.label_names(keys[shared[first], 2])
    return ctx.at("shape", rows[shared[first]], message, masks=size, label=names, pixels=pixels)


@rule("MSK014", "mask-in-track", ERROR, proof="annos-vid/task-level-put-is-cut-over-the-jobs")
def mask_in_track(ctx: Context) -> list[Found]:
    """A track has masks for keyframes.

    Why: the server cannot interpolate masks. It stores such a track; with two visible keyframes in a row every export
        of the job fails, and so does a task-level upload that has to cut the track; with one it is shown to the end.
    Bad:
        {"tracks": [{"label_id": 4, "frame": 0, "shapes": [
            {"type": "mask", "frame": 0, "points": [0, 9, 10, 10, 12, 12]},
            {"type": "mask", "frame": 4, "points": [0, 9, 20, 10, 22, 12]}]}]}

        {"tracks": [{"label_id": 4, "frame": 0, "shapes": [
            {"type": "mask", "frame": 0, "points": [0, 9, 10, 10, 12, 12]}]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]},
                    {"type": "mask", "label_id": 4, "frame": 4, "points": [0, 9, 20, 10, 22, 12]}]}
    Source: source: CVAT's annotation.py, no interpolation of masks (NotImplementedError)
    """
    shapes, mask = ctx.shapes, ctx.are(MASK)
    earlier, later = ctx.keyframes_in_order.pairs
    broken = (mask[earlier] | mask[later]) & ~shapes.outside[earlier] & ~shapes.outside[later]
    stuck = distinct(shapes.track[later[broken]])
    others = without(distinct(shapes.track[mask & (shapes.track >= 0)]), stuck)
    message = "two keyframes in a row are masks, which the server cannot interpolate"
    return [
        ctx.at("track", stuck, message),
        ctx.at("track", others, "a keyframe is a mask, which the server cannot interpolate", severity=WARNING),
    ]
