"""folder-labels: labels that are told from paths which begin with them, `cat/a.jpg`.

folder-labels=no_label       a/b, no_label, ' c'   ->   a_b, no_label 2, c
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.definitions import Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks


def folder_labels(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Labels of the top level with names of one line without slashes.  argument: what none may be called."""
    ledger, before = Ledger(), dataset.labels
    plain = {label.id: " ".join(label.name.replace("/", "_").split()) or "label" for label in before.top}
    taken = {argument, *(label.name for label in before.top if plain[label.id] == label.name)}
    rows, seen = [], {argument}
    for label in before:
        name = plain.get(label.id, label.name)
        if label.parent is None and (name in seen or (name != label.name and name in taken)):
            name = next(new for n in count(2) if (new := f"{name} {n}") not in taken | seen)
        if label.parent is None:
            seen.add(name)
        rows.append(label if name == label.name else replace(label, name=name))
    odd = np.array([new is not old for new, old in zip(rows, before, strict=True)], np.bool_)
    if not odd.any():
        return dataset, Losses()
    ledger.changed("name of label", "it is the first part of a path", dataset, "labels", odd, column="")
    return dataset.replace(labels=Labels(tuple(rows))), ledger.losses()
