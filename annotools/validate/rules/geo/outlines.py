"""The outlines of polygons and polylines as a whole: crossing, without area, closed twice, too fine.

A polygon of CVAT is an open ring: the last point is joined to the first without being repeated.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.polygons import are_closed, reversed_points, simplified, validity_reasons
from annotools.geometry.ragged import take, to_arrays
from annotools.geometry.untangling import largest_parts
from annotools.model import POLYGON, POLYLINE
from annotools.model.tables import Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.registry import rule
from annotools.validate.rules.geo._derived import flat, rings, simple
from annotools.validate.rules.geo._nesting import nested

_AT_ONCE = 512  # values of outlines of which the simple parts are made at once


def _points(ctx: Context, row: int) -> Floats:
    return ctx.shapes.points(row).reshape(-1, 2)


@rule("GEO010", "self-intersection", WARNING, proof="annos-img/polygon-self-intersecting")
def self_intersection(ctx: Context) -> Found:
    """The outline of a polygon crosses or touches itself.

    Why: the server stores it; what is inside then depends on who paints it, and shapely, PostGIS and many trainers
        refuse it.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 40, 60, 10, 10, 45]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 60, 60, 10, 10, 60]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10, 45]}]}
    Fix: lossy: the largest simple part of it is kept, unless the outline crosses itself at every turn.
    Source: annos-img/polygon-self-intersecting (accepted, kept as sent)
    """
    known = ctx.once(rings)
    bad = np.flatnonzero(~ctx.once(simple) & ~ctx.once(flat))
    values, offsets = take(known.values, known.offsets, bad)
    reasons = validity_reasons(values, offsets)
    rows, parts = known.rows[bad], _LargestParts(values, offsets)

    def edits(i: int) -> list[Edit]:
        points = parts(i)
        return [] if points is None else [Put("shape", int(rows[i]), "points", points)]

    places = [reason.partition("[")[2].rstrip("]") or reason for reason in reasons]
    message = "the outline meets itself at {place}"
    return ctx.at("shape", rows, message, lossy("keep the largest simple part", edits), place=places)


class _LargestParts:
    """The largest simple part of each of some outlines, made of many at once and kept: each report asks for them.

    values, offsets: of the outlines.
    """

    def __init__(self, values: Floats, offsets: Ints) -> None:
        self._outlines = to_arrays(values, offsets)
        self._group = offsets[:-1] // _AT_ONCE
        self._made: dict[int, tuple[int, list[Floats | None]]] = {}

    def __call__(self, index: int) -> list[float] | None:
        """The points of one, None where there is no simple part."""
        group = int(self._group[index])
        if group not in self._made:
            first, stop = (int(np.searchsorted(self._group, group, side)) for side in ("left", "right"))
            outlines = [outline.reshape(-1, 2) for outline in self._outlines[first:stop]]
            self._made[group] = first, largest_parts(outlines)
        first, parts = self._made[group]
        part = parts[index - first]
        return None if part is None else part.reshape(-1).tolist()


@rule(
    "GEO011", "polygon-without-area", ERROR, upload=WARNING, coco=ERROR,
    proof="annos-img/polygon-degenerate-same-points",
)  # fmt: skip
def polygon_without_area(ctx: Context) -> Found:
    """All points of a polygon lie on a line, or are one point.

    Why: the server stores it; nothing is painted of it, and COCO exports and what reads them fail on an area of 0.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 30, 30, 60, 60]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 10, 10, 10, 10]}]}

        {"tracks": [{"label_id": 3, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 10, 30, 10, 60]}]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 30, 35, 60, 60]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 60, 60, 10, 10, 60]}]}
    Fix: lossy: the polygon is dropped.
    Source: annos-img/polygon-degenerate-same-points (accepted, kept as sent)
    """
    known = ctx.once(rings)
    rows = known.rows[ctx.once(flat)]

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))] if ctx.plain[rows[i]] else []

    message = "a polygon of {points} points has no area"
    return ctx.at("shape", rows, message, lossy("drop it", edits), points=ctx.counts[rows] // 2)


@rule("GEO013", "closed-ring", WARNING, proof="annos-img/polygon-closed-ring-first-last")
def closed_ring(ctx: Context) -> Found:
    """The last point of a polygon repeats the first.

    Why: CVAT's rings are open, so the server stores one point more than was meant and the editor shows two points in
        one place.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10, 10]}]}

        {"tracks": [{"label_id": 3, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10, 40, 10, 10]}]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40]}]}
    Fix: lossless: the last point is taken away.
    Source: annos-img/polygon-closed-ring-first-last (accepted, kept as sent)
    """
    known = ctx.once(rings)
    enough = np.diff(known.offsets) >= 8
    rows = known.rows[are_closed(known.values, known.offsets) & enough & ~ctx.once(flat)]

    def edits(i: int) -> list[Edit]:
        return [Put("shape", int(rows[i]), "points", ctx.shapes.points(int(rows[i]))[:-2].tolist())]

    return ctx.at("shape", rows, "the last point repeats the first", lossless("take the last point away", edits))


@rule("GEO014", "counterclockwise-ring", INFO, upload=OFF, proof="spec: the direction of rings has no meaning in CVAT")
def counterclockwise_ring(ctx: Context) -> Found:
    """The points of a polygon run counterclockwise on screen.

    Why: CVAT does not mind; formats that tell holes from outlines by their direction do.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 10, 40, 60, 40]}]}

        {"tracks": [{"label_id": 3, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 10, 40, 60, 40]},
            {"type": "polygon", "frame": 4, "points": [20, 10, 70, 40, 20, 40]}]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 40, 10, 40]}]}
    Fix: lossless: the points are put in the other order.
    Source: spec: GeoJSON and shapefiles give the direction of rings a meaning, CVAT and COCO do not
    """
    known = ctx.once(rings)
    rows = known.rows[(known.signed < 0) & ~ctx.once(flat)]

    def edits(i: int) -> list[Edit]:
        points = ctx.shapes.points(int(rows[i]))
        return [Put("shape", int(rows[i]), "points", reversed_points(points, np.array([0, len(points)])).tolist())]

    fix = lossless("put the points in the other order", edits)
    return ctx.at("shape", rows, "the outline runs counterclockwise on screen", fix)


@rule("GEO015", "too-many-points", WARNING, proof="source: the number of points has no upper limit")
def too_many_points(ctx: Context, points: float = 5000) -> Found:
    """A polygon or polyline has very many points.

    Why: the server stores them all; the editor becomes slow with such a shape and can hardly edit it.
    Bad:
        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [<10, 20, *5001>60, 40]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, <60, 10, *5000>60, 40]}]}
    Good:
        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Options: points: most points of a shape.
    Fix: lossy: points that stray less than half a pixel from the line are left out.
    Source: source: CVAT's serializers.py knows no upper limit
    """
    rows = np.flatnonzero(ctx.are(POLYGON, POLYLINE) & ctx.sound & (ctx.counts > 2 * points))

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        simple = simplified(_points(ctx, row), 0.5, bool(ctx.shapes.type[row] == POLYGON))
        return [] if simple is None else [Put("shape", row, "points", simple.reshape(-1).tolist())]

    message = "{count} points, at most {points:g} are wanted"
    return ctx.at("shape", rows, message, lossy("simplify it", edits), count=ctx.counts[rows] // 2, points=points)


@rule("GEO028", "hole-as-second-polygon", WARNING, upload=INFO, proof="spec: polygons of CVAT have no holes")
def hole_as_second_polygon(ctx: Context) -> Found:
    """A polygon lies within another of the same label, runs the other way round and is in no group with it.

    Why: CVAT's polygons have no holes; an importer that splits rings makes a second object of every hole, which is
        then painted instead of cut out.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 90, 10, 90, 90, 10, 90]},
                    {"type": "polygon", "label_id": 3, "frame": 0, "points": [40, 40, 40, 60, 60, 60, 60, 40]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [40, 40, 40, 60, 60, 60, 60, 40]},
                    {"type": "polygon", "label_id": 3, "frame": 0, "points": [70, 40, 70, 60, 85, 60, 85, 40]},
                    {"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 90, 10, 90, 90, 10, 90]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 90, 10, 90, 90, 10, 90],
                     "group": 1},
                    {"type": "polygon", "label_id": 3, "frame": 0, "points": [40, 40, 40, 60, 60, 60, 60, 40],
                     "group": 1}]}
    Source: spec: CVAT's documentation of polygons
    """
    known = ctx.once(rings)
    shapes = ctx.shapes
    apart = ctx.plain[known.rows] & (shapes.group[known.rows] == 0) & ~ctx.once(flat)
    holes = np.flatnonzero(apart & (known.signed < 0))
    outer = np.flatnonzero(apart & (known.signed > 0))
    inner, around = nested(ctx, holes, outer)
    message = "a ring within another of this label that runs the other way round: a hole?"
    return ctx.at("shape", inner, message, related=around)
