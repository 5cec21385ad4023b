"""What a file is made of while it is read: the meta block as a small tree, and rows by the piece."""

from __future__ import annotations

from dataclasses import dataclass, field

Attributes = dict[str, str]


@dataclass
class Node:
    """An element of the meta block."""

    tag: str
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, tag: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def said(self, tag: str) -> str:
        """The text of the first child of that name, empty if there is none."""
        child = self.child(tag)
        return child.text if child else ""

    def all(self, tag: str) -> list[Node]:
        """All children of that name."""
        return [child for child in self.children if child.tag == tag]


@dataclass
class Rows:
    """Elements of one kind: their XML attributes, and where they stand.

    image, track, parent: places in the lists of images, tracks and shapes met so far, -1 for none.
    code: the shape type.  lines: 1-based.
    """

    attributes: list[Attributes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    image: list[int] = field(default_factory=list)
    track: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    code: list[int] = field(default_factory=list)


@dataclass
class Said:
    """`<attribute>` elements: whose (place in the list of shapes, or of tags as -1 - place), name, value."""

    owner: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)

    def cut(self) -> None:
        """Leave out the last one where the file ends within it."""
        del self.owner[len(self.value) :], self.name[len(self.value) :]


@dataclass
class Piece:
    """Some elements of a file, in its order."""

    images: Rows = field(default_factory=Rows)
    tracks: Rows = field(default_factory=Rows)
    shapes: Rows = field(default_factory=Rows)
    tags: Rows = field(default_factory=Rows)
    said: Said = field(default_factory=Said)

    @property
    def weight(self) -> int:
        """How many elements there are."""
        rows = (self.images, self.tracks, self.shapes, self.tags)
        return sum(len(kind.lines) for kind in rows) + len(self.said.owner)


@dataclass
class Counts:
    """How many images, tracks, shapes and tags were met so far, in all files."""

    images: int = 0
    tracks: int = 0
    shapes: int = 0
    tags: int = 0
