"""shapes-to-boxes: what has an extent as the upright box round it, for formats of boxes that have no place for more.

    polygon, mask, ellipse, 2D cuboid, rotated rectangle    the box that touches them; that of a mask has whole pixels
    skeleton                                                the box that was read with it, or else that round its points
    polygons of one group, label and frame                  one box round all, as they are parts of one object
    a skeleton with its rectangle or outline in its group   one box: the rectangle, or else that round the outline

    shapes-to-boxes=turned     rotated rectangles stay, and ellipses become such, for formats of turned boxes

Polylines and points have no extent and stay, and so does what is malformed.  Tracks get a keyframe on every frame.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.boxes import are_turned
from annotools.geometry.ragged import Ints
from annotools.model.codes import CUBOID, ELLIPSE, MASK, POLYGON, RECTANGLE, SKELETON, ShapeType
from annotools.model.columns import Bools, Floats, distinct, united
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.box_bounds import bounds
from annotools.transform.object_groups import whole_objects
from annotools.transform.rows import every_frame, of_type, recast
from annotools.transform.skeletons import without_elements

BOXED = (POLYGON, MASK, ELLIPSE, CUBOID, SKELETON)
_TURNED = "turned"
_WHY = "became the box round it"


def shapes_to_boxes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Polygons, masks, ellipses, 2D cuboids, skeletons and rotated rectangles as the upright boxes round them."""
    if argument not in ("", _TURNED):
        raise UsageError(f"transform shapes-to-boxes={argument}, expected {_TURNED} or nothing")
    ledger = Ledger()
    dataset = every_frame(dataset, _unboxed(dataset, argument), ledger, quirks)
    chosen = np.flatnonzero(_unboxed(dataset, argument))
    if not len(chosen):
        return dataset, ledger.losses()
    owners = element_owners(dataset)
    boxes, rotation = bounds(dataset, owners, turned=bool(argument))
    leader, sole = _leaders(dataset, np.asarray(np.isfinite(boxes).all(axis=1)))
    gone = leader != np.arange(len(leader))
    parts = np.flatnonzero(gone)
    boxes = _united(dataset, boxes, leader, parts)
    heads = united(chosen[~gone[chosen]], leader[parts])
    heads = heads[np.isfinite(boxes[heads]).all(axis=1)]
    _say(dataset, united(heads, parts), ledger)
    group = np.where(sole[heads], 0, dataset.shapes.group[heads])
    even = boxes[heads].reshape(-1), 4 * np.arange(len(heads) + 1)
    shapes = recast(dataset.shapes, heads, even, type=int(RECTANGLE), rotation=rotation[heads], group=group)
    gone |= _bare(dataset, owners, united(heads, parts), ledger)
    boxed = dataset.replace(shapes=shapes)
    people = of_type(dataset, SKELETON).any()
    boxed = without_elements(boxed, gone, ledger, "box") if people else boxed.select(shapes=~gone)
    return boxed, ledger.losses()


def _unboxed(dataset: Dataset, argument: str) -> Bools:
    """Which shapes are to become boxes."""
    shapes = dataset.shapes
    flat = dataset.task.dimension != "3d"
    boxed = of_type(dataset, *(kind for kind in BOXED if kind != CUBOID or flat))
    if argument:
        return boxed
    return np.asarray(boxed | (of_type(dataset, RECTANGLE) & are_turned(shapes.rotation)))


def _leaders(dataset: Dataset, fine: Bools) -> tuple[Ints, Bools]:
    """The row that each row becomes a part of, itself for most, and whether a row stands for all of its group."""
    shapes = dataset.shapes
    leader, sole = np.arange(len(shapes)), np.zeros(len(shapes), np.bool_)
    rows, heads = whole_objects(shapes)
    whole = fine[rows] & fine[heads]
    rows, heads = rows[whole], heads[whole]
    leader[rows] = heads
    plain = {name: getattr(dataset, name).group for name in OWNERS.values()}
    plain["shapes"] = shapes.group[shapes.parent < 0]
    groups = np.concatenate(list(plain.values()))
    numbers, members = np.unique(groups[groups > 0], return_counts=True)
    there = members[np.searchsorted(numbers, shapes.group[heads])]
    sole[heads] = there == np.bincount(heads, minlength=len(shapes))[heads]
    return leader, sole


def _united(dataset: Dataset, boxes: Floats, leader: Ints, parts: Ints) -> Floats:
    """The box of each object at its leader: its rectangle, or else that round its outlines.  boxes: are changed."""
    leads = np.zeros(len(leader), np.bool_)
    leads[leader[parts]] = True
    rows = np.flatnonzero(leads[leader])
    heads, which = np.unique(leader[rows], return_inverse=True)
    kinds = dataset.shapes.type[rows]
    rank = np.where(kinds == RECTANGLE, 0, np.where(kinds == SKELETON, 2, 1))
    best = np.full(len(heads), 2)
    np.minimum.at(best, which, rank)
    counted = rank == best[which]
    rows, which = rows[counted], which[counted]
    low, high = np.full((len(heads), 2), np.inf), np.full((len(heads), 2), -np.inf)
    np.minimum.at(low, which, boxes[rows, :2])
    np.maximum.at(high, which, boxes[rows, 2:])
    boxes[heads] = np.concatenate([low, high], axis=1)
    return boxes


def _bare(dataset: Dataset, owners: Ints, boxed: Ints, ledger: Ledger) -> Bools:
    """Elements of skeletons, and skeletons of unknown position."""
    people = of_type(dataset, SKELETON)
    if not people.any():
        return people
    unseen = people & ~np.isin(np.arange(len(people)), boxed)
    ledger.lost("skeleton", "none of its points is to be seen", dataset, "shapes", unseen)
    ledger.lost("skeleton element", "the skeleton became a box", dataset, "shapes", owners >= 0)
    return np.asarray(unseen | (owners >= 0))


def _say(dataset: Dataset, rows: Ints, ledger: Ledger) -> None:
    """Name the rows that became boxes, by type."""
    kinds = dataset.shapes.type[rows]
    for kind in distinct(kinds).tolist():
        word = "rotated rectangle" if kind == RECTANGLE else ShapeType(kind).word
        ledger.changed(word, _WHY, dataset, "shapes", rows[kinds == kind])
