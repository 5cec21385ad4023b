"""Ultralytics YOLO Classification as the CVAT server writes and reads it.

    train/labels.json       {"a/b":{"labels":["cat","dog"],"path":"dog/b.jpg"}}         the last label
    train/no_label/c.jpg    pictures without one

Keys are names without their endings, so that two pictures of one stem are one.
Source: CVAT 2.73 dataset_manager/formats/yolo.py, and its fork of Datumaro, yolo_format/exporter.py
"""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import orjson

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.label_folders import NO_LABEL
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo import writing
from annotools.formats.yolo.class_folders import LABELS, read_rows
from annotools.matching import stem
from annotools.model import Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels of the pictures of each subset, and pictures in the folders of their labels."""
    frames, by_frame = dataset.frames, ByFrame(dataset.tags.frame, len(dataset.frames))
    labels = [dataset.labels.by_id[number].name for number in dataset.tags.label.tolist()]
    marks = {n: [labels[row] for row in by_frame.rows(n).tolist()] for n in range(len(frames))}
    for subset, numbers in writing.subsets_of(dataset).items():
        document = {
            stem(frames.names[n]): {
                "labels": marks[n],
                "path": f"{(marks[n] or [NO_LABEL])[-1]}/{basename(frames.names[n])}",
            }
            for n in numbers
        }
        yield f"{subset}/{LABELS}", [orjson.dumps(document)]
        if options.images and media is not None:
            pairs = [(n, label) for n in numbers for label in marks[n] or [NO_LABEL]]
            for path, n in {f"{subset}/{label}/{basename(frames.names[n])}": n for n, label in pairs}.items():
                if n in media:
                    yield path, media[n].pieces()


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems)
    return imported(rows.read(), options)


FORMAT = Format(
    slug="yolo-ultralytics-classification", name="Ultralytics YOLO Classification 1.0",
    keeps=Keeps(tags=frozenset(), labels=frozenset({"name"}), frames=frozenset({"name", "subsets"})),
    pipeline=("merge-jobs", "tracks-to-shapes", "drop-unlabelled-rows", *writing.SERVER_FRAMES),
    quirks=("yolo-ultralytics-import", "yolo-classification-export"), read=read, write=write,
)  # fmt: skip
