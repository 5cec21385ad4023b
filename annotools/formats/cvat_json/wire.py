"""The rows of LabeledData as types: what msgspec decodes fast and strictly, and what the lenient way checks by.

    {"id": 5, "label_id": 1, "type": "rectangle", "frame": 0, "group": 0, "source": "manual", "score": 1.0,
     "occluded": false, "outside": false, "z_order": 0, "rotation": 0.0, "points": [..],
     "attributes": [{"spec_id": 3, "value": "red"}], "elements": []}

A row names its label by `label_id` in the API and by `label` in a backup; either way it is the field `label` here.
What the server stores without a word is accepted: any number of points, frames outside of the task, unknown ids.
Source: CVAT's OpenAPI document, LabeledDataRequest and what it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, Literal

import msgspec

from annotools.model import Owner, ShapeType, Source

Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
OptionalInt = Int | None
ShapeWord = Literal["rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton"]
SourceWord = Literal["manual", "auto", "semi-auto", "file", "consensus"]
SHAPE_CODES = {word: code for code, word in enumerate(ShapeType.words())}
SOURCE_CODES = {word: code for code, word in enumerate(Source.words())}

Row = Any  # a decoded row: its type is made below, once for ids and once for names
Fields = list[Any]

_NUMBERED: Fields = [("id", OptionalInt, None), ("group", OptionalInt, 0), ("source", SourceWord, "manual")]
_SAID: Fields = [("id", OptionalInt, None), ("group", Int, 0), ("source", SourceWord, "manual")]  # a group is no null
_DRAWN: Fields = [
    ("type", ShapeWord),
    ("occluded", bool, False),
    ("outside", bool, False),
    ("z_order", Int, 0),
    ("rotation", float, 0.0),
    ("points", list[float], []),
]
_FRAME: Fields = [("frame", Int)]
_SCORE: Fields = [("score", float, 1.0)]
_INTERVAL: Fields = [("start", Int), ("stop", OptionalInt)]


@dataclass(frozen=True)
class Wire:
    """The types of one dialect, and decoders of lists of them."""

    tag: type[Row]
    shape: type[Row]
    track: type[Row]
    interval: type[Row]

    @property
    def kinds(self) -> dict[Owner, type[Row]]:
        """The type of the items of each list."""
        return {Owner.TAG: self.tag, Owner.SHAPE: self.shape, Owner.TRACK: self.track, Owner.INTERVAL: self.interval}

    @cached_property
    def _decoders(self) -> dict[Owner, Any]:
        return {owner: msgspec.json.Decoder(list[kind]) for owner, kind in self.kinds.items()}  # type: ignore[valid-type] # made at run time

    def decode(self, owner: Owner, text: bytes) -> list[Row]:
        """A JSON list of rows.  Raises msgspec's errors for anything that is not exactly as it should be."""
        rows: list[Row] = self._decoders[owner].decode(text)
        return rows


def _type(name: str, *fields: Fields, rename: dict[str, str], strict: bool) -> type[Row]:
    joined = [field for group in fields for field in group]
    return msgspec.defstruct(name, joined, kw_only=True, gc=False, rename=rename, forbid_unknown_fields=strict)


@cache
def wire(*, named: bool, strict: bool = False) -> Wire:
    """The dialect of backups (`named`: labels and attributes by name) or of the API (by id).

    strict: keys that nobody knows, and groups that are null, are an error.
    """
    rename = {} if named else {"label": "label_id"}
    key: Any = str if named else Int
    spec = "name" if named else "spec_id"
    value = _type("Attribute", [("spec", key), ("value", str)], rename={"spec": spec}, strict=strict)
    attributes: Fields = [("attributes", list[value], [])]  # type: ignore[valid-type] # made at run time
    head = [("label", key), *(_SAID if strict else _NUMBERED), *attributes]
    keyframe = _type("TrackedShape", [("id", OptionalInt, None)], _FRAME, _DRAWN, attributes, rename={}, strict=strict)
    element = _type("Element", head, _FRAME, _SCORE, _DRAWN, rename=rename, strict=strict)
    shapes: Fields = [("shapes", list[keyframe])]  # type: ignore[valid-type] # made at run time
    part = _type("TrackElement", head, _FRAME, shapes, rename=rename, strict=strict)
    parts: Fields = [("elements", list[part], [])]  # type: ignore[valid-type] # made at run time
    elements: Fields = [("elements", list[element], [])]  # type: ignore[valid-type] # made at run time
    return Wire(
        _type("Tag", head, _FRAME, rename=rename, strict=strict),
        _type("Shape", head, _FRAME, _SCORE, _DRAWN, elements, rename=rename, strict=strict),
        _type("Track", head, _FRAME, shapes, parts, rename=rename, strict=strict),
        _type("Interval", head, _SCORE, _INTERVAL, rename=rename, strict=strict),
    )
