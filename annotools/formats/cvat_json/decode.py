"""LabeledData -> columns: pieces are decoded a few thousand at a time to typed rows, and let go.

    decoder = Decoder(Columns(), problems)
    decoder.add(data)                       # the API: ids;  with names=Names(labels, problems): a backup

A chunk in which a row is not exactly as it should be is decoded row by row, and that row field by field (`lenient`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from annotools.errors import Problem, Problems, below
from annotools.formats.cvat_json.columns import Columns
from annotools.formats.cvat_json.extras import RowExtras
from annotools.formats.cvat_json.lenient import read_piece
from annotools.formats.cvat_json.names import Names
from annotools.formats.cvat_json.split import LISTS, Piece, split_known, split_labeled
from annotools.formats.cvat_json.wire import NOTHING, Row, bare, wire
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.memory import collector_at_rest
from annotools.model import Owner
from annotools.progress import tell

CHUNK = 2000
MANY = 16  # faulty pieces, from which on the problems of each are made when they are asked for
VARIOUS = 1000  # pieces that cannot be read, after which of others only what they lack is looked for
CHUNK_BYTES = 1 << 20
_OWNERS = dict(zip(LISTS, (Owner.TAG, Owner.SHAPE, Owner.TRACK, Owner.INTERVAL), strict=True))


_Read = Callable[[Piece, str, Problems], Row | None]
LACKING = "lacking"  # the kind of a problem of a piece of which nothing else was looked at
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
        self._various = 0  # pieces that could not be read, and are not the same

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
        outcome = split_labeled(data, pointer, self._problems)
        self._problems.add(UNKNOWN, pointer=pointer)
        return outcome

    def _add_chunk(self, owner: Owner, pieces: Sequence[Piece], first: int, pointer: str) -> None:
        rows, places = self._decoded(owner, pieces, first, pointer)
        if self._names is not None:
            rows, places = self._names.resolve(rows, list(places), pointer)
        if self._extras is not None:
            kept = [pieces[index - first] for index in places]
            self._extras.add(owner, rows, kept, {o: self._columns.rows(o) for o in Owner})
        self._columns.add(owner, rows, places)

    def _decoded(
        self, owner: Owner, pieces: Sequence[Piece], first: int, pointer: str
    ) -> tuple[list[Row], Sequence[int]]:
        try:
            rows = self._first.decode(owner, b"[" + b",".join(pieces) + b"]")
        except UNDECODABLE:
            return self._one_by_one(owner, pieces, first, pointer)
        if len(rows) != len(pieces):  # a damaged piece that reads as several values
            return self._one_by_one(owner, pieces, first, pointer)
        return rows, range(first, first + len(rows))

    def _one_by_one(
        self, owner: Owner, pieces: Sequence[Piece], first: int, pointer: str
    ) -> tuple[list[Row], Sequence[int]]:
        read = self._reader(owner)
        noted = _PieceProblems(self._problems.file)
        lacking = noted.lacking(self._wire.kinds[owner], pieces) if self._various > VARIOUS else [0] * len(pieces)
        again, numbers = noted.refused.get, noted.numbers
        rows: list[Row] = []
        kept: list[int] = []
        for index, piece in enumerate(pieces, first):
            text = bytes(piece)
            number = lacking[index - first] or again(text)
            if number:
                numbers.append(number)
            else:
                row = read(piece, "", noted.problems)
                noted.note(text, row is None)
                if row is not None:
                    rows.append(row)
                    kept.append(index)
        noted.say(self._problems, pointer, range(first, first + len(pieces)))
        self._various += len(noted.refused)
        return rows, kept

    def _reader(self, owner: Owner) -> _Read:
        kind = self._wire.kinds[owner]
        strict: Any = msgspec.json.Decoder(self._first.kinds[owner])
        tolerant: Any = msgspec.json.Decoder(kind)

        def read(piece: Piece, pointer: str, problems: Problems) -> Row | None:
            try:
                return strict.decode(piece)
            except UNDECODABLE:
                if self._first is not self._wire:
                    problems.add(UNKNOWN, pointer=pointer)
            try:
                return tolerant.decode(piece)
            except UNDECODABLE:
                return read_piece(piece, kind, pointer, problems)

        return read


class _PieceProblems:
    """What is wrong with some pieces in turn, of which most may be the same.

    problems: of the piece that is read.  numbers: what is said of each so far.  refused: of texts that are no row.
    """

    def __init__(self, file: str) -> None:
        self.problems = Problems(file)
        self.numbers: list[int] = []
        self.refused: dict[bytes, int] = {}
        self._kinds: list[tuple[Problem, ...]] = [()]

    def lacking(self, kind: type[Row], pieces: Sequence[Piece]) -> list[int]:
        """What is said of each piece that lacks what it must have, which is all that is said then; 0 of the others."""
        decoder, needed = bare(kind)  # type: ignore[arg-type] # types can be hashed
        try:
            rows = decoder.decode(b"[" + b",".join(pieces) + b"]")
        except UNDECODABLE:
            rows = []
        if len(rows) != len(pieces):
            return [0] * len(pieces)
        absent = ([getattr(row, name) is NOTHING for row in rows] for name in needed)
        each = list(zip(*absent, strict=True))
        some = {flags: self._lacks(flags, needed.values()) for flags in set(each) if any(flags)}
        return [some.get(flags, 0) for flags in each]

    def _lacks(self, flags: tuple[bool, ...], keys: Iterable[str]) -> int:
        names = [key for key, absent in zip(keys, flags, strict=True) if absent]
        self._kinds.append(tuple(Problem(f"has no {name}", self.problems.file, kind=LACKING) for name in names))
        return len(self._kinds) - 1

    def note(self, text: bytes, refused: bool) -> None:
        """Note what was found of a piece."""
        if not len(self.problems):
            self.numbers.append(0)
            return
        if refused:
            self.refused[text] = len(self._kinds)
        self.numbers.append(len(self._kinds))
        self._kinds.append(tuple(self.problems))
        self.problems = Problems(self.problems.file)

    def say(self, problems: Problems, pointer: str, places: range) -> None:
        """Hand on what is wrong.  Of a few it is said one by one."""
        faulty = len(self.numbers) - self.numbers.count(0)
        if faulty < MANY:
            each = zip(places, map(self._kinds.__getitem__, self.numbers), strict=True)
            problems.extend(below(pointer, one, index) for index, kind in each for one in kind)
        elif len(self._kinds) == 2 and faulty == len(places):
            problems.add_run(self._kinds[1:], pointer, places)
        else:
            problems.add_run(self._kinds, pointer, places, self.numbers)


def nothing_said(problems: Problems, mark: int) -> bool:
    """Whether since then nothing was said but that something is unknown."""
    return all(problem.message == UNKNOWN for problem in problems.since(mark))


def _chunks(pieces: list[Piece]) -> Iterator[tuple[int, list[Piece]]]:
    """Pieces in chunks of a few thousand and about a megabyte, with the place of each chunk's first."""
    count = max(1, min(CHUNK, CHUNK_BYTES * len(pieces) // (sum(map(len, pieces)) + 1)))
    for first in range(0, len(pieces), count):
        yield first, pieces[first : first + count]
        tell(min(first + count, len(pieces)), len(pieces))
