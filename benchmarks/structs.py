"""The API's annotations as typed structs: what validation of them is held against."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Type = Literal["rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton"]
Source = Literal["manual", "auto", "semi-auto", "file", "consensus"]


class Attribute(msgspec.Struct):
    """An attribute."""

    spec_id: int
    value: str


class Drawn(msgspec.Struct, kw_only=True):
    """What has points."""

    id: int | None = None
    type: Type
    frame: int
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    rotation: float = 0.0
    points: list[float] = []
    attributes: list[Attribute] = []


class Shape(Drawn, kw_only=True):
    """A shape, or an element of a skeleton."""

    label_id: int
    group: int | None = 0
    source: Source = "manual"
    score: float = 1.0
    elements: list[Shape] = []


class Track(msgspec.Struct, kw_only=True):
    """A track."""

    id: int | None = None
    label_id: int
    frame: int
    group: int | None = 0
    source: Source = "manual"
    attributes: list[Attribute] = []
    shapes: list[Drawn]
    elements: list[Track] = []


class Document(msgspec.Struct):
    """The whole."""

    version: int = 0
    tags: list[Any] = []
    shapes: list[Shape] = []
    tracks: list[Track] = []


DECODER = msgspec.json.Decoder(Document)
