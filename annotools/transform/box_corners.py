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
from annotools.model.tables import Bools, Floats, Ints, Shapes
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_PIECE = 1 << 13  # shapes at a time: what is made of them on the way stays in the cache


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
    dataset: Dataset, change: Callable[[Shapes, Ints], tuple[Ints, Floats]], what: str, why: str
) -> tuple[Dataset, Losses]:
    """Rectangles with the corners that some are to have.  change: which of some rectangles, and what corners."""
    ledger, shapes = Ledger(), dataset.shapes
    changed, values = np.zeros(len(shapes), np.bool_), None
    for start in range(0, len(shapes), _PIECE):
        rows, boxes = change(shapes, start + np.flatnonzero(_are_boxes(shapes, start, start + _PIECE)))
        if len(rows):
            changed[rows] = True
            values = shapes.values.copy() if values is None else values
            values[shapes.offsets[rows, None] + np.arange(4)] = boxes
    ledger.changed(what, why, dataset, "shapes", changed, column="points")
    return dataset if values is None else dataset.replace(shapes=shapes.with_points(values)), ledger.losses()


def _swapped(shapes: Shapes, rows: Ints) -> tuple[Ints, Floats]:
    """Those of some rectangles whose left is right of their right, or top below their bottom, and these in order."""
    boxes = shapes.boxes(rows)
    with np.errstate(invalid="ignore"):
        other = (boxes[:, 2] < boxes[:, 0]) | (boxes[:, 3] < boxes[:, 1])
    return rows[other], order_corners(boxes[other])


def _moved(shapes: Shapes, rows: Ints) -> tuple[Ints, Floats]:
    """Those of some rectangles whose right or bottom is not what their widths give, and their corners as they give."""
    boxes = shapes.boxes(rows)
    left, right = np.ascontiguousarray(boxes[:, :2]), np.ascontiguousarray(boxes[:, 2:])
    corners = edges(left, widths(left, right))
    other = corners != right
    astray = np.flatnonzero(other[:, 0] | other[:, 1])
    astray = astray[np.isfinite(corners[astray]).all(axis=1)]
    return rows[astray], np.concatenate([left[astray], corners[astray]], axis=1)


def _are_boxes(shapes: Shapes, start: int, stop: int) -> Bools:
    """Which shapes from one up to another are rectangles of four numbers."""
    counts = np.diff(shapes.offsets[start : stop + 1])
    return np.asarray((shapes.type[start:stop] == RECTANGLE) & (counts == 4))
