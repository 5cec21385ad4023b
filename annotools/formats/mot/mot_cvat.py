"""MOT as the CVAT server writes and reads it.

    gt/gt.txt       3,1,10.12,20.99,100.38,74.26,1,2,1.0
    gt/labels.txt   points of skeletons too
    img1/a/b.jpg    where pictures are written along

Frames are counted as they are exported, without deleted ones, or called by names that are numbers; tracks are numbered
as they come.  Corners have two decimals, widths what is between them; rotation goes.
Source: CVAT 2.73 dataset_manager/formats/mot.py, its fork of Datumaro: mot_format.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.number_lines import number_lines
from annotools.formats.kernel.rows import Rows
from annotools.formats.mot.reading import Meaning, read_rows
from annotools.geometry.boxes import xyxy_to_xywh
from annotools.matching import stems
from annotools.model import RECTANGLE, Dataset, Frames, Keeps
from annotools.model.columns import Array, Ints
from annotools.model.rounding import around

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The classes, the lines, and pictures."""
    yield "gt/labels.txt", ["\n".join(Classes.of(dataset, sublabels=True).names).encode()]
    yield "gt/gt.txt", _lines(dataset)
    for frame in media if options.images and media is not None else ():
        yield f"img1/{dataset.frames.names[frame]}", media[frame].pieces() if media else []


def _lines(dataset: Dataset) -> Iterator[bytes]:
    shapes, rows = dataset.shapes, ByFrame.shapes(dataset).order
    frames, classes = _numbers(dataset.frames.names), Classes.of(dataset, sublabels=True)
    objects = _objects(dataset, rows)

    def columns(part: slice) -> Sequence[Array]:
        some = rows[part]
        boxes = xyxy_to_xywh(around(shapes.boxes(some)))
        return (
            frames[shapes.frame[some]], objects[part], *boxes.T, np.ones(len(some), int),
            classes.index(shapes.label[some]) + 1, np.where(shapes.occluded[some], 0.0, 1.0),
        )  # fmt: skip

    yield from number_lines(len(rows), columns, points=True) if len(rows) else (b"",)


def _numbers(names: tuple[str, ...]) -> Ints:
    """What each frame is called: its name, if that is a number, else its place from 1."""
    texts = enumerate(stems(names), 1)
    return np.array([int(text) if text.isdecimal() and len(text) < 19 else number for number, text in texts], np.int64)


def _objects(dataset: Dataset, rows: Ints) -> Ints:
    """Tracks numbered as they come, -1 for a plain shape."""
    track = dataset.shapes.extras.get("track_id")
    if track is None:
        return np.full(len(rows), -1)
    own = np.where(track.present, track.values, -1)[rows].tolist()
    places: dict[int, int] = {}
    return np.array([places.setdefault(number, len(places) + 1) if number >= 0 else -1 for number in own], np.int64)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, context, problems, Meaning(zero=False, scores=False, hidden=True, blanks=False))
    result = rows.read()
    return _with_frames(
        imported(_with_frames(result, _all_shown(result.dataset.frames)), options), result.dataset.frames
    )


def _all_shown(frames: Frames) -> Frames:
    """Frames as the importer counts them: tracks are seen on deleted ones too."""
    return replace(frames, deleted=np.zeros(len(frames), np.bool_))


def _with_frames(result: Read, frames: Frames) -> Read:
    return replace(result, dataset=result.dataset.replace(frames=frames))


FORMAT = Format(
    slug="mot", name="MOT 1.1",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded"})}, labels=frozenset({"name", "sublabels"}),
        extras={"shapes": frozenset({"track_id", "keyframe"})},
        uses=frozenset({"shapes.z_order", "frames.name", "shapes.rotation"}),
    ),
    pipeline=("merge-jobs", "tracks-to-numbered-shapes", "only-shown-frames", "server-file-names"),
    quirks=("mot-export", "mot-import"), read=read, write=write,
)  # fmt: skip
