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

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import detection_cvat, writing
from annotools.formats.yolo.boxes import DECIMALS, UPRIGHT, add_lines, frame_lines
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.reading import Kind, read
from annotools.formats.yolo.sniffing import BOXES, is_of
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, a label file for each picture that has boxes, and pictures."""
    classes, by_frame = Classes.numbered(dataset, "class_id"), ByFrame.shapes(dataset)
    lines = frame_lines(dataset, classes, by_frame)
    yield from writing.members(dataset, classes, lines, media, options)


FORMAT = Format(
    slug="yolo-ultralytics-detection", name="Ultralytics YOLO Detection 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({"class_id"})}, uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Share(DECIMALS), conditions=(*CONDITIONS, UPRIGHT),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", "shapes-to-boxes", *writing.FRAMES),
    dialects={"cvat": detection_cvat.FORMAT}, members=writing.MEMBERS, mark="data.yaml",
    needs=frozenset({"sizes"}), read=partial(read, kind=Kind(add=add_lines)), write=write,
    sniff=partial(is_of, kind=BOXES), about="a box a line as shares of the picture, YOLOv5 to v11",
)  # fmt: skip
