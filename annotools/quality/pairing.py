"""Both sides of every frame: which object of the one is which of the other, and what has no partner.

A *frame pair* is one frame of a comparison: a block (home and frame) of objects on the first side, ground truth or the
earlier replica, and one on the second.  All frame pairs are tried together, kind by kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from annotools.geometry.ragged import Array, Floats, Ints, expand_ranges, offsets_of
from annotools.quality.assignment import assign
from annotools.quality.candidates import Candidates, all_candidates
from annotools.quality.crowds import all_shares, largest
from annotools.quality.near import Table
from annotools.quality.objects import Objects
from annotools.quality.settings import QualitySettings
from annotools.quality.similarity import regions
from annotools.quality.similarity.regions import Units

Rows = TypeVar("Rows", "Pairs", "Single")
_MOST_PAIRS = 500_000  # tried at a time
_MOSTLY = 8  # pairs of a crowd, of which one that is alike makes a table of all cheaper than a list
_NOTHING = np.zeros(0, np.int64), np.zeros(0, np.int64)
_REAL = ("similarity", "turned", "best")  # columns that are not row numbers


class FramePairs(NamedTuple):
    """The blocks of both sides, by frame pair; -1 where there is no object at all."""

    first: Ints
    second: Ints


@dataclass(frozen=True, eq=False)
class Pairs:
    """Rows of objects that belong together.  turned: how much better a polyline fits the other way round."""

    frame_pair: Ints
    first: Ints
    second: Ints
    similarity: Floats
    turned: Floats


@dataclass(frozen=True, eq=False)
class Single:
    """Rows of objects of one side without a partner.  best: their largest similarity to anything there."""

    frame_pair: Ints
    row: Ints
    best: Floats


class Pairing(NamedTuple):
    """Everything that was compared: pairs, and what is left on the first and the second side.

    near: all pairs that are alike enough to be one, assigned or not, where that is asked for; nobody asks their turns.
    tables: the same of crowds of which most pairs are.
    """

    pairs: Pairs
    first: Single
    second: Single
    near: Pairs
    tables: tuple[Table, ...] = ()


def pair(objects: Objects, frame_pairs: FramePairs, settings: QualitySettings, *, consensus: bool = False) -> Pairing:
    """All kinds, in the order of a report.

    consensus: polygons and masks apart, groups of no account to points, and all near pairs.
    """
    parts = [
        _pair_kind(candidates, frame_pairs, near=consensus)
        for candidates in all_candidates(objects, settings, consensus=consensus)
        if len(candidates.block)
    ]
    return _joined(parts)


def _joined(parts: list[Pairing]) -> Pairing:
    """One for all; rows by frame pair, and within one in the order of the parts."""
    return Pairing(
        _stacked(Pairs, [part.pairs for part in parts]), _stacked(Single, [part.first for part in parts]),
        _stacked(Single, [part.second for part in parts]), _stacked(Pairs, [part.near for part in parts]),
        tuple(table for part in parts for table in part.tables),
    )  # fmt: skip


def _stacked(kind: type[Rows], parts: list[Rows]) -> Rows:
    columns = {}
    for field in fields(kind):
        name: str = field.name
        empty = np.zeros(0, np.float64 if name in _REAL else np.int64)
        columns[name] = np.concatenate([empty, *(getattr(part, name) for part in parts)])
    order = np.argsort(columns["frame_pair"], kind="stable")
    return kind(**{name: column[order] for name, column in columns.items()})


class _Grid(NamedTuple):
    """All with all of some frame pairs.  first, second: candidates, ragged by frame pair; i, j: positions in these."""

    first: Ints
    second: Ints
    first_ends: Ints
    second_ends: Ints
    i: Ints
    j: Ints
    frame_pair: Ints


def _grid(block: Ints, frame_pairs: FramePairs) -> _Grid:
    starts = [np.searchsorted(block, side) for side in frame_pairs]
    counts = [np.searchsorted(block, side, "right") - start for side, start in zip(frame_pairs, starts, strict=True)]
    rows = [expand_ranges(start, count) for start, count in zip(starts, counts, strict=True)]
    ends = [offsets_of(count) for count in counts]
    frame_pair = np.repeat(np.arange(len(counts[0])), counts[0])
    i = np.repeat(np.arange(len(rows[0])), counts[1][frame_pair])
    j = expand_ranges(ends[1][frame_pair], counts[1][frame_pair])
    return _Grid(rows[0], rows[1], ends[0], ends[1], i, j, np.repeat(frame_pair, counts[1][frame_pair]))


def _pair_kind(candidates: Candidates, frame_pairs: FramePairs, *, near: bool) -> Pairing:
    return _joined([
        (_pair_crowd if crowded else _pair_some)(candidates, part, start, near=near)
        for start, part, crowded in _portions(candidates.block, frame_pairs)
    ])  # fmt: skip


def _portions(block: Ints, frame_pairs: FramePairs) -> Iterator[tuple[int, FramePairs, bool]]:
    """Stretches of frame pairs with no more pairs of objects than the memory takes; those with more stand alone."""
    counts = [np.searchsorted(block, side, "right") - np.searchsorted(block, side) for side in frame_pairs]
    pairs = counts[0] * counts[1]
    crowded = pairs > _MOST_PAIRS
    portion = np.cumsum(np.where(crowded, 0, pairs)) // _MOST_PAIRS
    fresh = (np.diff(portion, prepend=-1) != 0) | crowded | np.append(False, crowded[:-1])
    for start, stop in pairwise([*np.flatnonzero(fresh).tolist(), len(portion)]):
        yield start, FramePairs(*(side[start:stop] for side in frame_pairs)), bool(crowded[start])


def _pair_crowd(candidates: Candidates, frame_pairs: FramePairs, start: int, *, near: bool) -> Pairing:
    """As `_pair_some`, of one frame pair with so many objects that of each pair one number is kept."""
    first, second = (np.flatnonzero(candidates.block == side[0]) for side in frame_pairs)
    shares = all_shares(candidates.similarity, candidates.sift, first, second, _MOST_PAIRS)
    ends = np.array([0, len(first)]), np.array([0, len(second)])

    def pairs(some: tuple[Ints, ...], values: tuple[Floats, Floats]) -> Pairs:
        number = np.arange(len(some[0]))
        grid = _Grid(first, second, *ends, some[0], some[1], np.zeros(len(number), np.int64))
        return _pairs(candidates.units, grid, number, values, start)

    best = largest(shares)
    alike, tables = _alike(shares, candidates, (first, second)) if near else (_NOTHING, ())
    known = shares[alike], np.zeros(len(alike[0]))
    matched = assign(shares, candidates.threshold, spare=not tables)
    singles = [
        _singles(candidates.units, (rows, edges), np.delete(np.arange(len(rows)), mine), most, start)
        for rows, edges, mine, most in zip((first, second), ends, matched, best, strict=True)
    ]
    values = candidates.similarity(first[matched[0]], second[matched[1]], np.zeros(len(matched[0]), np.int64))
    return Pairing(pairs(matched, values), singles[0], singles[1], pairs(alike, known), tables)


def _alike(
    shares: Floats, candidates: Candidates, sides: tuple[Ints, Ints]
) -> tuple[tuple[Ints, ...], tuple[Table, ...]]:
    """The pairs of a crowd that are alike enough to be one, as positions, or as a table where most are."""
    enough = ~(shares < candidates.threshold)
    units = candidates.units
    if _MOSTLY * np.count_nonzero(enough) < enough.size:
        return np.nonzero(enough), ()
    first, second = (regions.spread(side, units)[0] if isinstance(units, Units) else units[side] for side in sides)
    if shares.shape != (len(first), len(second)):  # units of several objects
        return np.nonzero(enough), ()
    return _NOTHING, (Table(first, second, shares),)


def _pair_some(candidates: Candidates, frame_pairs: FramePairs, start: int, *, near: bool) -> Pairing:
    grid = _grid(candidates.block, frame_pairs)
    shares, turned = candidates.similarity(grid.first[grid.i], grid.second[grid.j], grid.frame_pair)
    matched = _assigned(grid, shares, candidates.threshold)
    pairs = _pairs(candidates.units, grid, matched, (shares, turned), start)
    with np.errstate(invalid="ignore"):
        known = np.where(shares > 0, shares, 0.0)
    singles = []
    for rows, ends, mine in ((grid.first, grid.first_ends, grid.i), (grid.second, grid.second_ends, grid.j)):
        best = np.zeros(len(rows))
        np.maximum.at(best, mine, known)
        unpaired = np.delete(np.arange(len(rows)), mine[matched])
        singles.append(_singles(candidates.units, (rows, ends), unpaired, best, start))
    alike = np.flatnonzero(~(shares < candidates.threshold)) if near else np.zeros(0, np.int64)
    return Pairing(pairs, singles[0], singles[1], _pairs(candidates.units, grid, alike, (shares, turned), start))


def _assigned(grid: _Grid, shares: Floats, threshold: float) -> Ints:
    """The pairs of the grid that belong together."""
    first, second = np.diff(grid.first_ends), np.diff(grid.second_ends)
    starts = offsets_of(first * second)
    chosen = [np.zeros(0, np.int64)]
    for number in np.flatnonzero(first * second).tolist():
        block = shares[starts[number] : starts[number + 1]].reshape(first[number], second[number])
        rows, columns = assign(block, threshold)
        chosen.append(starts[number] + rows * second[number] + columns)
    return np.concatenate(chosen)


def _pairs(units: Units | Ints, grid: _Grid, matched: Ints, values: tuple[Floats, Floats], start: int) -> Pairs:
    first, second = grid.first[grid.i[matched]], grid.second[grid.j[matched]]
    number = np.arange(len(matched))
    if isinstance(units, Units):
        first, second, number = regions.expanded((first, second), units)
    else:
        first, second = units[first], units[second]
    pair = matched[number]
    return Pairs(grid.frame_pair[pair] + start, first, second, values[0][pair], values[1][pair])


def _singles(units: Units | Ints, side: tuple[Ints, Ints], unpaired: Ints, best: Floats, start: int) -> Single:
    """What has no partner.  side: candidates and ends; unpaired: positions in it; best: the largest similarity."""
    rows, ends = side
    frame_pair = np.searchsorted(ends, unpaired, "right") - 1
    chosen: Array = rows[unpaired]
    number = np.arange(len(unpaired))
    if isinstance(units, Units):
        chosen, number = regions.spread(chosen, units)
    else:
        chosen = units[chosen]
    return Single(frame_pair[number] + start, chosen, best[unpaired][number])
