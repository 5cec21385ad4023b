"""The tables of the hub: one row an annotation, one numpy array a column.

    Shapes.of(type=[0, 0], frame=[0, 1], label=[7, 7], values=[1, 2, 3, 4, 5, 6, 7, 8], offsets=[0, 4, 8])

Everything that has points is a row of `Shapes`: a plain shape (track = parent = -1), a keyframe of a track
(`track` is a row of `Tracks`), an element of a plain skeleton (`parent` is a row of `Shapes`).  A skeleton's track
has its elements as tracks of their own (`Tracks.parent`).  A row of a track repeats the track's label, group, source
and job, so that a question about shapes needs no join.

`label` and `spec` are ids as given, `frame` is the task's frame number as given (also where nothing of that number
exists); `job`, `track`, `parent` and an attribute's `owner` are row numbers, -1 for none.  `id` is -1 where the input
had none.  Columns are read-only; one that says the same of many rows is that one value with a stride of 0.  Points are
ragged: row i is values[offsets[i]:offsets[i + 1]], absolute pixels, y down; a mask holds CVAT's run lengths followed
by left, top, right, bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.attribute_rows import Attributes
from annotools.model.codes import Owner
from annotools.model.columns import (
    CODE,
    FLAG,
    ID,
    NUMBER,
    REAL,
    ROW,
    SCORE,
    Array,
    Bools,
    Codes,
    Column,
    Floats,
    Ints,
    Rows,
    at,
    frozen,
    joined_runs,
    rows_of,
    runs_of,
)
from annotools.model.extras import without_derived
from annotools.model.packed_numbers import Numbers
from annotools.model.point_rows import same_points
from annotools.model.table import Table
from annotools.model.views import IntervalView, ShapeView, TagView, TrackView

__all__ = [
    "Array", "Attributes", "Bools", "Codes", "Floats", "Intervals", "Ints", "Rows", "Shapes", "Table", "Tags", "Tracks"
]  # fmt: skip

_PIECE = 1 << 13  # rows that are looked at together: nothing is made of all of them
_GEOMETRY = frozenset({"type", "rotation", "values", "offsets"})
_NO_DATASET = "this table stands alone: take it from a dataset to walk its rows"

View = TypeVar("View")


@dataclass(frozen=True, eq=False)
class _Walkable(Table, Generic[View]):
    """A table whose rows can be walked as views once it knows who looks them up."""

    OWNER: ClassVar[Owner]

    view: Callable[[Owner, int], Any] | None = field(default=None, repr=False, kw_only=True)

    def bind(self, view: Callable[[Owner, int], Any]) -> Self:
        """The same table with a way to look up labels and frames.

        Every `dataset.shapes` asks for it: not by `replace`, which sets and checks each column again in 15 us.
        """
        bound = object.__new__(type(self))
        vars(bound).update(vars(self), view=view)
        return bound

    def __getitem__(self, row: int) -> View:
        if self.view is None:
            raise TypeError(_NO_DATASET)
        view: View = self.view(self.OWNER, row)
        return view

    def __iter__(self) -> Iterator[View]:
        return (self[row] for row in range(len(self)))


@dataclass(frozen=True, eq=False)
class Tags(_Walkable[TagView]):
    """Labels of whole frames."""

    OWNER: ClassVar = Owner.TAG
    COLUMNS: ClassVar = {"id": ID, "job": ROW, "frame": NUMBER, "label": ID, "group": NUMBER, "source": CODE}

    id: Ints
    job: Rows
    frame: Ints
    label: Ints
    group: Ints
    source: Codes


@dataclass(frozen=True, eq=False)
class Tracks(_Walkable[TrackView]):
    """Objects over frames; their keyframes are rows of `Shapes`."""

    OWNER: ClassVar = Owner.TRACK
    COLUMNS: ClassVar = Tags.COLUMNS | {"parent": ROW}

    id: Ints
    job: Rows
    frame: Ints
    label: Ints
    group: Ints
    source: Codes
    parent: Rows


@dataclass(frozen=True, eq=False)
class Intervals(_Walkable[IntervalView]):
    """Stretches of audio; start and stop in the units of the media, stop exclusive and -1 for an open end."""

    OWNER: ClassVar = Owner.INTERVAL
    COLUMNS: ClassVar = {
        "id": ID, "job": ROW, "label": ID, "start": NUMBER, "stop": ID, "group": NUMBER, "source": CODE, "score": SCORE,
    }  # fmt: skip

    id: Ints
    job: Rows
    label: Ints
    start: Ints
    stop: Ints
    group: Ints
    source: Codes
    score: Floats


@dataclass(frozen=True, eq=False)
class Shapes(_Walkable[ShapeView]):
    """Everything that has points."""

    OWNER: ClassVar = Owner.SHAPE
    COLUMNS: ClassVar = {
        "id": ID, "job": ROW, "frame": NUMBER, "label": ID, "type": CODE, "track": ROW, "parent": ROW,
        "keyframe": Column(np.bool_, True), "outside": FLAG, "occluded": FLAG, "z_order": NUMBER, "rotation": REAL,
        "group": NUMBER, "source": CODE, "score": SCORE,
    }  # fmt: skip

    id: Ints
    job: Rows
    frame: Ints
    label: Ints
    type: Codes
    track: Rows
    parent: Rows
    keyframe: Bools
    outside: Bools
    occluded: Bools
    z_order: Ints
    rotation: Floats
    group: Ints
    source: Codes
    score: Floats
    numbers: Numbers = field(metadata={"given": "values"})
    offsets: Ints

    @classmethod
    def _rest(cls, size: int, columns: dict[str, Any]) -> dict[str, Any]:
        numbers = Numbers.of(columns.pop("values", ()))
        ends = columns.pop("offsets", None)
        offsets = frozen(np.zeros(size + 1) if ends is None else ends, NUMBER)
        if len(offsets) != size + 1 or offsets[0] != 0 or offsets[-1] != len(numbers):
            raise ValueError(f"offsets must be {size + 1} numbers from 0 to {len(numbers)}")
        return columns | {"numbers": numbers, "offsets": offsets}

    @property
    def values(self) -> Floats:
        """The points of all rows as one column.  Where they are many, `points_of` some rows needs less memory."""
        return self.numbers.wide

    @property
    def counts(self) -> Ints:
        """The number of values (two a point) of each row."""
        counts: Ints = np.diff(self.offsets)
        return counts

    def counts_of(self, rows: ArrayLike) -> Ints:
        """The number of values of some rows, in their order.  rows: row numbers, or a boolean mask."""
        chosen = rows_of(rows)
        counts: Ints = self.offsets[1:][chosen] - self.offsets[:-1][chosen]
        return counts

    def have(self, values: int) -> Bools:
        """Whether each row has so many values; the numbers of all rows take as much memory as their frames.  (n,)"""
        there = np.empty(len(self), np.bool_)
        for start in range(0, len(self), _PIECE):
            there[start : start + _PIECE] = np.diff(self.offsets[start : start + _PIECE + 1]) == values
        return there

    def points(self, row: int) -> Floats:
        """The values of one row."""
        return self.numbers.between(int(self.offsets[row]), int(self.offsets[row + 1]))

    def points_of(self, rows: ArrayLike) -> tuple[Floats, Ints]:
        """The points of some rows, in their order, as values and offsets.  rows: row numbers, or a boolean mask."""
        chosen = rows_of(rows)
        counts = self.counts_of(chosen)
        return self.numbers.ranges(self.offsets[:-1][chosen], counts), np.concatenate(([0], np.cumsum(counts)))

    @cached_property
    def _are_boxes(self) -> bool:
        """Whether each row has four values; those of tracks are asked for some at a time, many times."""
        return bool(self.have(4).all())

    @property
    def are_finite(self) -> Bools:
        """Whether all numbers of each row are finite.  (n,) bool."""
        finite, start = np.ones(len(self), np.bool_), 0
        for piece in self.numbers.pieces(0, len(self.numbers)):
            odd = np.flatnonzero(~np.isfinite(piece))
            finite[np.searchsorted(self.offsets, start + odd, "right") - 1] = False
            start += len(piece)
        return finite

    def with_points(self, values: ArrayLike | Numbers, offsets: ArrayLike | None = None) -> Self:
        """The same rows with other points; offsets stay unless given."""
        ends = self.offsets if offsets is None else offsets
        return self._settled(self._with(**self._rest(len(self), {"values": values, "offsets": ends})))

    def replace(self, **columns: Any) -> Self:
        """The same table with some columns changed; what followed from geometry that differs now is gone."""
        if "values" in columns:
            moved = self.with_points(columns.pop("values"), columns.pop("offsets", None))
            return moved.replace(**columns)
        return self._settled(super().replace(**columns), columns.keys())

    def _settled(self, new: Self, names: Set[str] = frozenset({"values"})) -> Self:
        derived = any(extra.derived for extra in self.extras.values())
        if not derived or "extras" in names or not names & _GEOMETRY or len(new) != len(self):
            return new
        differ = (new.type != self.type) | (new.rotation != self.rotation) | ~same_points(self, new)
        differ[new.parent[differ & (new.parent >= 0)]] = True  # a skeleton is where its elements are
        return new._with(extras=without_derived(new.extras, differ))

    def boxes(self, index: ArrayLike | None = None) -> Floats:
        """The first four values of each row, NaN where a row has fewer.  (n, 4) float64.  index: of these rows only."""
        rows = None if index is None else rows_of(index)
        if self._are_boxes:
            table = self.values.reshape(-1, 4)
            picked = table if rows is None else at(table, runs_of(rows, len(self)))
            return picked if picked.base is None else picked.copy()  # a single run of rows is shared
        rows = np.arange(len(self)) if rows is None else rows
        counts, starts = self.counts_of(rows), self.offsets[rows]
        boxes, whole = np.full((len(counts), 4), np.nan), np.flatnonzero(counts >= 4)
        boxes[whole] = self.numbers.ranges(starts[whole], np.full(len(whole), 4)).reshape(-1, 4)
        return boxes

    def take(self, index: ArrayLike) -> Self:
        runs = runs_of(rows_of(index), len(self))
        counts = at(self.offsets[1:], runs) - at(self.offsets[:-1], runs)
        offsets = np.concatenate(([0], np.cumsum(counts)))
        if isinstance(runs, list):
            ends = [(int(self.offsets[run.start]), int(self.offsets[run.stop])) for run in runs]
            numbers = self.numbers.runs(joined_runs(ends))  # shared where all rows that are left out are empty
        elif offsets[-1] == len(self.numbers) and (runs[1:] > runs[:-1]).all():
            numbers = self.numbers  # the same
        else:
            numbers = self.numbers.chosen(self.offsets[:-1][runs], counts)
        return self._with(**self._picked(runs), numbers=numbers, offsets=frozen(offsets, NUMBER))

    @classmethod
    def concat(cls, tables: Iterable[Self]) -> Self:
        parts = list(tables)
        if not parts:
            return cls.of(0)
        joined = cls._stacked(parts)
        values = np.concatenate([p.values for p in parts])
        offsets = np.concatenate(([0], np.cumsum(np.concatenate([p.counts for p in parts]))))
        return parts[0]._with(**joined, numbers=Numbers.of(values), offsets=frozen(offsets, NUMBER))
