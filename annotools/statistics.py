"""How much of what there is: by label, kind, frame, source and attribute, counted by the column.

numbers = stats(dataset)
numbers.labels["car"]["rectangle"]     # plain rectangles
numbers.labels["car"]["tracks"]        # objects over frames; "keyframes" are their rows
numbers.frames["without annotations"]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotools.formats.base import check_dataset
from annotools.model import Dataset, Label, ShapeType, Source
from annotools.model.counting import counts
from annotools.model.tables import Array, Ints

Counts = dict[str, int]
KINDS = ("tags", *ShapeType.words(), "tracks", "keyframes", "elements", "intervals")


@dataclass(frozen=True)
class Stats:
    """Counts of one dataset.

    totals: rows by kind, as in the report of a conversion.  labels: per label (`skeleton/point` for a part) the rows of
    each kind of `KINDS` there are any of, and on how many frames.  sources: rows by who made them.  frames: how many
    frames there are, deleted, without annotations, and what the fullest holds.  attributes: label -> attribute ->
    value -> rows.  per_frame: (frames, 3) tags, shapes, keyframes on each frame.
    """

    totals: Counts
    labels: dict[str, Counts]
    sources: Counts
    frames: dict[str, float]
    attributes: dict[str, dict[str, Counts]]
    per_frame: Ints

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `per_frame` as one list a column."""
        columns = dict(zip(("tags", "shapes", "keyframes"), self.per_frame.T.tolist(), strict=True))
        return {k: v for k, v in vars(self).items() if k != "per_frame"} | {"per_frame": columns}


def stats(dataset: Dataset) -> Stats:
    """Count a dataset.  Linear in its rows.  Raises TypeError for anything else."""
    check_dataset(dataset, "stats()")
    per_frame = _per_frame(dataset)
    return Stats(
        totals=counts(dataset), labels=_by_label(dataset), sources=_by_source(dataset),
        frames=_of_frames(dataset, per_frame), attributes=_by_attribute(dataset), per_frame=per_frame,
    )  # fmt: skip


def label_names(dataset: Dataset) -> dict[int, str]:
    """Names by id, a part of a skeleton as `skeleton/part`."""
    labels = dataset.labels
    return {label.id: _full_name(label, labels.by_id) for label in labels}


def _full_name(label: Label, known: Mapping[int, Label]) -> str:
    above = known.get(label.parent) if label.parent is not None else None
    return f"{above.name}/{label.name}" if above else label.name


def _kinds(dataset: Dataset) -> dict[str, tuple[Array, Array]]:
    """Per kind the labels and frames of its rows."""
    shapes, tracks, tags, intervals = dataset.shapes, dataset.tracks, dataset.tags, dataset.intervals
    plain = (shapes.track < 0) & (shapes.parent < 0)
    top = tracks.parent < 0
    columns = {"tags": (tags.label, tags.frame)}
    for kind in ShapeType:
        rows = plain & (shapes.type == kind)
        columns[kind.word] = shapes.label[rows], shapes.frame[rows]
    columns["tracks"] = tracks.label[top], tracks.frame[top]
    keyframe, element = shapes.track >= 0, shapes.parent >= 0
    columns["keyframes"] = shapes.label[keyframe], shapes.frame[keyframe]
    columns["elements"] = shapes.label[element], shapes.frame[element]
    columns["intervals"] = intervals.label, np.full(len(intervals), -1)
    return columns


def _by_label(dataset: Dataset) -> dict[str, Counts]:
    names = label_names(dataset)
    counts_of: dict[str, Counts] = {name: {} for name in names.values()}
    pairs = []
    for kind, (label, frame) in _kinds(dataset).items():
        for number, count in zip(*_tally(label), strict=True):
            counts_of.setdefault(names.get(number, f"#{number}"), {})[kind] = count
        pairs.append(np.stack([label, frame], axis=1)[frame >= 0])
    seen = np.unique(np.concatenate(pairs), axis=0)[:, 0]
    for number, count in zip(*_tally(seen), strict=True):
        counts_of[names.get(number, f"#{number}")]["frames"] = count
    return counts_of


def _tally(values: Array) -> tuple[list[int], list[int]]:
    unique, count = np.unique(values, return_counts=True)
    return unique.tolist(), count.tolist()


def _by_source(dataset: Dataset) -> Counts:
    tables = (dataset.tags, dataset.shapes, dataset.tracks, dataset.intervals)
    total = sum(np.bincount(table.source, minlength=len(Source)) for table in tables)
    return {source.word: int(count) for source, count in zip(Source, np.asarray(total), strict=True) if count}


def _per_frame(dataset: Dataset) -> Ints:
    size = len(dataset.frames)
    tracked = dataset.shapes.track >= 0
    plain = ~tracked & (dataset.shapes.parent < 0)
    columns = (dataset.tags.frame, dataset.shapes.frame[plain], dataset.shapes.frame[tracked])
    inside = [column[(column >= 0) & (column < size)] for column in columns]
    return np.stack([np.bincount(column, minlength=size) for column in inside], axis=1).astype(np.int64)


def _of_frames(dataset: Dataset, per_frame: Ints) -> dict[str, float]:
    total = per_frame.sum(axis=1)
    size = len(dataset.frames)
    columns = (dataset.tags.frame, dataset.shapes.frame)
    beyond = sum(int(((column < 0) | (column >= size)).sum()) for column in columns)
    numbers: dict[str, float] = {
        "frames": size, "deleted": int(dataset.frames.deleted.sum()), "without annotations": int((total == 0).sum()),
        "most annotations on a frame": int(total.max(initial=0)),
        "annotations on a frame (median)": float(np.median(total)) if size else 0.0,
        "rows on frames that do not exist": beyond,
    }  # fmt: skip
    return {name: value for name, value in numbers.items() if value or name == "frames"}


def _by_attribute(dataset: Dataset) -> dict[str, dict[str, Counts]]:
    attributes, specs, names = dataset.attributes, dataset.labels.specs, label_names(dataset)
    width = max(len(attributes.pool), 1)
    values_of: dict[str, dict[str, Counts]] = {}
    for code, count in zip(*_tally(attributes.spec * width + attributes.value), strict=True):
        spec, value = divmod(code, width)
        label = names[specs[spec][0].id] if spec in specs else "?"
        name = specs[spec][1].name if spec in specs else f"#{spec}"
        values_of.setdefault(label, {}).setdefault(name, {})[attributes.pool[value]] = count
    return values_of
