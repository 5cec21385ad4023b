"""LabeledData -> columns: pieces are decoded a few thousand at a time to typed rows, and let go.

    decoder = Decoder(Columns(), problems)
    decoder.add(data)                       # the API: ids;  with names=Names(labels, problems): a backup

A chunk in which a row is not exactly as it should be is decoded row by row, and that row field by field (`lenient`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.cvat_json.columns import Columns
from annotools.formats.cvat_json.extras import RowExtras
from annotools.formats.cvat_json.lenient import read_piece
from annotools.formats.cvat_json.names import Names
from annotools.formats.cvat_json.split import LISTS, Piece, equal_pieces, split_known, split_labeled
from annotools.formats.cvat_json.wire import Row, wire
from annotools.memory import collector_at_rest
from annotools.model import Owner
from annotools.progress import tell

CHUNK = 2000
MANY = 16  # equal pieces, from which on what is wrong with them is said once
CHUNK_BYTES = 1 << 20
_OWNERS = dict(zip(LISTS, (Owner.TAG, Owner.SHAPE, Owner.TRACK, Owner.INTERVAL), strict=True))
_UNTYPED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


_Read = Callable[[Piece, str, Problems], Row | None]
UNKNOWN = "has keys that nobody knows, or a value that is written in an odd way"


class Decoder:
    """Decodes documents into columns.

    extras: receives the keys that no column holds, when asked to.  unknown: whether the rows that have such keys, or
    were only taken in the lenient way, are reported as problems (`UNKNOWN`).
    """

    def __init__(
        self, columns: Columns, problems: Problems, names: Names | None = None, extras: RowExtras | None = None,
        *, unknown: bool = False,
    ) -> None:  # fmt: skip
        self._columns = columns
        self._problems = problems
        self._names = names
        self._extras = extras
        self._wire = wire(named=names is not None)
        self._first = wire(named=names is not None, strict=True) if unknown else self._wire

    def add(self, data: Piece, pointer: str = "", done: Callable[[Piece, Piece], None] | None = None) -> None:
        """Take in the rows of one LabeledData.  pointer: where it stands in its file.

        done: hears of the first and the last of some pieces that are not looked at any more.
        """
        if self._extras is not None:
            self._extras.add_document(data, f"{self._problems.file}{pointer}")
        before = self._problems.mark()
        lists, otherwise = self._split(data, pointer)
        with collector_at_rest():
            for name, owner in _OWNERS.items():
                for first, chunk in _chunks(lists.pop(name)):
                    self._add_chunk(owner, chunk, first, f"{pointer}/{name}")
                    if done is not None:
                        done(chunk[0], chunk[-1])
        if otherwise is not None and nothing_said(self._problems, before):
            self._problems.append(otherwise)

    def _split(self, data: Piece, pointer: str) -> tuple[dict[str, list[Piece]], Problem | None]:
        if self._first is self._wire:
            return split_labeled(data, pointer, self._problems)
        lists = split_known(data)
        if lists is not None:
            return lists, None
        found = split_labeled(data, pointer, self._problems)
        self._problems.add(UNKNOWN, pointer=pointer)
        return found

    def _add_chunk(self, owner: Owner, pieces: Sequence[Piece], first: int, pointer: str) -> None:
        rows, places = self._decoded(owner, pieces, first, pointer)
        if self._names is not None:
            rows, places = self._names.resolve(rows, list(places), pointer)
        if self._extras is not None:
            kept = [pieces[place - first] for place in places]
            self._extras.add(owner, rows, kept, {o: self._columns.rows(o) for o in Owner})
        self._columns.add(owner, rows, places)

    def _decoded(
        self, owner: Owner, pieces: Sequence[Piece], first: int, pointer: str
    ) -> tuple[list[Row], Sequence[int]]:
        try:
            rows = self._first.decode(owner, b"[" + b",".join(pieces) + b"]")
        except _UNTYPED:
            return self._one_by_one(owner, pieces, first, pointer)
        if len(rows) != len(pieces):  # a damaged piece that reads as several values
            return self._one_by_one(owner, pieces, first, pointer)
        return rows, range(first, first + len(rows))

    def _one_by_one(
        self, owner: Owner, pieces: Sequence[Piece], first: int, pointer: str
    ) -> tuple[list[Row], Sequence[int]]:
        read = self._reader(owner)
        rows: list[Row] = []
        kept: list[int] = []
        for places, piece in equal_pieces(pieces, first):
            if len(places) >= MANY and self._refused(read, piece, places, pointer):
                continue
            for place in places:
                row = read(piece, f"{pointer}/{place}", self._problems)
                if row is not None:
                    rows.append(row)
                    kept.append(place)
        return rows, kept

    def _refused(self, read: _Read, piece: Piece, places: range, pointer: str) -> bool:
        """Whether many equal pieces cannot be read, which is said of all of them at once."""
        each = Problems(self._problems.file)
        if read(piece, "", each) is not None:
            return False
        self._problems.add_equal(each, pointer, places)
        return True

    def _reader(self, owner: Owner) -> _Read:
        kind = self._wire.kinds[owner]
        strict: Any = msgspec.json.Decoder(self._first.kinds[owner])
        tolerant: Any = msgspec.json.Decoder(kind)

        def read(piece: Piece, pointer: str, problems: Problems) -> Row | None:
            try:
                return strict.decode(piece)
            except _UNTYPED:
                if self._first is not self._wire:
                    problems.add(UNKNOWN, pointer=pointer)
            try:
                return tolerant.decode(piece)
            except _UNTYPED:
                return read_piece(piece, kind, pointer, problems)

        return read


def nothing_said(problems: Problems, mark: int) -> bool:
    """Whether since then nothing was said but that something is unknown."""
    return all(problem.message == UNKNOWN for problem in problems.since(mark))


def _chunks(pieces: list[Piece]) -> Iterator[tuple[int, list[Piece]]]:
    """Pieces in chunks of a few thousand and about a megabyte, with the place of each chunk's first."""
    count = max(1, min(CHUNK, CHUNK_BYTES * len(pieces) // (sum(map(len, pieces)) + 1)))
    for first in range(0, len(pieces), count):
        yield first, pieces[first : first + count]
        tell(min(first + count, len(pieces)), len(pieces))
