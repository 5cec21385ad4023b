"""Which pictures a MOTS dataset has, and the tracks that their pixels are of.

    train/instances/a/b.png   train/instances/labels.txt   train/images/a/b.jpg       subset train, picture a/b
    instances/0002/000000.png                                                         the challenge's own

Without a list of labels class 1 is a car and 2 a pedestrian, and folders are sequences: numbers are of one folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import dirname, splitext

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.painting import Pixels, read_pixels
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.mask_rows import Entry, Masks, add_frames, cut
from annotools.formats.masks.mots_lines import BASE, CHALLENGE, IGNORED, add_videos, videos_of
from annotools.formats.masks.scenes import NO_SUBSET
from annotools.geometry.ragged import concat
from annotools.model import MASK, Label
from annotools.model.columns import Ints
from annotools.storage import Source
from annotools.storage.picture_names import is_picture
from annotools.transform.picture_files import picture_key

FOLDER, PICTURES, LIST = "instances", "images", "labels.txt"


def is_mots(source: Source) -> bool:
    """Whether a source is certainly of MOTS: a folder of instances, with its list of labels or pictures of numbers."""
    members = [name.split("/") for name in source.members()]
    if videos_of(source):
        return True
    return any(
        FOLDER in parts[:-1] and (parts[-1].lower() == LIST or parts[-1].lower().endswith(".png")) for parts in members
    )


def entries_of(source: Source) -> list[Entry]:
    """The pictures of a source, by subset and name."""
    members: dict[tuple[str, str], str] = {}
    pictures: dict[tuple[str, str], str] = {}
    for name in filter(is_picture, source.members()):
        parts = name.split("/")
        for folder, places in ((FOLDER, members), (PICTURES, pictures)):
            if folder in parts[:-1]:
                home = parts.index(folder)
                subset = parts[home - 1] if home else ""
                key = picture_key("/".join(parts[home + 1 :]))
                places.setdefault(("" if subset == NO_SUBSET else subset, key), name)
    entries = [
        Entry(pair[0], pair[1] + splitext(pictures.get(pair, ""))[1], pictures.get(pair, ""), members.get(pair, ""))
        for pair in {*members, *pictures}
    ]
    return sorted(entries, key=lambda entry: (entry.subset, entry.name))


def entries_with_masks(entries: Sequence[Entry]) -> list[Entry]:
    """Those that have a picture of masks."""
    return [entry for entry in entries if entry.classes]


class _Names:
    """Names of classes, which count from 1."""

    def __init__(self, names: Sequence[str], rows: Rows, problems: Problems) -> None:
        self._names, self._rows, self._problems = ["", *names] if names else list(CHALLENGE), rows, problems
        self.listed = bool(names)

    def of(self, values: Ints, pixels: Pixels, member: str) -> list[str | None]:
        """The class of each number; None for none, and for what is to be ignored."""
        labels = [self._name(number, member) for number in values.tolist()]
        if not self.listed and any(labels):
            why = "no list names the classes, so they are those of the challenge"
            self._rows.repairs.note("class", why, f"{member}: {next(filter(None, labels))}")
        return labels

    def _name(self, number: int, member: str) -> str | None:
        if 0 < number < len(self._names):
            return self._names[number]
        if number == IGNORED:
            self._rows.repairs.note("region", "it is marked as not to be looked at", member)
        elif number > 0 and self.listed:
            count = len(self._names) - 1
            self._problems.append(Problem(f"has the class {number}", member, expected=f"1 to {count}"))
        return f"class_{number}" if number > 0 and not self.listed and number != IGNORED else None


def read_rows(rows: Rows, source: Source, problems: Problems, *, texts: bool = True) -> None:
    """Everything of a source: its masks are rows of tracks.  texts: whether they may be lines of files."""
    entries = entries_of(source)
    videos = [] if entries_with_masks(entries) or not texts else videos_of(source)
    if videos:
        add_videos(rows, source, videos, problems)
        return
    lists = [name for name in source.members() if name.lower().endswith(f"{FOLDER}/{LIST}")]
    labels = list(dict.fromkeys(label for name in lists for label in label_list(source, name, problems) if label))
    if not entries and not lists:
        problems.append(Problem("holds no masks of tracks", source.name, expected=f"{FOLDER}/*.png"))
    rows.label_defs((Label(number, name) for number, name in enumerate(labels, 1)), closed=False)
    names = _Names(labels, rows, problems)
    masks = [_masks(source, entry, names, problems) for entry in entries]
    frames, fitting = add_frames(rows, entries, masks, problems)
    fitting = [(n, each) for n, each in fitting if each.names]
    if fitting:
        _add_shapes(rows, frames, fitting, entries, names.listed)


def _masks(source: Source, entry: Entry, names: _Names, problems: Problems) -> Masks | None:
    pixels = read_pixels(source, entry.classes, problems)
    if pixels is None:
        return None
    if pixels.colored:
        problems.append(Problem("is a picture of colours", entry.classes, expected="one of 16 bit numbers"))
        return None
    return cut(Pixels(pixels.numbers // BASE), pixels.numbers, entry.classes, names)


def _add_shapes(
    rows: Rows, frames: Ints, masks_of_frames: Sequence[tuple[int, Masks]], entries: Sequence[Entry], listed: bool
) -> None:
    index = np.repeat([n for n, _ in masks_of_frames], [len(masks.names) for _, masks in masks_of_frames]).astype(
        np.int64
    )
    at = At([entry.classes for entry in entries], which=index)
    label = rows.labels([name for _, masks in masks_of_frames for name in masks.names], at=at)
    values, offsets = concat([masks.rles for _, masks in masks_of_frames])
    number = np.concatenate([masks.instances for _, masks in masks_of_frames])
    homes = [(entry.subset, "" if listed else dirname(entry.name)) for entry in entries]
    codes = {home: code for code, home in enumerate(dict.fromkeys(homes))}
    home = np.array([codes[home] for home in homes], np.int64)[index]
    track = rows.tracks(np.stack([home, number], axis=1), label, at, track_id=number % BASE)
    rows.shapes(MASK, frames[index], label, values, offsets, at, track=track)
