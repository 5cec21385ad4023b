"""Ids of what stands in a document: those that were read, and free numbers for the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from annotools.model.columns import Array, distinct
from annotools.model.extras import Extras


def whole_ids(given: Sequence[Any], first: int = 1) -> list[int]:
    """Whole numbers that are there once each: those given, and further ones for what is none or comes again."""
    if set(map(type, given)) == {int} and min(given) >= 0 and max(given) < 1 << 53 and len(set(given)) == len(given):
        return list(given)
    return distinct_ids([key if type(key) is int and 0 <= key < 1 << 53 else None for key in given], first)


def distinct_ids(given: Sequence[Any], first: int = 1) -> list[Any]:
    """Ids of any kind that are there once each: those given, and further numbers for None and for what comes again."""
    if set(given) <= {None}:
        return list(range(first, first + len(given)))
    if None not in given and len(set(given)) == len(given):
        return list(given)
    fresh = count(max([first - 1, *(key for key in given if isinstance(key, int))]) + 1)
    seen: set[Any] = set()
    ids = []
    for key in given:
        new = next(fresh) if key is None or key in seen else key
        seen.add(new)
        ids.append(new)
    return ids


def ids_of(extras: Extras, name: str, rows: Array) -> Array | list[Any]:
    """Ids of rows, each once, as `distinct_ids` has them: a column where all are given numbers, or none is given."""
    extra = extras.get(name)
    if extra is None or not extra.present[rows].any():
        return np.arange(1, len(rows) + 1)
    if extra.values.dtype == np.int64 and extra.present[rows].all():
        numbers = extra.values[rows]
        if len(distinct(numbers)) == len(numbers):
            return numbers
    return distinct_ids(given_ids(extras, name, rows))


def given_ids(extras: Extras, name: str, rows: Array) -> list[Any]:
    """The ids that rows say, None for those that say none."""
    extra = extras.get(name)
    if extra is None:
        return [None] * len(rows)
    if extra.present[rows].all():
        ids: list[Any] = extra.values[rows].tolist()
        return ids
    pairs = zip(extra.values[rows].tolist(), extra.present[rows].tolist(), strict=True)
    return [value if there else None for value, there in pairs]
