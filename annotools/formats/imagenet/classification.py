"""ImageNet 1.0: labels of whole pictures.

    synsets.txt             cat                    the labels, by number
    train.txt               a/b.jpg 0 2            every picture, also those without a label; `default` for no subset
                            "a/img 01".jpg
    train/cat/b.jpg         where pictures are written along: in the folder of each of its labels, or in no_label

Folders of pictures alone are read too, as trainers have them: `train/cat/b.jpg`.  There a picture is called by its path
with its label, because pictures of one name in two folders are mostly two.  A picture may have several labels.
Source: https://www.image-net.org/challenges/LSVRC/2012
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.imagenet import classification_cvat
from annotools.formats.imagenet.lists import CLASS, LABELS, is_imagenet, list_name, listed
from annotools.formats.imagenet.reading import picture_paths, read_rows
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.picture_files import ended_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import by_subset
from annotools.model import Condition, Dataset, Keeps
from annotools.model.columns import Bools
from annotools.transform.row_conditions import of_class

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels, a list for each subset, and pictures in the folders of their labels."""
    classes, names = Classes.numbered(dataset, CLASS), ended_names(dataset, media)
    lines = dict(zip(classes.numbers, classes.names, strict=True))
    labels = [lines.get(number, "") for number in range(max(lines, default=-1) + 1)]
    yield LABELS, ["".join(f"{label}\n" for label in labels).encode()]
    marks = classes_by_frame(dataset, classes)
    for subset, rows in by_subset(dataset.frames.subsets, map(listed, names, marks)).items():
        yield list_name(subset), ["".join(rows).encode()]
    if options.images and media is not None:
        paths = picture_paths(dataset.frames.subsets, names, marks, labels)
        for frame, copies in enumerate(paths):
            for path in copies if frame in media else ():
                yield path, media[frame].pieces()


def classes_by_frame(dataset: Dataset, classes: Classes) -> list[list[int]]:
    """The numbers of the classes of each frame."""
    by_frame, numbers = ByFrame(dataset.tags.frame, len(dataset.frames)), classes.index(dataset.tags.label)
    return [numbers[by_frame.rows(frame)].tolist() for frame in range(len(dataset.frames))]


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, context, problems)
    return rows.read()


def is_first(dataset: Dataset) -> Bools:
    """Whether a tag says what no other tag of its frame says that has less to lose."""
    tags = dataset.tags
    details = sum(
        (extra.present.astype(np.int64) for extra in tags.extras.values()), (tags.source != 0).astype(np.int64)
    )
    order = np.argsort(details, kind="stable")
    pairs = np.stack([tags.frame, tags.label], axis=1)[order]
    _, first = np.unique(pairs, axis=0, return_index=True)
    return np.isin(np.arange(len(tags)), order[first])


FORMAT = Format(
    slug="imagenet", name="ImageNet 1.0",
    keeps=Keeps(
        tags=frozenset(), labels=frozenset({"name"}), frames=frozenset({"name", "subsets"}),
        extras={"labels": frozenset({CLASS})},
        conditions=(
            of_class("tags"),
            Condition("tag that is there twice", "a picture has a class or not", is_first, "tags"),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", f"listed-classes={CLASS}",
        "folder-subsets=/,labels,synsets", "frames-by-subset=default",
        "unique-names",
    ),
    dialects={"cvat": classification_cvat.FORMAT}, read=read, write=write, sniff=is_imagenet,
    mark="synsets.txt", members=("*.txt", "lists/**.txt", "*/*/*"),
    subsets_first=True, letters=("ImageSets", "CLS-LOC", "lists"),
    about="labels of whole pictures, in lists and folders",
)  # fmt: skip
