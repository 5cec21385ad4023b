"""Ultralytics YOLO Detection Track as the CVAT server writes it; its importer of detections reads it.

Tracks are counted from 0.  Boxes have two decimals of a pixel before they become shares of six, and none is cut at the
border.
Source: CVAT 2.73 dataset_manager/formats/yolo.py, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import writing
from annotools.formats.yolo.boxes import SERVER_LINE, SERVER_UPRIGHT, add_lines, server_shares
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.reading import Kind, read_as_server
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.columns import Ints
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, and a label file for each picture that has boxes."""
    classes, by_frame = Classes.of(dataset), ByFrame.shapes(dataset)
    rows = by_frame.order
    texts = writing.formatted(SERVER_LINE, (classes.index(dataset.shapes.label[rows]), *server_shares(dataset, rows).T))
    marked = writing.marked(texts, _numbers(dataset)[rows])
    yield from writing.server_members(dataset, classes, writing.FrameLines.of_texts(by_frame, marked), media, options)


def _numbers(dataset: Dataset) -> Ints:
    """The track of each row, -1 for none."""
    number = dataset.shapes.extras.get("track_id")
    if number is None:
        return np.full(len(dataset.shapes), -1)
    return np.where(number.present, number.values, -1).astype(np.int64)


FORMAT = Format(
    slug="yolo-ultralytics-detection-track", name="Ultralytics YOLO Detection Track 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        extras={"shapes": frozenset({"track_id"})}, uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Px(2, "around"), conditions=(*CONDITIONS, SERVER_UPRIGHT),
    ),
    pipeline=("merge-jobs", "tracks-to-numbered-shapes", *writing.SERVER_FRAMES),
    quirks=("yolo-ultralytics-export", "yolo-ultralytics-import"),
    read=partial(read_as_server, kind=Kind(add_lines)), write=write,
)  # fmt: skip
