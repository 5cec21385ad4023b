"""The objects of many files, cut into what their elements say and what stands between.

    <object>\\n <name>car</name>\\n <pose>Left</pose>\\n ... </object>\\n
    -------------- --- ------------- ---- ----------------------------
    between        car between       Left between

A file ends with NUL.  Objects whose texts between are the same are of one kind, and what can be said of one holds for
all: an expression is asked of the first of each kind, and where each of its groups stands among the texts of elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotools.formats.kernel.slices import WORD, Slices
from annotools.geometry.ragged import expand_ranges, offsets_of, place_in_row
from annotools.model.columns import Ints

_START = np.frombuffer(b"<object>", "<u8")[0]
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Objects:
    """values: texts of elements, those of an object from `first` on.  counts: how many objects each file has.

    lines: that of each object.  kind: which of the kinds it is of; of a kind: where its groups stand, by name.
    """

    values: Slices
    first: Ints
    spans: tuple[Ints, Ints]
    counts: Ints
    lines: Ints
    kind: Ints
    kinds: list[dict[str, int]]

    def texts(self, *names: str) -> Slices:
        """The text of each in the first group of some that its kind has; nothing where it has none."""
        column = np.array([next((kind[name] for name in names if name in kind), -1) for kind in self.kinds], np.int64)
        group = column[self.kind]
        rows = np.where(group >= 0, self.first + group, 0)
        starts, ends = self.values.starts[rows], self.values.ends[rows]
        return Slices(self.values.data, np.where(group >= 0, starts, ends), ends)

    def wholes(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Rows and texts of the objects whose kind has a group."""
        having = np.array([name in kind for kind in self.kinds], np.bool_)
        for row in np.flatnonzero(having[self.kind]).tolist():
            yield row, self.values.data[self.spans[0][row] : self.spans[1][row]]


def objects_of(data: bytes, pattern: re.Pattern[bytes]) -> Objects | None:
    """The objects of some files; None where one is none.

    pattern: of an object, with a group `tail` for what only the last of a file has behind it.
    """
    letters = np.frombuffer(data, np.uint8)
    feeds, files = np.flatnonzero(letters == ord("\n")), np.flatnonzero(letters == 0)
    tags = _tags(data, letters, len(feeds) + len(files))
    if tags is None:
        return None
    opened, closed = tags
    long = opened[opened <= len(data) - WORD]  # those that eight bytes can be read from
    starts = long[Slices(data, opened, closed).words[long] == _START] if len(long) else long
    bounds = np.sort(np.concatenate((starts, files)))
    ends = bounds[np.searchsorted(bounds, starts) + 1]
    values = _values(data, letters, opened, closed)
    first, last = np.searchsorted(values.starts, starts), np.searchsorted(values.starts, ends)
    kind, examples = _kinds(values, (starts, ends), (first, last))
    groups = [_groups(pattern, values, slice(first[row], last[row]), (starts[row], ends[row])) for row in examples]
    kinds = [one for one in groups if one is not None]
    tails = np.array(["tail" in one for one in kinds], np.bool_)
    if len(kinds) < len(groups) or (tails[kind] != np.isin(ends, files)).any():
        return None
    file = np.searchsorted(files, starts)
    before = np.searchsorted(feeds, np.append(0, files[:-1]))[file]
    lines, counts = np.searchsorted(feeds, starts) - before + 1, np.bincount(file, minlength=len(files))
    return Objects(values, first, (starts, ends), counts, lines, kind, kinds)


def _tags(data: bytes, letters: NDArray[np.uint8], white: int) -> tuple[Ints, Ints] | None:
    """Where tags begin and end; None for what is for the parser.

    white: how many line feeds and ends of files there are.
    """
    white += int(np.count_nonzero(letters == ord("\t"))) + (data.count(b"\r") if b"\r" in data else 0)
    if b"&" in data or np.count_nonzero(letters < ord(" ")) != white:
        return None
    marks = np.flatnonzero((letters | 2) == ord(">"))  # and `<`, which differs in that bit
    opened, closed = marks[::2], marks[1::2]
    if len(marks) % 2 or (letters[opened] != ord("<")).any() or (letters[closed] != ord(">")).any():
        return None
    if b"\r" in data and _have(_values(data, letters, opened, closed), letters, "\r"):
        return None
    return opened, closed


def _values(data: bytes, letters: NDArray[np.uint8], opened: Ints, closed: Ints) -> Slices:
    """What stands in elements that have no others.  opened, closed: where all tags begin and end."""
    is_end = letters[opened + 1] == ord("/")
    inner = np.flatnonzero(~is_end[:-1] & is_end[1:] & (closed[:-1] + 1 < opened[1:]))
    return Slices(data, closed[inner] + 1, opened[inner + 1])


def _have(values: Slices, letters: NDArray[np.uint8], letter: str) -> bool:
    """Whether a letter stands in one of the values."""
    places = np.flatnonzero(letters == ord(letter))
    before = np.searchsorted(values.starts, places, "right") - 1
    return bool(len(values) and ((before >= 0) & (places < values.ends[before])).any())


def _kinds(values: Slices, spans: tuple[Ints, Ints], rows: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Of which kind each object is, and the first one of each kind.  rows: the values of each, from and to."""
    (starts, ends), (first, last) = spans, rows
    if not len(starts):
        return starts, starts
    counts = last - first
    offsets = offsets_of(counts + 1)
    inner = expand_ranges(first, counts)
    between = [np.empty(int(offsets[-1]), np.int64) for _ in range(2)]
    for column, edge, border, other in (
        (between[0], starts, offsets[:-1], values.ends), (between[1], ends, offsets[1:] - 1, values.starts),
    ):  # fmt: skip
        is_inner = np.ones(len(column), np.bool_)
        is_inner[border] = False
        column[border], column[is_inner] = edge, other[inner]
    codes, nth = Slices(values.data, *between).distinct()[1], place_in_row(offsets)
    mixed = (codes + 1).astype(np.uint64) * ((2 * nth + 1).astype(np.uint64) * _MIX)
    _, examples, kind = np.unique(np.add.reduceat(mixed, offsets[:-1]), return_index=True, return_inverse=True)
    like = examples[kind]
    if (counts != counts[like]).any() or (codes != codes[np.repeat(offsets[like], counts + 1) + nth]).any():
        return np.arange(len(starts)), np.arange(len(starts))  # two kinds with one sum
    return kind, examples


def _groups(pattern: re.Pattern[bytes], values: Slices, rows: slice, span: tuple[int, int]) -> dict[str, int] | None:
    """Where the groups of an object stand among its values; None if it is none, or has other values."""
    match = pattern.fullmatch(values.data, *span)
    if match is None:
        return None
    starts, ends = values.starts[rows], values.ends[rows]
    groups: dict[str, int] = {}
    known = np.zeros(len(starts), np.bool_)
    for name in pattern.groupindex:
        start, end = match.span(name)
        inside = (starts <= start) & (end <= ends) if start >= 0 else known & False
        within = (start <= starts) & (ends <= end)
        if start >= 0 and (inside.any() or within.any() or name == "tail"):
            groups[name] = int((inside | within).argmax())
        known |= inside | within
    return groups if known.all() else None
