"""Objects as the pixels that they cover, each kind as the server draws it.

rectangle, ellipse     their outline, turned; an ellipse has 720 points, coordinates two decimals
polygon, mask          as they are
points, polyline       their box
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.boxes import rotated_bounds, rotated_corners, unit_circle
from annotools.geometry.ragged import Floats, Ints, take
from annotools.model import ShapeType
from annotools.model.columns import united
from annotools.quality import pixels
from annotools.quality.objects import DECIMALS, Kind, Objects
from annotools.quality.pixels import Pixels

_CORNERS = 720
_PORTION = 200  # ellipses drawn at a time: what it takes stays in the cache


def drawn(objects: Objects, rows: Ints, *, turned: bool = True) -> Pixels:
    """The pixels of each row.  turned: whether rotations count; if not, ellipses are not rounded either."""
    where, parts = [], []
    for kind, draw in ((Kind.ELLIPSE, _ellipses), (Kind.BOX, _boxes), (Kind.REGION, _regions), (None, _hulls)):
        known = (Kind.ELLIPSE, Kind.BOX, Kind.REGION)
        mine = np.flatnonzero(~np.isin(objects.kind[rows], known) if kind is None else objects.kind[rows] == kind)
        if len(mine):
            where.append(mine)
            parts.append(draw(objects, rows[mine], turned))
    return parts[0] if len(parts) == 1 else pixels.scattered(where, parts)


def similarity(objects: Objects, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Shared pixels by pixels of either, of turned boxes or ellipses, pair by pair.  frame_pair: ascending.  (n,)"""
    bounds = rotated_bounds(objects.box, objects.rotation)
    near = np.flatnonzero(pixels.meet(bounds[i], bounds[j]))
    rows = united(i[near], j[near])
    first, second = (np.searchsorted(rows, side[near]) for side in (i, j))
    shares = np.zeros(len(i))
    shares[near] = pixels.ious(drawn(objects, rows), first, second, frame_pair[near])
    return shares


def upright(boxes: Floats, sizes: Ints) -> Pixels:
    """The pixels of boxes."""
    return _closed(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]], sizes)


def _closed(corners: Floats, sizes: Ints) -> Pixels:
    """The pixels of outlines of equal numbers of corners."""
    flat = corners.reshape(len(corners), -1)
    return pixels.outlines(flat.reshape(-1), np.arange(len(flat) + 1) * flat.shape[1], sizes)


def _hulls(objects: Objects, rows: Ints, turned: bool) -> Pixels:
    return upright(objects.box[rows], objects.size[rows])


def _boxes(objects: Objects, rows: Ints, turned: bool) -> Pixels:
    if not turned:
        return _hulls(objects, rows, turned)
    corners = np.around(rotated_corners(objects.box[rows], objects.rotation[rows]), DECIMALS)
    return _closed(corners, objects.size[rows])


def _ellipses(objects: Objects, rows: Ints, turned: bool) -> Pixels:
    parts = []
    for start in range(0, len(rows), _PORTION):
        portion = rows[start : start + _PORTION]
        rotation = objects.rotation[portion] if turned else np.zeros(len(portion))
        corners = _outline(objects.box[portion], rotation)
        parts.append(_closed(np.around(corners, DECIMALS) if turned else corners, objects.size[portion]))
    return pixels.joined(parts)


def _outline(box: Floats, rotation: Floats) -> Floats:
    """Points of the outlines of ellipses in boxes (n, 4) xyxy, turned by degrees (n,): (n, 720, 2)."""
    angle = np.linspace(0, 2 * np.pi, _CORNERS)
    radius = (box[:, 2:] - box[:, :2]) / 2
    across, down = radius[:, :1] * np.cos(angle), radius[:, 1:] * np.sin(angle)
    cosine, sine = (part[:, None] for part in unit_circle(rotation))
    centre = (box[:, :2] + box[:, 2:])[:, None] / 2
    return np.asarray(np.stack([across * cosine - down * sine, across * sine + down * cosine], axis=-1) + centre)


def _regions(objects: Objects, rows: Ints, turned: bool) -> Pixels:
    every = np.flatnonzero(objects.kind == Kind.REGION)
    if Kind.REGION not in objects.drawn:
        objects.drawn[Kind.REGION] = _fresh(objects, every)
    whole: Pixels = objects.drawn[Kind.REGION]
    return whole if np.array_equal(rows, every) else whole.take(np.searchsorted(every, rows))


def _fresh(objects: Objects, rows: Ints) -> Pixels:
    """Polygons and masks."""
    mask = objects.type[rows] == ShapeType.MASK
    shapes = objects.dataset.shapes
    runs, polygons = rows[mask], rows[~mask]
    outlines = pixels.outlines(*take(objects.values, objects.offsets, polygons), objects.size[polygons])
    masks = pixels.masks(*take(shapes.values, shapes.offsets, objects.row[runs]), objects.size[runs])
    return pixels.scattered([np.flatnonzero(~mask), np.flatnonzero(mask)], [outlines, masks])
