"""Attributes by owner."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.model.codes import Owner
from annotools.model.columns import Array
from annotools.model.tables import Attributes


class AttributeIndex:
    """Attributes by owner: rows of one owner are found without a scan of the table."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._key = self._keys(attributes.kind, attributes.owner)
        self._order = np.argsort(self._key, kind="stable")
        self._key = self._key[self._order]

    @staticmethod
    def _keys(kind: Any, owner: Any) -> Array:
        return np.asarray(kind, np.int64) << 40 | np.asarray(owner, np.int64)

    def rows(self, kind: Owner, owner: int) -> Array:
        """The attribute rows of one owner, in their order."""
        key = self._keys(kind, owner)
        first, last = np.searchsorted(self._key, (key, key + 1))
        return self._order[first:last]

    def values(self, kind: Owner, owner: int) -> list[tuple[int, str]]:
        """(spec, value) of one owner."""
        rows = self.rows(kind, owner)
        table = self._attributes
        return [(int(table.spec[i]), table.pool[table.value[i]]) for i in rows]
