"""Lines of upright boxes, both ways: centre x, centre y, width, height, as shares of the picture.

Corners have six decimals of a share, centres therefore seven, so that what is read back is what was written.  The
server rounds to two decimals of a pixel before it divides, and writes six.
"""

from __future__ import annotations

import numpy as np

from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.decimal_lines import decimal_lines
from annotools.formats.yolo import writing
from annotools.formats.yolo.lines import LEAST, LabelLines
from annotools.formats.yolo.outlines import add_boxes, add_outlines
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_cxcywh, xyxy_to_xywh
from annotools.model import Condition, Dataset
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.rounding import around

DECIMALS = 6
LINE = "%d %.7f %.7f %.6f %.6f\n"
SERVER_LINE = "%d %.6f %.6f %.6f %.6f\n"
_LINE_DECIMALS = (7, 7, 6, 6)
_UPRIGHT = 1e-5  # degrees


def shares(dataset: Dataset, rows: Ints) -> Floats:
    """(n, 4) centre x, y, width, height of some rectangles, as shares of their frames."""
    sizes = np.tile(dataset.frames.sizes(dataset.shapes.frame[rows]), 2)
    return xyxy_to_cxcywh(np.around(dataset.shapes.boxes()[rows] / sizes, DECIMALS))


def frame_lines(dataset: Dataset, classes: Classes, by_frame: ByFrame) -> writing.FrameLines:
    """The lines of all rectangles."""
    numbers, boxes = classes.index(dataset.shapes.label[by_frame.order]), shares(dataset, by_frame.order)
    made = decimal_lines(numbers, list(zip(boxes.T, _LINE_DECIMALS, strict=True)))
    if made is None:
        return writing.FrameLines.of_texts(by_frame, writing.formatted(LINE, (numbers, *boxes.T)))
    return writing.FrameLines(made[0], made[1][by_frame.ends].tolist())


def server_shares(dataset: Dataset, rows: Ints) -> Floats:
    """The same, of boxes rounded as the server rounds them."""
    corners = xywh_to_xyxy(xyxy_to_xywh(around(dataset.shapes.boxes()[rows])))
    return xyxy_to_cxcywh(corners) / np.tile(dataset.frames.sizes(dataset.shapes.frame[rows]), 2)


def is_upright(dataset: Dataset) -> Bools:
    """Whether a shape is not rotated."""
    return np.asarray(dataset.shapes.rotation % 360 == 0)


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
