"""YOLO 1.1: what Darknet trains on, a box a line as shares of the picture.

    obj.data                    classes = 2, train = data/train.txt, names = data/obj.names, backup = backup/
    obj.names                   car                               one class a line, the first is 0
    train.txt                   data/obj_train_data/a/b.jpg       every picture, also those with nothing on them
    obj_train_data/a/b.txt      0 0.5 0.25 0.1 0.05               class, centre x, y, width, height
    obj_train_data/a/b.jpg      where pictures are written along

Corners have six decimals of a share, centres therefore seven, so that what is read back is what was written.  Paths
begin with `data/`, the folder that all of it is put into.
Source: https://github.com/AlexeyAB/darknet#how-to-train-to-detect-your-custom-objects
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.members import file_names
from annotools.formats.yolo import darknet_cvat, writing
from annotools.formats.yolo.boxes import DECIMALS, UPRIGHT, add_lines, frame_lines
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.obj_data import is_darknet, layout_of
from annotools.formats.yolo.reading import Kind, read
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """obj.data, obj.names, the lists of pictures, a label file for each picture, and pictures."""
    classes, by_frame = Classes.numbered(dataset, "class_id"), ByFrame.shapes(dataset)
    lines = frame_lines(dataset, classes, by_frame)
    names = dict(zip(classes.numbers, classes.names, strict=True))
    listed = [names.get(number, "") for number in range(max(names, default=-1) + 1)]
    yield from darknet_cvat.definitions(dataset, listed)
    yield from darknet_cvat.files(dataset, file_names(dataset, media), lines, media, options)


FORMAT = Format(
    slug="yolo", name="YOLO 1.1",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({"class_id"})}, uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Share(DECIMALS), conditions=(*CONDITIONS, UPRIGHT),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", "shapes-to-boxes", "listed-classes=class_id", *writing.FRAMES),
    dialects={"cvat": darknet_cvat.FORMAT},
    mark="obj.data", members=("obj.data", "obj.names", "*.txt", "lists/**.txt", "obj_**_data/**.txt", "obj_**_data/**"),
    needs=frozenset({"sizes"}), read=partial(read, kind=Kind(add=add_lines, listing=layout_of)), write=write,
    sniff=is_darknet, about="a box a line as shares of the picture, Darknet",
)  # fmt: skip
