"""skeleton-labels: only the labels of skeletons, their points, and what is annotated with these.

A label whose skeleton has no points is none.
"""

from __future__ import annotations

import numpy as np

from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def skeleton_labels(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Labels of skeletons."""
    no_argument("skeleton-labels", argument)
    ledger, labels = Ledger(), dataset.labels
    whole = {label.id for label in labels.top if _is_skeleton(label, labels)}
    gone = [row for row, label in enumerate(labels) if not {label.id, label.parent} & whole]
    if not gone:
        return dataset, Losses()
    why = "each class has the points of a skeleton"
    ledger.lost("label that is not a skeleton", why, dataset, "labels", gone)
    ids = [labels[row].id for row in gone]
    masks = {name: ~np.isin(getattr(dataset, name).label, ids) for name in OWNERS.values()}
    for name, rows in masks.items():
        word = name.removesuffix("s")
        ledger.lost(f"{word} of a label that is not a skeleton", why, dataset, name, ~rows)
    remaining = Labels(tuple(label for label in labels if {label.id, label.parent} & whole))
    return dataset.select(**masks).replace(labels=remaining), ledger.losses()


def _is_skeleton(label: Label, labels: Labels) -> bool:
    points = labels.sublabels(label.id)
    return label.type == "skeleton" and bool(points) and all(point.type == "points" for point in points)
