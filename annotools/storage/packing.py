"""Zips of equal bytes for equal input: members sorted, dates, permissions and compression fixed.

Members may come in any order and of any size: they go into a spool on disk and are deflated from there in
the order of their names, so memory stays flat.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast

from annotools.storage.names import UniqueNames

DATE = (1980, 1, 1, 0, 0, 0)
LEVEL = 6
_PERMISSIONS = 0o100644 << 16
_PACKED = (".jpg", ".jpeg", ".png", ".webp", ".zip", ".gz", ".mp4", ".gif", ".avif", ".npz")
_IN_MEMORY = 8 << 20
_ZIP64_FROM = 1 << 31


def write_zip(stream: BinaryIO, members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write members as a zip.  stream: at its start; need not be seekable."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for kept in sorted(_spooled(cast("BinaryIO", spool), members), key=lambda kept: kept.name):
            spool.seek(kept.start)
            with out.open(_info(kept.name), "w", force_zip64=kept.size >= _ZIP64_FROM) as member:
                _copy(cast("BinaryIO", spool), member, kept.size)


@dataclass(frozen=True, slots=True)
class _Kept:
    name: str
    start: int
    size: int


def _spooled(spool: BinaryIO, members: Iterable[tuple[str, Iterable[bytes]]]) -> list[_Kept]:
    names = UniqueNames()
    kept = []
    for name, pieces in members:
        names.add(name)
        start = spool.tell()
        for piece in pieces:  # writelines would gather all of them in memory before it looks at the size
            spool.write(piece)
        kept.append(_Kept(name, start, spool.tell() - start))
    return kept


def _copy(spool: BinaryIO, member: object, size: int) -> None:
    target = cast("BinaryIO", member)
    while size:
        piece = spool.read(min(size, 1 << 20))
        target.write(piece)
        size -= len(piece)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DATE)
    info.external_attr = _PERMISSIONS
    info.create_system = 3  # Unix, wherever it is made
    info.compress_type = zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    info._compresslevel = LEVEL  # type: ignore[attr-defined]  # public, as compress_level, from Python 3.13 on
    return info
