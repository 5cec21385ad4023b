"""Rectangles: intersection over union, of pixels where they are turned differently.

10 10 40 40 and 10 10 40 25: half; both turned by 30 degrees: the same, as if upright
turned by 0 and by 30, and by 0 and by 360: of pixels, since the numbers differ
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints
from annotools.quality import drawings
from annotools.quality.objects import Objects


def similarity(objects: Objects, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Pair by pair.  (n,)"""
    turned = objects.rotation[i] != objects.rotation[j]
    shares = upright(objects.box[i], objects.box[j])
    shares[turned] = drawings.similarity(objects, i[turned], j[turned], frame_pair[turned])
    return shares


def sifted(objects: Objects, i: Ints, j: Ints) -> tuple[Floats, Bools | None]:
    """Rows by columns: the similarity where it needs no pixels, else 0, and where it does, None for nowhere."""
    shares = upright(objects.box[i, None], objects.box[None, j])
    turned = objects.rotation[i, None] != objects.rotation[None, j]
    if not turned.any():
        return shares, None
    shares[turned] = 0
    return shares, turned


def upright(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes (.., 4), in the order of operations that decides at a threshold."""
    (x1, y1, r1, b1), (x2, y2, r2, b2) = (np.ascontiguousarray(np.moveaxis(boxes, -1, 0)) for boxes in (first, second))
    (w1, h1), (w2, h2) = (r1 - x1, b1 - y1), (r2 - x2, b2 - y2)
    shared = np.minimum(x1 + w1, x2 + w2)
    shared -= np.maximum(x1, x2)
    np.maximum(shared, 0, out=shared)
    down = np.minimum(y1 + h1, y2 + h2)
    down -= np.maximum(y1, y2)
    shared *= np.maximum(down, 0, out=down)
    union = w1 * h1 + w2 * h2
    union -= shared
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.divide(shared, union, out=union)
    shares[~(shared > 0)] = 0
    return np.asarray(shares)
