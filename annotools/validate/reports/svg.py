"""A drawing of a shape within its frame as SVG, other shapes of the frame faint."""

from __future__ import annotations

from annotools.model import Dataset
from annotools.model.tables import Floats
from annotools.validate.findings import Where
from annotools.validate.reports.outline import (
    Strokes,
    Window,
    frame_size,
    frame_stroke,
    others,
    shape_row,
    strokes,
    thinned,
    window_of,
)

WIDE, HIGH = 240, 150  # px of the drawing on the page, at most
OTHERS, CORNERS = 20, 24  # faint shapes of a drawing, and corners of each: they are only hints, and a page has many


def drawing(dataset: Dataset, where: Where, related: Where | None = None) -> str:
    """The shape of a finding, empty where there is nothing to draw.  related: the other one of a pair."""
    row = shape_row(dataset, where)
    drawn = [] if row is None else strokes(dataset, row)
    if row is None or not drawn:
        return ""
    size = frame_size(dataset, int(dataset.shapes.frame[row]))
    window = window_of(drawn, size)
    pair = shape_row(dataset, related)
    layers = [
        ("frame", [frame_stroke(size)] if all(size) else []),
        ("faint", _faint(dataset, row)),
        ("pair", [] if pair is None or _frame(dataset, pair) != _frame(dataset, row) else strokes(dataset, pair)),
        ("shape", drawn),
    ]
    return _svg(window, layers)


def _faint(dataset: Dataset, row: int) -> Strokes:
    near = others(dataset, row, OTHERS)
    return [thinned(stroke, CORNERS) for other in near for stroke in strokes(dataset, other)[:CORNERS]]


def _frame(dataset: Dataset, row: int) -> int:
    return int(dataset.shapes.frame[row])


def _svg(window: Window, layers: list[tuple[str, Strokes]]) -> str:
    scale = min(WIDE / window.width, HIGH / window.height)
    box = f"{window.left:.2f} {window.top:.2f} {window.width:.2f} {window.height:.2f}"
    inner = "".join(_layer(name, drawn, 3 / scale) for name, drawn in layers if drawn)
    return f'<svg viewBox="{box}" width="{window.width * scale:.0f}" height="{window.height * scale:.0f}">{inner}</svg>'


def _layer(name: str, drawn: Strokes, dot: float) -> str:
    lines = "".join(f"M{_path(stroke)}" for stroke in drawn if len(stroke) > 1)
    dots = "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{dot:.2f}"/>' for s in drawn if len(s) == 1 for x, y in s)
    return f'<g class="{name}"><path d="{lines}"/>{dots}</g>' if lines else f'<g class="{name}">{dots}</g>'


def _path(stroke: Floats) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in stroke.tolist())
