"""listed-classes: labels for a list of classes, one name a line, where the line is the number.

    "a\\nb", " a"            ->   "a b", "a"           a name is what stands on a line, without blanks around it
    number 2000000000       ->   the next free one    a list has no room for it

listed-classes=class_id     the extra of labels that says their numbers
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np

from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks

MOST = 100_000  # lines


def listed_classes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Labels of the top level with names that are lines, and numbers that a list has room for."""
    ledger, before = Ledger(), dataset.labels.rows
    named = _named(before)
    odd = np.array([a.name != b.name for a, b in zip(before, named, strict=True)], np.bool_)
    ledger.changed("name of label", "a name is a line of a list", dataset, "labels", odd, column="name")
    far = _far(named, argument)
    why = f"a list has {MOST:,} lines at most"
    ledger.lost(f"{argument} of label", why, dataset, "labels", far, column=f"extras.{argument}")
    if not (odd | far).any():
        return dataset, Losses()
    rows = [_without(label, argument) if gone else label for label, gone in zip(named, far.tolist(), strict=True)]
    return dataset.replace(labels=Labels(tuple(rows))), ledger.losses()


def _named(labels: tuple[Label, ...]) -> list[Label]:
    """Labels whose names are lines, and still differ."""
    taken = {label.name for label in labels if label.parent is None and _line(label.name) == label.name}
    rows = []
    for label in labels:
        name = label.name
        if label.parent is None and _line(name) != name:
            plain = _line(name)
            name = next(new for n in count(1) if (new := plain if n == 1 else f"{plain} {n}") not in taken)
            taken.add(name)
        rows.append(label if name == label.name else replace(label, name=name))
    return rows


def _line(name: str) -> str:
    lines = [line.strip() for line in name.replace("\0", " ").splitlines()]
    return " ".join(filter(None, lines)) or "label"


def _far(labels: list[Label], extra: str) -> Bools:
    numbers = [dict(label.extras).get(extra, 0) for label in labels]
    return np.array([isinstance(number, int) and number >= MOST for number in numbers], np.bool_)


def _without(label: Label, extra: str) -> Label:
    return replace(label, extras=tuple(pair for pair in label.extras if pair[0] != extra))
