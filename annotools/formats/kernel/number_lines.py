"""Lines of nothing but numbers, as many on each: a table at once, ten times as fast as cell by cell.

1,-1,10.5,20,30,40,1        [[1, -1, 10.5, 20, 30, 40, 1],
2,-1,11.5,20,30,40,1         [2, -1, 11.5, 20, 30, 40, 1]]
2,-1,11.5,,30,40,1          None: `lines` finds what is wrong, and where

number_lines(size, columns) the way back; columns of whole numbers have no point
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec
import numpy as np
import orjson

from annotools.model.columns import Array, Floats, Ints, is_uniform, row_keys, uniform

_PIECE = 1 << 23  # bytes read at a time: objects are made of them on the way
_ROWS = 1 << 13  # lines written at a time: texts of them all are in the cache, a quarter less time than of 65,536
_EXACT = 1 << 53
_FEW = 1 << 10
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


def number_lines(size: int, columns: Callable[[slice], Sequence[Array]], *, points: bool = False) -> Iterator[bytes]:
    """So many lines, commas between, in pieces.  Numbers are as short as can be, and read back equal.

    columns: makes those of some lines; of a million they are much.
    points: whether whole numbers of a column of float64 have one; else a column without fractions has none.
    """
    parts = [slice(start, min(start + _ROWS, size)) for start in range(0, size, _ROWS)]
    whole = [False] * len(columns(slice(0, 0))) if points else _without_fractions(map(columns, parts))
    for part in parts:
        made = zip(columns(part), whole, strict=True)
        short = (column.astype(np.int64) if is_short else column for column, is_short in made)
        # Numbers of one kind side by side are a table, which is text without an object for each: a quarter less time
        tables = [np.stack(list(table), axis=1) for _, table in groupby(short, key=attrgetter("dtype.kind"))]
        yield _joined(tables)


def _joined(tables: Sequence[Array]) -> bytes:
    """The lines of tables side by side."""
    *firsts, last = tables
    texts = [_rows_of(table) for table in firsts]
    ends = _ends_of(last, b"," if firsts else b"")
    step = 2 * len(texts) or 1
    pieces = [b","] * (step * len(ends))
    for n, column in enumerate(texts):
        pieces[2 * n :: step] = column
    pieces[step - 1 :: step] = ends
    return b"".join(pieces)


def _ends_of(table: Array, before: bytes) -> Sequence[bytes]:
    """How lines end: the rows of a table with what stands before and behind them.

    What follows the coordinates is a class and flags, of which few rows differ: each text is made once, a fifth less
    time for all lines.
    """
    keys = row_keys(*table.T) if table.dtype.kind == "i" else np.arange(len(table))
    if keys.max() >= _FEW:
        return [b"%b%b\n" % (before, row) for row in _rows_of(table)]
    row = np.zeros(keys.max() + 1, np.int64)
    row[keys] = np.arange(len(keys))  # the last that has each
    texts = np.array([b"%b%b\n" % (before, text) for text in _rows_of(table[row])], object)
    ends: list[bytes] = texts.take(keys).tolist()  # half of the time of one after the other
    return ends


def _without_fractions(parts: Iterable[Sequence[Array]]) -> list[bool]:
    """Which columns of float64 are of whole numbers; as soon as none is, no more is looked at."""
    whole: list[bool] = []
    for columns in parts:
        mine = [column.dtype.kind == "f" and _is_whole(column) for column in columns]
        whole = [both and one for both, one in zip(whole or mine, mine, strict=True)]
        if not any(whole):
            break
    return whole


def _rows_of(table: Array) -> list[bytes]:
    """The rows of a table, commas between."""
    wide = table.astype(np.float64) if table.dtype.kind == "f" else table
    return orjson.dumps(wide, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")


def as_short(column: Array) -> Array | Ints:
    """Whole numbers as such, if all of a column are."""
    if is_uniform(column):
        return uniform(as_short(column[:1].copy())[0], len(column))
    return column.astype(np.int64) if column.dtype.kind == "f" and _is_whole(column) else column


def _is_whole(column: Array) -> bool:
    return bool(((column == np.trunc(column)) & (np.abs(column) < _EXACT)).all())
