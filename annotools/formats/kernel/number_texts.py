"""Undecoded JSON lists of numbers -> arrays, many lists at a time.

    numbers = NumberTexts()
    numbers.lists([b"[1,2]", b"[]"])                       (1. 2.), (0 2 2)
    numbers.lists_of_lists([b"[[1,2],[3]]", b"[]"])        ((1. 2. 3.), (0 2 3)), (0 2 2)

With simdjson (the extra `fast`) numbers go from text to an array without an object for each, which takes a third of
the time; where the lists begin and end is told by the brackets.  Without it, and for what it does not tell as exactly,
msgspec decodes the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.geometry.ragged import Ragged, offsets_of
from annotools.model.columns import Array, Bools, Ints

try:
    import simdjson
except ImportError:  # an extra
    simdjson = None  # type: ignore[assignment,unused-ignore]  # of another type only where it is there

_OPEN, _COMMA, _EXPONENT = b"[,e"  # of what a list of numbers may hold brackets and exponents come last
_BLANKS = b" \t\r\n"
_LISTS: Any = msgspec.json.Decoder(list[list[float]])
_LISTS_OF_LISTS: Any = msgspec.json.Decoder(list[list[list[float]]])
_FEW = 512  # lists whose numbers stay in the processor's cache while they are objects: a fifth less than 4,096


class NumberTexts:
    """Decodes for one reader: what it keeps between calls is not for several threads.  quick: whether simdjson may."""

    def __init__(self, *, quick: bool = True) -> None:
        self._parser = simdjson.Parser() if simdjson is not None and quick else None

    def lists(self, texts: Sequence[msgspec.Raw | bytes], array: bytearray | None = None) -> Ragged | None:
        """Numbers and offsets of lists; None where one is something else.  array: `array_of` them, if it is there."""
        ragged = self._at_once(texts, array, 1)
        if ragged is not None:
            return ragged[0]
        lists = _decoded(texts, _LISTS)
        return None if lists is None else _ragged(lists)

    def lists_of_lists(
        self, texts: Sequence[msgspec.Raw | bytes], array: bytearray | None = None
    ) -> tuple[Ragged, Ints] | None:  # fmt: skip
        """Numbers and offsets of the lists in lists, and offsets of these; None where one is something else."""
        nested = self._at_once(texts, array, 2)
        if nested is not None:
            return nested
        rows = _decoded(texts, _LISTS_OF_LISTS)
        return None if rows is None else (_ragged(list(chain.from_iterable(rows))), offsets_of(list(map(len, rows))))

    def _at_once(
        self, texts: Sequence[msgspec.Raw | bytes], array: bytearray | None, depth: int
    ) -> tuple[Ragged, Ints] | None:  # fmt: skip
        if self._parser is None or not texts:
            return None
        text = array_of(texts) if array is None else array
        try:
            parsed: Any = self._parser.parse(text)
            values = np.frombuffer(parsed.as_buffer(of_type="d"), np.float64)
        except (ValueError, TypeError, RuntimeError):  # as it says what it cannot do
            return None
        return _structured(values, text, depth + 1)


def array_of(texts: Sequence[msgspec.Raw | bytes]) -> bytearray:
    """The text of one JSON array of all."""
    array = bytearray(b",").join([b"", *texts, b""])
    array[:1], array[-1:] = b"[", b"]"
    return array


def _structured(values: Array, text: bytearray, deepest: int) -> tuple[Ragged, Ints] | None:
    """Which numbers are of which list.  text: a list of lists of numbers and nothing else."""
    parts = _by_brackets(values, np.frombuffer(text, np.uint8), deepest)
    if parts is None:  # as where there are blanks, which few files have
        parts = _by_brackets(values, np.frombuffer(text.translate(None, _BLANKS), np.uint8), deepest)
    return parts


def _by_brackets(values: Array, chars: Array, deepest: int) -> tuple[Ragged, Ints] | None:
    places = np.flatnonzero(chars >= _OPEN)
    brackets = chars[places]
    if (brackets == _EXPONENT).any():
        places, brackets = places[brackets != _EXPONENT], brackets[brackets != _EXPONENT]
    opens = brackets == _OPEN
    level = np.cumsum(np.where(opens, 1, -1))
    if not _are_even(places, opens, level, deepest):
        return None
    inner = np.flatnonzero(opens & (level == deepest))
    starts, ends = places[inner], places[inner + 1]
    before = _commas_before(chars, np.concatenate([starts, ends])).reshape(2, -1)
    counts = np.where(ends - starts > 1, before[1] - before[0] + 1, 0)
    if counts.sum() != len(values):  # a blank within brackets
        return None
    rows = np.arange(len(inner)) if deepest == 2 else np.searchsorted(inner, np.flatnonzero(opens & (level == 2)))
    return (values, offsets_of(counts)), np.append(rows, len(inner))


def _commas_before(chars: Array, places: Ints) -> Ints:
    """How many commas stand before each place.

    Counted as bits, 64 at once: 9 million take half of the 40 ms that their places do.
    """
    if not hasattr(np, "bitwise_count"):  # numpy 1
        return np.searchsorted(np.flatnonzero(chars == _COMMA), places)
    packed = np.packbits(chars == _COMMA, bitorder="little")
    words = np.append(packed, np.zeros(-len(packed) % 8 + 8, np.uint8)).view("<u8")
    counts = np.bitwise_count(words)
    word, below = places >> 6, (np.uint64(1) << (places & 63).astype(np.uint64)) - np.uint64(1)
    return np.asarray(np.cumsum(counts, dtype=np.int64)[word] - counts[word] + np.bitwise_count(words[word] & below))


def _are_even(places: Ints, opens: Bools, level: Ints, deepest: int) -> bool:
    """Whether numbers are in the deepest lists only.  places: of brackets."""
    gaps, one, other = np.diff(places), opens[:-1], opens[1:]
    within = one & ~other
    wanted = np.where(~one & other, 2, 1)  # nothing between brackets but the comma between two lists
    return bool((level <= deepest).all() and ((gaps == wanted) | (within & (level[:-1] == deepest))).all())


def _ragged(lists: Sequence[Sequence[float]]) -> Ragged:
    offsets = offsets_of(list(map(len, lists)))
    return np.fromiter(chain.from_iterable(lists), np.float64, int(offsets[-1])), offsets


def _decoded(texts: Sequence[msgspec.Raw | bytes], decoder: Any) -> list[Any] | None:
    lists: list[Any] = []
    try:
        for start in range(0, len(texts), _FEW):
            lists += decoder.decode(b"[" + b",".join(texts[start : start + _FEW]) + b"]")
    except UNDECODABLE:
        return None
    return lists
