"""MOTS as the CVAT server writes and reads it.

    only tracks, numbered from 0 as the task has them; points of skeletons are classes too; files only where masks are
    masks are read as polygons, of one with several parts every further one is a track of its own

Source: CVAT 2.73 dataset_manager/formats/mots.py, its fork of Datumaro: mots_format.py
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.server_masks import with_outlines
from annotools.formats.masks.mots_layout import FOLDER, LIST, PICTURES, read_rows
from annotools.formats.masks.mots_lines import BASE
from annotools.formats.masks.scenes import NO_SUBSET, pictures, scenes
from annotools.formats.masks.server import by_key
from annotools.model import MASK, Dataset, Keeps, Tracks
from annotools.model import Source as By

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels of each subset, and a picture of numbers for each frame with masks."""
    classes, shapes = Classes.of(dataset, sublabels=True), dataset.shapes
    for subset in dict.fromkeys(subset or NO_SUBSET for subset in dataset.frames.subsets or ("",)):
        yield f"{subset}/{FOLDER}/{LIST}", ["\n".join(classes.names).encode()]
    track = shapes.extras["track_id"].values if len(shapes) else np.zeros(0, np.int64)
    numbers = (classes.index(shapes.label) + 1) * BASE + track
    for scene in scenes(dataset, endings=True):
        picture = scene.numbered(dataset, numbers[scene.rows], 16)
        yield f"{scene.subset}/{FOLDER}/{scene.key}.png", picture
    yield from pictures(dataset, media, options, f"{{subset}}/{PICTURES}")


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_key)
    read_rows(rows, source, problems, texts=False)
    outlined = with_outlines(rows.read(), options)
    result = imported(replace(outlined, dataset=_apart(outlined.dataset)), options)
    tracks = result.dataset.tracks
    return replace(
        result, dataset=result.dataset.replace(tracks=tracks.replace(source=np.full(len(tracks), By.MANUAL)))
    )


def _apart(dataset: Dataset) -> Dataset:
    """Every further part of a mask in a track of its own."""
    shapes = dataset.shapes
    same = (shapes.track[1:] == shapes.track[:-1]) & (shapes.frame[1:] == shapes.frame[:-1])
    parts = np.flatnonzero(np.append(False, same & (shapes.track[1:] >= 0)))
    if not len(parts):
        return dataset
    track = shapes.track.astype(np.int64)
    more = dataset.tracks.take(track[parts]).replace(frame=shapes.frame[parts])
    track[parts] = len(dataset.tracks) + np.arange(len(parts))
    return dataset.replace(shapes=shapes.replace(track=track), tracks=Tracks.concat([dataset.tracks, more]))


FORMAT = Format(
    slug="mots", name="MOTS PNG 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "sublabels"}),
        frames=frozenset({"name", "size", "subsets"}), extras={"shapes": frozenset({"track_id"})},
        uses=frozenset({"shapes.z_order"}), conditions=SERVER_MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-numbered-shapes", "only-shown-frames", "tracked-shapes", "server-masks=boxes",
        "painted-frames", "server-file-names", "frames-by-subset=default", "frames-by-name",
    ),
    quirks=("mask-export", "mots-export", "mots-import"), read=read, write=write,
)  # fmt: skip
