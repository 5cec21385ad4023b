"""Ultralytics YOLO Detection as the CVAT server writes and reads it.

    data.yaml        names, path and train, keys sorted
    train.txt        data/images/train/a/b.jpg
    labels/train/a/b.txt

Boxes have two decimals of a pixel before they become shares of six, and none is cut at the border.
Source: CVAT 2.73, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo import writing
from annotools.formats.yolo.conditions import CONDITIONS
from annotools.formats.yolo.data_yaml import layout_of
from annotools.formats.yolo.lines import read_rows
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_cxcywh, xyxy_to_xywh
from annotools.model import RECTANGLE, Condition, Dataset, Keeps
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.rounding import Px, around

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_LINE = "%d %.6f %.6f %.6f %.6f\n"
_UPRIGHT = 1e-5  # degrees


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """data.yaml, the lists of pictures, and a label file for each picture that has boxes."""
    classes, subsets = Classes.of(dataset), writing.subsets_of(dataset)
    names = dataset.frames.names
    yield "data.yaml", [writing.server_yaml(dict(enumerate(classes.names)), [*subsets])]
    yield from writing.lists(subsets, names, "data/images")
    rows = ByFrame.shapes(dataset).order
    text = writing.formatted(_LINE, (classes.index(dataset.shapes.label[rows]), *shares(dataset, rows).T))
    yield from writing.files(dataset, names, text, media, options)


def shares(dataset: Dataset, rows: Ints) -> Floats:
    """(n, 4) centre x, y, width, height as shares of the frame, of boxes rounded as the server rounds them."""
    corners = around(dataset.shapes.boxes()[rows])
    corners = xywh_to_xyxy(xyxy_to_xywh(corners))
    return xyxy_to_cxcywh(corners) / np.tile(dataset.frames.sizes(dataset.shapes.frame[rows]), 2)


def is_upright(dataset: Dataset) -> Bools:
    """Whether the server takes a shape for one that is not rotated."""
    return np.asarray(dataset.shapes.rotation % 360 <= _UPRIGHT)


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    layout = layout_of(source, problems)
    if layout is not None:
        read_rows(rows, source, layout, problems)
    return imported(rows.read(), options)


FORMAT = Format(
    slug="yolo-ultralytics-detection", name="Ultralytics YOLO Detection 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset()}, labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        uses=frozenset({"frames.size", "shapes.z_order"}), rounding=Px(2, "around"),
        conditions=(
            *CONDITIONS, Condition("rotated rectangle", "the server skips those", is_upright)
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-file-names", "subsets-named=train",
        "frames-by-subset",
    ),
    quirks=("yolo-ultralytics-export", "yolo-ultralytics-import"), read=read, write=write,
)  # fmt: skip
