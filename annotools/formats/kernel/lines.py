"""Files of one annotation a line -> typed columns, whatever the number of files and lines.

    labels/a.txt   0 0.5 0.5 0.2 0.1          class [0, 2]   x [0.5, 0.1] ...   member [0, 0]   line [1, 3]
                                              a blank line is no row
                   2 0.1 0.1 0.2 x            a problem: `labels/a.txt:4: h is 'x', expected a number`

A column is decoded at once; its texts are looked at one by one only where that fails.  One bad line costs no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.number_lines import number_table
from annotools.formats.kernel.number_words import number_words
from annotools.formats.kernel.typed_texts import shown, typed
from annotools.geometry.ragged import Ragged, expand_ranges, lengths, offsets_of, place_in_row, take
from annotools.model.columns import Array, Floats, Ints
from annotools.storage import Source

__all__ = ["Cell", "Lines", "Rest", "line_rows", "text_lines", "text_of", "texts_of", "typed"]

_WORDS = {int: "a whole number", float: "a number", str: "text in UTF-8"}
_BOM = b"\xef\xbb\xbf"

Rest = Literal["refuse", "numbers", "ignore"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column.  kind: int, float or str.  default: of lines that end before it; None: it must be there."""

    name: str
    kind: type = float
    default: float | str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of files.

    columns: by name; int64, float64 or object.  members: the files; member: the place of each row's among them.
    line: (n,) 1-based.  rest: ragged float64, the numbers behind the cells.
    """

    columns: dict[str, Array]
    members: Sequence[str]
    member: Ints
    line: Ints
    rest: Ragged

    def __len__(self) -> int:
        return len(self.line)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def stack(self, *names: str) -> Floats:
        """Some columns side by side, (n, k) float64."""
        return np.stack([self.columns[name] for name in names], axis=1).astype(np.float64)


def line_rows(
    source: Source, members: str | Sequence[str], problems: Problems, *cells: Cell,
    sep: bytes | None = None, rest: Rest = "refuse", comment: bytes = b"",
) -> Lines:  # fmt: skip
    """The lines of some members as columns.

    sep: what stands between cells, None for white space.  rest: what is done with more cells than there are columns.
    comment: how lines begin that are no rows.
    """
    names = [members] if isinstance(members, str) else members
    if sep is not None and not comment and len(names) == 1:
        numbers = _number_rows(source, names, cells, rest, sep)
        if numbers is not None:
            return numbers
    numbers = _word_rows(source, names, cells, rest) if sep is None and not comment else None
    if numbers is not None:
        return numbers
    texts = [text_of(source, name, problems) for name in names]
    each = [text.splitlines() for text in texts]
    offsets = offsets_of([len(lines) for lines in each])
    table = _Table([*chain.from_iterable(each)], sep, comment)
    member, line = np.repeat(np.arange(len(names)), lengths(offsets)), place_in_row(offsets) + 1

    def wrong(row: int, message: str, expected: str) -> None:
        problems.append(Problem(message, names[int(member[row])], int(line[row]), expected=expected))

    rows = table.whole_rows(cells, rest, wrong)
    columns = {cell.name: table.column(n, cell, rows, wrong) for n, cell in enumerate(cells)}
    more = table.numbers_behind(len(cells), rows, wrong) if rest == "numbers" else _nothing(len(rows))
    kept = np.flatnonzero(table.good[rows])
    if len(kept) == len(rows):
        return Lines(columns, names, member[rows], line[rows], more)
    columns, rows = {name: column[kept] for name, column in columns.items()}, rows[kept]
    return Lines(columns, names, member[rows], line[rows], take(*more, kept))


def _number_rows(source: Source, names: Sequence[str], cells: Sequence[Cell], rest: Rest, sep: bytes) -> Lines | None:
    """The lines of a member of nothing but numbers, as many on each; None where there is anything else to say."""
    if any(cell.kind is str for cell in cells):
        return None
    try:
        table = number_table(source.read(names[0]).removeprefix(_BOM), sep)
    except InputError:
        return None
    width = 0 if table is None else table.shape[1]
    least = sum(cell.default is None for cell in cells)
    if table is None or width < least or (rest == "refuse" and width > len(cells)):
        return None
    columns = {cell.name: _cell(table, n, cell) for n, cell in enumerate(cells)}
    if any(column is None for column in columns.values()):
        return None
    size, more = len(table), max(width - len(cells), 0) if rest == "numbers" else 0
    behind = table[:, len(cells) :].reshape(-1) if more else np.zeros(0)
    lines = np.arange(1, size + 1)
    kept = {name: column for name, column in columns.items() if column is not None}
    return Lines(kept, names, np.zeros(size, np.int64), lines, (behind, more * np.arange(size + 1)))


def _cell(table: Floats, number: int, cell: Cell) -> Array | None:
    """A column of a table; None where its numbers are not of the cell's kind."""
    dtype = np.int64 if cell.kind is int else np.float64
    if number >= table.shape[1]:
        return np.full(len(table), cell.default, dtype)
    column = table[:, number]
    if cell.kind is float:
        return column  # as it stands in the table: no second one
    return column.astype(dtype) if (column == np.trunc(column)).all() else None


