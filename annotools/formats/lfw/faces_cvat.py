"""LFW as the CVAT server writes and reads it.

    pairs.txt         pairs first; then cat/img for the first tag of a picture, and the bare name of one without
    people.txt        points of skeletons too
    landmarks.txt     img.jpg and coordinates of two decimals, without a label

Read, every first folder is a person, and landmarks without one are of the last person that was named.
Source: CVAT 2.73 dataset_manager/formats/lfw.py, its fork of Datumaro: lfw_format.py
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import items_as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.members import stem
from annotools.formats.kernel.picture_files import pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.lfw.lists import ANNOTATIONS, NO_SUBSET
from annotools.formats.lfw.reading import Way, read_rows
from annotools.model import POINTS, Dataset, Keeps, Owner
from annotools.model.rounding import around
from annotools.transform.pair_lists import NEGATIVE, POSITIVE
from annotools.transform.server_texts import server_texts

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_NUMBERED = re.compile(r"[-_]?(\d+)", re.ASCII)


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The lists of each subset, and pictures."""
    frames, names = dataset.frames, {label.id: label.name for label in dataset.labels}
    tags = ByFrame(dataset.tags.frame, len(frames))
    first = [next(iter(tags.rows(frame).tolist()), -1) for frame in range(len(frames))]
    persons = ["" if row < 0 else names[int(dataset.tags.label[row])] for row in first]
    for subset in dict.fromkeys(frames.subsets):
        mine = [frame for frame, own in enumerate(frames.subsets) if own == subset]
        folder = f"{subset or NO_SUBSET}/{ANNOTATIONS}"
        yield f"{folder}/pairs.txt", [_text(_pairs(dataset, mine, persons, first))]
        landmarks = list(_landmarks(dataset, mine))
        if landmarks:
            yield f"{folder}/landmarks.txt", [_text(landmarks)]
        counts = Counter(persons[frame] for frame in mine)
        lines = (f"{name}\t{counts[name]}" for name in dict.fromkeys(label.name for label in dataset.labels))
        yield f"{folder}/people.txt", [_text(lines)]
    homes = zip(frames.subsets, frames.names, persons, strict=True)
    paths = [f"{s or NO_SUBSET}/images/{f'{person}/' if person else ''}{name}" for s, name, person in homes]
    yield from pictures(paths, media, options)


def _text(lines: Sequence[str] | Iterator[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _pairs(dataset: Dataset, frames: Sequence[int], persons: Sequence[str], first: Sequence[int]) -> Iterator[str]:
    """A pair for every letter of the attributes, as the server takes a text for a list; then pictures without pairs."""
    paired = set()
    for attribute, between in ((POSITIVE, "\t"), (NEGATIVE, "\t-\t")):
        texts = server_texts(dataset, Owner.TAG, attribute)
        for frame in frames:
            if first[frame] in texts:
                paired.add(frame)
                one = f"{persons[frame]}\t{_number(persons[frame], stem(dataset.frames.names[frame]))}"
                yield from (f"{one}{between}{letter}" for letter in texts[first[frame]])
    for frame in frames:
        name = stem(dataset.frames.names[frame])
        if frame not in paired:
            yield f"{persons[frame]}/{name}" if persons[frame] else name


def _number(person: str, name: str) -> str:
    number = _NUMBERED.fullmatch(name.removeprefix(person)) if name.startswith(person) else None
    return str(int(number[1])) if number else name


def _landmarks(dataset: Dataset, frames: Sequence[int]) -> Iterator[str]:
    shapes = dataset.shapes
    by_frame = ByFrame.shapes(dataset)
    for frame in frames:
        for row in by_frame.rows(frame).tolist():
            cells = map(repr, around(shapes.points(row)).tolist())
            yield "\t".join([f"{stem(dataset.frames.names[frame])}.jpg", *cells])


SERVER = Way(lambda persons: None, lambda names: str(list(names)), lambda persons, last: last)


def read(source: Source, context: Dataset | None, options: Options) -> Read:
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
