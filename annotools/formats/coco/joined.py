"""What the CVAT server makes of the shapes of one group: one annotation, under the quirk `joined-groups`.

    box 120 x 60, polygon, mask      label and attributes of the largest, here the box; the mask becomes polygons
    mask of the leader's label       everything becomes one mask

Source: CVAT's fork of Datumaro, coco_format/converter.py (instance parts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotools.geometry.boxes import hull_boxes
from annotools.geometry.contours_opencv import cvat_rle_to_contours
from annotools.geometry.ellipses import ellipses_to_cvat_rle
from annotools.geometry.masks import polygons_to_cvat_rle, union_cvat_rle
from annotools.geometry.ragged import Ragged, concat, lengths, row_of_value, take
from annotools.geometry.raster import polygon_pixel_areas
from annotools.geometry.rle import cvat_rle_areas
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, Shapes
from annotools.model.tables import Floats, Ints

_NONE: Ragged = (np.zeros(0), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True)
class Joint:
    """polygons: objects and their parts.  mask_owner: the objects that became masks; masks: cvat_rles, one each."""

    polygons: tuple[Ints, Ragged]
    mask_owner: Ints
    masks: Ragged


def painted(shapes: Shapes, sizes: Ints) -> Shapes:
    """Ellipses as the masks that the server makes of them."""
    rows = np.flatnonzero(shapes.type == ELLIPSE)
    if not len(rows):
        return shapes
    masks = ellipses_to_cvat_rle(shapes.boxes()[rows], shapes.rotation[rows], sizes[rows], "opencv")
    source = np.arange(len(shapes))
    source[rows] = len(shapes) + np.arange(len(rows))
    types = np.where(shapes.type == ELLIPSE, int(MASK), shapes.type)
    return shapes.with_points(*take(*concat([(shapes.values, shapes.offsets), masks]), source)).replace(type=types)


def leaders(shapes: Shapes, ends: Ints) -> Ints:
    """The largest row of each object, the first of equals."""
    leader = ends[:-1].copy()
    several = np.flatnonzero(lengths(ends) > 1)
    if len(several):
        owner = row_of_value(ends)
        rows = np.flatnonzero(lengths(ends)[owner] > 1)
        order = np.lexsort((rows, -_own_areas(shapes.take(rows)), owner[rows]))
        first = np.searchsorted(owner[rows][order], several)
        leader[several] = rows[order][first]
    return leader


def _own_areas(shapes: Shapes) -> Floats:
    """The area of each row by itself; a polygon is painted on a frame that ends where it does."""
    areas = np.zeros(len(shapes))
    box, polygon, mask = (shapes.type == kind for kind in (RECTANGLE, POLYGON, MASK))
    corners = shapes.boxes()[box]
    areas[box] = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    if polygon.any():
        points = take(shapes.values, shapes.offsets, polygon)
        areas[polygon] = polygon_pixel_areas(*points, np.maximum(hull_boxes(*points)[:, 2:].astype(np.int64), 0))
    if mask.any():
        areas[mask] = cvat_rle_areas(*take(shapes.values, shapes.offsets, mask))
    return areas


def segmentations(shapes: Shapes, sizes: Ints, ends: Ints, leader: Ints, mixed: Ints) -> Joint:
    """The segmentations of the objects `mixed`, which have masks beside other rows."""
    owners: list[int] = []
    polygons, masks, mask_owner = [_NONE], [_NONE], []
    for number in mixed.tolist():
        rows = np.arange(ends[number], ends[number + 1])
        mask, drawn = rows[shapes.type[rows] == MASK], rows[shapes.type[rows] == POLYGON]
        pixels, parts = take(shapes.values, shapes.offsets, mask), take(shapes.values, shapes.offsets, drawn)
        if shapes.label[leader[number]] in shapes.label[mask]:
            pixels = concat([pixels, polygons_to_cvat_rle(*parts, sizes[drawn])])
            masks.append(_united(pixels))
            mask_owner.append(number)
        else:
            traced = cvat_rle_to_contours(_united(pixels)[0], (int(sizes[mask[0], 0]), int(sizes[mask[0], 1])))
            polygons += [parts, traced]
            owners += [number] * (len(drawn) + len(traced[1]) - 1)
    return Joint((np.array(owners, np.int64), concat(polygons)), np.array(mask_owner, np.int64), concat(masks))


def _united(masks: Ragged) -> Ragged:
    return union_cvat_rle(*masks, np.zeros(len(masks[1]) - 1, np.int64), 1)
