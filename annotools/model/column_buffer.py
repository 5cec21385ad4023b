"""Columns that grow at their end while a file is read.

Pieces of a column that are kept in a list are there twice when they are put together, and what lies between them is
lost to the process.  Here they are copied to the end of one buffer, which becomes the column; a single piece is the
column as it is, and so are pieces that say one value for all of their rows.  A large buffer has pages of its own: what
grows in the heap of the C library is copied there again and again, and leaves holes as large as itself.
"""

from __future__ import annotations

import mmap
import sys
from typing import Self

import numpy as np

from annotools.model.columns import Array, Ints, same_value

_LARGE = 1 << 22 if sys.platform == "linux" else sys.maxsize  # bytes; elsewhere pages do not grow where they are


class _Pages:
    """Bytes that grow at their end, in pages that no other object is in; those behind the end take no memory.

    80 MB of numbers are put together in 30 MB less.
    """

    def __init__(self, data: bytearray) -> None:
        self._map = mmap.mmap(-1, 2 * _LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._size = 0
        self.extend(data)

    def __len__(self) -> int:
        return self._size

    def extend(self, data: bytearray | memoryview) -> None:
        """Put bytes at the end."""
        end = self._size + len(data)
        if end > len(self._map):
            self._map.resize(2 * end)
        self._map[self._size : end] = data
        self._size = end

    def bytes(self) -> memoryview:
        """All of them."""
        return memoryview(self._map)[: self._size]


class ColumnBuffer:
    """One column.  dtype and inner shape are those of the first piece."""

    def __init__(self) -> None:
        self._buffer: bytearray | _Pages = bytearray()
        self._single: Array | None = None
        self._like: Array | None = None

    @classmethod
    def of(cls, nothing: Array) -> Self:
        """An empty one.  nothing: no values, which have the dtype and the inner shape."""
        made = cls()
        made.add(nothing)
        return made

    def add(self, piece: Array) -> None:
        """Put values at the end.  piece: not to be changed afterwards."""
        if self._like is None:
            self._like, self._single = piece[:0].copy(), piece
            return
        if self._single is not None:
            first, self._single = self._single, same_value([self._single, piece])
            if self._single is not None:
                return
            self._append(first)
        self._append(piece)

    def _append(self, piece: Array) -> None:
        assert self._like is not None
        if piece.size:
            self._buffer.extend(np.ascontiguousarray(piece, self._like.dtype).data.cast("B"))
        if isinstance(self._buffer, bytearray) and len(self._buffer) > _LARGE:
            self._buffer = _Pages(self._buffer)

    def column(self) -> Array:
        """All values.  Nothing can be added while they are in use.  (n, ...), and float64 of length 0 if none came."""
        if self._single is not None:
            return self._single
        like = np.zeros(0) if self._like is None else self._like
        data = self._buffer if isinstance(self._buffer, bytearray) else self._buffer.bytes()
        return np.frombuffer(data, like.dtype).reshape(-1, *like.shape[1:])


class RowBuffer:
    """Rows of unequal length that grow at their end: `values` and `offsets`."""

    def __init__(self) -> None:
        self._values, self._counts = ColumnBuffer(), ColumnBuffer()

    def add(self, values: Array, offsets: Ints) -> None:
        """Put rows at the end."""
        self._values.add(values[offsets[0] : offsets[-1]])
        self._counts.add(np.diff(offsets))

    def ragged(self) -> tuple[Array, Ints]:
        """All values, and offsets, one more than rows."""
        counts = self._counts.column()
        offsets = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        return self._values.column(), offsets
