"""Ultralytics YOLO OBB as the CVAT server writes and reads it.

Boxes have two decimals of a pixel before they are turned and become shares of six, and none is cut at the border.
What is read is the rectangle of least area round four points, and its angle as OpenCV finds it in single precision.
Source: CVAT 2.73 dataset_manager/formats/yolo.py, and its fork of Datumaro, yolo_format/exporter.py, extractor.py
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import corners, writing
from annotools.formats.yolo.conditions import CONDITIONS, TURNABLE
from annotools.formats.yolo.reading import Kind, read_as_server
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, and a label file for each picture that has boxes."""
    classes, by_frame = Classes.of(dataset), ByFrame.shapes(dataset)
    texts = corners.server_lines(dataset, classes.index(dataset.shapes.label), by_frame.order)
    yield from writing.server_members(dataset, classes, writing.FrameLines.of_texts(by_frame, texts), media, options)


FORMAT = Format(
    slug="yolo-ultralytics-obb", name="Ultralytics YOLO Oriented Bounding Boxes 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"rotation"})}, labels=frozenset({"name"}),
        frames=frozenset({"name", "subsets"}), uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Px(2, "around", turns=False), conditions=(*CONDITIONS, TURNABLE),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", *writing.SERVER_FRAMES),
    quirks=("yolo-ultralytics-export", "yolo-ultralytics-import", "yolo-obb-import"),
    read=partial(read_as_server, kind=Kind(corners.add_server_lines)), write=write,
)  # fmt: skip
