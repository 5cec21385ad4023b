"""drop-unknown-attributes, free-names: attributes by name, as formats have them that name them as they are defined.

drop-unknown-attributes           those that their label's definition has, of several with one name the first
free-names=occluded,rotation      those whose names mean nothing else in the format
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.errors import UsageError, suggest
from annotools.geometry.ragged import Ints
from annotools.model.codes import Owner, ShapeType
from annotools.model.columns import without
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.row_conditions import is_class
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
    specs, inverse = np.unique(attributes.spec, return_inverse=True)
    home = np.array([homes.get(spec, _NOWHERE) for spec in specs.tolist()], np.int64)[inverse.reshape(-1)]
    good = np.zeros(len(attributes), np.bool_)
    for owner in Owner:
        mine = np.flatnonzero(attributes.kind == owner)
        good[mine] = home[mine] == _column(dataset, owner, "label")[attributes.owner[mine]]
        what, why = f"unknown attribute of {owner.word}", "its label has no such attribute"
        ledger.lost(what, why, dataset, "attributes", mine[~good[mine]])
    return dataset if good.all() else dataset.replace(attributes=attributes.take(good))


def plain_attributes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Of the definitions of attributes only the names of those that shapes of some types have, in the order of frames.

    argument: the types.  For formats that say names and values, and nothing of what an attribute is.  What is outside,
    a point of a skeleton, or nowhere does not count: no such format has it.
    """
    kinds = argument.split(",")
    if not set(kinds) <= set(ShapeType.words()):
        raise UsageError(f"plain-attributes got {argument!r}, expected {suggest(argument, ShapeType.words())}")
    ledger = Ledger()
    dataset = named_attributes(dataset, ledger)
    shapes, attributes = dataset.shapes, dataset.attributes
    there = np.isin(shapes.type, [ShapeType.of(kind) for kind in kinds])
    there &= ~shapes.outside & np.isfinite(shapes.rotation)
    there &= shapes.are_finite
    there &= is_class(dataset)
    mine = np.flatnonzero(attributes.kind == Owner.SHAPE)
    mine = mine[there[attributes.owner[mine]]]
    others = without(np.arange(len(attributes)), mine)
    why = f"nothing but a {' or '.join(kinds)} has attributes in the format"
    ledger.lost("attribute", why, dataset, "attributes", others)
    order = np.lexsort((mine, attributes.owner[mine], shapes.frame[attributes.owner[mine]]))
    used = list(dict.fromkeys(attributes.spec[mine[order]].tolist()))
    specs = {number: dataset.labels.specs[number] for number in used}
    rows = []
    for label in dataset.labels:
        own = [replace(_BARE, id=number, name=spec.name) for number, (of, spec) in specs.items() if of.id == label.id]
        rows.append(replace(label, attributes=tuple(own)))
    labels = Labels(tuple(rows))
    odd = np.array([_specs_of(a) != _specs_of(b) for a, b in zip(labels, dataset.labels, strict=True)], np.bool_)
    ledger.changed("attributes of label", "values have names, and no definition", dataset, "labels", odd, "attributes")
    return dataset.replace(labels=labels, attributes=attributes.take(mine)), ledger.losses()


_BARE = AttributeSpec(0, "")


def _specs_of(label: Label) -> list[AttributeSpec]:
    return [replace(spec, id=0) for spec in label.attributes]


def _homes(labels: Labels) -> dict[int, int]:
    """The label of each attribute that is found by its name."""
    first = {(label.id, spec.name): spec.id for label in reversed(labels) for spec in reversed(label.attributes)}
    return {number: label.id for number, (label, spec) in labels.specs.items() if first[label.id, spec.name] == number}


def _column(dataset: Dataset, owner: Owner, name: str) -> Ints:
    column: Ints = getattr(dataset.table(owner), name)
    return column
