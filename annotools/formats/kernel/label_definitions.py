"""What formats of JSON have no field for of a label, as keys that their other readers pass over; and back.

{"name": "car", ..., "type": "rectangle", "color": "#ff0000", "svg": "<circle ...",
 "specs": [{"name": "make", "mutable": false, "input_type": "text", "default_value": "", "values": []}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotools.model import AttributeSpec, Label
from annotools.model.definitions import INPUT_TYPES

_TYPES = frozenset(
    {"any", "rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag", "interval"}
)


def usual_type(label: Label, boned: bool) -> str:
    """The type of a label of which none is said.  boned: whether it has points."""
    return "points" if label.parent is not None else "skeleton" if boned else "any"


def definition(label: Label, boned: bool = False) -> dict[str, Any]:
    """The keys of a label, as far as there is something to say."""
    kind = "" if label.type == usual_type(label, boned) else label.type
    specs = [
        {
            "name": spec.name, "mutable": spec.mutable, "input_type": spec.input_type,
            "default_value": spec.default_value, "values": list(spec.values),
        }
        for spec in label.attributes
    ]  # fmt: skip
    fields = {"color": label.color, "type": kind, "svg": label.svg, "specs": specs}
    return {key: value for key, value in fields.items() if value}


def type_of(raw: Mapping[str, Any]) -> str:
    """The type that a label says, empty for none that is known."""
    return str(raw["type"]) if any(raw.get("type") == one for one in _TYPES) else ""


def text_in(raw: Mapping[str, Any], key: str) -> str:
    """The text of a key, empty for what is none."""
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def specs_of(raw: Mapping[str, Any], numbers: Iterator[int]) -> Iterator[AttributeSpec]:
    """The definitions of attributes that a label says."""
    for item in list_in(raw, "specs"):
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            kind = next((kind for kind in INPUT_TYPES if kind == item.get("input_type")), "text")
            default, values = str(item.get("default_value") or ""), tuple(map(str, list_in(item, "values")))
            yield AttributeSpec(next(numbers), item["name"], item.get("mutable") is True, str(kind), default, values)


def list_in(piece: Any, key: str) -> list[Any]:
    """The list of a key; nothing for what is none."""
    rows = piece.get(key) if isinstance(piece, dict) else None
    return rows if isinstance(rows, list) else []
