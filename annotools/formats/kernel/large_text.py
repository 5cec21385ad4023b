"""A large text that stays in its file, of which a part at a time is looked at.

    text = TextFile.of(stream)                     None for a stream that is no file, as of a zip or a pipe
    text.listed(10, 500)                           bytes 10 to 500 between brackets
    next(text.ends(re.compile(rb"},"), 10, 500))   where the first match between them ends

A document of 95 MB of which parts are taken in one after the other is never in memory, in which it would take 90 ms
and more of 1,600 to put it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from re import Pattern
from typing import BinaryIO, Protocol

LEAST = 1 << 22  # bytes below which there is nothing to be gained
_PIECE = 1 << 20
_WINDOW = 1 << 16
_OVERLAP = 64  # bytes within which a match is seen though it lies in two windows
_OPEN, _CLOSE = b"[]"


class TornError(Exception):
    """What seemed to be a list is none, or is another by now: the document has to be looked at as a whole."""


class LargeText(Protocol):
    """A text of which some is looked at at a time, from its start to its end."""

    @property
    def size(self) -> int:
        """Bytes of all."""

    def piece(self, start: int, stop: int) -> bytes:
        """The bytes between two places."""

    def listed(self, start: int, stop: int) -> bytes | bytearray:
        """The same between brackets.  Nobody changes it."""

    def ends(self, pattern: Pattern[bytes], start: int, stop: int) -> Iterator[int]:
        """The ends of matches between two places; not of each that is longer than some ten bytes."""

    def let_go(self, stop: int) -> None:
        """Nothing before a place will be looked at any more."""


class TextFile:
    """The text of a file that is open for as long as it is looked at."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self.size = stream, size

    @classmethod
    def of(cls, stream: BinaryIO) -> TextFile | None:
        """The text of a stream that is a file on disk and large."""
        with suppress(OSError, AttributeError):  # as streams say that they are no files
            status = os.fstat(stream.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size >= LEAST:
                return cls(stream, status.st_size)
        return None

    def piece(self, start: int, stop: int) -> bytes:
        """The bytes between two places.  Raises: TornError where there are fewer by now."""
        self._stream.seek(start)
        data = self._stream.read(stop - start)
        if len(data) < stop - start:
            raise TornError
        return data

    def listed(self, start: int, stop: int) -> bytearray:
        """The same between brackets, read to where it stays.  Raises: TornError."""
        text = bytearray(stop - start + 2)
        text[0], text[-1] = _OPEN, _CLOSE
        self._stream.seek(start)
        with memoryview(text) as view:
            if self._stream.readinto(view[1:-1]) < stop - start:  # type: ignore[attr-defined]  # of streams of bytes each can
                raise TornError
        return text

    def pieces(self) -> Iterator[bytes]:
        """All of it, some at a time.  Raises: TornError."""
        return (self.piece(start, min(start + _PIECE, self.size)) for start in range(0, self.size, _PIECE))

    def ends(self, pattern: Pattern[bytes], start: int, stop: int) -> Iterator[int]:
        """The ends of matches, window by window.  Raises: TornError."""
        last = start
        while start < stop:
            window = self.piece(start, min(start + _WINDOW, stop))
            for match in pattern.finditer(window):
                if start + match.end() > last:
                    last = start + match.end()
                    yield last
            start += max(len(window) - _OVERLAP, 1) if start + len(window) < stop else len(window)

    def let_go(self, stop: int) -> None:
        """Nothing is held."""
