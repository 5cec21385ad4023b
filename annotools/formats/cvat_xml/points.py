"""The points of shapes of every kind, from the XML attributes that say where they are.

<box xtl ytl xbr ybr>   <ellipse cx cy rx ry>: centre, right and top   <mask rle left top width height>: runs, box
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from annotools.formats.cvat_xml.cells import Cells
from annotools.formats.cvat_xml.shapes import AXES, CORNERS, VERTICES
from annotools.geometry.ragged import expand_ranges
from annotools.model.codes import CUBOID, ELLIPSE, MASK, RECTANGLE, SKELETON, ShapeType
from annotools.model.columns import distinct
from annotools.model.rounding import shortest
from annotools.model.tables import Floats, Ints

_BOX = ("left", "top", "width", "height")
_Part = tuple[Ints, Floats]  # rows, and their values one after the other


def points_of(cells: Cells, decimals: int) -> tuple[Floats, Ints]:
    """Values and counts of rows, in their order; rows that are bad have none.

    decimals: to which the far sides of ellipses are added up.
    """
    codes = cells.places["code"]
    counts = np.zeros(len(codes), np.int64)
    parts: list[_Part] = []
    for code in distinct(codes).tolist():
        rows = np.flatnonzero(codes == code)
        values, counts[rows] = _of_type(cells, ShapeType(code), rows, decimals)
        parts.append((rows, values))
    return (parts[0][1] if len(parts) == 1 else _in_order(parts, counts)), counts


def _in_order(parts: Sequence[_Part], counts: Ints) -> Floats:
    """The values of all parts in the order of their rows."""
    starts = np.cumsum(counts) - counts
    whole = np.zeros(int(counts.sum()))
    for rows, values in parts:
        if len(values) < 16 * len(rows):
            whole[expand_ranges(starts[rows], counts[rows])] = values
        else:
            _copy_runs(whole, starts, rows, values, counts[rows])
    return whole


def _copy_runs(whole: Floats, starts: Ints, rows: Ints, values: Floats, counts: Ints) -> None:
    """Rows that follow each other at once: among polygons a tenth of the time of single places."""
    ends = np.concatenate(([0], np.cumsum(counts)))
    cuts = np.flatnonzero(np.diff(rows) > 1) + 1
    for first, last in pairwise([0, *cuts.tolist(), len(rows)]):
        start = int(starts[rows[first]])
        part = values[ends[first] : ends[last]]
        whole[start : start + len(part)] = part


def _of_type(cells: Cells, code: ShapeType, rows: Ints, decimals: int) -> tuple[Floats, Ints]:
    if code == SKELETON:
        return np.zeros(0), np.zeros(len(rows), np.int64)
    if code == MASK:
        return _masks(cells, rows)
    named = {RECTANGLE: CORNERS, CUBOID: VERTICES, ELLIPSE: AXES}.get(code)
    if named is None:
        return cells.lists(rows, "points", float, "numbers x,y;x,y")
    values, good = cells.named(rows, named)
    if code == ELLIPSE:
        x, y, width, height = values.T
        far = shortest(np.stack([x + width, y - height], 1), decimals)
        values = np.concatenate([values[:, :2], far], 1)
    return values[good].ravel(), np.where(good, len(named), 0)


def _masks(cells: Cells, rows: Ints) -> tuple[Floats, Ints]:
    runs, counts = cells.lists(rows, "rle", int, "whole numbers")
    sides, good = cells.named(rows, _BOX)
    sides[:, 2:] += sides[:, :2] - 1
    whole = np.where(good, counts + 4, 0)
    starts = np.cumsum(whole) - whole
    values = np.zeros(int(whole.sum()))
    kept = np.repeat(good, counts)
    values[expand_ranges(starts[good], counts[good])] = runs[kept]
    values[(starts[good] + counts[good])[:, None] + np.arange(4)] = sides[good]
    return values, whole
