"""The server's serializers of annotations: accepts what they accept and words errors as they do.

    check(document, "create")  ->  document with converted values and defaults, keys in the order of the write answers

Raises ApiError 400 with the nested error body, `{"shapes": [{}, {"points": ["invalid length for ..."]}]}`, in which
items without an error are `{}`. Bool fields take "yes" and 1, int fields "3" and 1.0, attribute values any scalar.
Source: CVAT's OpenAPI document and recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.http import ApiError
from mockserver.records import MAX_INT, SHAPE_TYPES, SOURCES, fits

Parser = Callable[[Any], Any]
REQUIRED, ABSENT = object(), object()
NULL = "This field may not be null."
_TRUE = {"t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1", 1, True}
_FALSE = {"f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0", 0, False}
_TRAILING_ZEROS = re.compile(r"\.0*\s*\Z")


class InvalidError(Exception):
    """The error body of one value."""

    def __init__(self, body: Any) -> None:
        super().__init__(body)
        self.body = [body] if isinstance(body, str) else body


class UncheckedError(Exception):
    """An input that the real server does not check and stumbles over."""


def integer(value: Any) -> int:
    """5, "5", 5.0."""
    if isinstance(value, str) and len(value) > 1000:
        raise InvalidError("String value too large.")
    try:
        return int(_TRAILING_ZEROS.sub("", str(value)))
    except ValueError:
        raise InvalidError("A valid integer is required.") from None


def count(value: Any) -> int:
    """A stored integer of at least 0."""
    return _stored(_at_least_zero(integer(value)))


def label_id(value: Any) -> int:
    """An integer of at least 0 that is looked up only."""
    return _at_least_zero(integer(value))


def _at_least_zero(number: int) -> int:
    if number < 0:
        raise InvalidError("Ensure this value is greater than or equal to 0.")
    return number


def _stored(number: int) -> int:
    if not -MAX_INT - 1 <= number <= MAX_INT:
        raise UncheckedError(f"{number} is out of the range of a 32-bit integer")
    return number


def int32(value: Any) -> int:
    """A stored integer."""
    return _stored(integer(value))


def number_up_to(limit: int) -> Parser:
    """A number 0..limit."""

    def parse(value: Any) -> float:
        if isinstance(value, str) and len(value) > 1000:
            raise InvalidError("String value too large.")
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise InvalidError("A valid number is required.") from None
        if number > limit:
            raise InvalidError(f"Ensure this value is less than or equal to {limit}.")
        if number != number:
            raise UncheckedError("not a number")
        return _at_least_zero(number)  # type: ignore[arg-type,return-value]  # a float stays a float

    return parse


def boolean(value: Any) -> bool:
    """true, 1, "yes"."""
    if isinstance(value, (bool, int, float, str)):
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    raise InvalidError("Must be a valid boolean.")


def shape_type(value: Any) -> str:
    """One of the shape types."""
    if str(value) not in SHAPE_TYPES:
        raise InvalidError(f'"{value}" is not a valid choice.')
    return str(value)


def text(value: Any) -> str:
    """A string, or a number as one, without blanks around it."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidError("Not a valid string.")
    stripped = str(value).strip()
    if "\0" in stripped:
        raise InvalidError("Null characters are not allowed.")
    return stripped


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
    found = text(str(value))
    if len(found) > 4096:
        raise InvalidError("Ensure this field has no more than 4096 characters.")
    surrogate = next((char for char in found if 0xD800 <= ord(char) <= 0xDFFF), None)
    if surrogate:
        raise InvalidError(f"Surrogate characters are not allowed: U+{ord(surrogate):X}.")
    return found


_BAD_POINT = "[ErrorDetail(string='Value must be a float or an integer', code='invalid')]"


def points(value: Any) -> list[int | float]:
    """A list of numbers, not converted."""
    try:
        bad = {str(place): _BAD_POINT for place, item in enumerate(value) if type(item) not in (int, float)}
    except TypeError:
        raise UncheckedError(f"points must be a list, got {type(value).__name__}") from None
    if bad:
        raise InvalidError(bad)
    if any(item - item != 0 or abs(item) >= 1 << 1023 for item in value):
        raise UncheckedError("a coordinate is out of the range of a double")
    return list(value)


@dataclass(slots=True, frozen=True)
class Field:
    """One key of an object: what reads it, what stands in for it, whether null is fine."""

    parse: Parser
    default: Any = REQUIRED
    nullable: bool = False

    def read(self, given: Mapping[str, Any], name: str) -> Any:
        """The value of the key. Raises: InvalidError."""
        if name not in given:
            if self.default is REQUIRED:
                raise InvalidError("This field is required.")
            return [] if self.default == [] else self.default
        value = given[name]
        if value is None:
            if not self.nullable:
                raise InvalidError(NULL)
            return None
        return self.parse(value)


