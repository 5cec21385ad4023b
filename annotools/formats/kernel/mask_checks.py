"""What formats of masks as pictures ask of shapes before they are painted."""

from __future__ import annotations

import numpy as np

from annotools.model import MASK, RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.row_conditions import is_defined, of_class


def is_seen(dataset: Dataset) -> Bools:
    """Whether a shape is not outside."""
    return ~dataset.shapes.outside


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four finite numbers and such a rotation."""
    shapes = dataset.shapes
    whole = shapes.have(4) & np.isfinite(shapes.boxes()).all(axis=1) & np.isfinite(shapes.rotation)
    return np.asarray((shapes.type != RECTANGLE) | whole)


def is_mask(dataset: Dataset) -> Bools:
    """Whether a mask's run lengths fill its box, and the box lies in its frame."""
    shapes = dataset.shapes
    fine = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    sizes = dataset.frames.sizes(shapes.frame[rows])
    fine[rows[faulty_masks(shapes, rows, sizes)]] = False
    fine[rows[(sizes <= 0).any(axis=1)]] = False
    return fine


SEEN = Condition("shape outside", "an object is always seen", is_seen)
CLASS = of_class("shapes")
DEFINED = Condition("shape of a label that is not defined", "a class needs a name", is_defined)
BOX = Condition("rectangle without 4 finite numbers", "a box has a place and a size", is_box)
FITTING = Condition("mask that does not fit its frame", "masks are pictures as large as the frame", is_mask)
MASKS = (SEEN, CLASS, FITTING)
SERVER_MASKS = (SEEN, DEFINED, FITTING)
