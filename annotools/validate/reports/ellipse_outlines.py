"""The outlines of ellipses for drawings, some ellipses at a time: one alone takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from annotools.geometry.ellipses import ellipses_to_polygons
from annotools.geometry.ragged import Ragged, lengths, to_arrays
from annotools.model import ShapeType
from annotools.model.tables import Floats, Ints, Shapes

_TOGETHER = 32  # ellipses of which the outlines are made at a time
_KEPT = 16  # of these that are kept: shapes of a frame may be far from each other
_AT_ONCE = 256  # of those that are asked for together: each has up to 4096 corners
_NUMBERS = 4


class EllipseOutlines:
    """Looks up the outlines of ellipses whose numbers are all below a limit."""

    def __init__(self, shapes: Shapes, limit: float) -> None:
        self._shapes = shapes
        rows = np.flatnonzero((shapes.type == ShapeType.ELLIPSE) & (lengths(shapes.offsets) == _NUMBERS))
        small = (np.abs(self._points(rows)) < limit).all(axis=1)  # NaN is none
        self._rows = rows[small & np.isfinite(shapes.rotation[rows])]
        self._portion = lru_cache(_KEPT)(self._made)

    def of(self, row: int) -> Floats | None:
        """The outline of one ellipse, flat; None for what is none."""
        number = int(np.searchsorted(self._rows, row))
        if number == len(self._rows) or self._rows[number] != row:
            return None
        return self._portion(number // _TOGETHER)[number % _TOGETHER]

    def many(self, rows: Ints) -> Iterator[tuple[Ints, Floats, Ints]]:
        """Those of some rows that are ellipses, with the outlines of these as ragged values, some at a time."""
        rows = rows[np.isin(rows, self._rows)]
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            yield some, *self._outlines(some)

    def _points(self, rows: Ints) -> Floats:
        return np.asarray(self._shapes.values[self._shapes.offsets[rows, None] + np.arange(_NUMBERS)], np.float64)

    def _made(self, portion: int) -> list[Floats]:
        return to_arrays(*self._outlines(self._rows[portion * _TOGETHER : (portion + 1) * _TOGETHER]))

    def _outlines(self, rows: Ints) -> Ragged:
        return ellipses_to_polygons(self._points(rows), np.asarray(self._shapes.rotation[rows], np.float64), 1.0)
