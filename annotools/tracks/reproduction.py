"""Which rows of tracks follow from the keyframes around them.

    keyframes 0: 10 ..  4: 30 ..    a row on frame 2 with 20 .. follows, one with 25 .., or hidden, or lit, does not

A row follows when interpolation gives it back: points and rotation but for what two decimals leave open, all else as
on the keyframe before.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Bools, Ints, expand_ranges, offsets_of, segment_all
from annotools.model.losses import Ledger
from annotools.model.tables import Attributes, Shapes
from annotools.tracks.filling import fill
from annotools.tracks.keyframe_attributes import keyframe_attributes
from annotools.tracks.keyframes import Keyframes
from annotools.tracks.timeline import Steps

# Formats of two decimals round the row, the keyframe before and the one after it, and a width beside each corner.
_DECIMALS = 0.02


def strays(rows: Keyframes, kept: Bools, attributes: Attributes, shapes: int, three_d: bool) -> Ints:
    """The rows that are seen and not kept, and that do not follow from those that are.

    kept: at least the first and the last row of every run of frames on which a track is seen.
    attributes, shapes: the table of attributes, and the number of rows of the table that these belong to.
    """
    between = np.flatnonzero(~kept & ~rows.shapes.outside)
    if not len(between):
        return between
    keyframes = _only(rows, np.flatnonzero(kept))
    left = np.cumsum(kept)[between] - 1
    steps = Steps(left, rows.shapes.frame[between], np.zeros(len(left), np.bool_))
    filled = fill(keyframes, steps, three_d=three_d, half_turn=False, ledger=Ledger())
    alike = _alike(rows.shapes.take(between), filled)
    return between[~(alike & _say_the_same(rows, between, keyframes, left, attributes, shapes))]


def _only(rows: Keyframes, kept: Ints) -> Keyframes:
    """Some of the rows as keyframes."""
    shapes = rows.shapes.take(kept)
    last = np.ones(len(kept), np.bool_)
    last[:-1] = shapes.track[1:] != shapes.track[:-1]
    return Keyframes(rows.rows[kept], shapes, last, rows.clash[kept])


def _alike(one: Shapes, other: Shapes) -> Bools:
    """Whether rows of two tables are drawn alike."""
    turn = np.abs(np.mod(one.rotation - other.rotation + 180, 360) - 180)
    alike = (one.type == other.type) & (one.counts == other.counts) & (turn <= _DECIMALS)
    alike &= (one.occluded == other.occluded) & (one.z_order == other.z_order)
    rows = np.flatnonzero(alike)
    counts = one.counts[rows]
    before, after = (table.values[expand_ranges(table.offsets[rows], counts)] for table in (one, other))
    alike[rows] = segment_all(np.isclose(before, after, rtol=1e-9, atol=_DECIMALS, equal_nan=True), offsets_of(counts))
    return np.asarray(alike)


def _say_the_same(
    rows: Keyframes, between: Ints, keyframes: Keyframes, left: Ints, attributes: Attributes, shapes: int
) -> Bools:  # fmt: skip
    """Whether every attribute of a row is as it is on the keyframe before."""
    own = keyframe_attributes(attributes, rows, shapes, np.zeros(len(rows), np.bool_)).take(between)
    if not len(own.spec):
        return np.ones(len(between), np.bool_)
    known = keyframe_attributes(attributes, keyframes, shapes)
    texts = _codes(attributes.pool)
    holds = _keyed(np.repeat(np.arange(len(keyframes)), known.counts), known.spec)
    first, first_rows = np.unique(holds, return_index=True)
    asked = _keyed(np.repeat(left, own.counts), own.spec)
    position = np.minimum(np.searchsorted(first, asked), max(len(first) - 1, 0))
    same = np.zeros(len(asked), np.bool_)
    if len(first):
        same = (first[position] == asked) & (texts[known.value[first_rows[position]]] == texts[own.value])
    return segment_all(same, offsets_of(own.counts))


def _keyed(row: Array, spec: Array) -> Array:
    """One value for row and specification, which sorts by row."""
    pairs = np.empty(len(row), np.dtype([("row", np.int64), ("spec", np.int64)]))
    pairs["row"], pairs["spec"] = row, spec
    return pairs


def _codes(pool: tuple[str, ...]) -> Ints:
    """A number for each text of a pool, equal for equal ones."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in pool], np.int64)
