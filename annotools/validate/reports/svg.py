"""A drawing of a shape within its frame as SVG, other shapes of the frame faint."""

from __future__ import annotations

from functools import cached_property, lru_cache

import msgspec

from annotools.model import Dataset
from annotools.model.tables import Floats
from annotools.validate.findings import Where
from annotools.validate.reports.outline import (
    Neighbours,
    Outlines,
    Strokes,
    Window,
    frame_size,
    frame_stroke,
    thinned,
    window_of,
)

WIDE, HIGH = 240, 150  # px of the drawing on the page, at most
OTHERS, CORNERS = 20, 24  # faint shapes of a drawing, and corners of each: they are only hints, and a page has many
HINTS = 5_000  # faint shapes that are kept in mind
SIZES = 64  # of frames, whose borders are
DRAWINGS = 1_000  # the same: an object may have many findings


class _Lines(msgspec.Struct, frozen=True):
    """Strokes as text.  lines: a path.  dots: strokes of a single corner."""

    lines: str
    dots: Strokes

    @classmethod
    def of(cls, drawn: Strokes) -> _Lines:
        lines = "".join(f"M{_path(stroke)}" for stroke in drawn if len(stroke) > 1)
        return cls(lines, [stroke for stroke in drawn if len(stroke) == 1])


class Drawings:
    """Drawings of the shapes of a dataset.  A shape that is faint in many of them is made once."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset, self._shapes = dataset, dataset.shapes
        self._outlines = Outlines(dataset)
        self._strokes = lru_cache(HINTS)(self._outlines.strokes)
        self._hint = lru_cache(HINTS)(self._made_hint)
        self._drawing = lru_cache(DRAWINGS)(self._made)

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._shapes)

    def of(self, where: Where, related: Where | None = None) -> str:
        """The shape of a finding, empty where there is nothing to draw.  related: the other one of a pair."""
        row = self._outlines.row(where)
        return "" if row is None else self._drawing(row, self._outlines.row(related))

    def _made(self, row: int, pair: int | None) -> str:
        drawn = self._strokes(row)
        if not drawn:
            return ""
        size = frame_size(self._dataset, self._frame(row))
        together = [] if pair is None or self._frame(pair) != self._frame(row) else self._strokes(pair)
        layers = [
            ("frame", [_border(size)] if all(size) else []),
            ("faint", [hint for other in self._neighbours.of(row, OTHERS) if (hint := self._hint(other))]),
            ("pair", [_Lines.of(together)] if together else []),
            ("shape", [_Lines.of(drawn)]),
        ]
        return _svg(window_of(drawn, size), layers)

    def _made_hint(self, row: int) -> _Lines | None:
        drawn = [thinned(stroke, CORNERS) for stroke in self._strokes(row)[:CORNERS]]
        return _Lines.of(drawn) if drawn else None

    def _frame(self, row: int) -> int:
        return int(self._shapes.frame[row])


@lru_cache(SIZES)
def _border(size: tuple[int, int]) -> _Lines:
    return _Lines.of([frame_stroke(size)])


def _svg(window: Window, layers: list[tuple[str, list[_Lines]]]) -> str:
    scale = min(WIDE / window.width, HIGH / window.height)
    box = f"{window.left:.2f} {window.top:.2f} {window.width:.2f} {window.height:.2f}"
    inner = "".join(_layer(name, drawn, 3 / scale) for name, drawn in layers if drawn)
    return f'<svg viewBox="{box}" width="{window.width * scale:.0f}" height="{window.height * scale:.0f}">{inner}</svg>'


def _layer(name: str, drawn: list[_Lines], dot: float) -> str:
    lines = "".join(each.lines for each in drawn)
    corners = [corner for each in drawn if each.dots for stroke in each.dots for corner in stroke.tolist()]
    dots = "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{dot:.2f}"/>' for x, y in corners)
    return f'<g class="{name}"><path d="{lines}"/>{dots}</g>' if lines else f'<g class="{name}">{dots}</g>'


def _path(stroke: Floats) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in stroke.tolist())
