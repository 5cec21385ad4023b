"""The heads and the objects of many files, cut into what their elements say and what stands between.

    <object>\\n <name>car</name>\\n <pose>Left</pose>\\n ... </object>\\n
    -------------- --- ------------- ---- ----------------------------
    between        car between       Left between

A file ends with NUL.  Its head is all that stands before its objects.  An expression is asked of the first head, and
another one of the first object: where its groups stand, and what is between.  Each one with the same texts between is
of its kind, and what was said of the first holds for it.  Of what is left the first is asked again, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotools.formats.kernel.slices import Slices
from annotools.model.columns import Bools, Ints

_OBJECT = b"<object>"
_TAG, _SLASH, _FEED = b"</\n"
_MOST_KINDS = 200
Letters = NDArray[np.uint8]


class _Kind(NamedTuple):
    """between: what stands between texts, with the tag that each begins at.

    groups: by name the tag that its text is behind, and the width of that tag.
    """

    between: list[tuple[int, bytes]]
    groups: dict[str, tuple[int, int]]


class _Spans(NamedTuple):
    """Where parts are.  first: the first tag of each; stop: the one behind its last; ends: the place behind it."""

    first: Ints
    stop: Ints
    ends: Ints

    def take(self, rows: Ints) -> _Spans:
        """Some of them."""
        return _Spans(self.first[rows], self.stop[rows], self.ends[rows])


class Parts(msgspec.Struct, frozen=True):
    """Heads, or objects.  tags: where those of all files begin.  kind: which of the kinds each part is of."""

    data: bytes
    tags: Ints
    spans: _Spans
    kind: Ints
    kinds: list[_Kind]

    def texts(self, *names: str) -> Slices:
        """The text of each in the first group of some that its kind has; nothing where it has none."""
        groups = [next((kind.groups[name] for name in names if name in kind.groups), (0, -1)) for kind in self.kinds]
        tag, width = self._of_each(groups).T if len(set(groups)) > 1 else np.array([*groups, (0, -1)][0])
        text = self.spans.first + tag
        ends = self.tags[text + 1]
        return Slices(self.data, np.where(width < 0, ends, self.tags[text] + width), ends)

    def wholes(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Rows and texts of the parts whose kind has a group."""
        for row in np.flatnonzero(self._of_each([name in kind.groups for kind in self.kinds])).tolist():
            yield row, self.data[self.tags[self.spans.first[row]] : self.spans.ends[row]]

    def are_last(self) -> Bools:
        """Which have what only the last part of a file has behind it."""
        return self._of_each(["tail" in kind.groups for kind in self.kinds]) > 0

    def feeds(self) -> Ints:
        """How many line feeds each has between its texts."""
        return self._of_each([sum(text.count(b"\n") for _, text in kind.between) for kind in self.kinds])

    def _of_each(self, values: Sequence[Any]) -> Ints:
        """What is so of each part, given what is of the kinds: numbers, or rows of some."""
        return np.array(values, np.int64).reshape(len(self.kinds), *np.shape(values)[1:])[self.kind]


class Files(msgspec.Struct, frozen=True):
    """The head of each file, the objects of all; counts: how many of them each has; lines: that of each object."""

    heads: Parts
    objects: Parts
    counts: Ints
    lines: Ints


def files_of(data: bytes, files: Ints, head: re.Pattern[bytes], one: re.Pattern[bytes]) -> Files | None:
    """The heads and objects of some files; None where one is none.

    files: where each ends.  head, one: what a head and an object are, with a group `tail` for what only the last of a
    file has behind it.
    """
    letters = np.frombuffer(data, np.uint8)
    tags, feeds = np.flatnonzero(letters == _TAG), int(np.count_nonzero(letters == _FEED))
    if not len(tags) or len(data) < len(_OBJECT) or not _is_plain(data, letters, tags, feeds + len(files)):
        return None
    starts = np.append(0, files[:-1] + 1)
    first = np.searchsorted(tags, starts)
    if (tags[np.minimum(first, len(tags) - 1)] != starts).any():
        return None
    spans, counts = _spans(tags, _objects(data, letters, tags), first, files)
    made = [_parts(data, tags, some, pattern) for some, pattern in zip(spans, (head, one), strict=True)]
    heads, objects = made
    if heads is None or objects is None:
        return None
    last = np.zeros(len(objects.kind), np.bool_)
    last[np.cumsum(counts)[counts > 0] - 1] = True
    if (heads.are_last() != (counts == 0)).any() or (objects.are_last() != last).any():
        return None
    return Files(heads, objects, counts, _lines(heads, objects, counts, letters, feeds))


def _is_plain(data: bytes, letters: Letters, tags: Ints, white: int) -> bool:
    """Whether nothing is for the parser.  white: how many line feeds and ends of files there are."""
    white += int(np.count_nonzero(letters == ord("\t")))
    if b"\r" in data:
        returns = np.flatnonzero(letters == ord("\r"))
        if _is_in_text(letters, tags, returns):
            return False
        white += len(returns)
    return (
        b"&" not in data
        and np.count_nonzero(letters == ord(">")) == len(tags)
        and np.count_nonzero(letters < ord(" ")) == white
    )


