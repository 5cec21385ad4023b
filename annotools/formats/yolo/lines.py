"""The lines of label files, whatever they hold, as rows.

0 0.5 0.5 0.2 0.1            a box
0 0.5 0.5 0.2 0.1 7          a box of track 7, if the sixth column of all files is whole numbers; else its score
0 0.1 0.1 0.3 0.1 0.3 0.3    an outline: 3 points or more
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo.data_yaml import Layout
from annotools.geometry.boxes import cxcywh_to_xyxy
from annotools.geometry.ragged import concat, lengths, place_in_row, row_of_value, take
from annotools.model import POLYGON, RECTANGLE, Label
from annotools.model.columns import Floats, Ints
from annotools.storage import Source

_CELLS = (Cell("class", int), Cell("x"), Cell("y"), Cell("width"), Cell("height"))
_DIGITS = 12  # decimals of a share; what differs behind them is the sum of two numbers with few


def read_rows(rows: Rows, source: Source, layout: Layout, problems: Problems) -> None:
    """Pictures, classes and the lines of all label files."""
    entries = layout.entries
    frames = rows.frames([e.name for e in entries], subsets=[e.subset for e in entries], at=At(layout.member))
    pictured = [place for place, entry in enumerate(entries) if entry.picture]
    rows.pictures(frames[pictured], [entries[place].picture for place in pictured])
    labelled = [place for place, entry in enumerate(entries) if entry.labels]
    pairs = sorted(layout.names.items())
    rows.label_defs(Label(n, name, extras=(("class_id", number),)) for n, (number, name) in enumerate(pairs, 1))
    lines = line_rows(source, [entries[place].labels for place in labelled], problems, *_CELLS, rest="numbers")
    found = Found(rows, lines, frames[labelled][lines.member], problems)
    found.add(found.labels(layout))


@dataclass(frozen=True)
class Found:
    """Lines, and the frame of each."""

    rows: Rows
    lines: Lines
    frame: Ints
    problems: Problems

    @property
    def at(self) -> At:
        """Where the lines stand."""
        return At(self.lines.members, self.lines.line, which=self.lines.member)

    def labels(self, layout: Layout) -> Ints:
        """The label of each line; only classes that are used must be known."""
        used, first, place, times = np.unique(
            self.lines["class"], return_index=True, return_inverse=True, return_counts=True
        )
        names = [layout.names.get(number, "") for number in used.tolist()]
        ids = np.full(len(used), -1, np.int64)
        named = np.array([bool(name) for name in names], np.bool_)
        ids[named] = self.rows.labels([name for name in names if name], at=self.at[first[named]])
        for n in np.flatnonzero(~named).tolist():
            more = f", {times[n]:,} times from here on" if times[n] > 1 else ""
            said = f"class {used[n]} has no name{more}"
            self.problems.append(self.at.problem(int(first[n]), said, expected=_classes(layout)))
        return np.asarray(ids[place.reshape(-1)])

    def add(self, label: Ints) -> None:
        """Boxes and outlines on frames of known size."""
        more = lengths(self.lines.rest[1])
        odd = np.flatnonzero((more > 1) & (more % 2 == 1))
        for row in odd.tolist():
            expected = "5 columns, 6, or an odd number for an outline"
            self.problems.append(self.at.problem(row, f"{5 + more[row]} columns", expected=expected))
        self.rows.left_out("line", len(odd), self.frame[odd][self.frame[odd] >= 0])
        sizes = self.rows.sizes(self.frame, self.at).astype(np.float64)
        frame = np.where((sizes > 0).all(axis=1), self.frame, -1)
        self._add_boxes(np.flatnonzero(more <= 1), frame, label, sizes)
        self._add_outlines(np.flatnonzero((more > 1) & (more % 2 == 0)), frame, label, sizes)

    def _add_boxes(self, rows: Ints, frame: Ints, label: Ints, sizes: Floats) -> None:
        centred = self.lines.stack("x", "y", "width", "height")[rows]
        corners = np.around(cxcywh_to_xyxy(centred), _DIGITS) * np.tile(sizes[rows], 2)
        sixth, ends = take(*self.lines.rest, rows)
        columns: dict[str, Any] = {}
        if len(sixth) and _are_numbers(sixth):
            keys = np.full(len(rows), -1)
            keys[lengths(ends) > 0] = sixth
            columns["track"] = self.rows.tracks(keys, label[rows], self.at[rows])
        elif len(sixth):
            columns["score"] = np.ones(len(rows))
            columns["score"][lengths(ends) > 0] = sixth
        self.rows.shapes(RECTANGLE, frame[rows], label[rows], corners, at=self.at[rows], **columns)

    def _add_outlines(self, rows: Ints, frame: Ints, label: Ints, sizes: Floats) -> None:
        if not len(rows):
            return
        first = self.lines.stack("x", "y", "width", "height")[rows]
        heads = first.reshape(-1), 4 * np.arange(len(rows) + 1)
        parts, ends = concat([heads, take(*self.lines.rest, rows)])
        order = np.stack([np.arange(len(rows)), len(rows) + np.arange(len(rows))], axis=1).reshape(-1)
        values, whole = take(parts, ends, order)
        whole = whole[::2]
        scale = sizes[rows][row_of_value(whole), place_in_row(whole) % 2]
        self.rows.shapes(POLYGON, frame[rows], label[rows], values * scale, whole, self.at[rows])


def _are_numbers(values: Floats) -> bool:
    return bool((values == np.trunc(values)).all() and (values >= 0).all())


def _classes(layout: Layout) -> str:
    numbers = sorted(layout.names)
    return f"0 to {numbers[-1]}" if numbers and numbers == list(range(len(numbers))) else "a number that has one"
