"""Columns of equal length: what all tables of the hub are made of.

A column is a numpy array that cannot be written to; a table is changed by making another that shares the columns that
stay.  Rows that are taken in a few runs are copied run by run, and those of a single run are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Array = NDArray[Any]

Runs = Array | list[slice]  # rows as numbers or as runs

_LEAST_RUN = 64  # rows, on average, that are worth a slice


@dataclass(frozen=True, slots=True)
class Column:
    """The type of a column and what a row has that does not say."""

    dtype: type[np.generic]
    default: float | bool = 0


ID = Column(np.int64, -1)
ROW = Column(np.int32, -1)
NUMBER = Column(np.int64, 0)
CODE = Column(np.int8, 0)
FLAG = Column(np.bool_, False)
REAL = Column(np.float64, 0.0)
SCORE = Column(np.float64, 1.0)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.  Build with `of`, change with `replace`, choose rows with `take`."""

    COLUMNS: ClassVar[Mapping[str, Column]] = {}

    @classmethod
    def of(cls, rows: int | None = None, **columns: Any) -> Self:
        """A table from columns; a missing column is filled with its default.

        rows: the number of rows, needed only when no column is given.
        Raises: ValueError for columns of different lengths, TypeError for an unknown column.
        """
        unknown = columns.keys() - {f.name for f in fields(cls)}
        if unknown:
            raise TypeError(f"{cls.__name__} has no column {', '.join(sorted(unknown))}")
        given = {name: frozen(columns.pop(name), c) for name, c in cls.COLUMNS.items() if name in columns}
        size = rows if rows is not None else len(next(iter(given.values()), ()))
        for name, column in cls.COLUMNS.items():
            if name not in given:
                given[name] = frozen(np.full(size, column.default, column.dtype), column)
            elif len(given[name]) != size:
                raise ValueError(f"column {name} has {len(given[name])} rows, expected {size}")
        return cls(**given, **cls._rest(size, columns))

    @classmethod
    def _rest(cls, size: int, columns: dict[str, Any]) -> dict[str, Any]:
        return columns

    def __len__(self) -> int:
        return len(getattr(self, next(iter(self.COLUMNS))))

    def replace(self, **columns: Any) -> Self:
        """The same table with some columns changed."""
        typed = {k: frozen(v, self.COLUMNS[k]) if k in self.COLUMNS else v for k, v in columns.items()}
        return replace(self, **typed)

    def take(self, index: ArrayLike) -> Self:
        """The rows at `index` (row numbers or a boolean mask), in that order; references are left as they are."""
        return replace(self, **self._picked(runs_of(rows_of(index), len(self))))

    def _picked(self, runs: Runs) -> dict[str, Any]:
        """The columns at some rows."""
        return {name: frozen(at(getattr(self, name), runs), column) for name, column in self.COLUMNS.items()}

    def columns(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: getattr(self, name) for name in self.COLUMNS}

    @classmethod
    def concat(cls, tables: Iterable[Self]) -> Self:
        """The rows of several tables one after the other; references are left as they are."""
        parts = list(tables)
        if not parts:
            return cls.of(0)
        joined = {n: frozen(np.concatenate([getattr(p, n) for p in parts]), c) for n, c in cls.COLUMNS.items()}
        return replace(parts[0], **joined)


def rows_of(index: ArrayLike) -> Array:
    """Row numbers from row numbers or a boolean mask."""
    rows = np.asarray(index)
    return np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp, copy=False)


def runs_of(rows: Array, size: int) -> Runs:
    """The rows as slices where they are few runs of consecutive ones, long on average; else as they are.

    size: of the table.  Rows that it does not have, or that count from its end, stay as they are.
    """
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    if not len(rows) or len(breaks) * _LEAST_RUN > len(rows):
        return rows
    firsts, lasts = rows[np.append(0, breaks)].tolist(), rows[np.append(breaks, len(rows)) - 1].tolist()
    if min(firsts) < 0 or max(lasts) >= size:
        return rows
    return [slice(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]


def at(column: Array, runs: Runs) -> Array:
    """The values of a column at some rows; those of a single run are shared."""
    if isinstance(runs, list):
        return column[runs[0]] if len(runs) == 1 else np.concatenate([column[run] for run in runs])
    return np.asarray(column[runs])


def frozen(values: ArrayLike, column: Column) -> Array:
    """The column's type, not to be written to."""
    array = np.asarray(values, dtype=column.dtype)
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array
