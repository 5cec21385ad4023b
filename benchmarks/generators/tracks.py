"""Objects over frames, whatever the format: boxes of two decimals that move from keyframe to keyframe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.generators.content import LABELS, Floats, Ints
from benchmarks.sizes import STEP, Size


class Track(NamedTuple):
    """number, label: from 0.  frames: (keyframes,).  xyxy: (keyframes, 4) px."""

    number: int
    label: int
    frames: Ints
    xyxy: Floats


def tracks(size: Size) -> Iterator[Track]:
    """All tracks of a size."""
    rng = np.random.default_rng(5)
    ahead = np.arange(size.keyframes) * STEP
    first = rng.integers(max(size.frames - ahead[-1], 1), size=size.tracks)
    for number in range(size.tracks):
        corner, extent = rng.uniform((0, 0), (1500, 800)), rng.uniform(20, 200, 2)
        low = corner + np.cumsum(rng.uniform(-1, 4, (size.keyframes, 2)), axis=0)
        xyxy = np.round(np.concatenate((low, low + extent), axis=1).clip(0), 2)
        yield Track(number, number % LABELS, first[number] + ahead, xyxy)
