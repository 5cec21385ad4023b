"""CVAT for images 1.1: every image with what is on it; tracks become shapes.

    <image id="4" name="a/b.jpg" width="640" height="480">
      <box .../> ... <tag label="night" source="manual"/>
    </image>

`id` is the number of the frame in the source media.  Shapes of an image are drawn in the order of z_order; tags come
last.  Images without annotations are listed, deleted frames are not.  `subset` stands in exports of whole projects.
Source: see the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from annotools.formats.base import Format, Members, Options
from annotools.formats.cvat_xml import keeps
from annotools.formats.cvat_xml.meta import header
from annotools.formats.cvat_xml.reading import read, sniff_images
from annotools.formats.cvat_xml.server import read_as_server
from annotools.formats.cvat_xml.shapes import PIECE, Lines, Texts, groups, orders
from annotools.formats.cvat_xml.texts import quoted
from annotools.geometry.ragged import expand_ranges
from annotools.model import Dataset, Owner
from annotools.model.definitions import source_frames
from annotools.model.tables import Ints
from annotools.storage import Media
from annotools.transform.job_scope import only_job

FILE = "annotations.xml"


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """`annotations.xml`, and with pictures `images/[subset/]name`."""
    yield FILE, _document(dataset, options)
    if options.images and media is not None:
        yield from pictures(dataset, media)


def _document(dataset: Dataset, options: Options) -> Iterator[bytes]:
    yield header(dataset, only_job(dataset, alone=options.job is not None)).encode()
    writer = _Images(dataset, Texts(dataset))
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


class _Images:
    """Turns images into elements, some at a time."""

    def __init__(self, dataset: Dataset, texts: Texts) -> None:
        shapes, tags = dataset.shapes, dataset.tags
        self._dataset = dataset
        self._texts = texts
        self._shown = dataset.shown_frames
        rows = np.flatnonzero((shapes.parent < 0) & (shapes.track < 0) & np.isin(shapes.frame, self._shown))
        self._rows = rows[np.lexsort((shapes.z_order[rows], shapes.frame[rows]))]
        tagged = np.flatnonzero(np.isin(tags.frame, self._shown))
        self._tags = tagged[np.argsort(tags.frame[tagged], kind="stable")]
        self._ends = np.searchsorted(shapes.frame[self._rows], self._shown, "right")
        self._tag_ends = np.searchsorted(tags.frame[self._tags], self._shown, "right")
        elements = np.flatnonzero(shapes.parent >= 0)
        self._elements = elements[np.argsort(shapes.parent[elements], kind="stable")]
        self._owner = shapes.parent[self._elements]

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Ranges of images with about as many rows as are turned into text at a time."""
        weight = self._ends + self._tag_ends + np.arange(len(self._shown))
        cuts = np.searchsorted(weight, np.arange(PIECE, weight[-1] if len(weight) else 0, PIECE)) + 1
        bounds = np.unique(np.concatenate(([0], cuts, [len(self._shown)])))
        return pairwise(bounds.tolist())

    def elements(self, first: int, last: int) -> list[str]:
        """The elements of the images from first to before last."""
        shapes, ends = self._part(self._rows, self._ends, first, last)
        tags, tag_ends = self._part(self._tags, self._tag_ends, first, last)
        shape_lines, tag_lines = self._shape_lines(shapes), self._tag_lines(tags)
        lines: list[str] = []
        at = tag_at = 0
        for head, end, tag_end in zip(self._heads(self._shown[first:last]), ends, tag_ends, strict=True):
            lines.append(head)
            lines += shape_lines[at:end]
            lines += tag_lines[tag_at:tag_end]
            lines.append("  </image>\n")
            at, tag_at = end, tag_end
        return lines

    @staticmethod
    def _part(rows: Ints, ends: Ints, first: int, last: int) -> tuple[Ints, list[int]]:
        """The rows of some images, and where those of each end."""
        start = int(ends[first - 1]) if first else 0
        return rows[start : int(ends[last - 1])], (ends[first:last] - start).tolist()

    def _heads(self, frames: Ints) -> Iterator[str]:
        told = self._dataset.frames
        numbers = source_frames(self._dataset.task, frames).tolist()
        sizes = zip(told.width[frames].tolist(), told.height[frames].tolist(), strict=True)
        for number, frame, (width, height) in zip(numbers, frames.tolist(), sizes, strict=True):
            subset = f" subset={quoted(told.subsets[frame])}" if told.subsets[frame] else ""
            named = f'id="{number}" name={quoted(told.names[frame])}{subset}'
            yield f'  <image {named} width="{width}" height="{height}">\n'

    def _shape_lines(self, rows: Ints) -> list[str]:
        shapes, texts = self._dataset.shapes.take(rows), self._texts
        flags = texts.flags(shapes, "occluded", always=False)
        heads = [a + b for a, b in zip(texts.named(shapes.label, shapes.source), flags, strict=True)]
        tails = orders(shapes)
        if shapes.group.any():
            tails = [a + b for a, b in zip(tails, groups(shapes.group), strict=True)]
        inner = texts.attributes[Owner.SHAPE].of(rows, "      ")
        for place, element in self._skeletons(rows):
            inner[place] = element + inner[place]
        return Lines(heads, tails, inner).elements(shapes, "    ")

    def _skeletons(self, rows: Ints) -> Iterator[tuple[int, str]]:
        """Place in `rows` of each skeleton, and all its elements."""
        starts = np.searchsorted(self._owner, rows, "left")
        stops = np.searchsorted(self._owner, rows, "right")
        mine = self._elements[expand_ranges(starts, stops - starts)]
        if not len(mine):
            return
        lines = self._element_lines(mine)
        ends = np.cumsum(stops - starts).tolist()
        for place, (end, count) in enumerate(zip(ends, (stops - starts).tolist(), strict=True)):
            if count:
                yield place, "".join(lines[end - count : end])

    def _element_lines(self, rows: Ints) -> list[str]:
        shapes, texts = self._dataset.shapes.take(rows), self._texts
        flags = texts.flags(shapes, "outside", "occluded", always=True)
        heads = [a + b for a, b in zip(texts.named(shapes.label, shapes.source), flags, strict=True)]
        inner = texts.attributes[Owner.SHAPE].of(rows, "        ")
        return Lines(heads, groups(shapes.group), inner).elements(shapes, "      ")

    def _tag_lines(self, rows: Ints) -> list[str]:
        tags = self._dataset.tags.take(rows)
        heads = zip(self._texts.named(tags.label, tags.source), groups(tags.group), strict=True)
        inner = self._texts.attributes[Owner.TAG].of(rows, "      ")
        return [f"    <tag{a}{b}>\n{c}    </tag>\n" for (a, b), c in zip(heads, inner, strict=True)]


_SERVER = Format(
    slug="cvat-images",
    name="CVAT for images 1.1",
    keeps=keeps.SERVER_IMAGES,
    read=read_as_server,
    write=write,
    pipeline=keeps.server_image_steps,
    quirks=("honeypots-hidden", "xml-bare-skeletons", "xml-default-attributes", "xml-import"),
)
FORMAT = Format(
    slug="cvat-images",
    name="CVAT for images 1.1",
    keeps=keeps.IMAGES,
    read=read,
    write=write,
    sniff=sniff_images,
    pipeline=keeps.image_steps,
    dialects={"cvat": _SERVER},
    suffix=".xml",
    main=FILE,
    members=(FILE, "images/**"),
    about="CVAT's XML by image: every shape type, tags, attributes and labels; tracks become shapes",
)
