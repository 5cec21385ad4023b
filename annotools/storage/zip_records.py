"""The records of a zip: a header before each member, and behind all of them the directory.

    PK 3 4          version flags method time date crc packed size lengths, name extra         before a member
    PK 1 2          version version flags method ... lengths ... offset, name extra            in the directory
    PK 6 6, PK 6 7  where there are more than 65,535 members, or the directory is beyond 2 GiB
    PK 5 6          0 0 count count size offset 0                                              the end

Sizes and offsets beyond 2 GiB stand in an extra field of 64 bits each.  Members have one date, and permissions of a
plain file that everybody may read.  Records of all members are the rows of one table.
Source: APPNOTE.TXT of PKWARE, 4.3 and 4.5.3; the standard library, which writes the same bytes in ten times the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

STORED, DEFLATED = 0, 8
_DATE = 1 << 5 | 1  # the first day of 1980, which is the earliest; its time is 0
_UNIX = 3  # whose permissions these are, wherever the zip is made
_PERMISSIONS = 0o100644 << 16
_PLAIN, _LARGE = 20, 45  # versions of the format: 45 has the extra field of large numbers
_UTF8 = 0x800
_MOST, _MOST_MEMBERS = (1 << 31) - 1, 0xFFFF
_ELSEWHERE = 0xFFFFFFFF  # stands for a number of the extra field
_ABOUT = [(name, "<u2") for name in ("version", "flags", "method", "time", "date")]
_ABOUT += [("crc", "<u4"), ("packed", "<u4"), ("size", "<u4"), ("name", "<u2"), ("extra", "<u2")]
_HEADER = np.dtype([("mark", "S4"), *_ABOUT])
_BEHIND = [("comment", "<u2"), ("disk", "<u2"), ("internal", "<u2"), ("permissions", "<u4"), ("offset", "<u4")]
_ENTRY = np.dtype([("mark", "S4"), ("maker", "<u2"), *_ABOUT, *_BEHIND])
_END = Struct("<4s4H2LH")
_LARGE_END = Struct("<4sQ2H2L4Q")
_LARGE_END_PLACE = Struct("<4sLQL")


class Members(NamedTuple):
    """Members of a zip, a column each.

    methods: `STORED` or `DEFLATED`.  crcs, sizes: of their bytes.  packed: how many bytes they take in the zip.
    """

    names: Sequence[str]
    methods: Ints
    crcs: Ints
    sizes: Ints
    packed: Ints

    @property
    def large(self) -> NDArray[np.bool_]:
        """Whether numbers of a member stand in its extra field."""
        return np.asarray((self.sizes > _MOST) | (self.packed > _MOST))


def headers(members: Members) -> list[bytes]:
    """What stands before the bytes of each member."""
    table = np.zeros(len(members.names), _HEADER)
    table["mark"] = b"PK\3\4"
    return _records(table, members, [members.sizes, members.packed], [members.large] * 2)


def directory(members: Members, offsets: Ints) -> list[bytes]:
    """An entry for each member.  offsets: where in the zip their headers begin."""
    far = offsets > _MOST
    table = np.zeros(len(members.names), _ENTRY)
    table["mark"], table["permissions"] = b"PK\1\2", _PERMISSIONS
    table["offset"] = np.where(far, _ELSEWHERE, offsets)
    table["maker"] = _version(members.large | far) | _UNIX << 8
    return _records(table, members, [members.sizes, members.packed, offsets], [members.large, members.large, far])


def end(count: int, start: int, size: int) -> bytes:
    """What stands behind a directory.  start: where in the zip it begins.  size: its bytes."""
    large = b""
    if count > _MOST_MEMBERS or start > _MOST or size > _MOST:
        large = _LARGE_END.pack(b"PK\6\6", _LARGE_END.size - 12, _LARGE, _LARGE, 0, 0, count, count, size, start)
        large += _LARGE_END_PLACE.pack(b"PK\6\7", 0, start + size, 1)
    count, size, start = min(count, _MOST_MEMBERS), min(size, _ELSEWHERE), min(start, _ELSEWHERE)
    return large + _END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0)


def _records(table: NDArray[Any], members: Members, numbers: list[Ints], large: list[NDArray[np.bool_]]) -> list[bytes]:
    """The rows of a table of which only its own columns are filled, with what stands behind each.

    numbers, large: what may stand in the extra field, and where it does.
    """
    wide = np.stack(large, axis=1)
    texts = [name.encode() for name in members.names]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    table["version"], table["date"] = _version(wide.any(axis=1)), _DATE
    table["flags"] = np.where(lengths > np.fromiter(map(len, members.names), np.int64, len(texts)), _UTF8, 0)
    table["method"], table["crc"], table["name"] = members.methods, members.crcs, lengths
    table["packed"] = np.where(members.large, _ELSEWHERE, members.packed)
    table["size"] = np.where(members.large, _ELSEWHERE, members.sizes)
    table["extra"] = np.where(wide.any(axis=1), 4 + 8 * wide.sum(axis=1), 0)
    data, size = table.tobytes(), table.itemsize
    rows = [data[size * row : size * (row + 1)] + text for row, text in enumerate(texts)]
    for row in np.flatnonzero(wide.any(axis=1)).tolist():
        rows[row] += _extra(*np.stack(numbers, axis=1)[row, wide[row]].tolist())
    return rows


def _version(large: Any) -> Ints:
    return np.where(large, _LARGE, _PLAIN)


def _extra(*numbers: int) -> bytes:
    """The field of large numbers."""
    return Struct(f"<2H{len(numbers)}Q").pack(1, 8 * len(numbers), *numbers)
