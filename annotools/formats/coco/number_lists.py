"""Columns of lists of numbers: boxes, keypoints and outlines of many annotations at once.

    [1,2]  (nothing)  null        state LIST, ABSENT, NULL     values 1 2         offsets 0 2 2 2
    [[0,0,5,0,5,5],[]]  {..}      state LIST, RUNS             parts of 6 and 0 numbers, of which the first row has 2

They come from undecoded JSON, where all of it is as COCO says, or from values that were looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain, compress
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET

from annotools.formats.coco.odd_fields import Rle
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.formats.kernel.number_texts import NumberTexts, array_of
from annotools.geometry.ragged import Ragged, lengths, offsets_of, row_of_value, segment_all, take
from annotools.model.columns import without
from annotools.model.tables import Bools, Ints

ABSENT, NULL, LIST, RUNS = range(4)
_FIRST = np.full(256, -1)
_FIRST[list(b"n[{")] = NULL, LIST, RUNS
(_NINE,) = b"9"
_LONG = 300  # digits of the largest float
_RLE = msgspec.json.Decoder(Rle)


class NumberLists(msgspec.Struct, frozen=True):
    """A list of each row.  state: ABSENT, NULL or LIST.  ragged: values and offsets, one more than rows."""

    state: Ints
    ragged: Ragged

    @property
    def counts(self) -> Ints:
        """How many numbers each row has."""
        return lengths(self.ragged[1])

    def only(self, rows: Ints) -> NumberLists:
        """Those of some rows."""
        return NumberLists(self.state[rows], take(*self.ragged, rows))


class Outlines(msgspec.Struct, frozen=True):
    """The outline of each row.  state: also RUNS.  parts: values and offsets of all parts, one after the other.

    ends: where the parts of each row begin, one more than rows.  runs: the run lengths of rows that have them, by row.
    """

    state: Ints
    parts: Ragged
    ends: Ints
    runs: dict[int, Rle]

    @property
    def drawn(self) -> Ints:
        """The rows that have parts, other than one without numbers."""
        counts = lengths(self.ends)
        first = np.append(lengths(self.parts[1]), 0)[self.ends[:-1]]
        return np.flatnonzero((counts > 1) | ((counts == 1) & (first > 0)))

    @property
    def shown(self) -> Bools:
        """Whether a row is drawn or has runs."""
        shown = np.asarray(self.state == RUNS)
        shown[self.drawn] = True
        return shown

    @property
    def blank(self) -> Ints:
        """The rows whose only part has no numbers."""
        alone = lengths(self.ends) == 1
        return without(np.flatnonzero(alone), self.drawn)

    def in_whole(self) -> tuple[Outlines, Ints]:
        """The same with [[0,0],[5,0],[5,5]] as the one part that these points mean, and the rows that are so."""
        offsets, many = self.parts[1], lengths(self.ends)
        point = lengths(offsets) == 2
        if not point.any():
            return self, np.zeros(0, np.int64)
        listed = (many > 2) & segment_all(point, self.ends)
        inner = listed[row_of_value(self.ends)]
        inner[self.ends[:-1][listed]] = False
        parts = self.parts[0], np.append(offsets[:-1][~inner], offsets[-1])
        ends = offsets_of(np.where(listed, 1, many))
        return Outlines(self.state, parts, ends, self.runs), np.flatnonzero(listed)

    def only(self, rows: Ints) -> Outlines:
        """Those of some rows."""
        which, ends = take(np.arange(len(self.parts[1]) - 1), self.ends, rows)
        runs = {n: self.runs[row] for n, row in enumerate(rows.tolist()) if row in self.runs}
        return Outlines(self.state[rows], take(*self.parts, which), ends, runs)


def lists_of_texts(
    texts: Sequence[msgspec.Raw], numbers: NumberTexts, unasked: Bools | None = None
) -> NumberLists | None:  # fmt: skip
    """The lists that undecoded values are, empty for none; None where one is something else.

    unasked: rows of which nobody asks for the numbers, where there are any: what is plainly a list has none there.
    """
    state, listed, array = _told_apart(texts)
    if (state < 0).any() or (state == RUNS).any():
        return None
    asked = np.asarray(state == LIST)
    if unasked is not None and unasked.any() and _are_plain(listed, array):
        asked &= ~unasked
        ragged = numbers.lists(list(compress(texts, asked.tolist())))
    else:
        ragged = numbers.lists(listed, array)
    return None if ragged is None else NumberLists(state, (ragged[0], _ends(asked, lengths(ragged[1]))))


def _are_plain(listed: Sequence[msgspec.Raw], array: bytearray) -> bool:
    """Whether JSON lists hold numbers alone, none too large for a float."""
    chars = np.frombuffer(array, np.uint8)
    others = chars[chars > _NINE].tobytes()  # of numbers only an exponent is among them, of a text its quotes are not
    return others == b"[%b]" % (b"[]" * len(listed)) and b'"' not in array and max(map(len, listed), default=0) < _LONG


def outlines_of_texts(texts: Sequence[msgspec.Raw], numbers: NumberTexts) -> Outlines | None:
    """The outlines that undecoded values are, empty for none; None where one is something else."""
    state, listed, array = _told_apart(texts)
    nested = numbers.lists_of_lists(listed, array) if (state >= 0).all() else None
    if nested is not None:
        with suppress(*UNDECODABLE):
            runs = {n: _RLE.decode(texts[n]) for n in np.flatnonzero(state == RUNS).tolist()}
            return Outlines(state, nested[0], _ends(state == LIST, lengths(nested[1])), runs)
    return None


def are_empty(texts: Sequence[msgspec.Raw]) -> bool:
    """Whether none of some undecoded values is there."""
    if texts and texts[0] is texts[-1]:  # as of all that are not there
        return not len(texts[0]) and texts.count(texts[0]) == len(texts)
    return not any(map(len, texts))


def _told_apart(texts: Sequence[msgspec.Raw]) -> tuple[Ints, Sequence[msgspec.Raw], bytearray]:
    """What each value is by its first byte, -1 for what may not be; and those that are lists, also as one array."""
    if are_empty(texts):
        return np.full(len(texts), ABSENT), [], bytearray()
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    array = array_of(texts)
    starts = np.cumsum(sizes + 1) - sizes
    state = np.where(sizes == 0, ABSENT, _FIRST[np.frombuffer(array, np.uint8)[starts]])
    others = np.flatnonzero(state != LIST)
    if not len(others):
        return state, texts, array
    cut = _without(array, starts[others].tolist(), (starts + sizes + 1)[others].tolist())
    return state, list(compress(texts, (state == LIST).tolist())), cut


def _without(array: bytearray, starts: Sequence[int], stops: Sequence[int]) -> bytearray:
    """An array without some of its items, each with what stands behind it."""
    with memoryview(array) as view:
        kept = bytearray().join([view[start:stop] for start, stop in zip((0, *stops), (*starts, None), strict=True)])
    kept[-1:] = b"]"
    return kept


def _ends(listed: Bools, counts: Ints) -> Ints:
    """Offsets of all rows.  counts: of those that are lists."""
    every = np.zeros(len(listed), np.int64)
    every[listed] = counts
    return offsets_of(every)


def lists_of_values(values: Sequence[Any]) -> NumberLists:
    """The same of decoded values."""
    rows = [value if isinstance(value, list) else [] for value in values]
    ragged = np.array(list(chain.from_iterable(rows)), np.float64), offsets_of(list(map(len, rows)))
    return NumberLists(np.array([_state(value) for value in values], np.int64), ragged)


def outlines_of_values(values: Sequence[Any]) -> Outlines:
    """The same of decoded values."""
    rows = [value if isinstance(value, list) else [] for value in values]
    parts = lists_of_values(list(chain.from_iterable(rows))).ragged
    state = np.array([_state(value) for value in values], np.int64)
    runs = {n: value for n, value in enumerate(values) if isinstance(value, Rle)}
    return Outlines(state, parts, offsets_of(list(map(len, rows))), runs)


def _state(value: Any) -> int:
    if value is None or value is UNSET:
        return NULL if value is None else ABSENT
    return RUNS if isinstance(value, Rle) else LIST
