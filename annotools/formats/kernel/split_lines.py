"""Lines cut into cells, some thousand at a time: what `lines` does with what is not all numbers, or not all right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Literal

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.typed_texts import shown, typed
from annotools.geometry.ragged import Ragged, concat, expand_ranges, lengths, offsets_of, take
from annotools.model.columns import Array, Floats, Ints
from annotools.row_problems import LINES, RowProblems

_WORDS = {int: "a whole number", float: "a number", str: "text in UTF-8"}
_BLOCK = 1 << 16  # lines whose cells are there at once: two million of one letter would be half a gigabyte
_LARGE = 1 << 22

Rest = Literal["refuse", "numbers", "ignore"]


class Cell(msgspec.Struct, frozen=True):
    """One column.  kind: int, float or str.  default: of lines that end before it; None: it must be there."""

    name: str
    kind: type = float
    default: float | str | None = None


class Lines(msgspec.Struct, frozen=True):
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


def rows_of_texts(
    texts: Sequence[bytes], names: Sequence[str], problems: Problems, cells: Sequence[Cell],
    *, sep: bytes | None, rest: Rest, comment: bytes,
) -> Lines:  # fmt: skip
    """The lines of some texts as columns.  names: the members that they are of; the others as of `line_rows`."""
    wrong = RowProblems(LINES)
    blocks = chain(_blocks(texts, sep, comment), [([], [], [])])
    parts = [_Block(*block, names, wrong).rows(cells, rest) for block in blocks]
    problems.extend(wrong.all())
    columns = {cell.name: np.concatenate([part.columns[cell.name] for part in parts]) for cell in cells}
    member, line = (np.concatenate([getattr(part, name) for part in parts]) for name in ("member", "line"))
    return Lines(columns, names, member, line, concat([part.rest for part in parts]))


_Cells = list[list[bytes]]


def _blocks(texts: Iterable[bytes], sep: bytes | None, comment: bytes) -> Iterator[tuple[_Cells, list[int], list[int]]]:
    """The cells of some lines, with the places of their members and their numbers; blank lines are none."""
    lines = (
        (number, line, text)
        for number, whole in enumerate(texts)
        for line, text in enumerate(_lines_of(whole), 1)
        if text and not text.isspace() and not (comment and text.startswith(comment))
    )
    while block := list(islice(lines, _BLOCK)):
        numbers, places, some = map(list, zip(*block, strict=True))
        yield _split(some, sep), numbers, places


def _lines_of(text: bytes) -> Iterator[bytes]:
    """The lines of a text, some megabytes at a time: a list of lines takes eight times as much where they are blank."""
    start = 0
    while len(text) - start > _LARGE and (stop := text.find(b"\n", start + _LARGE) + 1):
        yield from text[start:stop].splitlines()
        start = stop
    yield from (text[start:] if start else text).splitlines()


def _split(lines: Sequence[bytes], sep: bytes | None) -> _Cells:
    if sep is None:
        return list(map(bytes.split, lines))
    distinct = dict.fromkeys(lines)  # lines that are junk are often the same over and over
    if len(distinct) > len(lines) // 2:
        return list(map(partial(_cells, sep), lines))
    cells = {line: _cells(sep, line) for line in distinct}
    return list(map(cells.__getitem__, lines))


def _cells(sep: bytes, line: bytes) -> list[bytes]:
    return [part.strip() for part in line.split(sep)] if line.strip() else []


class _Block:
    """The cells of some lines in one flat list.  good: lines in which nothing was wrong so far."""

    def __init__(
        self, cells: _Cells, member: list[int], line: list[int], names: Sequence[str], wrong: RowProblems
    ) -> None:  # fmt: skip
        self._member, self._line = np.array(member, np.int64), np.array(line, np.int64)
        self._names, self._wrong = names, wrong
        self._offsets = offsets_of(np.fromiter(map(len, cells), np.int64, len(cells)))
        self._cells = np.fromiter(chain.from_iterable(cells), np.object_, int(self._offsets[-1]))
        self._good = np.ones(len(cells), np.bool_)

    def rows(self, cells: Sequence[Cell], rest: Rest) -> Lines:
        """Its lines as columns, without those that are none."""
        rows = self._whole(cells, rest)
        columns = {cell.name: self._column(n, cell, rows) for n, cell in enumerate(cells)}
        nothing = np.zeros(0), np.zeros(len(rows) + 1, np.int64)
        more = self._numbers_behind(len(cells), rows) if rest == "numbers" else nothing
        kept = np.flatnonzero(self._good[rows])
        if len(kept) < len(rows):
            columns, rows = {name: column[kept] for name, column in columns.items()}, rows[kept]
            more = take(more[0], more[1], kept)
        return Lines(columns, self._names, self._member[rows], self._line[rows], more)

    def _whole(self, cells: Sequence[Cell], rest: Rest) -> Ints:
        """The lines that have as many cells as they must."""
        counts = lengths(self._offsets)
        least, most = sum(cell.default is None for cell in cells), len(cells)
        odd = (counts > 0) & ((counts < least) | ((counts > most) & (rest == "refuse")))
        rows = np.flatnonzero(odd)
        span = int(counts.max(initial=0)) + 1
        pairs, which = np.unique(self._member[rows] * span + counts[rows], return_inverse=True)
        messages = [self._miscounted(pair // span, pair % span, least, most) for pair in pairs.tolist()]
        self._wrong.add_each(self._line[rows].tolist(), messages, which.reshape(-1).tolist())
        return np.flatnonzero((counts > 0) & ~odd)

    def _miscounted(self, member: int, count: int, least: int, most: int) -> tuple[str, str, str]:
        number = most if least == most or count > most else least
        return f"{count} column{'s' if count > 1 else ''}", self._names[member], f"{number} columns"

    def _column(self, number: int, cell: Cell, rows: Ints) -> Array:
        """One cell of each row."""
        there = np.flatnonzero(lengths(self._offsets)[rows] > number)
        texts = self._cells[self._offsets[rows[there]] + number].tolist()
        values, bad = typed(texts, cell.kind)
        odd = np.flatnonzero(bad & self._good[rows[there]]).tolist()
        self._refuse(rows[there[odd]], cell.name, [texts[n] for n in odd], _WORDS[cell.kind])
        if len(there) == len(rows):
            return values
        column = np.full(len(rows), cell.default, values.dtype)
        column[there] = values
        return column

    def _numbers_behind(self, first: int, rows: Ints) -> Ragged:
        """The numbers from a place to the end of each row."""
        counts = np.maximum(lengths(self._offsets)[rows] - first, 0)
        texts = self._cells[expand_ranges(self._offsets[rows] + first, counts)].tolist()
        values, bad = typed(texts, float)
        owner = np.repeat(rows, counts)
        odd = np.flatnonzero(bad)
        odd = odd[np.unique(owner[odd], return_index=True)[1]]  # the first of a line
        odd = odd[self._good[owner[odd]]]
        self._refuse(owner[odd], "a column", [texts[n] for n in odd.tolist()], _WORDS[float])
        return values, offsets_of(counts)

    def _refuse(self, rows: Ints, name: str, texts: Sequence[bytes], expected: str) -> None:
        """Say of lines, each once, what one of their cells is."""
        pairs = list(zip(self._member[rows].tolist(), texts, strict=True))
        numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        words = [(f"{name} is {shown(text)}", self._names[member], expected) for member, text in numbers]
        self._wrong.add_each(self._line[rows].tolist(), words, map(numbers.__getitem__, pairs))
        self._good[rows] = False
