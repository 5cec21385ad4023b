"""Tags: the same label is the same tag; two of different labels may still stand for each other, as a wrong label."""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Floats, Ints
from annotools.quality.objects import Objects

THRESHOLD = 0.5


def similarity(objects: Objects, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Pair by pair, i and j of any shapes that go together."""
    return np.where(objects.label[i] == objects.label[j], 1.0, THRESHOLD)
