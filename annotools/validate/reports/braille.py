"""A small picture of a shape for terminals, of Braille patterns: each character is 2 dots wide and 4 high.

Bit of a dot in U+2800 .. U+28FF, by column and row: 0 1 2 6 / 3 4 5 7.
Source: The Unicode Standard, block Braille Patterns.
"""

from __future__ import annotations

import numpy as np

from annotools.model.tables import Array, Floats
from annotools.validate.findings import Where
from annotools.validate.reports.outline import Outlines, Strokes, Window, frame_size, frame_stroke, window_of

COLUMNS, ROWS = 28, 7
_BITS = np.array([[0, 1, 2, 6], [3, 4, 5, 7]])
_BLANK = 0x2800


def picture(outlines: Outlines, where: Where) -> list[str]:
    """The shape of a finding within its frame as lines of text, none where there is nothing to draw."""
    row = outlines.row(where)
    drawn = [] if row is None else outlines.strokes(row)
    if row is None or not drawn:
        return []
    size = frame_size(outlines.dataset, int(outlines.dataset.shapes.frame[row]))
    window = window_of(drawn, size)
    return _lines(_raster([*drawn, *([frame_stroke(size)] if all(size) else [])], window))


def _raster(drawn: Strokes, window: Window) -> Array:
    """(width, height) dots, as large as fits the screen with square dots."""
    wide, high = COLUMNS * 2, ROWS * 4
    scale = min((wide - 1) / window.width, (high - 1) / window.height)
    dots = np.zeros((wide, high), np.bool_)
    for stroke in drawn:
        places = np.rint((_dense(stroke, scale) - (window.left, window.top)) * scale).astype(np.int64)
        inside = ((places >= 0) & (places < (wide, high))).all(axis=1)
        dots[tuple(places[inside].T)] = True
    used = np.flatnonzero(dots.any(axis=1))
    return dots[: (int(used[-1]) // 2 + 1) * 2] if len(used) else dots[:2]


def _dense(stroke: Floats, scale: float) -> Floats:
    """Points along a stroke, at most about half a dot apart."""
    steps = np.abs(np.diff(stroke, axis=0)).max(axis=1, initial=0.0) * scale * 2
    parts = np.clip(np.ceil(steps), 1, 4 * (COLUMNS + ROWS) * 4).astype(np.int64)
    sides = zip(stroke[:-1], stroke[1:], parts.tolist(), strict=True)
    runs = [np.linspace(one, other, n, endpoint=False) for one, other, n in sides]
    return np.concatenate([*runs, stroke[-1:]])


def _lines(dots: Array) -> list[str]:
    cells = dots.reshape(len(dots) // 2, 2, ROWS, 4)
    codes = (cells << _BITS[None, :, None, :]).sum(axis=(1, 3)).T
    lines = ["".join(chr(_BLANK + code) for code in line).rstrip("\u2800") for line in codes.tolist()]
    while lines and not lines[-1]:
        lines.pop()
    return lines
