"""Which element belongs to which skeleton.

A plain skeleton's elements name its row in `parent`; elements of a skeleton's track are rows of tracks of their own,
and belong to the row of the skeleton's track on the same frame.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Ints
from annotools.model.columns import is_uniform, uniform
from annotools.model.dataset import Dataset


def element_owners(dataset: Dataset) -> Ints:
    """The row of `shapes` of the skeleton that each row is an element of; -1 for what is no element.

    (n,) int64, not to be changed.  Also -1 for an element of a track on a frame on which the skeleton's track has no
    row.
    """
    shapes, parent = dataset.shapes, dataset.tracks.parent
    if is_uniform(shapes.parent) and not (parent >= 0).any():
        return uniform(shapes.parent[0].astype(np.int64), len(shapes))
    owners = shapes.parent.astype(np.int64)
    above = np.append(parent, -1)[shapes.track].astype(np.int64)
    elements = np.flatnonzero(above >= 0)
    if not len(elements):
        return owners
    skeletons = np.flatnonzero((shapes.track >= 0) & (above < 0))
    keys = _keys(shapes.frame[skeletons], shapes.track[skeletons], len(parent))
    order = np.argsort(keys)
    wanted = _keys(shapes.frame[elements], above[elements], len(parent))
    position = np.searchsorted(keys[order], wanted)
    owner = np.append(skeletons[order], -1)[position]
    owners[elements] = np.where(np.append(keys[order], -1)[position] == wanted, owner, -1)
    return owners


def _keys(frame: Ints, track: Array, tracks: int) -> Ints:
    """One number for frame and track."""
    return np.asarray(frame * tracks + track)
