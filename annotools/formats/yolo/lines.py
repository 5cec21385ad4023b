"""The lines of label files: a class, numbers, and what predictions have behind them.

0 0.5 0.5 0.2 0.1            a class and four numbers, or more
0 0.5 0.5 0.2 0.1 7          a track, if what stands there in all files is whole numbers; else a score
0 0.5 0.5 0.2 0.1 0.9 7      a score and a track
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.class_numbers import numbered_labels
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo.layout import Layout
from annotools.geometry.boxes import cxcywh_to_xyxy
from annotools.geometry.ragged import concat, expand_ranges, lengths, take
from annotools.model import Label
from annotools.model.columns import Array, Bools, Floats, Ints, runs
from annotools.model.rounding import around
from annotools.storage import Source

DIGITS = 12  # decimals of a share; what differs behind them is the sum of two numbers with few
LEAST = 4  # numbers behind a class
_PIECE = 1 << 14  # lines at a time: what is made of them on the way stays in the cache
_CELLS = (Cell("class", int), Cell("x"), Cell("y"), Cell("width"), Cell("height"))


class LabelLines(msgspec.Struct, frozen=True):
    """Lines, and what each is of.  frame: -1 where its size is not known.  size: (n, 2) px."""

    layout: Layout
    rows: Rows
    lines: Lines
    problems: Problems
    frame: Ints
    label: Ints
    size: Floats

    @property
    def at(self) -> At:
        """Where the lines stand."""
        return At(self.lines.members, self.lines.line, which=self.lines.member)

    @property
    def counts(self) -> Ints:
        """How many numbers each line has behind its class."""
        return LEAST + lengths(self.lines.rest[1])

    def refuse(self, which: Array, expected: str) -> None:
        """Tell that some lines have a number of columns that says nothing."""
        rows = np.flatnonzero(which) if which.dtype == np.bool_ else which
        counts, at = self.counts, self.at
        for row in rows.tolist():
            self.problems.append(at.problem(row, f"{1 + counts[row]} columns", expected=expected))
        self.rows.left_out("line", len(rows), self.frame[rows][self.frame[rows] >= 0])

    def boxes(self, which: Ints) -> Floats:
        """(n, 4) the first numbers of some lines."""
        return np.stack([self.lines[name][which] for name in ("x", "y", "width", "height")], axis=1)

    def corners(self, which: Ints) -> Floats:
        """(n, 4) the corners of some lines of boxes, px."""
        corners = np.empty((len(which), LEAST))
        for start in range(0, len(which), _PIECE):
            some, piece = which[start : start + _PIECE], corners[start : start + _PIECE]
            with np.errstate(over="ignore"):
                np.multiply(around(cxcywh_to_xyxy(self.boxes(some)), DIGITS), np.tile(self.size[some], 2), out=piece)
        return corners

    def numbers(self, which: Ints, counts: Ints) -> tuple[Floats, Ints]:
        """The first numbers of some lines, as many of each as `counts` says."""
        heads = self.boxes(which).reshape(-1), LEAST * np.arange(len(which) + 1)
        values, starts = self.lines.rest[0], self.lines.rest[1][which]
        tails = values[expand_ranges(starts, counts - LEAST)], np.append(0, np.cumsum(counts - LEAST))
        parts, ends = concat([heads, tails])
        order = np.stack([np.arange(len(which)), len(which) + np.arange(len(which))], axis=1).reshape(-1)
        whole, ends = take(parts, ends, order)
        return whole, ends[::2]

    def table(self, which: Ints, count: int) -> Floats:
        """(n, count) the first numbers of some lines."""
        return self.numbers(which, np.full(len(which), count))[0].reshape(-1, count)

    def are_marked_twice(self, which: Bools) -> bool:
        """Whether the last two numbers of some lines are a score and a track: the last is whole, and no share."""
        ends = self.lines.rest[1][1:][which]
        score, last = (self.lines.rest[0][ends - back] for back in (2, 1))
        certain = _are_numbers(last).all() and last.max(initial=0) > 1
        return bool(certain and ((score >= 0) & (score <= 1)).all())

    def marks(self, which: Ints, counts: Ints) -> dict[str, Any]:
        """The columns that what is behind `counts` numbers of some lines says: tracks, or scores, or both."""
        values, ends = self.lines.rest[0], self.lines.rest[1]
        more = self.counts[which] - counts
        if not more.any():
            return {}
        one, two = np.flatnonzero(more == 1), np.flatnonzero(more == 2)
        last = np.where(more > 0, np.append(values, 0.0)[ends[which + 1] - 1], 0.0)
        score, key = np.ones(len(which)), np.full(len(which), -1)
        score[two] = values[ends[which[two] + 1] - 2]
        key[two] = last[two]
        if _are_numbers(last[one]).all():
            key[one] = last[one]
        else:
            score[one] = last[one]
        columns: dict[str, Any] = {"score": score} if (score != 1).any() else {}
        if (key >= 0).any():
            columns["track"] = self.rows.tracks(key, self.label[which], self.at[which], track_id=key)
        return columns


def _are_numbers(values: Floats) -> Bools:
    return np.asarray((values == np.trunc(values)) & (values >= 0) & (values < 1 << 53))


def label_lines(rows: Rows, source: Source, layout: Layout, problems: Problems) -> LabelLines:
    """Pictures and the lines of all label files, whose classes are defined."""
    entries = layout.entries
    frames = rows.frames([e.name for e in entries], subsets=[e.subset for e in entries], at=At(layout.member))
    pictured = [number for number, entry in enumerate(entries) if entry.picture]
    rows.pictures(frames[pictured], [entries[number].picture for number in pictured])
    labelled = [number for number, entry in enumerate(entries) if entry.labels]
    lines = line_rows(source, [entries[number].labels for number in labelled], problems, *_CELLS, rest="numbers")
    at = At(lines.members, lines.line, which=lines.member)
    label = numbered_labels(rows, lines["class"], layout.class_name, at, problems, _classes(layout))
    frame = frames[labelled][lines.member]
    there, first = runs(frame)
    sizes, which = rows.sizes(there, at[first]).astype(np.float64), np.searchsorted(there, frame)
    sized = np.where((sizes > 0).all(axis=1), there, -1)
    return LabelLines(layout, rows, lines, problems, sized[which], label, sizes[which])


def define(rows: Rows, layout: Layout) -> None:
    """The classes as labels."""
    pairs = sorted(layout.names.items())
    rows.label_defs(Label(n, name, extras=(("class_id", number),)) for n, (number, name) in enumerate(pairs, 1))


def _classes(layout: Layout) -> str:
    numbers = sorted(layout.names)
    return f"0 to {numbers[-1]}" if numbers and numbers == list(range(len(numbers))) else "a number that has one"