@dataclass(slots=True, frozen=True)
class Schema:
    """An object: its fields, a look at the input before, a check of the whole after."""

    fields: dict[str, Field]
    prepare: Callable[[dict[str, Any]], dict[str, Any]] = dict
    verify: Callable[[dict[str, Any]], None] = lambda _: None

    def __call__(self, given: Any) -> dict[str, Any]:
        """The checked object. Raises: InvalidError with all errors of its fields."""
        if given is None:
            raise InvalidError(NULL)
        if not isinstance(given, dict):
            name = type(given).__name__
            raise InvalidError({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {name}."]})
        result, errors, given = {}, {}, self.prepare(given)
        for name, field in self.fields.items():
            try:
                value = field.read(given, name)
            except InvalidError as error:
                errors[name] = error.body
                continue
            if value is not ABSENT:
                result[name] = value
        if errors:
            raise InvalidError(errors)
        self.verify(result)
        return result


def many(item: Parser) -> Parser:
    """A list of objects; errors keep the places of the items."""

    def parse(value: Any) -> list[Any]:
        if not isinstance(value, list):
            name = type(value).__name__
            raise InvalidError({"non_field_errors": [f'Expected a list of items but got type "{name}".']})
        results, problems = [], []
        for given in value:
            try:
                results.append(item(given))
                problems.append({})
            except InvalidError as error:
                problems.append(error.body)
        if any(problems):
            raise InvalidError(problems)
        return results

    return parse


def _attribute(given: Any) -> dict[str, Any]:
    if given is not None and (not isinstance(given, dict) or "value" not in given):
        raise UncheckedError('an attribute must be an object with "spec_id" and "value"')
    if isinstance(given, dict):
        given = {**given, "value": str(given["value"])}
    return _ATTRIBUTE(given)


_ATTRIBUTE = Schema({"spec_id": Field(integer), "value": Field(attribute_value)})
_ATTRIBUTES = Field(many(_attribute), [])
_GEOMETRY = {
    "type": Field(shape_type), "occluded": Field(boolean, False), "outside": Field(boolean, False),
    "z_order": Field(int32, 0), "rotation": Field(number_up_to(360), 0), "points": Field(points, ABSENT),
}  # fmt: skip
_SCORE = Field(number_up_to(1), 1)


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


def _mend_source(given: dict[str, Any]) -> dict[str, Any]:
    """An unknown source of an object that has an id counts as manual."""
    if given.get("id") is not None and given.get("source", "manual") not in SOURCES:
        return {**given, "source": "manual"}
    return given


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


def _schema_of(action: str) -> Schema:
    base = {
        "id": _IdField(integer, action), "label_id": Field(label_id), "group": Field(count, 0, nullable=True),
        "source": Field(source, "manual"),
    }  # fmt: skip
    frame = {"frame": Field(count)}
    tag = {**base, **frame, "attributes": _ATTRIBUTES}
    element = {**_GEOMETRY, **base, **frame, "score": _SCORE, "attributes": _ATTRIBUTES}
    elements = Field(many(Schema(element, _mend_source, _check_points)), ABSENT)
    own_id = {"id": Field(integer, None, nullable=True)}
    keyframe = Schema({**_GEOMETRY, **own_id, **frame, "attributes": _ATTRIBUTES}, verify=_check_points)
    track = {**tag, "shapes": Field(many(keyframe))}
    track_elements = Field(many(Schema(track, _mend_source)), ABSENT)
    span = {"start": Field(count), "stop": Field(count, nullable=True)}
    kinds = {
        "tags": Schema(tag, _mend_source),
        "shapes": Schema({**element, "elements": elements}, _mend_source, _check_shape),
        "tracks": Schema({**track, "elements": track_elements}, _mend_source),
        "intervals": Schema({**base, **span, "score": _SCORE, "attributes": _ATTRIBUTES}, _mend_source),
    }
    return Schema({"version": Field(integer, 0), **{name: Field(many(kind), []) for name, kind in kinds.items()}})


_SCHEMAS = {action: _schema_of(action) for action in ("create", "update", "delete")}


def check(document: Any, action: str) -> dict[str, Any]:
    """The document with converted values. Raises: ApiError 400, UncheckedError where the real server crashes."""
    if not isinstance(document, dict):
        raise UncheckedError(f"the body must be a JSON object, got {type(document).__name__}")
    try:
        found = _SCHEMAS[action](document)
    except InvalidError as error:
        raise ApiError(400, error.body) from None
    return {**found, "version": 0}
