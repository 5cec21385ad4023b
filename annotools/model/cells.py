"""What may stand in a cell of the hub, one value at a time: for rows that people write, as the builder takes them.

Every check raises TypeError for a value of another type and ValueError for one that cannot be, in words that say what
was expected; the caller says of which row.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from operator import index
from typing import Any

import numpy as np

from annotools.errors import suggest
from annotools.model.codes import Word
from annotools.model.columns import Column

MOST = 1 << 63  # the integers of a column are below


def checked_text(name: str, value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, expected a text")
    return value


def checked_number(name: str, value: object) -> int:
    """A whole number that a column can hold; a truth value is none."""
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is {value!r}, expected a whole number")
    number = index(value)
    if not -MOST <= number < MOST:
        raise ValueError(f"{name} is {number}, expected a number of 64 bits")
    return number


def checked_real(name: str, value: object) -> float:
    """A number, NaN and the infinite ones among them."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}, expected a number")
    return float(value)


def checked_flag(name: str, value: object) -> bool:
    """True or False; nothing else that is true in some sense."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value!r}, expected True or False")
    return bool(value)


def checked_code(name: str, value: object, words: type[Word]) -> int:
    """The code of a word, or a code itself."""
    if isinstance(value, str):
        if value not in words.words():
            raise ValueError(f"no {name} is called {value!r}, expected {suggest(value, words.words())}")
        return int(words.of(value))
    number = checked_number(name, value)
    if number not in set(words):
        raise ValueError(f"{name} is {number}, expected one of {', '.join(words.words())}")
    return number


def checked_cell(name: str, value: object, column: Column) -> Any:
    """A value of a column."""
    if column.dtype is np.bool_:
        return checked_flag(name, value)
    if column.dtype is np.float64:
        return checked_real(name, value)
    number = checked_number(name, value)
    most = 1 << 8 * np.dtype(column.dtype).itemsize - 1
    if not -most <= number < most:
        raise ValueError(f"{name} is {number}, expected one from {-most} to {most - 1}")
    return number


def checked_points(points: Iterable[float]) -> list[float]:
    """Points as one flat list of numbers.  How many there are, and whether they are finite, is for the validators."""
    if isinstance(points, str | bytes | dict) or not isinstance(points, Iterable):
        raise TypeError(f"points are {points!r}, expected numbers x0, y0, x1, y1, ...")
    values: list[Any] = list(points)
    if set(map(type, values)) <= {float, int}:  # what most are, seen at once
        return values
    for position, value in enumerate(values):
        if isinstance(value, Iterable) and not isinstance(value, str):
            raise ValueError(f"points are in groups, expected one flat list x0, y0, x1, y1, ..., not {value!r} in it")
        values[position] = checked_real(f"number {position} of the points", value)
    return values
