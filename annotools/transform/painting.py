"""polygons-to-masks: polygons as the pixels they cover, those that COCO counts, cut at the border of the frame.

    polygons-to-masks                   plain shapes; those of tracks stay, for masks cannot be interpolated
    polygons-to-masks=frame-by-frame    those of tracks too, which have a row on every frame on which they show

The size of the frame must be known; where it is not, a shape stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.masks import polygons_to_cvat_rle
from annotools.geometry.ragged import Ints, Ragged, offsets_of, row_pieces
from annotools.geometry.raster import check_polygons
from annotools.geometry.rle_faults import Fault
from annotools.model.codes import MASK, POLYGON, ShapeType
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Shapes
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import of_type, recast, say_stays, say_turned, without_faults

_EVERY_FRAME = "frame-by-frame"
_POINTS = 1 << 16  # coordinates of polygons that are painted at a time


def polygons_to_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Polygons as masks; those of tracks only as the argument says."""
    if argument not in ("", _EVERY_FRAME):
        raise UsageError(f"transform polygons-to-masks={argument}, expected {_EVERY_FRAME} or nothing")
    ledger = Ledger()
    rows = _sized(dataset, _of_type(dataset, POLYGON, bool(argument), ledger), ledger)
    rows = without_faults(ledger, dataset, rows, _faults(dataset.shapes, rows))
    return _painted(dataset, rows, _masks(dataset, rows), ledger), ledger.losses()


def _pieces(shapes: Shapes, rows: Ints) -> Iterator[tuple[int, Ints]]:
    """Some rows at a time, and how many were before: what is made of outlines on the way is many times as large."""
    for start, stop in row_pieces(offsets_of(shapes.counts_of(rows)), _POINTS):
        yield start, rows[start:stop]


def _faults(shapes: Shapes, rows: Ints) -> list[Fault]:
    pieces = ((start, check_polygons(*shapes.points_of(some))) for start, some in _pieces(shapes, rows))
    return [(start + row, text) for start, faults in pieces for row, text in faults]


def _masks(dataset: Dataset, rows: Ints) -> Iterator[Ragged]:
    """The masks of some polygons."""
    shapes = dataset.shapes
    for _, some in _pieces(shapes, rows):
        yield polygons_to_cvat_rle(*shapes.points_of(some), dataset.frames.sizes(shapes.frame[some]))


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


def _painted(dataset: Dataset, rows: Ints, masks: Iterator[Ragged], ledger: Ledger) -> Dataset:
    for kind in distinct(dataset.shapes.type[rows]).tolist():
        say_turned(ledger, dataset, rows, ShapeType(kind).word, "mask")
    return dataset.replace(shapes=recast(dataset.shapes, rows, masks, type=MASK, rotation=0.0))
