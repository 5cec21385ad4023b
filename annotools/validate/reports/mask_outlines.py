"""The outlines of masks for drawings, some masks at a time: one alone takes a hundred times as long."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from annotools.geometry.masks import cvat_rle_to_polygons
from annotools.geometry.ragged import lengths, offsets_of, segment_max, take, to_arrays
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import MASK
from annotools.model.columns import united
from annotools.model.tables import Floats, Ints, Shapes

_TOGETHER, _MASKS = 1 << 12, 64  # values, and masks, of which the outlines are made at a time
_KEPT = 32  # of these that are kept: shapes of a frame may be far from each other
_WIDER = np.array([0, 0, 1, 1])  # from the pixels of a box to its edges
_CORNERS = [0, 1, 2, 1, 2, 3, 0, 3]


class MaskOutlines:
    """Looks up the outlines of masks whose numbers are all below a limit; of a mask whose runs are wrong its box."""

    def __init__(self, shapes: Shapes, limit: float) -> None:
        self._shapes, self._limit = shapes, limit
        self._rows = np.flatnonzero(shapes.type == MASK)
        before = offsets_of(lengths(shapes.offsets)[self._rows])[:-1]
        changes = np.diff(before // _TOGETHER, prepend=-1) != 0
        self._firsts = united(np.flatnonzero(changes), np.arange(0, len(self._rows), _MASKS))
        self._portion = lru_cache(_KEPT)(self._made)

    def of(self, row: int) -> list[Floats] | None:
        """The outlines of one mask, flat; None for one that has to be looked at alone."""
        mask = int(np.searchsorted(self._rows, row))
        number = int(np.searchsorted(self._firsts, mask, "right")) - 1
        return self._portion(number).get(row)

    def _made(self, number: int) -> dict[int, list[Floats]]:
        last = self._firsts[number + 1] if number + 1 < len(self._firsts) else len(self._rows)
        rows, broken = self._sorted(self._rows[self._firsts[number] : last])
        outlines = {row: self._box(row) for row in broken.tolist()}
        if len(rows) < 2:
            return outlines
        try:
            values, offsets, mask = cvat_rle_to_polygons(*take(self._shapes.values, self._shapes.offsets, rows))
        except (ValueError, OverflowError, MemoryError):
            return outlines
        outlines |= {row: [] for row in rows.tolist()}
        for row, outline in zip(rows[mask].tolist(), to_arrays(values, offsets), strict=True):
            outlines[row].append(outline)
        return outlines

    def _box(self, row: int) -> list[Floats]:
        """What is drawn of a mask whose runs are wrong."""
        points = np.asarray(self._shapes.points(row), np.float64)
        return [(points[-4:] + _WIDER)[_CORNERS]] if len(points) >= len(_WIDER) else []

    def _sorted(self, rows: Ints) -> tuple[Ints, Ints]:
        """Those that are masks, and those that are none."""
        rows = rows[lengths(self._shapes.offsets)[rows] > 0]
        values, offsets = take(self._shapes.values, self._shapes.offsets, rows)
        rows = rows[segment_max(np.abs(values), offsets) < self._limit]  # NaN is none
        faults = check_cvat_rles(*take(self._shapes.values, self._shapes.offsets, rows))
        broken = np.zeros(len(rows), np.bool_)
        broken[[row for row, _ in faults]] = True
        return rows[~broken], rows[broken]
