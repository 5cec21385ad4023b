"""drop-unknown-attributes, free-names: attributes by name, as formats have them that name them as they are defined.

    drop-unknown-attributes           those that their label's definition has, of several with one name the first
    free-names=occluded,rotation      those whose names mean nothing else in the format
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.geometry.ragged import Ints
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.definitions import Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_NOWHERE = -(1 << 62)  # the id of no label


def drop_unknown_attributes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only attributes that their label's definition has, of several with one name the first."""
    no_argument("drop-unknown-attributes", argument)
    ledger = Ledger()
    return named_attributes(dataset, ledger), ledger.losses()


def free_names(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without attributes, and their definitions, that are called as the argument lists."""
    reserved, ledger = frozenset(argument.split(",")), Ledger()
    taken = {spec.id for label in dataset.labels for spec in label.attributes if spec.name in reserved}
    if not taken:
        return dataset, Losses()
    attributes = dataset.attributes
    gone = np.isin(attributes.spec, list(taken))
    why = "its name means something else in the format: " + ", ".join(sorted(reserved))
    ledger.lost("attribute with a reserved name", why, dataset, "attributes", gone)
    wider = [row for row, label in enumerate(dataset.labels) if any(spec.id in taken for spec in label.attributes)]
    ledger.lost("definition of an attribute with a reserved name", why, dataset, "labels", wider, column="attributes")
    rows = [replace(lb, attributes=tuple(s for s in lb.attributes if s.id not in taken)) for lb in dataset.labels]
    return dataset.replace(labels=Labels(tuple(rows)), attributes=attributes.take(~gone)), ledger.losses()


def named_attributes(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Only attributes that their label's definition has, of several with one name the first."""
    attributes = dataset.attributes
    if not len(attributes):
        return dataset
    homes = _homes(dataset.labels)
    specs, places = np.unique(attributes.spec, return_inverse=True)
    home = np.array([homes.get(spec, _NOWHERE) for spec in specs.tolist()], np.int64)[places.reshape(-1)]
    good = np.zeros(len(attributes), np.bool_)
    for owner in Owner:
        mine = np.flatnonzero(attributes.kind == owner)
        good[mine] = home[mine] == _column(dataset, owner, "label")[attributes.owner[mine]]
        what, why = f"unknown attribute of {owner.word}", "its label has no such attribute"
        ledger.lost(what, why, dataset, "attributes", mine[~good[mine]])
    return dataset if good.all() else dataset.replace(attributes=attributes.take(good))


def _homes(labels: Labels) -> dict[int, int]:
    """The label of each attribute that is found by its name."""
    first = {(label.id, spec.name): spec.id for label in reversed(labels) for spec in reversed(label.attributes)}
    return {number: label.id for number, (label, spec) in labels.specs.items() if first[label.id, spec.name] == number}


def _column(dataset: Dataset, owner: Owner, name: str) -> Ints:
    column: Ints = getattr(dataset.table(owner), name)
    return column
