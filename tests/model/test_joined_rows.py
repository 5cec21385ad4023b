"""Datasets put together: every row refers to the same as before, and groups of different datasets stay different."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.model import Dataset
from annotools.model.codes import Owner
from annotools.model.dataset import OWNERS
from annotools.model.joining import concat
from tests.model.everything import everything

PARTS = st.lists(everything(), min_size=2, max_size=4)
Counts = Counter[str]


def _label(dataset: Dataset, number: int) -> str:
    """Its path of names, empty for none."""
    label = next((label for label in dataset.labels if label.id == number), None)
    if label is None:
        return ""
    parent = "" if label.parent is None else f"{_label(dataset, label.parent)}/"
    return f"{parent}{label.name}"


def _rows(dataset: Dataset, before: Counts) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table: labels by name, other references by number, as they are behind so many of each table."""

    def moved(column: Any, row: int, table: str) -> int:
        return int(column[row]) + before[table] if column[row] >= 0 else -1

    rows = {}
    for name in OWNERS.values():
        table = getattr(dataset, name)
        references = {"frame": "frames", "job": "jobs", "track": "tracks", "parent": name}
        columns = {column: target for column, target in references.items() if hasattr(table, column)}
        rows[name] = [
            {"label": _label(dataset, int(table.label[row]))}
            | {column: moved(getattr(table, column), row, target) for column, target in columns.items()}
            | ({"points": table.points(row).tolist()} if name == "shapes" else {})
            for row in range(len(table))
        ]
    return rows


def _attributes(dataset: Dataset, before: Counts) -> list[tuple[Any, ...]]:
    table, names = dataset.attributes, {spec.id: spec.name for label in dataset.labels for spec in label.attributes}
    return [
        (kind, owner + before[OWNERS[Owner(kind)]], names[spec], table.pool[value])
        for kind, owner, spec, value in zip(
            *(column.tolist() for column in (table.kind, table.owner, table.spec, table.value)), strict=True
        )
    ]


@settings(max_examples=30)
@given(PARTS)
def test_rows_refer_to_the_same(parts: list[Dataset]) -> None:
    before: Counts = Counter()
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in OWNERS.values()}
    attributes: list[tuple[Any, ...]] = []
    for part in parts:
        for name, mine in _rows(part, before).items():
            rows[name] += mine
        attributes += _attributes(part, before)
        before.update({name: len(getattr(part, name)) for name in (*OWNERS.values(), "frames", "jobs")})
    whole = concat(parts)
    assert _rows(whole, Counter()) == rows
    assert sorted(_attributes(whole, Counter())) == sorted(attributes)


@settings(max_examples=30)
@given(PARTS)
def test_groups_are_as_many_as_before(parts: list[Dataset]) -> None:
    def groups(dataset: Dataset) -> set[int]:
        return {int(group) for name in OWNERS.values() for group in np.unique(getattr(dataset, name).group)} - {0}

    assert len(groups(concat(parts))) == sum(len(groups(part)) for part in parts)
