"""Names of pictures -> frames: those of the context that they are pictures of, or else one each.

context a/1.jpg, a/2.jpg      name 1.jpg -> 0      name 3.jpg -> -1, and a problem
no context                    train 1.jpg -> 0     val 1.jpg -> 1     train 1.jpg -> 0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from posixpath import splitext
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.places import At, WrongRows
from annotools.matching import NO_MATCH, CvatMatcher, FrameMatcher, Match, mismatch
from annotools.model import Dataset, Frames
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.columns import Array, Ints
from annotools.model.extras import Extra, joined
from annotools.storage.names import are_plain, name_fault

UNKNOWN_SIZE = "unknown-size"  # kind of problem
_NAMED = 5  # so many are named
_MANY = 16  # names that are looked at together

Matching = Callable[[Dataset, Sequence[str]], Sequence[Match]]


def by_name(context: Dataset, names: Sequence[str]) -> Sequence[Match]:
    """Matches in explicit steps, and never a guess."""
    return FrameMatcher(context.frames.names).match_all(names)


def as_server(context: Dataset, names: Sequence[str]) -> Sequence[Match]:
    """Matches of the server's importer; of all names given one, the deepest, says what stands before the others."""
    items = [splitext(name) for name in names]
    matcher = CvatMatcher(context.frames.names, [stem for stem, _ in items], video=context.task.is_video)
    return [matcher.match(stem, extension=extension) for stem, extension in items]


def by_stem(context: Dataset, names: Sequence[str]) -> Sequence[Match]:
    """Matches names that are those of pictures without their endings: `b.c` is `b.c.jpg`, and not another `b`."""
    matcher = FrameMatcher(context.frames.names)
    whole = matcher.match_all(names)
    ended = matcher.match_all([f"{name}.-" for name in names])
    return [
        one if one.how.startswith("exact") or other == NO_MATCH else other
        for one, other in zip(whole, ended, strict=True)
    ]


def items_as_server(context: Dataset, names: Sequence[str]) -> Sequence[Match]:
    """The same as `as_server`, of names that have no endings."""
    matcher = CvatMatcher(context.frames.names, names, video=context.task.is_video)
    return [matcher.match(name) for name in names]


