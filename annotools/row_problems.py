"""What is wrong with rows in turn: what is said of many in the same words is one problem with many places.

    wrong = RowProblems(LINES)                          wrong.add(7, "2 columns", "a.txt", "5 columns")
    wrong = RowProblems(below_each("/annotations"))     wrong.add(7, "has no id", "a.json", "", "/id")
    problems.extend(wrong.all())                        a.txt:7: 2 columns, expected 5 columns

A problem of its own is made when somebody looks at it: a million of them would be 300 bytes each, and a second.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate, chain, repeat

from annotools.errors import Problem, Problems, below, on_line
from annotools.sequences import Chain, Places, Run, parts_of

Placed = Callable[[Problem, int], Problem]
LINES: Placed = on_line


def below_each(pointer: str) -> Placed:
    """Of items of a list, which has that pointer."""
    return partial(below, pointer)


class RowProblems(Places[Problem]):
    """Problems of rows, whose places are lines (1-based) or numbers of items of a list."""

    def __init__(self, placed: Placed) -> None:
        super().__init__(_on_some_line if placed is LINES else _problem, placed)


def in_lines(problems: Problems) -> Sequence[Problem]:
    """Problems of one file in the order of their lines."""
    parts = parts_of(problems.all())
    if not any(isinstance(part, Run) for part in parts):
        return sorted(problems, key=_line)
    runs = [part if isinstance(part, Run) else _as_run(part) for part in parts]
    starts = [0, *accumulate(len(run.kinds) for run in runs)]
    places = array("q", chain.from_iterable(run.places for run in runs))
    pairs = zip(runs, starts, strict=False)
    numbers = [start + number for run, start in pairs for number in run.numbers or repeat(0, len(run.places))]
    order = sorted(range(len(places)), key=places.__getitem__)
    kinds = [kind for run in runs for kind in run.kinds]
    kinds_of_rows = array("q", map(numbers.__getitem__, order))
    return Chain([Run(kinds, array("q", map(places.__getitem__, order)), LINES, kinds_of_rows)])


def _as_run(problems: Sequence[Problem]) -> Run[Problem]:
    kinds = [(replace(problem, line=0),) for problem in problems]
    return Run(kinds, list(map(_line, problems)), LINES, range(len(kinds)))


def _line(problem: Problem) -> int:
    return problem.line or 0


def _problem(message: str, file: str, expected: str = "", pointer: str = "", kind: str = "") -> Problem:
    return Problem(message, file, None, pointer, None, expected, kind)


def _on_some_line(message: str, file: str, expected: str = "", kind: str = "") -> Problem:
    return Problem(message, file, 0, "", None, expected, kind)
