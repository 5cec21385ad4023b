"""Numbers of instances where a picture counts them by class, and how many it has room for."""

from __future__ import annotations

import numpy as np

from annotools.model import MASK, Condition, Dataset
from annotools.model.columns import Bools, Ints, are_among


def numbers_by_class(dataset: Dataset) -> Ints:
    """From 1 on, for each shape: the how manieth mask of its label on its frame it is; 0 for what is not a mask."""
    shapes = dataset.shapes
    numbers = np.zeros(len(shapes), np.int64)
    rows = np.flatnonzero(shapes.type == MASK)
    rows = rows[np.lexsort((rows, shapes.label[rows], shapes.frame[rows]))]
    first = np.ones(len(rows), np.bool_)
    for column in (shapes.frame[rows], shapes.label[rows]):
        first[1:] &= column[1:] == column[:-1]
    first[1:] = ~first[1:]
    starts = np.flatnonzero(first)
    numbers[rows] = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows)))) + 1
    return numbers


def few_masks(classes: int, instances: int) -> Condition:
    """Whether a mask is of one of the first classes, and one of the first of its class on its frame."""

    def holds(dataset: Dataset) -> Bools:
        early = are_among(dataset.shapes.label, [label.id for label in dataset.labels.top[:classes]])
        few = early & (numbers_by_class(dataset) <= instances)
        return np.asarray(few | (dataset.shapes.type != MASK))

    why = f"numbers have room for {classes} classes, and for {instances} instances of one on a picture"
    return Condition("mask of very many", why, holds)
