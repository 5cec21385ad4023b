"""What a large dataset weighs."""

from __future__ import annotations

import numpy as np

from annotools.model import Dataset
from annotools.model.tables import Shapes

MILLION = 1_000_000


def test_a_million_shapes_of_25_points_fit_in_500_mb() -> None:
    shapes = Shapes.of(
        type=np.ones(MILLION, np.int8), frame=np.arange(MILLION) // 100,
        values=np.zeros(50 * MILLION), offsets=np.arange(MILLION + 1) * 50,
    )  # fmt: skip
    dataset = Dataset(shapes=shapes)
    arrays = [*dataset.shapes.columns().values(), dataset.shapes.values, dataset.shapes.offsets]
    assert sum(array.nbytes for array in arrays) < 500e6
    assert dataset.shapes.values.nbytes == 400e6


def test_a_step_shares_the_columns_it_does_not_change() -> None:
    dataset = Dataset(shapes=Shapes.of(type=[0, 1], values=np.zeros(8), offsets=[0, 4, 8]))
    moved = dataset.replace(shapes=dataset.shapes.replace(z_order=[1, 2]))
    assert np.shares_memory(moved.shapes.values, dataset.shapes.values)
    assert np.shares_memory(moved.shapes.frame, dataset.shapes.frame)
