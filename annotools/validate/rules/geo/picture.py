"""Shapes against the picture they are on: outside of it, in other units, with x and y exchanged."""

from __future__ import annotations

import numpy as np

from annotools.geometry.boxes import clip_boxes
from annotools.model import ELLIPSE, POINTS, POLYGON, POLYLINE, RECTANGLE
from annotools.model.tables import Bools, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.needs import SIZES
from annotools.validate.registry import rule
from annotools.validate.rules.geo._derived import extents, in_picture


def _outside(ctx: Context, boxes: Floats, pixels: float = 0.0) -> Bools:
    """Which boxes have no part in the picture."""
    with np.errstate(invalid="ignore"):
        return np.asarray((boxes[:, 2:] < -pixels).any(axis=1) | (boxes[:, :2] > ctx.sizes + pixels).any(axis=1))


def _beyond(ctx: Context, boxes: Floats, pixels: float) -> Bools:
    """Which boxes leave the picture by more than that."""
    with np.errstate(invalid="ignore"):
        return np.asarray((boxes[:, :2] < -pixels).any(axis=1) | (boxes[:, 2:] > ctx.sizes + pixels).any(axis=1))


@rule("GEO004", "partly-outside-image", WARNING, needs=SIZES, proof="annos-img/rectangle-negative-and-huge-coords")
def partly_outside_image(ctx: Context, pixels: float = 0.01) -> Found:
    """A shape reaches beyond the border of its picture.

    Why: the server stores it as sent; trainers clip, drop or refuse such objects, and normalised formats get numbers
        below 0 or above 1.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [150, 10, 230, 40]}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [-5, 10, 60, 10, 60, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, -5, 60, 40]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 60, 60, 110]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10, -5, 20]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [190, 50, 210, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [2, 2, 62, 22], "rotation": 45}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [150, 10, 200, 40]},
                    {"type": "polygon", "label_id": 1, "frame": 0, "points": [0, 10, 60, 10, 60, 40]}]}
    Options: pixels: how far beyond the border is still fine.
    Fix: lossy: upright boxes are cut at the border, corners of outlines moved onto it.
    Source: annos-img/rectangle-negative-and-huge-coords (accepted, kept as sent)
    """
    boxes = ctx.once(extents)
    beyond = ctx.once(in_picture) & _beyond(ctx, boxes, pixels) & ~_outside(ctx, boxes)
    rows = np.flatnonzero(beyond)
    corners, sizes = boxes[rows], ctx.sizes[rows]
    message = "reaches from {x1:g} {y1:g} to {x2:g} {y2:g} in a picture of {width} x {height}"
    movable = ctx.are(POLYGON, POLYLINE, POINTS) | (ctx.are(RECTANGLE) & (ctx.shapes.rotation == 0))

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        if not movable[row]:
            return []
        points = np.clip(ctx.shapes.points(row).reshape(-1, 2), 0, ctx.sizes[row])
        return [Put("shape", row, "points", points.reshape(-1).tolist())]

    return ctx.at(
        "shape", rows, message, lossy("cut it at the border", edits), x1=corners[:, 0], y1=corners[:, 1],
        x2=corners[:, 2], y2=corners[:, 3], width=sizes[:, 0], height=sizes[:, 1],
    )  # fmt: skip


@rule("GEO005", "outside-image", ERROR, upload=WARNING, needs=SIZES, proof="source: coordinates are not compared")
def outside_image(ctx: Context) -> Found:
    """No part of a shape is in its picture.

    Why: the server stores it and nobody can see it: the editor shows the picture, exports that clip write nothing.
        Where a track is outside anyway, it does not matter where.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [310, 10, 360, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [-60, 10, -10, 40]}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 110, 60, 110, 60, 140]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, -20, 60, -10]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [310, 10, 360, 40]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [110, 10, 160, 40]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [110, 10, 160, 40], "outside": false},
            {"type": "rectangle", "frame": 1, "points": [310, 10, 360, 40], "outside": true}]}]}
    Fix: lossy: the shape is dropped.
    Source: source: CVAT's serializers.py checks no coordinate against the picture
    """
    boxes = ctx.once(extents)
    rows = np.flatnonzero(ctx.once(in_picture) & _outside(ctx, boxes))
    corners, sizes = boxes[rows], ctx.sizes[rows]

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))] if ctx.plain[rows[i]] else []

    message = "lies at {x1:g} {y1:g}, outside of a picture of {width} x {height}"
    return ctx.at(
        "shape", rows, message, lossy("drop it", edits), x1=corners[:, 0], y1=corners[:, 1],
        width=sizes[:, 0], height=sizes[:, 1],
    )  # fmt: skip


