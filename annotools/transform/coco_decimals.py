"""coco-decimals: coordinates as the CVAT server's export of COCO rounds them (quirk `coco-export`).

    polygons, points    two decimals
    rectangles          left and top, and then left + width and top + height
    masks, ellipses     as they are

Source: CVAT's fork of Datumaro, annotation.py (numbers of points), converter.py of COCO.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import segment_sum
from annotools.model.codes import ELLIPSE, MASK, RECTANGLE
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.rounding import around
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def coco_decimals(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Coordinates with two decimals."""
    no_argument("coco-decimals", argument)
    shapes, ledger = dataset.shapes, Ledger()
    values = shapes.values.copy()
    starts = shapes.offsets[:-1][(shapes.type == RECTANGLE) & shapes.have(4)]
    whole = np.repeat(np.isin(shapes.type, (MASK, ELLIPSE)), shapes.counts)
    with np.errstate(over="ignore", invalid="ignore"):
        for side in (0, 1):
            values[starts + side + 2] = values[starts + side] + (values[starts + side + 2] - values[starts + side])
        values = np.where(whole, shapes.values, around(values))
    moved = segment_sum(values != shapes.values, shapes.offsets) > 0
    ledger.changed("rounded shape", "coordinates have 2 decimals", dataset, "shapes", moved, column="points")
    return dataset.replace(shapes=shapes.with_points(values)), ledger.losses()
