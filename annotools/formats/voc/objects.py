"""The objects of many annotation files as columns.

    <object><name>car</name><difficult>1</difficult><bndbox><xmin>1</xmin>...</bndbox></object>
    <object><name>ship</name><robndbox><cx>9</cx><cy>7</cy><w>4</w><h>2</h><angle>0.5</angle></robndbox></object>

An angle is in radians, clockwise on screen (roLabelImg).  What an object says beside is kept: `pose`, `truncated`,
`difficult` by name, elements that nobody knows as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.places import At
from annotools.formats.kernel.xmlfile import Document, child_text
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
    """Objects as they come.  file: the place of each one's file; line: of its element."""

    members: list[str] = field(default_factory=list)
    file: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    box: list[tuple[str, ...]] = field(default_factory=list)
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
        for element in found:
            self._add(element)

    def _add(self, element: Element) -> None:
        row = len(self.name)
        self.name.append(child_text(element, "name"))
        turned = element.find("robndbox") is not None
        self.rotated.append(turned)
        place, names = ("robndbox", ROTATED) if turned else ("bndbox", BOX)
        self.box.append(tuple((element.findtext(f"{place}/{name}") or "").strip() for name in names))
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
        count, at = len(self.name), self.at
        corners, rotation, good = np.zeros((count, 4)), np.zeros(count), np.ones(count, np.bool_)
        turned = np.array(self.rotated, np.bool_)
        for rows, names in ((np.flatnonzero(~turned), BOX), (np.flatnonzero(turned), ROTATED)):
            texts = [self.box[row][place].encode() for row in rows.tolist() for place in range(len(names))]
            values, bad = typed(texts, float)
            bad = bad.reshape(-1, len(names))
            for n in np.flatnonzero(bad.any(axis=1)).tolist():
                place = int(np.argmax(bad[n]))
                text = texts[n * len(names) + place].decode()
                said = f"object has no {names[place]}" if not text else f"{names[place]} is {text[:40]!r}"
                problems.append(at.problem(int(rows[n]), said, expected="a number"))
            good[rows] = ~bad.any(axis=1)
            table = values.reshape(-1, len(names))
            corners[rows] = table if names == BOX else np.around(cxcywh_to_xyxy(table[:, :4]), _DIGITS)
            rotation[rows] = 0 if names == BOX else np.around(np.degrees(table[:, 4]) % 360, _DIGITS)
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


def _texts(values: list[Any]) -> Extra:
    column = np.empty(len(values), object)
    column[:] = values
    return Extra(column, np.array([bool(value) for value in values], np.bool_))


def unknown_children(element: Element, known: frozenset[str]) -> bytes:
    """The children that nobody knows, as they stand."""
    if all(child.tag in known for child in element):
        return b""
    return b"".join(ElementTree.tostring(child).strip() for child in element if child.tag not in known)
