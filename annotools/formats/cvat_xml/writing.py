"""What both formats write alike: the document around their elements, the pictures, and the points of skeletons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from annotools.formats.base import Members, Options, WriteOptions
from annotools.formats.cvat_xml.meta import header
from annotools.formats.cvat_xml.shapes import Texts
from annotools.geometry.ragged import expand_ranges
from annotools.model import Dataset
from annotools.model.tables import Array, Ints
from annotools.storage import Media
from annotools.transform.job_scope import only_job

FILE = "annotations.xml"


class Elements(Protocol):
    """Turns a dataset into elements, some at a time."""

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Ranges of elements with about as many rows as are turned into text at a time."""

    def elements(self, first: int, last: int) -> Iterable[str]:
        """The elements from first to before last."""


def members(
    dataset: Dataset, media: Media | None, options: WriteOptions, writer: Callable[[Dataset, Texts], Elements]
) -> Members:  # fmt: skip
    """`annotations.xml`, and with pictures `images/[subset/]name`."""
    yield FILE, _document(dataset, options, writer(dataset, Texts(dataset)))
    if options.images and media is not None:
        yield from pictures(dataset, media)


def _document(dataset: Dataset, options: Options, writer: Elements) -> Iterator[bytes]:
    yield header(dataset, only_job(dataset, alone=options.job is not None)).encode()
    for first, last in writer.pieces():
        yield "".join(writer.elements(first, last)).encode()
    yield b"</annotations>\n"


def pictures(dataset: Dataset, media: Media) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Names and pieces of the pictures."""
    frames = dataset.frames
    for frame in dataset.shown_frames.tolist():
        if frame in media:
            folder = f"{frames.subsets[frame]}/" if frames.subsets[frame] else ""
            yield f"images/{folder}{_file_name(frames.names[frame], media[frame].name)}", media[frame].pieces()


def _file_name(name: str, picture: str) -> str:
    """The frame's name, with the picture's ending where it has none: frames of a video."""
    end = picture[picture.rfind(".") :] if "." in picture.rsplit("/", 1)[-1] else ""
    return name if "." in name.rsplit("/", 1)[-1] else name + end


def of_skeletons(
    owner: Array, elements: Ints, rows: Ints, lines_of: Callable[[Ints], list[str]]
) -> Iterator[tuple[int, str]]:  # fmt: skip
    """Place in `rows` of each skeleton, and all its elements as text.

    owner: ascending, the skeleton of each of `elements`.  lines_of: what makes a line of each of some elements.
    """
    starts = np.searchsorted(owner, rows, "left")
    counts = np.searchsorted(owner, rows, "right") - starts
    mine = elements[expand_ranges(starts, counts)]
    if not len(mine):
        return
    lines = lines_of(mine)
    for place, (end, count) in enumerate(zip(np.cumsum(counts).tolist(), counts.tolist(), strict=True)):
        if count:
            yield place, "".join(lines[end - count : end])
