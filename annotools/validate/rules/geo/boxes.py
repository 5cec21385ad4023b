"""Shapes of a fixed number of points: size, rotation, ellipses given as boxes, twisted cuboids."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.geometry.boxes import order_corners
from annotools.model import CUBOID, ELLIPSE, POLYLINE, RECTANGLE, SKELETON
from annotools.model.tables import Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, WARNING, Found, lossless, lossy
from annotools.validate.registry import rule
from annotools.validate.rules.geo._derived import areas, flat_3d, measurable

_TURNING = (RECTANGLE, ELLIPSE, SKELETON)


@rule("GEO008", "zero-size", ERROR, upload=WARNING, coco=ERROR, proof="annos-img/rectangle-zero-size")
def zero_size(ctx: Context) -> Found:
    """A rectangle, ellipse, cuboid or polyline has no width, no height or no length.

    Why: the server stores it; nobody can select it in the editor, and exports to COCO and what reads them fail on an
        area of 0.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 10, 40]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [10, 10, 40, 10]}]}

        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 10, 10, 40, 10, 10, 10, 40, 10, 10, 10, 40, 10, 10, 10, 40]}]}

        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 10, 40, 10, 10, 10, 40, 10, 10, 10, 40, 10, 10, 10, 40, 10]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 10, 10]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [40, 10, 40, 5]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 10, 40]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 11, 40]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 10, 40]}]}
    Fix: lossy: the shape is dropped.
    Source: annos-img/rectangle-zero-size (accepted, kept as sent)
    """
    boxes, hulls = ctx.shapes.boxes(), ctx.hulls
    flat = ctx.are(RECTANGLE, ELLIPSE) & ((boxes[:, 0] == boxes[:, 2]) | (boxes[:, 1] == boxes[:, 3]))
    flat |= ctx.are(CUBOID) & ((hulls[:, 0] == hulls[:, 2]) | (hulls[:, 1] == hulls[:, 3]))
    flat |= ctx.are(POLYLINE) & (hulls[:, 0] == hulls[:, 2]) & (hulls[:, 1] == hulls[:, 3])
    rows = np.flatnonzero(flat & ctx.sound & ~ctx.once(flat_3d))
    extents = hulls[rows]

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))] if ctx.plain[rows[i]] else []

    message = "{what} of {width:g} x {height:g} px"
    return ctx.at(
        "shape", rows, message, lossy("drop it", edits), what=ctx.type_words(rows),
        width=np.abs(extents[:, 2] - extents[:, 0]), height=np.abs(extents[:, 3] - extents[:, 1]),
    )  # fmt: skip


@rule("GEO009", "tiny-area", WARNING, upload=INFO, proof="source: sizes are not checked")
def tiny_area(ctx: Context, pixels: float = 4) -> Found:
    """A shape covers hardly a pixel.

    Why: the server stores it; mostly it is a stray click, and trainers stumble over it.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 11.5, 11.5]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [10, 10, 11, 9]}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 12, 10, 12, 12]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 11.5, 11.5]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 13, 13]}]}
    Options: pixels: the least area in px².
    Fix: lossy: the shape is dropped.
    Source: source: CVAT's serializers.py checks no size
    """
    sizes = ctx.once(areas)
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((sizes > 0) & (sizes < pixels))

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))] if ctx.plain[rows[i]] else []

    return ctx.at("shape", rows, "an area of {area:.3g} px²", lossy("drop it", edits), area=sizes[rows])


_WRITTEN_WITH_ANY = ("coco", "coco-keypoints")  # the server itself writes the rotation of an ellipse beside its mask


@rule("GEO021", "wrong-rotation", ERROR, proof="annos-img/shape-rotation")
def wrong_rotation(ctx: Context) -> Iterator[Found]:
    """A rotation is not within 0 to 360 degrees, or stands on a shape that does not turn.

    Why: the server answers 400 for a number outside of 0 to 360; on a polygon it is stored and has no effect.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "rotation": -90}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10], "rotation": 45}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [60, 50, 110, 10], "rotation": 400}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10, 60, 40], "rotation": 45}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "rotation": 270}]}
    Fix: lossless: a full turn is added or taken off; a rotation without meaning becomes 0.
    Source: annos-img/shape-rotation (400 outside of 0 to 360)
    """
    rotation = ctx.shapes.rotation
    with np.errstate(invalid="ignore"):
        wrong = ~((rotation >= 0) & (rotation <= 360))
    rows = np.flatnonzero(wrong)
    idle = np.flatnonzero(~wrong & (rotation != 0) & ~ctx.are(*_TURNING) & (ctx.slug not in _WRITTEN_WITH_ANY))

    def turned(i: int) -> list[Edit]:
        degrees = float(rotation[rows[i]])
        return [Put("shape", int(rows[i]), "rotation", round(degrees % 360, 6))] if np.isfinite(degrees) else []

    def stilled(i: int) -> list[Edit]:
        return [Put("shape", int(idle[i]), "rotation", 0)]

    message = "rotation is {rotation:g}, expected 0 to 360 degrees"
    yield ctx.at("shape", rows, message, lossless("take off full turns", turned), rotation=rotation[rows])
    yield ctx.at(
        "shape", idle, "{what} does not turn, rotation is {rotation:g}", lossless("put it to 0", stilled),
        what=ctx.type_words(idle), rotation=rotation[idle], severity=WARNING,
    )  # fmt: skip


@rule("GEO022", "ellipse-given-as-box", ERROR, upload=WARNING, proof="annos-img/ellipse")
def ellipse_given_as_box(ctx: Context) -> Found:
    """The points of an ellipse give it a negative radius: they look like the corners of a box.

    Why: CVAT's ellipse is centre x, centre y, right x, top y. The server stores any four numbers, and draws another
        ellipse than was meant.
    Bad:
        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [20, 10, 80, 50]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [80, 50, 20, 10]}]}
    Good:
        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [50, 30, 80, 10]}]}
    Fix: lossy: the numbers are read as the corners of its box.
    Source: annos-img/ellipse (negative radius accepted, kept as sent)
    """
    points = ctx.shapes.boxes()
    rx, ry = points[:, 2] - points[:, 0], points[:, 1] - points[:, 3]
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(ctx.are(ELLIPSE) & ctx.once(measurable) & ((rx < 0) | (ry < 0)))

    def edits(i: int) -> list[Edit]:
        left, top, right, bottom = order_corners(points[rows[i]][None])[0].tolist()
        return [Put("shape", int(rows[i]), "points", [(left + right) / 2, (top + bottom) / 2, right, top])]

    message = "radii are {rx:g} and {ry:g}: expected centre x, centre y, right x, top y"
    return ctx.at("shape", rows, message, lossy("read the numbers as a box", edits), rx=rx[rows], ry=ry[rows])


@rule("GEO023", "twisted-cuboid", WARNING, proof="annos-img/cuboid")
def twisted_cuboid(ctx: Context) -> Found:
    """The corners of a cuboid are not in CVAT's order, or a face of it has no size.

    Why: the server stores any 16 numbers; the editor draws edges across the object and cannot resize it. The order is
        front left top, front left bottom, front right top, front right bottom, then back RIGHT and back LEFT.
    Bad:
        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 20, 10, 40, 50, 20, 50, 40, 20, 10, 20, 30, 60, 10, 60, 30]}]}

        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 40, 10, 20, 50, 20, 50, 40, 60, 10, 60, 30, 20, 10, 20, 30]}]}
    Good:
        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 20, 10, 40, 50, 20, 50, 40, 60, 10, 60, 30, 20, 10, 20, 30]}]}
    Source: annos-img/cuboid (any 16 numbers are accepted)
    """
    rows = np.flatnonzero(ctx.are(CUBOID) & ctx.once(measurable) & ~ctx.once(flat_3d))
    points = ctx.ring(rows)[0].reshape(-1, 8, 2)
    rows, points = _flat(rows, points)
    upside = (points[:, 0::2, 1] > points[:, 1::2, 1]).any(axis=1)
    mirrored = (points[:, 0, 0] < points[:, 2, 0]) != (points[:, 6, 0] < points[:, 4, 0])
    bad = np.flatnonzero(upside | mirrored)
    words = ("a bottom corner is above its top corner", "left and right change places at the back")
    what = np.where(np.asarray(upside)[bad], *words)
    return ctx.at("shape", rows[bad], "{what}", what=what)


def _flat(rows: Ints, points: Floats) -> tuple[Ints, Floats]:
    """Without 3D cuboids (GEO029) and those of no size (GEO008)."""
    kept = (points.reshape(-1, 16)[:, 9:] != 0).any(axis=1) & (np.ptp(points, axis=1) > 0).all(axis=1)
    return rows[kept], points[kept]
