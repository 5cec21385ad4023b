"""Structural faults: what a JSON document of annotations says that cannot be a row, each with its pointer.

The reader keeps what it can and names the pieces it could not; only these pieces are walked here, key by key, so a
clean document costs nothing.  A piece that the reader dropped is also judged by what columns would have been asked:
ranges and numbers of points.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from annotools.cvat_limits import MAX_INT, MAX_ROTATION, MAX_SCORE, POINT_COUNTS, SHAPE_TYPES
from annotools.formats.cvat_json.lenient import equal_behind, so_of
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.json_faults import as_ever
from annotools.validate.edits import DropAt, PutAt, RenameAt
from annotools.validate.findings import WARNING, Fix, Severity
from annotools.validate.schema import Fields, Key, objects
from annotools.validate.values import (
    ACCEPTED,
    DECODER,
    PLAIN,
    Literal,
    article,
    ignored_key,
    is_infinite,
    is_number,
    is_plain_number,
    is_whole,
    meant_key,
    never,
    shown,
    suggested,
)

MOST_KEYS = 100  # that nobody knows, of which each of an object is told
_NOTHING = object()


class Fault(NamedTuple):
    """One structural fault.  code: of its rule; member: of the input; severity: where it differs from the rule's."""

    code: str
    member: str
    pointer: str
    message: str
    fix: Fix | None = None
    severity: Severity | None = None
    line: int | None = None


