"""XML attributes of some elements of one kind, read by the column.

    cells.column("z_order", int, "0", "a whole number")      [0, 0, 2, ...]
    cells.named(rows, ("xtl", "ytl", "xbr", "ybr"))          (n, 4) numbers
    cells.lists(rows, "points", ...)                         numbers of `points="x,y;x,y"`, and how many each row has

Here are those of elements that the parser met: texts become numbers a column at a time, and one by one only where that
fails.  A row with a number that is none, or that lacks something, is left out with a problem; the others stay.  Those
of whole stretches of a file are in `regular_parts`.  Both give the points of shapes of every kind:

    <box xtl ytl xbr ybr>   <ellipse cx cy rx ry>: centre, right and top   <mask rle left top width height>: runs, box
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problem
from annotools.formats.cvat_xml.parsing import Attributes, Rows
from annotools.formats.cvat_xml.shapes import AXES, CORNERS, TAGS, VERTICES
from annotools.formats.kernel.slices import Vocabulary
from annotools.geometry.ragged import expand_ranges
from annotools.model.codes import CUBOID, ELLIPSE, MASK, RECTANGLE, SKELETON, ShapeType, Source
from annotools.model.columns import distinct
from annotools.model.rounding import shortest
from annotools.model.tables import Bools, Floats, Ints
from annotools.row_problems import LINES, RowProblems

SOURCES = {word: code for code, word in enumerate(Source.words())}
NUMBERS = msgspec.json.Decoder(list[float])
_LISTS: dict[type, msgspec.json.Decoder[Any]] = {
    float: msgspec.json.Decoder(list[list[float]]), int: msgspec.json.Decoder(list[list[int]]),
}  # fmt: skip


_BOX = ("left", "top", "width", "height")
_Part = tuple[Ints, Floats]  # rows, and their values one after the other


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

    def __init__(self, rows: Rows, file: str) -> None:
        self.rows = rows.attributes
        self.lines = rows.lines
        self.places = {
            "line": _ints(rows.lines), "image": _ints(rows.image), "track": _ints(rows.track),
            "parent": _ints(rows.parent), "code": _ints(rows.code),
        }  # fmt: skip
        self.good = np.ones(len(self.rows), np.bool_)
        self._file, self._wrong = file, RowProblems(LINES)
        self._bare = not any(self.rows)  # <image/> by the million: 15 % of the time of a file of them

    def _texts(self, name: str, default: str) -> list[str]:
        return [row.get(name, default) for row in self.rows]

    def words(self, name: str, vocabulary: Vocabulary) -> Ints:
        return np.full(len(self.rows), vocabulary[""]) if self._bare else vocabulary.codes(self._texts(name, ""))

    def wrong(self, row: int, message: str, expected: str) -> None:
        """Note that a row is none."""
        if self.good[row]:
            self._wrong.add(self.lines[row], message, self._file, expected)
        self.good[row] = False

    def problems(self) -> Sequence[Problem]:
        """What was wrong with rows so far, the first thing of each."""
        return self._wrong.all()

    def require(self, name: str, where: Bools | None = None) -> None:
        rows = np.flatnonzero(self.good if where is None else where & self.good)
        for row in rows.tolist():
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
        numbers = np.zeros((len(rows), len(names)))
        return numbers, self._one_by_one(rows, cells, names, numbers)

    def _one_by_one(self, rows: Ints, cells: list[Attributes], names: Sequence[str], numbers: Floats) -> Bools:
        good = np.ones(len(rows), np.bool_)
        good[~self.good[rows]] = False  # of which it is known what is wrong
        for nth, (row, cell) in enumerate(zip(rows.tolist(), cells, strict=True)):
            if not good[nth]:
                continue
            for column, name in enumerate(names):
                try:
                    numbers[nth, column] = float(cell[name])
                except KeyError:
                    self.wrong(row, f"<{self._tag(row)}> has no {name}", ", ".join(names))
                    good[nth] = False
                except ValueError:
                    self.wrong(row, f"{name} is {cell[name][:40]!r}", "a number")
                    good[nth] = False
        return good

    def _tag(self, row: int) -> str:
        return str(TAGS[self.places["code"][row]])

    def lists(self, rows: Ints, name: str, kind: type, expected: str) -> tuple[Floats, Ints]:
        cells = [self.rows[row] for row in rows.tolist()]
        ragged = None
        try:
            texts = "],[".join([cell[name] for cell in cells])
            lists = _LISTS[kind].decode(f"[[{texts.replace(';', ',')}]]")
            ragged = _ragged(lists) if len(lists) == len(rows) else None
        except (KeyError, msgspec.DecodeError, UnicodeEncodeError, OverflowError):  # the last for one of 400 digits
            pass
        values, counts = ragged or _ragged([self._list(row, name, kind, expected) for row in rows.tolist()])
        if name == "points":
            for row in rows[counts == 0].tolist():
                self.wrong(row, "points is ''", expected)
        return values, counts

    def _list(self, row: int, name: str, convert: Callable[[str], float], expected: str) -> list[float]:
        if not self.good[row]:
            return []
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


def points_of(cells: Cells, decimals: int) -> tuple[Floats, Ints]:
    """Values and counts of rows, in their order; rows that are bad have none.

    decimals: to which the far sides of ellipses are added up.
    """
    codes = cells.places["code"]
    counts = np.zeros(len(codes), np.int64)
    parts: list[_Part] = []
    for code in distinct(codes).tolist():
        rows = np.flatnonzero(codes == code)
        values, counts[rows] = _of_type(cells, ShapeType(code), rows, decimals)
        parts.append((rows, values))
    return (parts[0][1] if len(parts) == 1 else _in_order(parts, counts)), counts


def _in_order(parts: Sequence[_Part], counts: Ints) -> Floats:
    """The values of all parts in the order of their rows."""
    starts = np.cumsum(counts) - counts
    whole = np.zeros(int(counts.sum()))
    for rows, values in parts:
        if len(values) < 16 * len(rows):
            whole[expand_ranges(starts[rows], counts[rows])] = values
        else:
            _copy_runs(whole, starts, rows, values, counts[rows])
    return whole


def _copy_runs(whole: Floats, starts: Ints, rows: Ints, values: Floats, counts: Ints) -> None:
    """Rows that follow each other at once: among polygons a tenth of the time of single places."""
    ends = np.concatenate(([0], np.cumsum(counts)))
    cuts = np.flatnonzero(np.diff(rows) > 1) + 1
    for first, last in pairwise([0, *cuts.tolist(), len(rows)]):
        start = int(starts[rows[first]])
        part = values[ends[first] : ends[last]]
        whole[start : start + len(part)] = part


def _of_type(cells: Cells, code: ShapeType, rows: Ints, decimals: int) -> tuple[Floats, Ints]:
    if code == SKELETON:
        return np.zeros(0), np.zeros(len(rows), np.int64)
    if code == MASK:
        return _masks(cells, rows)
    named = {RECTANGLE: CORNERS, CUBOID: VERTICES, ELLIPSE: AXES}.get(code)
    if named is None:
        return cells.lists(rows, "points", float, "numbers x,y;x,y")
    values, good = cells.named(rows, named)
    if code == ELLIPSE:
        x, y, width, height = values.T
        far = shortest(np.stack([x + width, y - height], 1), decimals)
        values = np.concatenate([values[:, :2], far], 1)
    return values[good].ravel(), np.where(good, len(named), 0)


def _masks(cells: Cells, rows: Ints) -> tuple[Floats, Ints]:
    runs, counts = cells.lists(rows, "rle", int, "whole numbers")
    sides, good = cells.named(rows, _BOX)
    sides[:, 2:] += sides[:, :2] - 1
    whole = np.where(good, counts + 4, 0)
    starts = np.cumsum(whole) - whole
    values = np.zeros(int(whole.sum()))
    kept = np.repeat(good, counts)
    values[expand_ranges(starts[good], counts[good])] = runs[kept]
    values[(starts[good] + counts[good])[:, None] + np.arange(4)] = sides[good]
    return values, whole
