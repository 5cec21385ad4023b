"""Objects of which next to nothing is to be seen, because others of the same job lie above them.

Polygons, masks, rectangles and ellipses of all labels hide each other; turned ones count as if they were upright.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.quality import pixels
from annotools.quality.drawings import drawn
from annotools.quality.objects import Kind, Objects
from annotools.quality.pixels import Pixels

_KINDS = (Kind.REGION, Kind.BOX, Kind.ELLIPSE)


def covered(objects: Objects, blocks: Ints, least: float) -> Bools:
    """Which objects are covered, of those in some blocks.  least: the share that must be visible.  (n,)"""
    rows = np.flatnonzero(np.isin(objects.kind, _KINDS) & np.isin(objects.block, blocks))
    hidden = np.zeros(len(objects), np.bool_)
    crowded = [rows[part] for part in pixels.runs(objects.block[rows]) if pixels.any_meet(objects.box[rows[part]])]
    if not crowded:
        return hidden
    rows = np.concatenate(crowded)
    known = dict(zip(rows.tolist(), drawn(objects, rows, turned=False), strict=True))
    for part in pixels.runs(objects.block[rows]):
        _look(rows[part], known, least, hidden)
    return hidden


def _look(rows: Ints, known: dict[int, Pixels], least: float, hidden: Bools) -> None:
    """Mark what is covered on one frame, from the top down: objects are listed from the bottom up."""
    above: Pixels | None = None
    for row in rows[::-1].tolist():
        own = known[row]
        if above is not None:
            shared, size = pixels.area(pixels.common([own, above])), pixels.area(own)
            hidden[row] = shared > 0 and 1 - shared / size < least
        above = own if above is None else pixels.union([above, own])
