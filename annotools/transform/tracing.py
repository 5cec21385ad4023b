"""masks-to-polygons: masks as polygons along the edges of their pixels, which paint the very same mask again.

A mask of several parts becomes as many polygons in one group (its own, if it has one); holes are reached by a cut of
no width.  A mask without pixels has no polygon and is lost.  Masks of tracks stay, for a track has one shape a frame:
`tracks-to-shapes` comes first.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.masks import cvat_rle_to_polygons
from annotools.geometry.ragged import Ints, Ragged
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model.codes import MASK, POLYGON
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import (
    in_groups,
    no_argument,
    of_type,
    recast,
    repeat,
    say_stays,
    say_turned,
    without_faults,
)


def masks_to_polygons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Masks outside tracks as polygons along the edges of pixels."""
    no_argument("masks-to-polygons", argument)
    ledger = Ledger()
    rows = np.flatnonzero(of_type(dataset, MASK))
    tracked = dataset.shapes.track[rows] >= 0
    say_stays(ledger, dataset, rows[tracked], "a track has one shape a frame, and a mask may have several parts")
    rows = rows[~tracked]
    faults = check_cvat_rles(*dataset.shapes.points_of(rows))
    return _traced(dataset, without_faults(ledger, dataset, rows, faults), ledger), ledger.losses()


def _traced(dataset: Dataset, rows: Ints, ledger: Ledger) -> Dataset:
    values, offsets, mask = cvat_rle_to_polygons(*dataset.shapes.points_of(rows))
    parts = np.bincount(mask, minlength=len(rows))
    say_turned(ledger, dataset, rows[parts == 1], "mask", "polygon")
    say_turned(ledger, dataset, rows[parts > 1], "mask", "group of polygons")
    empty = rows[parts == 0]
    ledger.lost("mask", "it has no pixels, so there is no polygon", dataset, "shapes", empty)
    grouped = in_groups(dataset, rows[parts > 1])
    counts = np.ones(len(dataset.shapes), np.int64)
    counts[rows] = parts
    return _drawn(grouped, rows, counts, (values, offsets))


def _drawn(dataset: Dataset, rows: Ints, counts: Ints, polygons: Ragged) -> Dataset:
    """Every mask as often as it has parts, with their points."""
    spread, source = repeat(dataset, counts)
    new = np.flatnonzero(np.isin(source, rows))
    return spread.replace(shapes=recast(spread.shapes, new, polygons, type=POLYGON, rotation=0.0))
