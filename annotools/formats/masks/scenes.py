"""What the writers of mask formats walk through: the frames, with their masks in the order of painting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.formats.base import Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.painting import late_numbers_png, late_png
from annotools.geometry.ragged import Ragged, take
from annotools.model import MASK, Dataset
from annotools.model.columns import Array, Ints
from annotools.scale import Late
from annotools.storage import Media
from annotools.transform.picture_files import picture_key

NO_SUBSET = "default"  # what the folder, or the list, of pictures without a subset is called


class Scene(msgspec.Struct, frozen=True):
    """A frame.  key: what its files are called.  rows: its masks, the lowest first.  size: width, height."""

    frame: int
    key: str
    subset: str
    size: tuple[int, int]
    rows: Ints

    def of(self, rows: Ints) -> Scene:
        """The same frame with some of its masks."""
        return replace(self, rows=rows)

    def colored(self, dataset: Dataset, numbers: Array, palette: Array) -> Late:
        """The picture of some numbers, one for each of the rows, in their colours."""
        return late_png(self._masks(dataset), numbers, self.size, palette, "RGB")

    def numbered(self, dataset: Dataset, numbers: Array, bits: Literal[8, 16] = 8) -> Late:
        """The grey picture of some numbers, one for each of the rows."""
        return late_numbers_png(self._masks(dataset), numbers, self.size, bits)

    def _masks(self, dataset: Dataset) -> Ragged:
        return take(dataset.shapes.values, dataset.shapes.offsets, self.rows)


def keys_of(dataset: Dataset, *, endings: bool) -> list[str]:
    """What the files of each frame are called.  endings: whether names of frames are those of pictures."""
    return [picture_key(name) if endings else name for name in dataset.frames.names]


def scenes(dataset: Dataset, *, endings: bool) -> Iterator[Scene]:
    """All frames.  endings: as of `keys_of`."""
    masks = ByFrame.shapes(dataset, np.flatnonzero(dataset.shapes.type == MASK))
    sizes = dataset.frames.sizes(np.arange(len(dataset.frames))).tolist()
    keys = keys_of(dataset, endings=endings)
    for frame, (key, subset) in enumerate(zip(keys, dataset.frames.subsets, strict=True)):
        width, height = sizes[frame]
        yield Scene(frame, key, subset or NO_SUBSET, (width, height), masks.rows(frame))


def by_subset(dataset: Dataset, texts: Sequence[str]) -> dict[str, list[str]]:
    """The texts of the frames of each subset.  texts: one a frame."""
    texts_of: dict[str, list[str]] = {}
    for text, subset in zip(texts, dataset.frames.subsets, strict=True):
        texts_of.setdefault(subset or NO_SUBSET, []).append(text)
    return texts_of


def color_lines(names: Sequence[str], palette: Array) -> Iterator[str]:
    """The lines of a label_colors.txt."""
    for name, (red, green, blue) in zip(names, palette.tolist(), strict=True):
        yield f"{red} {green} {blue} {name}"


def list_line(name: str, key: str, subset: str, masked: bool) -> str:
    """The line of a picture in a list of CamVid, with the path of its mask if it has one."""
    subset = subset or NO_SUBSET
    paths = f"/{subset}/{name}", f"{subset}annot/{key}.png" if masked else ""
    spaced = any(char.isspace() for char in "".join(paths))
    return " ".join(f'"{path}"' if spaced and path else path for path in paths)


def lines(texts: Sequence[str]) -> list[bytes]:
    """A text of lines."""
    return ["".join(f"{text}\n" for text in texts).encode()]


def pictures(dataset: Dataset, media: Media | None, options: WriteOptions, folder: str, mark: str = "") -> Members:
    """The pictures that are written along.

    folder: of each, `{subset}` stands for its subset.  mark: what stands in their names before the ending.
    """
    if not options.images or media is None:
        return
    names = file_names(dataset, media)
    for frame in media:
        if frame < len(names):
            below = folder.replace("{subset}", dataset.frames.subsets[frame] or NO_SUBSET)
            key = picture_key(names[frame])
            yield f"{below}/{key}{mark}{names[frame][len(key) :]}", media[frame].pieces()
