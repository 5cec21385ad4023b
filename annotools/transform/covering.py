"""visible-masks: of masks that overlap only what is to be seen, for formats that paint them into one picture.

    visible-masks           plain shapes
    visible-masks=tracks    those of tracks too, which have a row on every frame on which they show

The highest covers the others; of one height the last.  A mask of which nothing is left is lost.  Masks come in boxes
that touch them, as they do when they are cut out of a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.ragged import Bools, Ints, Ragged, offsets_of, segment_all, take
from annotools.geometry.rle_layout import cvat_rle_tails
from annotools.geometry.visible import are_alone, seen_parts
from annotools.model.codes import MASK
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.packed_numbers import Numbers, NumbersBuffer
from annotools.model.tables import Shapes
from annotools.quirks import NONE, Quirks
from annotools.scale import mapped
from annotools.transform.mask_boxes import are_exact
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.rows import recast
from annotools.transform.track_gaps import without_rows

_BATCH = 1 << 11  # masks
_TRACKS = "tracks"


def visible_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Masks without what others cover; those that are not masks of their frames stay as they are."""
    if argument not in ("", _TRACKS):
        raise UsageError(f"transform visible-masks={argument}, expected {_TRACKS} or nothing")
    ledger, shapes = Ledger(), dataset.shapes
    rows = np.flatnonzero((shapes.type == MASK) & ((shapes.track < 0) | (bool(argument) & ~shapes.outside)))
    rows = np.delete(rows, faulty_masks(shapes, rows, dataset.frames.sizes(shapes.frame[rows])))
    if not len(rows):
        return dataset, Losses()
    changed, seen, counts = _seen(dataset, rows)
    empty = _are_empty(seen, counts)
    ledger.lost("mask", "nothing of it is to be seen", dataset, "shapes", changed[empty])
    why = "others cover a part of it, or its box was loose"
    ledger.changed("mask", why, dataset, "shapes", changed[~empty], "points")
    if empty.any():  # what is gone has no points, so that nothing is copied where it goes
        starts, counts = offsets_of(counts)[:-1], np.where(empty, 0, counts)
        seen = seen.chosen(starts, counts)
    dataset = dataset.replace(shapes=recast(shapes, changed, (seen, offsets_of(counts))))
    del seen
    if not empty.any():
        return dataset, ledger.losses()
    gone = np.zeros(len(shapes), np.bool_)
    gone[changed[empty]] = True
    ledger.lost("track", "nothing of it is to be seen", dataset, "tracks", without_rows(dataset, ~gone))
    return dataset.select(shapes=~gone), ledger.losses()


def _seen(dataset: Dataset, rows: Ints) -> tuple[Ints, Numbers, Ints]:
    """The masks of which less than all is to be seen, or that were loose; what is to be seen of them, and how much."""
    shapes = dataset.shapes
    order = rows[np.lexsort((np.arange(len(rows)), shapes.z_order[rows], shapes.frame[rows]))]
    parts = (
        (shapes.points_of(batch), shapes.frame[batch], dataset.frames.sizes(shapes.frame[batch]))
        for batch in _batches(shapes, order)
    )
    changed, runs, counts = [], NumbersBuffer(), []
    for batch, (places, (values, offsets)) in zip(_batches(shapes, order), mapped(_seen_of, parts), strict=True):
        changed.append(batch[places])
        runs.add(values)
        counts.append(np.diff(offsets))
    return np.concatenate(changed), runs.numbers(), np.concatenate(counts)


def _seen_of(masks: Ragged, frame: Ints, sizes: Ints) -> tuple[Ints, Ragged]:
    """Which of some masks are not to be seen as they are, the lowest of each frame first.  sizes: of their frames."""
    whole = are_exact(*masks) & are_alone(cvat_rle_tails(*masks), frame)
    hidden = np.flatnonzero(~whole)
    before = take(*masks, hidden)
    seen = seen_parts(before, frame[hidden], sizes[hidden])
    same = np.diff(seen[1]) == np.diff(before[1])
    alike = take(*seen, same)[0] == take(*before, same)[0]
    same[same] = segment_all(alike, take(*seen, same)[1])
    same &= ~_are_empty(Numbers.of(seen[0]), np.diff(seen[1]))  # of which nothing was to be seen before either
    return hidden[~same], take(*seen, ~same)


def _batches(shapes: Shapes, rows: Ints) -> Iterator[Ints]:
    """Masks of whole frames, some thousand at a time.  rows: frame after frame."""
    starts = np.append(np.flatnonzero(np.diff(shapes.frame[rows], prepend=-1)), len(rows))
    cuts = starts[np.searchsorted(starts, np.arange(0, len(rows), _BATCH))]
    return (rows[start:stop] for start, stop in pairwise(distinct(np.append(cuts, len(rows))).tolist()))


def _are_empty(runs: Numbers, counts: Ints) -> Bools:
    """Which masks have no pixels, and are [1, 0, 0, 0, 0]."""
    empty = counts == 5
    empty[empty] = runs.ranges(offsets_of(counts)[:-1][empty], np.ones(empty.sum(), np.int64)) == 1
    return np.asarray(empty)
