"""The objects of CVAT's annotations JSON as a table: keys, what their values may be, which must be there.

    {"version": 0, "tags": [tag], "shapes": [shape], "tracks": [track], "intervals": [interval]}
    shape = {"type", "frame", "label_id", "points", ..., "attributes": [{"spec_id", "value"}], "elements": [element]}

A backup says `label` for `label_id` and `name` for `spec_id`.  Like the server: whole numbers may be `"3"` or `1.0`,
flags 1 or "yes", attribute values any scalar; the numbers of points must be numbers.
Source: CVAT's OpenAPI document (LabeledDataRequest and what it refers to) and recorded answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

LISTS = ("tags", "shapes", "tracks", "intervals")
KIND_OF_LIST = {"tags": "tag", "shapes": "shape", "tracks": "track", "intervals": "interval"}


@dataclass(frozen=True, slots=True)
class Key:
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
_FLAG = Key("flag")
_DRAWN: Fields = {
    "type": Key("type", True), "occluded": _FLAG, "outside": _FLAG, "z_order": Key("integer"),
    "rotation": Key("number"), "points": Key("points"),
}  # fmt: skip
_FRAME: Fields = {"frame": Key("integer", True)}
_SCORE: Fields = {"score": Key("number")}
_OPTIONAL_ID: Fields = {"id": Key("integer", nullable=True)}


@cache
def objects(named: bool) -> Mapping[str, Fields]:
    """The keys of every object.  named: as in a backup, else as in the API."""
    label: Fields = {"label": Key("text", True)} if named else {"label_id": Key("integer", True)}
    attribute: Fields = {"name" if named else "spec_id": Key("text" if named else "integer", True)}
    attributes: Fields = {"attributes": Key("[attribute]")}
    head = {
        **_OPTIONAL_ID, **label, "group": Key("integer", nullable=True), "source": Key("source"), **attributes,
    }  # fmt: skip
    element = {**head, **_FRAME, **_DRAWN, **_SCORE}
    part = {**head, **_FRAME, "shapes": Key("[keyframe]", True)}
    return {
        "attribute": {**attribute, "value": Key("scalar", True)},
        "tag": {**head, **_FRAME},
        "shape": {**element, "elements": Key("[element]")},
        "element": element,
        "track": {**part, "elements": Key("[part]")},
        "part": part,
        # the server's own view of a task has `keyframe` where tracks of jobs were joined
        "keyframe": {**_OPTIONAL_ID, **_FRAME, **_DRAWN, **attributes, "keyframe": _FLAG},
        "interval": {**head, **_SCORE, "start": Key("integer", True), "stop": Key("integer", True, True)},
    }
