"""Ids of categories, images, annotations and tracks: those that were read, and free numbers for the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from annotools.model.extras import Extras
from annotools.model.tables import Array


def ids(given: Sequence[Any], first: int = 1) -> list[Any]:
    """Ids that are there once each: those given, and further numbers for None and for one that comes again."""
    if set(given) <= {None}:
        return list(range(first, first + len(given)))
    fresh = count(max([first - 1, *(key for key in given if isinstance(key, int))]) + 1)
    seen: set[Any] = set()
    found = []
    for key in given:
        new = next(fresh) if key is None or key in seen else key
        seen.add(new)
        found.append(new)
    return found


def ids_of(extras: Extras, name: str, rows: Array) -> list[Any]:
    """The ids that rows say, None for those that say none."""
    extra = extras.get(name)
    if extra is None:
        return [None] * len(rows)
    pairs = zip(extra.values[rows].tolist(), extra.present[rows].tolist(), strict=True)
    return [value if there else None for value, there in pairs]
