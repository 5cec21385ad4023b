"""File names <-> frames, in explicit steps; what fits two frames is said to and never guessed.

    frames  cam1/0001.jpg  cam2/0001.jpg  c.d.png
    cam1/0001.jpg       -> 0      exact
    data/cam2/0001.jpg  -> 1      suffix      one path is the end of the other
    c.d.txt             -> 2      stem        same path, other extension
    labels/cam2/0001.txt -> 1     name        same stem; more folders in common win
    0001.txt            -> none   candidates 0, 1

The four steps are tried on names as they are, then with backslashes as slashes, then in Unicode NFC, then without
regard to case; `Match.how` tells which (`suffix/case`). What fits several frames may be told apart by a later spelling.
Digits are a frame number only when asked (`by_number`).
`CvatMatcher`, apart from all this, does what the CVAT 2.73 server does when it imports.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from posixpath import dirname, splitext
from typing import Any

import msgspec

from annotools.errors import Problem

_DIGITS = re.compile(r"[0-9]{1,18}")


def stem(name: str) -> str:
    """A path without its ending; dots of folders and of the name itself stay."""
    head, _, end = name.rpartition(".")
    # Most names have a letter before their only dot: `splitext` looks at those for three times as long.
    return head if end.isalnum() and head[-1:].isalnum() else splitext(name)[0]


def stems(names: Sequence[str]) -> list[str]:
    """The same of many; at once where they have one ending, as the pictures of most datasets have."""
    end = names[0].rpartition(".")[2] if names else ""
    ending, text = f".{end}\n", "\n".join(["", *names, ""])
    alike = end.isalnum() and text.count(ending) == len(names) == text.count("\n") - 1
    if not alike or any(f"{before}{ending}" in text for before in "\n/."):  # names that begin with a dot have no ending
        return list(map(stem, names))
    return text.replace(ending, "\n").split("\n")[1:-1]


class Match(msgspec.Struct, frozen=True):
    """What a name was matched to.

    frame: task-relative number, or None.  how: the step that decided, empty when none did.
    candidates: frames that fit equally well, ascending; only when that keeps `frame` None.  shared: whether all of
    these have one name, as a honeypot and its original.
    """

    frame: int | None = None
    how: str = ""
    candidates: tuple[int, ...] = ()
    shared: bool = False


NO_MATCH = Match()
STEPS, SPELLINGS = ("exact", "suffix", "stem", "name"), ("", "slashes", "unicode", "case")  # nearest first
UNMATCHED, AMBIGUOUS = "unmatched-name", "ambiguous-name"


def mismatch(name: str, match: Match, file: str, **position: Any) -> Problem:
    """What is wrong with a name that was matched to no frame.  position: line or pointer of the problem."""
    if not match.candidates:
        message = f"{name!r} is not a picture of the task"
        return Problem(message, file, expected="the name of a frame", kind=UNMATCHED, **position)
    few = ", ".join(map(str, match.candidates[:5])) + (", ..." if len(match.candidates) > 5 else "")
    return Problem(f"{name!r} fits frames {few}", file, expected="one frame", kind=AMBIGUOUS, **position)


def _plain(name: str) -> str:
    return name


def _slashes(name: str) -> str:
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def _unicode(name: str) -> str:
    return unicodedata.normalize("NFC", _slashes(name))


def _case(name: str) -> str:
    # Folding can take a name out of NFC; once more makes it the same for all spellings.
    return unicodedata.normalize("NFC", _unicode(name).casefold())


def folded(name: str) -> str:
    """A path as all spellings have it: slashes, letters of one kind, and these put together in one way."""
    return name.lower() if name.isascii() and "\\" not in name else _case(name)


def spelt_alike(members: Mapping[str, str]) -> Callable[[str], str]:
    """What looks a member up by its key, or else by one that differs in spelling alone; empty for none."""
    small = {folded(key): member for key, member in reversed([*members.items()])}
    return lambda key: members.get(key) or small.get(folded(key), "")


def _last_stem(name: str) -> str:
    """The last part of a path as all spellings have it, without its ending."""
    folder, _, last = name.replace("\\", "/").rpartition("/")
    if last in ("", "."):
        return _last_stem(folder) if folder else ""
    return splitext(last.lower() if last.isascii() else _case(last))[0]


class FrameMatcher:
    """Matches file names to the frames of a task.

    names: the frames' names, by task-relative number; an empty name matches nothing.
    by_number: whether a stem that is a number, and matches no name, is a frame number.
    """

    def __init__(self, names: Sequence[str], *, by_number: bool = False) -> None:
        self._names, self._size = names, len(names)
        self._by_number = by_number
        levels = (("", _plain), ("/slashes", _slashes), ("/unicode", _unicode), ("/case", _case))
        self._levels = [_Level(names, word, normal) for word, normal in levels]

    def match(self, name: str) -> Match:
        """The frame of one name."""
        for level in self._levels if self._may_fit(name) else ():
            match = level.match(name)
            if match is not NO_MATCH:
                return self._surer(name, match) if match.candidates and not match.shared else match
        return self._numbered(name) if self._by_number else NO_MATCH

    def _surer(self, name: str, match: Match) -> Match:
        """Which of several frames a name is of if how it is spelt is left aside: `same.JPG` beside `same.png`."""
        others = (level.match(name) for level in self._levels[1:])
        return next((other for other in others if other.frame in match.candidates), match)

    def _may_fit(self, name: str) -> bool:
        """Whether any step may decide: of backslashes the first does not know whether they part a name."""
        return "\\" in name or self._have_backslashes or _last_stem(name) in self._last_stems

    @cached_property
    def _have_backslashes(self) -> bool:
        return "\\" in "".join(self._names)

    @cached_property
    def _last_stems(self) -> frozenset[str]:
        """What a name must have in common with a frame's, whatever step decides; a list of others has no other use."""
        return frozenset(map(_last_stem, self._names))

    def match_all(self, names: Iterable[str]) -> list[Match]:
        """The frames of many names, in their order.

        What fits frames that share a name, and comes as often as they, is matched in their order.
        """
        matches = [(name, self.match(name)) for name in names]
        times = Counter(name for name, _ in matches)
        shared = {name: iter(m.candidates) for name, m in matches if m.shared and len(m.candidates) == times[name]}
        return [Match(next(shared[name]), match.how) if name in shared else match for name, match in matches]

    def _numbered(self, name: str) -> Match:
        stem = splitext(_slashes(name))[0].rsplit("/", 1)[-1]
        if _DIGITS.fullmatch(stem) and int(stem) < self._size:
            return Match(int(stem), "number")
        return NO_MATCH


