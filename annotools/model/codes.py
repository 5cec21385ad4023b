"""The closed vocabularies of CVAT as small integer codes, so that a column of them is one byte a row.

`ShapeType.RECTANGLE.word` is the word on the wire (`rectangle`), `ShapeType.of("rectangle")` the code.
Source: CVAT's OpenAPI document, enums ShapeType and SourceType; job types and stages as in JobRead.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Word(IntEnum):
    """An integer code with the word that stands for it on the wire."""

    @property
    def word(self) -> str:
        """The word on the wire: lower case, `-` for `_`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, word: str) -> Self:
        """The code of a word.  Raises KeyError when the vocabulary has no such word."""
        return cls[word.upper().replace("-", "_")]

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """All words, in the order of their codes: `words()[code]` is the word of a code."""
        return tuple(member.word for member in cls)


class ShapeType(Word):
    """What the points of a shape mean."""

    RECTANGLE = 0
    POLYGON = 1
    POLYLINE = 2
    POINTS = 3
    ELLIPSE = 4
    CUBOID = 5
    MASK = 6
    SKELETON = 7


class Source(Word):
    """Who made an annotation."""

    MANUAL = 0
    AUTO = 1
    SEMI_AUTO = 2
    FILE = 3
    CONSENSUS = 4


class Owner(Word):
    """Which table the owner of an attribute is a row of."""

    TAG = 0
    SHAPE = 1
    TRACK = 2
    INTERVAL = 3


RECTANGLE, POLYGON, POLYLINE, POINTS, ELLIPSE, CUBOID, MASK, SKELETON = ShapeType
