"""Ultralytics YOLO Pose as the CVAT server writes and reads it.

A point that is outside keeps its place, with v = 0; only one that a skeleton lacks is 0.0 0.0 0.  Coordinates have two
decimals of a pixel before they become shares of six.  Points that are read are those of the task, by their places.
Source: CVAT 2.73 dataset_manager/formats/yolo.py, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import keypoints, writing
from annotools.formats.yolo.conditions import COMMON, PERSON, POINT, SHOWN
from annotools.formats.yolo.keypoints_in import add_server_lines, define
from annotools.formats.yolo.reading import Kind, read_as_server
from annotools.model import SKELETON, Dataset, Keeps
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, and a label file for each picture that has skeletons."""
    classes, by_frame = Classes.of(dataset), keypoints.by_frame(dataset)
    persons = keypoints.server(dataset, by_frame.order)
    texts = keypoints.lines(classes.index(dataset.shapes.label[by_frame.order]), persons)
    lines = writing.FrameLines.of_texts(by_frame, [text.replace("nan nan 0", "0.0 0.0 0") for text in texts])
    shape = [keypoints.most(dataset), 3]
    yield from writing.server_members(dataset, classes, lines, media, options, kpt_shape=shape)


FORMAT = Format(
    slug="yolo-ultralytics-pose", name="Ultralytics YOLO Pose 1.0",
    keeps=Keeps(
        shapes={SKELETON: frozenset()}, elements=frozenset({"occluded", "outside"}),
        labels=frozenset({"name", "sublabels", "type"}), frames=frozenset({"name", "subsets"}),
        uses=frozenset({"frames.size", "shapes.z_order", "labels.svg"}), rounding=Px(2, "around"),
        conditions=(*COMMON, PERSON, POINT, SHOWN),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", "skeleton-labels", *writing.SERVER_FRAMES),
    quirks=("yolo-ultralytics-export", "yolo-ultralytics-import", "yolo-pose"),
    read=partial(read_as_server, kind=Kind(add=add_server_lines, define=define)), write=write,
)  # fmt: skip
