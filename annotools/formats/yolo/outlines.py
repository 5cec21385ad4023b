"""Lines of outlines, both ways: x and y of three points or more, as shares of the picture."""

from __future__ import annotations

from annotools.formats.yolo.lines import LabelLines
from annotools.geometry.ragged import place_in_row, row_of_value
from annotools.model import POLYGON
from annotools.model.columns import Ints


def add_outlines(found: LabelLines, rows: Ints, counts: Ints) -> None:
    """Lines that are outlines.  counts: how many of their numbers are coordinates."""
    if not len(rows):
        return
    values, ends = found.numbers(rows, counts)
    scale = found.size[rows][row_of_value(ends), place_in_row(ends) % 2]
    marks = found.marks(rows, counts)
    found.rows.shapes(POLYGON, found.frame[rows], found.label[rows], values * scale, ends, found.at[rows], **marks)
