"""Single points of outlines: repeated, too close, spikes, and numbers with noise behind the point."""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import segment_max
from annotools.model import MASK, POLYGON, POLYLINE
from annotools.model.tables import Bools, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.registry import rule
from annotools.validate.rules.geo._derived import areas, measurable, steps


def _counted(rows: Ints) -> tuple[Ints, Ints, Ints]:
    """The different rows, where each begins, and how often it is there; rows ascend."""
    different, first, counts = np.unique(rows, return_index=True, return_counts=True)
    return different, first, counts


def _least(ctx: Context, row: int) -> int:
    return 6 if ctx.shapes.type[row] == POLYGON else 4


@rule("GEO012", "repeated-point", WARNING, proof="annos-img/polygon-degenerate-same-points")
def repeated_point(ctx: Context) -> Found:
    """A point of an outline stands twice in a row.

    Why: the server stores it; sides without length make some tools fail, and the editor shows two points in one place.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 10, 60, 40]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 10, 10, 60, 40]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 10, 10]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40]}]}
    Fix: lossless: the point is said once.
    Source: annos-img/polygon-degenerate-same-points (accepted, kept as sent)
    """
    known = ctx.once(steps)
    row, point = known.homes(known.still)
    flat = ctx.are(POLYGON) & ~(np.nan_to_num(ctx.once(areas)) > 0)  # reported as a whole
    counted = ~flat[row]
    rows, first, counts = _counted(row[counted])

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        points = ctx.shapes.points(row).reshape(-1, 2)
        kept = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
        return [Put("shape", row, "points", kept.reshape(-1).tolist())] if kept.size >= _least(ctx, row) else []

    message = "{count} points repeat the one before, the first is point {place}"
    fix = lossless("say each point once", edits)
    return ctx.at("shape", rows, message, fix, count=counts, place=point[counted][first] + 1)


@rule("GEO016", "crowded-points", INFO, upload=OFF, proof="source: the number of points has no upper limit")
def crowded_points(ctx: Context, pixels: float = 0.5) -> Found:
    """Points of an outline are closer than half a pixel.

    Why: nothing breaks; such points make files and the editor slow without saying anything.
    Bad:
        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 10.2, 10.1, 60, 40]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 10.2, 10.1, 60, 10, 60, 40]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 10.2, 10.1]}]}
    Good:
        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 11, 10.1, 60, 40]}]}
    Options: pixels: the least distance.
    Fix: lossy: points closer to the one before are left out.
    Source: source: CVAT's serializers.py knows no limit
    """
    known = ctx.once(steps)
    row, point = known.homes(np.flatnonzero((known.length > 0) & (known.length < pixels)))
    rows, first, counts = _counted(row)

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        kept = _spread(ctx.shapes.points(row).reshape(-1, 2), pixels)
        return [Put("shape", row, "points", kept)] if len(kept) >= _least(ctx, row) else []

    message = "{count} points are closer than {pixels:g} px to the one before, the first is point {place}"
    fix = lossy("leave them out", edits)
    return ctx.at("shape", rows, message, fix, count=counts, pixels=pixels, place=point[first] + 1)


def _spread(points: Floats, pixels: float) -> list[float]:
    kept = [points[0]]
    kept += [point for point in points[1:] if np.hypot(*(point - kept[-1])) >= pixels]
    return [float(value) for value in np.concatenate(kept)]


@rule("GEO017", "spike", INFO, upload=OFF, proof="source: shapes of outlines are not checked")
def spike(ctx: Context, degrees: float = 1.0, pixels: float = 5.0) -> Found:
    """An outline goes out to a point and straight back.

    Why: nothing breaks; mostly it is a slip of the mouse, or two points that changed places.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0,
                     "points": [10, 10, 60, 10, 60, 40, 150, 40.2, 60, 40.4, 10, 60]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 100, 10, 10, 10.2, 10, 60]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10, 60]}]}
    Options: degrees: the angle below which a corner is a spike. pixels: the least length of both of its sides.
    Fix: lossy: the point is left out.
    Source: source: CVAT's serializers.py looks at no angle
    """
    rows = np.flatnonzero(ctx.are(POLYGON, POLYLINE) & ctx.once(measurable) & (ctx.counts >= 8))
    values, offsets = ctx.ring(rows)
    points, ends = values.reshape(-1, 2), offsets // 2
    row = np.repeat(np.arange(len(rows)), np.diff(ends))
    sharp = np.flatnonzero(_sharp(points, row, degrees, pixels)) + 1
    shape, first = np.unique(row[sharp], return_index=True)
    point = sharp[first] - ends[:-1][shape]

    def edits(i: int) -> list[Edit]:
        without = np.delete(ctx.shapes.points(int(rows[shape[i]])).reshape(-1, 2), point[i], axis=0)
        return [Put("shape", int(rows[shape[i]]), "points", without.reshape(-1).tolist())]

    message = "point {place} is a spike"
    return ctx.at("shape", rows[shape], message, lossy("leave the point out", edits), place=point)


def _sharp(points: Floats, row: Ints, degrees: float, pixels: float) -> Bools:
    """For each point but the first and last of all, whether the way there and the way back nearly coincide."""
    there, back = points[:-2] - points[1:-1], points[2:] - points[1:-1]
    one, other = np.hypot(*there.T), np.hypot(*back.T)
    inside = (row[:-2] == row[1:-1]) & (row[2:] == row[1:-1])
    long = (one >= pixels) & (other >= pixels)
    cosine = (there * back).sum(axis=1) / np.where(long, one * other, 1)
    return np.asarray(inside & long & (cosine > np.cos(np.radians(degrees))))


@rule("GEO006", "float-noise", INFO, upload=OFF, proof="annos-img/rectangle-many-decimals")
def float_noise(ctx: Context, decimals: float = 6) -> Found:
    """A coordinate is -0, or has digits far behind the point that no screen can show.

    Why: the server rounds nothing; such numbers come from arithmetic, make files larger and differences noisy.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [-0.0, 10, 60, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [0.30000000000000004, 10, 60, 40]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [0.3, 10, 60, 40.125]}]}
    Options: decimals: how many are no noise.
    Fix: lossless: the numbers are rounded to that many decimals, and -0 is 0.
    Source: annos-img/rectangle-many-decimals (accepted, kept as sent)
    """
    values, offsets = ctx.shapes.values, ctx.shapes.offsets
    tidy = np.round(values, int(decimals)) + 0.0
    noisy = (tidy != values) | (np.signbit(values) & (values == 0))
    rows = np.flatnonzero(segment_max(noisy, offsets, False) & ctx.once(measurable) & ~ctx.are(MASK))

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        return [Put("shape", row, "points", tidy[offsets[row] : offsets[row + 1]].tolist())]

    first = [_first_noise(noisy, values, offsets, row) for row in rows.tolist()] if len(rows) <= 1000 else "a number"
    return ctx.at("shape", rows, "{value} has noise behind the point", lossless("round it", edits), value=first)


def _first_noise(noisy: Bools, values: Floats, offsets: Ints, row: int) -> str:
    first = offsets[row] + int(np.argmax(noisy[offsets[row] : offsets[row + 1]]))
    return repr(float(values[first]))
