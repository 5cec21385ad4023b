"""What annotations may refer to: labels, sub-labels, attribute specs and their defaults.

specs = label_specs.of(labels)       # top-level labels of a task, as in the state
specs[274].all                       # ((153, "false"), (154, "one"), ...) in the order of the definition
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mockserver.state.tables import Record

Defaults = tuple[tuple[int, str], ...]


class Specs(NamedTuple):
    """(spec id, default) of one label: all, those fixed over a track, those that change along it."""

    all: Defaults
    immutable: Defaults
    mutable: Defaults


LabelSpecs = dict[int, Specs]


def of(labels: Iterable[Record]) -> LabelSpecs:
    """Specs of all labels and sub-labels by label id."""
    specs: LabelSpecs = {}
    for label in labels:
        specs[label["id"]] = _specs(label)
        for sublabel in label.get("sublabels", ()):
            specs[sublabel["id"]] = _specs(sublabel)
    return specs


def _specs(label: Record) -> Specs:
    rows = [(spec["mutable"], (spec["id"], spec["default_value"])) for spec in label.get("attributes", ())]
    fixed, changing = (tuple(pair for mutable, pair in rows if mutable is wanted) for wanted in (False, True))
    return Specs(tuple(pair for _, pair in rows), fixed, changing)
