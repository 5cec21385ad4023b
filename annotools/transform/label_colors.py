"""Steps of formats that say labels by colours and names on lines.

distinct-colors     car "", van #ff0000, bus #ff0000, sky #000000   ->   #800000, #ff0000, #008000, #808000
one-line-names      "traffic\\nlight", " car"                        ->   "traffic light", "car"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from annotools.model.colors import distinct, hex_color, rgb
from annotools.model.dataset import Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def distinct_colors(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every label of the top level with a colour that no other has, and that is not the background's black."""
    no_argument("distinct-colors", argument)
    top = dataset.labels.top
    colors = map(hex_color, distinct([rgb(label.color) for label in top]))
    new = {label.id: replace(label, color=color) for label, color in zip(top, colors, strict=True)}
    return _with(dataset, new, "color", "pixels are told apart by colours, and black is the background")


def one_line_names(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every label of the top level with a name that is one line, and no two with one name."""
    no_argument("one-line-names", argument)
    top = dataset.labels.top
    names = _apart([" ".join(label.name.split()) for label in top])
    new = {label.id: replace(label, name=name) for label, name in zip(top, names, strict=True)}
    return _with(dataset, new, "name", "a name is a part of a line")


def _apart(names: Sequence[str]) -> list[str]:
    """The names, with numbers behind those that come again."""
    unique: dict[str, None] = {}
    for name in names:
        new, number = name or "label", 1
        while new in unique or (number > 1 and new in names):
            number += 1
            new = f"{name or 'label'} {number}"
        unique[new] = None
    return list(unique)


def _with(dataset: Dataset, new: dict[int, Label], field: str, why: str) -> tuple[Dataset, Losses]:
    rows = tuple(new.get(label.id, label) for label in dataset.labels)
    odd = np.array([old != label for old, label in zip(dataset.labels, rows, strict=True)], np.bool_)
    if not odd.any():
        return dataset, Losses()
    ledger = Ledger()
    ledger.changed(f"{field} of label", why, dataset, "labels", odd, column="" if field == "name" else field)
    return dataset.replace(labels=Labels(rows)), ledger.losses()
