"""What all of Ultralytics' formats write alike: data.yaml, the lists of pictures, and files by picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, Protocol

import numpy as np

from annotools.formats.base import Members, WriteOptions
from annotools.formats.kernel import yamlfile
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.members import file_names
from annotools.formats.yolo.layout import label_path
from annotools.geometry.ragged import offsets_of
from annotools.matching import stems
from annotools.model import Dataset
from annotools.model.columns import Array, Ints
from annotools.storage import Media

_PLAIN: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": 1 << 30}
# How pictures come into files, as steps: the last of the pipelines.
FRAMES = (
    "only-shown-frames",
    "subsets-named=train",
    "folder-subsets=/,labels,classes",
    "frames-by-subset",
    "unique-stems",
)
SERVER_FRAMES = ("only-shown-frames", "server-file-names", "subsets-named=train", "frames-by-subset")
MEMBERS = ("data.yaml", "*.txt", "lists/**.txt", "labels/**.txt", "images/**.txt", "images/**")


class Lines(Protocol):
    """The lines of all frames, each asked for once and in order."""

    def of(self, frame: int) -> bytes:
        """The lines of a frame."""


class FrameLines(NamedTuple):
    """The lines of all frames.  ends: those of frame f are data[ends[f]:ends[f + 1]]."""

    data: bytes
    ends: Sequence[int]

    @classmethod
    def of_texts(cls, by_frame: ByFrame, texts: Sequence[str]) -> FrameLines:
        """Of a line of ASCII for each row, in the order in which `by_frame` has the rows."""
        ends = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))
        return cls("".join(texts).encode("ascii"), ends[by_frame.ends].tolist())

    def of(self, frame: int) -> bytes:
        """The lines of a frame."""
        return self.data[self.ends[frame] : self.ends[frame + 1]]


class BlockLines:
    """Lines that are made for some frames at a time, as they are asked for: of all frames they are a large text.

    ends: (frames + 1,) how much the lines of the frames before each are.  make: the lines of each of some frames.
    """

    def __init__(self, ends: Ints, at_once: int, make: Callable[[int, int], Iterable[bytes]]) -> None:
        self._ends, self._at_once, self._make = ends, at_once, make
        self._first = 0
        self._made: list[bytes] = []

    def of(self, frame: int) -> bytes:
        """The lines of a frame."""
        if not 0 <= frame - self._first < len(self._made):
            most = self._ends[frame] + self._at_once
            last = max(int(np.searchsorted(self._ends, most, "right")) - 1, frame + 1)
            self._first, self._made = frame, [*self._make(frame, last)]
        return self._made[frame - self._first]


def members(
    dataset: Dataset, classes: Classes, lines: Lines, media: Media | None, options: WriteOptions, **keys: Any
) -> Members:  # fmt: skip
    """All members.  keys: what else the data.yaml says."""
    subsets, names = subsets_of(dataset), file_names(dataset, media)
    numbers = classes.numbers or range(len(classes))
    names_of = dict(zip(numbers, classes.names, strict=True))
    paths = {subset: list_name(subset) for subset in subsets}
    yield "data.yaml", [_yaml({"path": ".", **paths, **keys, "names": names_of}, **_PLAIN)]
    yield from lists(subsets, names, "./images")
    yield from files(dataset, names, lines, media, options)


def server_members(
    dataset: Dataset, classes: Classes, lines: Lines, media: Media | None, options: WriteOptions, **keys: Any
) -> Members:  # fmt: skip
    """All members as the server writes them: keys of the data.yaml in order, letters outside ASCII escaped."""
    subsets, names = subsets_of(dataset), dataset.frames.names
    paths = {subset: list_name(subset) for subset in subsets}
    yield "data.yaml", [_yaml({"path": ".", **paths, **keys, "names": dict(enumerate(classes.names))})]
    yield from lists(subsets, names, "data/images")
    yield from files(dataset, names, lines, media, options)


def _yaml(keys: Mapping[str, Any], **style: Any) -> bytes:
    return yamlfile.dumped(keys, **style)


def list_name(subset: str) -> str:
    """The member that lists the pictures of a subset."""
    return f"lists/{subset}.txt" if "/" in subset else f"{subset}.txt"


def subsets_of(dataset: Dataset) -> dict[str, list[int]]:
    """The frames that are shown, by subset, in the order in which subsets first come."""
    shown, subsets = dataset.shown_frames.tolist(), dataset.frames.subsets
    if len(set(subsets)) == 1:
        return {subsets[0]: shown} if shown else {}
    frames: dict[str, list[int]] = {}
    for frame in shown:
        frames.setdefault(subsets[frame], []).append(frame)
    return frames


def lists(subsets: Mapping[str, Sequence[int]], names: Sequence[str], root: str) -> Members:
    """The lists of pictures: every one, also those with nothing on them.  root: how the paths begin."""
    for subset, frames in subsets.items():
        yield list_name(subset), ["".join(f"{root}/{subset}/{names[frame]}\n" for frame in frames).encode()]


def files(
    dataset: Dataset, names: Sequence[str], lines: Lines, media: Media | None, options: WriteOptions
) -> Members:  # fmt: skip
    """A label file for each picture that has rows, and pictures."""
    pictures = media if options.images and media is not None else Media()
    for subset, frames in subsets_of(dataset).items():
        for frame, path in zip(frames, _label_paths(subset, [names[frame] for frame in frames]), strict=True):
            if mine := lines.of(frame):
                yield path, [mine]
            if frame in pictures:
                yield f"images/{subset}/{names[frame]}", pictures[frame].pieces()


def _label_paths(subset: str, names: Sequence[str]) -> list[str]:
    """Where the labels of pictures of a subset lie."""
    if any("/" in name for name in names):
        return [label_path(f"images/{subset}/{name}") for name in names]
    beside = label_path(f"images/{subset}/x").removesuffix("x.txt")
    return [f"{beside}{name}.txt" for name in stems(names)]


def formatted(pattern: str, columns: Sequence[Array]) -> list[str]:
    """A line for each row, made by one pattern, all at once."""
    flat = chain.from_iterable(zip(*(column.tolist() for column in columns), strict=True))
    return ((pattern * len(columns[0])) % tuple(flat)).splitlines(keepends=True)


def marked(lines: Sequence[str], numbers: Ints) -> list[str]:
    """Lines with a number behind, where it is not below 0."""
    pairs = zip(lines, numbers.tolist(), strict=True)
    return [f"{line[:-1]} {number}\n" if number >= 0 else line for line, number in pairs]
