"""Where each row of the hub stood in the files, for those who ask for it.

While rows are chosen and moved on their way to the hub, `id`, which these files do not say, carries their number in
the files; at the end it is looked up and taken off again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.gathering import Gathered
from annotools.model import Dataset, Owner
from annotools.model.origin import Origin, Place

_TABLES = {Owner.TAG: "tags", Owner.SHAPE: "shapes", Owner.TRACK: "tracks"}


def with_lines(dataset: Dataset, files: Sequence[Problems], rows: dict[Owner, Gathered]) -> Dataset:
    """The dataset with its origin: file and line of every row.  rows: what the ids of each table count."""
    places = {owner: _place(dataset.table(owner), found) for owner, found in rows.items()}
    return dataset.replace(origin=Origin(tuple(problems.file for problems in files), places))


def _place(table: Any, found: Gathered) -> Place:
    return Place(member=found.file[table.id].astype(np.int32), lines=found.line[table.id].astype(np.int32))


def unnumbered(dataset: Dataset) -> Dataset:
    """The dataset without the numbers that its rows had in the files."""
    tables: dict[str, Any] = {name: dataset.table(owner) for owner, name in _TABLES.items()}
    return dataset.replace(**{name: table.replace(id=np.full(len(table), -1)) for name, table in tables.items()})
