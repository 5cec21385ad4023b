"""Records of the state as bytes (MessagePack), for snapshots and for the file behind `--state`. Nothing is executed
when bytes are read, so a file of somebody else's does no harm.

    unpack(pack("jobs", record)) == record         tuples and sets come back as lists
"""

from __future__ import annotations

from typing import Any

import msgspec

from annotools.errors import InputError

FORMAT_VERSION = 2


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


def check_version(found: int) -> None:
    """Raises: SnapshotError for a format newer than this program."""
    if found > FORMAT_VERSION:
        raise SnapshotError(f"saved in format {found}, this program knows up to {FORMAT_VERSION}")
