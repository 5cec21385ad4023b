"""What VOC cannot hold: masks that are none, more instances than a byte counts, tags that objects say already."""

from __future__ import annotations

import numpy as np

from annotools.formats.voc.layout import NO_SUBSET
from annotools.formats.voc.masks import MOST
from annotools.geometry.ragged import take
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import MASK, RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools
from annotools.storage.names import name_fault


def is_seen(dataset: Dataset) -> Bools:
    """Whether a shape is not outside."""
    return ~dataset.shapes.outside


def is_class(dataset: Dataset) -> Bools:
    """Whether a shape's label is one of the top level."""
    return np.isin(dataset.shapes.label, [label.id for label in dataset.labels.top])


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four finite numbers and such a rotation."""
    shapes = dataset.shapes
    whole = (shapes.counts == 4) & np.isfinite(shapes.boxes()).all(axis=1) & np.isfinite(shapes.rotation)
    return np.asarray((shapes.type != RECTANGLE) | whole)


def is_mask(dataset: Dataset) -> Bools:
    """Whether a mask's run lengths fill its box, and the box lies in its frame."""
    shapes = dataset.shapes
    fine = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    sizes = dataset.frames.sizes(shapes.frame[rows])
    fine[rows[[row for row, _ in check_cvat_rles(*take(shapes.values, shapes.offsets, rows), sizes)]]] = False
    fine[rows[(sizes <= 0).any(axis=1)]] = False
    return fine


def is_defined(dataset: Dataset) -> Bools:
    """Whether a shape's label is defined."""
    return np.isin(dataset.shapes.label, list(dataset.labels.by_id))


def is_countable(dataset: Dataset) -> Bools:
    """Whether a mask is one of the first of its frame, and its class one of the first."""
    shapes = dataset.shapes
    few = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    rows = rows[np.argsort(shapes.frame[rows], kind="stable")]
    place = np.arange(len(rows)) - np.searchsorted(shapes.frame[rows], shapes.frame[rows])
    early = np.isin(shapes.label[rows], [label.id for label in dataset.labels.top[:MOST]])
    few[rows] = (place < MOST) & early
    return few


def is_new(dataset: Dataset) -> Bools:
    """Whether no box of a tag's label stands on its frame, and no other tag says the same that has less to lose."""
    tags, shapes = dataset.tags, dataset.shapes
    boxes = shapes.type == RECTANGLE
    seen = set(zip(shapes.frame[boxes].tolist(), shapes.label[boxes].tolist(), strict=True))
    new = np.zeros(len(tags), np.bool_)
    said = sum((extra.present.astype(np.int64) for extra in tags.extras.values()), (tags.source != 0).astype(np.int64))
    for row in np.argsort(said, kind="stable").tolist():
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
    Condition("shape outside", "an object is always seen", is_seen),
    Condition("shape of a label that is no class", "classes are the labels of the top level", is_class),
    Condition("rectangle without 4 finite numbers", "a box has a place and a size", is_box),
    Condition("mask that does not fit its frame", "masks are pictures as large as the frame", is_mask),
    Condition("mask of very many", f"a byte counts {MOST} classes and as many instances", is_countable),
    Condition("tag of a label that no file can be named after", "tags are lists of pictures", is_listable, "tags"),
    Condition("tag of a label that is on the frame already", "lists are of boxes and tags", is_new, "tags"),
)
SERVER_CONDITIONS = (
    Condition("shape outside", "an object is always seen", is_seen),
    Condition("shape of a label that is not defined", "a class needs a name", is_defined),
    Condition("rectangle without 4 finite numbers", "a box has a place and a size", is_box),
    Condition("mask that does not fit its frame", "masks are pictures as large as the frame", is_mask),
    Condition("tag of a label that no file can be named after", "tags are lists of pictures", is_listable, "tags"),
)
