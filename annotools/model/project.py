"""Reducing a dataset to what a format can carry, and saying what that costs.

The order: kinds, shape types, named conditions, columns, attributes, definitions, rounding.  Everything that is
dropped or reset is counted with its frames.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from annotools.model import rounding
from annotools.model.codes import Owner, ShapeType
from annotools.model.dataset import Dataset
from annotools.model.definitions import Labels, Task
from annotools.model.keeps import FRAME_FIELDS, LABEL_FIELDS, TASK_FIELDS, Keeps, Names
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Array, Bools, Floats, Shapes, Table

_PIECE = 1 << 16  # values rounded at a time: what is made on the way stays in the cache
_NO_KIND = "the format has no {}"
_NO_COLUMN = "the format has no {} here"
_ELEMENT = len(ShapeType)  # the row of an element, after the shape types
_SHAPE_RESETS = ("occluded", "outside", "z_order", "rotation", "group", "source", "score", "keyframe")
_ROW_RESETS = ("group", "source", "score")


def project(dataset: Dataset, keeps: Keeps) -> tuple[Dataset, Losses]:
    """The part of a dataset that a format carries, and what was lost or changed on the way."""
    ledger = Ledger()
    dataset = _drop_kinds(dataset, keeps, ledger)
    dataset = _drop_types(dataset, keeps, ledger)
    for condition in keeps.conditions:
        holds = condition.holds(dataset)
        table = getattr(dataset, condition.table)
        ledger.lost(condition.what, condition.why, int((~holds).sum()), table.frame[~holds])
        if not holds.all():
            dataset = dataset.select(**{condition.table: holds})
    dataset = _reset_shapes(dataset, keeps, ledger)
    for name, kept in (("tags", keeps.tags), ("tracks", keeps.tracks), ("intervals", keeps.intervals)):
        dataset = _reset_rows(dataset, name, kept or frozenset(), ledger)
    dataset = _drop_attributes(dataset, keeps, ledger)
    dataset = _definitions(dataset, keeps, ledger)
    return _round(dataset, keeps, ledger), ledger.losses()


def _drop_kinds(dataset: Dataset, keeps: Keeps, ledger: Ledger) -> Dataset:
    gone: dict[str, Any] = {}
    for name in ("tags", "tracks", "intervals"):
        table: Any = getattr(dataset, name)
        if getattr(keeps, name) is None and len(table):
            whole = table.parent < 0 if name == "tracks" else np.ones(len(table), np.bool_)
            frames = table.frame if name != "intervals" else ()
            ledger.lost(name, _NO_KIND.format(name), int(whole.sum()), frames)
            gone[name] = np.zeros(len(table), np.bool_)
    return dataset.select(**gone) if gone else dataset


def _is_element(dataset: Dataset) -> Bools:
    shapes, tracks = dataset.shapes, dataset.tracks
    element = shapes.parent >= 0
    tracked = shapes.track >= 0
    element[tracked] |= tracks.parent[shapes.track[tracked]] >= 0
    return element


def _drop_types(dataset: Dataset, keeps: Keeps, ledger: Ledger) -> Dataset:
    shapes = dataset.shapes
    element = _is_element(dataset)
    known = np.array([kind in keeps.shapes for kind in ShapeType])
    keep = element | known[shapes.type]
    if keeps.elements is None:
        keep &= ~element
    for kind in ShapeType:
        lost = ~keep & ~element & (shapes.type == kind)
        ledger.lost(kind.word, _NO_KIND.format(_plural(kind)), int(lost.sum()), shapes.frame[lost])
    return dataset if keep.all() else dataset.select(shapes=keep)


def _plural(kind: ShapeType) -> str:
    return kind.word if kind.word.endswith("s") else kind.word + "s"


def _carried(keeps: Keeps, column: str) -> Array:
    """Per shape type, and for elements, whether a column is carried."""
    types = [column in keeps.shapes.get(kind, ()) for kind in ShapeType]
    return np.array([*types, column in (keeps.elements or ())])


def _reset_shapes(dataset: Dataset, keeps: Keeps, ledger: Ledger) -> Dataset:
    shapes = dataset.shapes
    kind = np.where(_is_element(dataset), _ELEMENT, shapes.type)
    changed: dict[str, Array] = {}
    for column in _SHAPE_RESETS:
        default = shapes.COLUMNS[column].default
        values = getattr(shapes, column)
        lost = ~_carried(keeps, column)[kind] & (values != default)
        if lost.any():
            for code in np.unique(kind[lost]).tolist():
                rows = lost & (kind == code)
                what = f"{column} of {'skeleton element' if code == _ELEMENT else ShapeType(code).word}"
                ledger.lost(what, _NO_COLUMN.format(column), int(rows.sum()), shapes.frame[rows])
            changed[column] = np.where(lost, default, values)
    return dataset.replace(shapes=shapes.replace(**changed)) if changed else dataset


def _reset_rows(dataset: Dataset, name: str, kept: Names, ledger: Ledger) -> Dataset:
    table: Table = getattr(dataset, name)
    changed: dict[str, Array] = {}
    for column in (c for c in _ROW_RESETS if c in table.COLUMNS and c not in kept):
        default = table.COLUMNS[column].default
        lost = getattr(table, column) != default
        frames = getattr(table, "frame", np.zeros(len(table), np.int64))[lost]
        ledger.lost(f"{column} of {name[:-1]}", _NO_COLUMN.format(column), int(lost.sum()), frames)
        if lost.any():
            changed[column] = np.where(lost, default, getattr(table, column))
    return dataset.replace(**{name: table.replace(**changed)}) if changed else dataset


def _drop_attributes(dataset: Dataset, keeps: Keeps, ledger: Ledger) -> Dataset:
    attributes = dataset.attributes
    keep = np.ones(len(attributes), np.bool_)
    kind = np.where(_is_element(dataset), _ELEMENT, dataset.shapes.type)
    carried = _carried(keeps, "attributes")
    for owner, names in ((Owner.TAG, keeps.tags), (Owner.TRACK, keeps.tracks), (Owner.INTERVAL, keeps.intervals)):
        if "attributes" not in (names or ()):
            keep &= attributes.kind != owner
    mine = attributes.kind == Owner.SHAPE
    keep[mine] &= carried[kind[attributes.owner[mine]]]
    for owner in Owner:
        lost = ~keep & (attributes.kind == owner)
        table = dataset.table(owner)
        frames = getattr(table, "frame", np.zeros(len(table), np.int64))[attributes.owner[lost]]
        what = f"attribute of {owner.word}"
        ledger.lost(what, _NO_COLUMN.format("attributes"), int(lost.sum()), frames)
    return dataset if keep.all() else dataset.replace(attributes=attributes.take(keep))


def _definitions(dataset: Dataset, keeps: Keeps, ledger: Ledger) -> Dataset:
    parts: dict[str, Any] = {"labels": _labels(dataset.labels, keeps.labels, ledger)}
    parts["frames"] = _frames(dataset, keeps.frames, ledger)
    parts["task"] = _task(dataset.task, keeps.task)
    if not keeps.jobs and dataset.jobs:
        tables = ("tags", "shapes", "tracks", "intervals")
        parts |= {n: getattr(dataset, n).replace(job=np.full(len(getattr(dataset, n)), -1)) for n in tables}
        parts["jobs"] = ()
    return dataset.replace(**parts)


def _labels(labels: Labels, kept: Names, ledger: Ledger) -> Labels:
    if kept >= LABEL_FIELDS:
        return labels
    rows = labels.rows if "sublabels" in kept else labels.top
    ledger.lost("sublabel definition", "the format has no skeletons", len(labels.rows) - len(rows))
    blank: dict[str, Any] = {"type": "any", "color": "", "attributes": (), "svg": ""}
    reset: dict[str, Any] = {name: value for name, value in blank.items() if name not in kept}
    for name, value in reset.items():
        lost = sum(getattr(label, name) != value for label in rows)
        ledger.lost(f"{name} of label", f"the format has no {name} of labels", lost)
    return Labels(tuple(replace(label, **reset) for label in rows))


def _frames(dataset: Dataset, kept: Names, ledger: Ledger) -> Any:
    frames = dataset.frames
    changed: dict[str, Any] = {}
    for name in sorted(FRAME_FIELDS - kept):
        if name == "size":
            known = (frames.width != 0) | (frames.height != 0)
            changed |= {"width": np.zeros(len(frames), np.int64), "height": np.zeros(len(frames), np.int64)}
        elif name == "deleted":
            known = frames.deleted
            changed["deleted"] = np.zeros(len(frames), np.bool_)
        else:
            known = np.array([bool(value) for value in getattr(frames, name)], np.bool_)
            changed[name] = ("" if name == "subsets" else 0,) * len(frames)
        ledger.lost(f"{name} of frame", f"the format has no {name} of frames", int(known.sum()), np.flatnonzero(known))
    return replace(frames, **changed)


def _task(task: Task, kept: Names) -> Task:
    """Fields of the task that are not carried take their defaults; they describe, they are not annotations."""
    blank = Task()
    return replace(task, **{name: getattr(blank, name) for name in TASK_FIELDS - kept})


def _round(dataset: Dataset, keeps: Keeps, ledger: Ledger) -> Dataset:
    if keeps.decimals is None:
        return dataset
    shapes = dataset.shapes
    rounder = rounding.around if keeps.rounding == "around" else rounding.shortest
    values, rows = _rounded(shapes, keeps.decimals, rounder)
    turned = rounder(shapes.rotation, keeps.decimals)
    rows |= turned != shapes.rotation
    if not rows.any():
        return dataset
    why = f"coordinates have {keeps.decimals} decimals"
    ledger.changed("rounded shape", why, int(rows.sum()), shapes.frame[rows])
    return dataset.replace(shapes=shapes.with_points(values).replace(rotation=turned))


def _rounded(shapes: Shapes, decimals: int, rounder: Callable[[Floats, int], Floats]) -> tuple[Floats, Bools]:
    """The points, of masks as they are, and which rows moved.  Some at a time, and a copy only where one did."""
    values, moved, copied = shapes.values, np.zeros(len(shapes), np.bool_), False
    for start in range(0, len(values), _PIECE):
        old = shapes.values[start : start + _PIECE]
        new = rounder(old, decimals)
        places = np.flatnonzero(new != old)
        rows = np.searchsorted(shapes.offsets, places + start, "right") - 1
        free = shapes.type[rows] != ShapeType.MASK
        places, moved[rows[free]] = places[free], True
        if len(places):
            values, copied = values if copied else values.copy(), True
            values[places + start] = new[places]
    return values, moved
