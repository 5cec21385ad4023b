"""The objects of CVAT's annotations JSON as a table: keys, what their values may be, which must be there.

    {"version": 0, "tags": [tag], "shapes": [shape], "tracks": [track], "intervals": [interval]}
    shape = {"type", "frame", "label_id", "points", ..., "attributes": [{"spec_id", "value"}], "elements": [element]}

A backup says `label` for `label_id` and `name` for `spec_id`.  Like the server: whole numbers may be `"3"` or `1.0`,
flags 1 or "yes", attribute values any scalar; the numbers of points must be numbers.
Source: CVAT's OpenAPI document (LabeledDataRequest and what it refers to) and recorded answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from annotools.labeled_data import (
    Attribute,
    Element,
    Interval,
    KeyRule,
    Shape,
    Tag,
    Track,
    TrackedShape,
    TrackElement,
    keys_of,
)

LISTS = ("tags", "shapes", "tracks", "intervals")
KIND_OF_LIST = {"tags": "tag", "shapes": "shape", "tracks": "track", "intervals": "interval"}
_OBJECTS = {
    Attribute: "attribute", Tag: "tag", Shape: "shape", Element: "element", Track: "track", TrackElement: "part",
    TrackedShape: "keyframe", Interval: "interval",
}  # fmt: skip
_JUDGED = {
    "count": "integer", "int32": "integer", "key": "integer", "label": "integer", "angle": "number",
    "share": "number", "value": "scalar",
}  # fmt: skip


class Key(msgspec.Struct, frozen=True):
    """What stands at a key.

    kind: integer, number, flag, text, scalar, type, source, points, or `[name]` for a list of such objects.
    """

    kind: str
    required: bool = False
    nullable: bool = False

    @property
    def items(self) -> str:
        """The objects of a list, empty for anything else."""
        return self.kind[1:-1] if self.kind.startswith("[") else ""


Fields = Mapping[str, Key]


@cache
def objects(named: bool) -> Mapping[str, Fields]:
    """The keys of every object.  named: as in a backup, else as in the API."""
    names = {"label_id": "label", "spec_id": "name"} if named else {}
    keys = {
        name: {names.get(key.name, key.name): _key(key, key.name in names) for key in keys_of(kind)}
        for kind, name in _OBJECTS.items()
    }
    # the server's own view of a task has `keyframe` where tracks of jobs were joined
    keys["keyframe"]["keyframe"] = Key("flag")
    return keys


def _key(key: KeyRule, named: bool) -> Key:
    items = f"[{_OBJECTS[key.items]}]" if key.items else ""
    return Key(items or ("text" if named else _JUDGED.get(key.kind, key.kind)), key.required, key.nullable)
