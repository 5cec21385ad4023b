"""What is wrong with rows in turn: what is said of many in the same words is one problem with many places.

    wrong = RowProblems(LINES)                          wrong.add(7, "2 columns", "a.txt", "5 columns")
    wrong = RowProblems(below_each("/annotations"))     wrong.add(7, "has no id", "a.json", "", "/id")
    problems.extend(wrong.all())                        a.txt:7: 2 columns, expected 5 columns

A problem of its own is made when somebody looks at it: a million of them would be 300 bytes each, and a second.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from annotools.errors import Problem, below, on_line
from annotools.sequences import Places

Placed = Callable[[Problem, int], Problem]
LINES: Placed = on_line


def below_each(pointer: str) -> Placed:
    """Of items of a list, which has that pointer."""
    return partial(below, pointer)


class RowProblems(Places[Problem]):
    """Problems of rows, whose places are lines (1-based) or numbers of items of a list."""

    def __init__(self, placed: Placed) -> None:
        super().__init__(_on_some_line if placed is LINES else _problem, placed)


def _problem(message: str, file: str, expected: str = "", pointer: str = "", kind: str = "") -> Problem:
    return Problem(message, file, None, pointer, None, expected, kind)


def _on_some_line(message: str, file: str, expected: str = "", kind: str = "") -> Problem:
    return Problem(message, file, 0, "", None, expected, kind)
