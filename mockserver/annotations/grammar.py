"""The server's serializers of annotations: accepts what they accept and words errors as they do.

    check(document, "create")  ->  document with converted values and defaults, keys in the order of the write answers

Raises ApiError 400 with the nested error body, `{"shapes": [{}, {"points": ["invalid length for ..."]}]}`, in which
items without an error are `{}`. Attribute values take any scalar. What is accepted is `annotools.cvat_limits`.
Source: CVAT's OpenAPI document and recorded answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from msgspec import UNSET, Struct

from annotools.cvat_limits import MAX_ROTATION, MAX_SCORE, MAX_VALUE, SHAPE_TYPES, SOURCES
from annotools.labeled_data import Attribute, Element, KeyRule, LabeledData, Shape, TrackedShape, keys_of
from mockserver.annotations.records import fits
from mockserver.protocol.http import ApiError
from mockserver.protocol.schemas import (
    ABSENT,
    MAX_ERRORS,
    REQUIRED,
    Field,
    InvalidError,
    Parser,
    Schema,
    UncheckedError,
    at_least_zero,
    boolean,
    count,
    integer,
    many,
    number,
    stored,
    text,
)


def key(value: Any) -> int:
    """An integer that is looked up only. Raises: UncheckedError for what no table can hold."""
    parsed = integer(value)
    if parsed.bit_length() > 63:
        raise UncheckedError(f"{parsed} is out of the range of a 64-bit integer")
    return parsed


def label_id(value: Any) -> int:
    """An integer of at least 0 that is looked up only."""
    return at_least_zero(key(value))


def int32(value: Any) -> int:
    """A stored integer."""
    return stored(integer(value))


def number_up_to(limit: int) -> Parser:
    """A number 0..limit."""

    def parse(value: Any) -> float:
        if isinstance(value, str) and len(value) > 1000:
            raise InvalidError("String value too large.")
        parsed = number(value)
        if parsed > limit:
            raise InvalidError(f"Ensure this value is less than or equal to {limit}.")
        if parsed != parsed:
            raise UncheckedError("not a number")
        return at_least_zero(parsed)  # type: ignore[arg-type]  # a float stays a float

    return parse


def shape_type(value: Any) -> str:
    """One of the shape types."""
    if str(value) not in SHAPE_TYPES:
        raise InvalidError(f'"{value}" is not a valid choice.')
    return str(value)


def source(value: Any) -> str:
    """One of the sources."""
    name = text(value)
    if not name:
        raise InvalidError("This field may not be blank.")
    if name not in SOURCES:
        raise InvalidError(f"must be one of {', '.join(map(repr, SOURCES))}, got {name!r}")
    return name


def attribute_value(value: Any) -> str:
    """Anything as text."""
    string = text(str(value))
    if len(string) > MAX_VALUE:
        raise InvalidError(f"Ensure this field has no more than {MAX_VALUE} characters.")
    return string


_BAD_POINT = "[ErrorDetail(string='Value must be a float or an integer', code='invalid')]"


def points(value: Any) -> list[int | float]:
    """A list of numbers, not converted."""
    try:
        indexes = (index for index, item in enumerate(value) if type(item) not in (int, float))
        bad = {str(index): _BAD_POINT for index in islice(indexes, MAX_ERRORS)}
    except TypeError:
        raise UncheckedError(f"points must be a list, got {type(value).__name__}") from None
    if bad:
        raise InvalidError(bad, len(bad))
    if any(item - item != 0 or abs(item) >= 1 << 1023 for item in value):
        raise UncheckedError("a coordinate is out of the range of a double")
    return list(value)


def _attribute(given: Any) -> dict[str, Any]:
    if given is not None and (not isinstance(given, dict) or "value" not in given):
        raise UncheckedError('an attribute must be an object with "spec_id" and "value"')
    if isinstance(given, dict):
        given = {**given, "value": str(given["value"])}
    return _ATTRIBUTE(given)


_PARSERS: dict[str, Parser] = {
    "key": key, "label": label_id, "count": count, "int32": int32, "angle": number_up_to(int(MAX_ROTATION)),
    "share": number_up_to(int(MAX_SCORE)), "flag": boolean, "type": shape_type, "source": source, "points": points,
    "value": attribute_value, "integer": integer,
}  # fmt: skip


def _check_points(shape: dict[str, Any]) -> None:
    if not fits(shape["type"], len(shape.get("points", ()))):
        raise InvalidError({"points": [f"invalid length for shape type '{shape['type']}'"]})


def _check_shape(shape: dict[str, Any]) -> None:
    _check_points(shape)
    has_elements, is_skeleton = bool(shape.get("elements")), shape["type"] == "skeleton"
    if is_skeleton and not has_elements:
        raise InvalidError({"elements": ["at least one required for skeleton shape"]})
    if has_elements and not is_skeleton:
        raise InvalidError({"elements": ["not allowed for non-skeleton shape"]})


def _mend_source(item: dict[str, Any]) -> dict[str, Any]:
    """An unknown source of an object that has an id counts as manual."""
    if item.get("id") is not None and item.get("source", "manual") not in SOURCES:
        return {**item, "source": "manual"}
    return item


class _IdField(Field):
    """`id` as the action wants it: absent (create), present (delete), either (update)."""

    __slots__ = ()

    def read(self, given: Mapping[str, Any], name: str) -> Any:
        value = given.get(name)
        number = None if value is None else integer(value)
        if self.default == "create" and number is not None:
            raise InvalidError("must be absent")
        if self.default == "delete" and number is None:
            raise InvalidError("must be present and not null")
        if number is not None and abs(number) >= 1 << 63:
            raise UncheckedError("an id must be a 64-bit integer")
        return number


def _object(kind: type[Struct], action: str) -> Parser:
    """What reads an object."""
    fields = {rule.name: _field(rule, action) for rule in keys_of(kind)}
    if kind is TrackedShape:
        return Schema({**fields, "id": Field(key, None, nullable=True)}, verify=_check_points)
    return Schema(fields, _mend_source, _CHECKS.get(kind, _nothing))


def _field(rule: KeyRule, action: str) -> Field:
    if rule.name == "id":
        return _IdField(integer, action)
    default = REQUIRED if rule.required else ABSENT if rule.default is UNSET else rule.default
    if rule.items is None:
        return Field(_PARSERS[rule.kind], default, rule.nullable)
    return Field(many(_attribute if rule.items is Attribute else _object(rule.items, action)), default)


def _nothing(document: dict[str, Any]) -> None:
    """What has no numbers of points is fine."""


_CHECKS: dict[type[Struct], Callable[[dict[str, Any]], None]] = {Shape: _check_shape, Element: _check_points}
_ATTRIBUTE = Schema({rule.name: Field(_PARSERS[rule.kind]) for rule in keys_of(Attribute)})
_SCHEMAS = {action: _object(LabeledData, action) for action in ("create", "update", "delete")}


def check(document: Any, action: str) -> dict[str, Any]:
    """The document with converted values. Raises: ApiError 400, UncheckedError where the real server crashes."""
    if not isinstance(document, dict):
        raise UncheckedError(f"the body must be a JSON object, got {type(document).__name__}")
    try:
        converted = _SCHEMAS[action](document)
    except InvalidError as error:
        raise ApiError(400, error.body) from None
    return {**converted, "version": 0}
