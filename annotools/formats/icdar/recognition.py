"""ICDAR Word Recognition: what is written on pictures of single words.

    train/gt.txt              word_1.png, "a \\"word\\""
                              word_2.png,                       nothing is known of it
    train/images/word_1.png   where pictures are written along; `default` for pictures without a subset

A word is a tag of the label `icdar`, its text the attribute `text`; a picture of two words has two lines.  Lists as
people have them are read too: with words that are not in quotes, under any name, beside their pictures.
Source: https://rrc.cvc.uab.es/?ch=4&com=tasks
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.icdar import recognition_cvat
from annotools.formats.icdar.localization import image_paths
from annotools.formats.icdar.recognition_lists import caption, is_recognition, read_rows
from annotools.formats.icdar.texts import folder_of, quoted, texts_of
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.picture_files import ended_names, pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import by_subset
from annotools.model import Condition, Dataset, Keeps, Owner
from annotools.model.columns import Bools

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A list for each subset, and pictures."""
    names, texts = ended_names(dataset, media), texts_of(dataset, Owner.TAG)
    by_frame = ByFrame(dataset.tags.frame, len(names))
    lines = []
    for frame, name in enumerate(names):
        words = [quoted(texts[row]) for row in by_frame.rows(frame).tolist()] or [""]
        lines.append("".join(f"{name}, {word}\n" for word in words))
    for subset, mine in by_subset(dataset.frames.subsets, lines).items():
        yield f"{folder_of(subset)}/gt.txt", ["".join(mine).encode()]
    yield from pictures(image_paths(dataset, names), media, options)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems, caption)
    return rows.read()


def is_word(dataset: Dataset) -> Bools:
    """Whether a tag says what is written."""
    return np.isin(np.arange(len(dataset.tags)), list(texts_of(dataset, Owner.TAG)))


FORMAT = Format(
    slug="icdar-recognition", name="ICDAR Recognition 1.0",
    keeps=Keeps(
        tags=frozenset({"attributes"}), labels=frozenset({"name", "attributes"}),
        frames=frozenset({"name", "subsets"}),
        conditions=(Condition("tag without a text", "a picture has a text or nothing", is_word, "tags"),),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "one-label=icdar", "only-attributes=text",
        "one-line-values", "folder-subsets=/", "frames-by-subset=default", "unique-names",
    ),
    dialects={"cvat": recognition_cvat.FORMAT}, read=read, write=write, sniff=is_recognition,
    members=("**/gt.txt", "**/images/**"),
    subsets_first=True, letters=("images",), about="what is written on pictures of words",
)  # fmt: skip
