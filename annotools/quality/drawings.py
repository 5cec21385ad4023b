"""Objects as the pixels that they cover, each kind as the server draws it.

rectangle, ellipse     their outline, turned; an ellipse has 720 points, coordinates two decimals
polygon, mask          as they are
points, polyline       their box
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.geometry.boxes import rotated_bounds, rotated_corners, unit_circle
from annotools.geometry.ragged import Floats, Ints, take
from annotools.model import ShapeType
from annotools.model.columns import united
from annotools.quality import pixels
from annotools.quality.objects import DECIMALS, Kind, Objects
from annotools.quality.pixels import Pixels

_CORNERS = 720
_PORTION = 500  # ellipses drawn at a time: what it takes stays in the cache


def drawn(objects: Objects, rows: Ints, *, turned: bool = True) -> list[Pixels]:
    """The pixels of each row.  turned: whether rotations count; if not, ellipses are not rounded either."""
    pictures: list[Pixels] = [{}] * len(rows)
    for kind, draw in ((Kind.ELLIPSE, _ellipses), (Kind.BOX, _boxes), (Kind.REGION, _regions), (None, _hulls)):
        known = (Kind.ELLIPSE, Kind.BOX, Kind.REGION)
        mine = np.flatnonzero(~np.isin(objects.kind[rows], known) if kind is None else objects.kind[rows] == kind)
        if len(mine):
            for position, part in zip(mine.tolist(), draw(objects, rows[mine], turned), strict=True):
                pictures[position] = part
    return pictures


def similarity(objects: Objects, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Shared pixels by pixels of either, of turned boxes or ellipses, pair by pair.  frame_pair: ascending.  (n,)"""
    bounds = rotated_bounds(objects.box, objects.rotation)
    near = np.flatnonzero(pixels.meet(bounds[i], bounds[j]))
    rows = united(i[near], j[near])
    known: list[Pixels | None] = [None] * len(objects)
    for row, part in zip(rows.tolist(), drawn(objects, rows), strict=True):
        known[row] = part
    shares = np.zeros(len(i))
    shares[near] = pixels.ious(known, i[near], j[near], frame_pair[near])
    return shares


def upright(boxes: Floats, sizes: Ints) -> list[Pixels]:
    """The pixels of boxes."""
    return _closed(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]], sizes)


def _closed(corners: Floats, sizes: Ints) -> list[Pixels]:
    """The pixels of outlines of equal numbers of corners."""
    flat = corners.reshape(len(corners), -1)
    return pixels.outlines(flat.reshape(-1), np.arange(len(flat) + 1) * flat.shape[1], sizes)


def _hulls(objects: Objects, rows: Ints, turned: bool) -> list[Pixels]:
    return upright(objects.box[rows], objects.size[rows])


def _boxes(objects: Objects, rows: Ints, turned: bool) -> list[Pixels]:
    if not turned:
        return _hulls(objects, rows, turned)
    corners = np.around(rotated_corners(objects.box[rows], objects.rotation[rows]), DECIMALS)
    return _closed(corners, objects.size[rows])


def _ellipses(objects: Objects, rows: Ints, turned: bool) -> Iterator[Pixels]:
    for start in range(0, len(rows), _PORTION):
        portion = rows[start : start + _PORTION]
        rotation = objects.rotation[portion] if turned else np.zeros(len(portion))
        corners = _outline(objects.box[portion], rotation)
        yield from _closed(np.around(corners, DECIMALS) if turned else corners, objects.size[portion])


def _outline(box: Floats, rotation: Floats) -> Floats:
    """Points of the outlines of ellipses in boxes (n, 4) xyxy, turned by degrees (n,): (n, 720, 2)."""
    angle = np.linspace(0, 2 * np.pi, _CORNERS)
    radius = (box[:, 2:] - box[:, :2]) / 2
    across, down = radius[:, :1] * np.cos(angle), radius[:, 1:] * np.sin(angle)
    cosine, sine = (part[:, None] for part in unit_circle(rotation))
    centre = (box[:, :2] + box[:, 2:])[:, None] / 2
    return np.asarray(np.stack([across * cosine - down * sine, across * sine + down * cosine], axis=-1) + centre)


def _regions(objects: Objects, rows: Ints, turned: bool) -> list[Pixels]:
    new = rows[[row not in objects.pixels for row in rows.tolist()]]
    objects.pixels.update(zip(new.tolist(), _fresh(objects, new), strict=True))
    return [objects.pixels[row] for row in rows.tolist()]


def _fresh(objects: Objects, rows: Ints) -> list[Pixels]:
    """Polygons and masks."""
    mask = objects.type[rows] == ShapeType.MASK
    shapes = objects.dataset.shapes
    masks, polygons = rows[mask], rows[~mask]
    outlines = iter(pixels.outlines(*take(objects.values, objects.offsets, polygons), objects.size[polygons]))
    runs = iter(pixels.masks(*take(shapes.values, shapes.offsets, objects.row[masks]), objects.size[masks]))
    return [next(runs if is_mask else outlines) for is_mask in mask.tolist()]
