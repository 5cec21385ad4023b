"""What the tables of VGGFace2 cannot hold."""

from __future__ import annotations

from functools import partial

import numpy as np

from annotools.geometry.boxes import are_turned
from annotools.geometry.ragged import segment_all
from annotools.model import RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools
from annotools.transform.row_conditions import is_class

_LANDMARKS = 10  # numbers of five points


def is_face(dataset: Dataset) -> Bools:
    """Whether a shape has four finite numbers, or as landmarks ten."""
    shapes = dataset.shapes
    whole = np.where(shapes.type == RECTANGLE, shapes.have(4), shapes.have(_LANDMARKS))
    return np.asarray(whole & segment_all(np.isfinite(shapes.values), shapes.offsets))


def is_upright(dataset: Dataset) -> Bools:
    """Whether a shape is not turned."""
    return np.asarray(~are_turned(dataset.shapes.rotation) | (dataset.shapes.type != RECTANGLE))


def is_seen(dataset: Dataset) -> Bools:
    """Whether a shape is not outside."""
    return ~dataset.shapes.outside


_PATHS = "paths begin with labels"
CONDITIONS = (
    Condition("shape outside", "a face is always seen", is_seen),
    Condition("shape of a label that is not of the top level", _PATHS, is_class),
    Condition("tag of a label that is not of the top level", _PATHS, partial(is_class, table="tags"), "tags"),
    Condition("box without 4 finite numbers, or landmarks that are not five", "a row has its columns", is_face),
    Condition("rotated box", "boxes are upright", is_upright),
)
