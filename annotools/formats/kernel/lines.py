"""Files of one annotation a line -> typed columns, whatever the number of files and lines.

    labels/a.txt   0 0.5 0.5 0.2 0.1          class [0, 2]   x [0.5, 0.1] ...   member [0, 0]   line [1, 3]
                                              a blank line is no row
                   2 0.1 0.1 0.2 x            a problem: `labels/a.txt:4: h is 'x', expected a number`

A column is decoded at once; its texts are looked at one by one only where that fails.  One bad line costs no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.number_lines import number_table
from annotools.formats.kernel.number_words import BOM, number_words
from annotools.formats.kernel.split_lines import Cell, Lines, Rest, rows_of_texts
from annotools.formats.kernel.typed_texts import typed
from annotools.geometry.ragged import expand_ranges, offsets_of
from annotools.model.columns import Array, Floats, Ints
from annotools.storage import Source

__all__ = ["Cell", "Lines", "Rest", "first_lines", "line_rows", "text_lines", "text_of", "texts_of", "typed"]

_HEAD = 1 << 20
# What lies in the place of files that were not fetched, or that there are not.
_STAND_INS = {
    b"version https://git-lfs.github.com/": "a pointer of Git LFS (`git lfs pull` fetches what it stands for)",
    b"<!DOCTYPE html": "a page of the web", b"<!doctype html": "a page of the web", b"<html": "a page of the web",
}  # fmt: skip
_LONGEST_START = 64


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
    return rows_of_texts(texts, names, problems, cells, sep=sep, rest=rest, comment=comment)


def _number_rows(source: Source, names: Sequence[str], cells: Sequence[Cell], rest: Rest, sep: bytes) -> Lines | None:
    """The lines of a member of nothing but numbers, as many on each; None where there is anything else to say."""
    if any(cell.kind is str for cell in cells):
        return None
    try:
        table = number_table(source.read(names[0]).removeprefix(BOM), sep)
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
    try:
        words = number_words(map(source.read, names))
    except InputError:
        return None
    if words is None:
        return None
    counts, least = words.counts, sum(cell.default is None for cell in cells)
    rows, starts = len(counts), offsets_of(counts)[:-1]
    if rows and (counts.min() < least or (rest == "refuse" and counts.max() > len(cells))):
        return None
    if rows and (counts == counts[0]).all():
        table = words.values.reshape(rows, -1)
        columns = {cell.name: _cell(table, n, cell) for n, cell in enumerate(cells)}
    else:
        columns = {cell.name: _word_column(words.values, starts, counts, n, cell) for n, cell in enumerate(cells)}
    if any(column is None for column in columns.values()):
        return None
    more = np.maximum(counts - len(cells), 0) if rest == "numbers" else np.zeros(rows, np.int64)
    behind = words.values[expand_ranges(starts + len(cells), more)] if more.any() else np.zeros(0)
    kept = {name: column for name, column in columns.items() if column is not None}
    ends = offsets_of(words.lines)
    member = np.searchsorted(ends, words.places, side="right") - 1
    return Lines(kept, names, member, words.places - ends[member] + 1, (behind, offsets_of(more)))


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
        problems.extend(Problem("is not UTF-8", name, number, expected="text in UTF-8") for number in odd)
    return lines


def first_lines(source: Source, name: str) -> list[bytes]:
    """The lines of about the first megabyte of a member, to see what it may be; none where it cannot be read."""
    data = text_of(source, name, Problems())
    if len(data) > _HEAD:
        data = data[: data.rfind(b"\n", 0, _HEAD) + 1 or _HEAD]
    return data.splitlines()


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
        data = source.read(name).removeprefix(BOM)
    except InputError as error:
        problems.extend(error.problems)
        return b""
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.append(Problem("is not text", name, expected="lines in UTF-8"))
        return b""
    if stand_in := next((what for start, what in _STAND_INS.items() if data[:_LONGEST_START].startswith(start)), ""):
        problems.append(Problem(f"is {stand_in}", name, expected="the file itself"))
        return b""
    return data


def is_comment(text: str) -> bool:
    """Whether a line of a list of pictures may be a remark; whoever asks knows no file that it names."""
    return text.startswith(("# ", "#\t", "##")) or text == "#"


def texts_of(lines: Sequence[bytes]) -> Iterator[str]:
    """Lines as stripped texts, blank ones left out; what is no UTF-8 is replaced, which `text_lines` has told."""
    for line in lines:
        if text := line.decode("utf-8", "replace").strip():
            yield text
