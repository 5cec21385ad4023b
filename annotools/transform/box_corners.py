"""order-corners, exact-widths: rectangles as a place and a size.

10 20 5 30 -> 5 20 10 30                 a width is not negative
left -1000.3, right 0.1234567890123      the right edge is moved to left + width, by a digit after the twelfth
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotools.geometry.boxes import order_corners
from annotools.geometry.widths import edges, widths
from annotools.model.codes import RECTANGLE
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Bools, Floats, Ints
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_PIECE = 1 << 16  # rectangles at a time: of all of them at once there are six columns more


def ordered_corners(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Rectangles with left, top, right, bottom in this order."""
    no_argument("order-corners", argument)
    return _changed(dataset, _swapped, "rectangle with swapped corners", "put in order")


def exact_widths(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Rectangles of which right and bottom are what left + width and top + height give."""
    no_argument("exact-widths", argument)
    why = "right and bottom are left + width and top + height, whose digits end earlier"
    return _changed(dataset, _moved, "rectangle", why)


def _changed(
    dataset: Dataset, change: Callable[[Dataset, Ints], tuple[Ints, Floats]], what: str, why: str
) -> tuple[Dataset, Losses]:
    """Rectangles with the corners that some are to have.  change: which of some rectangles, and what corners."""
    ledger, mine = Ledger(), np.flatnonzero(_are_boxes(dataset))
    pieces = [change(dataset, mine[start : start + _PIECE]) for start in range(0, len(mine), _PIECE)]
    rows, boxes = (np.concatenate(column) for column in zip(*pieces, strict=True)) if pieces else (mine, np.zeros(0))
    changed = np.zeros(len(dataset.shapes), np.bool_)
    changed[rows] = True
    ledger.changed(what, why, dataset, "shapes", changed, column="points")
    return _with_boxes(dataset, changed, boxes), ledger.losses()


def _swapped(dataset: Dataset, rows: Ints) -> tuple[Ints, Floats]:
    """Those of some rectangles whose left is right of their right, or top below their bottom, and these in order."""
    boxes = dataset.shapes.boxes(rows)
    with np.errstate(invalid="ignore"):
        other = (boxes[:, 2] < boxes[:, 0]) | (boxes[:, 3] < boxes[:, 1])
    return rows[other], order_corners(boxes[other])


def _moved(dataset: Dataset, rows: Ints) -> tuple[Ints, Floats]:
    """Those of some rectangles whose right or bottom is not what their widths give, and their corners as they give."""
    boxes = dataset.shapes.boxes(rows)
    left, right = np.ascontiguousarray(boxes[:, :2]), np.ascontiguousarray(boxes[:, 2:])
    corners = edges(left, widths(left, right))
    other = corners != right
    astray = np.flatnonzero(other[:, 0] | other[:, 1])
    astray = astray[np.isfinite(corners[astray]).all(axis=1)]
    return rows[astray], np.concatenate([left[astray], corners[astray]], axis=1)


def _are_boxes(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    return np.asarray((shapes.type == RECTANGLE) & (shapes.counts == 4))


def _with_boxes(dataset: Dataset, rows: Bools, boxes: Floats) -> Dataset:
    if not rows.any():
        return dataset
    shapes = dataset.shapes
    values, offsets = shapes.values.copy(), shapes.offsets
    if len(values) == 4 * len(shapes) and (shapes.counts == 4).all():  # a third of the time of number by number
        values.reshape(-1, 4)[rows] = boxes
    else:
        values[offsets[:-1][rows, None] + np.arange(4)] = boxes
    return dataset.replace(shapes=shapes.with_points(values))
