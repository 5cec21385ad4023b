"""Reading zips of strangers: nothing they declare is trusted.

Names, counts, encryption and duplicates are checked when a zip is opened; sizes as they are declared before a member
is read, and again, with checksums, while it is.  Members that nobody asks for are never read.
Source: APPNOTE.TXT of PKWARE, 4.3 (layout), 4.4.4 (flags), 4.4.15 (external attributes)
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import IO, BinaryIO, NamedTuple

from annotools.errors import InputError, Problem, Problems
from annotools.storage.limits import Budget, Limits
from annotools.storage.names import name_fault
from annotools.storage.picture_names import is_picture
from annotools.storage.sources import Source, is_litter, missing, unreadable

_MEMBER = b"PK\x03\x04"  # how one begins
_ENCRYPTED = 0x1
_UTF8, _HARMLESS = 0x800, 0x80E  # that, how well it is packed, and whether sizes stand behind the bytes
_HEADER = struct.Struct("<4s2xH18x2H")
_SMALL, _LONGEST_EXTRA = 1 << 16, 64  # bytes
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OSError, RuntimeError,
    ValueError, IndexError, OverflowError,
)  # fmt: skip


class ZipSource(Source):
    """The members of a zip.  stream: seekable; closed with the source."""

    def __init__(self, name: str, stream: BinaryIO, limits: Limits) -> None:
        super().__init__(name)
        self._stream = stream
        try:
            packed = self._packed = stream.seek(0, io.SEEK_END)
            self._zip = zipfile.ZipFile(stream)
        except _DAMAGE as error:
            stream.close()
            message = f"is not a zip, or one cut short: {str(error).lower()}"
            raise InputError(Problem(message, name, expected="a whole zip")) from error
        self._budget = Budget(limits, name, packed)
        try:
            infos = self._zip.infolist()
            self._entries = _Entries(_checked(name, infos, limits))
        except BaseException:
            self.close()
            raise
        self._links = tuple(sorted(info.filename for info in infos if _is_link(info)))
        self._zip.filelist, self._zip.NameToInfo = [], {}

    @property
    def links(self) -> tuple[str, ...]:
        return self._links

    def _list(self) -> list[str]:
        return list(self._entries)

    def members(self) -> list[str]:
        return self._list()  # sorted already

    def has(self, name: str) -> bool:
        return name in self._entries

    def size(self, name: str) -> int:
        return self._entry(name).size

    def open(self, name: str) -> BinaryIO:
        entry, packed = self._admitted(name)
        try:
            stream = self._zip.open(self._entries.info(entry))
        except _DAMAGE as error:
            raise _damaged(name, error) from error
        return io.BufferedReader(_Guarded(stream, name, packed, self._budget), 1 << 16)

    def read(self, name: str) -> bytes:
        """All bytes of a member.  A small and plain one takes a third of the time of a stream."""
        entry, packed = self._admitted(name)
        data = _plain_bytes(self._stream, entry) if max(entry.size, entry.packed) < _SMALL else None
        if data is None:
            return super().read(name)
        self._budget.spend(name, len(data), packed)
        return data

    def _admitted(self, name: str) -> tuple[_Entry, int]:
        """A member whose size as declared is within the limits, and how many bytes it takes in the zip."""
        entry = self._entry(name)
        packed = min(entry.packed, self._packed)  # more than there is cannot be true
        self._budget.limits.check_member(name, entry.size, packed)
        return entry, packed

    def close(self) -> None:
        self._zip.close()
        self._stream.close()

    def _entry(self, name: str) -> _Entry:
        if name not in self._entries:
            raise missing(name, self.name)
        return self._entries[name]


class _Entry(NamedTuple):
    """What the directory of a zip says of a member.  end: where the next begins, -1 where Python does not ask."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    flags: int
    method: int
    end: int = -1


_COLUMNS = [
    name
    for name in ("header_offset", "compress_size", "file_size", "CRC", "flag_bits", "compress_type", "_end_offset")
    if hasattr(zipfile.ZipInfo, name)  # the last since 3.12
]
_NUMBERS = len(_COLUMNS)
_LARGEST = (1 << 63) - 1


