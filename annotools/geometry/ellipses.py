"""Ellipses: CVAT's four numbers, the box round them, polygons and masks.

    points      cx, cy, right x, top y      50 40 80 25     the API; right = cx + rx, top = cy - ry
    cxcyrxry    centre and radii            50 40 30 15     CVAT XML

The rotation is in degrees clockwise on screen (y down) about the centre.  A mask holds the pixels whose centres lie
inside; `raster="opencv"` gives the pixels of CVAT's own exports instead.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from annotools.errors import LimitError, Problem
from annotools.geometry.boxes import unit_circle
from annotools.geometry.ellipses_opencv import Patch, opencv_ellipse
from annotools.geometry.ragged import (
    Array,
    Floats,
    Ints,
    Ragged,
    concat,
    expand_ranges,
    offsets_of,
    place_in_row,
    row_of_value,
)
from annotools.geometry.rle import mask_to_cvat_rle
from annotools.geometry.rle_faults import Fault, demand
from annotools.geometry.spans import Spans, clip_spans, spans_to_cvat_rle

Raster = Literal["true", "opencv"]

_LIMIT = 1e9
_LINES = 1 << 25  # lines of pixels of one ellipse that are painted


def points_to_cxcyrxry(points: Array) -> Floats:
    """cx, cy, right x, top y (n, 4) -> cx, cy, rx, ry (n, 4); a radius is negative where the points are swapped."""
    return np.column_stack([points[:, :2], points[:, 2] - points[:, 0], points[:, 1] - points[:, 3]]).astype(np.float64)


def cxcyrxry_to_points(ellipses: Array) -> Floats:
    """cx, cy, rx, ry (n, 4) -> cx, cy, right x, top y (n, 4)."""
    right, top = ellipses[:, 0] + ellipses[:, 2], ellipses[:, 1] - ellipses[:, 3]
    return np.column_stack([ellipses[:, :2], right, top]).astype(np.float64)


def ellipse_bounds(points: Array, rotations: Array) -> Floats:
    """The upright box that the rotated ellipse touches.

    points: (n, 4) cx, cy, right x, top y.  rotations: (n,) degrees.  Returns (n, 4) xyxy.
    """
    radii = points_to_cxcyrxry(points)[:, 2:]
    cosine, sine = unit_circle(rotations)
    half = np.column_stack(
        [np.hypot(radii[:, 0] * cosine, radii[:, 1] * sine), np.hypot(radii[:, 0] * sine, radii[:, 1] * cosine)]
    )
    return np.concatenate([points[:, :2] - half, points[:, :2] + half], axis=1)


def ellipses_to_polygons(points: Array, rotations: Array, tolerance: float = 0.25) -> Ragged:
    """Polygons through points of the outline, none of whose sides is further than `tolerance` px from it.

    points: (n, 4) cx, cy, right x, top y.  rotations: (n,) degrees.  tolerance: px, > 0.
    Returns ragged x0 y0 x1 y1 ..., from the rightmost point of the unrotated ellipse clockwise on screen; a multiple
    of four corners, 8 to 4096.
    """
    ellipses = points_to_cxcyrxry(points)
    ends = offsets_of(_corner_counts(np.abs(ellipses[:, 2:]).max(axis=1, initial=0.0), tolerance))
    row = row_of_value(ends)
    along, across = unit_circle(place_in_row(ends) * 360.0 / np.diff(ends)[row])
    along, across = along * ellipses[row, 2], across * ellipses[row, 3]
    cosine, sine = (part[row] for part in unit_circle(rotations))
    x = ellipses[row, 0] + along * cosine - across * sine
    y = ellipses[row, 1] + along * sine + across * cosine
    return np.stack([x, y], axis=1).reshape(-1), ends * 2


def ellipses_to_cvat_rle(points: Array, rotations: Array, sizes: Array, raster: Raster = "true") -> Ragged:
    """Masks of ellipses, cut at the border of the frame, as tight cvat_rles.

    points: (n, 4) cx, cy, right x, top y.  rotations: (n,) degrees.  sizes: (n, 2) or (2,) width, height.
    raster: "true" for the pixels whose centres lie inside, "opencv" for those that CVAT exports.
    Raises: ValueError naming the row for what `check_ellipses` finds; LimitError for one over far more lines than a
    picture has.
    """
    demand(check_ellipses(points, rotations))
    sizes = np.broadcast_to(np.asarray(sizes, np.int64), (len(points), 2))
    _demand_few(ellipse_bounds(points, rotations), sizes, raster)
    if raster == "opencv":
        return _opencv_rles(points, rotations, sizes)
    return spans_to_cvat_rle(_spans(points, np.asarray(rotations), sizes), len(points))


def _demand_few(bounds: Floats, sizes: Ints, raster: Raster) -> None:
    """Raises: LimitError for an ellipse of far more lines than a picture has, or of pixels where each is painted."""
    reach = np.minimum(bounds[:, 2:], sizes) - np.maximum(bounds[:, :2], 0)
    many = np.maximum(reach, 0)[:, 1] if raster == "true" else np.maximum(reach, 0).prod(axis=1) / 16
    if (many > _LINES).any():
        raise LimitError(Problem("an ellipse is too large to be painted", expected=f"at most {_LINES:,} lines"))


def check_ellipses(points: Array, rotations: Array) -> list[Fault]:
    """The ellipses that cannot be painted: a number that is not finite or 1e9 and more."""
    fine = (np.abs(np.column_stack([points, rotations])) < _LIMIT).all(axis=1)
    return [(row, "a coordinate or rotation is not below 1e9 px") for row in np.flatnonzero(~fine).tolist()]


def opencv_patch(points: Array, rotation: float, size: tuple[int, int]) -> Patch:
    """One ellipse as CVAT's export paints it: left, top and the (h, w) bool picture.

    CVAT rounds the ellipse's box to 2 decimals, then centre and radii to whole pixels, half to even.
    """
    cx, cy, rx, ry = points_to_cxcyrxry(points[None])[0]
    x1, y1, x2, y2 = np.around([cx - rx, cy - ry, cx + rx, cy + ry], 2).tolist()
    center = round((x1 + x2) / 2), round((y1 + y2) / 2)
    return opencv_ellipse(center, (abs(round((x2 - x1) / 2)), abs(round((y2 - y1) / 2))), rotation, size)


def _corner_counts(radius: Floats, tolerance: float) -> Ints:
    # the sagitta of a chord of the larger circle: r (1 - cos(pi / k)) <= tolerance
    cosine = np.clip(1 - tolerance / np.maximum(radius, tolerance), -1, 1 - 1e-12)
    sides = np.ceil(np.pi / np.arccos(cosine) / 4) * 4
    return np.asarray(np.clip(sides, 8, 4096), np.int64)


def _spans(points: Array, rotations: Array, sizes: Ints) -> Spans:
    """The pixels of each line whose centres lie inside, from the two roots of the ellipse's equation."""
    cx, cy, rx, ry = points_to_cxcyrxry(points).T
    cosine, sine = unit_circle(rotations)
    bounds = ellipse_bounds(points, rotations)
    first = np.clip(np.ceil(bounds[:, 1] - 0.5), 0, sizes[:, 1]).astype(np.int64)
    last = np.clip(np.floor(bounds[:, 3] - 0.5) + 1, first, sizes[:, 1]).astype(np.int64)
    last = np.where((rx == 0) | (ry == 0), first, last)  # without area no centre lies inside
    row, y = np.repeat(np.arange(len(points)), last - first), expand_ranges(first, last - first)
    square = (rx * sine) ** 2 + (ry * cosine) ** 2
    dy = y + 0.5 - cy[row]
    middle = cx[row] + dy * (sine * cosine * (rx**2 - ry**2) / np.where(square > 0, square, 1))[row]
    room = np.sqrt(np.maximum(square[row] - dy**2, 0.0))
    half = room * np.abs(rx * ry / np.where(square > 0, square, 1))[row]
    start, stop = np.ceil(middle - half - 0.5), np.floor(middle + half - 0.5) + 1
    return clip_spans(Spans(row, y, start.astype(np.int64), stop.astype(np.int64)), sizes)


def _opencv_rles(points: Array, rotations: Array, sizes: Ints) -> Ragged:
    rows = []
    for ellipse, rotation, size in zip(np.asarray(points), np.asarray(rotations).tolist(), sizes.tolist(), strict=True):
        left, top, picture = opencv_patch(ellipse, rotation, (size[0], size[1]))
        rle = mask_to_cvat_rle(picture, left, top)
        rows.append((rle, np.array([0, len(rle)])))
    return concat(rows)
