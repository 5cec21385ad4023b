"""server-masks: shapes as the masks that the CVAT server's exports paint.

    server-masks             rotated boxes, polygons and ellipses; upright boxes stay, for formats that list them
    server-masks=boxes       upright boxes too

Corners have two decimals, those of a rotated box before it is turned and after; polygons have COCO's pixels, ellipses
OpenCV's.  Masks of one group become one, with the label of the largest.  Shapes stand frame by frame, the lowest first,
but rotated boxes behind all others, and groups behind those.  What cannot be painted stays as it is.
Source: CVAT 2.73 dataset_manager/formats/transformations.py, bindings.py; its fork of Datumaro, transforms.py
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.boxes import rotated_corners, xywh_to_xyxy, xyxy_to_xywh
from annotools.geometry.masks import polygons_to_cvat_rle, union_cvat_rle
from annotools.geometry.ragged import Ints, Ragged, take
from annotools.geometry.raster import are_drawable
from annotools.geometry.rle import cvat_rle_areas
from annotools.model.codes import MASK, POLYGON, RECTANGLE, ShapeType
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.rounding import around
from annotools.model.tables import Bools
from annotools.quirks import NONE, Quirks
from annotools.transform.ellipse_masks import ellipses_to_masks
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.rows import recast, reordered, say_turned

_BOXES = "boxes"
_TURNED = 1e-5  # degrees: a box that is turned by less is upright to the server


def server_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes as masks, in the order in which the server lists them."""
    if argument not in ("", _BOXES):
        raise UsageError(f"transform server-masks={argument}, expected {_BOXES} or nothing")
    turned = _is_turned(dataset)
    dataset = reordered(dataset, np.lexsort((dataset.shapes.z_order, turned, dataset.shapes.frame)))
    dataset, losses = ellipses_to_masks(dataset, "opencv", quirks)
    ledger = Ledger()
    ledger.extend(losses)
    boxes = dataset.shapes.type == RECTANGLE
    dataset = _painted(dataset, boxes if argument == _BOXES else _is_turned(dataset), _corners, ledger)
    dataset = _painted(dataset, dataset.shapes.type == POLYGON, _outline, ledger)
    return _merged(dataset, ledger), ledger.losses()


def is_upright(dataset: Dataset) -> Bools:
    """Whether a shape is a rectangle that the server takes for upright."""
    return np.asarray((dataset.shapes.type == RECTANGLE) & ~_is_turned(dataset))


def _is_turned(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    with np.errstate(invalid="ignore"):
        return np.asarray((shapes.type == RECTANGLE) & (shapes.rotation % 360 > _TURNED))


def _painted(dataset: Dataset, rows: Bools, outlines: Callable[[Dataset, Ints], Ragged], ledger: Ledger) -> Dataset:
    shapes = dataset.shapes
    sized = (dataset.frames.sizes(shapes.frame) > 0).all(axis=1)
    whole = np.where(shapes.type == RECTANGLE, shapes.have(4), (shapes.counts >= 6) & (shapes.counts % 2 == 0))
    fine = rows & sized & whole & are_drawable(shapes.values, shapes.offsets) & (np.abs(shapes.rotation) < 1e9)
    drawable = np.flatnonzero(fine)
    for kind in distinct(shapes.type[drawable]).tolist():
        say_turned(ledger, dataset, drawable[shapes.type[drawable] == kind], ShapeType(kind).word, "mask")
    masks = polygons_to_cvat_rle(*outlines(dataset, drawable), dataset.frames.sizes(shapes.frame[drawable]))
    return dataset.replace(shapes=recast(shapes, drawable, masks, type=MASK, rotation=0.0))


def _corners(dataset: Dataset, rows: Ints) -> Ragged:
    """The corners of boxes, turned."""
    boxes = around(xywh_to_xyxy(xyxy_to_xywh(around(dataset.shapes.boxes(rows)))))
    corners = rotated_corners(boxes, dataset.shapes.rotation[rows])
    return around(corners.reshape(-1)), 8 * np.arange(len(rows) + 1)


def _outline(dataset: Dataset, rows: Ints) -> Ragged:
    values, offsets = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    return around(values), offsets


def _merged(dataset: Dataset, ledger: Ledger) -> Dataset:
    """The masks of each group as one, in the row of the largest."""
    shapes = dataset.shapes
    rows = _joinable(dataset)
    keys, which, times = np.unique(
        np.stack([shapes.frame[rows], shapes.group[rows]], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    which = which.reshape(-1)
    several = times[which] > 1
    rows, which = rows[several], which[several]
    if len(rows):
        masks = take(shapes.values, shapes.offsets, rows)
        order = np.lexsort((np.arange(len(rows)), -cvat_rle_areas(*masks), which))
        leader = np.zeros(len(rows), np.bool_)
        leader[order[np.flatnonzero(np.diff(which[order], prepend=-1))]] = True
        why = "masks of one group become one"
        ledger.changed("mask", why, dataset, "shapes", rows[leader], column="points")
        ledger.lost("mask", why, dataset, "shapes", rows[~leader])
        united = union_cvat_rle(*masks, which, len(keys))
        dataset = dataset.replace(shapes=recast(shapes, rows[leader], take(*united, which[leader])))
        gone = np.zeros(len(shapes), np.bool_)
        gone[rows[~leader]] = True
        dataset = dataset.select(shapes=~gone)
    shapes = dataset.shapes
    return reordered(dataset, np.lexsort((np.where(shapes.type == MASK, shapes.group, 0), shapes.frame)))


def _joinable(dataset: Dataset) -> Ints:
    """The masks in groups that fit their frames."""
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.type == MASK) & (shapes.group > 0) & (shapes.track < 0) & ~shapes.outside)
    faults = faulty_masks(shapes, rows, dataset.frames.sizes(shapes.frame[rows]))
    return np.asarray(np.delete(rows, faults), np.int64)
