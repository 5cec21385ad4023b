"""MOTS PNG 1.0: masks of tracks, a picture of numbers for each frame.

    train/instances/labels.txt      car                                       the first line is class 1
    train/instances/a/b.png         16 bits: 1000 x class + track             1001 1001 2001
    train/images/a/b.jpg            where pictures are written along

The folder of pictures without a subset is `default`; a track that goes through several is one in each.  Shapes that
are in no track become tracks of one frame; of masks that overlap only what is to be seen is left.  64 classes have
room, and 999 tracks of each.  Masks stay masks, also where they are read.  Read is MOTS as text too: lines of frame,
object, class, size and run lengths, in instances_txt/0002.txt or MOTS20-02/gt/gt.txt.
Source: https://www.vision.rwth-aachen.de/page/mots
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.mask_checks import CLASS, FITTING
from annotools.formats.kernel.members import picture_patterns
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks import mots_cvat
from annotools.formats.masks.mots_layout import FOLDER, LIST, PICTURES, is_mots, read_rows
from annotools.formats.masks.mots_lines import BASE
from annotools.formats.masks.scenes import NO_SUBSET, lines, pictures, scenes
from annotools.model import MASK, Condition, Dataset, Keeps
from annotools.model.columns import Bools, Ints

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_MOST_CLASSES = 64


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels of each subset, and a picture of numbers for each frame."""
    classes, shapes = Classes.of(dataset), dataset.shapes
    for subset in dict.fromkeys(subset or NO_SUBSET for subset in dataset.frames.subsets or ("",)):
        yield f"{subset}/{FOLDER}/{LIST}", lines(classes.names)
    numbers = (classes.index(shapes.label) + 1) * BASE + np.append(track_numbers(dataset), 0)[shapes.track]
    for scene in scenes(dataset, endings=options.images):
        rows = scene.rows[~shapes.outside[scene.rows]]
        picture = scene.of(rows).numbered(dataset, numbers[rows], 16)
        yield f"{scene.subset}/{FOLDER}/{scene.key}.png", picture
    yield from pictures(dataset, media, options, f"{{subset}}/{PICTURES}")


def track_numbers(dataset: Dataset) -> Ints:
    """The number of each track in its class and subset: its own if it is below 1000 and free, else the next, from 1."""
    homes, given = _homes(dataset), dataset.tracks.extras.get("track_id")
    own = [(given is not None and value) or 0 for value in (given.plain() if given else [0] * len(homes))]
    taken: dict[tuple[str, int], set[int]] = {}
    for row, (home, number) in enumerate(zip(homes, own, strict=True)):
        fits = isinstance(number, int) and 0 < number < BASE and number not in taken.setdefault(home, set())
        own[row] = number if fits else 0
        taken.setdefault(home, set()).add(own[row])
    free = {home: (number for number in count(1) if number not in known) for home, known in taken.items()}
    return np.array([number or next(free[home]) for home, number in zip(homes, own, strict=True)], np.int64)


def _homes(dataset: Dataset) -> list[tuple[str, int]]:
    """The subset and the label of each track."""
    subsets, frames = dataset.frames.subsets, dataset.tracks.frame.tolist()
    where = [subsets[frame] if 0 <= frame < len(subsets) else "" for frame in frames]
    return [*zip(where, dataset.tracks.label.tolist(), strict=True)]


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems)
    return rows.read(gaps_are_outside=True)


def has_room(dataset: Dataset) -> Bools:
    """Whether a track is one of the first of its class and subset, and its class one of the first."""
    early = np.isin(dataset.tracks.label, [label.id for label in dataset.labels.top[:_MOST_CLASSES]])
    last: dict[tuple[str, int], int] = {}
    index = np.zeros(len(dataset.tracks), np.int64)
    for row, home in enumerate(_homes(dataset)):
        index[row] = last[home] = last.get(home, -1) + 1
    return np.asarray(early & (index < BASE - 1))


def is_tracked(dataset: Dataset) -> Bools:
    """Whether a shape is of a track."""
    return np.asarray(dataset.shapes.track >= 0)


def steps(options: WriteOptions) -> tuple[str, ...]:
    """The pipeline.  Without pictures nothing says how their names end."""
    bare = () if options.images else ("stem-names",)
    return (
        "merge-jobs", "sized-frames", "tracks-frame-by-frame", "list-frames", "folder-subsets=instances,images",
        "frames-by-subset=default", "split-tracks", "unique-stems", *bare, "frames-by-name",
        "close-tracks",  # in this order of frames, before anything asks what lies between rows
        "clip-masks", "drawable-only=rectangle,polygon,ellipse,mask", "shapes-to-tracks", "boxes-to-polygons",
        "ellipses-to-masks=frame-by-frame", "polygons-to-masks=frame-by-frame", "drawable-only=mask",
        "visible-masks=tracks", "close-tracks", "one-line-names",
    )  # fmt: skip


FORMAT = Format(
    slug="mots", name="MOTS PNG 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset({"outside"})}, tracks=frozenset(), labels=frozenset({"name"}),
        frames=frozenset({"name", "size", "subsets"}), extras={"tracks": frozenset({"track_id"})},
        conditions=(
            CLASS, FITTING, Condition("shape without a track", "pixels say which track they are of", is_tracked),
            Condition("track of very many", f"there is room for {_MOST_CLASSES} classes of 999", has_room, "tracks"),
        ),
    ),
    pipeline=steps, dialects={"cvat": mots_cvat.FORMAT}, read=read, write=write, sniff=is_mots,
    members=("*/instances/labels.txt", "*/instances/**.png", *picture_patterns("*/images/**")),
    letters=("instances", "images", "instances_txt", "image_02", "img1", "gt"),
    about="masks of tracks, as numbers of class and track at each pixel",
)  # fmt: skip
