"""What COCO carries, and which rows it cannot."""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import segment_all, take
from annotools.geometry.raster import are_drawable
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, Condition, Dataset, Keeps
from annotools.model.tables import Bools

_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "score", "z_order", "source"})
_SERVER_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "z_order", "group"})
DEFINITIONS = frozenset({"type", "color", "attributes"})


def is_defined(dataset: Dataset) -> Bools:
    """Whether a row's label is defined."""
    return np.isin(dataset.shapes.label, list(dataset.labels.by_id))


def is_seen(dataset: Dataset) -> Bools:
    """Whether a row is a part of something, or not outside."""
    shapes = dataset.shapes
    return (shapes.track >= 0) | (shapes.parent >= 0) | ~shapes.outside


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four finite numbers."""
    shapes = dataset.shapes
    whole = (shapes.counts == 4) & segment_all(np.isfinite(shapes.values), shapes.offsets)
    return np.asarray(whole | (shapes.type != RECTANGLE))


def is_polygon(dataset: Dataset) -> Bools:
    """Whether a polygon has three points or more that can be painted."""
    shapes = dataset.shapes
    fine = (shapes.counts >= 6) & (shapes.counts % 2 == 0) & are_drawable(shapes.values, shapes.offsets)
    return np.asarray(fine | (shapes.type != POLYGON))


def is_mask(dataset: Dataset) -> Bools:
    """Whether a mask's run lengths fill its box, and the box lies in its frame."""
    shapes = dataset.shapes
    fine = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    values, offsets = take(shapes.values, shapes.offsets, rows)
    sizes = dataset.frames.sizes(shapes.frame[rows])
    fine[[rows[place] for place, _ in check_cvat_rles(values, offsets, sizes)]] = False
    return fine


def is_ellipse(dataset: Dataset) -> Bools:
    """Whether an ellipse has four numbers that can be painted, on a frame of known size."""
    shapes = dataset.shapes
    sized = (dataset.frames.sizes(shapes.frame) > 0).all(axis=1)
    fine = sized & (shapes.counts == 4) & are_drawable(shapes.values, shapes.offsets)
    return np.asarray(fine | (shapes.type != ELLIPSE))


CONDITIONS = (
    Condition("shape of a label that is not defined", "a category needs a name", is_defined),
    Condition("shape outside", "an annotation is always seen", is_seen),
    Condition("rectangle without 4 finite numbers", "a box has a place and a size", is_box),
    Condition("polygon that cannot be painted", "it needs 3 points below 1e9 px, x and y each", is_polygon),
    Condition("mask that does not fit its frame", "run lengths are those of the whole frame", is_mask),
    Condition("ellipse that cannot be painted", "it needs 4 numbers below 1e9 px and a frame of known size", is_ellipse),
)

KEEPS = Keeps(
    shapes={RECTANGLE: _COLUMNS | {"rotation"}, POLYGON: _COLUMNS | {"group"}, MASK: _COLUMNS},
    tracks=frozenset({"attributes", "source"}),
    labels=DEFINITIONS,
    frames=frozenset({"size", "subsets"}),
    conditions=CONDITIONS,
    decimals=2,
)
SERVER_KEEPS = Keeps(
    shapes={
        RECTANGLE: _SERVER_COLUMNS | {"rotation"}, POLYGON: _SERVER_COLUMNS, MASK: _SERVER_COLUMNS,
        ELLIPSE: _SERVER_COLUMNS | {"rotation"},
    },
    tracks=frozenset({"attributes", "group"}),
    labels=frozenset({"attributes", "sublabels"}),
    frames=frozenset({"size", "subsets"}),
    conditions=CONDITIONS,
)  # fmt: skip
