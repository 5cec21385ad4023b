"""What CVAT's JSON can carry, and the rows that it cannot say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.model import Condition, Dataset
from annotools.model.columns import Array, Bools
from annotools.model.keeps import (
    EVERYTHING,
    INTERVAL_COLUMNS,
    LABEL_FIELDS,
    SHAPE_COLUMNS,
    TAG_COLUMNS,
    TRACK_COLUMNS,
)

_UNNAMED = "a backup has names, and no name leads to that id"


def _finite(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    if np.isfinite(shapes.values).all():
        return np.isfinite(shapes.rotation) & np.isfinite(shapes.score)
    bad = np.repeat(np.arange(len(shapes)), shapes.counts)[~np.isfinite(shapes.values)]
    good = np.isfinite(shapes.rotation) & np.isfinite(shapes.score)
    good[bad] = False
    return good


FINITE = Condition("shape with a coordinate that is not a number", "JSON has no infinity and no NaN", _finite)


def _named_labels(dataset: Dataset) -> tuple[Array, Array]:
    """Ids of labels that a name leads to, and for each the id of its parent or -1."""
    labels = dataset.labels
    rows = [label for (name, parent), label in labels.by_name.items() if labels.by_id.get(label.id) is label]
    ids = np.array(sorted(label.id for label in rows), np.int64)
    parents = {label.id: -1 if label.parent is None else label.parent for label in rows}
    return ids, np.array([parents[number] for number in ids.tolist()], np.int64)


def _leads_back(dataset: Dataset, label: Array, parent: Array) -> Bools:
    """Whether the name of each label, under that of its parent's label (-1 for none), leads back to it."""
    ids, parents = _named_labels(dataset)
    if not len(ids):
        return np.zeros(len(label), np.bool_)
    index = np.minimum(np.searchsorted(ids, label), len(ids) - 1)
    return np.asarray((ids[index] == label) & (parents[index] == parent))


def _named_tags(dataset: Dataset) -> Bools:
    return _leads_back(dataset, dataset.tags.label, np.full(len(dataset.tags), -1))


def _named_tracks(dataset: Dataset) -> Bools:
    table = dataset.tracks
    return _leads_back(dataset, table.label, np.where(table.parent >= 0, table.label[table.parent], -1))


def _named_shapes(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    own = _leads_back(dataset, shapes.label, np.where(shapes.parent >= 0, shapes.label[shapes.parent], -1))
    return np.asarray(own | (shapes.track >= 0))


def _named_intervals(dataset: Dataset) -> Bools:
    return _leads_back(dataset, dataset.intervals.label, np.full(len(dataset.intervals), -1))


NAMED = (
    Condition("tag with an unknown label", _UNNAMED, _named_tags, "tags"),
    Condition("track with an unknown label", _UNNAMED, _named_tracks, "tracks"),
    Condition("shape with an unknown label", _UNNAMED, _named_shapes, "shapes"),
    Condition("interval with an unknown label", _UNNAMED, _named_intervals, "intervals"),
)
BACKUP_KEEPS = replace(
    EVERYTHING,
    shapes={kind: names - {"id"} for kind, names in EVERYTHING.shapes.items()},
    elements=SHAPE_COLUMNS - {"id"}, tags=TAG_COLUMNS - {"id"}, tracks=TRACK_COLUMNS - {"id"},
    intervals=INTERVAL_COLUMNS - {"id"},
    labels=LABEL_FIELDS - {"id"},
    frames={"name", "size", "deleted"},
    jobs={"id", "type", "start_frame", "stop_frame"},  # ids are places, from 1, as the pipeline numbers them
    extras={},
    task={
        "name", "mode", "subset", "start_frame", "stop_frame", "step", "segment_size", "overlap", "chunk_size",
        "quality", "bug_tracker", "status", "source_name",
    },
    conditions=(FINITE, *NAMED),
)  # fmt: skip
