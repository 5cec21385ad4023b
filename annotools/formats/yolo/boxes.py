"""Lines of upright boxes, both ways: centre x, centre y, width, height, as shares of the picture.

Corners have six decimals of a share, centres therefore seven, so that what is read back is what was written.  The
server rounds to two decimals of a pixel before it divides, and writes six.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.decimal_lines import decimal_lines
from annotools.formats.yolo import writing
from annotools.formats.yolo.lines import LEAST, LabelLines
from annotools.formats.yolo.outlines import add_boxes, add_outlines
from annotools.geometry.boxes import are_turned, xywh_to_xyxy, xyxy_to_cxcywh, xyxy_to_xywh
from annotools.geometry.ragged import offsets_of
from annotools.model import Condition, Dataset
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.rounding import around

DECIMALS = 6
_AT_ONCE = 1 << 14  # boxes
LINE = "%d %.7f %.7f %.6f %.6f\n"
SERVER_LINE = "%d %.6f %.6f %.6f %.6f\n"
_LINE_DECIMALS = (7, 7, 6, 6)
_UPRIGHT = 1e-5  # degrees


def shares(dataset: Dataset, rows: Ints) -> Floats:
    """(n, 4) centre x, y, width, height of some rectangles, as shares of their frames."""
    values, offsets = dataset.shapes.values, dataset.shapes.offsets
    sizes = np.tile(dataset.frames.sizes(dataset.shapes.frame[rows]), 2)
    return xyxy_to_cxcywh(np.around(values[offsets[rows, None] + np.arange(4)] / sizes, DECIMALS))


def frame_lines(dataset: Dataset, classes: Classes, by_frame: ByFrame) -> writing.BlockLines:
    """The lines of all rectangles."""
    label = dataset.shapes.label

    def made(first: int, last: int) -> Iterator[bytes]:
        ends = by_frame.ends[first : last + 1]
        rows = by_frame.order[ends[0] : ends[-1]]
        numbers, columns = classes.index(label[rows]), shares(dataset, rows)
        lines = decimal_lines(numbers, list(zip(columns.T, _LINE_DECIMALS, strict=True)))
        if lines is None:  # of a box beyond its frame
            texts = writing.formatted(LINE, (numbers, *columns.T))
            lines = "".join(texts).encode("ascii"), offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))
        for start, stop in pairwise(lines[1][ends - ends[0]].tolist()):
            yield lines[0][start:stop]

    return writing.BlockLines(by_frame.ends, _AT_ONCE, made)


def server_shares(dataset: Dataset, rows: Ints) -> Floats:
    """The same, of boxes rounded as the server rounds them."""
    corners = xywh_to_xyxy(xyxy_to_xywh(around(dataset.shapes.boxes(rows))))
    return xyxy_to_cxcywh(corners) / np.tile(dataset.frames.sizes(dataset.shapes.frame[rows]), 2)


def is_upright(dataset: Dataset) -> Bools:
    """Whether a shape is not rotated."""
    return ~are_turned(dataset.shapes.rotation)


def is_upright_to_server(dataset: Dataset) -> Bools:
    """Whether the server takes a shape for one that is not rotated."""
    return np.asarray(dataset.shapes.rotation % 360 <= _UPRIGHT)


UPRIGHT = Condition("rotated rectangle", "boxes are upright; OBB has rotated ones", is_upright)
SERVER_UPRIGHT = Condition("rotated rectangle", "the server skips those", is_upright_to_server)


def add_lines(lines: LabelLines) -> None:
    """Boxes and outlines."""
    more = lines.counts - LEAST
    twice = (more == 2) & lines.are_marked_twice(more == 2)
    box = (more <= 1) | twice
    odd = ~box & (more % 2 == 1)
    lines.refuse(odd, "5 columns, 6, or an odd number for an outline")
    add_boxes(lines, np.flatnonzero(box), LEAST)
    rows = np.flatnonzero(~box & ~odd)
    add_outlines(lines, rows, lines.counts[rows])
