"""The generator gives everything: each column of each table, each field and an extra with a value of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from annotools.model import Dataset, Job, Owner, ShapeType, Task
from tests.model.everything import everything, kinds

QUICK = settings(
    max_examples=3000, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True
)
Told = Callable[[Dataset], bool]


def columns() -> dict[str, Told]:
    dataset = Dataset()
    return {
        f"{table}.{name}": _column(table, name, column.default)
        for table in ("tags", "shapes", "tracks", "intervals")
        for name, column in getattr(dataset, table).COLUMNS.items()
    }


def _column(table: str, name: str, default: Any) -> Told:
    return lambda dataset: bool(np.any(getattr(getattr(dataset, table), name) != default))


def definitions() -> dict[str, Told]:
    told_of: dict[str, Told] = {}
    for one in fields(Task):
        told_of[f"task.{one.name}"] = _field(one.name, one.default, lambda dataset: [dataset.task])
    for one in fields(Job):
        told_of[f"jobs.{one.name}"] = _field(one.name, one.default, lambda dataset: dataset.jobs)
    for name, default in (
        ("type", "any"),
        ("color", ""),
        ("attributes", ()),
        ("svg", ""),
        ("parent", None),
        ("extras", ()),
    ):
        told_of[f"labels.{name}"] = _field(name, default, lambda dataset: dataset.labels)
    for name in ("names", "width", "deleted", "subsets", "related"):
        told_of[f"frames.{name}"] = _frames(name)
    return told_of


def _field(name: str, default: Any, rows: Callable[[Dataset], Any]) -> Told:
    return lambda dataset: any(getattr(row, name) != default for row in rows(dataset))


def _frames(name: str) -> Told:
    return lambda dataset: any(map(bool, getattr(dataset.frames, name)))


def extras() -> dict[str, Told]:
    tables = ("frames", "labels", "tags", "shapes", "tracks", "intervals", "dataset")
    return {f"{table}.extras": _extra(table) for table in tables}


def _extra(table: str) -> Told:
    return lambda dataset: any(extra.present.any() for extra in dataset.extras[table].values())


def types() -> dict[str, Told]:
    return {kind.word: _kind(kind.word) for kind in ShapeType}


def _kind(word: str) -> Told:
    return lambda dataset: word in kinds(dataset)


def owners() -> dict[str, Told]:
    return {f"attributes of {owner.word}": _owner(owner) for owner in Owner}


def _owner(owner: Owner) -> Told:
    return lambda dataset: bool((dataset.attributes.kind == owner).any())


ASKED = columns() | definitions() | extras() | types() | owners()
NAMES = sorted(ASKED.keys() - {"shapes.type"})


@cache
def unsaid() -> set[str]:
    """What none of many datasets says; they are drawn until nothing is left."""
    left = set(NAMES)

    def says_the_rest(dataset: Dataset) -> bool:
        left.difference_update([name for name in left if ASKED[name](dataset)])
        return not left

    with suppress(NoSuchExample):
        find(everything(), says_the_rest, settings=QUICK)
    return left


@pytest.mark.parametrize("name", NAMES)
def test_every_column_may_say_something(name: str) -> None:
    assert name not in unsaid()
