"""Where problems are, as columns: which of some are at places of which others have said something already.

a.json:/annotations/7/bbox       a.json, "/annotations/#/bbox", 7
a.xml:7                          a.xml, "line", 7
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from annotools.errors import Problem, below
from annotools.model.columns import distinct
from annotools.model.tables import Bools, Ints
from annotools.row_problems import LINES
from annotools.sequences import Chain, Run, parts_of

_NUMBER = re.compile(r"(?<=/)\d{1,18}(?=/|$)")
_LINE = "line"
Spot = tuple[str, str]  # member, and the pointer with `#` for its number


def elsewhere(problems: Sequence[Problem], known: Sequence[Problem]) -> Sequence[Problem]:
    """The problems that are where none of the known ones is; those of many places are not made for it."""
    places = _places(known)
    return Chain(_left(part, places) for part in parts_of(problems)) if places else problems


def _left(part: Sequence[Problem], known: dict[Spot, Ints]) -> Sequence[Problem]:
    gone = np.zeros(len(part), np.bool_)
    for spot, rows, numbers in _spots(part):
        if spot in known:
            gone[rows] = _are_among(numbers, known[spot])
    if not gone.any():
        return part
    return _without(part, gone) if _is_simple(part) else [part[row] for row in np.flatnonzero(~gone).tolist()]


def _without(run: Sequence[Problem], gone: Bools) -> Sequence[Problem]:
    assert isinstance(run, Run)  # it was asked
    numbers = np.zeros(len(run), np.int64) if run.numbers is None else np.asarray(run.numbers)
    places = np.asarray(run.places)[~gone].tolist()
    return Run(run.kinds, places, run.made, numbers[~gone].tolist())


def _are_among(numbers: Ints, known: Ints) -> Bools:
    """known: ascending."""
    return np.asarray(known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers)


def _places(problems: Sequence[Problem]) -> dict[Spot, Ints]:
    """The numbers at which something is said, by all else of a place."""
    each: dict[Spot, list[Ints]] = defaultdict(list)
    for part in parts_of(problems):
        for spot, _, numbers in _spots(part):
            each[spot].append(numbers)
    return {spot: distinct(np.concatenate(numbers)) for spot, numbers in each.items()}


def _spots(part: Sequence[Problem]) -> Iterator[tuple[Spot, Ints, Ints]]:
    """Of some problems each spot, the rows that are there, and the number of each."""
    if isinstance(part, Run) and _is_simple(part):
        places = np.asarray(part.places, np.int64)
        numbers: dict[Spot, int] = {}
        spots = [numbers.setdefault(_spot(part.made(kind, 1))[0], len(numbers)) for (kind,) in part.kinds]
        which = np.zeros(len(places), np.int64) if part.numbers is None else np.asarray(spots)[np.asarray(part.numbers)]
        order, names = np.argsort(which, kind="stable"), tuple(numbers)
        for rows in np.split(order, np.flatnonzero(np.diff(which[order])) + 1) if len(order) else ():
            yield names[which[rows[0]]], rows, places[rows]
        return
    by_spot: dict[Spot, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for row, problem in enumerate(part):
        spot, number = _spot(problem)
        by_spot[spot][0].append(row)
        by_spot[spot][1].append(number)
    yield from ((spot, np.array(rows), np.array(numbers)) for spot, (rows, numbers) in by_spot.items())


def _spot(problem: Problem) -> tuple[Spot, int]:
    if problem.line is not None:
        return (problem.file, f"{_LINE} {problem.pointer}"), problem.line
    match = _NUMBER.search(problem.pointer)
    if match is None:
        return (problem.file, problem.pointer), -1
    return (problem.file, f"{problem.pointer[: match.start()]}#{problem.pointer[match.end() :]}"), int(match[0])


def _is_simple(part: Sequence[Problem]) -> bool:
    """Whether it is one thing of each place, which is the number of its spot: a line, or that of an item of a list."""
    if not isinstance(part, Run) or any(len(kind) != 1 for kind in part.kinds):
        return False
    made = part.made
    return made is LINES or (isinstance(made, partial) and made.func is below and not _NUMBER.search(made.args[0]))
