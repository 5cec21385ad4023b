"""Attributes by owner."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from annotools.model.codes import Owner
from annotools.model.columns import Array
from annotools.model.tables import Attributes

_OFTEN = 20  # attributes, of which the owner of one is asked for


class AttributeIndex:
    """Attributes by owner: rows of one owner are found without a scan of the table."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._key = self._keys(attributes.kind, attributes.owner)
        self._order = np.argsort(self._key, kind="stable")
        self._key = self._key[self._order]
        self._asked = 0

    @staticmethod
    def _keys(kind: Any, owner: Any) -> Array:
        return np.asarray(kind, np.int64) << 40 | np.asarray(owner, np.int64)

    def rows(self, kind: Owner, owner: int) -> Array:
        """The attribute rows of one owner, in their order."""
        key = int(kind) << 40 | int(owner)
        first, last = np.searchsorted(self._key, (key, key + 1))
        return self._order[first:last]

    def values(self, kind: Owner, owner: int) -> list[tuple[int, str]]:
        """(spec, value) of one owner; of many owners those of all are gathered at once."""
        self._asked += 1
        if self._asked * _OFTEN > len(self._order):
            return self._gathered.get(int(kind) << 40 | int(owner), [])[:]
        rows = self.rows(kind, owner)
        table = self._attributes
        return [(int(table.spec[i]), table.pool[table.value[i]]) for i in rows]

    @cached_property
    def _gathered(self) -> dict[int, list[tuple[int, str]]]:
        """(spec, value) of all, by owner."""
        table, gathered = self._attributes, dict[int, list[tuple[int, str]]]()
        values = map(table.pool.__getitem__, table.value[self._order].tolist())
        for key, spec, value in zip(self._key.tolist(), table.spec[self._order].tolist(), values, strict=True):
            gathered.setdefault(key, []).append((spec, value))
        return gathered
