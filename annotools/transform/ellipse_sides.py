"""round-ellipses, exact-ellipses: ellipses as formats say them that have other numbers than CVAT.

round-ellipses=2    10.004 10 20.006 0   ->   10 10 20 0      centre and half axes rounded: 20.006 - 10.004 is 10.002
exact-ellipses      the centre is the middle between the sides, where its digits end earlier

The first is for formats that write centre and half axes of so many decimals, as CVAT's exports in XML; the other for
those that write the box round an ellipse.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.widths import middles, opposites
from annotools.model.codes import ELLIPSE
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.rounding import shortest
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def round_ellipses(dataset: Dataset, argument: str = "2", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Ellipses of which centre and half axes have so many decimals.  Raises: UsageError."""
    if not (argument.isascii() and argument.isdigit() and len(argument) == 1):
        raise UsageError(f"transform round-ellipses got {argument!r}, expected a number of decimals, 0 to 9")
    decimals, shapes = int(argument), dataset.shapes
    rows = np.flatnonzero((shapes.type == ELLIPSE) & shapes.have(4))
    if not len(rows):
        return dataset, Losses()
    positions = shapes.offsets[:-1][rows, None] + np.arange(4)
    x, y, right, top = shapes.values[positions].T
    with np.errstate(over="ignore", invalid="ignore"):
        x, y, across, up = (shortest(column, decimals) for column in (x, y, right - x, y - top))
        new = np.stack([x, y, shortest(x + across, decimals), shortest(y - up, decimals)], axis=1)
    moved = (new != shapes.values[positions]).any(axis=1)
    ledger = Ledger()
    why = f"centre and half axes have {decimals} decimals"
    ledger.changed("ellipse", why, dataset, "shapes", rows[moved], column="points")
    values = shapes.values.copy()
    values[positions] = new
    return dataset.replace(shapes=shapes.with_points(values)), ledger.losses()


def exact_ellipses(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Ellipses of which the centre is the middle between right and left, top and bottom."""
    no_argument("exact-ellipses", argument)
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.type == ELLIPSE) & shapes.have(4))
    positions = shapes.offsets[:-1][rows, None] + np.arange(4)
    center, sides = shapes.values[positions[:, :2]], shapes.values[positions[:, 2:]]
    new = middles(sides, opposites(center, sides))
    moved = (new != center).any(axis=1) & np.isfinite(new).all(axis=1)
    ledger = Ledger()
    why = "it is the middle between the sides, whose digits end earlier"
    ledger.changed("centre of ellipse", why, dataset, "shapes", rows[moved], column="points")
    if not moved.any():
        return dataset, ledger.losses()
    values = shapes.values.copy()
    values[positions[moved, :2]] = new[moved]
    return dataset.replace(shapes=shapes.with_points(values)), ledger.losses()
