"""A piece of a file as columns: texts become numbers a column at a time, and one by one only where that fails.

A row with a number that is none, or that lacks something, is left out with a problem; the others stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.pieces import Attributes, Piece, Rows, Said
from annotools.formats.cvat_xml.shapes import AXES, CORNERS, TAGS, VERTICES
from annotools.geometry.ragged import expand_ranges
from annotools.model.codes import CUBOID, ELLIPSE, MASK, RECTANGLE, SKELETON, ShapeType, Source
from annotools.model.rounding import shortest
from annotools.model.tables import Bools, Floats, Ints

_SOURCES = {word: code for code, word in enumerate(Source.words())}
_BOX = ("left", "top", "width", "height")

_NUMBERS = msgspec.json.Decoder(list[float])
_POINTS = msgspec.json.Decoder(list[list[float]])
_RUNS = msgspec.json.Decoder(list[list[int]])


@dataclass(frozen=True)
class Columns:
    """Rows of one kind.  good: those that can be rows.  words: their texts (label, name) by place in the vocabulary."""

    numbers: dict[str, Ints]
    words: dict[str, Ints]
    reals: dict[str, Floats]
    good: Bools
    values: Floats
    counts: Ints


class Vocabulary(dict[str, int]):
    """Texts by place; each is kept once."""

    def __missing__(self, word: str) -> int:
        self[word] = place = len(self)
        return place

    def codes(self, words: Iterable[str]) -> Ints:
        """The places of some texts."""
        return np.fromiter(map(self.__getitem__, words), np.int64)


class Columnar:
    """Turns pieces into columns.

    decimals: how exactly the far sides of ellipses are added up.  flag: how `occluded` and the like are read.
    required: what rows of tracks, and what elements, must say.
    """

    def __init__(self, decimals: int, flag: Callable[[str], int], required: tuple[tuple[str, ...], ...]) -> None:
        self.words = Vocabulary()
        self.odd_sources: Counter[str] = Counter()
        self._decimals = decimals
        self._flag = flag
        self._of_tracks, self._of_elements = required

    def images(self, piece: Piece, problems: Problems) -> Columns:
        """Images: id, width, height (-1 where not said), name, subset, task."""
        cells = _Cells(piece.images, problems)
        numbers = {name: cells.column(name, int, "-1", "a whole number") for name in ("id", "width", "height")}
        return self._of(cells, numbers, ("name", "subset", "task_id"))

    def tracks(self, piece: Piece, problems: Problems) -> Columns:
        """Tracks: label, source, group, task, and the track that it is in."""
        cells = _Cells(piece.tracks, problems)
        cells.require("label")
        numbers = cells.belonging(self.odd_sources) | {"parent": _ints(piece.tracks.parent)}
        return self._of(cells, numbers, ("label", "task_id"))

    def tags(self, piece: Piece, problems: Problems) -> Columns:
        """Tags: image, label, source, group."""
        cells = _Cells(piece.tags, problems)
        cells.require("label")
        return self._of(cells, cells.belonging(self.odd_sources) | {"image": _ints(piece.tags.image)}, ("label",))

    def shapes(self, piece: Piece, problems: Problems) -> Columns:
        """Shapes with their points; frame is that of the source media, of rows of tracks."""
        rows = piece.shapes
        cells = _Cells(rows, problems)
        numbers = {name: _ints(getattr(rows, name)) for name in ("image", "track", "parent", "code")}
        cells.require("label", (numbers["track"] < 0) | (numbers["parent"] >= 0))
        cells.require("frame", (numbers["track"] >= 0) & (numbers["parent"] < 0))
        for name in self._of_tracks:
            cells.require(name, numbers["track"] >= 0)
        for name in self._of_elements:
            cells.require(name, numbers["parent"] >= 0)
        numbers |= cells.belonging(self.odd_sources) | {
            name: cells.column(name, self._flag, default, "0 or 1")
            for name, default in (("occluded", "0"), ("outside", "0"), ("keyframe", "1"))
        }
        numbers |= {name: cells.column(name, int, "0", "a whole number") for name in ("z_order", "frame")}
        rotation = cells.column("rotation", float, "0", "a number", np.float64)
        values, counts = _Points(cells, self._decimals).all()
        return self._of(cells, numbers, ("label",), {"rotation": rotation}, (values, counts))

    def _of(
        self, cells: _Cells, numbers: dict[str, Ints], names: Sequence[str], reals: dict[str, Floats] | None = None,
        points: tuple[Floats, Ints] | None = None,
    ) -> Columns:  # fmt: skip
        words = {name: self.words.codes(cells.texts(name, "")) for name in names}
        values, counts = points or (np.zeros(0), np.zeros(0, np.int64))
        numbers["line"] = _ints(cells.lines)
        return Columns(numbers, words, reals or {}, cells.good, values, counts)

    def said(self, said: Said) -> dict[str, Ints]:
        """Attributes: owner, and name and value as places in the vocabulary."""
        return {
            "owner": _ints(said.owner), "name": self.words.codes(said.name), "value": self.words.codes(said.value),
        }  # fmt: skip


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


class _Cells:
    """XML attributes of some elements, read by the column.  good: rows in which nothing was wrong so far."""

    def __init__(self, rows: Rows, problems: Problems) -> None:
        self.rows = rows.attributes
        self.lines = rows.lines
        self.codes = np.array(rows.code, np.int64)
        self.good = np.ones(len(self.rows), np.bool_)
        self._problems = problems

    def texts(self, name: str, default: str) -> list[str]:
        """One text a row."""
        return [row.get(name, default) for row in self.rows]

    def wrong(self, row: int, message: str, expected: str) -> None:
        """Note that a row is none."""
        if self.good[row]:
            self._problems.add(message, line=self.lines[row], expected=expected)
        self.good[row] = False

    def require(self, name: str, where: Bools | None = None) -> None:
        """Every row, or every one of some, must have an attribute."""
        rows = range(len(self.rows)) if where is None else np.flatnonzero(where).tolist()
        for row in rows:
            if name not in self.rows[row]:
                self.wrong(row, f"has no {name}", name)

    def column(
        self, name: str, convert: Callable[[str], float], default: str, expected: str, dtype: type = np.int64
    ) -> Any:
        """A column of numbers; a text that is none makes its row a bad one."""
        texts = self.texts(name, default)
        known: dict[str, float] = {}
        for text in set(texts):
            try:
                known[text] = convert(text)
                np.dtype(dtype).type(known[text])
            except (ValueError, OverflowError):
                known[text] = 0
                self._all_wrong(name, text, texts, expected)
        return np.array([known[text] for text in texts], dtype)

    def _all_wrong(self, name: str, text: str, texts: list[str], expected: str) -> None:
        for row, other in enumerate(texts):
            if other == text:
                self.wrong(row, f"{name} is {text[:40]!r}", expected)

    def belonging(self, odd: Counter[str]) -> dict[str, Ints]:
        """Group and source of each row.  odd: counts sources that nobody knows, which are read as manual."""
        words = self.texts("source", "manual")
        unknown = set(words).difference(_SOURCES)
        if unknown:
            odd.update(word for word in words if word in unknown)
        known = _SOURCES | dict.fromkeys(unknown, int(Source.MANUAL))
        source = np.array([known[word] for word in words], np.int64)
        return {"group": self.column("group_id", int, "0", "a whole number"), "source": source}


class _Points:
    """The points of some shapes, ragged, in their order."""

    def __init__(self, cells: _Cells, decimals: int) -> None:
        self._cells = cells
        self._decimals = decimals

    def all(self) -> tuple[Floats, Ints]:
        """Values and counts; rows that are bad have none."""
        codes = self._cells.codes
        counts = np.zeros(len(codes), np.int64)
        parts = []
        for code in np.unique(codes).tolist():
            rows = np.flatnonzero(codes == code)
            values, some = self._of_type(ShapeType(code), rows)
            counts[rows] = some
            parts.append((rows, values))
        starts = np.cumsum(counts) - counts
        whole = np.zeros(int(counts.sum()))
        for rows, values in parts:
            whole[expand_ranges(starts[rows], counts[rows])] = values
        return whole, counts

    def _of_type(self, code: ShapeType, rows: Ints) -> tuple[Floats, Ints]:
        if code == SKELETON:
            return np.zeros(0), np.zeros(len(rows), np.int64)
        if code == MASK:
            return self._masks(rows)
        named = {RECTANGLE: CORNERS, CUBOID: VERTICES, ELLIPSE: AXES}.get(code)
        if named is None:
            return self._lists(rows, "points", _POINTS, float, "numbers x,y;x,y")
        values, good = self._named(rows, named)
        if code == ELLIPSE:
            x, y, width, height = values.T
            far = shortest(np.stack([x + width, y - height], 1), self._decimals)
            values = np.concatenate([values[:, :2], far], 1)
        return values[good].ravel(), np.where(good, len(named), 0)

    def _named(self, rows: Ints, names: Sequence[str]) -> tuple[Floats, Bools]:
        """(n, names) numbers that stand in attributes of their own, and which rows have them all."""
        cells = [self._cells.rows[row] for row in rows.tolist()]
        try:
            texts = [cell[name] for cell in cells for name in names]
            values = _NUMBERS.decode(f"[{','.join(texts)}]")
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
                    self._cells.wrong(row, f"<{TAGS[self._cells.codes[row]]}> has no {name}", ", ".join(names))
                    good[place] = False
                except ValueError:
                    self._cells.wrong(row, f"{name} is {cell[name][:40]!r}", "a number")
                    good[place] = False
        return good

    def _lists(
        self, rows: Ints, name: str, decoder: msgspec.json.Decoder[Any], convert: Callable[[str], float], expected: str
    ) -> tuple[Floats, Ints]:
        """Numbers that stand in one attribute, and how many each row has."""
        cells = [self._cells.rows[row] for row in rows.tolist()]
        found = None
        try:
            texts = "],[".join([cell[name] for cell in cells])
            lists = decoder.decode(f"[[{texts.replace(';', ',')}]]")
            found = _ragged(lists) if len(lists) == len(rows) else None
        except (KeyError, msgspec.DecodeError, UnicodeEncodeError, OverflowError):  # the last for one of 400 digits
            pass
        values, counts = found or _ragged([self._list(row, name, convert, expected) for row in rows.tolist()])
        if name == "points":
            for row in rows[counts == 0].tolist():
                self._cells.wrong(row, "points is ''", expected)
        return values, counts

    def _list(self, row: int, name: str, convert: Callable[[str], float], expected: str) -> list[float]:
        text = self._cells.rows[row].get(name)
        if text is None:
            self._cells.wrong(row, f"<{TAGS[self._cells.codes[row]]}> has no {name}", name)
            return []
        try:
            return [float(convert(part)) for part in text.replace(";", ",").split(",")] if text.strip() else []
        except (ValueError, OverflowError):
            self._cells.wrong(row, f"{name} is {text[:40]!r}", expected)
            return []

    def _masks(self, rows: Ints) -> tuple[Floats, Ints]:
        runs, counts = self._lists(rows, "rle", _RUNS, int, "whole numbers")
        sides, good = self._named(rows, _BOX)
        sides[:, 2:] += sides[:, :2] - 1
        whole = np.where(good, counts + 4, 0)
        starts = np.cumsum(whole) - whole
        values = np.zeros(int(whole.sum()))
        kept = np.repeat(good, counts)
        values[expand_ranges(starts[good], counts[good])] = runs[kept]
        values[(starts[good] + counts[good])[:, None] + np.arange(4)] = sides[good]
        return values, whole


def _ragged(lists: list[list[float]]) -> tuple[Floats, Ints]:
    """The numbers of all lists, and how many each has."""
    counts = np.fromiter(map(len, lists), np.int64, len(lists))
    return np.fromiter(chain.from_iterable(lists), np.float64, int(counts.sum())), counts
