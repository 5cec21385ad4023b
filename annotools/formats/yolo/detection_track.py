"""Ultralytics YOLO Detection Track: boxes with the numbers of their tracks, as shares of the picture.

    data.yaml                   path: ., train: train.txt, names: {0: car, 1: person}
    train.txt                   ./images/train/a/b.jpg            every picture, also those with nothing on them
    labels/train/a/b.txt        0 0.5 0.25 0.1 0.05 7             class, centre x, y, width, height, track
                                0 0.5 0.25 0.1 0.05               a box by itself
    images/train/a/b.jpg        where pictures are written along

A track has a line on every picture that shows it, and keeps the number that it was read with; others count from 1.
Where it has none it is out of view.  Corners have six decimals of a share, centres therefore seven.
Source: https://docs.ultralytics.com/modes/track/ and what the CVAT server exports
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.yolo import detection_track_cvat, writing
from annotools.formats.yolo.boxes import DECIMALS, LINE, add_lines, shares
from annotools.formats.yolo.conditions import BOX, TRACKS
from annotools.formats.yolo.reading import Kind, read
from annotools.formats.yolo.sniffing import TRACKS as TRACK_LINES
from annotools.formats.yolo.sniffing import is_of
from annotools.model import RECTANGLE, Dataset, Keeps
from annotools.model.columns import Ints
from annotools.model.rounding import Share

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """data.yaml, the lists of pictures, a label file for each picture that has boxes, and pictures."""
    shapes, classes = dataset.shapes, Classes.numbered(dataset, "class_id")
    by_frame = ByFrame.shapes(dataset, np.flatnonzero(~shapes.outside))
    rows = by_frame.order
    texts = writing.formatted(LINE, (classes.index(shapes.label[rows]), *shares(dataset, rows).T))
    marked = writing.marked(texts, np.append(_numbers(dataset), -1)[shapes.track[rows]])
    yield from writing.members(dataset, classes, writing.FrameLines.of_texts(by_frame, marked), media, options)


def _numbers(dataset: Dataset) -> Ints:
    """The number of each track: its own, or else one that is free, from 1."""
    given = dataset.tracks.extras.get("track_id")
    given_numbers = given.plain() if given is not None else [None] * len(dataset.tracks)
    own: dict[int, int] = {}
    for row, number in enumerate(given_numbers):
        if isinstance(number, int) and number >= 0:
            own.setdefault(number, row)
    numbers = {row: number for number, row in own.items()}
    free = (number for number in count(1) if number not in own)
    return np.array([numbers[row] if row in numbers else next(free) for row in range(len(given_numbers))], np.int64)


FORMAT = Format(
    slug="yolo-ultralytics-detection-track", name="Ultralytics YOLO Detection Track 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"outside"})}, tracks=frozenset(), labels=frozenset({"name"}),
        frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({"class_id"}), "tracks": frozenset({"track_id"})},
        uses=frozenset({"frames.size", "shapes.z_order"}), rounding=Share(DECIMALS), conditions=(*TRACKS, BOX),
    ),
    pipeline=(
        "merge-jobs", "tracks-frame-by-frame", "shapes-to-boxes", "drawable-only=rectangle",
        *writing.FRAMES, "close-tracks",
    ),
    dialects={"cvat": detection_track_cvat.FORMAT}, members=writing.MEMBERS, mark="data.yaml",
    needs=frozenset({"sizes"}), read=partial(read, kind=Kind(add_lines)), write=write,
    sniff=partial(is_of, kind=TRACK_LINES), about="boxes with the numbers of their tracks as shares of the picture",
)  # fmt: skip
