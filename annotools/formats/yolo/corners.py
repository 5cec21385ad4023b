"""Lines of four corners, both ways: TL, TR, BR, BL of the box before it is turned, as shares of the picture.

Upright boxes have six decimals of a share.  Corners of turned ones have twelve, so that the box with six and its
rotation with four are read back as they were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.formats.yolo import writing
from annotools.formats.yolo.lines import LEAST, LabelLines
from annotools.formats.yolo.outlines import add_boxes, add_outlines
from annotools.geometry.boxes import (
    are_mirrored,
    are_turned,
    corners_to_boxes,
    cxcywh_to_xyxy,
    rectangles_of,
    rotated_corners,
    xywh_to_xyxy,
    xyxy_to_cxcywh,
    xyxy_to_xywh,
)
from annotools.geometry.calipers_opencv import min_area_boxes
from annotools.model import RECTANGLE, Dataset
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.rounding import around, turned

DECIMALS, TURN = 6, 4
_COUNT = 8
_READ = 9  # decimals of a share
_LINE, _TURNED = ("%d" + pattern * _COUNT + "\n" for pattern in (" %.6f", " %.12f"))


def lines(dataset: Dataset, classes: Ints, rows: Ints) -> Sequence[str]:
    """A line for each of some rectangles.  classes: of all shapes."""
    boxes, rotation = dataset.shapes.boxes(rows), dataset.shapes.rotation[rows]
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows]).astype(np.float64)
    corners = rotated_corners(boxes, rotation) / sizes[:, None]
    upright = ~are_turned(rotation)
    texts = np.empty(len(rows), object)
    for which, pattern in ((upright, _LINE), (~upright, _TURNED)):
        flat = corners[which].reshape(-1, _COUNT)
        texts[which] = writing.formatted(pattern, (classes[rows[which]], *flat.T))
    return list(texts)


def server_lines(dataset: Dataset, classes: Ints, rows: Ints) -> Sequence[str]:
    """The same, of boxes rounded as the server rounds them."""
    boxes = xywh_to_xyxy(xyxy_to_xywh(around(dataset.shapes.boxes(rows))))
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows]).astype(np.float64)
    corners = rotated_corners(boxes, dataset.shapes.rotation[rows]) / sizes[:, None]
    return writing.formatted(_LINE, (classes[rows], *corners.reshape(-1, _COUNT).T))


def add_lines(lines: LabelLines) -> None:
    """Turned boxes; four points that are no rectangle are an outline, and a line of four numbers is an upright box."""
    counts = lines.counts
    four = (counts >= _COUNT) & (counts <= _COUNT + 2)
    box = counts <= LEAST + 1
    odd = ~box & ~four & (counts % 2 == 1)
    lines.refuse(odd, "9 columns")
    rows = np.flatnonzero(four)
    boxes, rotation, fine = _rectangles(lines, rows)
    _add(lines, rows[fine], boxes[fine], rotation[fine])
    add_boxes(lines, np.flatnonzero(box), LEAST)
    rest = np.sort(np.concatenate([rows[~fine], np.flatnonzero(~box & ~four & ~odd)]))
    add_outlines(lines, rest, np.where(four[rest], _COUNT, counts[rest]))


def add_server_lines(lines: LabelLines) -> None:
    """Turned boxes, whatever the four points are."""
    rows = np.flatnonzero(lines.counts == _COUNT)
    lines.refuse(lines.counts != _COUNT, "9 columns")
    corners = lines.table(rows, _COUNT).reshape(-1, 4, 2) * lines.size[rows][:, None]
    rotation = corners_to_boxes(corners)[1]
    boxes, angle = min_area_boxes(np.where(are_mirrored(corners)[:, None, None], corners[:, ::-1], corners))
    nothing = (corners == corners[:, :1]).all(axis=(1, 2))
    boxes[nothing] = np.concatenate([corners[nothing, 0], np.zeros((nothing.sum(), 2))], axis=1)
    quarters = np.rint((rotation - angle) / 90)
    boxes = xyxy_to_cxcywh(xywh_to_xyxy(xyxy_to_xywh(around(cxcywh_to_xyxy(boxes)))))  # as the server keeps it
    boxes = np.where((quarters % 2 == 1)[:, None], boxes[:, [0, 1, 3, 2]], boxes)
    _add(lines, rows, cxcywh_to_xyxy(boxes), np.where(nothing, 90.0, (angle + 90 * quarters) % 360))


def _rectangles(lines: LabelLines, rows: Ints) -> tuple[Floats, Floats, Bools]:
    """Boxes and rotations of four corners each, and whether they are rectangles."""
    sizes = lines.size[rows]
    corners = lines.table(rows, _COUNT).reshape(-1, 4, 2) * sizes[:, None]
    boxes, rotation, fine = rectangles_of(corners)
    whole = np.tile(np.maximum(sizes, 1), 2)
    return np.around(boxes / whole, _READ) * whole, turned(rotation, TURN), fine


def _add(lines: LabelLines, rows: Ints, boxes: Floats, rotation: Floats) -> None:
    marks = lines.marks(rows, np.full(len(rows), _COUNT))
    frame, label = lines.frame[rows], lines.label[rows]
    lines.rows.shapes(RECTANGLE, frame, label, boxes, at=lines.at[rows], rotation=rotation, **marks)
