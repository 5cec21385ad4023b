"""Axis-aligned and rotated boxes: orders of numbers, clipping, areas, overlaps, corners.

    xyxy    x1 y1 x2 y2          CVAT's rectangle, VOC
    xywh    x1 y1 width height   COCO, MOT
    cxcywh  centre, width, height; suffix n = divided by the frame's width and height (YOLO)

CVAT's rotation is in degrees clockwise on screen (y down) about the centre of the box; the points are those of the
unrotated box.  10 20 50 40 at 90 degrees has its corners (top left first) at 40 10, 40 50, 20 50, 20 10.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Bools, Floats, Ints, segment_max, segment_min


def xyxy_to_xywh(boxes: Array) -> Floats:
    """Corner boxes (n, 4) -> left, top, width, height (n, 4); swapped corners give negative sizes."""
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1, dtype=np.float64)


def xywh_to_xyxy(boxes: Array) -> Floats:
    """Left, top, width, height (n, 4) -> corner boxes (n, 4)."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1, dtype=np.float64)


def xyxy_to_cxcywh(boxes: Array) -> Floats:
    """Corner boxes (n, 4) -> centre x, centre y, width, height (n, 4), px."""
    return np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1, dtype=np.float64)


def cxcywh_to_xyxy(boxes: Array) -> Floats:
    """Centre x, centre y, width, height (n, 4) -> corner boxes (n, 4)."""
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1, dtype=np.float64)


def xyxy_to_cxcywhn(boxes: Array, sizes: Array) -> Floats:
    """Corner boxes in px -> centre boxes, 0..1 of the frame (not clipped).

    boxes: (n, 4) x1 y1 x2 y2, y down.  sizes: (n, 2) width, height in px, > 0.  Returns (n, 4) float64.
    Source: https://docs.ultralytics.com/datasets/detect/
    """
    return xyxy_to_cxcywh(boxes) / _both(sizes)


def cxcywhn_to_xyxy(boxes: Array, sizes: Array) -> Floats:
    """Centre boxes, 0..1 of the frame -> corner boxes in px.  boxes (n, 4), sizes (n, 2) width, height."""
    return cxcywh_to_xyxy(boxes) * _both(sizes)


def xyxy_to_xyxyn(boxes: Array, sizes: Array) -> Floats:
    """Corner boxes in px -> corner boxes, 0..1 of the frame.  boxes (n, 4), sizes (n, 2) width, height > 0."""
    return np.asarray(boxes / _both(sizes), np.float64)


def xyxyn_to_xyxy(boxes: Array, sizes: Array) -> Floats:
    """Corner boxes, 0..1 of the frame -> corner boxes in px.  boxes (n, 4), sizes (n, 2) width, height."""
    return np.asarray(boxes * _both(sizes), np.float64)


def order_corners(boxes: Array) -> Floats:
    """Corner boxes with x1 <= x2 and y1 <= y2; swapped corners are put right."""
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    return np.concatenate([low, high], axis=1, dtype=np.float64)


def clip_boxes(boxes: Array, sizes: Array) -> Floats:
    """Corner boxes cut at the border of the frame; a box wholly outside becomes a line or point on the border.

    boxes: (n, 4) xyxy px.  sizes: (n, 2) or (2,) width, height.  Returns (n, 4) float64; NaN stays NaN.
    """
    return np.asarray(np.clip(boxes, 0.0, _both(sizes)), np.float64)


