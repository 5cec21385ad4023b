"""Lines of outlines, both ways: x and y of three points or more, as shares of the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.decimal_lines import decimal_cells
from annotools.formats.yolo.lines import LEAST, LabelLines
from annotools.formats.yolo.writing import BlockLines
from annotools.geometry.ragged import offsets_of, place_in_row, row_of_value
from annotools.model import POLYGON, RECTANGLE, Dataset
from annotools.model.columns import Floats, Ints
from annotools.model.rounding import around

DECIMALS = 6
Shares = Callable[[Floats, Floats], Floats]
_AT_ONCE = 1 << 17  # coordinates


def lines(dataset: Dataset, classes: Ints, rows: Ints, shares: Shares) -> Sequence[str]:
    """A line for each of some polygons.  classes: of all shapes.  shares: coordinates and sizes -> what is written."""
    offsets, numbers = _shares(dataset, rows, shares)
    return _patterned(classes[rows], numbers, offsets)


def _shares(dataset: Dataset, rows: Ints, shares: Shares) -> tuple[Ints, Floats]:
    """The coordinates of some polygons as shares: where those of each begin, and all of them."""
    values, offsets = dataset.shapes.points_of(rows)
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows]).astype(np.float64)
    return offsets, shares(values, sizes[row_of_value(offsets), place_in_row(offsets) % 2])


def _patterned(classes: Ints, numbers: Floats, offsets: Ints) -> list[str]:
    texts = ("%.6f\0" * len(numbers) % tuple(numbers.tolist())).split("\0")
    spans = zip(classes.tolist(), pairwise(offsets.tolist()), strict=True)
    return [f"{number} {' '.join(texts[start:stop])}\n" for number, (start, stop) in spans]


def frame_lines(dataset: Dataset, classes: Ints, by_frame: ByFrame) -> BlockLines:
    """The lines of polygons with shares of six decimals.  classes: of all shapes."""

    def made(first: int, last: int) -> Iterator[bytes]:
        ends = by_frame.ends[first : last + 1]
        rows = by_frame.order[ends[0] : ends[-1]]
        lines_of_rows = _exact_lines(dataset, classes[rows], rows)
        for start, stop in pairwise((ends - ends[0]).tolist()):
            yield b"".join(lines_of_rows[start:stop])

    return BlockLines(offsets_of(dataset.shapes.counts_of(by_frame.order))[by_frame.ends], _AT_ONCE, made)


def _exact_lines(dataset: Dataset, classes: Ints, rows: Ints) -> list[bytes]:
    """A line for each of some polygons.  classes: of these."""
    offsets, numbers = _shares(dataset, rows, exact)
    cells = decimal_cells(numbers, DECIMALS)
    if cells is None:  # of a polygon beyond its frame
        return [line.encode() for line in _patterned(classes, numbers, offsets)]
    spans = zip(classes.tolist(), pairwise((len(cells) // max(len(numbers), 1) * offsets).tolist()), strict=True)
    return [b"%d%b\n" % (number, cells[start:stop]) for number, (start, stop) in spans]


def exact(values: Floats, sizes: Floats) -> Floats:
    """Shares of six decimals."""
    return np.around(values / sizes, DECIMALS)


def server(values: Floats, sizes: Floats) -> Floats:
    """Shares of coordinates that have two decimals of a pixel."""
    return np.asarray(around(values) / sizes, np.float64)


def add_lines(lines: LabelLines) -> None:
    """Outlines; a line of four numbers is a box, and an odd number of them ends with a score or a track."""
    counts = lines.counts
    box, short = counts <= LEAST + 1, counts == LEAST + 2
    twice = lines.are_marked_twice(~box & ~short & (counts % 2 == 0))
    outline = np.where(counts % 2 == 1, counts - 1, counts - 2 * (twice & ~short))
    add_boxes(lines, np.flatnonzero(box), LEAST)
    rows = np.flatnonzero(~box)
    add_outlines(lines, rows, outline[rows])


def add_boxes(lines: LabelLines, rows: Ints, count: int) -> None:
    """Lines that are boxes.  count: how many numbers they have before what is behind."""
    marks = lines.marks(rows, np.full(len(rows), count))
    frame, label = lines.frame[rows], lines.label[rows]
    lines.rows.shapes(RECTANGLE, frame, label, lines.corners(rows), at=lines.at[rows], **marks)


def add_outlines(lines: LabelLines, rows: Ints, counts: Ints) -> None:
    """Lines that are outlines.  counts: how many of their numbers are coordinates."""
    if not len(rows):
        return
    values, ends = lines.numbers(rows, counts)
    scale = lines.size[rows][row_of_value(ends), place_in_row(ends) % 2]
    marks = lines.marks(rows, counts)
    lines.rows.shapes(POLYGON, lines.frame[rows], lines.label[rows], values * scale, ends, lines.at[rows], **marks)
