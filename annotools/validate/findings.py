"""What a rule found, as columns: row numbers, a message template and the numbers that belong to each row.

    Found("shape", rows, "corners are swapped: x {x1:g} > {x2:g}", {"x1": x1, "x2": x2}, remedy)

A hundred thousand findings are a handful of arrays; a `Finding`, with its text, place and fix, is made when somebody
looks at it.  Counts are therefore exact and cheap, and printing can be capped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self

import msgspec
import numpy as np

from annotools.errors import one_line
from annotools.model import Owner
from annotools.model.tables import Ints
from annotools.sequences import Field, alike
from annotools.validate.edits import Edit

KINDS = ("shape", "track", "tag", "interval", "attribute", "frame", "label", "job", "document")
OWNER_OF: dict[str, Owner] = {owner.word: owner for owner in Owner}
_KEPT = 16  # findings of which the edits are kept
_FIRST, _MOST = 16, 1024  # findings that are looked up at once
_PLAIN = {str, int, bool, type(None)}
NOTHING: Ints = np.zeros(0, np.int64)


class Severity(IntEnum):
    """How bad a finding is, by consequence."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """`error`, `warning`, `info`, `off`."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Self:
        """Raises KeyError for another word."""
        return cls[word.upper()]


OFF, INFO, WARNING, ERROR = Severity


class Remedy(msgspec.Struct, frozen=True):
    """How the findings of a rule can be mended: data, made per finding when asked for.

    title: what it does, as a command (`swap the corners`).  safe: it loses nothing (`--fix`), else `--unsafe-fixes`.
    edits(i): the edits of the i-th finding, none where this one cannot be mended.
    """

    title: str
    safe: bool
    edits: Callable[[int], Sequence[Edit]]


def lossless(title: str, edits: Callable[[int], Sequence[Edit]]) -> Remedy:
    """A remedy that loses nothing: applied by --fix."""
    return Remedy(title, True, edits)


def lossy(title: str, edits: Callable[[int], Sequence[Edit]]) -> Remedy:
    """A remedy that changes what was meant or drops something: applied by --unsafe-fixes."""
    return Remedy(title, False, edits)


