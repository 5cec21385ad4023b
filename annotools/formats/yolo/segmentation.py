"""Ultralytics YOLO Segmentation: an outline a line, as shares of the picture; YOLOv5 to v11.

    data.yaml                   path: ., train: train.txt, names: {0: car, 1: person}
    train.txt                   ./images/train/a/b.jpg            every picture, also those with nothing on them
    labels/train/a/b.txt        0 0.1 0.1 0.3 0.1 0.3 0.3         class, x and y of each point
    images/train/a/b.jpg        where pictures are written along

Masks become polygons along the edges of their pixels, which paint the very same mask; of several parts, and of
polygons of one group and label, one line, whose way from part to part has no width.  Boxes have four corners.
A line of four numbers is a box, and what is behind an even number of coordinates a score or a track.
Source: https://docs.ultralytics.com/datasets/segment/
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import outlines, segmentation_cvat, writing
from annotools.formats.yolo.conditions import COMMON, OUTLINE
from annotools.formats.yolo.reading import Kind, read
from annotools.formats.yolo.sniffing import OUTLINES, is_of
from annotools.model import POLYGON, Dataset, Keeps
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, a label file for each picture that has outlines, and pictures."""
    classes, by_frame = Classes.numbered(dataset, "class_id"), ByFrame.shapes(dataset)
    lines = outlines.frame_lines(dataset, classes.index(dataset.shapes.label), by_frame)
    yield from writing.members(dataset, classes, lines, media, options)


FORMAT = Format(
    slug="yolo-ultralytics-segmentation", name="Ultralytics YOLO Segmentation 1.0",
    keeps=Keeps(
        shapes={POLYGON: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({"class_id"})}, uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Share(outlines.DECIMALS), conditions=(*COMMON, OUTLINE),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "boxes-to-polygons", "ellipses-to-polygons", "masks-to-polygons",
        "join-parts", *writing.FRAMES,
    ),
    dialects={"cvat": segmentation_cvat.FORMAT}, members=writing.MEMBERS, mark="data.yaml",
    needs=frozenset({"sizes"}), read=partial(read, kind=Kind(add=outlines.add_lines)), write=write,
    sniff=partial(is_of, kind=OUTLINES), about="an outline a line as shares of the picture, YOLOv5 to v11",
)  # fmt: skip
