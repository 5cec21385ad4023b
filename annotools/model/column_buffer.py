"""Columns that grow at their end while a file is read.

Pieces of a column that are kept in a list are there twice when they are put together, and what lies between them is
lost to the process.  Here they are copied to the end of one buffer, which becomes the column; a single piece is the
column as it is, and so are pieces that say one value for all of their rows.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from annotools.model.columns import Array, Ints, same_value


class ColumnBuffer:
    """One column.  dtype and inner shape are those of the first piece."""

    def __init__(self) -> None:
        self._buffer = bytearray()
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
        self._buffer += np.ascontiguousarray(piece, self._like.dtype).data.cast("B") if piece.size else b""

    def column(self) -> Array:
        """All values.  Nothing can be added while they are in use.  (n, ...), and float64 of length 0 if none came."""
        if self._single is not None:
            return self._single
        like = np.zeros(0) if self._like is None else self._like
        return np.frombuffer(self._buffer, like.dtype).reshape(-1, *like.shape[1:])


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
