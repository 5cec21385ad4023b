"""The keyframes of all tracks in one order, cleaned as the CVAT server does before it interpolates.

Ordered by track and frame; those on deleted frames do not count; of several on one frame the first counts.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec
import numpy as np

from annotools.geometry.ragged import Array, Bools, Ints, expand_ranges, offsets_of, segment_all
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger
from annotools.model.tables import Shapes

_NOT_COMPARED = {"id", "keyframe"}


class Keyframes(msgspec.Struct, frozen=True):
    """rows: their rows in the dataset's `shapes`.  shapes: these rows.  last: whether none of the track follows.

    clash: whether a different keyframe stood on the same frame, so that nothing can be said about the way on.
    """

    rows: Ints
    shapes: Shapes
    last: Bools
    clash: Bools

    def __len__(self) -> int:
        return len(self.rows)


def gather(dataset: Dataset, ledger: Ledger) -> Keyframes:
    """The keyframes that count; those that do not are noted as lost or changed."""
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[~_is_deleted(dataset, rows, ledger)]
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    rows, clash = _one_a_frame(dataset, rows, ledger)
    table = shapes.take(rows)
    last = np.ones(len(rows), np.bool_)
    last[:-1] = table.track[1:] != table.track[:-1]
    return Keyframes(rows, table, last, clash)


def _is_deleted(dataset: Dataset, rows: Ints, ledger: Ledger) -> Bools:
    frame, deleted = dataset.shapes.frame[rows], dataset.frames.deleted
    gone = (frame >= 0) & (frame < len(deleted))
    gone[gone] = deleted[frame[gone]]
    ledger.lost("keyframe of track", "its frame is deleted", dataset, "shapes", rows[gone])
    return np.asarray(gone)


def _one_a_frame(dataset: Dataset, rows: Ints, ledger: Ledger) -> tuple[Ints, Bools]:
    """The first row of each track and frame, and whether a different one followed it there."""
    shapes = dataset.shapes
    new = np.ones(len(rows), np.bool_)
    new[1:] = (np.diff(shapes.track[rows]) != 0) | (np.diff(shapes.frame[rows]) != 0)
    clash = np.zeros(len(rows), np.bool_)
    if not new.all():
        first = np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))[~new]
        unlike = ~_alike(dataset, rows[first], rows[~new])
        clash[first[unlike]] = True
        why = "another keyframe of the track stands on the same frame, which is held until the next one"
        ledger.changed("keyframe of track", why, dataset, "shapes", rows[~new][unlike])
    return rows[new], clash[new]


def _alike(dataset: Dataset, one: Ints, other: Ints) -> Bools:
    """Whether rows say the same, ids apart."""
    shapes = dataset.shapes
    alike = shapes.counts_of(one) == shapes.counts_of(other)
    for name in shapes.COLUMNS.keys() - _NOT_COMPARED:
        column = getattr(shapes, name)
        alike &= column[one] == column[other]
    rows = np.flatnonzero(alike)
    counts = shapes.counts_of(one[rows])
    pair = (shapes.values[expand_ranges(shapes.offsets[side[rows]], counts)] for side in (one, other))
    alike[rows] = segment_all(np.equal(*pair), offsets_of(counts))
    attributes = _attribute_pairs(dataset, np.concatenate([one, other]))
    same = [attributes[a] == attributes[b] for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    return np.asarray(alike & np.array(same, np.bool_))


def _attribute_pairs(dataset: Dataset, rows: Array) -> dict[int, list[tuple[int, int]]]:
    """The attributes of rows as sorted pairs of specification and value."""
    attributes = dataset.attributes
    mine = attributes.take((attributes.kind == Owner.SHAPE) & np.isin(attributes.owner, rows))
    pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for owner, spec, value in sorted(zip(mine.owner.tolist(), mine.spec.tolist(), mine.value.tolist(), strict=True)):
        pairs[owner].append((spec, value))
    return pairs
