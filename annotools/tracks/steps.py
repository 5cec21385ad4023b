"""Rows of tracks on the way to a table: which keyframe each comes from, and on which frame it stands.

    left   0 0 0 1 1      the keyframe at or before each, a place in `Keyframes`
    frame  0 1 2 3 4
    given  x     x        whether it is that keyframe itself
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.tables import Attributes, Shapes
from annotools.tracks.carried import Carried


@dataclass(frozen=True)
class Steps:
    """Rows of tracks by track and frame."""

    left: Ints
    frame: Ints
    given: Bools

    def only(self, rows: Ints | Bools) -> Self:
        """Some of them."""
        return type(self)(self.left[rows], self.frame[rows], self.given[rows])


def together(dataset: Dataset, tracked: Shapes, carried: Carried) -> Dataset:
    """Plain shapes as they were, then the rows of tracks.

    tracked: the new rows of tracks.  carried: their attributes.
    """
    shapes, given = dataset.shapes, dataset.attributes
    plain = np.flatnonzero(shapes.track < 0)
    new = np.full(len(shapes) + 1, -1, np.int32)  # the last is that of the row -1
    new[plain] = np.arange(len(plain))
    rest = shapes.take(plain)
    rest = rest.replace(parent=new[rest.parent])
    of_shape = given.kind == Owner.SHAPE
    owner = np.where(of_shape, new[np.where(of_shape, given.owner, -1)], given.owner)
    attributes = given.replace(owner=owner).take(owner >= 0)
    return dataset.replace(
        shapes=Shapes.concat([rest, tracked]), origin=None, extras=None,
        attributes=Attributes.concat([attributes, carried.table(len(plain), given.pool)]),
    )  # fmt: skip
