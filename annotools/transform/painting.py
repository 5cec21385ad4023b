"""polygons-to-masks: polygons as the pixels they cover, those that COCO counts, cut at the border of the frame.

The size of the frame must be
known; where it is not, a shape stays as it is.  Shapes of tracks stay too, for masks cannot be interpolated:
`tracks-to-shapes` comes first.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.masks import polygons_to_cvat_rle
from annotools.geometry.ragged import Ints, Ragged, take
from annotools.geometry.raster import check_polygons
from annotools.model.codes import MASK, POLYGON, ShapeType
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument, of_type, recast, say_stays, say_turned, without_faults


def polygons_to_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Polygons outside tracks as masks."""
    no_argument("polygons-to-masks", argument)
    ledger = Ledger()
    rows = _paintable(dataset, POLYGON, ledger)
    faults = check_polygons(*take(dataset.shapes.values, dataset.shapes.offsets, rows))
    rows = without_faults(ledger, dataset, rows, faults)
    points = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    masks = polygons_to_cvat_rle(*points, dataset.frames.sizes(dataset.shapes.frame[rows]))
    return _painted(dataset, rows, masks, ledger), ledger.losses()


def _paintable(dataset: Dataset, kind: ShapeType, ledger: Ledger) -> Ints:
    """Shapes of a type that are in no track and on a frame of known size."""
    shapes = dataset.shapes
    rows = np.flatnonzero(of_type(dataset, kind))
    tracked = shapes.track[rows] >= 0
    say_stays(ledger, dataset, rows[tracked], "masks cannot be interpolated, so tracks keep their shapes")
    rows = rows[~tracked]
    known = (dataset.frames.sizes(shapes.frame[rows]) > 0).all(axis=1)
    say_stays(ledger, dataset, rows[~known], "the size of its frame is unknown")
    return np.asarray(rows[known])


def _painted(dataset: Dataset, rows: Ints, masks: Ragged, ledger: Ledger) -> Dataset:
    for kind in np.unique(dataset.shapes.type[rows]).tolist():
        say_turned(ledger, dataset, rows, ShapeType(kind).word, "mask")
    return dataset.replace(shapes=recast(dataset.shapes, rows, masks, type=MASK, rotation=0.0))
