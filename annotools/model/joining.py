"""Putting datasets together: labels united by name, frames one after the other, ids renumbered.

Two labels of one name (and one parent) are one label; its attributes are united by name as well, the first
definition counts.  Ids of annotations are dropped where two inputs could use the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annotools.model.codes import Owner
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import AttributeSpec, Job, Label, Labels
from annotools.model.frames import Frames
from annotools.model.tables import Array, Attributes, Ints


def concat(datasets: Sequence[Dataset]) -> Dataset:
    """One dataset with the annotations of all.  Raises ValueError when there is none."""
    if not datasets:
        raise ValueError("nothing to put together")
    if len(datasets) == 1:
        return datasets[0]
    labels = _Union()
    parts = [labels.take_in(dataset) for dataset in datasets]
    starts = np.cumsum([0] + [len(d.frames) for d in datasets])
    shifted = [_shift(part, datasets[:number], int(starts[number])) for number, part in enumerate(parts)]
    kinds = {name: type(datasets[0].table(owner)) for owner, name in OWNERS.items()}
    tables = {name: kind.concat([part[name] for part in shifted]) for name, kind in kinds.items()}
    return Dataset(
        task=replace(datasets[0].task, id=-1, stop_frame=None),
        labels=labels.labels(), frames=Frames.concat([d.frames for d in datasets]),
        jobs=tuple(_moved_job(job, int(starts[number])) for number, d in enumerate(datasets) for job in d.jobs),
        attributes=Attributes.concat([part["attributes"] for part in shifted]), **tables,
        extras={"dataset": datasets[0].extras["dataset"]},
    )  # fmt: skip


def _moved_job(job: Job, start: int) -> Job:
    included = None if job.included is None else tuple(frame + start for frame in job.included)
    return replace(
        job, id=-1, start_frame=job.start_frame + start, stop_frame=job.stop_frame + start, included=included,
        disabled=tuple(frame + start for frame in job.disabled), parent_job=None,
        honeypots=tuple((a + start, b + start) for a, b in job.honeypots),
    )  # fmt: skip


def _shift(part: dict[str, Any], before: Sequence[Dataset], start: int) -> dict[str, Any]:
    """References of one dataset's tables moved behind those before it; groups kept apart."""
    rows = {name: sum(len(getattr(d, name)) for d in before) for name in (*OWNERS.values(), "jobs")}
    group = sum(_most_group(d) for d in before)
    moved = dict(part)
    for name in OWNERS.values():
        table = part[name]
        columns: dict[str, Array] = {"id": np.full(len(table), -1), "job": _behind(table.job, rows["jobs"])}
        columns["group"] = np.where(table.group > 0, table.group + group, table.group)
        if hasattr(table, "frame"):
            columns["frame"] = table.frame + start
        if hasattr(table, "track"):
            columns |= {"track": _behind(table.track, rows["tracks"])}
        if hasattr(table, "parent"):
            columns |= {"parent": _behind(table.parent, rows[name])}
        moved[name] = table.replace(**columns)
    attributes = part["attributes"]
    shift = np.array([rows[OWNERS[kind]] for kind in Owner])
    moved["attributes"] = attributes.replace(owner=attributes.owner + shift[attributes.kind])
    return moved


def _behind(reference: Array, count: int) -> Array:
    return np.where(reference >= 0, reference + count, -1)


def _most_group(dataset: Dataset) -> int:
    return max((int(getattr(dataset, name).group.max(initial=0)) for name in OWNERS.values()), default=0)


class _Union:
    """Labels and attribute specifications of several datasets under one numbering."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, int | None], int] = {}
        self._labels: dict[int, Label] = {}
        self._specs = 0

    def take_in(self, dataset: Dataset) -> dict[str, Any]:
        """Unite a dataset's labels and return its tables with the new ids."""
        ids: dict[int, int] = {}
        specs: dict[int, int] = {}
        for label in sorted(dataset.labels, key=lambda label: label.parent is not None):
            parent = ids.get(label.parent) if label.parent is not None else None
            ids[label.id] = self._label(label, parent)
            specs |= self._unite_specs(ids[label.id], label)
        tables: dict[str, Any] = {n: getattr(dataset, n) for n in OWNERS.values()}
        moved = {name: table.replace(label=_renamed(table.label, ids)) for name, table in tables.items()}
        attributes = dataset.attributes
        return moved | {"attributes": attributes.replace(spec=_renamed(attributes.spec, specs))}

    def _label(self, label: Label, parent: int | None) -> int:
        number = self._names.setdefault((label.name, parent), len(self._names) + 1)
        self._labels.setdefault(number, replace(label, id=number, parent=parent, attributes=()))
        return number

    def _unite_specs(self, number: int, label: Label) -> dict[int, int]:
        known = {spec.name: spec for spec in self._labels[number].attributes}
        for spec in label.attributes:
            if spec.name not in known:
                self._specs += 1
                known[spec.name] = AttributeSpec(
                    self._specs, spec.name, spec.mutable, spec.input_type, spec.default_value, spec.values
                )
        self._labels[number] = replace(self._labels[number], attributes=tuple(known.values()))
        return {spec.id: known[spec.name].id for spec in label.attributes}

    def labels(self) -> Labels:
        """All labels, each skeleton followed by its sublabels."""
        top = [label for label in self._labels.values() if label.parent is None]
        rows = [r for t in top for r in (t, *(s for s in self._labels.values() if s.parent == t.id))]
        return Labels(tuple(rows))


def _renamed(ids: Ints, new: dict[int, int]) -> Ints:
    """Ids under the new numbering; ids that nothing defines move out of its way."""
    unique, inverse = np.unique(ids, return_inverse=True)
    mapped = np.array([new.get(i, i if i < 0 else i + (1 << 40)) for i in unique.tolist()], np.int64)
    return np.asarray(mapped[inverse]) if len(unique) else ids
