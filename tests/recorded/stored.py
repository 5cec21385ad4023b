"""A dataset as plain JSON and back: every column as it is, so that a test's dataset can be kept as a file.

restored(stored(dataset)) has equal columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from annotools.model import AttributeSpec, Dataset, Frames, Job, Label, Task
from annotools.model.extras import Extra
from annotools.model.tables import Attributes, Intervals, Shapes, Tags, Tracks

TABLES: dict[str, Any] = {
    "tags": Tags, "shapes": Shapes, "tracks": Tracks, "intervals": Intervals, "attributes": Attributes,
}  # fmt: skip
_FRAMES = ("names", "width", "height", "deleted", "subsets", "related")


def stored(dataset: Dataset) -> dict[str, Any]:
    """All of a dataset but its origin.  What is at its default is left out."""
    answer: dict[str, Any] = {"task": _said(dataset.task), "labels": [_said(label) for label in dataset.labels]}
    answer["frames"] = {name: _plain(getattr(dataset.frames, name)) for name in _FRAMES}
    answer["jobs"] = [_said(job) for job in dataset.jobs]
    for name in TABLES:
        table = getattr(dataset, name)
        if len(table):
            answer[name] = _columns(table)
    extras = {name: {key: _extra(extra) for key, extra in one.items()} for name, one in dataset.extras.items()}
    answer["extras"] = {name: one for name, one in extras.items() if one and name != "labels"}
    return {name: part for name, part in answer.items() if part}


def restored(answer: Mapping[str, Any]) -> Dataset:
    """The dataset of what `stored` gave."""
    parts: dict[str, Any] = {"task": Task(**_filled(answer.get("task", {})))}
    parts["labels"] = [_label(label) for label in answer.get("labels", ())]
    parts["jobs"] = [Job(**_filled(job)) for job in answer.get("jobs", ())]
    parts["frames"] = _frames(answer.get("frames", {}))
    parts |= {name: _table(kind, answer[name]) for name, kind in TABLES.items() if name in answer}
    dataset = Dataset(**parts)
    known = answer.get("extras", {})
    extras = {name: {key: _restored(extra) for key, extra in one.items()} for name, one in known.items()}
    return dataset.replace(extras=extras) if extras else dataset


def _columns(table: Any) -> dict[str, Any]:
    """The columns that are not at their defaults, how many rows there are, and what stands beside the columns."""
    columns = {
        name: _plain(values)
        for name, values in table.columns().items()
        if len(np.unique(values)) > 1 or not np.array_equal(values[0], table.COLUMNS[name].default, equal_nan=True)
    }
    beside = {name: _plain(getattr(table, name)) for name in ("values", "offsets", "pool") if hasattr(table, name)}
    return {"rows": len(table), **columns, **beside}


def _said(part: Any) -> dict[str, Any]:
    """The fields of a definition that are not at their defaults."""
    return {
        field.name: _plain(asdict(part)[field.name]) for field in fields(part)
        if field.name in ("id", "name") or getattr(part, field.name) != field.default
    }  # fmt: skip


def _filled(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuples(value) for name, value in part.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else _unpacked(value)


def _label(label: Mapping[str, Any]) -> Label:
    specs = [AttributeSpec(**_filled(spec)) for spec in label.get("attributes", ())]
    return Label(**{**_filled(label), "attributes": tuple(specs)})


def _frames(columns: Mapping[str, Any]) -> Frames:
    kinds = {"width": np.int64, "height": np.int64, "deleted": np.bool_}
    return Frames(
        **{name: np.array(values, kinds[name]) if name in kinds else tuple(values) for name, values in columns.items()}
    )


def _table(kind: Any, columns: Mapping[str, Any]) -> Any:
    return kind.of(**{name: _unpacked(values) for name, values in columns.items()})


def _extra(extra: Extra) -> dict[str, Any]:
    kind = extra.values.dtype
    form: Any = "object" if kind.kind == "O" else kind.descr if kind.names else kind.str
    return {"values": _plain(extra.values), "dtype": form, "present": _plain(extra.present), "derived": extra.derived}


def _restored(extra: Mapping[str, Any]) -> Extra:
    form = extra["dtype"]
    kind = np.dtype([tuple(field) for field in form] if isinstance(form, list) else form)
    values = np.empty(len(extra["values"]), kind)
    for row, value in enumerate(extra["values"]):
        values[row] = tuple(value) if kind.names else _unpacked(value)
    return Extra(values, np.array(extra["present"], np.bool_), extra["derived"])


def _plain(value: Any) -> Any:
    """A value as JSON has it; bytes as an object of one key."""
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"bytes"}:
        return value["bytes"].encode("latin-1")
    return [_unpacked(inner) for inner in value] if isinstance(value, list) else value
