"""The objects of many annotation files as columns.

    <object><name>car</name><difficult>1</difficult><bndbox><xmin>1</xmin>...</bndbox></object>
    <object><name>ship</name><robndbox><cx>9</cx><cy>7</cy><w>4</w><h>2</h><angle>0.5</angle></robndbox></object>

An angle is in radians, clockwise on screen (roLabelImg).  What an object says beside is kept: `pose`, `truncated`,
`difficult` by name, elements that nobody knows as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.places import At
from annotools.formats.kernel.xmlfile import Document, child_text
from annotools.formats.voc.regular import Block
from annotools.geometry.boxes import cxcywh_to_xyxy
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.extras import Extra

BOX = ("xmin", "ymin", "xmax", "ymax")
ROTATED = ("cx", "cy", "w", "h", "angle")
KNOWN = frozenset({"name", "pose", "truncated", "difficult", "occluded", "bndbox", "robndbox", "attributes", "type"})
_SAID = ("pose", "truncated", "difficult", "occluded")
RESERVED = ("rotation", "track_id", "keyframe")
_FLAGS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1, "no": 0, "yes": 1}
_DIGITS = 9  # decimals that are left of what is computed from numbers with few


@dataclass
class Objects:
    """Objects as they come.

    file: the place of each one's file; line: of its element.  sides: blocks of (n, 5), as `BOX` or `ROTATED` has
    them; faults: what is wrong with the numbers of an object.
    """

    members: list[str] = field(default_factory=list)
    file: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    sides: list[Floats] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    rotated: list[bool] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in (*_SAID, *RESERVED)})
    other: list[bytes] = field(default_factory=list)
    attributes: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Take in the objects of a file."""
        found = document.root.findall("object")
        self.members.append(document.member)
        self.file += [len(self.members) - 1] * len(found)
        self.line += document.lines("object").tolist() if found else []
        self._add_numbers([_texts_of_numbers(element) for element in found])
        for element in found:
            self._add(element)

    def add_block(self, members: Sequence[str], block: Block) -> None:
        """Take in the objects of regular files."""
        first = len(self.members)
        self.members += members
        self.file += np.repeat(np.arange(first, len(self.members)), block.counts).tolist()
        self.line += block.line.tolist()
        self._add_columns(block.corners)
        for row, pairs in block.attributes:
            block_row = len(self.name) + row
            self.attributes += [(block_row, name, value) for name, value in pairs if name not in RESERVED]
        for name in RESERVED:
            self.texts[name] += _reserved(block, name)
        self.name += block.objects["name"]
        for name in _SAID:
            self.texts[name] += block.objects[name]
        self.rotated += [False] * len(block.line)
        self.other += [b""] * len(block.line)

    def _add(self, element: Element) -> None:
        row = len(self.name)
        self.name.append(child_text(element, "name"))
        self.rotated.append(element.find("robndbox") is not None)
        for name in _SAID:
            self.texts[name].append(child_text(element, name))
        for name in RESERVED:
            self.texts[name].append("")
        self.other.append(unknown_children(element, KNOWN))
        for attribute in element.findall("attributes/attribute"):
            name, value = attribute.findtext("name") or "", attribute.findtext("value") or ""
            if name in RESERVED:
                self.texts[name][row] = value.strip()
            else:
                self.attributes.append((row, name, value))

    def _add_numbers(self, texts: Sequence[tuple[bytes, ...]]) -> None:
        """The numbers of the objects of one file; a rotated one has five."""
        table, row = np.zeros((len(texts), len(ROTATED))), len(self.rotated)
        for count, names in ((len(BOX), BOX), (len(ROTATED), ROTATED)):
            mine = [place for place, cells in enumerate(texts) if len(cells) == count]
            columns = [[texts[place][number] for place in mine] for number in range(count)]
            table[mine, :count] = self._typed(columns, names, row + np.array(mine, np.int64))
        self.sides.append(table)

    def _add_columns(self, corners: Sequence[list[bytes]]) -> None:
        """The numbers of regular objects."""
        table, row = np.zeros((len(corners[0]), len(ROTATED))), len(self.rotated)
        table[:, : len(BOX)] = self._typed(corners, BOX, row + np.arange(len(table)))
        self.sides.append(table)

    def _typed(self, columns: Sequence[list[bytes]], names: Sequence[str], rows: Ints) -> Floats:
        """Columns as numbers.  The first of an object that is none is its fault.  rows: those of the objects."""
        values = [typed(texts, float) for texts in columns]
        for (_, bad), texts, name in zip(values, columns, names, strict=True):
            for place in np.flatnonzero(bad).tolist():
                text = texts[place].decode()
                said = f"object has no {name}" if not text else f"{name} is {text[:40]!r}"
                self.faults.setdefault(int(rows[place]), said)
        return np.stack([column for column, _ in values], axis=1)

    @property
    def at(self) -> At:
        """Where the objects stand."""
        return At(self.members, np.array(self.line, np.int64), which=np.array(self.file, np.int64))

    def numbers(self) -> Ints:
        """The number of each object in its file, from 1 on: that of its instance in pictures of masks."""
        file = np.array(self.file, np.int64)
        return np.arange(len(file)) - np.searchsorted(file, file) + 1

    def boxes(self, problems: Problems) -> tuple[Floats, Floats, Bools]:
        """(n, 4) corners, (n,) rotations, and which objects have all numbers; the others are problems."""
        turned, good, at = np.array(self.rotated, np.bool_), np.ones(len(self.name), np.bool_), self.at
        for row in sorted(self.faults, key=lambda row: (self.rotated[row], row)):
            problems.append(at.problem(row, self.faults[row], expected="a number"))
            good[row] = False
        table = np.concatenate(self.sides) if self.sides else np.zeros((0, len(ROTATED)))
        corners = table[:, :4]
        corners[turned] = np.around(cxcywh_to_xyxy(corners[turned]), _DIGITS)
        rotation = np.around(np.degrees(table[:, 4]) % 360, _DIGITS)
        said_rotation, odd = typed([(text or "0").encode() for text in self.texts["rotation"]], float)
        return corners, np.where((said_rotation != 0) & ~odd, said_rotation, rotation), good

    def flag(self, name: str) -> tuple[Ints, Bools]:
        """What each object says of a yes or no, and which say something that is one."""
        codes = [_FLAGS.get(text.lower(), -1) for text in self.texts[name]]
        values = np.array(codes, np.int64)
        return np.maximum(values, 0), values >= 0

    def extras(self) -> dict[str, Extra]:
        """What CVAT has no word for; what is said where nothing is to be said is none."""
        found = {}
        for name in ("truncated", "difficult"):
            values, there = self.flag(name)
            found[name] = Extra(values, there & (values != 0))
        found["pose"] = _texts([text if text != "Unspecified" else "" for text in self.texts["pose"]])
        found["voc"] = _texts(self.other)
        return {name: extra for name, extra in found.items() if extra.present.any()}


def _texts_of_numbers(element: Element) -> tuple[bytes, ...]:
    """What the box of an object says, five texts of a rotated one."""
    place, names = ("robndbox", ROTATED) if element.find("robndbox") is not None else ("bndbox", BOX)
    return tuple((element.findtext(f"{place}/{name}") or "").strip().encode() for name in names)


def _reserved(block: Block, name: str) -> list[str]:
    """What the attributes of a name say of each object of a block."""
    texts = [""] * len(block.line)
    for row, pairs in block.attributes:
        texts[row] = next((value.strip() for key, value in reversed(pairs) if key == name), "")
    return texts


def _texts(values: list[Any]) -> Extra:
    column = np.empty(len(values), object)
    column[:] = values
    return Extra(column, np.array([bool(value) for value in values], np.bool_))


def unknown_children(element: Element, known: frozenset[str]) -> bytes:
    """The children that nobody knows, as they stand."""
    if all(child.tag in known for child in element):
        return b""
    return b"".join(ElementTree.tostring(child).strip() for child in element if child.tag not in known)