class FrameNames(msgspec.Struct):
    """Looks names up.  size: width and height by frame, as far as they are known."""

    context: Dataset | None
    problems: Problems
    matching: Matching = by_name
    _places: dict[tuple[str, int], dict[str, int]] = msgspec.field(default_factory=dict)
    _names: list[str] = msgspec.field(default_factory=list)
    _subsets: list[str] = msgspec.field(default_factory=list)
    _sized: ColumnBuffer = msgspec.field(default_factory=ColumnBuffer)
    _sizes: ColumnBuffer = msgspec.field(default_factory=ColumnBuffer)
    _extras: list[tuple[dict[str, Extra], int]] = msgspec.field(default_factory=list)
    _table: Ints = msgspec.field(default_factory=lambda: np.zeros((0, 2), np.int64))
    _learned_of: int = 0

    def frames(
        self, names: Sequence[str], subsets: Sequence[str], at: At, nth: Sequence[int] | int = 0, **extras: Any
    ) -> Ints:
        """The frame of each name, -1 for none.

        nth: which of several pictures of one name and subset each is.  extras: of frames that are made.
        """
        whole = [name.replace("\\", "/") for name in names]
        if self.context is not None and len(self.context.frames):
            return self._matched(self.context, whole, subsets, at)
        frames = self._new(whole, subsets) if nth == 0 else None
        if frames is None:
            which = [nth] * len(whole) if isinstance(nth, int) else nth
            frames = np.fromiter(map(self._place, whole, subsets, which), np.int64, len(whole))
        self._refuse(np.flatnonzero(frames < 0).tolist(), whole, at)
        self._keep_extras(frames, extras)
        return frames

    def _new(self, names: Sequence[str], subsets: Sequence[str]) -> Ints | None:
        """The frames of names of one subset that are all new, as most are: a fifth of the time of a look at each."""
        if len(names) < _MANY or len(set(subsets)) > 1 or not are_plain(names):
            return None
        places, first = self._places.setdefault((subsets[0], 0), {}), len(self._names)
        if len(set(names)) < len(names) or not places.keys().isdisjoint(names):
            return None
        places.update(zip(names, range(first, first + len(names)), strict=True))
        self._names += names
        self._subsets += subsets
        return np.arange(first, len(self._names))

    def _place(self, name: str, subset: str, nth: int) -> int:
        places = self._places.setdefault((subset, nth), {})
        if name not in places:
            if name_fault(name):
                return -1
            places[name] = len(self._names)
            self._names.append(name)
            self._subsets.append(subset)
        return places[name]

    def _refuse(self, bad: Sequence[int], names: Sequence[str], at: At) -> None:
        """Say what is wrong with the names of some rows."""
        wrong = WrongRows(at)
        for row in bad:
            message = f"name of picture {names[row]!r} {name_fault(names[row])}"
            wrong.add(row, message, "a relative path that leads nowhere but down")
        self.problems.extend(wrong.all())

    def _keep_extras(self, frames: Ints, extras: dict[str, Any]) -> None:
        """What is said of frames that are new."""
        before = sum(size for _, size in self._extras)
        fresh, first = np.unique(frames, return_index=True)
        rows = first[fresh >= before]
        self._extras.append(({name: _taken(values, rows) for name, values in extras.items()}, len(rows)))

    def _matched(self, context: Dataset, names: Sequence[str], subsets: Sequence[str], at: At) -> Ints:
        sure = _of_same_names(context, names) if self.matching is by_name else None
        if sure is not None:
            return sure
        frames = np.full(len(names), -1, np.int64)
        for row, match in enumerate(self.matching(context, names)):
            frame = match.frame if match.frame is not None else _of_subset(context, match, subsets[row])
            if frame is not None:
                frames[row] = frame
                continue
            problem = mismatch(names[row], match, "")
            fault = at.problem(row, problem.message, expected=problem.expected, kind=problem.kind)
            self.problems.append(fault)
        return frames

    def learn(self, frames: Array, widths: Array, heights: Array) -> None:
        """Sizes of frames; what was known before counts for more."""
        sizes = np.stack([widths, heights], axis=1)
        rows = np.flatnonzero((frames >= 0) & (sizes > 0).all(axis=1))
        if len(rows):
            self._sized.add(np.asarray(frames, np.int64)[rows])
            self._sizes.add(np.asarray(sizes, np.int64)[rows])

    def sizes(self, frames: Array) -> Ints:
        """(n, 2) width and height of frames as far as they are known by now, else 0, 0."""
        known = (Frames() if self.context is None else self.context.frames).sizes(frames)
        learned = self._learned()
        rows = np.flatnonzero((known[:, 0] <= 0) | (known[:, 1] <= 0))
        rows = rows[(frames[rows] >= 0) & (frames[rows] < len(learned))]
        sizes = learned[frames[rows]]
        known[rows] = np.where(sizes > 0, sizes, known[rows])
        return known

    def _learned(self) -> Ints:
        """(n, 2) the sizes that were learned, by frame, 0 for none; kept until there are more."""
        frames = self._sized.column()
        if self._learned_of != len(frames):
            self._learned_of = len(frames)
            self._table = self._learned_of_first(int(frames.max()) + 1)
        return self._table

    def _learned_of_first(self, count: int) -> Ints:
        """The same of so many frames."""
        table = np.zeros((count, 2), np.int64)
        inside = np.flatnonzero(self._sized.column() < count)
        if len(inside):
            backwards = inside[::-1]  # of several sizes of a frame the last to be written is the first that came
            table[self._sized.column()[backwards]] = self._sizes.column()[backwards]
        return table

    def result(self) -> Frames:
        """The frames, with all sizes that are known."""
        if self.context is not None and len(self.context.frames):
            return self._with_sizes(self.context.frames)
        frames = Frames.of(self._names, subsets=self._subsets)
        extras = joined(self._extras)
        return self._with_sizes(replace(frames, extras=extras) if extras else frames)

    def _with_sizes(self, frames: Frames) -> Frames:
        given = self._learned_of_first(len(frames))
        if not given.any():
            return frames
        sizes = np.stack([frames.width, frames.height], axis=1)
        sizes = np.where((sizes > 0).all(axis=1, keepdims=True) | (given == 0), sizes, given)
        return replace(frames, width=sizes[:, 0], height=sizes[:, 1])


def _of_same_names(context: Dataset, names: Sequence[str]) -> Ints | None:
    """The frame of each name, where all are names that one frame has: a seventh of the time of matches."""
    places = {name: frame for frame, name in enumerate(context.frames.names)}
    if len(places) < len(context.frames) or "" in places or not places.keys() >= set(names):
        return None
    return np.fromiter(map(places.__getitem__, names), np.int64, len(names))


def _of_subset(context: Dataset, match: Match, subset: str) -> int | None:
    """Of several frames of one name the only one in the subset."""
    inside = [frame for frame in match.candidates if subset and context.frames.subsets[frame] == subset]
    return inside[0] if len(inside) == 1 else None


def _taken(values: Any, rows: Ints) -> Extra:
    extra = values if isinstance(values, Extra) else Extra.of(values)
    return replace(extra, values=extra.values[rows], present=extra.present[rows])


def unknown_sizes(names: Sequence[str]) -> str:
    """What is said of frames that must have a size and have none."""
    if len(names) == 1:
        return f"the size of picture {names[0]!r} is not known"
    some = ", ".join(map(repr, names[:_NAMED])) + ", ..." * (len(names) > _NAMED)
    return f"the sizes of {len(names):,} pictures are not known: {some}"
