"""Boxes, ellipses and cuboids as polygons or boxes: one shape for one, label and everything else kept.

rotated-boxes-to-polygons    4 corners, clockwise on screen from the unrotated box's top left
boxes-to-polygons            the same of all boxes
ellipses-to-polygons         no side further than 0.25 px from the ellipse; `=0.1` asks for another distance
cuboids-to-polygons          the outline of a 2D cuboid in the picture
cuboids-to-boxes             the upright box round it
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.boxes import are_turned, rotated_corners
from annotools.geometry.cuboids import cuboids_to_boxes as boxes_round
from annotools.geometry.cuboids import cuboids_to_polygons as hulls
from annotools.geometry.ellipses import ellipses_to_polygons as outlines
from annotools.geometry.ragged import Array, Bools, Floats, Ints, Ragged, segment_all
from annotools.model.codes import CUBOID, ELLIPSE, POLYGON, RECTANGLE, ShapeType
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import every_frame, no_argument, of_type, recast, say_stays, say_turned

Draw = Callable[[Floats, Floats], Ragged]
_COORDINATE = 1e9


class _Drawing(NamedTuple):
    """Shapes of `size` numbers become `into`.  draw: (n, size) points, (n,) rotations -> ragged points.

    word: what people call that, if it is not the type's.
    """

    size: int
    into: ShapeType
    draw: Draw
    word: str = ""

    @property
    def words(self) -> str:
        """What they become."""
        return self.word or self.into.word


def rotated_boxes_to_polygons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Rotated rectangles as polygons; upright ones stay."""
    no_argument("rotated-boxes-to-polygons", argument)
    ledger = Ledger()
    rotated = _turned(dataset)
    dataset = every_frame(dataset, rotated, ledger, quirks)
    return turn_boxes(dataset, _turned(dataset), ledger), ledger.losses()


def boxes_to_polygons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """All rectangles as polygons."""
    no_argument("boxes-to-polygons", argument)
    ledger = Ledger()
    dataset = every_frame(dataset, of_type(dataset, RECTANGLE), ledger, quirks)
    return turn_boxes(dataset, of_type(dataset, RECTANGLE), ledger), ledger.losses()


def ellipses_to_polygons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Ellipses as polygons.  argument: the greatest distance of a side from the ellipse, px, 0.25 if empty."""
    tolerance = _tolerance(argument)
    ledger = Ledger()
    dataset = every_frame(dataset, of_type(dataset, ELLIPSE), ledger, quirks)
    return turn_ellipses(dataset, ledger, tolerance), ledger.losses()


def cuboids_to_polygons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """2D cuboids as polygons round their corners."""
    no_argument("cuboids-to-polygons", argument)
    ledger = Ledger()
    dataset = every_frame(dataset, _flat_cuboids(dataset), ledger, quirks)
    return _turn(dataset, _flat_cuboids(dataset), _OUTLINE, ledger), ledger.losses()


def cuboids_to_boxes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """2D cuboids as the upright boxes round them."""
    no_argument("cuboids-to-boxes", argument)
    ledger = Ledger()
    dataset = every_frame(dataset, _flat_cuboids(dataset), ledger, quirks)
    return _turn(dataset, _flat_cuboids(dataset), _BOX_ROUND, ledger), ledger.losses()


def rotated_boxes_to_boxes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Rotated rectangles as the upright boxes round them."""
    no_argument("rotated-boxes-to-boxes", argument)
    ledger = Ledger()
    dataset = every_frame(dataset, _turned(dataset), ledger, quirks)
    turned = of_type(dataset, RECTANGLE) & are_turned(dataset.shapes.rotation)
    return _turn(dataset, turned, _UPRIGHT, ledger), ledger.losses()


def turn_boxes(dataset: Dataset, rows: Bools, ledger: Ledger) -> Dataset:
    """Some rectangles as polygons, row by row.  rows: boolean mask over `shapes`."""
    return _turn(dataset, rows, _CORNERS, ledger)


def turn_ellipses(dataset: Dataset, ledger: Ledger, tolerance: float = 0.25) -> Dataset:
    """Ellipses as polygons, row by row.  tolerance: px."""
    rows = of_type(dataset, ELLIPSE)
    return _turn(dataset, rows, _Drawing(4, POLYGON, partial(outlines, tolerance=tolerance)), ledger)


def _tolerance(argument: str) -> float:
    try:
        tolerance = float(argument or 0.25)
    except ValueError:
        tolerance = -1.0
    if not 0 < tolerance < np.inf:
        raise UsageError(f"transform ellipses-to-polygons got {argument!r}, expected a distance in px above 0")
    return tolerance


def _turned(dataset: Dataset) -> Bools:
    """Rectangles that are rotated, also on the way between two keyframes of which only one is."""
    shapes = dataset.shapes
    turned = of_type(dataset, RECTANGLE) & are_turned(shapes.rotation)
    tracks = distinct(shapes.track[turned & (shapes.track >= 0)])
    # in a track one type is kept throughout, for a box and a polygon have nothing between them
    return np.asarray(turned | (of_type(dataset, RECTANGLE) & np.isin(shapes.track, tracks)))


def _flat_cuboids(dataset: Dataset) -> Bools:
    return of_type(dataset, CUBOID) & (dataset.task.dimension != "3d")


def _even(rows: Array) -> Ragged:
    """Rows of one length as a ragged column."""
    return rows.reshape(-1), np.arange(len(rows) + 1) * int(np.prod(rows.shape[1:]))


def _round(corners: Floats) -> Floats:
    """The upright boxes round some corners: (n, k, 2) -> (n, 4) xyxy."""
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def _turn(dataset: Dataset, mask: Bools, drawing: _Drawing, ledger: Ledger) -> Dataset:
    """Rows as another type."""
    size, into = drawing.size, drawing.into
    shapes = dataset.shapes
    rows = np.flatnonzero(mask)
    fine = (shapes.counts_of(rows) == size) & segment_all(*_finite(dataset, rows))
    say_stays(ledger, dataset, rows[~fine], f"its points are not {size} numbers below 1e9")
    rows = rows[fine]
    points = shapes.values[shapes.offsets[rows, None] + np.arange(size)]
    for kind in distinct(shapes.type[rows]).tolist():
        say_turned(ledger, dataset, rows[shapes.type[rows] == kind], ShapeType(kind).word, drawing.words)
    drawn = drawing.draw(points, shapes.rotation[rows])
    return dataset.replace(shapes=recast(shapes, rows, drawn, type=into, rotation=0.0))


def _finite(dataset: Dataset, rows: Ints) -> tuple[Bools, Ints]:
    part = dataset.shapes.take(rows)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(part.values) < _COORDINATE), part.offsets


_CORNERS = _Drawing(4, POLYGON, lambda points, turns: _even(rotated_corners(points, turns)))
_UPRIGHT = _Drawing(4, RECTANGLE, lambda points, turns: _even(_round(rotated_corners(points, turns))), "upright box")
_OUTLINE = _Drawing(16, POLYGON, lambda points, _: hulls(points))
_BOX_ROUND = _Drawing(16, RECTANGLE, lambda points, _: _even(boxes_round(points)))
