"""Ultralytics YOLO Segmentation as the CVAT server writes and reads it.

Masks and ellipses are polygons through the middles of pixels, of several parts several lines; boxes go.  Points have
two decimals of a pixel before they become shares of six, and none is cut at the border.
Source: CVAT 2.73 dataset_manager/formats/yolo.py, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import outlines, writing
from annotools.formats.yolo.conditions import COMMON, OUTLINE
from annotools.formats.yolo.reading import Kind, read_as_server
from annotools.model import POLYGON, Dataset, Keeps
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, and a label file for each picture that has outlines."""
    classes, by_frame = Classes.of(dataset), ByFrame.shapes(dataset)
    texts = outlines.lines(dataset, classes.index(dataset.shapes.label), by_frame.order, outlines.server)
    lines = writing.FrameLines.of_texts(by_frame, texts)
    yield from writing.server_members(dataset, classes, lines, media, options)


FORMAT = Format(
    slug="yolo-ultralytics-segmentation", name="Ultralytics YOLO Segmentation 1.0",
    keeps=Keeps(
        shapes={POLYGON: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        uses=frozenset({"frames.size", "shapes.z_order"}), rounding=Px(2, "around"), conditions=(*COMMON, OUTLINE),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "ellipses-to-masks=opencv", "server-outlines", *writing.SERVER_FRAMES,
    ),
    quirks=("yolo-ultralytics-export", "yolo-ultralytics-import", "yolo-segmentation-export"),
    read=partial(read_as_server, kind=Kind(add=outlines.add_lines)), write=write,
)  # fmt: skip
