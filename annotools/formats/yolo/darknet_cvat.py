"""YOLO 1.1 as the CVAT server writes and reads it.

    obj.names       all labels, points of skeletons too; lines count the labels of the top level only
    obj_train_data/a/b.txt      also where there is nothing

Boxes have two decimals of a pixel before they become shares of six, and none is cut at the border.
Source: CVAT 2.73 dataset_manager/formats/yolo.py, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import writing
from annotools.formats.yolo.boxes import SERVER_LINE, SERVER_UPRIGHT, add_lines, server_shares
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.layout import beside
from annotools.formats.yolo.obj_data import layout_of
from annotools.formats.yolo.reading import Kind, read_as_server
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """obj.data, obj.names, the lists of pictures, a label file for each picture, and pictures."""
    classes, by_frame = Classes.of(dataset), ByFrame.shapes(dataset)
    numbers = classes.index(dataset.shapes.label[by_frame.order])
    texts = writing.formatted(SERVER_LINE, (numbers, *server_shares(dataset, by_frame.order).T))
    yield from definitions(dataset, Classes.of(dataset, sublabels=True).names)
    yield from files(dataset, dataset.frames.names, writing.FrameLines.of_texts(by_frame, texts), media, options)


def definitions(dataset: Dataset, names: Sequence[str]) -> Members:
    """obj.data and obj.names.  names: of the classes, by number."""
    lists = [f"{subset} = data/{writing.list_name(subset)}\n" for subset in writing.subsets_of(dataset)]
    lines = [f"classes = {len(names)}\n", *lists, "names = data/obj.names\n", "backup = backup/\n"]
    yield "obj.data", ["".join(lines).encode()]
    yield "obj.names", ["".join(f"{name}\n" for name in names).encode()]


def files(
    dataset: Dataset, names: Sequence[str], lines: writing.Lines, media: Media | None, options: WriteOptions
) -> Members:  # fmt: skip
    """The lists of pictures, and for each picture its labels."""
    for subset, frames in writing.subsets_of(dataset).items():
        paths = {frame: f"obj_{subset}_data/{names[frame]}" for frame in frames}
        yield writing.list_name(subset), ["".join(f"data/{path}\n" for path in paths.values()).encode()]
        for frame, path in paths.items():
            yield beside(path), [lines.of(frame)]
            if options.images and media is not None and frame in media:
                yield path, media[frame].pieces()


FORMAT = Format(
    slug="yolo", name="YOLO 1.1",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name", "sublabels"}),
        frames=frozenset({"name", "subsets"}), uses=frozenset({"frames.size", "shapes.z_order"}),
        rounding=Px(2, "around"), conditions=(*CONDITIONS, SERVER_UPRIGHT),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", *writing.SERVER_FRAMES),
    quirks=("yolo-darknet-export", "yolo-darknet-import"),
    read=partial(read_as_server, kind=Kind(add=add_lines, listing=layout_of)), write=write,
)  # fmt: skip
