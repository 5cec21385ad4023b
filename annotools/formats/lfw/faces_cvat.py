"""LFW as the CVAT server writes and reads it.

    pairs.txt         pairs first; then cat/img for the first tag of a picture, and the bare name of one without
    people.txt        points of skeletons too
    landmarks.txt     img.jpg and coordinates of two decimals, without a label

Read, every first folder is a person, and landmarks without one are of the last person that was named.
Source: CVAT 2.73 dataset_manager/formats/lfw.py, its fork of Datumaro: lfw_format.py
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import items_as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.picture_files import pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.lfw.lists import ANNOTATIONS, NO_SUBSET
from annotools.formats.lfw.reading import ListDialect, read_rows
from annotools.formats.lfw.server_lines import landmarks_of, pairs, text
from annotools.model import POINTS, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The lists of each subset, and pictures."""
    frames, names = dataset.frames, {label.id: label.name for label in dataset.labels}
    tags = ByFrame(dataset.tags.frame, len(frames))
    first = [next(iter(tags.rows(frame).tolist()), -1) for frame in range(len(frames))]
    persons = ["" if row < 0 else names[int(dataset.tags.label[row])] for row in first]
    for subset in dict.fromkeys(frames.subsets):
        mine = [frame for frame, own in enumerate(frames.subsets) if own == subset]
        folder = f"{subset or NO_SUBSET}/{ANNOTATIONS}"
        yield f"{folder}/pairs.txt", [text(pairs(dataset, mine, persons, first))]
        landmarks = list(landmarks_of(dataset, mine))
        if landmarks:
            yield f"{folder}/landmarks.txt", [text(landmarks)]
        counts = Counter(persons[frame] for frame in mine)
        lines = (f"{name}\t{counts[name]}" for name in dict.fromkeys(label.name for label in dataset.labels))
        yield f"{folder}/people.txt", [text(lines)]
    homes = zip(frames.subsets, frames.names, persons, strict=True)
    paths = [f"{s or NO_SUBSET}/images/{f'{person}/' if person else ''}{name}" for s, name, person in homes]
    yield from pictures(paths, media, options)


SERVER = ListDialect(lambda persons: None, lambda names: str(list(names)), lambda persons, last: last, lenient=False)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=items_as_server)
    read_rows(rows, source, problems, SERVER)
    return imported(rows.read(), options)


FORMAT = Format(
    slug="lfw", name="LFW 1.0",
    keeps=Keeps(
        shapes={POINTS: frozenset()}, tags=frozenset({"attributes"}),
        labels=frozenset({"name", "attributes", "sublabels"}),
        frames=frozenset({"subsets"}),  # of a name with folders the first is read as a person
        uses=frozenset({"shapes.z_order", "frames.name"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "drop-unlabelled-rows", "server-file-names",
        "frames-by-subset=default",
    ),
    quirks=("lfw-export", "lfw-import"), read=read, write=write,
)  # fmt: skip