def _wide_enough(ctx: Context) -> Bools:
    """Shapes in pictures, more than one point each, to which a wrong unit can be seen."""
    return ctx.once(in_picture) & (ctx.counts >= 4) & (ctx.sizes >= 8).all(axis=1)


@rule("GEO024", "normalised-points", ERROR, upload=WARNING, needs=SIZES, proof="source: units are not asked for")
def normalised_points(ctx: Context) -> Found:
    """All coordinates of a shape are between 0 and 1: shares of the picture instead of pixels.

    Why: the server takes pixels, so the whole object becomes a dot in the corner of the picture.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [0.25, 0.1, 0.75, 0.9]}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [0.25, 0.1, 0.75, 0.1, 0.75, 0.9]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [50, 10, 150, 90]}]}
    Fix: lossless: the coordinates are multiplied by the size of the picture.
    Source: source: CVAT's serializers.py, points are pixels
    """
    low, high = _span(ctx)
    rows = np.flatnonzero(_wide_enough(ctx) & (low >= 0) & (high <= 1) & (high > 0))

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        points = ctx.shapes.points(row).reshape(-1, 2) * ctx.sizes[row]
        return [Put("shape", row, "points", np.round(points, 6).reshape(-1).tolist())]

    message = "all coordinates are within {low:g} and {high:g}: shares of the picture, expected pixels"
    fix = lossless("multiply by the size of the picture", edits)
    return ctx.at("shape", rows, message, fix, low=low[rows], high=high[rows])


def _span(ctx: Context) -> tuple[Floats, Floats]:
    """The least and the greatest number of each shape, NaN where it has none."""
    hulls = ctx.hulls
    return np.minimum(hulls[:, 0], hulls[:, 1]), np.maximum(hulls[:, 2], hulls[:, 3])


@rule("GEO025", "swapped-axes", WARNING, needs=SIZES, proof="source: coordinates are not compared")
def swapped_axes(ctx: Context, pixels: float = 1.0) -> Found:
    """A shape leaves its picture, and would fit if x and y were exchanged.

    Why: the server stores it as sent; somebody wrote rows before columns.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 150, 60, 150, 60, 190]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 120, 60, 190]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 150, 60, 190]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 150, 60, 190]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [150, 10, 150, 60, 190, 60]}]}
    Options: pixels: how far beyond the border is still fine.
    Fix: lossy: x and y are exchanged.
    Source: source: CVAT's serializers.py checks no coordinate against the picture
    """
    boxes = ctx.once(extents)
    fits = (boxes[:, [1, 0]] >= -pixels).all(axis=1) & (boxes[:, [3, 2]] <= ctx.sizes + pixels).all(axis=1)
    plain = ctx.are(RECTANGLE, POLYGON, POLYLINE, POINTS) & (ctx.shapes.rotation == 0)
    rows = np.flatnonzero(_wide_enough(ctx) & plain & fits & _beyond(ctx, boxes, pixels))
    sizes = ctx.sizes[rows]

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        return [Put("shape", row, "points", ctx.shapes.points(row).reshape(-1, 2)[:, ::-1].reshape(-1).tolist())]

    message = "leaves a picture of {width} x {height} and fits with x and y exchanged"
    return ctx.at("shape", rows, message, lossy("exchange x and y", edits), width=sizes[:, 0], height=sizes[:, 1])


@rule("GEO026", "whole-image-box", INFO, upload=OFF, needs=SIZES, proof="spec: a box may be as large as the picture")
def whole_image_box(ctx: Context, pixels: float = 1.0) -> Found:
    """A rectangle is as large as its picture.

    Why: nothing breaks; often it is a left-over of a tool, or a whole-frame class that should be a tag.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [0, 0, 200, 100]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [100, 50, 200, 0]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 190, 90]}]}
    Options: pixels: how far from the border still counts.
    Source: spec: CVAT's documentation of rectangles
    """
    boxes = ctx.once(extents)
    border = np.concatenate([np.zeros_like(ctx.sizes), ctx.sizes], axis=1)
    with np.errstate(invalid="ignore"):
        full = (np.abs(clip_boxes(boxes, ctx.sizes) - border) <= pixels).all(axis=1)
    rows: Ints = np.flatnonzero(ctx.are(RECTANGLE, ELLIPSE) & ctx.once(in_picture) & full)
    sizes = ctx.sizes[rows]
    message = "fills the whole picture of {width} x {height}"
    return ctx.at("shape", rows, message, width=sizes[:, 0], height=sizes[:, 1])
