"""MOT 1.1: boxes of objects over frames, a line each, as MOTChallenge has them.

    gt/gt.txt          12,4,100.5,20,30,40,1,2,0.8
                       frame from 1, object from 1 (-1: a box by itself), left, top, width, height, confidence,
                       class from 1, share that is visible
    gt/labels.txt      car                                              the first line is class 1
    seqinfo.ini        [Sequence], seqLength=600, imWidth=1920, imHeight=1080
    img1/000012.jpg    where pictures are written along

A frame has its number in the task, or in the job, whatever was deleted.  A track has a line for every frame on which
it is seen; what is occluded is visible to 0.  Read are det/det.txt too, results of trackers, several sequences below
train and test, and lines of six to ten columns.
Source: https://motchallenge.net/instructions/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from posixpath import splitext
from typing import TYPE_CHECKING

import numpy as np
import orjson

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.number_lines import as_short, number_lines
from annotools.formats.kernel.rows import Rows
from annotools.formats.mot import mot_cvat
from annotools.formats.mot.reading import Meaning, read_rows
from annotools.formats.mot.sequences import SECTION, is_mot
from annotools.geometry.widths import widths
from annotools.model import RECTANGLE, Dataset, Keeps, Shapes
from annotools.model.columns import Array, Ints, at, condensed
from annotools.transform.row_conditions import of_class

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """What is said of the sequence, the classes, the lines, and pictures."""
    shown = media if options.images and media is not None else {}
    names = [f"{frame + 1:06d}{splitext(shown[frame].name)[1]}" for frame in shown]
    yield "seqinfo.ini", ["".join(f"{line}\n" for line in _about(dataset, names)).encode()]
    yield "gt/labels.txt", ["".join(f"{name}\n" for name in Classes.of(dataset).names).encode()]
    yield "gt/gt.txt", _lines(dataset)
    for frame, name in zip(shown, names, strict=True):
        yield f"img1/{name}", shown[frame].pieces()


def _about(dataset: Dataset, pictures: list[str]) -> Iterator[str]:
    yield SECTION
    given = dataset.extras["dataset"].get("seqinfo")
    pairs = orjson.loads(given.values[0]) if given is not None and given.present[0] else {}
    frames = dataset.frames
    pairs |= {"seqLength": len(frames)}
    if len(frames) and frames.width[0] > 0:
        pairs |= {"imWidth": frames.width[0], "imHeight": frames.height[0]}
    if pictures:
        pairs |= {"imDir": "img1", "imExt": splitext(pictures[0])[1]}
    yield from (f"{key}={value}" for key, value in pairs.items())


def _lines(dataset: Dataset) -> Iterator[bytes]:
    shapes, classes = dataset.shapes, Classes.of(dataset)
    rows = ByFrame.shapes(dataset).order
    rows = rows[~shapes.outside[rows]]
    numbers = np.append(_numbers(dataset), -1)
    score, visible = as_short(at(shapes.score, rows)), as_short(at(_visible(shapes), rows))

    def columns(part: slice) -> Sequence[Array]:
        some = rows[part]
        boxes = shapes.boxes(some)
        sizes, objects = widths(boxes[:, :2], boxes[:, 2:]), numbers[shapes.track[some]]
        return (
            shapes.frame[some] + 1, objects, *boxes[:, :2].T, *sizes.T, score[part],
            classes.index(shapes.label[some]) + 1, visible[part],
        )  # fmt: skip

    yield from number_lines(len(rows), columns) if len(rows) else (b"",)


def _visible(shapes: Shapes) -> Array:
    """The share of each shape that is to be seen."""
    share = shapes.extras.get("visibility")
    visible = condensed((~shapes.occluded).view(np.int8))
    return visible if share is None else condensed(np.where(share.present, share.values, visible))


def _numbers(dataset: Dataset) -> Ints:
    """The number of each track: its own, or else one that is free, from 1."""
    tracks = dataset.tracks
    given = tracks.extras.get("track_id")
    own = [value if isinstance(value, int) and value > 0 else 0 for value in given.plain()] if given else []
    taken: set[int] = set()
    for row, number in enumerate(own):
        own[row] = 0 if number in taken else number
        taken.add(number)
    free = (number for number in count(1) if number not in taken)
    return np.array([number or next(free) for number in own or [0] * len(tracks)], np.int64)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, context, problems, Meaning())
    return rows.read(gaps_are_outside=True)


FORMAT = Format(
    slug="mot", name="MOT 1.1",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "outside", "score"})}, tracks=frozenset(),
        labels=frozenset({"name"}), frames=frozenset({"size"}),
        extras={
            "shapes": frozenset({"visibility"}), "tracks": frozenset({"track_id"}), "dataset": frozenset({"seqinfo"}),
        },
        uses=frozenset({"shapes.z_order"}),
        conditions=(
            of_class("shapes"), of_class("tracks"),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-frame-by-frame", "shapes-to-boxes", "order-corners", "exact-widths",
        "drawable-only=rectangle", "consecutive-frames", "close-tracks", "common-frame-size",
        "typed-extras=shapes.visibility:number", "occluded-visibility",
    ),
    dialects={"cvat": mot_cvat.FORMAT}, read=read, write=write, sniff=is_mot,
    members=("seqinfo.ini", "gt/gt.txt", "gt/labels.txt", "img1/**"),
    about="boxes of tracks and by themselves, a line each, as MOTChallenge has them",
)  # fmt: skip
