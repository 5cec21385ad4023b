"""XML attributes of some elements of one kind, read by the column.

    cells.column("z_order", int, "0", "a whole number")      [0, 0, 2, ...]
    cells.named(rows, ("xtl", "ytl", "xbr", "ybr"))          (n, 4) numbers
    cells.lists(rows, "points", ...)                         numbers of `points="x,y;x,y"`, and how many each row has

Here are those of elements that the parser met: texts become numbers a column at a time, and one by one only where that
fails.  A row with a number that is none, or that lacks something, is left out with a problem; the others stay.  Those
of whole stretches of a file are in `regular_cells`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.pieces import Attributes, Rows
from annotools.formats.cvat_xml.shapes import TAGS
from annotools.formats.kernel.slices import Vocabulary
from annotools.model.codes import Source
from annotools.model.tables import Bools, Floats, Ints

SOURCES = {word: code for code, word in enumerate(Source.words())}
NUMBERS = msgspec.json.Decoder(list[float])
_LISTS: dict[type, msgspec.json.Decoder[Any]] = {
    float: msgspec.json.Decoder(list[list[float]]), int: msgspec.json.Decoder(list[list[int]]),
}  # fmt: skip


class Cells(ABC):
    """Columns of texts.

    places: columns that no text says: line, and what the elements are in (image, track, parent) and are (code).
    good: rows in which nothing was wrong so far.
    """

    places: Mapping[str, Ints]
    good: Bools

    @abstractmethod
    def words(self, name: str, vocabulary: Vocabulary) -> Ints:
        """The places of one text a row, empty where it is not said."""

    @abstractmethod
    def require(self, name: str, where: Bools | None = None) -> None:
        """Every row, or every one of some, must have an attribute."""

    @abstractmethod
    def lacks(self, name: str, where: Bools) -> bool:
        """Whether one of some rows does not have an attribute."""

    @abstractmethod
    def column(
        self, name: str, convert: Callable[[str], float], default: str, expected: str, dtype: type = np.int64
    ) -> Any:
        """A column of numbers; a text that is none makes its row a bad one."""

    @abstractmethod
    def sources(self, odd: Counter[str]) -> Ints:
        """Where each row comes from.  odd: counts what nobody knows, which is read as manual."""

    @abstractmethod
    def named(self, rows: Ints, names: Sequence[str]) -> tuple[Floats, Bools]:
        """(n, names) numbers that stand in attributes of their own, and which rows have them all."""

    @abstractmethod
    def lists(self, rows: Ints, name: str, kind: type, expected: str) -> tuple[Floats, Ints]:
        """Numbers of a kind that stand in one attribute, and how many each row has."""

    def belonging(self, odd: Counter[str]) -> dict[str, Ints]:
        """Group and source of each row."""
        return {"group": self.column("group_id", int, "0", "a whole number"), "source": self.sources(odd)}


def converted(text: str, convert: Callable[[str], float], dtype: type) -> float:
    """A text as a number that a column can hold.  Raises: ValueError and OverflowError."""
    value = convert(text)
    np.dtype(dtype).type(value)
    return value


class ParsedCells(Cells):
    """Attributes as the parser gives them."""

    def __init__(self, rows: Rows, problems: Problems) -> None:
        self.rows = rows.attributes
        self.lines = rows.lines
        self.places = {
            "line": _ints(rows.lines), "image": _ints(rows.image), "track": _ints(rows.track),
            "parent": _ints(rows.parent), "code": _ints(rows.code),
        }  # fmt: skip
        self.good = np.ones(len(self.rows), np.bool_)
        self._problems = problems
        self._bare = not any(self.rows)  # <image/> by the million: 15 % of the time of a file of them

    def _texts(self, name: str, default: str) -> list[str]:
        return [row.get(name, default) for row in self.rows]

    def words(self, name: str, vocabulary: Vocabulary) -> Ints:
        return np.full(len(self.rows), vocabulary[""]) if self._bare else vocabulary.codes(self._texts(name, ""))

    def wrong(self, row: int, message: str, expected: str) -> None:
        """Note that a row is none."""
        if self.good[row]:
            self._problems.add(message, line=self.lines[row], expected=expected)
        self.good[row] = False

    def require(self, name: str, where: Bools | None = None) -> None:
        rows = range(len(self.rows)) if where is None else np.flatnonzero(where).tolist()
        for row in rows:
            if name not in self.rows[row]:
                self.wrong(row, f"has no {name}", name)

    def lacks(self, name: str, where: Bools) -> bool:
        return any(name not in self.rows[row] for row in np.flatnonzero(where).tolist())

    def column(
        self, name: str, convert: Callable[[str], float], default: str, expected: str, dtype: type = np.int64
    ) -> Any:
        if self._bare:
            return np.full(len(self.rows), convert(default), dtype)
        texts = self._texts(name, default)
        known: dict[str, float] = {}
        for text in set(texts):
            try:
                known[text] = converted(text, convert, dtype)
            except (ValueError, OverflowError):
                known[text] = 0
                self._all_wrong(name, text, texts, expected)
        return np.array([known[text] for text in texts], dtype)

    def _all_wrong(self, name: str, text: str, texts: list[str], expected: str) -> None:
        for row, other in enumerate(texts):
            if other == text:
                self.wrong(row, f"{name} is {text[:40]!r}", expected)

    def sources(self, odd: Counter[str]) -> Ints:
        words = self._texts("source", "manual")
        unknown = set(words).difference(SOURCES)
        if unknown:
            odd.update(word for word in words if word in unknown)
        known = SOURCES | dict.fromkeys(unknown, int(Source.MANUAL))
        return np.array([known[word] for word in words], np.int64)

    def named(self, rows: Ints, names: Sequence[str]) -> tuple[Floats, Bools]:
        cells = [self.rows[row] for row in rows.tolist()]
        try:
            texts = [cell[name] for cell in cells for name in names]
            values = NUMBERS.decode(f"[{','.join(texts)}]")
            if len(values) == len(texts):
                return np.array(values).reshape(-1, len(names)), np.ones(len(rows), np.bool_)
        except (KeyError, msgspec.DecodeError, UnicodeEncodeError):
            pass
        found = np.zeros((len(rows), len(names)))
        return found, self._one_by_one(rows, cells, names, found)

    def _one_by_one(self, rows: Ints, cells: list[Attributes], names: Sequence[str], found: Floats) -> Bools:
        good = np.ones(len(rows), np.bool_)
        for place, (row, cell) in enumerate(zip(rows.tolist(), cells, strict=True)):
            for column, name in enumerate(names):
                try:
                    found[place, column] = float(cell[name])
                except KeyError:
                    self.wrong(row, f"<{self._tag(row)}> has no {name}", ", ".join(names))
                    good[place] = False
                except ValueError:
                    self.wrong(row, f"{name} is {cell[name][:40]!r}", "a number")
                    good[place] = False
        return good

    def _tag(self, row: int) -> str:
        return str(TAGS[self.places["code"][row]])

    def lists(self, rows: Ints, name: str, kind: type, expected: str) -> tuple[Floats, Ints]:
        cells = [self.rows[row] for row in rows.tolist()]
        found = None
        try:
            texts = "],[".join([cell[name] for cell in cells])
            lists = _LISTS[kind].decode(f"[[{texts.replace(';', ',')}]]")
            found = _ragged(lists) if len(lists) == len(rows) else None
        except (KeyError, msgspec.DecodeError, UnicodeEncodeError, OverflowError):  # the last for one of 400 digits
            pass
        values, counts = found or _ragged([self._list(row, name, kind, expected) for row in rows.tolist()])
        if name == "points":
            for row in rows[counts == 0].tolist():
                self.wrong(row, "points is ''", expected)
        return values, counts

    def _list(self, row: int, name: str, convert: Callable[[str], float], expected: str) -> list[float]:
        text = self.rows[row].get(name)
        if text is None:
            self.wrong(row, f"<{self._tag(row)}> has no {name}", name)
            return []
        try:
            return [float(convert(part)) for part in text.replace(";", ",").split(",")] if text.strip() else []
        except (ValueError, OverflowError):
            self.wrong(row, f"{name} is {text[:40]!r}", expected)
            return []


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def _ragged(lists: list[list[float]]) -> tuple[Floats, Ints]:
    """The numbers of all lists, and how many each has."""
    counts = np.fromiter(map(len, lists), np.int64, len(lists))
    return np.fromiter(chain.from_iterable(lists), np.float64, int(counts.sum())), counts
