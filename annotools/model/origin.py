"""An optional companion of a dataset: where each row stood in the input.

A reader fills it only when it is asked to.  A place is a few small integers a row; the text is made on demand:

    Place(patterns=("/shapes/{}", "/tracks/{}/shapes/{}"), steps=[[812, 0], [3, 5]], pattern=[0, 1])
    origin.pointer(Owner.SHAPE, 1)      # "/tracks/3/shapes/5"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Self

import msgspec
import numpy as np

from annotools.model.codes import Owner
from annotools.model.columns import Array, Rows


def _none() -> Rows:
    return np.zeros(0, np.int32)


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where the rows of one table stood.

    patterns: JSON pointers or XML paths with `{}` (or `{0}`, `{1}`) for the numbers on the way.
    steps: (n, k) int32, the numbers of each row; what a pattern does not name is ignored.
    pattern: (n,) position in `patterns`, empty when all rows take the first.
    member: (n,) position in `Origin.members`, empty when all rows are of the first.
    lines: (n,) 1-based, 0 where unknown, empty when no line is known.
    """

    patterns: tuple[str, ...] = ()
    steps: Rows = msgspec.field(default_factory=lambda: np.zeros((0, 0), np.int32))
    pattern: Rows = msgspec.field(default_factory=_none)
    member: Rows = msgspec.field(default_factory=_none)
    lines: Rows = msgspec.field(default_factory=_none)

    def pointer(self, row: int) -> str:
        """The JSON pointer or XML path of a row, empty where the input has none."""
        if not self.patterns:
            return ""
        pattern = self.patterns[int(self.pattern[row]) if len(self.pattern) else 0]
        return pattern.format(*self.steps[row].tolist()) if row < len(self.steps) else pattern

    def pointers(self, rows: Array) -> list[str]:
        """The same of many rows."""
        if not self.patterns or (len(rows) and int(rows.max()) >= len(self.steps)):
            return [self.pointer(row) for row in rows.tolist()]
        formats = [pattern.format for pattern in self.patterns]
        steps = self.steps[rows].tolist()
        if not len(self.pattern):
            return [formats[0](*numbers) for numbers in steps]
        return [formats[which](*numbers) for which, numbers in zip(self.pattern[rows].tolist(), steps, strict=True)]

    @classmethod
    def concat(cls, parts: Iterable[Self]) -> Self:
        """The places of several tables of one shape (same patterns, same columns), one after the other."""
        places = list(parts)
        if not places:
            return cls()
        joined = {n: np.concatenate([getattr(p, n) for p in places]) for n in ("steps", "pattern", "member", "lines")}
        return cls(places[0].patterns, **joined)


class Origin(msgspec.Struct, frozen=True, eq=False):
    """Where in the input each row stood.  members: the input's files."""

    members: tuple[str, ...] = ()
    places: dict[Owner, Place] = msgspec.field(default_factory=dict)

    def pointer(self, owner: Owner, row: int) -> str:
        """The JSON pointer or XML path of a row, empty where it is not known."""
        rows_at = self.places.get(owner)
        return rows_at.pointer(row) if rows_at is not None else ""

    def line(self, owner: Owner, row: int) -> int | None:
        """The line of a row, 1-based."""
        rows_at = self.places.get(owner)
        return int(rows_at.lines[row]) or None if rows_at is not None and len(rows_at.lines) else None

    def member(self, owner: Owner, row: int) -> str:
        """The member of the input that a row came from."""
        rows_at = self.places.get(owner)
        if rows_at is None or not self.members:
            return ""
        return self.members[int(rows_at.member[row]) if len(rows_at.member) else 0]

    def spots(self, owner: Owner, rows: Array) -> Iterator[tuple[str, int | None, str]]:
        """Member, line and pointer of many rows."""
        rows_at, size = self.places.get(owner), len(rows)
        if rows_at is None:
            return repeat(("", None, ""), size)
        which = rows_at.member[rows].tolist() if len(rows_at.member) else repeat(0, size)
        members = map(self.members.__getitem__, which) if self.members else repeat("", size)
        lines = (line or None for line in rows_at.lines[rows].tolist()) if len(rows_at.lines) else repeat(None, size)
        return zip(members, lines, rows_at.pointers(rows), strict=False)


def placed(patterns: Sequence[str], *steps: Array, member: int = 0) -> Place:
    """Rows of one file that all follow the first pattern.  steps: one column for each number of it."""
    numbers = np.stack(steps, axis=1).astype(np.int32)
    size = len(numbers)
    return Place(tuple(patterns), numbers, np.zeros(size, np.int32), np.full(size, member, np.int32))
