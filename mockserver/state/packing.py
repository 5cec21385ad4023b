"""Records of the state as bytes (MessagePack), for snapshots and for the file behind `--state`. Nothing is executed
when bytes are read, so a file of somebody else's does no harm.

    unpack(pack("jobs", record)) == record         tuples and sets come back as lists

Snapshots have a sum of their bytes, a state file has one for each record, so that damage is said when it is opened.
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from annotools.errors import InputError

FORMAT_VERSION = 3
SUMMED_FROM = 3
"""The first format that has sums to check."""


class SnapshotError(InputError):
    """A snapshot or state file that this program cannot read."""


def pack(table: str, record: Any) -> bytes:
    """One record. Annotations are packed as the document they hold, not as the object that caches its answers."""
    if table == "annotations" and not isinstance(record, dict):
        record = record.data
    return msgspec.msgpack.encode(record)


def unpack(data: bytes) -> Any:
    """What `pack` was given. Raises: SnapshotError."""
    try:
        return msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, RecursionError, TypeError, ValueError) as error:
        raise SnapshotError(f"damaged record: {error}") from None


def sum_of(*parts: bytes) -> int:
    """What tells whether bytes are still what was written (CRC-32)."""
    return zlib.crc32(b"\0".join(parts))


def check_version(version: int) -> None:
    """Raises: SnapshotError for a format newer than this program."""
    if version > FORMAT_VERSION:
        raise SnapshotError(f"saved in format {version}, this program knows up to {FORMAT_VERSION}")
