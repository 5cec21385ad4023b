"""What LabelMe's writers share: the text of a picture's file."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename, dirname

import msgspec
import numpy as np

from annotools.formats.base import Members, WriteOptions
from annotools.formats.kernel.members import picture_patterns
from annotools.formats.kernel.xmlfile import text
from annotools.formats.labelme.layout import NO_SUBSET
from annotools.matching import stems
from annotools.model import Dataset
from annotools.model.columns import Array, Ints
from annotools.storage import Media

MEMBERS = ("*/**.xml", "*/Masks/**.png", *picture_patterns("*/**"))
_HEAD = """<annotation>
  <filename>%s</filename>
  <folder>%s</folder>
  <source>
    <sourceImage>%s</sourceImage>
    <sourceAnnotation>%s</sourceAnnotation>
  </source>
"""
_SIZE = """  <imagesize>
    <nrows>%d</nrows>
    <ncols>%d</ncols>
  </imagesize>
"""
_OBJECT = """  <object>
    <name>%s</name>
    <deleted>0</deleted>
    <verified>%d</verified>
    <occluded>%s</occluded>
    <date>%s</date>
    <id>%d</id>
    <parts>
      <hasparts>%s</hasparts>
      <ispartof>%s</ispartof>
    </parts>
%s    <attributes>%s</attributes>
  </object>
"""
_POINT = """      <pt>
        <x>%s</x>
        <y>%s</y>
      </pt>
"""
_POLYGON = """%s    <polygon>
%s      <username>%s</username>
    </polygon>
"""
_MASK = """    <segm>
      <mask>%s</mask>
      <box>
        <xmin>%s</xmin>
        <ymin>%s</ymin>
        <xmax>%s</xmax>
        <ymax>%s</ymax>
      </box>
      <username>%s</username>
    </segm>
"""
_BOX = "    <type>bounding_box</type>\n"


class Object(msgspec.Struct, frozen=True):
    """An object in words.  number: its own in the file; parts, whole: those of its group."""

    name: str
    number: int
    drawn: str
    attributes: str = ""
    occluded: bool = False
    parts: Sequence[int] = ()
    whole: int | None = None
    verified: bool = False
    date: str = ""

    def xml(self) -> str:
        """Its element."""
        parts, whole = ",".join(map(str, self.parts)), "" if self.whole is None else str(self.whole)
        occluded = "yes" if self.occluded else "no"
        head = (text(self.name), self.verified, occluded, text(self.date), self.number, parts, whole)
        return _OBJECT % (*head, self.drawn, text(self.attributes))


def polygon(points: Sequence[tuple[str, str]], *, boxed: bool = False, username: str = "") -> str:
    """The element of corners."""
    return _POLYGON % (_BOX if boxed else "", "".join(_POINT % point for point in points), text(username))


def mask(name: str, box: Sequence[str], username: str = "") -> str:
    """The element of a mask.  box: left, top, and the pixels behind right and bottom."""
    return _MASK % (text(name), *box, text(username))


def document(name: str, size: tuple[int, int], objects: Sequence[Object], source: tuple[str, str]) -> bytes:
    """The file of a picture."""
    head = _HEAD % (text(basename(name)), text(dirname(name)), *map(text, source))
    known = _SIZE % (size[1], size[0]) if size[0] > 0 and size[1] > 0 else ""
    return "".join([head, known, *(one.xml() for one in objects), "</annotation>\n"]).encode()


def corners(box: Array) -> Array:
    """The four corners of a box in the order in which they are written: (4, 2)."""
    return box[[[0, 1], [2, 1], [2, 3], [0, 3]]]


def relatives(group: Ints, numbers: Sequence[int]) -> list[tuple[Sequence[int], int | None]]:
    """For each object of a picture the numbers of its parts and of what it is a part of: the first of its group."""
    first: dict[int, int] = {}
    parts: dict[int, list[int]] = {}
    for row, own in enumerate(group.tolist()):
        if own and first.setdefault(own, row) != row:
            parts.setdefault(first[own], []).append(numbers[row])
    own = group.tolist()
    return [
        (parts.get(row, ()), numbers[first[own[row]]] if own[row] and first[own[row]] != row else None)
        for row in range(len(group))
    ]


def placed(dataset: Dataset) -> list[tuple[str, str]]:
    """The folder of each frame's subset, and its name without ending."""
    frames = dataset.frames
    return [(subset or NO_SUBSET, name) for subset, name in zip(frames.subsets, stems(frames.names), strict=True)]


def pictures(dataset: Dataset, names: Sequence[str], media: Media | None, options: WriteOptions) -> Members:
    """The pictures that there are, beside their annotations."""
    for frame in media if options.images and media is not None else ():
        if media is not None:
            yield f"{dataset.frames.subsets[frame] or NO_SUBSET}/{names[frame]}", media[frame].pieces()


def sizes_of(dataset: Dataset) -> list[tuple[int, int]]:
    """Width and height of every frame."""
    pairs: Ints = dataset.frames.sizes(np.arange(len(dataset.frames)))
    return [(width, height) for width, height in pairs.tolist()]
