"""Rows by the frame they stand on: what a writer of one file a picture walks through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.geometry.ragged import offsets_of
from annotools.model import Dataset
from annotools.model.columns import Array, Ints, is_uniform, row_order, values_of


class ByFrame:
    """Rows of a table in the order of their frames; those of one frame as they come, or by `height`.

    order: row numbers, frame after frame.  ends: frame f has order[ends[f]:ends[f + 1]].
    """

    def __init__(self, frame: Array, count: int, rows: Array | None = None, height: Array | None = None) -> None:
        chosen = None if rows is None else np.asarray(rows, np.int64)
        there = _taken(frame, chosen)
        inside = (there >= 0) & (there < count)
        if not inside.all():
            chosen, there = np.flatnonzero(inside) if chosen is None else chosen[inside], there[inside]
        if height is not None and not is_uniform(height):
            order = row_order(_taken(height, chosen))
            chosen, there = order if chosen is None else chosen[order], there[order]
        order = row_order(there)
        self.order: Ints = order if chosen is None else chosen[order]
        self.ends = offsets_of(np.bincount(there, minlength=count))

    @classmethod
    def shapes(cls, dataset: Dataset, rows: Array | None = None) -> ByFrame:
        """Shapes as they are painted: the lowest first."""
        return cls(dataset.shapes.frame, len(dataset.frames), rows, dataset.shapes.z_order)

    def rows(self, frame: int) -> Ints:
        """The rows of a frame."""
        return self.order[self.ends[frame] : self.ends[frame + 1]]

    def counts(self, frames: Sequence[int]) -> list[int]:
        """How many rows each of some frames has."""
        return np.diff(self.ends)[np.asarray(frames, np.int64)].tolist()  # type: ignore[no-any-return]

    def rows_of(self, frames: Sequence[int]) -> Ints:
        """The rows of some frames, one after the other."""
        starts = self.ends[np.asarray(frames, np.int64)]
        return np.asarray(values_of(self.order, starts, np.asarray(self.counts(frames), np.int64)), np.int64)

    def span(self, frame: int) -> slice:
        """Where the rows of a frame stand in `order`."""
        return slice(int(self.ends[frame]), int(self.ends[frame + 1]))


def _taken(column: Array, rows: Ints | None) -> Array:
    """A column at some rows; that of all is shared."""
    return column if rows is None else np.asarray(column[rows])
