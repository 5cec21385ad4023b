"""Objects of which next to nothing is to be seen, because others of the same job lie above them.

Polygons, masks, rectangles and ellipses of all labels hide each other; turned ones count as if they were upright.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.quality import pixels
from annotools.quality.drawings import drawn
from annotools.quality.layers import visible_areas
from annotools.quality.objects import Kind, Objects

_KINDS = (Kind.REGION, Kind.BOX, Kind.ELLIPSE)


def covered(objects: Objects, blocks: Ints, least: float) -> Bools:
    """Which objects are covered, of those in some blocks.  least: the share that must be visible.  (n,)"""
    rows = np.flatnonzero(np.isin(objects.kind, _KINDS) & np.isin(objects.block, blocks))
    hidden = np.zeros(len(objects), np.bool_)
    crowded = [rows[part] for part in pixels.runs(objects.block[rows]) if pixels.any_meet(objects.box[rows[part]])]
    if not crowded:
        return hidden
    rows = np.concatenate(crowded)
    parts = drawn(objects, rows, turned=False)
    sizes = parts.areas
    shared = sizes - visible_areas(parts, objects.block[rows])  # objects are listed from the bottom up
    some = np.flatnonzero(shared)
    hidden[rows[some]] = 1 - shared[some] / sizes[some] < least
    return hidden
