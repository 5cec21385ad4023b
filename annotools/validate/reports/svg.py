"""Drawings of shapes within their frames as SVG, other shapes of the frame faint: many at once.

What shapes look like is made as text some hundred shapes at a time, and what is faint on a frame once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import islice

import msgspec
import numpy as np

from annotools.model import Dataset
from annotools.validate.findings import Where
from annotools.validate.report import Columns
from annotools.validate.reports.outline import (
    Neighbours,
    Outlines,
    Strokes,
    Window,
    frame_size,
    frame_stroke,
    thinned,
    windows_of,
)

WIDE, HIGH = 240, 150  # px of the drawing on the page, at most
OTHERS, CORNERS = 20, 24  # faint shapes of a drawing, and corners of each: they are only hints, and a page has many
HINTS = 1 << 24  # characters of faint shapes that are kept in mind
SHOWN = 1 << 25  # characters of shapes that are: a tiny one is often what several rules find fault with
SIZES = 64  # of frames, whose borders are
_RADIUS = "\0"  # where the radius of a dot is to stand, which depends on the drawing
Pair = tuple[int, int | None]


class _Lines(msgspec.Struct, frozen=True):
    """Strokes as text.  lines: a path.  dots: circles for strokes of a single corner."""

    lines: str = ""
    dots: str = ""

    def layer(self, name: str) -> str:
        """As a layer of a drawing."""
        path = f'<path d="{self.lines}"/>' if self.lines else ""
        return f'<g class="{name}">{path}{self.dots}</g>'


class _Shown(msgspec.Struct, frozen=True):
    """A shape of which something is drawn, and what its own drawing shows."""

    frame: int
    lines: _Lines
    window: Window


class _Faint(msgspec.Struct, frozen=True):
    """The first shapes of a frame.  hints: of each, None where nothing is drawn.  layer: of the usual number."""

    rows: list[int]
    hints: list[_Lines | None]
    layer: str

    def beside(self, row: int) -> str:
        """The layer of a drawing of a shape."""
        if row not in self.rows[:OTHERS]:
            return self.layer
        return _layer_of(hint for other, hint in zip(self.rows, self.hints, strict=True) if other != row)

    def __len__(self) -> int:
        return len(self.layer) + sum(len(hint.lines) + len(hint.dots) for hint in self.hints if hint)


class Drawings:
    """Drawings of the shapes of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset, self._shapes = dataset, dataset.shapes
        self._outlines = Outlines(dataset)
        self._faint: OrderedDict[int, _Faint] = OrderedDict()  # by frame, those that were asked for last at the end
        self._kept = 0  # characters of these
        self._shown: dict[int, _Shown | None] = {}  # by row, those that were asked for first
        self._room = SHOWN

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._shapes)

    def of(self, where: Where, related: Where | None = None) -> str:
        """The shape of a finding, empty where there is nothing to draw.  related: the other one of a pair."""
        return self.many([(where, related)])[0]

    def many(self, wheres: Iterable[tuple[Where, Where | None]]) -> list[str]:
        """The drawings of some findings."""
        row_of = self._outlines.row
        pairs = [(row, row_of(related)) if (row := row_of(where)) is not None else None for where, related in wheres]
        return self._drawn(pairs)

    def of_columns(self, columns: Columns) -> list[str]:
        """The drawings of some findings that are about rows of a table."""
        shapes, others = self._outlines.rows(columns.wheres), iter(self._outlines.rows(columns.others))
        pairs = [(row, next(others) if paired else None) for row, paired in zip(shapes, columns.paired, strict=True)]
        return self._drawn([None if row is None else (row, other) for row, other in pairs])

    def _drawn(self, pairs: Sequence[Pair | None]) -> list[str]:
        drawings = self._made(list(dict.fromkeys(pair for pair in pairs if pair is not None)))
        return ["" if pair is None else drawings.get(pair, "") for pair in pairs]

    def _made(self, pairs: Sequence[Pair]) -> dict[Pair, str]:
        """The drawings of shapes, without those of which nothing is drawn."""
        shapes = self._shapes_of(list(dict.fromkeys(row for pair in pairs for row in pair if row is not None)))
        drawn = [(pair, shown) for pair in pairs if (shown := shapes[pair[0]])]
        faint = self._faint_on({shown.frame for _, shown in drawn})
        borders = {frame: _border(frame_size(self._dataset, frame)) for frame in faint}
        drawings = {}
        for (row, other), shown in drawn:
            frame, beside = shown.frame, shapes[other] if other is not None else None
            pair = beside.lines.layer("pair") if beside and beside.frame == frame else ""
            layers = f"{borders[frame]}{faint[frame].beside(row)}{pair}{shown.lines.layer('shape')}"
            drawings[row, other] = _svg(shown.window, layers)
        return drawings

    def _shapes_of(self, rows: Sequence[int]) -> dict[int, _Shown | None]:
        """What of shapes is drawn, None where it is nothing: four findings a shape take 0.7 of the time, all kept."""
        kept = self._shown
        new = [row for row in rows if row not in kept]
        strokes = dict(zip(new, self._outlines.many(new), strict=True)) if new else {}
        made: dict[int, _Shown | None] = dict.fromkeys(new)
        drawn = [row for row in new if strokes[row]]
        if drawn:
            frames, some = self._shapes.frame[drawn].tolist(), [strokes[row] for row in drawn]
            windows = windows_of(some, [frame_size(self._dataset, frame) for frame in frames])
            made |= zip(drawn, map(_Shown, frames, _texts(some), windows), strict=True)
        shapes = {row: made[row] if row in made else kept[row] for row in rows}
        if self._room > 0:
            kept |= made
            self._room -= sum(len(one.lines.lines) + len(one.lines.dots) for one in made.values() if one)
        return shapes

    def _faint_on(self, frames: set[int]) -> dict[int, _Faint]:
        """What is faint on some frames."""
        kept, new = self._faint, [frame for frame in sorted(frames) if frame not in self._faint]
        first = {frame: self._neighbours.first(frame, OTHERS + 1) for frame in new}
        hints = iter(self._hints([row for rows in first.values() for row in rows]))
        for frame, rows in first.items():
            drawn = list(islice(hints, len(rows)))
            kept[frame] = _Faint(rows, drawn, _layer_of(drawn[:OTHERS]))
            self._kept += len(kept[frame])
        for frame in frames:
            kept.move_to_end(frame)
        faint = {frame: kept[frame] for frame in frames}
        while self._kept > HINTS:
            self._kept -= len(kept.popitem(last=False)[1])
        return faint

    def _hints(self, rows: Sequence[int]) -> list[_Lines | None]:
        drawn = [[thinned(stroke, CORNERS) for stroke in strokes[:CORNERS]] for strokes in self._outlines.many(rows)]
        return [lines if strokes else None for lines, strokes in zip(_texts(drawn), drawn, strict=True)]