class Walk:
    """Walks objects and collects their faults.

    named: labels by name, as in backups.
    """

    def __init__(self, member: str, *, named: bool = False) -> None:
        self.member = member
        self.faults: list[Fault] = []
        self._objects = objects(named)
        self._nested = {
            kind: [(name, key.items) for name, key in fields.items() if key.items]
            for kind, fields in self._objects.items()
        }
        self._plain = {
            kind: [(name, key, PLAIN.get(key.kind, never)) for name, key in fields.items()]
            for kind, fields in self._objects.items()
        }

    def add(
        self, code: str, pointer: str, message: str, fix: Fix | None = None, severity: Severity | None = None
    ) -> None:
        """Note a fault."""
        self.faults.append(Fault(code, self.member, pointer, message, fix, severity))

    def text(self, kind: str, text: Any, pointer: str) -> None:
        """An object as undecoded JSON."""
        value = self._decoded(text, pointer)
        if value is not _NOTHING:
            self.object(kind, value, pointer)

    def known(self, kind: str, text: Any, pointer: str) -> None:
        """An undecoded object that the reader could take."""
        try:
            value = msgspec.json.decode(text)
        except UNDECODABLE:  # in a part that the reader has no use for
            value = self._decoded(text, pointer)
        self.keys(kind, value, pointer)

    def expect_list(self, name: str, text: Any, pointer: str) -> None:
        """What stands, undecoded, where a list of the body should."""
        if bytes(memoryview(text)[:1]) == b"[":
            return
        value = self._decoded(text, pointer)
        if value is not _NOTHING:
            self.add("SCH005", pointer, f"{name} is {shown(value)}, expected a list")

    def version(self, text: Any, pointer: str) -> None:
        """The version of the body, undecoded."""
        value = self._decoded(text, pointer)
        if value is _NOTHING:
            return
        if is_infinite(value):
            self._not_finite("version", value, pointer)
        elif not is_whole(value):
            self.add("SCH005", pointer, f"version is {shown(value)}, expected a whole number")
        elif float(value) != 0:
            self.add("SCH015", pointer, f"version is {shown(value)}, which the server does not look at")

    def is_utf8(self, text: Any, pointer: str) -> bool:
        """Whether an undecoded value is UTF-8; a fault where it is not."""
        try:
            bytes(text).decode()
        except UnicodeDecodeError:
            self.add("SCH001", pointer, "is not UTF-8")
            return False
        return True

    def _decoded(self, text: Any, pointer: str) -> Any:
        """A JSON value, numbers beyond 64 bits included; a fault and nothing for what is none."""
        if not self.is_utf8(text, pointer):
            return _NOTHING
        try:
            return DECODER.decode(bytes(text).decode())
        except json.JSONDecodeError as error:
            self.add("SCH001", pointer, f"is not JSON: {as_ever(error).msg.lower()}")
        except RecursionError:
            self.add("SCH001", pointer, "is nested too deep")
        return _NOTHING

    def keys(self, kind: str, value: Any, pointer: str) -> None:
        """A decoded object that the reader could take: only keys that nobody knows can be wrong with it."""
        if not isinstance(value, dict):
            return
        fields = self._objects[kind]
        if not value.keys() <= fields.keys():
            self._unknown(kind, value, fields, pointer)
        if "group" in value:
            self._null_group(value, pointer)
        self._id_below_zero(kind, value, pointer)
        for name, items in self._nested[kind]:
            inside = value.get(name)
            if inside and isinstance(inside, list):
                self._each(partial(self.keys, items), inside, f"{pointer}/{name}")

    def object(self, kind: str, value: Any, pointer: str) -> None:
        """A decoded object."""
        if not isinstance(value, dict):
            code = "SCH019" if kind == "attribute" else "SCH005"
            self.add(code, pointer, f"{article(kind)} is {shown(value)}, expected an object")
            return
        fields = self._objects[kind]
        self._missing(kind, value, fields, pointer)
        self._unknown(kind, value, fields, pointer)
        for name, key, plain in self._plain[kind]:
            if name in value and not (value[name] is None and key.nullable) and not plain(value[name]):
                self._value(name, key, value, f"{pointer}/{name}")
        self._ranges(value, pointer)
        self._null_group(value, pointer)
        self._id_below_zero(kind, value, pointer)

    def _id_below_zero(self, kind: str, value: dict[str, Any], pointer: str) -> None:
        """The tables take -1 for none, so that a rule about them cannot see it."""
        given = value.get("id")
        if kind not in ("keyframe", "attribute") and is_whole(given) and float(given or 0) < 0:
            fix = Fix("drop the id", True, (PutAt(self.member, f"{pointer}/id", None),))
            self.add("SCH007", f"{pointer}/id", f"id {given} is given, expected none: it is about to be created", fix)

    def _null_group(self, value: dict[str, Any], pointer: str) -> None:
        if "group" in value and value["group"] is None:
            fix = Fix("write 0", True, (PutAt(self.member, f"{pointer}/group", 0),))
            self.add("GRP002", f"{pointer}/group", "the group is null, which is stored as 0", fix)

    def _missing(self, kind: str, value: dict[str, Any], fields: Fields, pointer: str) -> None:
        for name, key in fields.items():
            if key.required and name not in value:
                code = "SCH019" if kind == "attribute" and name == "value" else "SCH004"
                self.add(code, pointer, f"{article(kind)} has no {name}")

    def _unknown(self, kind: str, value: dict[str, Any], fields: Fields, pointer: str) -> None:
        names = [name for name in value if name not in fields]
        if len(names) > MOST_KEYS:
            message = f"{article(kind)} has {len(names) - MOST_KEYS:,} more keys that nobody knows, so they are ignored"
            self.add("SCH003", pointer, message)
        for name in names[:MOST_KEYS]:
            target = f"{pointer}/{_escaped(name)}"
            if name == "score" and kind in ("tag", "track", "part", "keyframe"):
                fix = Fix("drop the score", True, (DropAt(self.member, target),))
                self.add("SCH014", target, f"{article(kind)} has a score, which only shapes and intervals have", fix)
                continue
            near = meant_key(name, tuple(fields))
            if near in value:
                near = meant_key(name, tuple(fields.keys() - value.keys()))
            rename = Fix(f"call it {near}", True, (RenameAt(self.member, target, near),)) if near else None
            self.add("SCH003", target, ignored_key(kind, name, near), rename)

    def _value(self, name: str, key: Key, owner: dict[str, Any], pointer: str) -> None:
        value = owner[name]
        if key.items:
            self._items(name, key.items, value, pointer)
            return
        accepts, expected = ACCEPTED[key.kind]
        if is_infinite(value):
            self._not_finite(name, value, pointer)
        elif key.kind == "source" and not accepts(value) and owner.get("id") is not None:
            message = f"source is {shown(value)}, of which the server makes manual, expected {expected}"
            self.add("SCH012", pointer, message, self._suggested(key, value, pointer), WARNING)
        elif not accepts(value):
            self._wrong(name, key, value, pointer, expected)
        elif key.kind == "points":
            self._huge_points(value, pointer)

    def _items(self, name: str, kind: str, value: Any, pointer: str) -> None:
        if not isinstance(value, list):
            self.add("SCH005", pointer, f"{name} is {shown(value)}, expected a list")
            return
        self._each(partial(self.object, kind), value, pointer)

    def _each(self, look: Callable[[Any, str], None], items: list[Any], pointer: str) -> None:
        """The faults of items; those of many equal ones in a row are faults of the first, if nothing mends them."""
        index = 0
        while index < len(items):
            before = len(self.faults)
            look(items[index], f"{pointer}/{index}")
            faults = self.faults[before:]
            more = equal_behind(items, index) if faults and not any(fault.fix for fault in faults) else 0
            self.faults[before:] = [fault._replace(message=fault.message + so_of(more)) for fault in faults]
            index += 1 + more

    def _wrong(self, name: str, key: Key, value: Any, pointer: str, expected: str) -> None:
        code = {"type": "SCH006", "source": "SCH012"}.get(key.kind, "SCH005")
        fix = self._suggested(key, value, pointer)
        if key.kind == "points" and isinstance(value, list):
            self._wrong_points(value, pointer, fix)
            return
        if key.kind == "scalar" and isinstance(value, list | dict):
            code = "SCH023"
        self.add(code, pointer, f"{name} is {shown(value)}, expected {expected}", fix)

    def _suggested(self, key: Key, value: Any, pointer: str) -> Fix | None:
        suggestion = suggested(key.kind, value)
        return _put(self.member, pointer, suggestion.value) if suggestion else None

    def _wrong_points(self, value: list[Any], pointer: str, fix: Fix | None) -> None:
        """One fault for each item would drown the rest; the first one stands for all."""
        places = [index for index, item in enumerate(value) if not is_plain_number(item)]
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        first = shown(value[places[0]])
        self.add("SCH005", f"{pointer}/{places[0]}", f"points hold {first}{more}, expected numbers", fix)

    def _huge_points(self, value: list[Any], pointer: str) -> None:
        for index, item in enumerate(value):
            if is_infinite(item):
                self._not_finite("a coordinate", item, f"{pointer}/{index}")

    def _not_finite(self, name: str, value: float, pointer: str) -> None:
        if isinstance(value, Literal):
            self.add("SCH002", pointer, f"{name} is {value.word}, which is not JSON, expected a number")
        else:
            self.add("SCH020", pointer, f"{name} is too large for a number of 64 bits")

    def _ranges(self, value: dict[str, Any], pointer: str) -> None:
        for code, name, low, high in _RANGES:
            given = value.get(name)
            if given is not None and is_number(given) and not low <= float(given) <= high:
                self.add(code, f"{pointer}/{name}", f"{name} is {shown(given)}, expected {_span(low, high)}")
        kind, points = value.get("type"), value.get("points", [])
        if kind in SHAPE_TYPES and isinstance(points, list) and not POINT_COUNTS[kind].allows(len(points)):
            message = f"a {kind} has {len(points)} numbers, expected {POINT_COUNTS[kind].words}"
            self.add("GEO001", f"{pointer}/points", message)


_RANGES = (
    ("SCH018", "frame", -math.inf, MAX_INT), ("FRM001", "frame", 0, math.inf), ("SCH018", "group", -math.inf, MAX_INT),
    ("GRP006", "group", 0, math.inf), ("SCH018", "z_order", -MAX_INT - 1, MAX_INT), ("SCH013", "score", 0, MAX_SCORE),
    ("GEO021", "rotation", 0, MAX_ROTATION),
)  # fmt: skip


def _put(member: str, pointer: str, value: Any) -> Fix:
    message = f"put {value} there" if isinstance(value, str) else "write numbers"
    return Fix(message, True, (PutAt(member, pointer, value),))


def _span(low: float, high: float) -> str:
    if low == -math.inf:
        return f"at most {high:g}"
    return f"at least {low:g}" if high == math.inf else f"{low:g} to {high:g}"


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
