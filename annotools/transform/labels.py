"""remap-labels=old:new,old2:new2: labels renamed, or put together where the new name is there already.

    remap-labels=car:vehicle,truck:vehicle     both become `vehicle`
    remap-labels=car:                          annotations of `car` are dropped, and the label
    remap-labels=person/head:face              a point of a skeleton; the old name is given with its skeleton's
    remap-labels=car:truck,truck:car           both change names: old ones are those of before, whatever the order

A comma, colon, slash or backslash in a name is written with a backslash before it.  Attributes follow by name;
those that the new label does not define are added to it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.ragged import Ints
from annotools.model import skeleton
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks

_PART = re.compile(r"(?:[^\\,:/]|\\.)*")
_PAIR = re.compile(rf"(?:({_PART.pattern})/)?({_PART.pattern}):({_PART.pattern})", re.DOTALL)
_EXPECTED = "old:new,old:new"


class Rename(NamedTuple):
    """One pair: `skeleton` is empty for a label that is no sublabel, `new` for one to be dropped."""

    skeleton: str
    old: str
    new: str


def parse_renames(argument: str) -> list[Rename]:
    """The pairs of the argument.  Raises: UsageError."""
    renames, position = [], 0
    while position <= len(argument):
        pair = _PAIR.match(argument, position)
        if pair is None or not pair[2] or (pair.end() < len(argument) and argument[pair.end()] != ","):
            raise UsageError(f"transform remap-labels got {argument!r}, expected {_EXPECTED}")
        renames.append(Rename(*(re.sub(r"\\(.)", r"\1", part or "") for part in pair.groups())))
        position = pair.end() + 1
    return renames


def remap_labels(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Labels renamed, put together or dropped.  argument: old:new,old:new; nothing for new drops.

    Raises: UsageError for an argument that cannot be read, or a label that the dataset does not have.
    """
    ledger = Ledger()
    pairs = [(_find(dataset.labels, rename), rename.new) for rename in parse_renames(argument)]
    dataset = dataset.replace(labels=_out_of_the_way(dataset.labels, pairs))
    for label, new in sorted(pairs, key=lambda pair: bool(pair[1])):  # what is dropped is in nobody's way
        if not new:
            dataset = _drop(dataset, label, ledger)
        elif new != label.name and label.id in dataset.labels.by_id:  # or it was given twice, and is another by now
            dataset = _rename(dataset, label, new, ledger)
    return dataset, ledger.losses()


def _out_of_the_way(labels: Labels, pairs: list[tuple[Label, str]]) -> Labels:
    """The definitions, in which names that labels give up for others to take are not there any more."""
    taken = {(new, label.parent) for label, new in pairs if new != label.name}
    for label, new in pairs:
        if new and new != label.name and (label.name, label.parent) in taken:
            labels = _named(labels, labels.by_id[label.id], f"remap-labels:{label.id}")  # a name that nobody has
    return labels


def _find(labels: Labels, rename: Rename) -> Label:
    above = labels.find(rename.skeleton) if rename.skeleton else None
    label = labels.find(rename.old, above.id if above else None)
    if label is None or (rename.skeleton and above is None):
        names = ", ".join(label.name for label in labels.top)
        raise UsageError(f"transform remap-labels: no label {rename.old!r}, expected one of {names}")
    return label


def _drop(dataset: Dataset, label: Label, ledger: Ledger) -> Dataset:
    ids = [label.id, *(part.id for part in dataset.labels.sublabels(label.id))]
    masks = {}
    for name in OWNERS.values():
        table = getattr(dataset, name)
        masks[name] = ~np.isin(table.label, ids)
        gone = ~masks[name] & (table.label == label.id)
        if name == "shapes":
            gone &= table.track < 0
        ledger.lost(name.removesuffix("s"), f"label {label.name} is dropped", dataset, name, gone)
    ledger.changed("label", f"{label.name} is dropped", dataset, "labels", _family(dataset.labels, label))
    remaining = Labels(tuple(row for row in dataset.labels if row.id not in ids))
    return dataset.select(**masks).replace(labels=remaining)


def _rename(dataset: Dataset, label: Label, new: str, ledger: Ledger) -> Dataset:
    target = dataset.labels.find(new, label.parent)
    why = f"{label.name} {'became' if target is None else 'was put into'} {new}"
    rows = _family(dataset.labels, label)
    ledger.changed("label", why, dataset, "labels", rows)
    for name in OWNERS.values():
        mine = np.isin(getattr(dataset, name).label, [dataset.labels[row].id for row in rows])
        ledger.changed(f"label of {name.removesuffix('s')}", why, dataset, name, mine, "label")
    if target is None:
        return dataset.replace(labels=_named(dataset.labels, label, new))
    return united(dataset, label, target)


def _family(labels: Labels, label: Label) -> list[int]:
    """The rows of a label and of its sublabels."""
    return [row for row, other in enumerate(labels) if label.id in (other.id, other.parent)]


def _named(labels: Labels, label: Label, new: str) -> Labels:
    """The definitions with one renamed, in the drawing of its skeleton too."""
    rows = []
    for row in labels:
        if row.id == label.id:
            row = replace(row, name=new)
        elif row.id == label.parent:
            ids = {part.name: part.id for part in labels.sublabels(row.id)}
            names = {part.id: new if part.id == label.id else part.name for part in labels.sublabels(row.id)}
            row = replace(row, svg=skeleton.with_names(skeleton.with_ids(row.svg, ids), names))
        rows.append(row)
    return Labels(tuple(rows))


def united(dataset: Dataset, label: Label, target: Label) -> Dataset:
    """Everything of one label under another, sublabels and attributes by name."""
    labels, ids = dataset.labels, {label.id: target.id}
    specs: dict[int, int] = {}
    moved = {target.id: _with_specs(target, label, specs)}
    extra = []
    for part in labels.sublabels(label.id):
        twin = labels.find(part.name, target.id)
        ids[part.id] = twin.id if twin else part.id
        if twin:
            moved[twin.id] = _with_specs(twin, part, specs)
        else:
            extra.append(replace(part, parent=target.id))
    rows: list[Label] = []
    for row in labels:
        if row.id != label.id and row.parent != label.id:
            rows += [moved.get(row.id, row), *(extra if row.id == target.id else ())]
    tables = {name: getattr(dataset, name) for name in OWNERS.values()}
    parts = {name: table.replace(label=_mapped(table.label, ids)) for name, table in tables.items()}
    attributes = dataset.attributes.replace(spec=_mapped(dataset.attributes.spec, specs))
    return dataset.replace(labels=Labels(tuple(rows)), attributes=attributes, **parts)


def _with_specs(target: Label, label: Label, specs: dict[int, int]) -> Label:
    """The target with what attributes the label has beyond it; which became which is put into `specs`."""
    known = {spec.name: spec for spec in target.attributes}
    for spec in label.attributes:
        specs[spec.id] = known.setdefault(spec.name, spec).id
    return replace(target, attributes=tuple(known.values()))


def _mapped(ids: Ints, new: dict[int, int]) -> Ints:
    unique, inverse = np.unique(ids, return_inverse=True)
    values = np.array([new.get(number, number) for number in unique.tolist()], np.int64)
    return np.asarray(values[inverse]) if len(unique) else ids
