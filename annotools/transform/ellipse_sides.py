"""round-ellipses=2: centre and half axes of ellipses rounded, from which their far sides follow.

    10.004 10 20.006 0   ->   10 10 20 0      because 20.006 - 10.004 is 10.002

For formats that write an ellipse as centre and half axes of so many decimals, as CVAT's exports in XML.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError
from annotools.model.codes import ELLIPSE
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.rounding import shortest
from annotools.quirks import NONE, Quirks


def round_ellipses(dataset: Dataset, argument: str = "2", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Ellipses of which centre and half axes have so many decimals.  Raises: UsageError."""
    if not (argument.isascii() and argument.isdigit() and len(argument) == 1):
        raise UsageError(f"transform round-ellipses got {argument!r}, expected a number of decimals, 0 to 9")
    decimals, shapes = int(argument), dataset.shapes
    rows = np.flatnonzero((shapes.type == ELLIPSE) & (shapes.counts == 4))
    if not len(rows):
        return dataset, Losses()
    places = shapes.offsets[:-1][rows, None] + np.arange(4)
    x, y, right, top = shapes.values[places].T
    with np.errstate(over="ignore", invalid="ignore"):
        x, y, across, up = (shortest(column, decimals) for column in (x, y, right - x, y - top))
        new = np.stack([x, y, shortest(x + across, decimals), shortest(y - up, decimals)], axis=1)
    moved = (new != shapes.values[places]).any(axis=1)
    ledger = Ledger()
    why = f"centre and half axes have {decimals} decimals"
    ledger.changed("ellipse", why, dataset, "shapes", rows[moved], column="points")
    values = shapes.values.copy()
    values[places] = new
    return dataset.replace(shapes=shapes.with_points(values)), ledger.losses()
