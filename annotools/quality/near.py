"""How alike two objects of different replicas are, where they are alike enough to be one.

A crowd has millions of such pairs.  Where most of all are, the similarity of all with all stays as it is; else the
pairs are listed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Floats, Ints

_BITS = 32  # of the number of an object


class Table(NamedTuple):
    """A frame of two replicas.  first, second: rows of objects.  shares: (len(first), len(second)), all of them."""

    first: Ints
    second: Ints
    shares: Floats


class Near:
    """Pairs to be looked up: those that are listed, and those of tables whose similarity is not below a threshold."""

    def __init__(self, pairs: tuple[Ints, Ints, Floats], tables: tuple[Table, ...], threshold: float) -> None:
        first, second, similarity = pairs
        keys = first << _BITS | second
        order = np.argsort(keys, kind="stable")
        self._keys, self._shares, self._threshold = keys[order], similarity[order], threshold
        self._tables: dict[int, list[tuple[int, dict[int, int], Floats]]] = {}
        for table in tables:
            columns = {row: position for position, row in enumerate(table.second.tolist())}
            for position, row in enumerate(table.first.tolist()):
                self._tables.setdefault(row, []).append((position, columns, table.shares))

    def get(self, one: int, other: int) -> float | None:
        """That of two rows, in any order; None if they are not alike enough."""
        one, other = min(one, other), max(one, other)
        for position, columns, shares in self._tables.get(one, ()):
            if other in columns:
                share = float(shares[position, columns[other]])
                return None if share < self._threshold else share
        key = one << _BITS | other
        position = int(self._keys.searchsorted(key))
        known = position < len(self._keys) and self._keys[position] == key
        return float(self._shares[position]) if known else None
