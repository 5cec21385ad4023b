"""Groups: whether the instance that an object belongs to is the one that its partner belongs to.

ground truth groups boxes 1 and 2, the job does not      one of them gets the partner, the other is in conflict
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.model.columns import distinct
from annotools.quality.assignment import assign
from annotools.quality.objects import Kind, Objects
from annotools.quality.pairing import FramePairs, Pairs
from annotools.quality.pixels import runs


def mismatching(objects: Objects, frame_pairs: FramePairs, pairs: Pairs, threshold: float) -> Bools:
    """Which pairs of shapes are in groups that do not belong together.  (pairs,)"""
    wrong = np.zeros(len(pairs.frame_pair), np.bool_)
    shapes = np.flatnonzero(objects.kind[pairs.first] != Kind.TAG)
    grouped = distinct(objects.block[objects.group != 0])
    for part in runs(pairs.frame_pair[shapes]):
        own = shapes[part]
        frame_pair = pairs.frame_pair[own[0]]
        blocks = frame_pairs.first[frame_pair], frame_pairs.second[frame_pair]
        if np.isin(blocks, grouped).any():
            wrong[own] = _wrong(objects, blocks, pairs.first[own], pairs.second[own], threshold)
    return wrong


def _wrong(objects: Objects, blocks: tuple[int, int], first: Ints, second: Ints, threshold: float) -> Bools:
    """The objects of one frame pair.  Of several partners of an object the last one counts for its instance."""
    bases, sizes = [], []
    for block in blocks:
        start, stop = np.searchsorted(objects.block, [block, block + 1])
        numbers = objects.instance[start:stop]
        numbers = numbers[numbers >= 0]
        bases.append(int(numbers.min()))
        sizes.append(np.bincount(numbers - bases[-1]))
    i, j = objects.instance[first] - bases[0], objects.instance[second] - bases[1]
    last = len(first) - 1 - np.unique(first[::-1], return_index=True)[1]
    shared = np.zeros((len(sizes[0]), len(sizes[1])))
    np.add.at(shared, (i[last], j[last]), 1)
    rows, columns = assign(shared / (sizes[0][:, None] + sizes[1][None] - shared), threshold)
    partner = np.full(len(sizes[0]), -1)
    partner[rows] = columns
    return np.asarray((partner[i] != j) | ((sizes[0][i] == 1) & (sizes[1][j] != 1)))
