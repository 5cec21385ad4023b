"""Ultralytics YOLO Pose: a skeleton a line, as shares of the picture; YOLOv8 to v11.

    data.yaml                   path: ., train: train.txt, kpt_shape: [2, 3], kpt_names: {0: [a, b]}, names: {0: person}
    train.txt                   ./images/train/a/b.jpg            every picture, also those with nothing on them
    labels/train/a/b.txt        0 0.5 0.25 0.1 0.05 0.5 0.2 2 0 0 0
                                class, centre x, y, width, height, then x, y and v of each point
    images/train/a/b.jpg        where pictures are written along

v is 2 for a point that is seen, 1 for one that is hidden, 0 for one that is not there, which is 0, 0, 0 then.
Skeletons with fewer points than others have such behind their own.  The box is the rectangle in the group of a
skeleton, else the one round its points; a line without any point is a rectangle.  Points stand in the order of their
drawing.
Source: https://docs.ultralytics.com/datasets/pose/
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import keypoints, pose_cvat, writing
from annotools.formats.yolo.conditions import COMMON, PERSON
from annotools.formats.yolo.keypoints_in import add_lines, define
from annotools.formats.yolo.reading import Kind, read
from annotools.formats.yolo.sniffing import POINTS, is_of
from annotools.model import RECTANGLE, SKELETON, Dataset, Keeps
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, a label file for each picture that has skeletons, and pictures."""
    classes, by_frame = Classes.numbered(dataset, "class_id"), keypoints.by_frame(dataset)
    persons = keypoints.exact(dataset, by_frame.order)
    texts = keypoints.lines(classes.index(dataset.shapes.label[by_frame.order]), persons)
    lines, names = writing.FrameLines.of_texts(by_frame, texts), keypoints.names(dataset)
    keys = {
        "kpt_shape": [keypoints.most(dataset), 3],
        "kpt_names": {number: names[label.id] for number, label in zip(classes.numbers, classes.labels, strict=True)},
    }
    yield from writing.members(dataset, classes, lines, media, options, **keys)


FORMAT = Format(
    slug="yolo-ultralytics-pose", name="Ultralytics YOLO Pose 1.0",
    keeps=Keeps(
        shapes={SKELETON: frozenset(), RECTANGLE: frozenset()}, elements=frozenset({"occluded", "outside"}),
        labels=frozenset({"name", "sublabels", "type"}), frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({"class_id"})}, uses=frozenset({"frames.size", "shapes.z_order", "labels.svg"}),
        rounding=Share(keypoints.DECIMALS), conditions=(*COMMON, PERSON),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "skeleton-labels", "skeleton-keypoints", "skeletons-in-boxes",
        "draw-skeletons=order", *writing.FRAMES,
    ),
    dialects={"cvat": pose_cvat.FORMAT}, members=writing.MEMBERS, mark="data.yaml", needs=frozenset({"sizes"}),
    read=partial(read, kind=Kind(add=add_lines, define=define)), write=write, sniff=partial(is_of, kind=POINTS),
    about="a skeleton a line as shares of the picture, YOLOv8 to v11",
)  # fmt: skip
