"""Attributes of objects in the form in which they are compared: every one of the label, typed, as small numbers.

    car: doors (number), parked (checkbox)      "4", "True"  and  "4.0", "true"  are the same

A missing value is the default.  Numbers are compared as such, a checkbox is true where it says so in any case, all
other texts must be equal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Ints, expand_ranges, offsets_of
from annotools.model import AttributeSpec, Dataset, Owner
from annotools.model.tables import Attributes


class AttributeValues(NamedTuple):
    """codes: positions in `pool`, a row an object, a value a specification of its label, in the order of these."""

    codes: Ints
    offsets: Ints
    pool: tuple[str, ...]

    def differ(self, first: Ints, second: Ints) -> np.ndarray:
        """Whether the values of two objects of one label differ, pair by pair.  (n,) bool"""
        counts = np.diff(self.offsets)[first]
        pair = np.repeat(np.arange(len(first)), counts)
        codes = (self.codes[expand_ranges(self.offsets[rows], counts)] for rows in (first, second))
        unequal = np.not_equal(*codes)
        return np.bincount(pair[unequal], minlength=len(first)) > 0


class Owners(NamedTuple):
    """What the objects are rows of: rows of `tags` (-1 for shapes), of `shapes` (-1 for tags), of `tracks` (or -1)."""

    tag: Ints
    shape: Ints
    track: Ints


def attribute_values(dataset: Dataset, label: Ints, owners: Owners) -> AttributeValues:
    """The values of objects.  label: (n,) ids."""
    texts = _Texts(dataset)
    specs = {row.id: row.attributes for row in dataset.labels}
    counts = np.array([len(specs.get(number, ())) for number in label.tolist()], np.int64)
    offsets = offsets_of(counts)
    defaults = {number: [texts.code(spec, spec.default_value) for spec in row] for number, row in specs.items()}
    codes = np.array([code for number in label.tolist() for code in defaults.get(number, ())], np.int64)
    for kind, rows in ((Owner.TAG, owners.tag), (Owner.TRACK, owners.track), (Owner.SHAPE, owners.shape)):
        values = dataset.attributes.of_kind(kind)
        thing, row = _joined(rows, values)
        position, owning_label = texts.positions(values.spec[row])
        fits = owning_label == label[thing]
        codes[offsets[:-1][thing[fits]] + position[fits]] = texts.codes(values)[row[fits]]
    return AttributeValues(codes, offsets, tuple(texts.pool))


def _joined(rows: Ints, values: Attributes) -> tuple[Ints, Ints]:
    """Which objects (by the row that they are of) have which of these attributes: pairs of positions."""
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], values.owner)
    counts = np.searchsorted(rows[order], values.owner, side="right") - starts
    return order[expand_ranges(starts, counts)], np.repeat(np.arange(len(values)), counts)


class _Texts:
    """Values in their typed form, as codes."""

    def __init__(self, dataset: Dataset) -> None:
        self.pool: dict[str, int] = {}
        self._specs = dataset.labels.specs
        self._positions = {
            spec.id: (position, label.id) for label in dataset.labels for position, spec in enumerate(label.attributes)
        }

    def code(self, spec: AttributeSpec | None, text: str) -> int:
        """The code of one value."""
        return self.pool.setdefault(typed(spec, text), len(self.pool))

    def codes(self, values: Attributes) -> Ints:
        """The codes of values; each combination of specification and text is looked at once."""
        pairs, inverse = np.unique(np.stack([values.spec, values.value]), axis=1, return_inverse=True)
        specs = [self._specs.get(number, (None, None))[1] for number in pairs[0].tolist()]
        codes = [self.code(spec, values.pool[value]) for spec, value in zip(specs, pairs[1].tolist(), strict=True)]
        return np.array(codes, np.int64)[inverse.reshape(-1)]

    def positions(self, specs: Ints) -> tuple[Ints, Ints]:
        """Where in their label specifications stand, and the ids of these labels; -1, -1 for what nobody defines."""
        unique, inverse = np.unique(specs, return_inverse=True)
        pairs = [self._positions.get(number, (-1, -1)) for number in unique.tolist()]
        position, label = np.array(pairs, np.int64).reshape(-1, 2).T
        return position[inverse], label[inverse]


def typed(spec: AttributeSpec | None, text: str) -> str:
    """A value in the one form that stands for all that mean the same."""
    if spec is not None and spec.input_type == "checkbox":
        return "true" if text.lower() == "true" else "false"
    if spec is None or spec.input_type != "number":
        return text
    try:
        return str(float(text) + 0.0)  # -0 is 0
    except ValueError:
        return text