class _Entries(Mapping[str, _Entry]):
    """Members by name, sorted, as numbers one behind the other: as objects those of 118,000 files take 60 MB.

    odd: those that are not told by numbers: with another name in the zip than they go by, before its start, or beyond
    64 bits.
    """

    def __init__(self, infos: Mapping[str, zipfile.ZipInfo]) -> None:
        names = sorted(infos)
        self._rows = dict(zip(names, range(len(names)), strict=True))
        self._odd = {name: info for name, info in infos.items() if info.orig_filename != name}
        numbers = list(map(attrgetter(*_COLUMNS), map(infos.__getitem__, names)))
        try:
            self._numbers = array("q", chain.from_iterable(numbers))
        except (OverflowError, TypeError):
            self._odd = dict(infos)
            kept = ([-1 if number is None else min(number, _LARGEST) for number in row] for row in numbers)
            self._numbers = array("q", chain.from_iterable(kept))
        if min(self._numbers, default=0) < 0:
            self._odd = dict(infos)

    def __getitem__(self, name: str) -> _Entry:
        start = _NUMBERS * self._rows[name]
        return _Entry(name, *self._numbers[start : start + _NUMBERS])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def info(self, entry: _Entry) -> zipfile.ZipInfo:
        """A member as `zipfile` wants to have it."""
        if entry.name in self._odd:
            return self._odd[entry.name]
        info = zipfile.ZipInfo(entry.name)
        for column, number in zip(_COLUMNS, entry[1:], strict=False):
            setattr(info, column, number)
        return info


def _plain_bytes(stream: BinaryIO, entry: _Entry) -> bytes | None:
    """The bytes of a member that is as its entry says; None for any other, of which `zipfile` tells what it is."""
    try:
        stream.seek(entry.start)
        record = stream.read(_HEADER.size + len(entry.name.encode()) + _LONGEST_EXTRA + entry.packed)
        magic, flags, name, extra = _HEADER.unpack_from(record)
        text = record[_HEADER.size : _HEADER.size + name].decode("utf-8" if flags & _UTF8 else "cp437")
        start = _HEADER.size + name + extra
        raw = record[start : start + entry.packed]
        if magic != _MEMBER or flags & ~_HARMLESS or text != entry.name or len(raw) < entry.packed:
            return None
        if 0 <= entry.end < entry.start + start + entry.packed:  # as of bombs, whose members share their bytes
            return None
        data = _INFLATED[entry.method](raw, entry.size)
    except (OSError, ValueError, KeyError, struct.error, zlib.error):
        return None
    return data if len(data) == entry.size and zlib.crc32(data) == entry.crc else None


def _inflated(raw: bytes, size: int) -> bytes:
    """At the most one byte more than there should be."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = inflater.decompress(raw, size + 1)
    return data if inflater.eof else b""


_INFLATED = {zipfile.ZIP_STORED: lambda raw, _: raw, zipfile.ZIP_DEFLATED: _inflated}


class _Guarded(io.RawIOBase):
    """A member's bytes, counted against the budget as they come, with damage told as an InputError."""

    def __init__(self, stream: IO[bytes], name: str, packed: int, budget: Budget) -> None:
        self._inner = stream
        self._name, self._packed = name, packed
        self._budget = budget

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._inner.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        try:
            return self._inner.seek(offset, whence)
        except _DAMAGE as error:
            raise _damaged(self._name, error) from error

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # Buffer has a name from 3.12 on
        try:
            piece = self._inner.read(len(buffer))
            at = self._inner.tell()
        except _DAMAGE as error:
            raise _damaged(self._name, error) from error
        self._budget.spend(self._name, at, self._packed)
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._inner.close()
        super().close()


# Compress-Archive of Windows PowerShell 5 is who writes backslashes; the server takes them for parts of names.
_REPACKED = "slashes between folders: packed again, and not by Compress-Archive of Windows PowerShell 5"


def _checked(file: str, infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Members by name.  Raises InputError with every faulty one."""
    limits.check_count(file, len(infos))
    problems = Problems()
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        fault = _fault(info) or ("comes twice" if info.filename in members else "")
        if fault:
            expected = _REPACKED if "\\" in info.orig_filename else ""
            problems.append(Problem(f"member {fault}", f"{file}/{info.orig_filename}", expected=expected))
        elif not info.is_dir() and not is_litter(info.filename) and not _is_link(info):
            members[info.filename] = info
    problems.raise_if()
    return members


def _fault(info: zipfile.ZipInfo) -> str:
    # zipfile cuts a name at its first NUL; what stood there is in orig_filename.
    bad_name = name_fault(info.orig_filename.removesuffix("/"))
    if bad_name:
        return f"name {bad_name}"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    return "is a symbolic link" if _is_link(info) and not is_picture(info.filename) else ""


def _is_link(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link; that of a picture costs the archive this picture alone."""
    return stat.S_ISLNK(info.external_attr >> 16)


def _damaged(name: str, error: Exception) -> InputError:
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError):
        return InputError(Problem(f"is damaged: {str(error).lower() or 'cut short'}", name, expected="a whole member"))
    return unreadable(name, error)
