"""The objects of LabelMe's files as columns.

<object> <name>car</name> <deleted>0</deleted> <occluded>no</occluded> <id>3</id>
  <parts> <hasparts>4,5</hasparts> <ispartof></ispartof> </parts>       4 and 5 are in a group with 3
  <type>bounding_box</type> <polygon> <pt><x>1</x><y>2</y></pt> ... </polygon>
  <segm> <mask>b_mask_3.png</mask> <box><xmin>...</box> </segm>         instead of a polygon
  <attributes>make=ford</attributes>
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import msgspec
import numpy as np

from annotools.errors import InputError, Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.painting import MOST_PIXELS, size_fault
from annotools.formats.kernel.places import At
from annotools.formats.kernel.xmlfile import child_text
from annotools.formats.labelme.attribute_text import attributes_of
from annotools.formats.labelme.layout import Entry, mask_member
from annotools.geometry.masks import move_cvat_rle
from annotools.geometry.painting import masks_of
from annotools.model import MASK, POLYGON, RECTANGLE, ShapeType
from annotools.model.columns import Array, Bools, Floats
from annotools.storage import Source

_YES = frozenset({"yes", "1", "true"})
_CORNERS = [0, 1, 4, 5]  # of four points those of the first and the third
_NOTHING = (1.0, 0.0, 0.0, 0.0, 0.0)  # a mask of one pixel that is not of it: there is no smaller box
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, InputError)


class Objects(msgspec.Struct):
    """An object a row.  points: of a rectangle, a polygon or a mask.  number: its own, -1 for none."""

    entry: list[int] = msgspec.field(default_factory=list)
    line: list[int] = msgspec.field(default_factory=list)
    name: list[str] = msgspec.field(default_factory=list)
    kind: list[ShapeType] = msgspec.field(default_factory=list)
    points: list[Floats] = msgspec.field(default_factory=list)
    occluded: list[bool] = msgspec.field(default_factory=list)
    group: list[int] = msgspec.field(default_factory=list)
    number: list[int] = msgspec.field(default_factory=list)
    date: list[str] = msgspec.field(default_factory=list)
    username: list[str] = msgspec.field(default_factory=list)
    verified: list[bool] = msgspec.field(default_factory=list)
    attributes: list[list[tuple[str, str]]] = msgspec.field(default_factory=list)
    deleted: int = 0
    faulty: int = 0


class Reader(msgspec.Struct):
    """Puts the objects of files one after the other.  box: the corners of a box from its points."""

    source: Source
    problems: Problems
    box: Callable[[Floats], Floats]
    objects: Objects = msgspec.field(default_factory=Objects)
    _groups: int = 0

    def add(self, index: int, entry: Entry, size: tuple[int, int]) -> None:
        """The objects of a picture.  size: width and height, 0 where unknown."""
        root, lines = entry.document.root, entry.document.lines("object").tolist()
        elements = root.findall("object")
        groups = self._numbered(elements)
        for n, (element, group) in enumerate(zip(elements, groups, strict=True)):
            line = lines[n] if n < len(lines) else 0
            if child_text(element, "deleted") == "1":
                self.objects.deleted += 1
                continue
            try:
                drawn = self._drawn(element, entry, size)
            except _FaultyObjectError as fault:
                self.problems.append(At(entry.xml, line).problem(0, fault.message, expected=fault.expected))
                self.objects.faulty += 1
                continue
            self._append(element, drawn)
            self.objects.entry.append(index)
            self.objects.line.append(line)
            self.objects.group.append(group)

    def _numbered(self, elements: list[Element]) -> list[int]:
        """The group of each object, 0 for none: those that are parts of each other, however deep."""
        groups = _groups(elements)
        first = self._groups
        self._groups += max(groups, default=0)
        return [group + first if group else 0 for group in groups]

    def _append(self, element: Element, drawn: tuple[ShapeType, Floats]) -> None:
        objects = self.objects
        objects.name.append(child_text(element, "name"))
        objects.kind.append(drawn[0])
        objects.points.append(drawn[1])
        objects.occluded.append(child_text(element, "occluded").lower() in _YES)
        objects.number.append(_whole(child_text(element, "id")))
        objects.date.append(child_text(element, "date"))
        objects.username.append(child_text(element, "polygon/username") or child_text(element, "segm/username"))
        objects.verified.append(child_text(element, "verified") == "1")
        objects.attributes.append(attributes_of(element.findtext("attributes") or ""))

    def _drawn(self, element: Element, entry: Entry, size: tuple[int, int]) -> tuple[ShapeType, Floats]:
        """Type and points of an object.  Raises _FaultyObjectError for one that has none."""
        if not child_text(element, "name"):
            raise _FaultyObjectError("object has no name", "the name of its label")
        segment = element.find("segm")
        if segment is not None:
            return MASK, self._mask(segment, entry, size)
        texts = [child_text(point, axis) for point in element.findall("polygon/pt") for axis in ("x", "y")]
        values, bad = typed([text.encode() for text in texts], float)
        if bad.any():
            raise _FaultyObjectError(f"a point is {texts[int(np.flatnonzero(bad)[0])][:40]!r}", "a number")
        boxed = child_text(element, "type") == "bounding_box"
        if len(values) < (4 if boxed else 6):
            raise _FaultyObjectError(f"object has {len(values) // 2} points", "3 or more")
        return (RECTANGLE, self.box(values)) if boxed else (POLYGON, values)

    def _mask(self, segment: Element, entry: Entry, size: tuple[int, int]) -> Floats:
        text = child_text(segment, "mask")
        member = mask_member(self.source, entry, text) if text else ""
        if not member:
            raise _FaultyObjectError(f"mask {text[:80]!r} is not there", "a picture below Masks")
        pixels = _pixels(self.source, member)
        shape = (pixels.shape[1], pixels.shape[0])
        corner = np.zeros(2) if shape == size or not size[0] else _corner(segment, shape)
        if corner is None:
            message, expected = f"mask of {shape[0]} x {shape[1]} pixels", f"{size[0]} x {size[1]}, as its picture"
            raise _FaultyObjectError(message, expected)
        if not pixels.any():
            return np.array(_NOTHING)
        return move_cvat_rle(*masks_of(pixels.astype(np.int64), np.array([1])), corner[None])


class _FaultyObjectError(Exception):
    """What is wrong with an object."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.message, self.expected = message, expected


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def box_of(values: Floats) -> Floats:
    """The corners of four points that stand upright, or else of the box round all points."""
    x, y = values[::2], values[1::2]
    if len(values) == 8 and x[0] == x[3] and x[1] == x[2] and y[0] == y[1] and y[2] == y[3]:
        return values[_CORNERS]
    return box_round(values)


