"""used-labels: labels that shapes have, in the order in which pictures have them.

    labels a, b, c    frame 0: c    frame 1: a, c    ->    labels c, a

For formats that say the label of each object and have no list of labels.
"""

from __future__ import annotations

import numpy as np

from annotools.model.columns import row_order
from annotools.model.dataset import Dataset
from annotools.model.definitions import Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def used_labels(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Labels of the top level that shapes have."""
    no_argument("used-labels", argument)
    shapes, ledger = dataset.shapes, Ledger()
    order = row_order(shapes.frame)
    top = {label.id: label for label in dataset.labels.top}
    used = {number: top[number] for number in dict.fromkeys(shapes.label[order].tolist()) if number in top}
    unused = np.array([label.id not in used for label in dataset.labels], np.bool_)
    ledger.lost("label", "no object has it, and the format does not keep the list of labels", dataset, "labels", unused)
    if list(used.values()) == list(dataset.labels):
        return dataset, Losses()
    return dataset.replace(labels=Labels(tuple(used.values()))), ledger.losses()
