"""The numbers of frame pairs: confusion matrices and counts, one row a frame pair.

matrix      rows = label of the job, columns = label of the ground truth, both with "unmatched" last
shape       valid (paired), missing, extra, total, ds, gt, and the mean similarity; tags do not count
label       valid (same label), invalid, total
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from annotools.geometry.ragged import Array, Floats, Ints
from annotools.quality.objects import Kind, Objects
from annotools.quality.pairing import FramePairs, Pairing

SHAPE = ("valid", "missing", "extra", "total", "ds", "gt")
LABEL = ("valid", "invalid", "total")


@dataclass(frozen=True, eq=False)
class Numbers:
    """matrix: (n, labels + 1, labels + 1).  shape: (n, 6), label: (n, 3) as named above.  mean_iou: (n,)."""

    matrix: Ints
    shape: Ints
    label: Ints
    mean_iou: Floats

    def only(self, rows: Array) -> Self:
        """Some frame pairs."""
        return replace(self, **{name: getattr(self, name)[rows] for name in ("matrix", "shape", "label", "mean_iou")})


def numbers(
    objects: Objects, frame_pairs: FramePairs, pairing: Pairing, *, empty_is_annotated: bool = False
) -> Numbers:
    """The numbers of all frame pairs.  empty_is_annotated: a side without objects counts as one that says so."""
    count = len(frame_pairs.first)
    matrix = _matrix(objects, pairing, count)
    shape, mean = _shapes(objects, pairing, count)
    same = objects.label[pairing.pairs.first] == objects.label[pairing.pairs.second]
    frame_pair = pairing.pairs.frame_pair
    label = np.stack(
        [_count(frame_pair[same], count), _count(frame_pair[~same], count), _count(frame_pair, count)], axis=1
    )
    if empty_is_annotated:
        _fill_empty(objects, frame_pairs, shape, label)
    return Numbers(matrix, shape, label, mean)


def _matrix(objects: Objects, pairing: Pairing, count: int) -> Ints:
    last = len(objects.dataset.labels.top)
    matrix = np.zeros((count, last + 1, last + 1), np.int64)
    pairs, missing, extra = pairing[:3]
    np.add.at(matrix, (pairs.frame_pair, objects.label[pairs.second], objects.label[pairs.first]), 1)
    np.add.at(matrix[:, last], (missing.frame_pair, objects.label[missing.row]), 1)
    np.add.at(matrix[:, :, last], (extra.frame_pair, objects.label[extra.row]), 1)
    return matrix


def _count(frame_pair: Ints, count: int) -> Ints:
    return np.bincount(frame_pair, minlength=count).astype(np.int64)


def _shapes(objects: Objects, pairing: Pairing, count: int) -> tuple[Ints, Floats]:
    pairs, *singles = pairing[:3]
    rows = objects.kind[pairs.first] != Kind.TAG
    sums = np.zeros(count)
    np.add.at(sums, pairs.frame_pair[rows], np.maximum(pairs.similarity[rows], 0))
    valid = _count(pairs.frame_pair[rows], count)
    unpaired = []
    for single in singles:
        rows = objects.kind[single.row] != Kind.TAG
        np.add.at(sums, single.frame_pair[rows], single.best[rows])
        unpaired.append(_count(single.frame_pair[rows], count))
    missing, extra = unpaired
    total = valid + missing + extra
    shape = np.stack([valid, missing, extra, total, valid + extra, valid + missing], axis=1)
    return shape, np.divide(sums, total, out=np.zeros(count), where=total > 0)


def _fill_empty(objects: Objects, frame_pairs: FramePairs, shape: Ints, label: Ints) -> None:
    """What is empty on both sides is one thing that is right, on one side one that this side has."""
    gt, ds = (np.isin(side, objects.block, invert=True) for side in frame_pairs)
    both = gt & ds
    for name, rows in (("valid", both), ("total", both), ("ds", ds), ("gt", gt)):
        shape[rows, SHAPE.index(name)] = 1
    for name in ("valid", "total"):
        label[both, LABEL.index(name)] = 1


def share(part: float, whole: float) -> float:
    """A share of a whole, 0 of nothing."""
    return part / whole if whole else 0.0
