"""Zips of equal bytes for equal input: members sorted, dates, permissions and compression fixed.

Members may come in any order and of any size: each is deflated as it comes, into a spool on disk, and copied from there
in the order of their names, so memory stays flat.  What a member becomes depends on its bytes and its name alone.

igzip, of the extra `fast`, deflates 89 MB of XML in 0.16 s to 33 MB, zlib at level 2 in 0.7 s to 34 MB, and at its
default of 6 in 3.4 s to 30 MB, which was half of the time of a conversion.

    up to 512 bytes       stored: what deflating saves is less than the two records that a zip has of a member, and
                          takes a tenth of the time of a conversion to YOLO
    markup up to 4,096    deflated by igzip with the codes that it has: to work out its own takes each three times as
                          long, a tenth of a conversion to VOC, and saves a third of the bytes; twice that of numbers
    all else              deflated with codes of its own
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO, cast

import numpy as np

from annotools.storage.names import UniqueNames
from annotools.storage.zip_records import DEFLATED, STORED, Ints, Members, directory, end, headers

LEVEL = 2
_QUICK_IGZIP, _QUICK_ZLIB, _NOT_AT_ALL = 0, 2, -1  # other levels: level 0 of zlib is what -1 is here
_TINY, _SMALL = 512, 4096  # bytes
_MARKUP = b"<{"  # how XML and JSON begin
_RAW = -15  # the widest window and no header, as zips have it
_PACKED = (".jpg", ".jpeg", ".png", ".webp", ".zip", ".gz", ".mp4", ".gif", ".avif", ".npz")
_IN_MEMORY = 2 << 20
_BLOCK = 1 << 20
_AT_ONCE = 1024  # members


def write_zip(stream: BinaryIO, members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write members as a zip.  stream: at its start; need not be seekable."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        spool = _Spool(cast("BinaryIO", file))
        every, starts = _spooled(spool, members)
        heads = headers(every)
        sizes = np.fromiter(map(len, heads), np.int64, len(heads)) + every.packed
        _copy(spool, stream, heads, starts, every.packed)
    start = int(sizes.sum())
    listing = b"".join(directory(every, np.cumsum(sizes) - sizes))
    stream.write(listing + end(len(heads), start, len(listing)))
    stream.flush()


class _Spool:
    """The deflated bytes of members, as they come.  Small pieces are put together: a call of a file costs more."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = 0
        self._file = file
        self._pending: list[bytes] = []
        self._written = 0

    def write(self, *pieces: bytes) -> None:
        """Put pieces behind the others."""
        self._pending += pieces
        self.size += sum(map(len, pieces))
        if self.size - self._written >= _BLOCK:
            self._flush()

    def pieces(self, start: int, size: int) -> Iterator[bytes]:
        """Bytes from a position on, in pieces of `_BLOCK`."""
        self._flush()
        self._file.seek(start)
        while size:
            yield (piece := self._file.read(min(size, _BLOCK)))
            size -= len(piece)

    def _flush(self) -> None:
        if self._pending:
            self._file.seek(0, 2)
            self._file.write(b"".join(self._pending))
            self._pending, self._written = [], self.size