def _word_rows(source: Source, names: Sequence[str], cells: Sequence[Cell], rest: Rest) -> Lines | None:
    """The lines of members of nothing but numbers between blanks; None where there is anything else to say."""
    if any(cell.kind is str for cell in cells):
        return None
    problems = Problems()
    words = number_words(text_of(source, name, problems) for name in names)
    if words is None or len(problems):
        return None
    rows, least = np.flatnonzero(words.counts), sum(cell.default is None for cell in cells)
    counts, starts = words.counts[rows], offsets_of(words.counts)[rows]
    if len(rows) and (counts.min() < least or (rest == "refuse" and counts.max() > len(cells))):
        return None
    if len(rows) and (counts == counts[0]).all():
        table = words.values.reshape(len(rows), -1)
        columns = {cell.name: _cell(table, n, cell) for n, cell in enumerate(cells)}
    else:
        columns = {cell.name: _word_column(words.values, starts, counts, n, cell) for n, cell in enumerate(cells)}
    if any(column is None for column in columns.values()):
        return None
    more = np.maximum(counts - len(cells), 0) if rest == "numbers" else np.zeros(len(rows), np.int64)
    behind = words.values[expand_ranges(starts + len(cells), more)] if more.any() else np.zeros(0)
    kept = {name: column for name, column in columns.items() if column is not None}
    member = np.repeat(np.arange(len(names)), words.lines)[rows]
    return Lines(kept, names, member, place_in_row(offsets_of(words.lines))[rows] + 1, (behind, offsets_of(more)))


def _word_column(values: Floats, starts: Ints, counts: Ints, number: int, cell: Cell) -> Array | None:
    """One cell of each row; None where its numbers are not of the cell's kind."""
    if (counts > number).all():
        column = values[starts + number]
    else:
        column = np.full(len(starts), cell.default, np.float64)
        column[counts > number] = values[starts[counts > number] + number]
    if cell.kind is float:
        return column
    return column.astype(np.int64) if (column == np.trunc(column)).all() else None


def text_lines(source: Source, name: str, problems: Problems) -> list[bytes]:
    """The lines of a member; none, and a problem, where it cannot be read or is not text.

    A line that is not UTF-8 is a problem: the names on it are not those that somebody gave.
    """
    data = text_of(source, name, problems)
    lines = data.splitlines()
    if not is_utf8(data):
        odd = (number for number, line in enumerate(lines, 1) if not is_utf8(line))
        problems.extend(Problem("is not UTF-8", name, number, expected=_WORDS[str]) for number in odd)
    return lines


