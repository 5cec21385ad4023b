"""A large text in memory of its own, of which the part that is done with goes back to the system.

    pages = TextPages(stream, size)
    pieces = msgspec.json.decode(pages.text, type=list[msgspec.Raw])     pieces lie within the text
    pages.let_go(pieces[999])                                            what stands before its end is gone

While a document is read the columns grow, and what they came from shrinks: at no time are both there in full.
Source: https://man7.org/linux/man-pages/man2/madvise.2.html
"""

from __future__ import annotations

import mmap
from typing import Any, BinaryIO

import numpy as np

Text = bytes | mmap.mmap
_PIECE = 1 << 20
_LEAST = 1 << 22  # bytes below which there is nothing to be gained
_GIVES_BACK = hasattr(mmap, "MADV_DONTNEED")  # not on Windows


class TextPages:
    """text: all that a stream has."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        """size: how long the stream is expected to be; it is read to its end in any case."""
        self.text: Text = b""
        self._gone = 0
        if size < _LEAST or not _GIVES_BACK:
            self.text = stream.read()
            return
        pages, filled = mmap.mmap(-1, size), 0
        while piece := stream.read(min(_PIECE, size - filled)):
            pages[filled : filled + len(piece)] = piece
            filled += len(piece)
        more = stream.read()
        self.text = pages[:filled] + more if filled < size or more else pages

    def let_go(self, piece: Any) -> None:
        """Give back all before the end of a piece of the text, which is not to be looked at any more."""
        if isinstance(self.text, mmap.mmap):
            end = place_in(self.text, piece) + len(piece)
            stop = end // mmap.PAGESIZE * mmap.PAGESIZE
            if self._gone < stop <= len(self.text):
                self.text.madvise(mmap.MADV_DONTNEED, self._gone, stop - self._gone)
                self._gone = stop


def place_in(text: Any, piece: Any) -> int:
    """Where a piece that lies within a text begins."""
    return _address(piece) - _address(text)


def _address(data: Any) -> int:
    return int(np.frombuffer(data, np.uint8).__array_interface__["data"][0])
