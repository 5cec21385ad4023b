"""The objects of many files, cut into what their elements say and what stands between.

    <object>\\n <name>car</name>\\n <pose>Left</pose>\\n ... </object>\\n
    -------------- --- ------------- ---- ----------------------------
    between        car between       Left between

A file ends with NUL.  An expression is asked of the first object: where its groups stand, and what is between.  Each
object with the same texts between is of its kind, and what was said of the first holds for it.  Of what is left the
first is asked again, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotools.formats.kernel.slices import WORD, Slices, Words
from annotools.model.columns import Bools, Ints

_START = np.frombuffer(b"<object>", "<u8")[0]
_SLASH = ord("/")
_MOST_KINDS = 200


class _Kind(NamedTuple):
    """between: what stands between texts, with the tag that each begins at.

    groups: by name the tag that its text is behind, and the width of that tag.
    """

    between: list[tuple[int, bytes]]
    groups: dict[str, tuple[int, int]]


class Objects(msgspec.Struct, frozen=True):
    """tags: where they begin, those of an object from `first` on.  ends: of objects.

    counts: how many objects each file has; lines: that of each object; kind: which of the kinds it is of.
    """

    data: bytes
    tags: Ints
    first: Ints
    ends: Ints
    counts: Ints
    lines: Ints
    kind: Ints
    kinds: list[_Kind]

    def texts(self, *names: str) -> Slices:
        """The text of each in the first group of some that its kind has; nothing where it has none."""
        groups = [next((kind.groups[name] for name in names if name in kind.groups), (0, -1)) for kind in self.kinds]
        tag, width = np.array(groups, np.int64).reshape(-1, 2)[self.kind].T
        starts, ends = self.tags[self.first + tag] + width, self.tags[self.first + tag + 1]
        return Slices(self.data, np.where(width < 0, ends, starts), ends)

    def wholes(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Rows and texts of the objects whose kind has a group."""
        having = np.array([name in kind.groups for kind in self.kinds], np.bool_)
        for row in np.flatnonzero(having[self.kind]).tolist():
            yield row, self.data[self.tags[self.first[row]] : self.ends[row]]


def objects_of(data: bytes, files: Ints, pattern: re.Pattern[bytes]) -> Objects | None:
    """The objects of some files; None where one is none.

    files: where each ends.  pattern: of an object, with a group `tail` for what only the last of a file has behind it.
    """
    letters = np.frombuffer(data, np.uint8)
    feeds, tags = np.flatnonzero(letters == ord("\n")), np.flatnonzero(letters == ord("<"))
    if not _is_plain(data, letters, tags, len(feeds) + len(files)):
        return None
    words: Words = np.ndarray((len(data) - WORD + 1,), "<u8", data, strides=(1,))
    first = np.flatnonzero(words[tags[: np.searchsorted(tags, len(words))]] == _START)
    starts = tags[first]
    file = np.searchsorted(files, starts)
    ends = np.minimum(np.append(starts[1:], len(data)), files[file])
    kinds = _kinds(data, words, tags, np.stack([first, np.searchsorted(tags, ends), ends]), pattern)
    if kinds is None:
        return None
    kind, each = kinds
    tails = np.array(["tail" in one.groups for one in each], np.bool_)
    if (tails[kind] != (ends == files[file])).any():
        return None
    before = np.searchsorted(feeds, np.append(0, files[:-1]))[file]
    lines, counts = np.searchsorted(feeds, starts) - before + 1, np.bincount(file, minlength=len(files))
    return Objects(data, tags, first, ends, counts, lines, kind, each)


def _is_plain(data: bytes, letters: NDArray[np.uint8], tags: Ints, white: int) -> bool:
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


def _is_in_text(letters: NDArray[np.uint8], tags: Ints, places: Ints) -> bool:
    """Whether a place is in an element that has no others."""
    before = np.searchsorted(tags, places) - 1
    before = before[(before >= 0) & (before < len(tags) - 1)]
    is_end = letters[np.minimum(tags + 1, len(letters) - 1)] == ord("/")
    return bool((~is_end[before] & is_end[before + 1]).any())


def _kinds(
    data: bytes, words: Words, tags: Ints, objects: Ints, pattern: re.Pattern[bytes]
) -> tuple[Ints, list[_Kind]] | None:
    """Of which kind each object is; None where one is no object.

    objects: (3, n) the first tag of each, that behind its last one, and where it ends.
    """
    kinds: list[_Kind] = []
    kind = np.zeros(objects.shape[1], np.int64)
    left = np.arange(objects.shape[1])
    while len(left):
        start, stop, end = objects[:, left[0]].tolist()
        made = _kind(data, tags[start:stop].tolist(), end, pattern)
        if made is None or len(kinds) == _MOST_KINDS:
            return None
        alike = left[objects[1, left] - objects[0, left] == stop - start]
        alike = alike[_are_of(made, words, tags, objects[:, alike])]
        kind[left], kind[alike] = -1, len(kinds)
        left = left[kind[left] < 0]
        kinds.append(made)
    return kind, kinds


def _kind(data: bytes, tags: list[int], end: int, pattern: re.Pattern[bytes]) -> _Kind | None:
    """That of one object; None if it is none, or a text is of no group.  tags: where its own begin."""
    match = pattern.fullmatch(data, tags[0], end)
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


def _are_of(kind: _Kind, words: Words, tags: Ints, objects: Ints) -> Bools:
    """Whether objects of as many tags have the same texts between.  objects: as of `_kinds`."""
    first, _, ends = objects
    tag, text = kind.between[-1]
    alike: Bools = tags[first + tag] + len(text) == ends
    for tag, text in kind.between:
        alike &= _stand(text, words, tags[first + tag])
    return alike


def _stand(text: bytes, words: Words, places: Ints) -> Bools:
    """Whether a text stands at some places."""
    size, most = len(text), len(words) - 1
    if size < WORD:
        word = words[np.minimum(places, most)] & np.uint64((1 << 8 * size) - 1)
        return np.asarray(word == np.uint64(int.from_bytes(text, "little")))
    same = np.ones(len(places), np.bool_)
    for start in (*range(0, size - WORD, WORD), size - WORD):
        same &= words[np.minimum(places + start, most)] == np.frombuffer(text, "<u8", 1, start)
    return same
