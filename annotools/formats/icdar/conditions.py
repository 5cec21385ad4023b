"""Which shapes the files of text localization cannot hold."""

from __future__ import annotations

import numpy as np

from annotools.geometry.boxes import are_turned
from annotools.model import RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools
from annotools.transform.row_conditions import is_defined


def is_word(dataset: Dataset) -> Bools:
    """Whether a shape has four finite numbers, or as an outline at least three corners."""
    shapes = dataset.shapes
    counts = shapes.counts
    whole = np.where(shapes.type == RECTANGLE, counts == 4, (counts >= 6) & (counts % 2 == 0))
    return np.asarray(whole & shapes.are_finite)


def is_upright(dataset: Dataset) -> Bools:
    """Whether a shape is not turned."""
    return np.asarray(~are_turned(dataset.shapes.rotation) | (dataset.shapes.type != RECTANGLE))


def is_seen(dataset: Dataset) -> Bools:
    """Whether a shape is not outside."""
    return ~dataset.shapes.outside


SEEN = Condition("shape outside", "a word is always seen", is_seen)
DEFINED = Condition("shape of a label that is not defined", "it is not one of the task's", is_defined)
WORD = Condition("shape without 4 finite numbers or 3 corners", "a word has a place and a size", is_word)
CONDITIONS = (SEEN, DEFINED, WORD, Condition("rotated box", "boxes are upright", is_upright))