def _layer_of(hints: Iterable[_Lines | None]) -> str:
    drawn = [hint for hint in hints if hint]
    lines = _Lines("".join([hint.lines for hint in drawn]), "".join([hint.dots for hint in drawn]))
    return lines.layer("faint") if drawn else ""


@lru_cache(SIZES)
def _border(size: tuple[int, int]) -> str:
    return _texts([[frame_stroke(size)]])[0].layer("frame") if all(size) else ""


def _svg(window: Window, inner: str) -> str:
    left, top, width, height = window.left, window.top, window.width, window.height
    scale = min(WIDE / width, HIGH / height)
    if _RADIUS in inner:
        inner = inner.replace(_RADIUS, f"{3 / scale:.2f}")
    return (
        f'<svg viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}" '
        f'width="{width * scale:.0f}" height="{height * scale:.0f}">{inner}</svg>'
    )


def _texts(drawn: Sequence[Strokes]) -> list[_Lines]:
    """What is drawn of shapes as text: all numbers are written at once."""
    strokes = [stroke for each in drawn for stroke in each]
    if not strokes:
        return [_Lines()] * len(drawn)
    numbers = tuple(np.concatenate(strokes).ravel().tolist())
    written = iter(("\n".join([_template(len(stroke)) for stroke in strokes]) % numbers).split("\n"))
    return [_lines_of(list(islice(written, len(each)))) for each in drawn]


def _lines_of(parts: list[str]) -> _Lines:
    if len(parts) == 1 and parts[0][0] == "M":
        return _Lines(parts[0])
    lines = [part for part in parts if part[0] == "M"]
    return _Lines("".join(lines), "".join([part for part in parts if part[0] != "M"]))


@lru_cache
def _template(corners: int) -> str:
    """What a stroke of so many corners is written with."""
    if corners == 1:
        return f'<circle cx="%.2f" cy="%.2f" r="{_RADIUS}"/>'
    return "M" + " ".join(["%.2f,%.2f"] * corners)
