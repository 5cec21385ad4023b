"""Ultralytics YOLO OBB: a turned box a line, as its corners in shares of the picture; YOLOv8 to v11.

    data.yaml                   path: ., train: train.txt, names: {0: car, 1: person}
    train.txt                   ./images/train/a/b.jpg            every picture, also those with nothing on them
    labels/train/a/b.txt        0 0.1 0.1 0.3 0.1 0.3 0.2 0.1 0.2
                                class, x and y of the top left, top right, bottom right, bottom left corner
    images/train/a/b.jpg        where pictures are written along

Corners are named as those of the box before it is turned, so rotation and sides are exact: nothing is guessed from the
least area.  Read are four corners from any of them on and either way round; four points that are no rectangle stay an
outline, a line of four numbers is an upright box, and what stands behind is a score or a track.
Source: https://docs.ultralytics.com/datasets/obb/
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import corners, obb_cvat, writing
from annotools.formats.yolo.conditions import CONDITIONS, TURNABLE
from annotools.formats.yolo.reading import Kind, read
from annotools.formats.yolo.sniffing import CORNERS, is_of
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, a label file for each picture that has boxes, and pictures."""
    classes, by_frame = Classes.numbered(dataset, "class_id"), ByFrame.shapes(dataset)
    texts = corners.lines(dataset, classes.index(dataset.shapes.label), by_frame.order)
    yield from writing.members(dataset, classes, writing.FrameLines.of_texts(by_frame, texts), media, options)


FORMAT = Format(
    slug="yolo-ultralytics-obb", name="Ultralytics YOLO Oriented Bounding Boxes 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"rotation"})}, labels=frozenset({"name"}),
        frames=frozenset({"name", "subsets"}), extras={"labels": frozenset({"class_id"})},
        uses=frozenset({"frames.size", "shapes.z_order"}), rounding=Share(corners.DECIMALS, corners.TURN),
        conditions=(*CONDITIONS, TURNABLE),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", "shapes-to-boxes=turned", "order-corners", *writing.FRAMES),
    dialects={"cvat": obb_cvat.FORMAT}, members=writing.MEMBERS, mark="data.yaml", needs=frozenset({"sizes"}),
    read=partial(read, kind=Kind(corners.add_lines)), write=write, sniff=partial(is_of, kind=CORNERS),
    about="a turned box a line as its corners, YOLOv8 to v11",
)  # fmt: skip
