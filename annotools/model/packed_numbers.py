"""Many numbers in little memory: as the whole numbers or hundredths that they are, where nothing is lost by it.

    12.5 7.25 64.0          ->  hundredths of 16 bits   1250 725 6400
    0 70000 5, run lengths  ->  whole numbers of 32 bits
    0.1 + 0.2               ->  float64, as it is

A step that makes the points of all shapes anew has them twice for a while, those of before and those of after; packed,
the new ones take a quarter of the memory.  Numbers are packed block by block, so that a large one does not widen all.
Every value comes back bit by bit: what would not, -0.0 and NaN among it, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.column_buffer import ColumnBuffer
from annotools.model.columns import REAL, Array, Floats, Ints, at, frozen, values_of

_BLOCK = 1 << 16  # numbers that are packed alike; fewer are not packed
_HEAD = 1 << 6  # of a block, by which most are told that cannot be packed in some way
_WAYS = ((1.0, np.uint16), (1.0, np.int32), (100.0, np.uint16), (100.0, np.int32))  # parts of one, and of how many bits
_AS_IT_IS = len(_WAYS)


class Numbers:
    """A column of float64, or the same packed; once it is asked for as a whole, it is that column."""

    __slots__ = ("_kept",)

    def __init__(self, kept: Floats | _Packed) -> None:
        self._kept = kept

    @classmethod
    def of(cls, values: ArrayLike | Numbers) -> Numbers:
        """Numbers as they are given.  values: shared where it is float64."""
        return values if isinstance(values, Numbers) else cls(frozen(values, REAL))

    def __len__(self) -> int:
        return len(self._kept) if isinstance(self._kept, np.ndarray) else self._kept.size

    def __repr__(self) -> str:
        return repr(self.wide)

    @property
    def is_packed(self) -> bool:
        """Whether they are not there as a column."""
        return not isinstance(self._kept, np.ndarray)

    @property
    def wide(self) -> Floats:
        """All of them, as a column that is kept from now on in place of the packed one.  (n,) float64."""
        kept = self._kept
        if not isinstance(kept, np.ndarray):
            whole = np.empty(kept.size)
            for start in range(0, kept.size, _BLOCK):
                stop = min(start + _BLOCK, kept.size)
                whole[start:stop] = kept.between(start, stop)
            self._kept = kept = np.asarray(frozen(whole, REAL))
        return kept

    def between(self, start: int, stop: int) -> Floats:
        """Those from one position up to another."""
        kept = self._kept
        return (
            kept[start:stop]
            if isinstance(kept, np.ndarray)
            else kept.ranges(np.array([start]), np.array([stop - start]))
        )

    def ranges(self, starts: Ints, counts: Ints) -> Floats:
        """Those of ranges, one range behind the other."""
        kept = self._kept
        return values_of(kept, starts, counts) if isinstance(kept, np.ndarray) else kept.ranges(starts, counts)

    def runs(self, slices: list[slice]) -> Numbers:
        """Those of slices, one behind the other; packed as these are."""
        kept = self._kept
        if isinstance(kept, np.ndarray):
            return Numbers.of(at(kept, slices))
        if slices == [slice(0, kept.size)]:
            return self
        return self.chosen(*np.array([(run.start, run.stop - run.start) for run in slices], np.int64).T)

    def chosen(self, starts: Ints, counts: Ints) -> Numbers:
        """Those of ranges, one range behind the other; packed as these are."""
        if not self.is_packed:
            return Numbers.of(self.ranges(starts, counts))
        buffer, ends = NumbersBuffer(), np.cumsum(counts)
        cuts = np.searchsorted(ends, np.arange(0, ends[-1] if len(ends) else 0, _BLOCK), "right").tolist()
        for first, last in pairwise([*cuts, len(starts)]):
            buffer.add(self.ranges(starts[first:last], counts[first:last]))
        return buffer.numbers()

    def pieces(self, start: int, stop: int) -> Iterator[Floats]:
        """Those from one position up to another, some at a time: what is made of them stays in the cache."""
        for first in range(start, stop, _BLOCK):
            yield self.between(first, min(first + _BLOCK, stop))


class _Packed(NamedTuple):
    """Blocks of numbers, those that are packed in one way behind one another.

    columns: of each way.  only: the way in which all blocks are packed, if it is one.  way: (blocks,) of each.
    shift: (blocks,) from the position of a number among all to its position in the column of its way.
    size: how many numbers there are.
    """

    columns: list[Array]
    only: int | None
    way: Array
    shift: Ints
    size: int

    def between(self, start: int, stop: int) -> Floats:
        """The numbers from one position up to another."""
        if self.only is not None:
            return _unpacked(self.columns[self.only][start:stop], self.only)
        return self._at(np.arange(start, stop))

    def ranges(self, starts: Ints, counts: Ints) -> Floats:
        """The numbers of ranges, one range behind the other."""
        if self.only is not None:
            return _unpacked(values_of(self.columns[self.only], starts, counts), self.only)
        shifts = starts - (np.cumsum(counts) - counts)
        return self._at(np.repeat(shifts, counts) + np.arange(counts.sum()))

    def _at(self, positions: Ints) -> Floats:
        block = positions // _BLOCK
        ways, places, numbers = self.way[block], positions + self.shift[block], np.empty(len(positions))
        for way in np.flatnonzero(np.bincount(ways)).tolist():
            mine = np.flatnonzero(ways == way)
            numbers[mine] = _unpacked(self.columns[way][places[mine]], way)
        return numbers


class NumbersBuffer:
    """Numbers that grow at their end, and are packed on the way; less than a block of them stays as it is."""

    def __init__(self, pieces: Iterable[Array] = ()) -> None:
        self._columns = [ColumnBuffer.of(np.zeros(0, kind)) for kind in (*(kind for _, kind in _WAYS), np.float64)]
        self._ways: list[int] = []
        self._waiting, self._count = np.empty(_BLOCK), 0
        for piece in pieces:
            self.add(piece)

    def add(self, values: Array) -> None:
        """Put numbers at the end."""
        done = 0
        while done < len(values):
            more = min(_BLOCK - self._count, len(values) - done)
            self._waiting[self._count : self._count + more] = values[done : done + more]
            self._count, done = self._count + more, done + more
            if self._count == _BLOCK:
                self._pack()

    def _pack(self) -> None:
        way, packed = _packed(self._waiting[: self._count])
        self._columns[way].add(packed)
        self._ways.append(way)
        self._count = 0

    def numbers(self) -> Numbers:
        """All of them.  Nothing can be added any more."""
        if not self._ways:
            return Numbers.of(self._waiting[: self._count].copy())
        size = len(self._ways) * _BLOCK + self._count
        if self._count:
            self._pack()
        columns, ways = [column.column() for column in self._columns], set(self._ways)
        if ways == {_AS_IT_IS}:
            return Numbers.of(columns[_AS_IT_IS])
        way, places = np.array(self._ways), np.zeros(len(self._ways), np.int64)
        for used in ways:
            places[way == used] = np.arange(self._ways.count(used))
        only = self._ways[0] if len(ways) == 1 else None
        return Numbers(_Packed(columns, only, way, (places - np.arange(len(way))) * _BLOCK, size))


def _packed(values: Floats) -> tuple[int, Array]:
    """The way in which numbers take the least memory, and what they are in it; the array is one of its own."""
    for way, (parts, kind) in enumerate(_WAYS):
        if _as_parts(values[:_HEAD], parts, kind) is not None:
            packed = _as_parts(values, parts, kind)
            if packed is not None:
                return way, packed
    return _AS_IT_IS, values.copy()


def _as_parts(values: Floats, parts: float, kind: Any) -> Array | None:
    """Numbers as so many parts of one, whole numbers of some kind; None where they would not come back as they are."""
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(values * parts)
    limits = np.iinfo(kind)
    if not (whole.min() >= limits.min and whole.max() <= limits.max):  # nor where one is NaN
        return None
    packed = whole.astype(kind)
    same = (packed / parts).view(np.int64) == values.view(np.int64)
    return packed if same.all() else None


def _unpacked(packed: Array, way: int) -> Floats:
    if way == _AS_IT_IS:
        return np.asarray(packed, np.float64)
    parts = _WAYS[way][0]
    return packed.astype(np.float64) if parts == 1 else np.asarray(packed / parts, np.float64)
