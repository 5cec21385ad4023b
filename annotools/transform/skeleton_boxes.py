"""box-lone-skeletons: skeletons beside which nothing is drawn as the boxes round their points.

    person of points 3 4 and 5 7, alone    ->  rectangle 3 4 5 7 of person
    person in a group with a polygon       ->  stays, for the polygon says where they are

A box that was read with a skeleton counts for more than that round its points.  Tracks must have a row on every frame
on which they show.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.widths import edges
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON, Dataset, Losses, Shapes
from annotools.model.columns import without
from annotools.model.losses import Ledger
from annotools.model.tables import Bools, Floats, Ints
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.rows import no_argument, recast


def box_lone_skeletons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Skeletons that stand alone, and of which a point is seen, as rectangles."""
    no_argument("box-lone-skeletons", argument)
    ledger, shapes = Ledger(), dataset.shapes
    if not (shapes.type == SKELETON).any():
        return dataset, Losses()
    owners = element_owners(dataset)
    corners = skeleton_corners(dataset, owners)
    alone = (shapes.type == SKELETON) & ~shapes.outside & (owners < 0) & ~_is_drawn(shapes)
    rows = np.flatnonzero(alone & np.isfinite(corners).all(axis=1))
    if not len(rows):
        return dataset, Losses()
    ledger.changed("skeleton", "became the box round its points", dataset, "shapes", rows)
    gone = np.isin(owners, rows)
    ledger.lost("skeleton element", "its skeleton became a box", dataset, "shapes", gone)
    emptied = without(shapes.track[gone & (shapes.track >= 0)], shapes.track[~gone])
    ledger.lost("track of skeleton element", "its skeleton became a box", dataset, "tracks", emptied)
    boxes = corners[rows].reshape(-1), 4 * np.arange(len(rows) + 1)
    boxed = dataset.replace(shapes=recast(shapes, rows, boxes, type=int(RECTANGLE)))
    return _without(boxed, gone), ledger.losses()


def skeleton_corners(dataset: Dataset, owners: Ints) -> Floats:
    """(n, 4) the box of each skeleton: the one that was read with it, or else that round its points, or infinite.

    owners: the skeleton of each element.  Rows that are no skeletons have infinite boxes.
    """
    shapes = dataset.shapes
    seen = np.flatnonzero((owners >= 0) & ~shapes.outside & shapes.have(2))
    low, high = np.full((len(shapes), 2), np.inf), np.full((len(shapes), 2), -np.inf)
    points = shapes.values[shapes.offsets[seen, None] + np.arange(2)]
    np.minimum.at(low, owners[seen], points)
    np.maximum.at(high, owners[seen], points)
    return _given(shapes, np.concatenate([low, high], axis=1))


def _given(shapes: Shapes, corners: Floats) -> Floats:
    """The boxes that were read where there are any, else those round the points."""
    extra = shapes.extras.get("bbox")
    if extra is None or not extra.derived:
        return corners
    present = extra.present & (shapes.type == SKELETON)
    left, top, width, height = (extra.values[name][present] for name in ("left", "top", "width", "height"))
    corners[present] = np.stack([left, top, edges(left, width), edges(top, height)], axis=1)
    return corners


def _is_drawn(shapes: Shapes) -> Bools:
    """Whether something is drawn in the group of a row, on its frame and in no track."""
    plain = (shapes.track < 0) & (shapes.parent < 0) & (shapes.group > 0)
    keys: Ints = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    drawn = plain & np.isin(shapes.type, (RECTANGLE, POLYGON, MASK))
    return np.asarray(plain & np.isin(keys, keys[drawn]))


def _without(dataset: Dataset, gone: Bools) -> Dataset:
    """Without some elements; rows that had only these stay."""
    shapes = dataset.shapes
    parent = np.where(gone, -1, shapes.parent)
    return dataset.replace(shapes=shapes.replace(parent=parent)).select(shapes=~gone)
