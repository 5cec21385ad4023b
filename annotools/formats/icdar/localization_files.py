"""Which pictures a source of text localization has, and which file speaks of each.

train/gt_a.txt, train/sub/gt_b.txt     subset train: a, sub/b        pictures in train/images, or anywhere by name
gt_img_1.txt                           no subset: img_1
img_1.txt                              where no file is called gt_
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename

import msgspec

from annotools.formats.icdar.texts import NO_SUBSET
from annotools.formats.kernel.members import is_note
from annotools.formats.kernel.picture_files import PictureFiles, ending
from annotools.matching import stem
from annotools.storage import Source

PREFIX, IMAGES = "gt_", "images"


class Entry(msgspec.Struct, frozen=True):
    """A picture.  key: its path without ending.  member: its file.  picture: empty for none."""

    subset: str
    key: str
    member: str
    picture: str

    @property
    def name(self) -> str:
        """The picture's name."""
        return self.key + ending(self.picture)


def entries(source: Source) -> list[Entry]:
    """All pictures, by subset and name."""
    files = PictureFiles(source)
    candidates = (_entry(name, files) for name in _text_members(source.members()))
    return sorted(candidates, key=lambda entry: (entry.subset or NO_SUBSET, entry.key))


def _text_members(members: Iterable[str]) -> list[str]:
    texts = [name for name in members if name.lower().endswith(".txt")]
    named = [name for name in texts if basename(name).startswith(PREFIX)]
    return named or [name for name in texts if not is_note(name)]


def _entry(member: str, files: PictureFiles) -> Entry:
    folder, _, path = member.partition("/") if "/" in member else ("", "", member)
    parts = stem(path).split("/")
    key = "/".join([*parts[:-1], parts[-1].removeprefix(PREFIX)])
    root = f"{folder}/" if folder else ""
    picture = files.find(f"{root}{IMAGES}/{key}", f"{root}{key}")
    return Entry("" if folder == NO_SUBSET else folder, key, member, picture)


def is_localization(source: Source) -> bool:
    """Whether a source is certainly of text localization: files are called so."""
    return any(basename(name).startswith(PREFIX) and name.lower().endswith(".txt") for name in source.members())
