"""The faults of pieces: rows of a document that the reader stumbled over, or of which it does not know every key.

What is the same of many pieces is found once, and stays a `Run` of faults, of which one is made when it is looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from annotools.errors import Problem
from annotools.formats.cvat_json.decode import LACKING, UNKNOWN
from annotools.sequences import Run, parts_of
from annotools.validate.edits import DropAt, Edit, PutAt, RenameAt
from annotools.validate.schema import KIND_OF_LIST
from annotools.validate.structure import Fault, Walk
from annotools.validate.values import article

_PIECE = re.compile(r"^((?:/\d+)?)/(tags|shapes|tracks|intervals)/(\d+)(?:/|$)")
Owner = tuple[str, str]  # pointer of the LabeledData, list
Place = tuple[str, str, int]  # the same, and the place in the list
Pieces = Callable[[str], Mapping[str, Sequence[Any]]]  # undecoded, of the LabeledData at a pointer, by list
Kind = tuple[Problem, ...]


def taken(walk: Walk) -> tuple[Fault, ...]:
    """What a walk noted since it was last taken."""
    faults = tuple(walk.faults)
    walk.faults.clear()
    return faults


def piece_of(pointer: str) -> Place | None:
    """The piece that a pointer leads into."""
    match = _PIECE.match(pointer)
    return (match[1], match[2], int(match[3])) if match else None


class Stumbles(msgspec.Struct):
    """The problems of a document, by the piece that they are of.

    runs: of many pieces of a list.  single: of one each, whole.  others: of none.
    """

    runs: dict[Owner, list[Run[Problem]]] = msgspec.field(default_factory=lambda: defaultdict(list))
    single: dict[Owner, dict[int, list[Problem]]] = msgspec.field(default_factory=lambda: defaultdict(dict))
    others: list[Problem] = msgspec.field(default_factory=list)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Stumbles:
        """Those of some problems."""
        stumbles = cls()
        for part in parts_of(problems):
            first = piece_of(part[0].pointer) if isinstance(part, Run) and len(part) else None
            if isinstance(part, Run) and first is not None and first[2] == part.place(0):
                stumbles.runs[first[:2]].append(part)
            else:
                stumbles._add(part)
        return stumbles

    def _add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            piece = piece_of(problem.pointer)
            if piece is None:
                self.others.append(problem)
            else:
                below = problem.pointer[len(f"{piece[0]}/{piece[1]}/{piece[2]}") :]
                self.single[piece[:2]].setdefault(piece[2], []).append(replace(problem, pointer=below))

    def owners(self) -> list[Owner]:
        """The lists of which pieces are wrong."""
        return sorted(self.runs.keys() | self.single.keys())

    def lists(self) -> Iterator[tuple[Owner, list[Run[Problem]]]]:
        """What is wrong with the pieces of each list, in their order; pointers lead on from the piece."""
        for owner in self.owners():
            yield owner, list(_in_order(self.runs.get(owner, []), self.single.get(owner, {})))


def _in_order(runs: list[Run[Problem]], single: dict[int, list[Problem]]) -> Iterator[Run[Problem]]:
    """Runs with the problems of single pieces put into them, or between them."""
    numbers, done = sorted(single), 0
    for run in sorted(runs, key=lambda run: run.places[0]):
        start, stop = (bisect_left(numbers, number) for number in (run.places[0], run.places[-1] + 1))
        yield from _alone(numbers[done:start], single)
        yield _with(run, numbers[start:stop], single) if start < stop else run
        done = stop
    yield from _alone(numbers[done:], single)


def _alone(numbers: list[int], single: dict[int, list[Problem]]) -> Iterator[Run[Problem]]:
    if numbers:
        yield Run([tuple(single[number]) for number in numbers], numbers, _below_it, range(len(numbers)))


def _with(run: Run[Problem], numbers: list[int], single: dict[int, list[Problem]]) -> Run[Problem]:
    kinds, which = list(run.kinds), list(run.numbers or [0] * len(run.places))
    for number in numbers:
        at = number - run.places[0]
        kinds.append((*kinds[which[at]], *single[number]))
        which[at] = len(kinds) - 1
    return Run(kinds, run.places, run.made, which)


def _below_it(problem: Problem, number: int) -> Problem:
    return problem


def piece_faults(
    stumbles: Stumbles, walk: Walk, pieces: Pieces, left_over: Callable[[Problem], Fault]
) -> Iterator[Run[Fault]]:  # fmt: skip
    """The faults of pieces.  left_over: makes one of a problem of a piece of which no rule says what is wrong."""
    for owner, runs in stumbles.lists():
        look = _Look(walk, KIND_OF_LIST[owner[1]], pieces(owner[0]).get(owner[1], ()), left_over)
        made = partial(_moved, "/".join(owner))
        yield from (Run(look.each(run), run.places, made, run.numbers) for run in runs)


class _Look(msgspec.Struct, frozen=True):
    """Looks at pieces of one list."""

    walk: Walk
    kind: str
    pieces: Sequence[Any]
    left_over: Callable[[Problem], Fault]

    def each(self, run: Run[Problem]) -> list[tuple[Fault, ...]]:
        """The faults of each kind of piece, with pointers below the piece."""
        if run.numbers is None:
            return [self.one(run.kinds[0], run.places[0])]
        first = dict(zip(reversed(run.numbers), reversed(run.places), strict=True))
        return [self.one(kind, first[number]) if number in first else () for number, kind in enumerate(run.kinds)]

    def one(self, problems: Kind, number: int) -> tuple[Fault, ...]:
        """The faults of one piece.  problems: the reader's of it."""
        if not problems:
            return ()
        real = [problem for problem in problems if problem.message != UNKNOWN]
        faults: tuple[Fault, ...] = ()
        if real and real[0].kind == LACKING:
            of = f"{article(self.kind)} "
            return tuple(Fault("SCH004", self.walk.member, "", of + problem.message) for problem in real)
        if number < len(self.pieces):
            look = self.walk.text if real else self.walk.known
            look(self.kind, self.pieces[number], "")
            faults = taken(self.walk)
        return faults or tuple(map(self.left_over, real))


def _moved(above: str, fault: Fault, number: int) -> Fault:
    """A fault of a piece, with the pointers of the piece at a place."""
    lead = f"{above}/{number}"
    fix = fault.fix and replace(fault.fix, edits=tuple(_edit_below(lead, edit) for edit in fault.fix.edits))
    return fault._replace(pointer=lead + fault.pointer, fix=fix)


def _edit_below(lead: str, edit: Edit) -> Edit:
    assert isinstance(edit, PutAt | DropAt | RenameAt)  # no other is made of a piece
    return replace(edit, pointer=lead + edit.pointer)
