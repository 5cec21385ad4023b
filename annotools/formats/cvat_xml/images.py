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
from itertools import pairwise, starmap

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.cvat_xml import keeps, writing
from annotools.formats.cvat_xml.reading import read, sniff_images
from annotools.formats.cvat_xml.server import read_as_server
from annotools.formats.cvat_xml.shapes import PIECE, Lines, Texts, groups, orders
from annotools.formats.cvat_xml.texts import quoted
from annotools.formats.cvat_xml.writing import FILE, of_skeletons
from annotools.model import Dataset, Owner
from annotools.model.columns import distinct
from annotools.model.definitions import source_frames
from annotools.model.tables import Ints
from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """`annotations.xml`, and with pictures `images/[subset/]name`."""
    return writing.members(dataset, media, options, _Images(dataset).pieces())


class _Images:
    """Turns images into elements, some at a time."""

    def __init__(self, dataset: Dataset) -> None:
        shapes, tags = dataset.shapes, dataset.tags
        self._dataset = dataset
        self._texts = Texts(dataset)
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

    def pieces(self) -> Iterator[list[str]]:
        """The elements of all images, those of about as many rows as are turned into text at a time."""
        weight = self._ends + self._tag_ends + np.arange(len(self._shown))
        cuts = np.searchsorted(weight, np.arange(PIECE, weight[-1] if len(weight) else 0, PIECE)) + 1
        bounds = distinct(np.concatenate(([0], cuts, [len(self._shown)])))
        return starmap(self._elements_of, pairwise(bounds.tolist()))

    def _elements_of(self, first: int, last: int) -> list[str]:
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
        table = self._dataset.frames
        numbers = source_frames(self._dataset.task, frames).tolist()
        sizes = zip(table.width[frames].tolist(), table.height[frames].tolist(), strict=True)
        for number, frame, (width, height) in zip(numbers, frames.tolist(), sizes, strict=True):
            subset = f" subset={quoted(table.subsets[frame])}" if table.subsets[frame] else ""
            named = f'id="{number}" name={quoted(table.names[frame])}{subset}'
            yield f'  <image {named} width="{width}" height="{height}">\n'

    def _shape_lines(self, rows: Ints) -> list[str]:
        shapes, texts = self._dataset.shapes.take(rows), self._texts
        flags = texts.flags(shapes, "occluded", always=False)
        heads = [a + b for a, b in zip(texts.named(shapes.label, shapes.source), flags, strict=True)]
        tails = orders(shapes)
        if shapes.group.any():
            tails = [a + b for a, b in zip(tails, groups(shapes.group), strict=True)]
        inner = texts.attributes[Owner.SHAPE].of(rows, "      ")
        for nth, element in of_skeletons(self._owner, self._elements, rows, self._element_lines):
            inner[nth] = element + inner[nth]
        return Lines(heads, tails, inner).elements(shapes, "    ")

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
    slug="cvat-images", name="CVAT for images 1.1", keeps=keeps.SERVER_IMAGES, read=read_as_server, write=write,
    pipeline=keeps.server_image_steps,
    quirks=("honeypots-hidden", "xml-bare-skeletons", "xml-default-attributes", "xml-import"),
)  # fmt: skip
FORMAT = Format(
    slug="cvat-images", name="CVAT for images 1.1", keeps=keeps.IMAGES, read=read, write=write, sniff=sniff_images,
    pipeline=keeps.image_steps, dialects={"cvat": _SERVER}, suffix=".xml", main=FILE, members=(FILE, "images/**"),
    about="CVAT's XML by image: every shape type, tags, attributes and labels; tracks become shapes",
)  # fmt: skip