class _Packer:
    """Deflates members into a spool, and keeps what is known of each, a column each.

    Those of one block wait until there are some: to ask for all at once what each is called, how large it is and where
    it lies takes a third of the time of 25,000 small files.
    """

    def __init__(self, spool: _Spool) -> None:
        self._spool, self._unique = spool, UniqueNames()
        self._library, self._quick = _library()
        self._names: list[str] = []
        self._methods, self._crcs, self._sizes, self._packed = ([0] * 0 for _ in range(4))
        self._new: list[str] = []  # names that nobody has looked at
        self._waiting: list[str] = []
        self._blocks: list[bytes] = []
        self._size = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """One more.  Raises InputError, at some time, for a name that cannot stand beside the others."""
        self._new.append(name)
        if type(pieces) is list and len(pieces) == 1 and len(pieces[0]) <= _BLOCK:
            self._waiting.append(name)
            self._blocks += pieces
            self._size += len(pieces[0])
        else:
            start = self._spool.size
            level, crc, size = self._pack(name, pieces)
            self._note([name], [level], [crc], [size], [self._spool.size - start])
        if self._size >= _BLOCK or len(self._new) >= _AT_ONCE:
            self._settle()

    def members(self) -> tuple[Members, Ints]:
        """All of them by their names, no two of which are alike, and where each lies in the spool."""
        self._settle()
        order = np.array(sorted(range(len(self._names)), key=self._names.__getitem__), np.int64)
        columns = [np.array(column, np.int64) for column in (self._methods, self._crcs, self._sizes, self._packed)]
        names, starts = [self._names[row] for row in order.tolist()], np.cumsum(columns[-1]) - columns[-1]
        return Members(names, *(column[order] for column in columns)), starts[order]

    def _settle(self) -> None:
        """Look at the names that are new, and deflate what waits."""
        self._unique.add_all(self._new)
        names, blocks, new = self._waiting, self._blocks, self._library.compressobj
        self._new, self._waiting, self._blocks, self._size = [], [], [], 0
        levels = _levels(names, blocks, self._quick)
        pieces = []
        for level, block in zip(levels, blocks, strict=True):
            packer = new(level, zlib.DEFLATED, _RAW) if level != _NOT_AT_ALL else None
            pieces.append(packer.compress(block) + packer.flush() if packer else block)
        self._spool.write(*pieces)
        self._note(names, levels, map(zlib.crc32, blocks), map(len, blocks), map(len, pieces))

    def _pack(self, name: str, pieces: Iterable[bytes]) -> tuple[int, int, int]:
        """Put a member into the spool.  Returns its level, and the checksum and the number of its bytes."""
        crc = size = 0
        blocks = _blocks(pieces)
        first = next(blocks, b"")  # all of it, where it is shorter than a block
        (level,) = _levels([name], [first], self._quick)

        def counted() -> Iterator[bytes]:
            nonlocal crc, size
            for block in chain([first], blocks):
                crc, size = zlib.crc32(block, crc), size + len(block)
                yield block

        for piece in counted() if level == _NOT_AT_ALL else _deflated(self._library, level, counted()):
            self._spool.write(piece)
        return level, crc, size

    def _note(
        self, names: Iterable[str], levels: Iterable[int], crcs: Iterable[int], sizes: Iterable[int],
        packed: Iterable[int],
    ) -> None:  # fmt: skip
        self._names += names
        self._methods += [STORED if level == _NOT_AT_ALL else DEFLATED for level in levels]
        self._crcs += crcs
        self._sizes += sizes
        self._packed += packed


def _spooled(spool: _Spool, members: Iterable[tuple[str, Iterable[bytes]]]) -> tuple[Members, Ints]:
    packer = _Packer(spool)
    for name, pieces in members:
        packer.add(name, pieces)
    return packer.members()


def _levels(names: Sequence[str], blocks: Iterable[bytes], quick: int) -> list[int]:
    """At which level each is deflated.  blocks: all of each, or its first."""
    levels = [
        _NOT_AT_ALL if len(block) <= _TINY else quick if len(block) <= _SMALL and block[0] in _MARKUP else LEVEL
        for block in blocks
    ]
    text = "\n".join(names).lower()
    if not any(ending in text for ending in _PACKED):
        return levels
    packed = [name.lower().endswith(_PACKED) for name in names]
    return [_NOT_AT_ALL if done else level for level, done in zip(levels, packed, strict=True)]


def _deflated(library: Any, level: int, blocks: Iterable[bytes]) -> Iterator[bytes]:
    # Not with `compress`: that of igzip goes by what its memory held before, so of 10,000 small members one or two were
    # of other bytes each time.
    packer = library.compressobj(level, zlib.DEFLATED, _RAW)
    for block in blocks:
        yield packer.compress(block)
    yield packer.flush()


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of one size: how they came shall not be seen in what they become."""
    pending = bytearray()
    for piece in pieces:
        pending += piece
        whole = len(pending) - len(pending) % _BLOCK
        for start in range(0, whole, _BLOCK):
            yield bytes(pending[start : start + _BLOCK])
        del pending[:whole]
    if pending:
        yield bytes(pending)


def _copy(spool: _Spool, target: BinaryIO, heads: Sequence[bytes], starts: Ints, sizes: Ints) -> None:
    """Headers and members to where they belong."""
    begins, stops = starts.tolist(), (starts + sizes).tolist()
    for first, last in _together(begins, stops):
        start, pieces = begins[first], spool.pieces(begins[first], stops[last - 1] - begins[first])
        if last - first == 1:
            target.write(heads[first])
            target.writelines(pieces)
            continue
        data = b"".join(pieces)
        parts = [b""] * (2 * (last - first))
        parts[::2] = heads[first:last]
        spans = zip(begins[first:last], stops[first:last], strict=True)
        parts[1::2] = [data[one - start : other - start] for one, other in spans]
        target.write(b"".join(parts))


def _together(begins: Sequence[int], stops: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last + 1 of members that follow each other in the spool as well: these are read at once."""
    first = 0
    for last, stop in enumerate(stops, 1):
        following = last < len(begins) and begins[last] == stop
        if not following or stops[last] - begins[first] > _BLOCK:
            yield first, last
            first = last


def _library() -> tuple[Any, int]:
    """What deflates, and its level for small members: igzip where it is installed."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib, _QUICK_ZLIB
    return isal_zlib, _QUICK_IGZIP
