"""The stream of elements, as rows that are handed on a few thousand at a time; nothing of the file is kept.

A state machine on expat's events: what an element means depends on where it stands.

    annotations > meta > (anything)                    a small tree
    annotations > image > box | ... | tag > attribute  rows of images
    annotations > track > box | ... > attribute        rows of tracks; keyframe="0" says what the keyframes say
    ... > skeleton > points | ... > attribute          rows below a row

Document types are refused, and with them entities: nothing expands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

import msgspec

from annotools.errors import Problems
from annotools.formats.cvat_xml.meta import Node
from annotools.formats.cvat_xml.shapes import TAGS
from annotools.formats.kernel.xmlfile import first_character

Attributes = dict[str, str]


class Rows(msgspec.Struct):
    """Elements of one kind: their XML attributes, and where they stand.

    image, track, parent: numbers of images, tracks and shapes met so far, -1 for none.  code: the type.  lines: from 1.
    """

    attributes: list[Attributes] = msgspec.field(default_factory=list)
    lines: list[int] = msgspec.field(default_factory=list)
    image: list[int] = msgspec.field(default_factory=list)
    track: list[int] = msgspec.field(default_factory=list)
    parent: list[int] = msgspec.field(default_factory=list)
    code: list[int] = msgspec.field(default_factory=list)


class AttributeTexts(msgspec.Struct):
    """`<attribute>` elements: whose (place in the list of shapes, or of tags as -1 - place), name, value."""

    owner: list[int] = msgspec.field(default_factory=list)
    name: list[str] = msgspec.field(default_factory=list)
    value: list[str] = msgspec.field(default_factory=list)

    def cut(self) -> None:
        """Leave out the last one where the file ends within it."""
        del self.owner[len(self.value) :], self.name[len(self.value) :]


class Piece(msgspec.Struct):
    """Some elements of a file, in its order."""

    images: Rows = msgspec.field(default_factory=Rows)
    tracks: Rows = msgspec.field(default_factory=Rows)
    shapes: Rows = msgspec.field(default_factory=Rows)
    tags: Rows = msgspec.field(default_factory=Rows)
    attributes: AttributeTexts = msgspec.field(default_factory=AttributeTexts)

    @property
    def weight(self) -> int:
        """How many elements there are."""
        rows = (self.images, self.tracks, self.shapes, self.tags)
        return sum(len(kind.lines) for kind in rows) + len(self.attributes.owner)


class Counts(msgspec.Struct):
    """How many images, tracks, shapes and tags were met so far, in all files."""

    images: int = 0
    tracks: int = 0
    shapes: int = 0
    tags: int = 0


PIECE = 4096
_READ = 1 << 18
_IN_ROOT = 2
_OTHERS = (b"\xff\xfe", b"\xfe\xff", b"\0")  # marks of UTF-16
_CODES = {tag: code for code, tag in enumerate(TAGS)}
_SKELETON = TAGS.index("skeleton")
DAMAGE = (expat.ExpatError, LookupError, ValueError, RecursionError)

_Take = Callable[[Piece, Problems], None]


class RefusedError(Exception):
    """The document is none of ours, for a reason that is its text."""


class Document:
    """One file while it is read."""

    def __init__(self, counts: Counts, problems: Problems, wants_meta: bool, take: _Take) -> None:
        self.piece = Piece()
        self.meta: Node | None = None
        self.between = self.lines_before = 0
        self._counts, self._problems = counts, problems
        self._size, self._recent, self._utf8 = 0, b"", False  # recent: what was parsed last, and a character before
        self._take, self._wants_meta = take, wants_meta
        self._unknown: set[tuple[str, str]] = set()
        self._image = self._track = self._skeleton = -1
        self._outer: list[int] = []  # tracks around the one that is read
        self._owner, self._name = 0, ""
        self._nodes: list[Node] = []
        self._text: list[str] = []
        self._states: list[_State] = [self._outermost]
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.XmlDeclHandler = self._declaration

    def close(self) -> None:
        """Let the parser go, which is in a circle with this and what takes rows in: the collector may be at rest."""
        del self._parser, self._states

    @property
    def line(self) -> int:
        """Where the parser is, in the file.  lines_before: those that it was not shown."""
        return self._parser.CurrentLineNumber + self.lines_before

    @property
    def between_elements(self) -> bool:
        """Whether nothing is open but the root, not a comment nor a tag: the parser keeps what it cannot finish."""
        outside = len(self._states) == _IN_ROOT and self._states[-1] == self._in_root
        return outside and self._utf8 and self._parser.CurrentByteIndex == self._size

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Parse a part of the file, and hand on what has come together."""
        for start in range(0, max(len(data), 1), _READ):
            part = data[start : start + _READ]
            if not self._size and part:
                self._utf8 = not part.startswith(_OTHERS) and part[1:2] != b"\0"
            self._size += len(part)
            self._recent = self._recent[-4:] + part
            self._parser.Parse(part, final)
            if self.piece.weight >= PIECE and len(self.piece.attributes.name) == len(self.piece.attributes.value):
                self.hand_on()

    @property
    def fault(self) -> bytes:
        """The character that the parser did not take, as bytes of UTF-8; none where it is the very first."""
        index = self._parser.ErrorByteIndex
        behind = self._recent[max(index - (self._size - len(self._recent)), 0) :]
        return first_character(behind) if index > 0 and self._utf8 else b""

    def hand_on(self) -> None:
        """Hand on the rows there are."""
        full, self.piece = self.piece, Piece()
        self._take(full, self._problems)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self._utf8 &= encoding is None or encoding.lower() == "utf-8"

    def _doctype(self, *_: object) -> None:
        raise RefusedError("has a document type declaration")

    def _start(self, name: str, attributes: Attributes) -> None:
        self._states.append(self._states[-1](name, attributes))

    def _end(self, name: str) -> None:
        state = self._states.pop()
        if state == self._in_attribute:
            self._parser.CharacterDataHandler = None
            self.piece.attributes.value.append("".join(self._text))
        elif state == self._in_inner_group:
            self._track = self._outer.pop()
        elif state == self._in_meta:
            node = self._nodes.pop()
            node.text = "".join(self._text) if not node.children else ""
            self._text.clear()
            if not self._nodes:
                self._parser.CharacterDataHandler = None

    # Each state takes the start of an element that stands in it, and gives the state inside that element.

    def _outermost(self, name: str, attributes: Attributes) -> _State:
        if name != "annotations":
            raise RefusedError(f"starts with <{name}>")
        return self._in_root

    def _in_root(self, name: str, attributes: Attributes) -> _State:
        if name == "image":
            self._image = self._place(self.piece.images, attributes, "images")
            self._track = -1
            return self._in_group
        if name == "track":
            self._image = self._track = -1
            return self._track_in(attributes)
        if name == "meta" and self._wants_meta and self.meta is None:
            self.meta = Node("meta")
            self._nodes = [self.meta]
            self._text.clear()
            self._parser.CharacterDataHandler = self._text.append
            return self._in_meta
        if name not in ("version", "meta"):
            self._refuse(name, "annotations")
        return self._skipped

    def _in_meta(self, name: str, attributes: Attributes) -> _State:
        node = Node(name)
        self._nodes[-1].children.append(node)
        self._nodes.append(node)
        self._text.clear()
        return self._in_meta

    def _in_group(self, name: str, attributes: Attributes) -> _State:
        """In an image or a track."""
        code = _CODES.get(name)
        if code is not None:
            if self._track >= 0 and code != _SKELETON and attributes.get("keyframe") == "0":
                self.between += 1
                return self._skipped
            self._owner = self._shape(code, attributes, -1)
            self._skeleton = self._owner if code == _SKELETON else -1
            if code != _SKELETON:
                return self._in_shape
            return self._in_skeleton if attributes.get("keyframe") != "0" or self._track < 0 else self._between
        if name == "track" and self._track >= 0 and not self._outer:
            self._outer.append(self._track)
            return self._track_in(attributes)
        if name == "tag" and self._image >= 0:
            self.piece.tags.image.append(self._image)
            self._owner = -1 - self._place(self.piece.tags, attributes, "tags")
            return self._in_shape
        return self._refuse(name, "image" if self._image >= 0 else "track")

    def _track_in(self, attributes: Attributes) -> _State:
        """A track, which may be that of a point in that of its skeleton."""
        self.piece.tracks.parent.append(self._track)
        self._track = self._place(self.piece.tracks, attributes, "tracks")
        return self._in_inner_group if self._outer else self._in_group

    def _in_inner_group(self, name: str, attributes: Attributes) -> _State:
        return self._in_group(name, attributes)

    def _in_skeleton(self, name: str, attributes: Attributes) -> _State:
        code = _CODES.get(name)
        if code is None or code == _SKELETON:
            self._owner = self._skeleton
            return self._in_shape(name, attributes)
        if self._track >= 0 and attributes.get("keyframe") == "0":
            return self._skipped
        self._owner = self._shape(code, attributes, self._skeleton)
        return self._in_shape

    def _between(self, name: str, attributes: Attributes) -> _State:
        """In a skeleton between keyframes, of which points may have one here; what it says itself is passed by."""
        return self._skipped if name == "attribute" else self._in_skeleton(name, attributes)

    def _in_shape(self, name: str, attributes: Attributes) -> _State:
        if name != "attribute":
            return self._refuse(name, "shape")
        texts = self.piece.attributes
        texts.owner.append(self._owner)
        texts.name.append(attributes.get("name", ""))
        self._text.clear()
        self._parser.CharacterDataHandler = self._text.append
        return self._in_attribute

    def _in_attribute(self, name: str, attributes: Attributes) -> _State:
        return self._refuse(name, "attribute")

    def _skipped(self, name: str, attributes: Attributes) -> _State:
        return self._skipped

    def _refuse(self, name: str, where: str) -> _State:
        """Note an element that means nothing here, once for each name, and pass it by."""
        if (name, where) not in self._unknown:
            self._unknown.add((name, where))
            self._problems.add(f"unknown element <{name}> in <{where}>", line=self.line)
        return self._skipped

    def _place(self, rows: Rows, attributes: Attributes, kind: str) -> int:
        """Take a row in, and give its place among all of its kind."""
        rows.attributes.append(attributes)
        rows.lines.append(self.line)
        number: int = getattr(self._counts, kind)
        setattr(self._counts, kind, number + 1)
        return number

    def _shape(self, code: int, attributes: Attributes, parent: int) -> int:
        rows = self.piece.shapes
        rows.code.append(code)
        rows.image.append(self._image)
        rows.track.append(self._track)
        rows.parent.append(parent)
        return self._place(rows, attributes, "shapes")


_State = Callable[[str, Attributes], Any]
