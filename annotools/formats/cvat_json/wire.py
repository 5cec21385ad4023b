"""The rows of LabeledData as types: what msgspec decodes fast and strictly, and what the lenient way checks by.

A row names its label by `label_id` in the API and by `label` in a backup; either way it is the field `label` here, and
`spec` for `spec_id` and `name`.  What the server stores without a word is accepted: any number of points, frames
outside of the task, unknown ids, numbers beyond their limits.  Keys, defaults and their order are those of
`annotools.labeled_data`.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Annotated, Any, Literal

import msgspec

from annotools.cvat_limits import MAX_ID, SHAPE_TYPES, SOURCES
from annotools.labeled_data import ANSWERED, BACKED_UP, Interval, KeyRule, Shape, Tag, Track, keys_of
from annotools.model import Owner, ShapeType, Source

Int = Annotated[int, msgspec.Meta(ge=-MAX_ID - 1, le=MAX_ID)]
OptionalInt = Int | None
ShapeWord: Any = Literal[SHAPE_TYPES]
SourceWord: Any = Literal[SOURCES]
SHAPE_CODES = {word: code for code, word in enumerate(ShapeType.words())}
SOURCE_CODES = {word: code for code, word in enumerate(Source.words())}

Row = Any  # a decoded row: its type is made below, once for ids and once for names
_LOOSE: dict[str, Any] = {
    "key": Int, "label": Int, "count": Int, "int32": Int, "angle": float, "share": float, "flag": bool, "value": str,
    "type": ShapeWord, "source": SourceWord, "points": list[float],
}  # fmt: skip
_ID = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Wire(msgspec.Struct, frozen=True, dict=True):
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


@cache
def wire(*, named: bool, strict: bool = False) -> Wire:
    """The dialect of backups (`named`: labels and attributes by name) or of the API (by id).

    strict: keys that nobody knows, groups that are null, and ids below 0 are an error.
    """
    return Wire(*(_type(kind, named, strict) for kind in (Tag, Shape, Track, Interval)))


NOTHING = msgspec.Raw(b"")


@cache
def bare(kind: type[Row]) -> tuple[Any, dict[str, str]]:
    """A decoder of lists of objects of which only what they must have is looked for, and its keys by field.

    What is not there is `NOTHING`.
    """
    needed = {field.name: field.encode_name for field in msgspec.structs.fields(kind) if field.required}
    fields = [(name, msgspec.Raw, NOTHING) for name in needed]
    struct = msgspec.defstruct(f"Bare{kind.__name__}", fields, gc=False, rename=needed)
    return msgspec.json.Decoder(list[struct]), needed  # type: ignore[valid-type] # made at run time


@cache
def _type(kind: type[msgspec.Struct], named: bool, strict: bool) -> type[Row]:
    """The type of a row, its keys in the order in which they usually come, which is decoded fastest."""
    order = [*(BACKED_UP if named else ANSWERED), "id", "spec_id", "value"]
    keys = sorted(keys_of(kind), key=lambda key: order.index(key.name))
    names = {"label_id": "label", "spec_id": "spec"}
    fields = [(names.get(key.name, key.name), *_field(key, named, strict)) for key in keys]
    rename = {"spec": "name"} if named else {"label": "label_id", "spec": "spec_id"}
    return msgspec.defstruct(
        kind.__name__, fields, kw_only=True, gc=False, rename=rename, forbid_unknown_fields=strict
    )  # fmt: skip


def _field(key: KeyRule, named: bool, strict: bool) -> tuple[Any, ...]:
    """The type of a value, and its default if it has one."""
    if key.items is not None:
        made: Any = list[_type(key.items, named, strict)]  # type: ignore[misc] # made at run time
    else:
        made = str if named and key.name in ("label_id", "spec_id") else _LOOSE[key.kind]
        made = _ID if strict and key.name == "id" else made
    if key.nullable and not (strict and key.name == "group"):
        made |= None
    return (made,) if key.required else (made, float(key.empty) if made is float else key.empty)