def _is_in_text(letters: Letters, tags: Ints, places: Ints) -> bool:
    """Whether a place is in an element that has no others."""
    before = np.searchsorted(tags, places) - 1
    before = before[(before >= 0) & (before < len(tags) - 1)]
    is_end = letters[np.minimum(tags + 1, len(letters) - 1)] == _SLASH
    return bool((~is_end[before] & is_end[before + 1]).any())


def _objects(data: bytes, letters: Letters, tags: Ints) -> Ints:
    """The first tag of each object."""
    some = np.flatnonzero(letters[1:][tags] == _OBJECT[1])  # few but objects begin so: only these are looked at
    return some[_stand(_OBJECT, data, tags[some])]


def _spans(tags: Ints, objects: Ints, first: Ints, files: Ints) -> tuple[tuple[_Spans, _Spans], Ints]:
    """Heads and objects, and how many objects each file has.  objects, first: the first tag of each and of files."""
    begin = np.searchsorted(objects, np.append(first, len(tags)))
    counts = np.diff(begin)
    some = counts > 0
    stop, ends = np.append(first[1:], len(tags)), files.copy()
    own = _Spans(objects, np.append(objects[1:], len(tags)), np.append(tags[objects[1:]], 0)[: len(objects)])
    last = begin[1:][some] - 1
    own.stop[last], own.ends[last] = stop[some], files[some]
    stop[some] = objects[begin[:-1][some]]
    ends[some] = tags[stop[some]]
    return (_Spans(first, stop, ends), own), counts


def _lines(heads: Parts, objects: Parts, counts: Ints, letters: Letters, feeds: int) -> Ints:
    """The line of each object in its file.  feeds: how many line feeds there are."""
    of_heads, of_objects = heads.feeds(), objects.feeds()
    if of_heads.sum() + of_objects.sum() < feeds:  # some are in texts
        places, tags = np.flatnonzero(letters == _FEED), objects.tags
        before = np.searchsorted(places, tags[heads.spans.first])
        return np.searchsorted(places, tags[objects.spans.first]) - np.repeat(before, counts) + 1
    passed = np.append(0, np.cumsum(of_objects))
    before = of_heads - passed[np.cumsum(counts) - counts]
    lines: Ints = passed[:-1] + np.repeat(before, counts) + 1
    return lines


def _parts(data: bytes, tags: Ints, spans: _Spans, pattern: re.Pattern[bytes]) -> Parts | None:
    """Of which kind each is; None where one is of none."""
    kinds: list[_Kind] = []
    kind = np.zeros(len(spans.first), np.int64)
    left = np.arange(len(kind))
    while len(left):
        start, stop, end = (int(column[left[0]]) for column in spans)
        made = _kind(data, tags[start:stop].tolist(), end, pattern)
        if made is None or len(kinds) == _MOST_KINDS:
            return None
        alike = left[spans.stop[left] - spans.first[left] == stop - start]
        alike = alike[_are_of(made, data, tags, spans.take(alike))]
        kind[left], kind[alike] = -1, len(kinds)
        left = left[kind[left] < 0]
        kinds.append(made)
    return Parts(data, tags, spans, kind, kinds)


def _kind(data: bytes, tags: list[int], end: int, pattern: re.Pattern[bytes]) -> _Kind | None:
    """That of one part; None if it is none, or a text is of no group.  tags: where its own begin."""
    match = pattern.fullmatch(data, tags[0], end) if tags else None  # before an object there may be nothing
    if match is None:
        return None
    spans = {name: match.span(name) for name in pattern.groupindex if match[name] is not None}
    groups, between = dict.fromkeys(spans, (0, -1)), []
    start, first = tags[0], 0
    for n, (tag, behind) in enumerate(pairwise(tags)):
        if data[tag + 1] == _SLASH or data[behind + 1] != _SLASH:
            continue
        text = data.index(b">", tag) + 1
        mine = [name for name, (a, b) in spans.items() if a <= text <= behind <= b or text <= a <= b <= behind]
        if not mine:
            return None
        groups |= {name: (n, text - tag) for name in mine if groups[name][1] < 0}
        between.append((first, data[start:text]))
        start, first = behind, n + 1
    return _Kind([*between, (first, data[start:end])], groups)


def _are_of(kind: _Kind, data: bytes, tags: Ints, spans: _Spans) -> Bools:
    """Whether parts of as many tags have the same texts between."""
    tag, text = kind.between[-1]
    alike: Bools = tags[spans.first + tag] + len(text) == spans.ends
    for tag, text in kind.between:
        alike &= _stand(text, data, tags[spans.first + tag])
    return alike


def _stand(text: bytes, data: bytes, places: Ints) -> Bools:
    """Whether a text without NUL stands at some places of data that end with NUL."""
    size = len(text)
    there = np.ndarray((len(data) - size + 1,), f"S{size}", data, strides=(1,))[np.minimum(places, len(data) - size)]
    if there.tobytes() == text * len(places):  # as nearly always: in half of the time of a look at each
        return np.ones(len(places), np.bool_)
    return np.asarray(there == text)
