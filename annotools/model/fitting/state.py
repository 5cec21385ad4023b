"""A fit while it goes on: the dataset so far, what the format keeps, what was lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.codes import ShapeType
from annotools.model.columns import Array, Bools
from annotools.model.dataset import Dataset
from annotools.model.keeps import Keeps
from annotools.model.losses import Ledger

ELEMENT = len(ShapeType)  # the kind of an element of a skeleton, after the shape types


class Fitting:
    """dataset: as far as it is.  final: whether also that goes which only the writer uses."""

    def __init__(self, dataset: Dataset, keeps: Keeps, *, final: bool) -> None:
        self.dataset = dataset
        self.keeps = keeps
        self.final = final
        self.ledger = Ledger("fit")

    def lose(self, table: str, column: str, rows: ArrayLike, what: str, why: str) -> None:
        """Count cells that do not survive.  rows: of the table as it is now, numbers or a mask."""
        self.ledger.lost(what, why, self.dataset, table, rows, column)

    def stays(self, table: str, column: str) -> bool:
        """Whether the writer needs what does not survive."""
        return not self.final and f"{table}.{column}" in self.keeps.uses

    def select(self, table: str, keep: Bools) -> None:
        """Only some rows of a table, and what refers to them."""
        if not keep.all():
            self.dataset = self.dataset.select(**{table: keep})

    @property
    def is_element(self) -> Bools:
        """Which shapes are elements of skeletons."""
        shapes, tracks = self.dataset.shapes, self.dataset.tracks
        element = shapes.parent >= 0
        if (tracks.parent >= 0).any():
            tracked = shapes.track >= 0
            element[tracked] |= tracks.parent[shapes.track[tracked]] >= 0
        return element

    @property
    def kind(self) -> Array:
        """The type of each shape, `ELEMENT` for elements."""
        return np.where(self.is_element, ELEMENT, self.dataset.shapes.type)

    def kept_by_kind(self, column: str) -> Bools:
        """Per shape type, and for elements, whether a column survives."""
        types = [column in self.keeps.shapes.get(kind, ()) for kind in ShapeType]
        return np.array([*types, column in (self.keeps.elements or ())])


def kind_word(code: int) -> str:
    """What people call a kind."""
    return "skeleton element" if code == ELEMENT else ShapeType(code).word
