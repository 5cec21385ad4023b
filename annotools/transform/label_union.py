"""unite-labels: labels of one name below one label are one, for formats that tell labels by their names.

car (colour), car (colour, wheels)   ->   car (colour, wheels), with the annotations of both
"""

from __future__ import annotations

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.labels import united
from annotools.transform.rows import no_argument


def unite_labels(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Labels of one name as the first of them, attributes and points of skeletons by name."""
    no_argument("unite-labels", argument)
    before = dataset
    while (twin := _twin(dataset.labels)) is not None:
        first = dataset.labels.by_name[twin.name, twin.parent]
        dataset = united(dataset, twin, first)
    ledger = Ledger()
    remaining = dataset.labels.by_id
    gone = np.array([label.id not in remaining for label in before.labels], np.bool_)
    ledger.changed("label", "another has the same name: they became one", before, "labels", gone)
    wider = [label.id in remaining and remaining[label.id] != label for label in before.labels]
    ledger.changed("label", "it has the attributes of its namesake", before, "labels", np.array(wider, np.bool_))
    return dataset, ledger.losses()


def _twin(labels: Labels) -> Label | None:
    """The first label that has the name of one before it."""
    return next((label for label in labels if labels.by_name[label.name, label.parent].id != label.id), None)
