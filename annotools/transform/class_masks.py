"""masks-by-class: of each frame one mask for a label, for formats whose pixels say no more than their class.

    car 1, car 2, person       ->       car (1 and 2), person

Masks do not overlap: `visible-masks` comes before.  What is not a mask of its frame stays as it is.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.masks import union_cvat_rle
from annotools.geometry.ragged import take
from annotools.model.codes import MASK
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.rows import no_argument, recast


def masks_by_class(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Masks of one label on a frame as one, in the row of the first."""
    no_argument("masks-by-class", argument)
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.type == MASK) & (shapes.track < 0) & ~shapes.outside)
    rows = np.delete(rows, faulty_masks(shapes, rows, dataset.frames.sizes(shapes.frame[rows])))
    pairs = np.stack([shapes.frame[rows], shapes.label[rows]], axis=1)
    keys, first, which, times = np.unique(pairs, axis=0, return_index=True, return_inverse=True, return_counts=True)
    if not len(rows) or times.max() < 2:
        return dataset, Losses()
    ledger, which = Ledger(), which.reshape(-1)
    why = "pixels say their class, not which object of it they are of"
    several = times > 1
    gone = np.zeros(len(shapes), np.bool_)
    gone[rows] = True
    gone[rows[first]] = False
    ledger.changed("mask", why, dataset, "shapes", rows[first[several]], column="points")
    ledger.lost("mask", why, dataset, "shapes", gone)
    united = union_cvat_rle(*take(shapes.values, shapes.offsets, rows), which, len(keys))
    joined = recast(shapes, rows[first[several]], take(*united, np.flatnonzero(several)))
    return dataset.replace(shapes=joined).select(shapes=~gone), ledger.losses()
