"""A table: columns of equal length, what everything in the hub is made of.

A table is changed by making another that shares the columns that stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from annotools.errors import unknown_keyword
from annotools.model.columns import Column, Runs, at, checked, frozen, rows_of, runs_of, stacked, uniform
from annotools.model.extras import Extras, joined, taken


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.  Build with `of`, change with `replace`, choose rows with `take`."""

    COLUMNS: ClassVar[Mapping[str, Column]] = {}

    extras: Extras = field(default_factory=dict, repr=False, kw_only=True)

    @classmethod
    def of(cls, rows: int | None = None, **columns: Any) -> Self:
        """A table from columns; a missing column is filled with its default.

        rows: the number of rows, needed only when no column is given.
        Raises: ValueError for columns of different lengths, TypeError for an unknown column.
        """
        cls._check_names(columns)
        arrays: dict[str, Any] = {n: checked(n, columns.pop(n), c) for n, c in cls.COLUMNS.items() if n in columns}
        size = rows if rows is not None else len(next(iter(arrays.values()), ()))
        for name, column in cls.COLUMNS.items():
            if name not in arrays:
                arrays[name] = uniform(np.array(column.default, column.dtype), size)
            elif len(arrays[name]) != size:
                raise ValueError(f"column {name} has {len(arrays[name])} rows, expected {size}")
        return cls(**arrays, **cls._rest(size, columns))

    @classmethod
    def _check_names(cls, columns: Iterable[str]) -> None:
        known = _names_of(cls)  # type: ignore[arg-type]  # a class can be hashed, if its tables cannot
        if not known.keys() >= set(columns):
            raise unknown_keyword(f"a table of {cls.__name__.lower()}", columns, list(known))

    @classmethod
    def _rest(cls, size: int, columns: dict[str, Any]) -> dict[str, Any]:
        return columns

    def __len__(self) -> int:
        return len(getattr(self, next(iter(self.COLUMNS))))

    def replace(self, **columns: Any) -> Self:
        """The same table with some columns changed.

        Raises: ValueError for a column of another length, TypeError for an unknown one.
        """
        self._check_names(columns)
        typed: dict[str, Any] = {
            k: checked(k, v, self.COLUMNS[k]) if k in self.COLUMNS else v for k, v in columns.items()
        }
        sized = {name: len(values) for name, values in typed.items() if name in self.COLUMNS}
        size = len(self) if len(sized) < len(self.COLUMNS) else next(iter(sized.values()))
        for name, count in sized.items():
            if count != size:
                raise ValueError(f"column {name} has {count} rows, expected {size}")
        return self._with(**typed)

    def with_extras(self, extras: Extras) -> Self:
        """The same rows with other extras."""
        return self._with(extras=extras)

    def _with(self, **columns: Any) -> Self:
        """The same table with columns that are as they have to be.

        A step makes tables by the dozen: `dataclasses.replace` takes three times as long over it.
        """
        new, own = object.__new__(type(self)), vars(self)
        vars(new).update({name: own[name] for name in _fields_of(type(self))}, **columns)  # type: ignore[arg-type]  # a class can be hashed, if its tables cannot
        return new

    def take(self, index: ArrayLike) -> Self:
        """The rows at `index` (row numbers or a boolean mask), in that order; references are left as they are."""
        return self._with(**self._picked(runs_of(rows_of(index), len(self))))

    def _picked(self, runs: Runs) -> dict[str, Any]:
        """The columns at some rows, extras too."""
        columns: dict[str, Any] = {
            name: frozen(at(getattr(self, name), runs), column) for name, column in self.COLUMNS.items()
        }
        return columns | ({"extras": taken(self.extras, runs)} if self.extras else {})

    def columns(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: getattr(self, name) for name in self.COLUMNS}

    @classmethod
    def concat(cls, tables: Iterable[Self]) -> Self:
        """The rows of several tables one after the other; references are left as they are."""
        parts = list(tables)
        if not parts:
            return cls.of(0)
        return parts[0]._with(**cls._stacked(parts))

    @classmethod
    def _stacked(cls, parts: list[Self]) -> dict[str, Any]:
        """The columns of several tables one after the other, extras too."""
        columns: dict[str, Any] = {
            n: frozen(stacked([getattr(p, n) for p in parts]), c) for n, c in cls.COLUMNS.items()
        }
        return columns | {"extras": joined([(part.extras, len(part)) for part in parts])}


@cache
def _fields_of(kind: type[Table]) -> list[str]:
    """What a table of some kind is made of."""
    return [field.name for field in fields(kind)]


@cache
def _names_of(kind: type[Table]) -> dict[str, None]:
    """What a table of some kind is made of, in its order, as it is given."""
    return dict.fromkeys(field.metadata.get("given", field.name) for field in fields(kind))
