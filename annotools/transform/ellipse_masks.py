"""ellipses-to-masks: ellipses as the pixels they cover, cut at the border of the frame.

    ellipses-to-masks                   plain shapes; the pixels whose centres lie inside
    ellipses-to-masks=frame-by-frame    those of tracks too, which have a row on every frame on which they show
    ellipses-to-masks=opencv            so too, and as the CVAT server paints: centre and radii are whole numbers

An ellipse that cannot be painted, or whose frame has no size, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.ellipses import Raster, check_ellipses, ellipses_to_cvat_rle
from annotools.geometry.ragged import Array, Ragged, concat, offsets_of
from annotools.geometry.rle_faults import Fault
from annotools.model.codes import ELLIPSE, MASK
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Ints
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import recast, say_stays, without_faults

_EVERY_FRAME, _OPENCV = "frame-by-frame", "opencv"
_LINES = 1 << 14  # of ellipses that are painted at a time
PAINTED = "painted"  # an extra: the shape was an ellipse; its rotation stays with it


def ellipses_to_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Ellipses on frames of known size become masks."""
    if argument not in ("", _EVERY_FRAME, _OPENCV):
        raise UsageError(f"transform ellipses-to-masks={argument}, expected {_EVERY_FRAME}, {_OPENCV} or nothing")
    ledger, shapes = Ledger(), dataset.shapes
    rows = np.flatnonzero(shapes.type == ELLIPSE)
    if argument:
        rows = _paintable(dataset, rows, Ledger())  # those that stay are lost, or said to stay, by what comes next
    else:
        rows = _paintable(dataset, _plain(dataset, rows, ledger), ledger)
    if not len(rows):
        return dataset, ledger.losses()
    ledger.changed("ellipse", "painted as a mask", dataset, "shapes", rows)
    raster: Raster = "opencv" if argument == _OPENCV else "true"
    painted = recast(shapes, rows, _painted(dataset, rows, raster), type=int(MASK))
    if argument == _OPENCV:
        was = Extra(np.ones(len(shapes), np.bool_), np.isin(np.arange(len(shapes)), rows), derived=True)
        return dataset.replace(shapes=painted.replace(extras={**painted.extras, PAINTED: was})), ledger.losses()
    rotation = shapes.rotation.copy()
    rotation[rows] = 0
    return dataset.replace(shapes=painted.replace(rotation=rotation)), ledger.losses()


def _plain(dataset: Dataset, rows: Ints, ledger: Ledger) -> Ints:
    """Those in no track; of the others it is said why not."""
    tracked = dataset.shapes.track[rows] >= 0
    say_stays(ledger, dataset, rows[tracked], "masks cannot be interpolated, so tracks keep their shapes")
    return np.asarray(rows[~tracked])


def _paintable(dataset: Dataset, rows: Ints, ledger: Ledger) -> Ints:
    """The ellipses that are painted; of the others it is said why not."""
    shapes = dataset.shapes
    known = (dataset.frames.sizes(shapes.frame[rows]) > 0).all(axis=1)
    say_stays(ledger, dataset, rows[~known], "the size of its frame is unknown")
    rows = rows[known]
    short = np.flatnonzero(shapes.counts_of(rows) != 4)
    faults: list[Fault] = [(row, "it has not 4 numbers") for row in short.tolist()]
    rows = without_faults(ledger, dataset, rows, faults)
    return without_faults(ledger, dataset, rows, check_ellipses(shapes.boxes(rows), shapes.rotation[rows]))


def _painted(dataset: Dataset, rows: Ints, raster: Raster) -> Ragged:
    """Some at a time: what is painted at once is many times larger than the masks."""
    points, rotation = dataset.shapes.boxes(rows), dataset.shapes.rotation[rows]
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows])
    return concat(
        ellipses_to_cvat_rle(points[part], rotation[part], sizes[part], raster) for part in _some_lines(points, sizes)
    )


def _some_lines(points: Array, sizes: Ints) -> Iterator[slice]:
    """Ellipses that have at most some thousand lines of pixels together, or a single one."""
    tall = 2 * np.abs(points[:, 2:] - points[:, :2]).max(axis=1) + 2
    lines = offsets_of(np.minimum(tall, sizes[:, 1]).astype(np.int64))
    cuts = np.searchsorted(lines, np.arange(0, lines[-1], _LINES))
    return (slice(*cut) for cut in pairwise(distinct(np.append(cuts, len(points))).tolist()))
