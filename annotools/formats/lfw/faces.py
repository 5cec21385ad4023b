"""LFW 1.0, Labelled Faces in the Wild: persons on pictures, pairs of pictures, landmarks.

    train/annotations/people.txt       cat<tab>3                       a label, and of how many pictures
    train/annotations/pairs.txt        cat/img                         every picture: one of cat, and one of nobody;
                                       other                           -/cat/b for one of nobody in a folder `cat`
                                       cat<tab>1<tab>4                 cat_0001 and cat_0004 are both of cat
                                       cat<tab>1<tab>dog<tab>img       cat_0001 is of cat, img of dog
    train/annotations/landmarks.txt    cat/cat_0001.jpg<tab>10<tab>20.5
    train/images/cat/cat_0001.jpg      where pictures are written along; `default` for pictures without a subset

Pairs are attributes of a tag: positive_pairs and negative_pairs, paths between `; `.  Lists as they are given out and
folders of persons alone are read too, and where there are neither pairs nor pictures, the pictures that people.txt
counts.
Source: http://vis-www.cs.umass.edu/lfw/README.txt
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.picture_files import ended_names, pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import by_subset
from annotools.formats.lfw import faces_cvat
from annotools.formats.lfw.lists import ANNOTATIONS, NO_SUBSET, are_people, lists_of, people_alone
from annotools.formats.lfw.reading import read_rows
from annotools.formats.lfw.writing import landmark_lines, pair_lines, people_lines, persons_by_frame
from annotools.geometry.ragged import segment_all
from annotools.model import POINTS, Condition, Dataset, Keeps
from annotools.model.columns import Bools
from annotools.transform.row_conditions import is_class

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The lists of each subset, and pictures."""
    persons, subsets = persons_by_frame(dataset), dataset.frames.subsets
    for subset, frames in by_subset(subsets, range(len(subsets))).items():
        folder = f"{subset or NO_SUBSET}/{ANNOTATIONS}"
        yield f"{folder}/people.txt", [people_lines(dataset, persons, frames)]
        yield f"{folder}/pairs.txt", [pair_lines(dataset, persons, frames)]
        landmarks = landmark_lines(dataset, frames)
        if landmarks:
            yield f"{folder}/landmarks.txt", [landmarks]
    paths = []
    for subset, name, mine in zip(subsets, ended_names(dataset, media), persons, strict=True):
        paths.append(f"{subset or NO_SUBSET}/images/{f'{mine[0]}/' if mine else ''}{name}")
    yield from pictures(paths, media, options)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems)
    return rows.read()


def is_lfw(source: Source) -> bool:
    """Whether a source certainly has lists of LFW: of pairs, or of persons with how many pictures are of each."""
    return bool(lists_of(source)) or any(are_people(source, lists.people) for lists in people_alone(source))


def is_landmarks(dataset: Dataset) -> Bools:
    """Whether a shape has at least one point, of finite numbers."""
    shapes = dataset.shapes
    whole = (shapes.counts >= 2) & (shapes.counts % 2 == 0)
    return np.asarray(whole & segment_all(np.isfinite(shapes.values), shapes.offsets))


def is_labelled(dataset: Dataset) -> Bools:
    """Whether a shape is not outside, and of a label of the top level."""
    return np.asarray(is_class(dataset) & ~dataset.shapes.outside)


FORMAT = Format(
    slug="lfw", name="LFW 1.0",
    keeps=Keeps(
        shapes={POINTS: frozenset()}, tags=frozenset({"attributes"}), labels=frozenset({"name", "attributes"}),
        frames=frozenset({"name", "subsets"}),
        conditions=(
            Condition("points outside, or of no label of the top level", "they are of persons", is_labelled),
            Condition("points that are not finite numbers", "a landmark has a place", is_landmarks),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "folder-labels=-",
        "only-attributes=positive_pairs,negative_pairs", "folder-subsets=/,annotations,images",
        "frames-by-subset=default", "unique-stems",
        "stem-names", "pair-lists",
    ),
    dialects={"cvat": faces_cvat.FORMAT}, read=read, write=write, sniff=is_lfw,
    members=("**/annotations/pairs.txt", "**/annotations/people.txt", "**/annotations/landmarks.txt", "**/images/**"),
    subsets_first=True, letters=("annotations", "images", "pairs*.txt", "people*.txt", "landmarks*.txt"),
    about="persons on pictures, pairs of pictures, and landmarks",
)  # fmt: skip
