"""Columns for what CVAT has no word for and a format has: `iscrowd`, `difficult`, `annotation_id`, unknown keys.

    dataset.extras["shapes"]["iscrowd"]       # Extra(values, present)
    shapes.replace(extras={"iscrowd": Extra(flags, present)})

An extra is a column of its table, so it follows its rows wherever they go.  Where tables are put together, rows of one
that lacks it have none.  Names that end in `_id` are numbers of a foreign file: two datasets that differ only in them
say the same.  A derived extra follows from geometry (`bbox`, `area`): it goes as soon as the points, the type or the
rotation of its row differ, it is no loss, and it is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotools.model.columns import Array, Bools, Ints, Runs, at, stacked

Extras = Mapping[str, "Extra"]


@dataclass(frozen=True, eq=False, slots=True)
class Extra:
    """values: (rows,) any dtype; object holds undecoded JSON as bytes.  present: (rows,) bool, which rows have one."""

    values: Array
    present: Bools
    derived: bool = False

    @classmethod
    def of(cls, values: Sequence[Any] | Array, *, derived: bool = False) -> Extra:
        """A column that every row has.  Values that are not numbers are kept as objects."""
        column = np.asarray(values) if isinstance(values, np.ndarray) else _column(values)
        return cls(column, np.ones(len(column), np.bool_), derived)

    def __len__(self) -> int:
        return len(self.present)

    def plain(self) -> list[Any]:
        """A value of each row, None where it has none."""
        return [
            value if there else None for value, there in zip(self.values.tolist(), self.present.tolist(), strict=True)
        ]

    def without(self, rows: Array) -> Extra:
        """The same column without the values of some rows (numbers or a mask)."""
        present = self.present.copy()
        present[rows] = False
        return replace(self, present=present)


def _column(values: Sequence[Any]) -> Array:
    if values and all(isinstance(value, bool | int | float) for value in values):
        return np.asarray(values)
    column = np.empty(len(values), object)
    column[:] = list(values)
    return column


def is_foreign_id(name: str) -> bool:
    """Whether an extra is a number of a foreign file."""
    return name.endswith("_id")


def taken(extras: Extras, runs: Runs) -> dict[str, Extra]:
    """The extras of some rows."""
    return {
        name: replace(one, values=at(one.values, runs), present=at(one.present, runs)) for name, one in extras.items()
    }


def of_given(extras: Extras, given: Bools) -> dict[str, Extra]:
    """The extras of rows of which only some were given (a mask); those that were made have none."""
    return {name: extra.without(~given) for name, extra in extras.items()}


def joined(parts: Sequence[tuple[Extras, int]]) -> dict[str, Extra]:
    """The extras of several tables (and their numbers of rows), one after the other."""
    names = dict.fromkeys(name for extras, _ in parts for name in extras)
    return {name: _joined(name, parts) for name in names}


def joined_up(parts: Sequence[tuple[dict[str, Extra], int]]) -> dict[str, Extra]:
    """The same, of parts that are emptied on the way: no column is there twice."""
    names = dict.fromkeys(name for extras, _ in parts for name in extras)
    whole = {}
    for name in names:
        whole[name] = _joined(name, parts)
        for extras, _ in parts:
            extras.pop(name, None)
    return whole


def _joined(name: str, parts: Sequence[tuple[Extras, int]]) -> Extra:
    columns = [extras[name] for extras, _ in parts if name in extras]
    kind = columns[0].values.dtype if len({extra.values.dtype for extra in columns}) == 1 else _common(columns)
    values = [
        extras[name].values.astype(kind, copy=False) if name in extras else np.zeros(rows, kind)
        for extras, rows in parts
    ]
    present = [extras[name].present if name in extras else np.zeros(rows, np.bool_) for extras, rows in parts]
    return Extra(stacked(values), stacked(present), columns[0].derived)


def _common(columns: Sequence[Extra]) -> np.dtype[Any]:
    """A type that holds all columns as they are: of numbers and texts only objects do."""
    kinds = [column.values.dtype for column in columns]
    numbers = all(kind.kind in "biuf" for kind in kinds)
    return np.result_type(*kinds) if numbers else np.dtype(object)


def without_derived(extras: Extras, rows: Bools) -> Extras:
    """The extras, without those that follow from the geometry of `rows` (a mask)."""
    if not rows.any() or not any(extra.derived for extra in extras.values()):
        return extras
    return {name: extra.without(rows) if extra.derived else extra for name, extra in extras.items()}


def lasting(extras: Extras) -> dict[str, Extra]:
    """The extras that two datasets are compared by: no foreign ids, nothing derived, nothing that no row has."""
    return {
        name: extra
        for name, extra in sorted(extras.items())
        if not extra.derived and not is_foreign_id(name) and extra.present.any()
    }


def codes(extra: Extra) -> Ints:
    """A number for each row of a column, equal for equal values; -1 where there is none.  By value, not by dtype."""
    numbers: dict[Any, int] = {}
    return np.array(
        [-1 if value is None else numbers.setdefault(_key(value), len(numbers)) for value in extra.plain()], np.int64
    )


def _key(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | bytes) else repr(value)
