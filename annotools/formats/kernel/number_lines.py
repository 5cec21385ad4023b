"""Lines of nothing but numbers, as many on each: a table at once, ten times as fast as cell by cell.

1,-1,10.5,20,30,40,1        [[1, -1, 10.5, 20, 30, 40, 1],
2,-1,11.5,20,30,40,1         [2, -1, 11.5, 20, 30, 40, 1]]
2,-1,11.5,,30,40,1          None: `lines` finds what is wrong, and where

number_lines(columns)       the way back; columns of whole numbers have no point
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec
import numpy as np
import orjson

from annotools.model.columns import Array, Floats, Ints

_PIECE = 1 << 23  # bytes read at a time: objects are made of them on the way
_ROWS = 1 << 16  # lines written at a time
_EXACT = 1 << 53
_NUMBERS = msgspec.json.Decoder(list[float])
_LF = 10


def number_table(data: bytes, sep: bytes) -> Floats | None:
    """(lines, columns) of a text whose lines all have as many numbers; None for any other, and for whole numbers that
    are no float64.  sep: one character.
    """
    text = data.rstrip()
    if not text or text.isspace() or text.count(b"\r") != text.count(b"\r\n"):  # alone it ends a line as well
        return None
    parts: list[Floats] = []
    for start, stop in _pieces(text):
        part = _table(text[start:stop], sep)
        if part is None or (parts and part.shape[1] != parts[0].shape[1]):
            return None
        parts.append(part)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _pieces(text: bytes) -> Iterator[tuple[int, int]]:
    """Where stretches of whole lines begin and end, their last line feeds not counted."""
    start = 0
    while start < len(text):
        stop = text.find(b"\n", start + _PIECE)
        stop = len(text) if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _table(text: bytes, sep: bytes) -> Floats | None:
    signs = np.frombuffer(text, np.uint8)
    ends = np.append(np.flatnonzero(signs == _LF), len(text))
    between = np.searchsorted(np.flatnonzero(signs == ord(sep)), ends)
    counts = np.diff(between, prepend=0)
    if (counts != counts[0]).any():
        return None
    try:
        flat = _NUMBERS.decode(b"[" + text.replace(b"\n", b",").replace(sep, b",") + b"]")
        table = np.array(flat, np.float64)
    except (msgspec.DecodeError, OverflowError):
        return None
    if len(table) != len(ends) * (counts[0] + 1) or (np.abs(table) >= _EXACT).any():
        return None
    return table.reshape(len(ends), -1)


def number_lines(columns: Sequence[Array], *, points: bool = False) -> Iterator[bytes]:
    """Lines of some columns, commas between, in pieces.  Numbers are as short as can be, and read back equal.

    points: whether whole numbers of a column of float64 have one.
    """
    short = columns if points else [as_short(column) for column in columns]
    for start in range(0, len(columns[0]), _ROWS):
        # Numbers of one type side by side are a table, which is text without an object for each: a quarter less time
        tables = groupby((column[start : start + _ROWS] for column in short), key=attrgetter("dtype"))
        cells = [_rows_of(np.stack(list(table), axis=1)) for _, table in tables]
        yield b"\n".join(cells[0] if len(cells) == 1 else map(b",".join, zip(*cells, strict=True))) + b"\n"


def _rows_of(table: Array) -> list[bytes]:
    """The rows of a table, commas between."""
    wide = table.astype(np.float64) if table.dtype.kind == "f" else table
    return orjson.dumps(wide, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")


def as_short(column: Array) -> Array | Ints:
    """Whole numbers as such, if all of a column are."""
    if column.dtype.kind != "f":
        return column
    whole = (column == np.trunc(column)) & (np.abs(column) < _EXACT)
    return column.astype(np.int64) if whole.all() else column
