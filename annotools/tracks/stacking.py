"""Datasets of one task put on top of each other: rows one after the other, references moved along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotools.geometry.ragged import Array
from annotools.model.codes import Owner
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.tables import Attributes


def stack(parts: Sequence[Dataset]) -> Dataset:
    """The annotations of all parts, at least one; labels, frames and jobs are those of the first."""
    before = dict.fromkeys(OWNERS, 0)
    tables: dict[Owner, list[Any]] = {owner: [] for owner in OWNERS}
    attributes = []
    for part in parts:
        for owner in OWNERS:
            tables[owner].append(_behind(part.table(owner), before))
        shift = np.array([before[owner] for owner in Owner])
        attributes.append(part.attributes.replace(owner=part.attributes.owner + shift[part.attributes.kind]))
        before = {owner: count + len(part.table(owner)) for owner, count in before.items()}
    joined = {name: type(tables[owner][0]).concat(tables[owner]) for owner, name in OWNERS.items()}
    return parts[0].replace(attributes=Attributes.concat(attributes), origin=None, **joined)


def _behind(table: Any, before: dict[Owner, int]) -> Any:
    """A table with its references moved behind the rows that come before."""
    moved: dict[str, Array] = {}
    if hasattr(table, "track"):
        moved = {"track": _moved(table.track, before[Owner.TRACK]), "parent": _moved(table.parent, before[Owner.SHAPE])}
    elif hasattr(table, "parent"):
        moved = {"parent": _moved(table.parent, before[Owner.TRACK])}
    return table.replace(**moved)


def _moved(reference: Array, count: int) -> Array:
    return np.where(reference >= 0, reference + count, -1)