def box_areas(boxes: Array) -> Floats:
    """Width times height of corner boxes (n, 4); 0 where the corners are swapped."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float64)


def pair_ious(first: Array, second: Array) -> Floats:
    """Intersection over union, row with row.  (n, 4) and (n, 4) xyxy -> (n,); 0 where both areas are 0."""
    return _ious(first, second, box_areas(first), box_areas(second))


def iou_matrix(first: Array, second: Array) -> Floats:
    """Intersection over union, each with each.  (n, 4) and (m, 4) xyxy -> (n, m); 0 where both areas are 0."""
    return _ious(first[:, None], second[None], box_areas(first)[:, None], box_areas(second)[None])


def rotated_corners(boxes: Array, rotations: Array) -> Floats:
    """The four corners of rotated boxes, in the order TL, TR, BR, BL of the unrotated box.

    boxes: (n, 4) xyxy of the unrotated box.  rotations: (n,) degrees clockwise on screen about the centre.
    Returns (n, 4, 2) float64; multiples of 90 degrees are exact, 0 gives the box's own numbers.
    """
    offsets = boxes[:, _CORNERS].reshape(-1, 4, 2) - _centres(boxes)[:, None]
    cosines, sines = unit_circle(rotations)
    x, y = offsets[..., 0], offsets[..., 1]
    turned = np.stack([x * cosines[:, None] - y * sines[:, None], x * sines[:, None] + y * cosines[:, None]], axis=-1)
    corners = turned + _centres(boxes)[:, None]
    upright = np.mod(rotations, 360.0) == 0
    return np.where(upright[:, None, None], boxes[:, _CORNERS].reshape(-1, 4, 2), corners)


def corners_to_boxes(corners: Array) -> tuple[Floats, Floats]:
    """The inverse of `rotated_corners`: corners TL, TR, BR, BL (n, 4, 2) -> xyxy (n, 4), rotation (n,) in [0, 360).

    The longer side gives the angle, so no angle is guessed and width and height never swap.  Corners that run
    counterclockwise on screen are read as TL, BL, BR, TR.  Of four points that are no rectangle, the mean of
    opposite sides counts.
    """
    mirrored = are_mirrored(corners)[:, None, None]
    corners = np.where(mirrored, corners[:, [0, 3, 2, 1]], corners).astype(np.float64)
    across = (corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]) / 2
    down = (corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1]) / 2
    width, height = np.hypot(*across.T), np.hypot(*down.T)
    side = np.where((width >= height)[:, None], across, np.stack([down[:, 1], -down[:, 0]], axis=1))
    rotations = np.mod(np.degrees(np.arctan2(side[:, 1], side[:, 0])), 360.0)
    rotations[rotations == 360.0] = 0.0
    boxes = cxcywh_to_xyxy(np.column_stack([corners.mean(axis=1), width, height]))
    upright = (rotations == 0) & (across[:, 1] == 0) & (down[:, 0] == 0)
    return np.where(upright[:, None], corners[:, [0, 2]].reshape(-1, 4), boxes), rotations


def rectangles_of(corners: Array) -> tuple[Floats, Floats, Bools]:
    """Boxes and rotations of four corners each, (n, 4, 2) in pixels, and which are rectangles, either way round."""
    with np.errstate(over="ignore", invalid="ignore"):  # what is too far is no rectangle
        boxes, rotation = corners_to_boxes(corners)
        apart = np.abs(rotated_corners(boxes, rotation)[:, None] - corners[:, _ORDERS]).max(axis=(2, 3)).min(axis=1)
        sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
        return boxes, rotation, apart <= np.maximum(1.0, _SKEW * sides)


def are_mirrored(corners: Array) -> Bools:
    """Whether corners (n, 4, 2) run counterclockwise on screen."""
    reach = np.square(corners[:, [1, 3]] - corners[:, :1]).sum(axis=2).max(axis=1, initial=0)
    turns = _cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
    return np.asarray(turns < -_FLAT * reach)


def rotated_bounds(boxes: Array, rotations: Array) -> Floats:
    """The upright box round each rotated box.  boxes (n, 4) xyxy, rotations (n,) degrees -> (n, 4) xyxy."""
    corners = rotated_corners(boxes, rotations)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def hull_boxes(values: Array, offsets: Ints) -> Floats:
    """The upright box round the points of each row.

    values, offsets: ragged x0 y0 x1 y1 ...; every row of even length.  Returns (n, 4) xyxy, NaN for an empty row.
    Raises: ValueError for a row of odd length.
    """
    points, ends = point_pairs(values, offsets)
    return np.concatenate([segment_min(points, ends), segment_max(points, ends)], axis=1)


def point_pairs(values: Array, offsets: Ints) -> tuple[Floats, Ints]:
    """Ragged x0 y0 x1 y1 ... -> points (m, 2) and their offsets.  Raises: ValueError for a row of odd length."""
    odd = np.flatnonzero(offsets & 1)
    if len(odd):
        raise ValueError(f"row {odd[0] - 1}: an odd number of coordinates, expected x and y of each point")
    return np.asarray(values[: offsets[-1]], np.float64).reshape(-1, 2), offsets // 2


def are_turned(rotation: Array) -> Bools:
    """Whether each of some rotations, degrees, is other than a whole number of turns; what is not finite is.  (n,)"""
    turned = np.asarray(rotation != 0)  # of most nothing else is asked: a remainder takes 35 ns
    rows = np.flatnonzero(turned)
    with np.errstate(invalid="ignore"):
        turned[rows] = rotation[rows] % 360 != 0
    return turned


def unit_circle(rotations: Array) -> tuple[Floats, Floats]:
    """Cosine and sine of degrees (n,), exact at multiples of 90; NaN for what is not finite."""
    turns = np.mod(np.asarray(rotations, np.float64), 360.0)
    quarter = np.rint(turns / 90.0)
    remainder = np.radians(turns - 90.0 * quarter)
    cosine, sine = np.cos(remainder), np.sin(remainder)
    choices = np.where(np.isfinite(quarter), quarter, 0).astype(np.int64) % 4
    return np.choose(choices, [cosine, -sine, -cosine, sine]), np.choose(choices, [sine, cosine, -sine, -cosine])


_FLAT = 1e-9  # a turn by less than this, radians, is none: rounding may turn the corners of a line either way
_ORDERS = np.array([[0, 1, 2, 3], [0, 3, 2, 1]])  # of corners, either way round
_SKEW = 0.01  # of the longer side, or a pixel: corners that are further off are those of no rectangle
_CORNERS = [0, 1, 2, 1, 2, 3, 0, 3]


def _both(sizes: Array) -> Floats:
    return np.concatenate([sizes, sizes], axis=-1, dtype=np.float64)


def _centres(boxes: Array) -> Floats:
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2, np.float64)


def _cross(first: Array, second: Array) -> Floats:
    return np.asarray(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0], np.float64)


def _ious(first: Array, second: Array, first_area: Array, second_area: Array) -> Floats:
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    union = first_area + second_area - shared
    ious: Floats = np.divide(shared, union, out=np.zeros_like(union), where=union > 0)
    return ious
