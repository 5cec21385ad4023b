"""The keyframes of tracks, as rows of the table of shapes."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from annotools.geometry import ragged
from annotools.model.tables import Ints
from annotools.validate.findings import NOTHING


class Keyframes:
    """The keyframes of all tracks: `rows` of `ctx.shapes`, those of track t at rows[offsets[t]:offsets[t + 1]]."""

    def __init__(self, rows: Ints, offsets: Ints) -> None:
        self.rows = rows
        self.offsets = offsets

    @cached_property
    def lengths(self) -> Ints:
        """How many keyframes each track has."""
        return ragged.lengths(self.offsets)

    @cached_property
    def first(self) -> Ints:
        """The shape row of each track's first keyframe, -1 for none."""
        return self._end(self.offsets[:-1])

    @cached_property
    def last(self) -> Ints:
        """The shape row of each track's last keyframe, -1 for none."""
        return self._end(self.offsets[1:] - 1)

    def _end(self, places: Ints) -> Ints:
        ends = np.full(len(places), -1, np.int64)
        some = self.lengths > 0
        ends[some] = self.rows[places[some]]
        return ends

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Shape rows of keyframes that follow each other in one track: (earlier, later)."""
        starts = np.ones(len(self.rows) + 1, np.bool_)
        starts[self.offsets] = False
        later = np.flatnonzero(starts[:-1]) if len(self.rows) else NOTHING
        return self.rows[later - 1], self.rows[later]
