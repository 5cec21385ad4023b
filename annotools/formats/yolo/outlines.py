"""Lines of outlines, both ways: x and y of three points or more, as shares of the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from annotools.formats.yolo.lines import LEAST, LabelLines
from annotools.geometry.ragged import place_in_row, row_of_value, take
from annotools.model import POLYGON, RECTANGLE, Dataset
from annotools.model.columns import Floats, Ints
from annotools.model.rounding import around

DECIMALS = 6


def lines(dataset: Dataset, classes: Ints, rows: Ints, shares: Callable[[Floats, Floats], Floats]) -> Sequence[str]:
    """A line for each of some polygons.  classes: of all shapes.  shares: coordinates and sizes -> what is written."""
    values, offsets = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows]).astype(np.float64)
    numbers = shares(values, sizes[row_of_value(offsets), place_in_row(offsets) % 2])
    texts = ("%.6f\0" * len(numbers) % tuple(numbers.tolist())).split("\0")
    spans = zip(classes[rows].tolist(), pairwise(offsets.tolist()), strict=True)
    return [f"{number} {' '.join(texts[start:stop])}\n" for number, (start, stop) in spans]


def exact(values: Floats, sizes: Floats) -> Floats:
    """Shares of six decimals."""
    return np.around(values / sizes, DECIMALS)


def server(values: Floats, sizes: Floats) -> Floats:
    """Shares of coordinates that have two decimals of a pixel."""
    return np.asarray(around(values) / sizes, np.float64)


def add_lines(found: LabelLines) -> None:
    """Outlines; a line of four numbers is a box, and an odd number of them ends with a score or a track."""
    counts = found.counts
    box, short = counts <= LEAST + 1, counts == LEAST + 2
    twice = found.are_marked_twice(~box & ~short & (counts % 2 == 0))
    outline = np.where(counts % 2 == 1, counts - 1, counts - 2 * (twice & ~short))
    add_boxes(found, np.flatnonzero(box), LEAST)
    rows = np.flatnonzero(~box)
    add_outlines(found, rows, outline[rows])


def add_boxes(found: LabelLines, rows: Ints, count: int) -> None:
    """Lines that are boxes.  count: how many numbers they have before what is behind."""
    marks = found.marks(rows, np.full(len(rows), count))
    frame, label = found.frame[rows], found.label[rows]
    found.rows.shapes(RECTANGLE, frame, label, found.corners(rows), at=found.at[rows], **marks)


def add_outlines(found: LabelLines, rows: Ints, counts: Ints) -> None:
    """Lines that are outlines.  counts: how many of their numbers are coordinates."""
    if not len(rows):
        return
    values, ends = found.numbers(rows, counts)
    scale = found.size[rows][row_of_value(ends), place_in_row(ends) % 2]
    marks = found.marks(rows, counts)
    found.rows.shapes(POLYGON, found.frame[rows], found.label[rows], values * scale, ends, found.at[rows], **marks)
