"""Attributes and texts that XML can carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from annotools.formats.cvat_xml.texts import carried
from annotools.model import Dataset, Label, Labels, Owner
from annotools.model.losses import Ledger


def named_attributes(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without attributes of which the label knows nothing: they have no name."""
    table = dataset.attributes
    home = {spec: label.id for spec, (label, _) in dataset.labels.specs.items()}
    unique, inverse = np.unique(table.spec, return_inverse=True)
    label = np.array([home.get(spec, -1) for spec in unique.tolist()], np.int64)[inverse] if len(table) else table.spec
    known = np.ones(len(table), np.bool_)
    for owner in Owner:
        mine = table.kind == owner
        known[mine] = label[mine] == _labels_of(dataset, owner)[table.owner[mine]]
    ledger.lost("attribute", "its label has no such attribute", int((~known).sum()))
    return dataset if known.all() else dataset.replace(attributes=table.take(known))


def _labels_of(dataset: Dataset, owner: Owner) -> Any:
    return getattr(dataset.table(owner), "label")  # noqa: B009  # every table of owners has it


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
