"""round=2: coordinates and rotations with fewer decimals.

round           2 decimals; `round=0` and so on; masks hold whole numbers and stay
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.ragged import segment_sum
from annotools.model.codes import MASK
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.rounding import shortest
from annotools.quirks import NONE, Quirks

_MOST_DECIMALS = 12


def round_numbers(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Coordinates and rotations rounded.  argument: decimals, 2 if empty.  Raises: UsageError."""
    if argument and not (argument.isascii() and argument.isdigit() and int(argument) <= _MOST_DECIMALS):
        raise UsageError(f"transform round got {argument!r}, expected a number of decimals, 0 to {_MOST_DECIMALS}")
    decimals = int(argument or 2)
    shapes = dataset.shapes
    whole = np.repeat(shapes.type == MASK, shapes.counts)
    values = np.where(whole, shapes.values, shortest(shapes.values, decimals))
    rotation = shortest(shapes.rotation, decimals)
    rows = (segment_sum(values != shapes.values, shapes.offsets) > 0) | (rotation != shapes.rotation)
    ledger = Ledger()
    why = f"coordinates were rounded to {decimals} decimals"
    ledger.changed("shape", why, dataset, "shapes", rows)
    return dataset.replace(shapes=shapes.with_points(values).replace(rotation=rotation)), ledger.losses()
