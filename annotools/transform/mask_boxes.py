"""tighten-masks: the same masks in boxes that touch them, for run lengths of whole frames have no box.

box 0 0 9 9 with one pixel at 3 4   ->   box 3 4 3 4
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, lengths, pieces, segment_sum, take
from annotools.geometry.rle import are_tight, tighten_cvat_rles
from annotools.geometry.rle_layout import cvat_rle_counts, cvat_rle_tails
from annotools.model.codes import MASK
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Bools, Ints
from annotools.quirks import NONE, Quirks
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.rows import no_argument, recast

_PIECE = 1 << 17  # values at a time: what is made on the way is several times as large


def tighten_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Masks in boxes that touch them, without empty runs; those that are not masks stay."""
    no_argument("tighten-masks", argument)
    shapes, ledger = dataset.shapes, Ledger()
    rows = np.flatnonzero(shapes.type == MASK)
    rows = np.delete(rows, faulty_masks(shapes, rows))
    rows = rows[~are_exact(*take(shapes.values, shapes.offsets, rows))]
    if not len(rows):
        return dataset, Losses()
    ledger.changed("box of mask", "it touches the mask", dataset, "shapes", rows, column="points")
    masks = tighten_cvat_rles(*take(shapes.values, shapes.offsets, rows))
    return dataset.replace(shapes=recast(shapes, rows, masks)), ledger.losses()


def are_exact(values: Array, offsets: Ints) -> Bools:
    """Whether masks fill their boxes, touch all their sides, and have no empty run but a leading one."""
    if not len(values):
        return np.ones(len(offsets) - 1, np.bool_)
    return np.concatenate([_are_exact(*piece) for piece in pieces(values, offsets, _PIECE)])


def _are_exact(values: Array, offsets: Ints) -> Bools:
    runs, ends = cvat_rle_counts(values, offsets)
    tails = cvat_rle_tails(values, offsets)
    sides = np.maximum(tails[:, 2:] - tails[:, :2] + 1, 1)
    empty = runs == 0
    empty[ends[:-1][lengths(ends) > 0]] = False
    whole = (segment_sum(runs, ends) == sides[:, 0] * sides[:, 1]) & (segment_sum(empty, ends) == 0)
    exact = whole & (segment_sum(values != np.trunc(values), offsets) == 0)
    rows = np.flatnonzero(exact)
    exact[rows] = are_tight(*take(values, offsets, rows))
    return np.asarray(exact)
