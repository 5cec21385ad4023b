"""What a step makes of many points is there once, and small."""

from __future__ import annotations

import tracemalloc

import numpy as np

from annotools.model import POLYGON, Dataset, Frames, Label, Labels, Shapes
from annotools.transform.pipeline import run


def test_a_step_that_makes_all_points_anew_needs_little_more_than_them() -> None:
    """Outlines of 1.2 million numbers: as float64 their masks were of five times as much, several times over."""
    corners = np.random.default_rng(3).integers(0, 6000, (20_000, 30, 2)) / 100
    shapes = Shapes.of(type=np.full(20_000, POLYGON), label=np.full(20_000, 1), values=corners.reshape(-1),
                       offsets=60 * np.arange(20_001))  # fmt: skip
    dataset = Dataset(labels=Labels((Label(1, "car"),)), frames=Frames.of("a.jpg", [60], [60]), shapes=shapes)
    tracemalloc.start()
    masks = run(dataset, ("polygons-to-masks",))[0].shapes
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * len(masks.numbers)
