"""What the dialects of mask formats share: the server's classes, which are its labels by name.

    labels rect, any, skeleton skel (head)     any, head, rect, skel     and the background where the format has it

Source: CVAT's fork of Datumaro, the converters of VOC, CamVid, Cityscapes and KITTI
"""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename
from typing import Literal

import msgspec
import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.classes import BACKGROUND, places_of
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.server_masks import with_outlines
from annotools.matching import CvatMatcher, Match
from annotools.model import Dataset
from annotools.model.colors import BLACK, distinct, rgb
from annotools.model.columns import Array, Ints
from annotools.storage import Source
from annotools.transform.picture_files import picture_key

Background = Literal["first", "by-name", "none"]


class ServerClasses(msgspec.Struct, frozen=True):
    """Classes by number.  colors: (n, 3).  ids: of labels, -1 for the background."""

    names: tuple[str, ...]
    colors: Ints
    ids: Ints

    def index(self, labels: Array) -> Ints:
        """The class of each label id."""
        return places_of(self.ids, labels)


def server_classes(dataset: Dataset, background: Background) -> ServerClasses:
    """The labels by name, points of skeletons too.  background: where class that is none stands."""
    labels = sorted(dataset.labels.rows, key=lambda label: label.name)
    own = [rgb(label.color) for label in labels]
    spare = distinct(own)
    rows = [(label.name, color or free, label.id) for label, color, free in zip(labels, own, spare, strict=True)]
    if background != "none" and BACKGROUND not in {name for name, _, _ in rows}:
        rows.insert(0, (BACKGROUND, BLACK, -1))
        rows = sorted(rows, key=lambda row: row[0]) if background == "by-name" else rows
    names, colors, ids = zip(*rows, strict=True) if rows else ((), (), ())
    return ServerClasses(names, np.array(colors, np.int64).reshape(-1, 3), np.array(ids, np.int64))


def places_in_list(rows: Ints) -> Ints:
    """From 1 on, the how manieth mask of its frame each is, whatever is painted first.  rows: of one frame."""
    return np.searchsorted(np.sort(rows), rows) + 1


def by_key(context: Dataset, names: Sequence[str]) -> Sequence[Match]:
    """Matches of the server's importer for names of files that are not pictures' own."""
    keys = [*map(picture_key, names)]
    matcher = CvatMatcher(context.frames.names, keys, video=context.task.is_video)
    return [matcher.match(key, extension=name[len(key) :]) for key, name in zip(keys, names, strict=True)]


def demand_single_words(source: Source) -> None:
    """Raises: InputError for a list of colours with a name of two words, at which the server's importer stops."""
    for name in source.members():
        if basename(name) == "label_colors.txt":
            for number, line in enumerate(text_lines(source, name, Problems()), 1):
                words = line.decode("utf-8", "replace").split(None, 3)
                if len(words) > 3 and " " in words[3].strip():
                    message = f"label {words[3].strip()!r} has a space, which the server's importer takes for a number"
                    raise InputError(Problem(message, name, number, expected="names of one word"))


def stored(read: Read, options: ReadOptions) -> Read:
    """What was read as the importer stores it: masks as polygons, numbers of instances as groups."""
    return imported(with_outlines(read, options), options)
