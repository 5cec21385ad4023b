"""Files of nothing but numbers between blanks, any number on a line: all of them at once.

0 0.5 0.5 0.2 0.1         [0, 0.5, 0.5, 0.2, 0.1, 1, 0.1, 0.1, 0.3]     5, 0 and 4 on the lines
                          [3]                                           lines of the only file
1 0.1 0.1 0.3
0 0.5 x                   None: `lines` finds what is wrong, and where
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from annotools.formats.kernel.slice_numbers import shares
from annotools.formats.kernel.slices import WORD, Slices
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.columns import Bools, Floats, Ints

BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 18  # bytes read at a time: what is made of them on the way stays in the cache
_LARGE = 1 << 22  # bytes of a text that are read at a time: a line takes eight times as much where it is blank
_EXACT = 1 << 53
_NUMBERS = msgspec.json.Decoder(list[float])
_BLANKS = b" \t\n\x0b\x0c"
_COMMAS = bytes.maketrans(_BLANKS, b"," * len(_BLANKS))
_LF = 10
_MARGIN = b" " * WORD


class Words(NamedTuple):
    """values: all numbers.  counts: how many each line has that has some.  places: of these lines among those of all
    texts, from 0.  lines: how many each text has.
    """

    values: Floats
    counts: Ints
    places: Ints
    lines: Ints


def number_words(texts: Iterable[bytes]) -> Words | None:
    """The numbers of some texts; None where anything is none, or a whole number that is no float64."""
    columns, before, lines = (ColumnBuffer(), ColumnBuffer(), ColumnBuffer()), 0, array("q")
    for column, nothing in zip(columns, (*_NOTHING, _NOTHING[1]), strict=True):
        column.add(nothing)
    for piece in _whole_lines(texts, lines):
        part = _plain_part(b"".join([_MARGIN, *piece])) or _part(b"".join(piece))
        if part is None:
            return None
        filled = np.flatnonzero(part[1])
        for column, some in zip(columns, (part[0], part[1][filled], filled + before), strict=True):
            column.add(some)
        before += len(part[1])
    values, counts, places = (column.column() for column in columns)
    return Words(values, counts, places, np.array(lines, np.int64))


_NOTHING = (np.zeros(0), np.zeros(0, np.int64))


def _whole_lines(texts: Iterable[bytes], lines: array[int]) -> Iterator[list[bytes]]:
    """Some texts at a time, or some lines of a large one, with line feeds at the ends of all.  lines: their numbers."""
    for piece in map(_lined, _pieces(texts)):
        lines.extend([text.count(b"\n") for text in piece])
        if sum(map(len, piece)) <= _LARGE:
            yield piece
            continue
        whole, start = b"".join(piece), 0
        while start < len(whole):
            stop = whole.find(b"\n", start + _LARGE - 1) + 1 or len(whole)
            yield [whole[start:stop]]
            start = stop


def _pieces(texts: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Some texts at a time."""
    piece, size = [], 0
    for text in texts:
        piece.append(text)
        size += len(text)
        if size > _PIECE:
            yield piece
            piece, size = [], 0
    yield piece


def _lined(piece: list[bytes]) -> list[bytes]:
    """Texts with line feeds at the ends of all lines, and no byte order mark."""
    whole = b"".join(piece)  # one look, and not one at each of a thousand files
    if b"\r" in whole or BOM in whole:
        # a carriage return alone ends a line too, and is a blank to the decoder
        piece = [text.removeprefix(BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n") for text in piece]
    return [text + b"\n" if text and not text.endswith(b"\n") else text for text in piece]


def _plain_part(text: bytes) -> tuple[Floats, Ints] | None:
    """The same where one blank is behind each word, and all are short.  text: behind a margin of eight bytes."""
    signs = np.frombuffer(text, np.uint8)
    ends = WORD + np.flatnonzero(signs[WORD:] <= ord(" "))
    values = shares(Slices(text, np.append(WORD, ends[:-1] + 1), ends)) if len(ends) else None
    if values is None:
        return None
    blanks = signs[ends]
    feeds = np.flatnonzero(blanks == _LF)
    plain = len(feeds) + np.count_nonzero(blanks == ord(" ")) == len(ends)
    return (values, np.diff(feeds, prepend=-1)) if plain else None


def _part(text: bytes) -> tuple[Floats, Ints] | None:
    if not text:
        return _NOTHING
    signs = np.frombuffer(text, np.uint8)
    blank = (signs == ord(" ")) | (signs - np.uint8(9) <= 3)  # the signs from 9 to 12 are blanks too
    starts = ~blank
    starts[1:] &= blank[:-1]
    ends = np.flatnonzero(signs == _LF)
    counts = np.add.reduceat(starts, np.append(0, ends[:-1] + 1), dtype=np.int64)
    try:
        values = np.array(_NUMBERS.decode(b"[" + _listed(text, blank, int(counts.sum())) + b"]"), np.float64)
    except (msgspec.DecodeError, OverflowError):
        return None
    return (values, counts) if len(values) == counts.sum() and (np.abs(values) < _EXACT).all() else None


def _listed(text: bytes, blank: Bools, words: int) -> bytes:
    """Words with commas between; where every word has one blank behind it, that becomes one."""
    if not blank[0] and np.count_nonzero(blank) == words:
        return text.translate(_COMMAS)[:-1]
    return b",".join(text.split())
