"""Ultralytics YOLO Detection: a box a line, as shares of the picture; YOLOv5 to v11.

    data.yaml                   path: ., train: train.txt, names: {0: car, 1: person}
    train.txt                   ./images/train/a/b.jpg            every picture, also those with nothing on them
    labels/train/a/b.txt        0 0.5 0.25 0.1 0.05               class, centre x, y, width, height
    images/train/a/b.jpg        where pictures are written along

Corners have six decimals of a share, centres therefore seven, so that what is read back is what was written.  A sixth
column is a track's number, or a score; longer lines are outlines, which stay polygons.
Source: https://docs.ultralytics.com/datasets/detect/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo import detection_cvat, writing
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.data_yaml import is_detection, layout_of
from annotools.formats.yolo.lines import read_rows
from annotools.geometry.boxes import xyxy_to_cxcywh
from annotools.model import RECTANGLE, Condition, Dataset, Keeps
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_DECIMALS = 6
_LINE = "%d %.7f %.7f %.6f %.6f\n"


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """data.yaml, the lists of pictures, a label file for each picture that has boxes, and pictures."""
    classes, subsets = Classes.numbered(dataset, "class_id"), writing.subsets_of(dataset)
    names = file_names(dataset, media)
    yield "data.yaml", [writing.data_yaml(dict(zip(classes.numbers, classes.names, strict=True)), [*subsets])]
    yield from writing.lists(subsets, names, "./images")
    rows = ByFrame.shapes(dataset).order
    text = writing.formatted(_LINE, (classes.index(dataset.shapes.label[rows]), *shares(dataset, rows).T))
    yield from writing.files(dataset, names, text, media, options)


def shares(dataset: Dataset, rows: Ints) -> Floats:
    """(n, 4) centre x, y, width, height of some rectangles, as shares of their frames."""
    sizes = np.tile(dataset.frames.sizes(dataset.shapes.frame[rows]), 2)
    return xyxy_to_cxcywh(np.around(dataset.shapes.boxes()[rows] / sizes, _DECIMALS))


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    layout = layout_of(source, problems)
    if layout is not None:
        read_rows(rows, source, layout, problems)
    return rows.read(gaps_are_outside=True)


def is_upright(dataset: Dataset) -> Bools:
    """Whether a shape is not rotated."""
    return np.asarray(dataset.shapes.rotation % 360 == 0)


FORMAT = Format(
    slug="yolo-ultralytics-detection", name="Ultralytics YOLO Detection 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({"class_id"})}, uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Share(_DECIMALS),
        conditions=(*CONDITIONS, Condition("rotated rectangle", "boxes are upright; OBB has rotated ones", is_upright)),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "subsets-named=train", "frames-by-subset",
        "unique-stems",
    ),
    dialects={"cvat": detection_cvat.FORMAT}, members=writing.MEMBERS,
    needs=frozenset({"sizes"}), read=read, write=write, sniff=is_detection,
    about="a box a line as shares of the picture, YOLOv5 to v11",
)  # fmt: skip
