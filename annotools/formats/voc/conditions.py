"""What VOC cannot hold: masks that are none, more instances than a byte counts, tags that objects say already."""

from __future__ import annotations

import numpy as np

from annotools.formats.kernel.mask_checks import BOX, CLASS, DEFINED, FITTING, SEEN
from annotools.formats.voc.layout import NO_SUBSET
from annotools.formats.voc.masks import MOST
from annotools.model import MASK, RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools, row_order
from annotools.storage.names import name_fault


def is_countable(dataset: Dataset) -> Bools:
    """Whether a mask is one of the first of its frame, and its class one of the first."""
    shapes = dataset.shapes
    few = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    rows = rows[row_order(shapes.frame[rows])]
    index = np.arange(len(rows)) - np.searchsorted(shapes.frame[rows], shapes.frame[rows])
    early = np.isin(shapes.label[rows], [label.id for label in dataset.labels.top[:MOST]])
    few[rows] = (index < MOST) & early
    return few


def is_new(dataset: Dataset) -> Bools:
    """Whether no box of a tag's label stands on its frame, and no other tag says the same that has less to lose."""
    tags, shapes = dataset.tags, dataset.shapes
    boxes = shapes.type == RECTANGLE
    seen = set(zip(shapes.frame[boxes].tolist(), shapes.label[boxes].tolist(), strict=True))
    new = np.zeros(len(tags), np.bool_)
    beside = sum(
        (extra.present.astype(np.int64) for extra in tags.extras.values()), (tags.source != 0).astype(np.int64)
    )
    for row in np.argsort(beside, kind="stable").tolist():
        pair = (int(tags.frame[row]), int(tags.label[row]))
        new[row] = pair not in seen
        seen.add(pair)
    return new


def is_listable(dataset: Dataset) -> Bools:
    """Whether the list of a tag's label can be a file."""
    names = {label.id: label.name for label in dataset.labels.top}
    good = {number for number, name in names.items() if not name_fault(f"{name}_{NO_SUBSET}.txt")}
    return np.isin(dataset.tags.label, list(good))


CONDITIONS = (
    SEEN,
    CLASS,
    BOX,
    FITTING,
    Condition("mask of very many", f"a byte counts {MOST} classes and as many instances", is_countable),
    Condition("tag of a label that no file can be named after", "tags are lists of pictures", is_listable, "tags"),
    Condition("tag of a label that is on the frame already", "lists are of boxes and tags", is_new, "tags"),
)
SERVER_CONDITIONS = (
    SEEN,
    DEFINED,
    BOX,
    FITTING,
    Condition("tag of a label that no file can be named after", "tags are lists of pictures", is_listable, "tags"),
)
