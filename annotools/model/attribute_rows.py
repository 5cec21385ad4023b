"""The table of values on tags, shapes, tracks and intervals.

owner 0 0 1   spec 5 6 5   value 0 1 0   pool ("red", "2")      shape 0 is red and 2, shape 1 is red
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from annotools.model.codes import Owner
from annotools.model.columns import CODE, ID, ROW, Codes, Ints, Rows
from annotools.model.table import Table


@dataclass(frozen=True, eq=False)
class Attributes(Table):
    """Values on tags, shapes, tracks and intervals.  Text is kept once: `value` is a position in `pool`."""

    COLUMNS: ClassVar = {"kind": CODE, "owner": ROW, "spec": ID, "value": ROW}

    kind: Codes
    owner: Rows
    spec: Ints
    value: Rows
    pool: tuple[str, ...] = ()

    @classmethod
    def _rest(cls, size: int, columns: dict[str, Any]) -> dict[str, Any]:
        pool = tuple(columns.pop("pool", ()))
        wrong = next((row for row, text in enumerate(pool) if not isinstance(text, str)), None)
        if wrong is not None:
            raise TypeError(f"attribute value {pool[wrong]!r:.40} (pool[{wrong}]), expected text")
        return columns | {"pool": pool}

    def texts(self) -> list[str]:
        """The value of each row as text."""
        pool = self.pool
        return [pool[code] for code in self.value.tolist()]

    def of_kind(self, kind: Owner) -> Self:
        """The attributes of one kind of owner."""
        return self.take(self.kind == kind)

    @classmethod
    def concat(cls, tables: Iterable[Self]) -> Self:
        parts = list(tables)
        pool: dict[str, int] = {}
        coded = []
        for part in parts:
            codes = [pool.setdefault(text, len(pool)) for text in part.pool]
            coded.append(part.replace(value=np.asarray(codes, np.int32)[part.value] if codes else part.value))
        return super().concat(coded)._with(pool=tuple(pool))
