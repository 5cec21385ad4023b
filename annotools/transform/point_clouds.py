"""point-clouds: what is to be seen in clouds of points, for formats that have nothing else.

    2d    a cuboid of 8 corners, a rectangle     ->  nothing
    3d    a cuboid                               ->  position, rotation in radians, size, and 7 zeros

What is drawn on pictures has no place in space, and is not given one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.geometry.ragged import segment_all
from annotools.model.codes import CUBOID
from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.removal import without
from annotools.transform.rows import no_argument

SOLID = 9  # numbers of a cuboid that say something
_NUMBERS = 16


def point_clouds(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """A task of point clouds, with nothing drawn but cuboids in space."""
    no_argument("point-clouds", argument)
    ledger, flat = Ledger(), dataset.task.dimension != "3d"
    why = "what is drawn on pictures has no place in space" if flat else "there are only cuboids in a cloud of points"
    dataset = without(dataset, "shapes", ~is_solid(dataset) | flat, ledger, "shape that is not a cuboid in space", why)
    if flat:
        ledger.changed("dimension of task", "the format is of point clouds", dataset, "task", [0], column="dimension")
        dataset = dataset.replace(task=replace(dataset.task, dimension="3d"))
    return dataset, ledger.losses()


def is_solid(dataset: Dataset) -> Bools:
    """Whether a shape is a cuboid of position, rotation and size."""
    shapes = dataset.shapes
    solid = (shapes.type == CUBOID) & shapes.have(_NUMBERS)
    position = np.arange(len(shapes.values)) - np.repeat(shapes.offsets[:-1], shapes.counts)
    fine = np.where(position < SOLID, np.isfinite(shapes.values), shapes.values == 0)
    return np.asarray(solid & segment_all(fine, shapes.offsets))