def is_utf8(data: bytes) -> bool:
    """Whether bytes are text; nearly all are ASCII, which is seen at once."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def text_of(source: Source, name: str, problems: Problems) -> bytes:
    """The text of a member without a byte order mark; nothing, and a problem, where it is none."""
    try:
        data = source.read(name).removeprefix(_BOM)
    except InputError as error:
        problems.extend(error.problems)
        return b""
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.append(Problem("is not text", name, expected="lines in UTF-8"))
        return b""
    return data


_Wrong = Callable[[int, str, str], None]


class _Table:
    """The cells of all lines in one flat list.  good: lines in which nothing was wrong so far."""

    def __init__(self, lines: list[bytes], sep: bytes | None, comment: bytes) -> None:
        cells = _split(lines, sep, comment)
        self.offsets = offsets_of(np.fromiter(map(len, cells), np.int64, len(cells)))
        self.cells = np.fromiter(chain.from_iterable(cells), np.object_, int(self.offsets[-1]))
        self.good = np.ones(len(lines), np.bool_)

    def whole_rows(self, cells: Sequence[Cell], rest: Rest, wrong: _Wrong) -> Ints:
        """The lines that have as many cells as they must."""
        counts = lengths(self.offsets)
        least, most = sum(cell.default is None for cell in cells), len(cells)
        odd = (counts > 0) & ((counts < least) | ((counts > most) & (rest == "refuse")))
        for row in np.flatnonzero(odd).tolist():
            number = most if least == most or counts[row] > most else least
            wrong(row, f"{counts[row]} column{'s' if counts[row] > 1 else ''}", f"{number} columns")
        return np.flatnonzero((counts > 0) & ~odd)

    def column(self, number: int, cell: Cell, rows: Ints, wrong: _Wrong) -> Array:
        """One cell of each row."""
        there = np.flatnonzero(lengths(self.offsets)[rows] > number)
        texts = self.cells[self.offsets[rows[there]] + number].tolist()
        values, bad = typed(texts, cell.kind)
        for n in np.flatnonzero(bad).tolist():
            self._refuse(int(rows[there[n]]), f"{cell.name} is {shown(texts[n])}", _WORDS[cell.kind], wrong)
        if len(there) == len(rows):
            return values
        column = np.full(len(rows), cell.default, values.dtype)
        column[there] = values
        return column

    def numbers_behind(self, first: int, rows: Ints, wrong: _Wrong) -> Ragged:
        """The numbers from a place to the end of each row."""
        counts = np.maximum(lengths(self.offsets)[rows] - first, 0)
        texts = self.cells[expand_ranges(self.offsets[rows] + first, counts)].tolist()
        values, bad = typed(texts, float)
        owner = np.repeat(rows, counts)
        for n in np.flatnonzero(bad).tolist():
            self._refuse(int(owner[n]), f"a column is {shown(texts[n])}", _WORDS[float], wrong)
        return values, offsets_of(counts)

    def _refuse(self, row: int, message: str, expected: str, wrong: _Wrong) -> None:
        if self.good[row]:
            wrong(row, message, expected)
        self.good[row] = False


def _split(lines: list[bytes], sep: bytes | None, comment: bytes) -> list[list[bytes]]:
    if sep is not None:
        cells = [[part.strip() for part in line.split(sep)] if line.strip() else [] for line in lines]
    else:
        cells = list(map(bytes.split, lines))
    if comment:
        cells = [[] if line.startswith(comment) else parts for line, parts in zip(lines, cells, strict=True)]
    return cells


def _nothing(rows: int) -> Ragged:
    return np.zeros(0), np.zeros(rows + 1, np.int64)


def texts_of(lines: Sequence[bytes]) -> Iterator[str]:
    """Lines as stripped texts, blank ones left out; what is no UTF-8 is replaced, which `text_lines` has told."""
    for line in lines:
        if text := line.decode("utf-8", "replace").strip():
            yield text
