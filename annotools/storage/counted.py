"""A source that tells how much of it has been read: bytes of a single file, members of anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from annotools.progress import BYTES, is_heard, tell
from annotools.storage.picture_names import is_picture
from annotools.storage.sources import Source


def counted(source: Source) -> Source:
    """The source itself where nobody wants to know."""
    return _Counted(source) if is_heard() else source


class _Counted(Source):
    def __init__(self, source: Source) -> None:
        super().__init__(source.name)
        self._source = source
        self._seen: set[str] = set()
        documents = [name for name in source.members() if not is_picture(name)]
        self._total = len(documents)
        self._bytes = source.size(documents[0]) if self._total == 1 else 0
        self._farthest = 0  # byte: what is looked at again is not news

    def _list(self) -> list[str]:
        return self._source.members()

    @property
    def links(self) -> tuple[str, ...]:
        return self._source.links

    def leads_to_pictures(self, link: str) -> bool:
        return self._source.leads_to_pictures(link)

    def has(self, name: str) -> bool:
        return self._source.has(name)

    def size(self, name: str) -> int:
        return self._source.size(name)

    def open(self, name: str) -> BinaryIO:
        self._count(name)
        stream = self._source.open(name)
        return cast("BinaryIO", _CountedStream(stream, self)) if self._bytes and not is_picture(name) else stream

    def read(self, name: str) -> bytes:
        self._count(name)
        return self._source.read(name)

    def close(self) -> None:
        self._source.close()

    def reached(self, offset: int) -> None:
        """So many bytes of the document have been read."""
        if offset > self._farthest:
            self._farthest = min(offset, self._bytes)
            tell(self._farthest, self._bytes, BYTES)

    def _count(self, name: str) -> None:
        if self._total > 1 and not is_picture(name):
            self._seen.add(name)
            tell(len(self._seen), self._total)


class _CountedStream:
    def __init__(self, stream: BinaryIO, source: _Counted) -> None:
        self._stream, self._source = stream, source

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if size > 0:  # what is read at once is not what takes long
            self._source.reached(self._stream.tell())
        return data

    def readinto(self, buffer: memoryview) -> int:
        count: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]  # of streams of bytes each can
        self._source.reached(self._stream.tell())
        return count

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def __enter__(self) -> _CountedStream:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
