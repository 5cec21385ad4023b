"""server-outlines: masks as the polygons that the CVAT server makes of them when it exports outlines or reads masks.

    mask of two parts, one with a hole       two polygons, the hole cut open, through the middles of pixels

A part may be too thin for a polygon.
Source: CVAT's fork of Datumaro, transforms.py and util/mask_tools.py (masks to polygons).
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.outlines_opencv import cvat_rle_to_outlines
from annotools.geometry.ragged import Ragged, concat
from annotools.model.codes import MASK, POLYGON
from annotools.model.columns import Ints, united
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.rows import no_argument, recast, repeat


def server_outlines(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Masks outside tracks as polygons; those that are none stay."""
    no_argument("server-outlines", argument)
    ledger, shapes = Ledger(), dataset.shapes
    rows = np.flatnonzero((shapes.type == MASK) & (shapes.track < 0))
    sizes = dataset.frames.sizes(shapes.frame[rows])
    rows = np.delete(rows, united(faulty_masks(shapes, rows, sizes), np.flatnonzero((sizes <= 0).any(axis=1))))
    return outlined(dataset, rows, ledger), ledger.losses()


def read_outlines(dataset: Dataset) -> tuple[Dataset, Losses]:
    """All masks that were read as polygons."""
    ledger = Ledger("read")
    rows = np.flatnonzero(dataset.shapes.type == MASK)
    return outlined(dataset, rows, ledger), ledger.losses()


def outlined(dataset: Dataset, rows: Ints, ledger: Ledger) -> Dataset:
    """Some masks as a polygon for each of their parts; one that is too thin for any goes."""
    shapes = dataset.shapes
    if not len(rows):
        return dataset
    parts = [_outlines(dataset, row) for row in rows.tolist()]
    counts = np.ones(len(shapes), np.int64)
    counts[rows] = [len(offsets) - 1 for _, offsets in parts]
    ledger.changed(
        "mask", "became polygons through the middles of its pixels", dataset, "shapes", rows[counts[rows] > 0]
    )
    ledger.lost("mask", "it is too thin for a polygon through the middles of pixels", dataset, "shapes", counts == 0)
    spread, source = repeat(dataset, counts)
    drawn = np.flatnonzero(np.isin(source, rows))
    return spread.replace(shapes=recast(spread.shapes, drawn, concat(parts), type=POLYGON, rotation=0.0))


def _outlines(dataset: Dataset, row: int) -> Ragged:
    width, height = dataset.frames.sizes(dataset.shapes.frame[[row]])[0].tolist()
    return cvat_rle_to_outlines(dataset.shapes.points(row), (width, height))
