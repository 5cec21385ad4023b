"""Ultralytics YOLO Classification: labels of whole pictures, which lie in folders called after them.

    classes.txt             cat                           the labels, one a line
    train/labels.json       {"a/b.jpg": {"labels": ["cat"], "path": "cat/b.jpg"}}        every picture of the subset
    train/cat/b.jpg         where pictures are written along: in the folder of each of its labels
    unlabelled/train/c.jpg  those without one, for every folder in a subset is a class to a trainer

Folders of pictures alone are read too, as trainers have them: `train/cat/b.jpg`.  There a picture is called by its path
with its label.  A picture may have several labels.
Source: https://docs.ultralytics.com/datasets/classify/ and what the CVAT server exports
"""

from __future__ import annotations

from posixpath import relpath
from typing import TYPE_CHECKING

import orjson

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.label_folders import flat_names, folder_names
from annotools.formats.kernel.picture_files import ended_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo import classification_cvat
from annotools.formats.yolo.class_folders import CLASSES, LABELS, NO_SUBSET, UNLABELLED, is_classification, read_rows
from annotools.model import Dataset, Keeps
from annotools.transform.row_conditions import of_class

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels, those of the pictures of each subset, and pictures in the folders of their labels."""
    classes, names = Classes.of(dataset), ended_names(dataset, media)
    yield CLASSES, ["".join(f"{name}\n" for name in classes.names).encode()]
    by_frame, numbers = ByFrame(dataset.tags.frame, len(names)), classes.index(dataset.tags.label)
    marks = [numbers[by_frame.rows(frame)].tolist() for frame in range(len(names))]
    copies = _copies(dataset, names, marks)
    documents: dict[str, dict[str, object]] = {}
    for frame, name in enumerate(names):
        subset = dataset.frames.subsets[frame] or NO_SUBSET
        labels = [classes.names[number] for number in marks[frame]]
        documents.setdefault(subset, {})[name] = {"labels": labels, "path": relpath(copies[frame][0], subset)}
    for subset, document in documents.items():
        yield f"{subset}/{LABELS}", [orjson.dumps(document, option=orjson.OPT_INDENT_2)]
    shown = media if options.images and media is not None else {}
    for frame in shown:
        for path in copies[frame]:
            yield path, shown[frame].pieces()


def _copies(dataset: Dataset, names: list[str], marks: list[list[int]]) -> list[list[str]]:
    """Where each picture lies, once for each of its labels."""
    folders = folder_names(Classes.of(dataset).names)
    taken: dict[str, set[str]] = {}
    copies = []
    for subset, name, mine in zip(dataset.frames.subsets, names, marks, strict=True):
        home = subset or NO_SUBSET
        homes = [f"{home}/{folders[number]}" for number in dict.fromkeys(mine)] or [f"{UNLABELLED}/{home}"]
        copies.append([f"{each}/{flat_names([name], taken.setdefault(each, set()))[0]}" for each in homes])
    return copies


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems)
    return rows.read()


FORMAT = Format(
    slug="yolo-ultralytics-classification", name="Ultralytics YOLO Classification 1.0",
    keeps=Keeps(
        tags=frozenset(), labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        conditions=(
            of_class("tags"),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "listed-classes", "subsets-named=train",
        "folder-subsets=/", "frames-by-subset=default", "unique-names",
    ),
    dialects={"cvat": classification_cvat.FORMAT}, read=read, write=write, sniff=is_classification,
    mark=CLASSES, members=(CLASSES, f"**/{LABELS}", "*/*/**"), letters=(CLASSES, LABELS),
    about="labels of whole pictures, which lie in folders called after them",
)  # fmt: skip
