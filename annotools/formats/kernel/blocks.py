"""Rows of one table while a file is read: columns that grow by parts, each part with what it says of its rows.

    blocks = Blocks(Shapes, origin=True)
    blocks.add(2, {"frame": [0, 1], "label": 7, "difficult": [0, 1]}, At("a.txt", [1, 2]))      rows 0, 1
    blocks.add(1, {"frame": [4], "label": [7]}, At("b.txt", [1]))                               row 2

What is a column of the table is one; all else is an extra.  One value stands for all rows of a part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotools.formats.kernel.places import At, joined_places
from annotools.model import Shapes
from annotools.model.column_buffer import ColumnBuffer, RowBuffer
from annotools.model.columns import Array, Ints, condensed, stacked, uniform
from annotools.model.extras import Extra, joined_up
from annotools.model.origin import Place
from annotools.model.table import Table


class Blocks:
    """The rows of a table.  numbers: of the files of all tables; None: places are not kept."""

    def __init__(self, table: type[Table], numbers: dict[str, int] | None) -> None:
        self.size = 0
        self._table = table
        self._numbers = numbers
        self._columns: dict[str, ColumnBuffer] = {}
        self._filled: dict[str, int] = {}
        self._points = RowBuffer()
        self._extras: list[tuple[dict[str, Extra], int]] = []
        self._places: list[Place] = []

    def add(self, size: int, columns: Mapping[str, Any], at: At, points: tuple[Array, Ints] | None = None) -> Ints:
        """Put rows at the end; their numbers.  points: ragged, of shapes."""
        first, self.size = self.size, self.size + size
        extras = {}
        for name, values in columns.items():
            if name in self._table.COLUMNS:
                self._grow(name, first, values, size)
            else:
                extras[name] = values if isinstance(values, Extra) else Extra.of(_spread(values, size))
        self._extras.append((extras, size))
        if points is not None:
            self._points.add(*points)
        if self._numbers is not None:
            self._places.append(at.place(size, self._numbers))
        return np.arange(first, self.size)

    def _grow(self, name: str, first: int, values: Any, size: int) -> None:
        """Put values behind those there are; rows that had none before have the default."""
        column = self._table.COLUMNS[name]
        grown = self._columns.setdefault(name, ColumnBuffer())
        missing = first - self._filled.get(name, 0)
        if missing:
            grown.add(uniform(np.array(column.default, column.dtype), missing))
        array = np.asarray(values, column.dtype)
        grown.add(uniform(array, size) if array.ndim == 0 else condensed(array))
        self._filled[name] = first + size

    def column(self, name: str) -> Array:
        """A column as it is so far."""
        column = self._table.COLUMNS[name]
        default = np.array(column.default, column.dtype)
        if name not in self._columns:
            return uniform(default, self.size)
        known = self._columns[name].column()
        missing = self.size - len(known)
        return stacked([known, uniform(default, missing)]) if missing else known

    def table(self, **columns: Any) -> Any:
        """The table, once: its parts are let go.  columns: some to put in the place of those that came."""
        names = self._columns.keys() - columns.keys()
        own = {name: self.column(name) for name in names}
        if self._table is Shapes:
            values, offsets = self._points.ragged()
            columns = {"values": values, "offsets": offsets, **columns}
        whole = self._table.of(self.size, **own, **columns)
        extras = joined_up(self._extras)
        return whole.replace(extras=extras) if extras else whole

    def place(self) -> Place:
        """Where every row stood."""
        return joined_places(self._places) if self._places else Place()


def _spread(values: Any, size: int) -> Any:
    if isinstance(values, str | bytes) or np.ndim(values) == 0:
        column = np.empty(size, np.asarray(values).dtype if isinstance(values, bool | int | float) else object)
        column[:] = values
        return column
    return values
