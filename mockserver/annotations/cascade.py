"""What goes with a label or an attribute that is deleted: annotations with the label, values of the attribute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from annotools.labeled_data import LabeledData
from mockserver.annotations import job_annotations
from mockserver.state.context import Context
from mockserver.state.tables import Record


def jobs_with(ctx: Context, label: Record) -> list[int]:
    """Jobs of the task or project of a label."""
    key = "task_id" if label.get("task_id") is not None else "project_id"
    name = "id" if key == "task_id" else "project_id"
    tasks = {task["id"] for task in ctx.table("tasks").values() if task[name] == label[key]}
    return [job["id"] for job in ctx.table("jobs").values() if job["task_id"] in tasks]


def forget_label(ctx: Context, label: Record) -> None:
    """Remove everything that has the label or one of its sub-labels."""
    gone = {label["id"], *(part["id"] for part in label.get("sublabels", ()))}
    for job in jobs_with(ctx, label):
        old = job_annotations.stored(ctx, job).data
        by_kind: dict[str, Any] = {
            kind: [item for item in getattr(old, kind) if item.label_id not in gone] for kind in _KINDS
        }
        if any(len(by_kind[kind]) < len(getattr(old, kind)) for kind in _KINDS):
            job_annotations.put(ctx, job, LabeledData(**by_kind))


def forget_specs(ctx: Context, label: Record, specs: Iterable[int]) -> None:
    """Remove the values of attributes."""
    gone = set(specs)
    for job in jobs_with(ctx, label) if gone else ():
        old = job_annotations.stored(ctx, job).data
        by_kind: dict[str, Any] = {kind: [_without(item, gone) for item in getattr(old, kind)] for kind in _KINDS}
        job_annotations.put(ctx, job, LabeledData(**by_kind))


_KINDS = ("tags", "shapes", "tracks", "intervals")


def _without(item: Any, gone: set[int]) -> Any:
    """A copy of an annotation without values of these attributes, in its parts neither."""
    changes = {"attributes": [value for value in item.attributes if value.spec_id not in gone]}
    for name in ("shapes", "elements"):
        parts = getattr(item, name, None)
        if parts:
            changes[name] = [_without(part, gone) for part in parts]
    return msgspec.structs.replace(item, **changes)
