"""Pictures of datasets that name them without their endings: which member is whose, and what to call them.

gt_b.c.txt    images/b.c.jpg     find("images/b.c", "b.c")  ->  images/b.c.jpg
              other/b.c.jpg      where nothing lies where it should, the only picture of that name
"""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename, splitext

from annotools.formats.base import Members, WriteOptions
from annotools.formats.kernel.members import image_members
from annotools.matching import stem
from annotools.model import Dataset
from annotools.storage import Media, Source
from annotools.storage.picture_names import is_picture


class PictureFiles:
    """The pictures of a source, by their paths and by their names, both without endings."""

    def __init__(self, source: Source) -> None:
        self.members = image_members(source)
        self._paths = {stem(name): name for name in reversed(self.members)}
        self._names: dict[str, list[str]] = {}
        for name in self.members:
            self._names.setdefault(basename(stem(name)), []).append(name)

    def find(self, *paths: str) -> str:
        """The member of the first path that there is, or the only one of that name; empty for none."""
        for path in paths:
            if path in self._paths:
                return self._paths[path]
        alike = self._names.get(basename(paths[-1]), [])
        return alike[0] if len(alike) == 1 else ""


def ending(member: str) -> str:
    """The ending of a member's name, empty for no member."""
    return splitext(member)[1]


def ended_names(dataset: Dataset, media: Media | None) -> list[str]:
    """The names of frames, with the endings of their pictures where they have none of a picture."""
    names = list(dataset.frames.names)
    for frame in media or ():
        if media is not None and frame < len(names) and not is_picture(names[frame]):
            names[frame] += ending(media[frame].name)
    return names


def pictures(paths: Sequence[str], media: Media | None, options: WriteOptions) -> Members:
    """The pictures that are written along.  paths: where that of each frame goes, empty for nowhere."""
    if options.images and media is not None:
        for frame, path in enumerate(paths):
            if path and frame in media:
                yield path, media[frame].pieces()
