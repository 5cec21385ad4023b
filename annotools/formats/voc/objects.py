"""The objects of many annotation files as columns.

    <object><name>car</name><difficult>1</difficult><bndbox><xmin>1</xmin>...</bndbox></object>
    <object><name>ship</name><robndbox><cx>9</cx><cy>7</cy><w>4</w><h>2</h><angle>0.5</angle></robndbox></object>

An angle is in radians, clockwise on screen (roLabelImg); boxes may say four corners (see `outlines`).  What an object
says beside is kept: `pose`, `truncated`, `difficult` by name, elements that nobody knows as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.places import At
from annotools.formats.kernel.slices import Vocabulary
from annotools.formats.kernel.xmlfile import Document, child_text
from annotools.formats.voc.outlines import BOX, POLYGON, TURNED, UPRIGHT, corners_of, outline_of, turned_boxes
from annotools.formats.voc.regular import Block
from annotools.formats.voc.unusual import object_lines
from annotools.geometry.boxes import cxcywh_to_xyxy
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.extras import Extra

ROTATED = ("cx", "cy", "w", "h", "angle")
_BOXES = (UPRIGHT, TURNED)
KNOWN = frozenset({"name", "pose", "truncated", "difficult", "occluded", "bndbox", "robndbox", "attributes", "type"})
_OUTLINED = KNOWN | {POLYGON}
_SAID = ("pose", "truncated", "difficult", "occluded")
RESERVED = ("rotation", "track_id", "keyframe")
_FLAGS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1, "no": 0, "yes": 1}
_NO_NUMBERS = (b"",) * len(BOX)
_PLAIN = re.compile(r"[\w.-]+", re.ASCII)  # a tag without a namespace
_DIGITS = 9  # decimals that are left of what is computed from numbers with few


def _numbers() -> ColumnBuffer:
    """A column of what is counted: in half of the bytes of numbers that are computed with."""
    return ColumnBuffer.of(np.zeros(0, np.int32))


class Objects(msgspec.Struct, dict=True):
    """Objects as they come.

    files: the place of each one's file; lines: of its element.  sides: (n, 4), the first numbers of `BOX` or `ROTATED`;
    faults: what is wrong with them.  codes: by the name of an element its text, as a place in the words.  What few
    objects say is by their rows: angles, reserved attributes, other elements, attributes.  more_boxes: those beside the
    one of their object.  outlined: whether outlines count; outlines: corners by row.
    """

    members: list[str] = msgspec.field(default_factory=list)
    files: ColumnBuffer = msgspec.field(default_factory=_numbers)
    lines: ColumnBuffer = msgspec.field(default_factory=_numbers)
    words: Vocabulary = msgspec.field(default_factory=Vocabulary)
    codes: dict[str, ColumnBuffer] = msgspec.field(
        default_factory=lambda: {name: _numbers() for name in ("name", *_SAID)}
    )
    sides: ColumnBuffer = msgspec.field(default_factory=lambda: ColumnBuffer.of(np.zeros((0, len(BOX)))))
    faults: dict[int, str] = msgspec.field(default_factory=dict)
    angles: dict[int, float] = msgspec.field(default_factory=dict)
    reserved: dict[str, dict[int, str]] = msgspec.field(default_factory=lambda: {name: {} for name in RESERVED})
    other: dict[int, bytes] = msgspec.field(default_factory=dict)
    more_boxes: int = 0
    outlined: bool = True
    outlines: dict[int, Floats] = msgspec.field(default_factory=dict)
    attributes: list[tuple[int, str, str]] = msgspec.field(default_factory=list)
    _size: int = 0

    def __len__(self) -> int:
        return self._size

    def add(self, document: Document) -> None:
        """Take in the objects of a file."""
        elements = document.root.findall("object")
        self.files.add(np.full(len(elements), len(self.members)))
        self.members.append(document.member)
        self.lines.add(object_lines(document) if elements else np.zeros(0, np.int64))
        texts = [_texts_of_numbers(element) for element in elements]
        for number, values in turned_boxes(elements) if self.outlined else ():
            texts[number] = tuple(repr(value).encode() for value in values)
        self._add_numbers(texts)
        for name, columns in self.codes.items():
            columns.add(self.words.codes(child_text(element, name) for element in elements))
        for row, element in enumerate(elements, self._size):
            self._add(row, element)
        self._size += len(elements)

    def add_block(self, members: Sequence[str], block: Block) -> None:
        """Take in the objects of regular files."""
        self.files.add(len(self.members) + np.repeat(np.arange(len(members)), block.counts))
        self.members += members
        self.lines.add(block.line)
        corners = block.corners
        if isinstance(corners, list):
            corners = self._typed(corners, BOX, self._size + np.arange(len(block.line)))
        self.sides.add(corners)
        for name, columns in self.codes.items():
            texts, which = block.objects[name]
            columns.add(self.words.codes(texts)[which])
        for row, pairs in block.attributes:
            for name, value in pairs:
                self._add_attribute(self._size + row, name, value)
        self._size += len(block.line)

    def _add(self, row: int, element: Element) -> None:
        """What few objects say."""
        self.more_boxes += max(sum(child.tag in _BOXES for child in element) - 1, 0)
        outline = outline_of(element) if self.outlined and row not in self.angles else None
        if outline is not None:
            self.outlines[row] = outline
            if not any(element.find(f"bndbox/{name}") is not None for name in BOX):
                self.faults.pop(row, None)
        if other := unknown_children(element, KNOWN if outline is None else _OUTLINED):
            self.other[row] = other
        for attribute in element.findall("attributes/attribute"):
            self._add_attribute(row, attribute.findtext("name") or "", attribute.findtext("value") or "")

    def _add_attribute(self, row: int, name: str, value: str) -> None:
        if name in RESERVED:
            self.reserved[name][row] = value.strip()
        else:
            self.attributes.append((row, name, value))

    def _add_numbers(self, texts: Sequence[tuple[bytes, ...]]) -> None:
        """The numbers of the objects of one file; a rotated one has five."""
        table = np.zeros((len(texts), len(BOX)))
        for names in (BOX, ROTATED):
            mine = [n for n, cells in enumerate(texts) if len(cells) == len(names)]
            columns = [[texts[n][number] for n in mine] for number in range(len(names))]
            numbers = self._typed(columns, names, self._size + np.array(mine, np.int64))
            table[mine] = numbers[:, : len(BOX)]
            if names == ROTATED:
                self.angles |= {self._size + n: float(angle) for n, angle in zip(mine, numbers[:, -1], strict=True)}
        self.sides.add(table)

    def _typed(self, columns: Sequence[list[bytes]], names: Sequence[str], rows: Ints) -> Floats:
        """Columns as numbers.  The first of an object that is none is its fault.  rows: those of the objects."""
        values = [typed(texts, float) for texts in columns]
        for (_, bad), texts, name in zip(values, columns, names, strict=True):
            for n in np.flatnonzero(bad).tolist():
                text = texts[n].decode()
                message = f"object has no {name}" if not text else f"{name} is {text[:40]!r}"
                self.faults.setdefault(int(rows[n]), message)
        return np.stack([column for column, _ in values], axis=1)

    @cached_property
    def file(self) -> Ints:
        """The place of each one's file.  Nothing can be added any more."""
        return self.files.column()

    @cached_property
    def at(self) -> At:
        """Where the objects stand."""
        return At(self.members, self.lines.column(), which=self.file)

    def code(self, name: str) -> Ints:
        """What each says in an element, as a place in the words."""
        return self.codes[name].column()

    def numbers(self) -> Ints:
        """The number of each object in its file, from 1 on: that of its instance in pictures of masks."""
        return np.arange(len(self)) - np.searchsorted(self.file, self.file) + 1

    def boxes(self, problems: Problems) -> tuple[Floats, Floats, Bools]:
        """(n, 4) corners, (n,) rotations, and which objects have all numbers; the others are problems."""
        turned, good = list(self.angles), np.ones(len(self), np.bool_)
        faulty = sorted(self.faults, key=lambda row: (row in self.angles, row))
        problems.extend(self.at.line_problems(faulty, [self.faults[row] for row in faulty], "a number"))
        good[faulty] = False
        corners, rotation = self.sides.column(), np.zeros(len(self))
        if turned:
            corners = corners.copy()
            corners[turned] = np.around(cxcywh_to_xyxy(corners[turned]), _DIGITS)
        rotation[turned] = np.around(np.degrees([*self.angles.values()]) % 360, _DIGITS)
        rows = list(self.reserved["rotation"])
        given, odd = typed([(text or "0").encode() for text in self.reserved["rotation"].values()], float)
        rotation[rows] = np.where((given != 0) & ~odd, given, rotation[rows])
        return corners, rotation, good

    def flag(self, name: str) -> tuple[Ints, Bools]:
        """What each object says of a yes or no, and which say something that is one."""
        values = np.array([_FLAGS.get(word.lower(), -1) for word in self.words], np.int64)[self.code(name)]
        return np.maximum(values, 0), values >= 0

    def keyframes(self) -> Bools:
        """Which objects are keyframes, where they are of tracks: those that do not say that they are none."""
        keyframe = np.ones(len(self), np.bool_)
        for row, text in self.reserved["keyframe"].items():
            keyframe[row] = _FLAGS.get(text.lower(), 1) > 0
        return keyframe

    def extras(self) -> dict[str, Extra]:
        """What CVAT has no word for; what is said where nothing is to be said is none."""
        extras = {}
        for name in ("truncated", "difficult"):
            values, there = self.flag(name)
            there &= values != 0
            if there.any():
                extras[name] = Extra(values, there)
        words = np.array([word if word != "Unspecified" else "" for word in self.words], object)
        there = np.isin(self.code("pose"), np.flatnonzero(words != ""))
        if there.any():
            extras["pose"] = Extra(words[self.code("pose")], there)
        if self.other:
            rows = list(self.other)
            other, there = np.full(len(self), "", object), np.zeros(len(self), np.bool_)
            other[rows] = [text.decode() for text in self.other.values()]  # bytes would be JSON
            there[rows] = True
            extras["voc"] = Extra(other, there)
        return extras


def _texts_of_numbers(element: Element) -> tuple[bytes, ...]:
    """What the box of an object says, five texts of a rotated one."""
    box = element.find(TURNED)
    tag, names = (UPRIGHT, BOX) if box is None or corners_of(box) is not None else (TURNED, ROTATED)
    if element.find(tag) is None:
        return _NO_NUMBERS
    return tuple((element.findtext(f"{tag}/{name}") or "").strip().encode() for name in names)


def unknown_children(element: Element, known: frozenset[str]) -> bytes:
    """The children that nobody knows, as they stand."""
    if all(child.tag in known for child in element):
        return b""
    return b"".join(map(_written, (child for child in element if child.tag not in known)))


def _written(element: Element) -> bytes:
    """An element as it stands; one with nothing in it is written at once, in a tenth of the time."""
    tag = element.tag
    if len(element) or element.attrib or element.text or (element.tail or "").strip() or not _PLAIN.fullmatch(tag):
        return ElementTree.tostring(element).strip()
    return b"<%b />" % tag.encode()
