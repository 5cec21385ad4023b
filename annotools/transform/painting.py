"""polygons-to-masks: polygons as the pixels they cover, those that COCO counts, cut at the border of the frame.

    polygons-to-masks                   plain shapes; those of tracks stay, for masks cannot be interpolated
    polygons-to-masks=frame-by-frame    those of tracks too, which have a row on every frame on which they show

The size of the frame must be known; where it is not, a shape stays as it is.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.masks import polygons_to_cvat_rle
from annotools.geometry.ragged import Ints, Ragged, take
from annotools.geometry.raster import check_polygons
from annotools.model.codes import MASK, POLYGON, ShapeType
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import of_type, recast, say_stays, say_turned, without_faults

_EVERY_FRAME = "frame-by-frame"


def polygons_to_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Polygons as masks; those of tracks only as the argument says."""
    if argument not in ("", _EVERY_FRAME):
        raise UsageError(f"transform polygons-to-masks={argument}, expected {_EVERY_FRAME} or nothing")
    ledger = Ledger()
    rows = _sized(dataset, _of_type(dataset, POLYGON, bool(argument), ledger), ledger)
    points = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    faults = check_polygons(*points)
    if faults:
        rows = without_faults(ledger, dataset, rows, faults)
        points = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    masks = polygons_to_cvat_rle(*points, dataset.frames.sizes(dataset.shapes.frame[rows]))
    del points
    return _painted(dataset, rows, masks, ledger), ledger.losses()


def _of_type(dataset: Dataset, kind: ShapeType, tracked: bool, ledger: Ledger) -> Ints:
    """Shapes of a type.  tracked: whether those of tracks are among them; of these it is said why they stay else."""
    rows = np.flatnonzero(of_type(dataset, kind))
    if tracked:
        return rows
    inner = dataset.shapes.track[rows] >= 0
    say_stays(ledger, dataset, rows[inner], "masks cannot be interpolated, so tracks keep their shapes")
    return np.asarray(rows[~inner])


def _sized(dataset: Dataset, rows: Ints, ledger: Ledger) -> Ints:
    """Those on a frame of known size."""
    known = (dataset.frames.sizes(dataset.shapes.frame[rows]) > 0).all(axis=1)
    say_stays(ledger, dataset, rows[~known], "the size of its frame is unknown")
    return np.asarray(rows[known])


def _painted(dataset: Dataset, rows: Ints, masks: Ragged, ledger: Ledger) -> Dataset:
    for kind in distinct(dataset.shapes.type[rows]).tolist():
        say_turned(ledger, dataset, rows, ShapeType(kind).word, "mask")
    return dataset.replace(shapes=recast(dataset.shapes, rows, masks, type=MASK, rotation=0.0))
