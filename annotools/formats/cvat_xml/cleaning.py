"""Attributes and texts that XML can carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from annotools.formats.cvat_xml.texts import carried
from annotools.model import Dataset, Label, Labels
from annotools.model.losses import Ledger
from annotools.model.tables import Ints


def one_of_a_name(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Labels of the same name below the same label as one, the first of them."""
    first = {key: label.id for key, label in dataset.labels.by_name.items()}
    new = {label.id: first[label.name, label.parent] for label in dataset.labels}
    twins = [label for label in dataset.labels if new[label.id] != label.id]
    if not twins:
        return dataset
    ledger.changed("label", "another has the same name: they became one", len(twins))
    specs = _united(dataset.labels, new)
    above = {None: None} | new
    rows = (replace(label, parent=above.get(label.parent, label.parent)) for label in dataset.labels)
    tables = {n: getattr(dataset, n) for n in ("tags", "shapes", "tracks", "intervals")}
    moved = {name: table.replace(label=_renumbered(table.label, new)) for name, table in tables.items()}
    attributes = dataset.attributes
    return dataset.replace(
        labels=Labels(tuple(row for row in rows if new[row.id] == row.id)), **moved,
        attributes=attributes.replace(spec=_renumbered(attributes.spec, specs)),
    )  # fmt: skip


def _united(labels: Labels, new: dict[int, int]) -> dict[int, int]:
    """Attributes of labels that became another, as those of the same name there."""
    found = {}
    for label in labels:
        for spec in label.attributes if new[label.id] != label.id else ():
            other = labels.by_id[new[label.id]].spec(spec.name)
            found[spec.id] = other.id if other else spec.id
    return found


def _renumbered(ids: Ints, new: dict[int, int]) -> Ints:
    unique, inverse = np.unique(ids, return_inverse=True)
    return np.array([new.get(number, number) for number in unique.tolist()], np.int64)[inverse] if len(ids) else ids


def carried_texts(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Every text with U+FFFD for what XML cannot carry."""
    count = 0

    def clean(value: str) -> str:
        nonlocal count
        result = carried(value)
        count += result != value
        return result

    task = _cleaned(dataset.task, clean)
    frames = dataset.frames
    names, subsets = (tuple(map(clean, texts)) for texts in (frames.names, frames.subsets))
    labels = Labels(tuple(_label(label, clean) for label in dataset.labels))
    pool = tuple(map(clean, dataset.attributes.pool))
    ledger.changed("text", "XML has no control characters: they became U+FFFD", count)
    if not count:
        return dataset
    return dataset.replace(
        task=task, frames=replace(frames, names=names, subsets=subsets), labels=labels,
        attributes=dataset.attributes.replace(pool=pool),
    )  # fmt: skip


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """A frozen object with its texts cleaned."""
    texts = {f.name: getattr(value, f.name) for f in fields(value) if isinstance(getattr(value, f.name), str)}
    changed = {name: result for name, text in texts.items() if (result := clean(text)) != text}
    return replace(value, **changed) if changed else value


def _label(label: Label, clean: Callable[[str], str]) -> Label:
    specs = tuple(replace(_cleaned(spec, clean), values=tuple(map(clean, spec.values))) for spec in label.attributes)
    cleaned: Label = replace(_cleaned(label, clean), attributes=specs)
    return cleaned