class _Level:
    """The four steps on names of one spelling.  Its indexes are made when first needed."""

    def __init__(self, names: Sequence[str], word: str, normal: Callable[[str], str]) -> None:
        self._names = names
        self._word = word
        self._normal = normal

    def match(self, name: str) -> Match:
        path = self._normal(name)
        if not path:
            return NO_MATCH
        exact = self._exact.get(path)
        if exact:  # as most are: before all else, in a quarter of the time
            return self._decided("exact", exact)
        stem = splitext(path)[0]
        steps: tuple[tuple[str, Callable[[], Sequence[int]]], ...] = (
            ("suffix", lambda: self._first(path, self._exact) or self._ends.get(path, ())),
            ("stem", lambda: self._stems.get(stem, ())),
            ("name", lambda: self._first(stem, self._stem_ends)),
        )
        for how, look in steps:
            frames = look()
            if frames:
                return self._decided(how, frames)
        return NO_MATCH

    def _decided(self, how: str, frames: Sequence[int]) -> Match:
        if len(frames) == 1:
            return Match(frames[0], how + self._word)
        return Match(None, how + self._word, tuple(frames), len({self._names[frame] for frame in frames}) == 1)

    @staticmethod
    def _first(path: str, index: dict[str, list[int]]) -> Sequence[int]:
        """The frames of the longest end of a path that the index knows."""
        return next((index[end] for end in _ends(path) if end in index), ())

    @cached_property
    def _paths(self) -> list[str]:
        return [self._normal(name) for name in self._names]

    @cached_property
    def _exact(self) -> dict[str, list[int]]:
        return _index((path, frame) for frame, path in enumerate(self._paths))

    @cached_property
    def _ends(self) -> dict[str, list[int]]:
        return _index((end, frame) for frame, path in enumerate(self._paths) for end in _ends(path))

    @cached_property
    def _stems(self) -> dict[str, list[int]]:
        return _index((splitext(path)[0], frame) for frame, path in enumerate(self._paths))

    @cached_property
    def _stem_ends(self) -> dict[str, list[int]]:
        pairs = ((splitext(path)[0], frame) for frame, path in enumerate(self._paths))
        return _index((end, frame) for stem, frame in pairs for end in _ends(stem))


def _index(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for key, frame in pairs:
        if key:
            index.setdefault(key, []).append(frame)
    return index


def _ends(path: str) -> Iterator[str]:
    """a/b/c, b/c, c"""
    while True:
        yield path
        _, slash, path = path.partition("/")
        if not slash:
            return


class CvatMatcher:
    """Matches item ids to frames as the CVAT 2.73 server does, mistakes included.

    names: the frames' names.  ids: the ids of all items, of which ONE, the deepest, gives the folder that is put
    before the others when they match nothing.  video: whether digits after `frame_` count.
    """

    def __init__(self, names: Sequence[str], ids: Iterable[str] = (), *, video: bool = False) -> None:
        self._size = len(names)
        self._video = video
        # Of two frames with one stem the last wins.
        self._frames = {splitext(name)[0]: frame for frame, name in enumerate(names)}
        self.root_hint = self._root_of(ids)

    def match(self, item: str, *, extension: str = "", number: object = None) -> Match:
        """The frame of an item id.  extension: that of its picture, if it has one.  number: its attribute `frame`."""
        for path in (splitext(item + extension)[0] if extension else item, item):
            frame = self._named(path)
            if frame is not None:
                return Match(frame, "path")
        return self._numbered(item if number is None else number, "number") or self._video_frame(item)

    def _named(self, path: str) -> int | None:
        frame = self._frames.get(path)
        if not frame and self.root_hint:  # frame 0 counts as none
            frame = self._frames.get(f"{self.root_hint}/{path}")
        return frame

    def _video_frame(self, item: str) -> Match:
        digits = item.removeprefix("frame_")
        known = self._video and digits != item
        return (self._numbered(digits, "frame_") if known else None) or NO_MATCH

    def _numbered(self, value: object, how: str) -> Match | None:
        try:
            frame = int(str(value))
        except ValueError:
            return None
        return Match(frame, how) if 0 <= frame < self._size else None

    def _root_of(self, ids: Iterable[str]) -> str:
        deepest = max(ids, key=lambda item: item.count("/"), default="")
        if not deepest:
            return ""
        # Of two frames with this ending the first wins.
        path = next((stem for stem in self._frames if f"/{stem}".endswith(f"/{deepest}")), "")
        return dirname(path).removesuffix(dirname(deepest)).strip("/") if path else ""