class Found(msgspec.Struct, frozen=True, eq=False, dict=True):
    """All findings of one question.

    kind: one of KINDS, which table `rows` counts (`attribute`: rows of `dataset.attributes`, `frame`: frame numbers,
    `label`: rows of `dataset.labels`, `job`: rows of `dataset.jobs`, `document`: places 0, 1 ... of `pointers`).
    message: a `str.format` template over `evidence`, whose values are arrays along `rows` or one value for all.
    related: a second row of the same table for each finding, or -1.  severity: where it differs from the rule's.
    members, pointers, lines: of kind `document`, where in the input; a line is None where none is known.
    """

    kind: str
    rows: Ints
    message: str
    evidence: Mapping[str, Any] = msgspec.field(default_factory=dict)
    remedy: Remedy | None = None
    severity: Severity | None = None
    related: Ints = msgspec.field(default_factory=lambda: NOTHING)
    members: Sequence[str] = ()
    pointers: Sequence[str] = ()
    lines: Sequence[int | None] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, index: int) -> dict[str, Any]:
        """The evidence of one finding as plain Python values."""
        return {name: value[index] if along else value for name, value, along in self._plain}

    @cached_property
    def _plain(self) -> list[tuple[str, Any, bool]]:
        """The evidence as Python values, and whether there is one for each row."""
        size = len(self.rows)
        along = {name: _is_column(column, size) for name, column in self.evidence.items()}
        return [(name, _values(column), along[name]) for name, column in self.evidence.items()]

    def alike(self, least: int) -> Iterator[tuple[int, Sequence[int]]]:
        """The places of findings, of those that are the same of many items of a list the first.

        With the numbers of all these items where there are at least so many, else with none.
        """
        if isinstance(self.pointers, Field):
            return alike(self.pointers.items, least)
        return ((index, ()) for index in range(len(self)))

    def columns(self, rows: range) -> list[tuple[str, Any, bool]]:
        """The evidence of some findings: name, a list along them or one value for all, and whether it is a list."""
        return [
            (name, [value[index] for index in rows] if along else value, along) for name, value, along in self._plain
        ]

    def texts(self, rows: range) -> list[str]:
        """The messages of some findings; one that is the same of all is made once."""
        numbers = {name: value if along else [value] * len(rows) for name, value, along in self.columns(rows)}
        if not rows or all(map(are_one, numbers.values())):
            return [self.text(index) for index in rows[:1]] * len(rows)
        made = self.message.format
        texts = [made(**dict(zip(numbers, row, strict=True))) for row in zip(*numbers.values(), strict=True)]
        return texts if "".join(texts).isprintable() else list(map(one_line, texts))

    def edits_of(self, rows: range) -> list[tuple[Edit, ...]]:
        """What mends each of some findings."""
        return [tuple(self.remedy.edits(index)) for index in rows] if self.remedy else [()] * len(rows)

    def edits(self, index: int) -> tuple[Edit, ...]:
        """What mends one finding, none where nothing does."""
        return self._edits(index)

    @cached_property
    def _edits(self) -> Callable[[int], tuple[Edit, ...]]:
        """The edits of findings, of which the last are kept: some take long, and several ask."""
        remedy = self.remedy
        return lru_cache(_KEPT)(lambda index: tuple(remedy.edits(index)) if remedy else ())

    def text(self, index: int) -> str:
        """The message of one finding."""
        return self.filled(self.numbers(index))

    def filled(self, numbers: Mapping[str, Any]) -> str:
        """The message with these numbers."""
        return one_line(self.message.format(**numbers))

    def take(self, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> Found:
        """The findings where `keep` is true."""
        places = np.flatnonzero(keep)
        size = len(self.rows)
        remedy = self.remedy and Remedy(self.remedy.title, self.remedy.safe, _moved(self.remedy.edits, places))
        return Found(
            self.kind, self.rows[places], self.message,
            {name: _picked(column, places, size) for name, column in self.evidence.items()},
            remedy, self.severity, self.related[places] if len(self.related) else NOTHING,
            _picked(self.members, places, size), _picked(self.pointers, places, size),
            _picked(self.lines, places, size),
        )  # fmt: skip


def are_one(values: list[Any]) -> bool:
    """Whether a list of at least one value has only one, which is written as the others are (0.0 is not -0.0)."""
    plain = len(kinds := set(map(type, values))) == 1 and kinds <= _PLAIN
    return plain and values.count(values[0]) == len(values)


def chunks(size: int) -> Iterator[range]:
    """Rows in pieces, the first of which are small: often only these are looked at."""
    start, step = 0, _FIRST
    while start < size:
        yield range(start, min(start + step, size))
        start, step = start + step, min(step * 4, _MOST)


def _moved(edits: Callable[[int], Sequence[Edit]], places: Ints) -> Callable[[int], Sequence[Edit]]:
    return lambda i: edits(int(places[i]))


def _is_column(column: Any, size: int) -> bool:
    return isinstance(column, (np.ndarray, list, tuple, Field)) and len(column) == size


def _picked(column: Any, places: Ints, size: int) -> Any:
    if not _is_column(column, size):
        return column
    return column[places] if isinstance(column, np.ndarray) else [column[i] for i in places.tolist()]


def _values(column: Any) -> Any:
    """A column, or one value, as plain Python values."""
    if isinstance(column, (np.generic, np.ndarray)):
        return column.tolist()
    return [_values(value) for value in column] if isinstance(column, (list, tuple)) else column


PLACES = ("", "document", "frame", "job")  # kinds that are no object


class Where(NamedTuple):
    """The address of a finding, of which what is known is filled in.

    In the input: file (member), line (1-based), byte (offset), pointer (JSON pointer or XML path).
    In the task: job (id), frame (number), frame_name, kind and row (of the hub's table), id (on the server), label,
    link (path and query of the page on the server that shows it).
    """

    file: str = ""
    line: int | None = None
    byte: int | None = None
    pointer: str = ""
    job: int | None = None
    frame: int | None = None
    frame_name: str = ""
    kind: str = ""
    row: int | None = None
    id: int | None = None
    label: str = ""
    shape_type: str = ""
    link: str = ""

    @property
    def place(self) -> str:
        """`file:line:pointer`, what of it is known."""
        parts = (self.file, "" if self.line is None else str(self.line), self.pointer)
        return one_line(":".join(part for part in parts if part))

    @property
    def address(self) -> str:
        """`job 12 · frame 345 (img_0345.jpg) · rectangle #991 car`, what of it is known."""
        parts = [] if self.job is None else [f"job {self.job}"]
        if self.frame is not None:
            parts.append(f"frame {self.frame} ({self.frame_name})" if self.frame_name else f"frame {self.frame}")
        if self.kind not in PLACES:
            number = "" if self.id is None else f" #{self.id}"
            parts.append(f"{self.shape_type or self.kind}{number}{self.label and f' {self.label}'}")
        return one_line(" · ".join(parts))

    def as_dict(self, line: int | None = None, byte: int | None = None) -> dict[str, Any]:
        """For JSON: what is known.  line, byte: instead of what it says, if there is a byte."""
        row = self if byte is None else (self[0], line, byte, *self[3:])
        return {name: value for name, value in zip(_FIELDS, row, strict=True) if value is not None and value != ""}


_FIELDS = Where._fields


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends one finding: edits, and whether they lose nothing."""

    title: str
    safe: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, for people and reports.  rule: its code.  related: the address of the other one of a pair."""

    rule: str
    name: str
    severity: Severity
    message: str
    hint: str
    where: Where
    evidence: Mapping[str, Any]
    fix: Fix | None = None
    related: Where | None = None
    fingerprint: str = ""

    def __str__(self) -> str:
        prefix = " ".join(filter(None, (self.where.place, self.where.address and f"[{self.where.address}]")))
        return f"{prefix}: {self.severity.word} {self.rule} {self.name}: {self.message}"