def box_round(values: Floats) -> Floats:
    """The corners of the box round some points."""
    x, y = values[::2], values[1::2]
    return np.array([x.min(), y.min(), x.max(), y.max()])


def _corner(segment: Element, shape: tuple[int, int]) -> Floats | None:
    """Where a mask as large as its box has its first pixel; None for one that is not."""
    sides = [child_text(segment, f"box/{name}").encode() for name in ("xmin", "ymin", "xmax", "ymax")]
    values, bad = typed(sides, float)
    fits = not bad.any() and all(abs(values[2 + n] - values[n] - shape[n]) <= 1 for n in range(2))
    return np.rint(values[:2]) if fits else None


def _pixels(source: Source, member: str) -> Bools:
    """Which pixels of a picture are of the mask: what is not see-through, or not black where nothing is.

    Raises _FaultyObjectError for what is not a picture, and for one of too many pixels.
    """
    from PIL import Image  # 100 ms, and few sources have masks

    try:
        data = source.read(member)
        large = size_fault(data)
        if large:
            raise _FaultyObjectError(f"{member} {large}", f"at most {MOST_PIXELS:,}")
        with Image.open(io.BytesIO(data)) as picture:
            pixels: Array = np.asarray(picture.convert("RGBA"))
    except _DAMAGE:
        raise _FaultyObjectError(f"{member} is not a picture", "a whole PNG") from None
    alpha = pixels[..., 3]
    return np.asarray(alpha > 0 if alpha.size and (alpha != alpha.flat[0]).any() else pixels[..., :3].any(axis=2))


def _groups(elements: list[Element]) -> list[int]:
    """Objects that are parts of each other, numbered from 1; 0 for one that is alone."""
    places = {child_text(element, "id"): n for n, element in enumerate(elements)}
    root = list(range(len(elements)))

    def top(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    for n, other in _links(elements, places):
        root[max(top(n), top(other))] = min(top(n), top(other))
    tops = [top(n) for n in range(len(elements))]
    several = [index for index, times in Counter(tops).items() if times > 1]
    numbers = {index: number for number, index in enumerate(several, 1)}
    return [numbers.get(index, 0) for index in tops]


def _links(elements: list[Element], places: dict[str, int]) -> Iterator[tuple[int, int]]:
    for n, element in enumerate(elements):
        texts: Any = (child_text(element, "parts/hasparts"), child_text(element, "parts/ispartof"))
        for text in ",".join(texts).split(","):
            if text.strip() in places and text.strip():
                yield n, places[text.strip()]
