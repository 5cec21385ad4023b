"""Ultralytics YOLO Detection as the CVAT server writes and reads it.

    data.yaml        names, path and train, keys sorted
    train.txt        data/images/train/a/b.jpg
    labels/train/a/b.txt

Boxes have two decimals of a pixel before they become shares of six, and none is cut at the border.
Source: CVAT 2.73, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import writing
from annotools.formats.yolo.boxes import SERVER_LINE, SERVER_UPRIGHT, add_lines, server_shares
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.reading import Kind, read_as_server
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, and a label file for each picture that has boxes."""
    classes, by_frame = Classes.of(dataset), ByFrame.shapes(dataset)
    numbers = classes.index(dataset.shapes.label[by_frame.order])
    texts = writing.formatted(SERVER_LINE, (numbers, *server_shares(dataset, by_frame.order).T))
    yield from writing.server_members(dataset, classes, writing.FrameLines.of_texts(by_frame, texts), media, options)


FORMAT = Format(
    slug="yolo-ultralytics-detection", name="Ultralytics YOLO Detection 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        uses=frozenset({"frames.size", "shapes.z_order"}), rounding=Px(2, "around"),
        conditions=(*CONDITIONS, SERVER_UPRIGHT),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", *writing.SERVER_FRAMES),
    quirks=("yolo-ultralytics-export", "yolo-ultralytics-import"),
    read=partial(read_as_server, kind=Kind(add=add_lines)), write=write,
)  # fmt: skip
