"""one-label, only-label: what is left for formats that know a single label.

one-label=icdar            whatever a row was of, it is of `icdar` now; attributes of one name are one
only-label=market-1501     rows of other labels go, and the labels with them
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.geometry.ragged import Ints
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.removal import without


def one_label(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """All rows of one label, which is there also where there are none.  Points of skeletons go with their skeletons."""
    ledger = Ledger()
    why = f"the format has one label, {argument}"
    element = dataset.shapes.parent >= 0
    dataset = without(dataset, "shapes", element, ledger, "skeleton element", "the format has no skeletons")
    existing = dataset.labels.find(argument)
    number = existing.id if existing is not None else max(dataset.labels.by_id, default=0) + 1
    label = Label(number, argument, attributes=_joined_specs(dataset.labels))
    ledger.changed("label", why, dataset, "labels", [row for row, one in enumerate(dataset.labels) if one != label])
    others = [one.id for one in dataset.labels if one.id != number]
    tables = {}
    for name in OWNERS.values():
        table = getattr(dataset, name)
        mine = np.isin(table.label, others)
        ledger.changed(f"label of {name.removesuffix('s')}", why, dataset, name, mine, "label")
        tables[name] = table.replace(label=np.where(mine, number, table.label))
    specs = _same_specs(dataset.labels, label)
    attributes = dataset.attributes.replace(spec=_mapped(dataset.attributes.spec, specs))
    return dataset.replace(labels=Labels((label,)), attributes=attributes, **tables), ledger.losses()


def _joined_specs(labels: Labels) -> tuple[AttributeSpec, ...]:
    """The attributes of all labels, of several with one name the first."""
    known: dict[str, AttributeSpec] = {}
    for label in labels:
        for spec in label.attributes:
            known.setdefault(spec.name, spec)
    return tuple(known.values())


def _same_specs(labels: Labels, label: Label) -> dict[int, int]:
    """Which attribute of the one label each attribute has become."""
    ids = {spec.name: spec.id for spec in label.attributes}
    return {spec.id: ids[spec.name] for definition in labels for spec in definition.attributes}


def _mapped(ids: Ints, new: dict[int, int]) -> Ints:
    unique, inverse = np.unique(ids, return_inverse=True)
    values = np.array([new.get(number, number) for number in unique.tolist()], np.int64)
    return np.asarray(values[inverse.reshape(-1)])


def only_label(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Rows of one label alone, and no other label."""
    ledger = Ledger()
    label = dataset.labels.find(argument)
    number = label.id if label is not None else None
    why = f"the format knows but {argument}"
    for name in ("tags", "shapes", "tracks"):
        gone = getattr(dataset, name).label != number
        dataset = without(dataset, name, gone, ledger, f"{name[:-1]} of another label", why)
    gone_intervals = dataset.intervals.label != number
    ledger.lost("interval of another label", why, dataset, "intervals", gone_intervals)
    others = [row for row, definition in enumerate(dataset.labels) if definition.id != number]
    ledger.lost("label", why, dataset, "labels", others)
    remaining = Labels() if label is None else Labels((replace(label, svg=""),))
    return dataset.select(intervals=~gone_intervals).replace(labels=remaining), ledger.losses()
