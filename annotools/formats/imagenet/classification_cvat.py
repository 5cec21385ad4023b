"""ImageNet as the CVAT server writes and reads it.

    without pictures     default.txt (a/b.jpg 8 0, and a blank behind a picture without labels) and synsets.txt
    with pictures        default/cat/b.jpg alone, without the folders of names: of two pictures of one name one stays

Points of skeletons have numbers too.
Source: CVAT 2.73 dataset_manager/formats/imagenet.py, its fork of Datumaro: imagenet_txt_format.py, imagenet_format.py
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, splitext
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.imagenet.lists import LABELS, NO_SUBSET
from annotools.formats.imagenet.reading import read_rows
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.label_folders import NO_LABEL
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """Lists and labels; or, with pictures, these alone."""
    classes, frames = Classes.of(dataset, sublabels=True), dataset.frames
    pairs = [*zip(frames.subsets, frames.names, _classes(dataset, classes), strict=True)]
    if options.images and media:
        for frame, (subset, name, mine) in enumerate(pairs):
            for label in [classes.names[number] for number in mine] or [NO_LABEL] if frame in media else ():
                yield f"{subset or NO_SUBSET}/{label}/{basename(name)}", media[frame].pieces()
        return
    lists: dict[str, list[str]] = {}
    for subset, name, mine in pairs:
        key, end = splitext(name)
        quoted = f'"{key}"' if len(key.split()) > 1 else key
        lists.setdefault(subset or NO_SUBSET, []).append(f"{quoted}{end} {' '.join(map(str, mine))}\n")
    for subset, lines in lists.items():
        yield f"{subset}.txt", ["".join(lines).encode()]
    yield LABELS, ["".join(f"{name}\n" for name in classes.names).encode()]


def _classes(dataset: Dataset, classes: Classes) -> Iterator[list[int]]:
    """The numbers of each frame, each once, in the order in which a set of Python has them."""
    by_frame, numbers = ByFrame(dataset.tags.frame, len(dataset.frames)), classes.index(dataset.tags.label)
    for frame in range(len(dataset.frames)):
        yield list(set(numbers[by_frame.rows(frame)].tolist()))


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, context, problems)
    return imported(rows.read(), options)


FORMAT = Format(
    slug="imagenet", name="ImageNet 1.0",
    keeps=Keeps(
        tags=frozenset(), labels=frozenset({"name", "sublabels"}), frames=frozenset({"name", "subsets"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "drop-unlabelled-rows", "server-file-names",
        "frames-by-subset=default",
    ),
    quirks=("imagenet-export", "imagenet-import"), read=read, write=write,
)  # fmt: skip
