"""What formats of text ask of a row: can it be said at all, and does the name of its label lead back to it.

    drop-malformed-shapes     numbers that are none, too few or too many of them, parts of what is not a skeleton
    drop-fractional-masks     masks with values that are not whole numbers
    drop-unlabelled-rows      rows of labels that are not defined
    drop-unnamed-rows         rows of labels that their name does not tell

The conditions are there for the `keeps` of formats as well; the steps stand early in a pipeline, so that a track that
loses rows begins with one that stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np

from annotools.model.codes import CUBOID, ELLIPSE, MASK, POINTS, POLYGON, POLYLINE, RECTANGLE, SKELETON
from annotools.model.columns import Array, Bools, Ints, are_among, distinct
from annotools.model.dataset import Dataset
from annotools.model.definitions import Labels
from annotools.model.keeps import Condition
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.removal import without
from annotools.transform.rows import no_argument

Labelled = Literal["shapes", "tags", "tracks"]
_UNTOLD = "labels are said by name"
_NUMBERS = {RECTANGLE: 4, ELLIPSE: 4, CUBOID: 16, SKELETON: 0}


def is_class(dataset: Dataset, table: Labelled = "shapes") -> Bools:
    """Whether the label of a row is one of the top level."""
    return are_among(getattr(dataset, table).label, [label.id for label in dataset.labels.top])


def is_defined(dataset: Dataset, table: Labelled = "shapes") -> Bools:
    """Whether the label of a row is defined."""
    return are_among(getattr(dataset, table).label, list(dataset.labels.by_id))


def of_class(table: Labelled) -> Condition:
    """The condition that rows of a table are of labels that a format of classes can say."""
    what, why = f"{table[:-1]} of a label that is not a class", "classes are the labels of the top level"
    return Condition(what, why, partial(is_class, table=table), table)


def _known(table: Labelled) -> Condition:
    return Condition(f"{table[:-1]} of an unknown label", _UNTOLD, partial(is_defined, table=table), table)


def _finite(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    return np.asarray(np.isfinite(shapes.rotation) & shapes.are_finite)


def _below_skeletons(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    good = shapes.parent < 0
    good[~good] = shapes.type[shapes.parent[~good]] == SKELETON
    return np.asarray(good)


def _well_formed(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    counts = shapes.counts
    good = np.isin(shapes.type, (POLYGON, POLYLINE, POINTS)) & (counts % 2 == 0) & (counts > 0)
    for kind, count in _NUMBERS.items():
        good |= (shapes.type == kind) & (counts == count)
    return np.asarray(good | ((shapes.type == MASK) & (counts >= 4)))


def _whole_masks(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    masks = np.flatnonzero(shapes.type == MASK)
    good = np.ones(len(shapes), np.bool_)
    if len(masks):
        table = shapes.take(masks)
        with np.errstate(invalid="ignore"):
            odd = ~((table.values == np.rint(table.values)) & (np.abs(table.values) < 2**53))
        bad = distinct(np.repeat(np.arange(len(masks)), table.counts)[odd])
        good[masks[bad]] = False
    return good


def _named_shapes(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    above = np.where(shapes.parent >= 0, shapes.label[shapes.parent], -1)
    over = np.append(dataset.tracks.parent, -1)[shapes.track]
    above = np.where(over >= 0, np.append(dataset.tracks.label, -1)[over], above)
    return _named(dataset.labels, shapes.label, above)


def _named_tags(dataset: Dataset) -> Bools:
    return _named(dataset.labels, dataset.tags.label, np.full(len(dataset.tags), -1))


def _named_tracks(dataset: Dataset) -> Bools:
    tracks = dataset.tracks
    return _named(dataset.labels, tracks.label, np.where(tracks.parent >= 0, tracks.label[tracks.parent], -1))


def _named(labels: Labels, label: Ints, above: Array) -> Bools:
    """Whether the name of a label, below that of its skeleton, leads back to it."""
    if not len(label):
        return np.zeros(0, np.bool_)
    names = {known.id: known.name for known in labels}
    numbers, row = np.unique(label, return_inverse=True)
    overs, column = np.unique(above, return_inverse=True)
    unique, pair = np.unique(row * len(overs) + column, return_inverse=True)
    met_labels, met_overs = numbers[unique // len(overs)].tolist(), overs[unique % len(overs)].tolist()
    pairs = zip(met_labels, met_overs, strict=True)
    leads = [_leads_back(labels, names.get(number), over, number) for number, over in pairs]
    return np.array(leads, np.bool_)[pair]


def _leads_back(labels: Labels, name: str | None, above: int, number: int) -> bool:
    label = labels.resolve(name, above) if name is not None else None
    return label is not None and label.id == number


FINITE = Condition("shape with a coordinate that is not a number", "there is nothing between it and others", _finite)
WHOLE_MASKS = (Condition("mask with values that are not whole numbers", "there are whole numbers there", _whole_masks),)
WELL_FORMED = (
    FINITE,
    Condition("part of a shape that is not a skeleton", "only skeletons have parts", _below_skeletons),
    Condition("shape with a wrong number of values", "its type needs another", _well_formed),
)
LABELLED = (_known("shapes"), _known("tags"), _known("tracks"))
NAMED = (
    Condition("shape of a label that its name does not tell", _UNTOLD, _named_shapes),
    Condition("track of a label that its name does not tell", _UNTOLD, _named_tracks, "tracks"),
    Condition("tag of a label that its name does not tell", _UNTOLD, _named_tags, "tags"),
)


def drop_malformed_shapes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without shapes of which the numbers are none, too few or too many, and without parts of other than skeletons."""
    no_argument("drop-malformed-shapes", argument)
    return _kept(dataset, WELL_FORMED)


def drop_fractional_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without masks with values that are not whole numbers."""
    no_argument("drop-fractional-masks", argument)
    return _kept(dataset, WHOLE_MASKS)


def drop_unlabelled_rows(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without rows of labels that are not defined."""
    no_argument("drop-unlabelled-rows", argument)
    return _kept(dataset, LABELLED)


def drop_unnamed_rows(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without rows of labels that their name does not tell."""
    no_argument("drop-unnamed-rows", argument)
    return _kept(dataset, NAMED)


def _kept(dataset: Dataset, conditions: Sequence[Condition]) -> tuple[Dataset, Losses]:
    ledger = Ledger()
    for condition in conditions:
        gone = ~condition.holds(dataset)
        dataset = without(dataset, condition.table, gone, ledger, condition.what, condition.why)
    return dataset, ledger.losses()
