"""Rectangles: intersection over union, of pixels where they are turned differently.

10 10 40 40 and 10 10 40 25: half; both turned by 30 degrees: the same, as if upright
turned by 0 and by 30, and by 0 and by 360: of pixels, since the numbers differ
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Floats, Ints
from annotools.quality import drawings
from annotools.quality.objects import Objects


def similarity(objects: Objects, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Pair by pair.  (n,)"""
    turned = objects.rotation[i] != objects.rotation[j]
    shares = upright(objects.box[i], objects.box[j])
    shares[turned] = drawings.similarity(objects, i[turned], j[turned], frame_pair[turned])
    return shares


def upright(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes, in the order of operations that decides at a threshold."""
    width, height = ((boxes[:, 2:] - boxes[:, :2]).T for boxes in (first, second))
    (w1, h1), (w2, h2) = width, height
    right = np.minimum(first[:, 0] + w1, second[:, 0] + w2)
    bottom = np.minimum(first[:, 1] + h1, second[:, 1] + h2)
    shared = np.maximum(right - np.maximum(first[:, 0], second[:, 0]), 0)
    shared *= np.maximum(bottom - np.maximum(first[:, 1], second[:, 1]), 0)
    union = w1 * h1 + w2 * h2 - shared
    return np.asarray(np.divide(shared, union, out=np.zeros(len(shared)), where=shared > 0))
