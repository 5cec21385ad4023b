"""The records of a zip: a header before each member, and behind all of them the directory.

    PK 3 4          version flags method time date crc packed size lengths, name extra         before a member
    PK 1 2          version version flags method ... lengths ... offset, name extra            in the directory
    PK 6 6, PK 6 7  where there are more than 65,535 members, or the directory is beyond 2 GiB
    PK 5 6          0 0 count count size offset 0                                              the end

Sizes and offsets beyond 2 GiB stand in an extra field of 64 bits each.  Members have one date, and permissions of a
plain file that everybody may read.
Source: APPNOTE.TXT of PKWARE, 4.3 and 4.5.3; the standard library, which writes the same bytes in five times the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import NamedTuple

STORED, DEFLATED = 0, 8
_DATE = 1 << 5 | 1  # the first day of 1980, which is the earliest; its time is 0
_UNIX = 3  # whose permissions these are, wherever the zip is made
_PERMISSIONS = 0o100644 << 16
_PLAIN, _LARGE = 20, 45  # versions of the format: 45 has the extra field of large numbers
_UTF8 = 0x800
_MOST, _MOST_MEMBERS = (1 << 31) - 1, 0xFFFF
_ELSEWHERE = 0xFFFFFFFF  # stands for a number of the extra field
_HEADER = Struct("<4s5H3L2H")
_ENTRY = Struct("<4s6H3L5H2L")
_END = Struct("<4s4H2LH")
_LARGE_END = Struct("<4sQ2H2L4Q")
_LARGE_END_PLACE = Struct("<4sLQL")


class Member(NamedTuple):
    """method: `STORED` or `DEFLATED`.  crc, size: of its bytes.  packed: how many bytes they take in the zip."""

    name: str
    method: int
    crc: int
    size: int
    packed: int


def header(member: Member) -> bytes:
    """What stands before the bytes of a member."""
    name, method, crc, size, packed = member
    text, flags = _text(name)
    version, extra = _PLAIN, b""
    if size > _MOST or packed > _MOST:
        version, extra, size, packed = _LARGE, _extra(size, packed), _ELSEWHERE, _ELSEWHERE
    numbers = version, flags, method, 0, _DATE, crc, packed, size, len(text), len(extra)
    return _HEADER.pack(b"PK\3\4", *numbers) + text + extra


def directory(members: Sequence[Member], offsets: Iterable[int]) -> list[bytes]:
    """An entry for each member.  offsets: where in the zip their headers begin."""
    return [_entry(*pair) for pair in zip(members, offsets, strict=True)]


def end(count: int, start: int, size: int) -> bytes:
    """What stands behind a directory.  start: where in the zip it begins.  size: its bytes."""
    large = b""
    if count > _MOST_MEMBERS or start > _MOST or size > _MOST:
        large = _LARGE_END.pack(b"PK\6\6", _LARGE_END.size - 12, _LARGE, _LARGE, 0, 0, count, count, size, start)
        large += _LARGE_END_PLACE.pack(b"PK\6\7", 0, start + size, 1)
    count, size, start = min(count, _MOST_MEMBERS), min(size, _ELSEWHERE), min(start, _ELSEWHERE)
    return large + _END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0)


def _entry(member: Member, offset: int) -> bytes:
    name, method, crc, size, packed = member
    text, flags = _text(name)
    large = []
    if size > _MOST or packed > _MOST:
        large, size, packed = [size, packed], _ELSEWHERE, _ELSEWHERE
    if offset > _MOST:
        large, offset = [*large, offset], _ELSEWHERE
    extra, version = (_extra(*large), _LARGE) if large else (b"", _PLAIN)
    numbers = version | _UNIX << 8, version, flags, method, 0, _DATE, crc, packed, size, len(text), len(extra)
    return _ENTRY.pack(b"PK\1\2", *numbers, 0, 0, 0, _PERMISSIONS, offset) + text + extra


def _text(name: str) -> tuple[bytes, int]:
    """A name as bytes, and the flag that says how."""
    return name.encode(), 0 if name.isascii() else _UTF8


def _extra(*numbers: int) -> bytes:
    """The field of large numbers."""
    return Struct(f"<2H{len(numbers)}Q").pack(1, 8 * len(numbers), *numbers)
