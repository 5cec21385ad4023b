"""Names of pictures -> frames: those of the context that they are pictures of, or else one each.

context a/1.jpg, a/2.jpg      name 1.jpg -> 0      name 3.jpg -> -1, and a problem
no context                    train 1.jpg -> 0     val 1.jpg -> 1     train 1.jpg -> 0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from posixpath import splitext
from typing import Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.places import At
from annotools.matching import NO_MATCH, CvatMatcher, FrameMatcher, Match, mismatch
from annotools.model import Dataset, Frames
from annotools.model.columns import Array, Ints
from annotools.model.extras import Extra, joined
from annotools.storage.names import name_fault

UNKNOWN_SIZE = "unknown-size"  # kind of problem
_NAMED = 5  # so many are named

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


@dataclass
class FrameNames:
    """Looks names up.  size: width and height by frame, as far as they are known."""

    context: Dataset | None
    problems: Problems
    matching: Matching = by_name
    _places: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _subsets: list[str] = field(default_factory=list)
    _sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    _extras: list[tuple[dict[str, Extra], int]] = field(default_factory=list)
    _table: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
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
        which = [nth] * len(whole) if isinstance(nth, int) else nth
        frames = np.fromiter(map(self._place, whole, subsets, which), np.int64, len(whole))
        for row in np.flatnonzero(frames < 0).tolist():
            self._refuse(row, whole[row], name_fault(whole[row]), at)
        self._keep_extras(frames, extras)
        return frames

    def _place(self, name: str, subset: str, nth: int) -> int:
        key = (subset, name, nth)
        if key not in self._places:
            if name_fault(name):
                return -1
            self._places[key] = len(self._names)
            self._names.append(name)
            self._subsets.append(subset)
        return self._places[key]

    def _refuse(self, row: int, name: str, fault: str, at: At) -> None:
        expected = "a relative path that leads nowhere but down"
        self.problems.append(at.problem(row, f"name of picture {name!r} {fault}", expected=expected))

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
        for frame, width, height in zip(frames.tolist(), widths.tolist(), heights.tolist(), strict=True):
            if frame >= 0 and width > 0 and height > 0:
                self._sizes.setdefault(frame, (width, height))

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
        if self._learned_of != len(self._sizes):
            self._learned_of = len(self._sizes)
            self._table = np.zeros((max(self._sizes) + 1, 2), np.int64)
            self._table[list(self._sizes)] = list(self._sizes.values())
        return self._table

    def result(self) -> Frames:
        """The frames, with all sizes that are known."""
        if self.context is not None and len(self.context.frames):
            return self._sized(self.context.frames)
        frames = Frames.of(self._names, subsets=self._subsets)
        extras = joined(self._extras)
        return self._sized(replace(frames, extras=extras) if extras else frames)

    def _sized(self, frames: Frames) -> Frames:
        inside = [frame for frame in self._sizes if frame < len(frames)]
        if not inside:
            return frames
        sizes = np.stack([frames.width, frames.height], axis=1)
        rows = np.array(inside, np.int64)
        given = np.array([self._sizes[frame] for frame in inside], np.int64)
        known = np.all(sizes[rows] > 0, axis=1, keepdims=True)
        sizes[rows] = np.where(known, sizes[rows], given)
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
