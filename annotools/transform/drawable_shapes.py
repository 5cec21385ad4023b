"""drawable-only: shapes of some types, and of them what can be painted on its frame.

    drawable-only=rectangle,polygon,mask

A document of outlines has no room for a shape that nobody can see: of no label, outside, without a size, with a
coordinate that is not a number or lies a billion pixels away, with run lengths that reach out of the picture.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError, suggest
from annotools.geometry.raster import are_drawable
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, Condition, Dataset, Losses, ShapeType
from annotools.model.losses import Ledger
from annotools.model.tables import Bools
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.row_conditions import is_defined
from annotools.transform.track_gaps import without_rows

_MOST_PIXELS = 1 << 29


def drawable_only(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes of the named types that can be painted.  Raises UsageError for a type that does not exist."""
    types = {kind.word: kind for kind in ShapeType}
    for word in argument.split(","):
        if word not in types:
            raise UsageError(f"transform drawable-only={argument}: no type {word!r}, expected {suggest(word, types)}")
    ledger, keep = Ledger(), np.ones(len(dataset.shapes), np.bool_)
    owners, types_left = element_owners(dataset), [types[word] for word in argument.split(",")]
    for condition in (*map(_of_type, set(ShapeType).difference(types_left)), *DRAWABLE):
        fine = condition.holds(dataset) | ~keep
        ledger.lost(condition.what, condition.why, dataset, "shapes", ~fine)
        keep &= fine
    elements = np.flatnonzero(owners >= 0)
    keep[elements] &= keep[owners[elements]]
    empty = without_rows(dataset, keep)
    ledger.lost("track", "none of its shapes can be painted", dataset, "tracks", empty)
    return (dataset if keep.all() else dataset.select(shapes=keep)), ledger.losses()


def _of_type(kind: ShapeType) -> Condition:
    """Whether a shape is of another type, or an element."""

    def holds(dataset: Dataset) -> Bools:
        other: Bools = dataset.shapes.type != kind
        return other if other.all() else np.asarray(other | (element_owners(dataset) >= 0))

    return Condition(kind.word, f"the format has no {kind.word.removesuffix('s')}s", holds)


def is_seen(dataset: Dataset) -> Bools:
    """Whether a row is a part of something, or not outside."""
    shapes = dataset.shapes
    return np.asarray((shapes.track >= 0) | (shapes.parent >= 0) | ~shapes.outside)


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four numbers that leave room for decimals, and a finite rotation."""
    shapes = dataset.shapes
    whole = shapes.have(4) & are_drawable(shapes.values, shapes.offsets)
    whole &= np.isfinite(shapes.rotation)
    return np.asarray(whole | (shapes.type != RECTANGLE))


def is_polygon(dataset: Dataset) -> Bools:
    """Whether a polygon has three points or more that can be painted."""
    shapes, other = dataset.shapes, dataset.shapes.type != POLYGON
    if other.all():
        return np.asarray(other)
    fine = (shapes.counts >= 6) & (shapes.counts % 2 == 0) & are_drawable(shapes.values, shapes.offsets)
    return np.asarray(fine | other)


def is_mask(dataset: Dataset) -> Bools:
    """Whether a mask's run lengths fill its box, and the box lies in its frame."""
    shapes = dataset.shapes
    fine = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    fine[rows[faulty_masks(shapes, rows, dataset.frames.sizes(shapes.frame[rows]))]] = False
    return np.asarray(fine | (shapes.outside & (shapes.track >= 0)))  # those are not drawn


def is_ellipse(dataset: Dataset) -> Bools:
    """Whether an ellipse has four numbers that can be painted, on a frame of known size."""
    shapes, other = dataset.shapes, dataset.shapes.type != ELLIPSE
    if other.all():
        return np.asarray(other)
    sized = (dataset.frames.sizes(shapes.frame) > 0).all(axis=1)
    fine = sized & shapes.have(4) & are_drawable(shapes.values, shapes.offsets)
    fine &= np.abs(shapes.rotation) < 1e9
    return np.asarray(fine | other)


def is_small_ellipse(dataset: Dataset) -> Bools:
    """Whether an ellipse can be painted the server's way, which has all pixels of a square round it in memory."""
    shapes = dataset.shapes
    boxes, sizes = shapes.boxes(), dataset.frames.sizes(shapes.frame)
    with np.errstate(over="ignore", invalid="ignore"):
        side = 2 * np.abs(boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        pixels = np.minimum(side, sizes[:, 0]) * np.minimum(side, sizes[:, 1])
    return np.asarray((pixels <= _MOST_PIXELS) | (shapes.type != ELLIPSE))


DRAWABLE = (
    Condition("shape of a label that is not defined", "a category needs a name", is_defined),
    Condition("shape outside", "an annotation is always seen", is_seen),
    Condition("rectangle without 4 numbers below 1e9 px", "a box has a place and a size", is_box),
    Condition("polygon that cannot be painted", "it needs 3 points below 1e9 px, x and y each", is_polygon),
    Condition("mask that does not fit its frame", "run lengths are those of the whole frame", is_mask),
    Condition(
        "ellipse that cannot be painted", "it needs 4 numbers below 1e9 px and a frame of known size", is_ellipse
    ),
)
SMALL_ELLIPSE = Condition("ellipse of very many pixels", f"at most {_MOST_PIXELS:,} are painted", is_small_ellipse)
