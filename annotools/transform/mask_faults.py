"""Which masks are none: asked some at a time, for the answers are few and what is asked on the way is not."""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Ints, offsets_of, row_pieces
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model.tables import Shapes

_PIECE = 1 << 17  # runs at a time


def faulty_masks(shapes: Shapes, rows: Ints, sizes: Array | None = None) -> Ints:
    """Positions in `rows` of masks with faults.  sizes: as of `check_cvat_rles`, one of each row."""
    faulty: list[int] = []
    for start, stop in row_pieces(offsets_of(shapes.counts_of(rows)), _PIECE):
        piece = slice(start, stop)
        faults = check_cvat_rles(*shapes.points_of(rows[piece]), None if sizes is None else sizes[piece])
        faulty += [start + position for position, _ in faults]
    return np.array(faulty, np.int64)
