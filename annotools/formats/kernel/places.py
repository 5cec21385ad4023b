"""Where rows of an input stood: file and line, or file and pointer, as columns.

    At("a.txt", lines)                                      a.txt:7
    At(members, lines, which=member)                        rows of several files, each with its line
    At("a.json", places, "/annotations/{}")                 a.json:/annotations/6
    At("a.json", steps, ("/shapes/{0}", "/tracks/{0}/shapes/{1}"), pattern=kinds)

Text is made only of rows that something is wrong with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problem
from annotools.model.columns import Array, Ints, Rows, Runs, at, rows_of, runs_of
from annotools.model.origin import Place
from annotools.row_problems import LINES, RowProblems, below_each


class At(msgspec.Struct, frozen=True, eq=False):
    """Places of rows.

    member: the file, or the files that `which` counts.  start: lines, 0 where unknown; with a pointer the number that
    it has a place for, or (n, k) numbers; one stands for all rows.  pointer: one, or those that `pattern` counts.
    """

    member: str | Sequence[str] = ""
    start: Array | int = 0
    pointer: str | Sequence[str] = ""
    which: Array | int = 0
    pattern: Array | int = 0

    def __getitem__(self, rows: Array) -> At:
        """The places of some rows."""
        columns = {name: getattr(self, name) for name in ("start", "which", "pattern")}
        size = max((len(column) for column in columns.values() if np.ndim(column)), default=0)
        runs = runs_of(rows_of(rows), size)  # of all or most rows, as it is usual, nothing is copied
        picked = {name: _some(column, runs) for name, column in columns.items()}
        return At(self.member, pointer=self.pointer, **picked)

    @property
    def members(self) -> Sequence[str]:
        """The files."""
        return (self.member,) if isinstance(self.member, str) else self.member

    @property
    def pointers(self) -> Sequence[str]:
        """The patterns of pointers; none where rows have lines."""
        if isinstance(self.pointer, str):
            return (self.pointer,) if self.pointer else ()
        return self.pointer

    def problem(self, row: int, message: str, **more: Any) -> Problem:
        """What is wrong with a row.  more: as of `Problem`."""
        file = self.members[int(_of(self.which, row))] if self.members else ""
        start = _of(self.start, row)
        if not self.pointers:
            return Problem(message, file, int(start) or None, **more)
        pattern = self.pointers[int(_of(self.pattern, row))]
        tail = more.pop("pointer", "")
        return Problem(message, file, pointer=pattern.format(*np.atleast_1d(start).tolist()) + tail, **more)

    def below(self, problem: Problem, row: int) -> Problem:
        """What is wrong with a row, of which the problem has the pointer below it."""
        p, steps = problem, np.atleast_1d(_of(self.start, row)).tolist()
        pointer = self.pointers[int(_of(self.pattern, row))].format(*steps) + p.pointer
        return Problem(p.message, p.file, p.line, pointer, p.frame, p.expected, p.kind)

    def line_problems(self, rows: Sequence[int], messages: Iterable[str], expected: str) -> Sequence[Problem]:
        """What is wrong with rows that have lines, a message each, unmade where there are many."""
        wrong = RowProblems(LINES)
        starts = np.asarray(_of(self.start, rows)).tolist() if np.ndim(self.start) else repeat(self.start)
        files = np.asarray(_of(self.which, rows)).tolist() if np.ndim(self.which) else repeat(self.which)
        for start, which, message, _ in zip(starts, files, messages, rows, strict=False):
            wrong.add(int(start), message, self.members[int(which)], expected)
        return wrong.all()

    def place(self, rows: int, numbers: dict[str, int]) -> Place:
        """The same for `Origin`.  numbers: of all files met so far, to which these are added."""
        codes = np.array([numbers.setdefault(name, len(numbers)) for name in self.members], np.int32)
        member = codes[_all(self.which, rows)] if len(codes) else np.zeros(rows, np.int32)
        if not self.pointers:
            return Place(member=member, lines=_all(self.start, rows))
        steps = _all(self.start, rows)
        depth = steps.shape[1] if steps.ndim > 1 else 1
        return Place(tuple(self.pointers), steps.reshape(rows, depth), _all(self.pattern, rows), member)


NOWHERE = At()


_SHOWN = 40  # characters of a text that is shown


class WrongRows:
    """What is wrong with rows in turn: what is said of many in the same words is there once, with many places."""

    def __init__(self, at: At) -> None:
        self._at, self._lined = at, not at.pointers
        self._listed = _list_of(at)
        below = at.below if self._listed is None else below_each(self._listed)
        self._wrong = RowProblems(LINES if self._lined else below)

    def add(self, row: int, message: str, expected: str = "", below: str = "", kind: str = "") -> None:
        """Say something of a row.  below: a pointer; lines have none."""
        members, which, start = self._columns
        file = members[which if isinstance(which, int) else which[row]] if members else ""
        if self._lined:
            self._wrong.add(start if isinstance(start, int) else start[row], message, file, expected, kind)
        else:
            number = row if self._listed is None else start[row]  # type: ignore[index]  # a list's items have numbers
            self._wrong.add(number, message, file, expected, below, kind)

    def add_all(self, rows: Sequence[int], message: str, expected: str = "", kind: str = "") -> None:
        """Say the same of each of some rows."""
        members, which, start = self._columns
        if not isinstance(which, int) or self._lined or self._listed is None:
            for row in rows:
                self.add(row, message, expected, kind=kind)
            return
        numbers = [start[row] for row in rows]  # type: ignore[index]  # a list's items have numbers
        self._wrong.add_all(numbers, message, members[which] if members else "", expected, "", kind)

    def add_each(self, rows: Sequence[int], texts: Sequence[str], form: str, expected: str) -> None:
        """Say of each of some rows what it has.  form: of what is said, with a place for the text as Python has it."""
        members, which, start = self._columns
        kinds = dict.fromkeys(texts)
        messages = {text: form.format(repr(text[:_SHOWN])) for text in kinds}
        if not isinstance(which, int) or not self._lined or isinstance(start, int):
            for row, text in zip(rows, texts, strict=True):
                self.add(row, messages[text], expected)
            return
        file, numbers = members[which] if members else "", {text: number for number, text in enumerate(kinds)}
        parts = [(messages[text], file, expected, "") for text in kinds]
        self._wrong.add_each(map(start.__getitem__, rows), parts, map(numbers.__getitem__, texts))

    @cached_property
    def _columns(self) -> tuple[Sequence[str], list[int] | int, list[Any] | int]:
        """The files, which of them each row is of, and where it starts there: one number where all are alike."""
        at = self._at
        return at.members, np.asarray(at.which).tolist(), np.asarray(at.start).tolist()

    def all(self) -> Sequence[Problem]:
        """All that was said; few things are made at once."""
        return self._wrong.all()


def _list_of(at: At) -> str | None:
    """The pointer of the one list that rows are items of, None where there is no such list."""
    if len(at.pointers) != 1 or np.ndim(at.start) != 1:
        return None
    pointer, _, step = at.pointers[0].rpartition("/")
    return pointer if step == "{}" and "{" not in pointer and "}" not in pointer else None


def _of(column: Array | int, rows: Any) -> Any:
    return column if isinstance(column, int) or np.ndim(column) == 0 else np.asarray(column)[rows]


def _some(column: Array | int, runs: Runs) -> Array | int:
    return column if np.ndim(column) == 0 else at(np.asarray(column), runs)


def _all(column: Array | int, rows: int) -> Rows:
    column = np.asarray(column, np.int32)
    return np.full(rows, column, np.int32) if column.ndim == 0 else column


def joined_places(parts: Sequence[Place]) -> Place:
    """The places of rows that came in several parts, whatever patterns each has."""
    patterns = tuple(dict.fromkeys(pattern for part in parts for pattern in part.patterns))
    depth = max((part.steps.shape[1] for part in parts), default=0)
    return Place(
        patterns,
        np.concatenate([_widened(part.steps, _size(part), depth) for part in parts])
        if depth
        else np.zeros((0, 0), np.int32),
        np.concatenate([_numbered(part, patterns) for part in parts]) if patterns else np.zeros(0, np.int32),
        np.concatenate([part.member for part in parts]),
        np.concatenate([_padded(part.lines, _size(part)) for part in parts]) if not patterns else np.zeros(0, np.int32),
    )


def _size(part: Place) -> int:
    return len(part.member)


def _numbered(part: Place, patterns: Sequence[str]) -> Rows:
    places = np.array([patterns.index(pattern) for pattern in part.patterns], np.int32)
    return places[part.pattern] if len(places) else np.zeros(_size(part), np.int32)


def _widened(steps: Rows, rows: int, depth: int) -> Rows:
    wide = np.zeros((rows, depth), np.int32)
    wide[:, : steps.shape[1]] = steps if len(steps) else 0
    return wide


def _padded(lines: Rows, rows: int) -> Rows:
    return lines if len(lines) == rows else np.zeros(rows, np.int32)


def taken(place: Place, rows: Ints) -> Place:
    """The places of some rows; -1 is a row that was made here, and has none."""
    made = rows < 0
    if not place.patterns:
        lines = np.append(place.lines, np.int32(0))[rows] if len(place.lines) else place.lines
        return Place(member=np.append(place.member, np.int32(0))[rows], lines=lines)
    pattern = np.where(made, len(place.patterns), np.append(place.pattern, 0)[rows])
    nothing = np.zeros((1, place.steps.shape[1]), np.int32)
    return Place(
        (*place.patterns, ""), np.append(place.steps, nothing, 0)[rows], pattern.astype(np.int32),
        np.append(place.member, np.int32(0))[rows],
    )  # fmt: skip
