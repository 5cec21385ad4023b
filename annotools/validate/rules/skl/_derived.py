"""Skeletons and their elements, plain ones and those of tracks, so that one question serves both."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec
import numpy as np

from annotools.model import SKELETON
from annotools.model.tables import Array, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit

Edits = Callable[[int], list[Edit]]


class Family(msgspec.Struct, frozen=True, dict=True):
    """Skeletons of one kind.

    kind: `shape` or `track`.  wholes: rows of skeletons.  elements, parents: rows of elements and of what they are
    elements of, in the order of the input.  labels: of all rows of the table.
    """

    kind: str
    wholes: Ints
    elements: Ints
    parents: Ints
    labels: Array

    @cached_property
    def _by_parent(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.parents, kind="stable")
        return self.elements[order], self.parents[order]

    def parts(self, row: int) -> Ints:
        """The rows of the elements of one skeleton, in the order of the input."""
        elements, parents = self._by_parent
        first, last = np.searchsorted(parents, (row, row + 1))
        return elements[first:last]


def families(ctx: Context) -> tuple[Family, Family]:
    """The plain skeletons and the tracks of skeletons."""
    shapes, tracks = ctx.shapes, ctx.tracks
    plain = np.flatnonzero((shapes.type == SKELETON) & ctx.plain)
    inner = np.flatnonzero(shapes.parent >= 0)
    kinds = np.zeros(len(tracks), np.bool_)
    kinds[shapes.track[(shapes.type == SKELETON) & (shapes.track >= 0)]] = True
    moving = np.flatnonzero(kinds & (tracks.parent < 0))
    parts = np.flatnonzero(tracks.parent >= 0)
    return (
        Family("shape", plain, inner, shapes.parent[inner].astype(np.int64), shapes.label),
        Family("track", moving, parts, tracks.parent[parts].astype(np.int64), tracks.label),
    )


def parent_labels(ctx: Context) -> Ints:
    """For each label its skeleton's label id, -1 for a label of its own, and one more -1 for unknown labels."""
    return np.asarray([*(-1 if label.parent is None else label.parent for label in ctx.labels), -1], np.int64)
