"""Columns -> the objects of a JSON list, as text: no object is made for a row, only a text for each of its values.

    rows = JsonRows(2)
    rows.put("id", number_texts(ids))                    [b"7", b"9"]
    rows.put("bbox", list_texts(boxes))                  [b"[1.0,2.0,3.0,4.0]", ...]
    rows.put_at("score", [1], [b"0.5"])                  of some rows
    rows.texts()                                         [b'"id":7,"bbox":[..]', b'"id":9,"bbox":[..],"score":0.5']

Keys stand in the order in which they first came.  The text of a row is that of its object without the braces.
Writing 9 million coordinates so takes a third of the time of lists of floats, and no memory for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
import orjson

from annotools.formats.kernel.jsonfile import dumped, dumped_each
from annotools.model.columns import Array, Floats, Ints

_COMMA = ord(",")
_NUMBERS = (np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.bool_))


class JsonRows:
    """What the objects of a list say, key by key; an empty text for a row without the key."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._columns: dict[str, list[bytes]] = {}
        self._alike: dict[str, bytes] = {}  # what all rows say alike, which needs no piece of its own
        self._sparse: set[str] = set()  # keys that not every row may have: empty texts are looked for in no other

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: str) -> bool:
        return key in self._columns

    def put(self, key: str, texts: list[bytes]) -> None:
        """A key that every row has; the list is theirs from now on."""
        self._columns[key] = texts
        self._sparse.discard(key)
        self._alike.pop(key, None)

    def put_alike(self, key: str, text: bytes) -> None:
        """A key of which every row says the same."""
        self.put(key, [text] * self._size)
        self._alike[key] = text

    def put_at(self, key: str, places: Sequence[int], texts: Iterable[bytes]) -> None:
        """What some rows say, ascending, empty for nothing; those that said something else before say this."""
        if not len(places):
            return
        self._sparse.add(key)
        self._alike.pop(key, None)
        if len(places) == self._size:
            self._columns[key] = list(texts)
            return
        column = self._columns.setdefault(key, [b""] * self._size)
        for row, text in zip(places, texts, strict=True):
            column[row] = text

    def of(self, key: str) -> list[bytes]:
        """What every row says, empty where it says nothing."""
        return self._columns.get(key) or [b""] * self._size

    def drop(self, key: str, places: Sequence[int]) -> None:
        """Rows that do not say this any more."""
        if key in self._columns:
            self.put_at(key, places, repeat(b"", len(places)))

    def without(self, key: str) -> None:
        """No row says this any more."""
        self._columns.pop(key, None)

    def texts(self) -> list[bytes]:
        """The inside of each object."""
        whole = map(b"".join, zip(*self._pieces(b","), strict=False)) if self._columns else repeat(b",", self._size)
        return [text[1:] for text in whole]

    def joined(self) -> bytes:
        """The objects one after the other, without the brackets of their list."""
        if not self._size or next(iter(self._columns), "") in self._sparse or not self._columns:
            return joined(self.texts())
        # One join of all pieces takes half the time of one a row and a second of the rows.
        pieces = chain.from_iterable(zip(*self._pieces(b"},{"), strict=False))
        return b"".join(pieces)[2:] + b"}"

    def _pieces(self, before: bytes) -> list[Iterable[bytes]]:
        """What stands one after the other in each object, with the names of keys.  before: what the first follows."""
        pieces: list[Iterable[bytes]] = []
        alike = b""  # what stands before the next piece in every row
        for key, column in self._columns.items():
            name, before = b"%b%b:" % (before, orjson.dumps(key)), b","
            if key in self._alike:
                alike += name + self._alike[key]
            elif key in self._sparse and b"" in column:
                pieces += [repeat(alike, self._size), [name + text if text else text for text in column]]
                alike = b""
            else:
                pieces += [repeat(alike + name, self._size), column]
                alike = b""
        return [*pieces, repeat(alike, self._size)] if alike else pieces


def joined(texts: Sequence[bytes]) -> bytes:
    """Objects one after the other, without the brackets of their list.  texts: the inside of each."""
    return b"{" + b"},{".join(texts) + b"}" if texts else b""


def column_texts(values: Array) -> list[bytes]:
    """A column of any type; bytes are JSON as it is, and records are lists of numbers."""
    if values.dtype.names:
        return list_texts(np.ascontiguousarray(values).view(np.float64).reshape(-1, len(values.dtype.names)))
    return number_texts(values) if values.dtype in _NUMBERS else value_texts(values.tolist())


def id_column(ids: Sequence[Any]) -> Array:
    """Ids of any kind as a column that is quickly written: of whole numbers, or of texts that are JSON."""
    if set(map(type, ids)) <= {int} and max(ids, default=0) < 1 << 63 and min(ids, default=0) >= -1 << 63:
        return np.array(ids, np.int64)
    column = np.empty(len(ids), object)
    column[:] = value_texts(ids)
    return column


def number_texts(values: Array) -> list[bytes]:
    """Each number of a column."""
    text = _dumped(values)
    return text[1:-1].split(b",") if len(values) else []


def list_texts(values: Array) -> list[bytes]:
    """Each row of a table of numbers, as a list.  values: (n, k), k at least 1."""
    text = _dumped(values)
    return [b"[%b]" % row for row in text[2:-2].split(b"],[")] if len(values) else []


def part_texts(values: Floats, ends: Ints) -> list[bytes]:
    """The numbers of each row of a ragged column, with commas between them and no brackets."""
    first, last = int(ends[0]), int(ends[-1])
    text = _dumped(values[first:last])[1:-1]
    commas = np.flatnonzero(np.frombuffer(text, np.uint8) == _COMMA)
    starts = np.concatenate(([0], commas + 1, [len(text) + 1]))[ends - first]  # the text of a row ends at its comma
    stops = np.maximum(starts[1:] - 1, starts[:-1])
    return [text[start:stop] for start, stop in zip(starts[:-1].tolist(), stops.tolist(), strict=True)]


def _dumped(values: Array) -> bytes:
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)


def value_texts(values: Sequence[Any]) -> list[bytes]:
    """Any values; bytes are JSON as it is."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return dumped(values)[1:-1].split(b",")
    if kinds == {str}:
        return _string_texts(values)
    texts = iter(dumped_each(_plain(value) for value in values if not isinstance(value, bytes)))
    return [value if isinstance(value, bytes) else next(texts) for value in values]


def _string_texts(values: Sequence[str]) -> list[bytes]:
    """Each of some strings."""
    text = orjson.dumps(values)
    if b'\\"' in text:  # what follows a quote in a string may look like the end of it
        return dumped_each(values)
    return [b'"%b"' % string for string in text[2:-2].split(b'","')]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def shared_texts(values: Sequence[Any]) -> list[bytes]:
    """Values of which many are one and the same object, which is written once."""
    numbers = list(map(id, values))
    distinct = dict(zip(numbers, values, strict=True))
    texts = dict(zip(distinct, dumped_each(distinct.values()), strict=True))
    return list(map(texts.__getitem__, numbers))
