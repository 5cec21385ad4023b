"""The server's serializers in small: parsers of values, fields, objects and lists, with its error texts.

    CAR = Schema({"name": Field(text), "wheels": Field(integer, 4), "tags": Field(many(TAG), [])})
    CAR({"name": "a", "wheels": "3"})      {"name": "a", "wheels": 3, "tags": []}

A parser raises `InvalidError` with the body of its error; an object collects those of its fields, a list keeps the
places of its items (`[{}, {"name": ["This field is required."]}]`). Bool fields take "yes" and 1, int fields "3"
and 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from annotools.cvat_limits import MAX_INT
from annotools.labeled_data import FALSE_WORDS, TRUE_WORDS
from mockserver.protocol.large_json import LargeList

Parser = Callable[[Any], Any]
REQUIRED, ABSENT = object(), object()
MAX_ERRORS = 1000
NULL = "This field may not be null."
_TRUE, _FALSE = (
    frozenset({number, *(form for word in words for form in (word, word.capitalize(), word.upper()))})
    for number, words in ((1, TRUE_WORDS), (0, FALSE_WORDS))
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRAILING_ZEROS = re.compile(r"\.0*\s*\Z")


class InvalidError(Exception):
    """The error body of one value; `count`: how many errors are in it."""

    def __init__(self, body: Any, count: int = 1) -> None:
        super().__init__(body)
        self.body, self.count = [body] if isinstance(body, str) else body, count


class UncheckedError(Exception):
    """An input that the real server does not check and stumbles over."""


def integer(value: Any) -> int:
    """5, "5", 5.0."""
    if type(value) is int:
        return value
    if isinstance(value, str) and len(value) > 1000:
        raise InvalidError("String value too large.")
    try:
        return int(_TRAILING_ZEROS.sub("", str(value)))
    except ValueError:
        raise InvalidError("A valid integer is required.") from None


def count(value: Any) -> int:
    """A stored integer of at least 0."""
    return stored(at_least_zero(integer(value)))


def at_least_zero(number: int) -> int:
    """Raises: InvalidError for a negative number."""
    if number < 0:
        raise InvalidError("Ensure this value is greater than or equal to 0.")
    return number


def stored(number: int) -> int:
    """Raises: UncheckedError for what a 32-bit column cannot hold."""
    if not -MAX_INT - 1 <= number <= MAX_INT:
        raise UncheckedError(f"{number} is out of the range of a 32-bit integer")
    return number


def boolean(value: Any) -> bool:
    """true, 1, "yes"."""
    if isinstance(value, (bool, int, float, str)):
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    raise InvalidError("Must be a valid boolean.")


def text(value: Any) -> str:
    """A string, or a number as one, without blanks around it."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidError("Not a valid string.")
    stripped = str(value).strip()
    if "\0" in stripped:
        raise InvalidError("Null characters are not allowed.")
    if surrogate := _SURROGATE.search(stripped):
        raise InvalidError(f"Surrogate characters are not allowed: U+{ord(surrogate[0]):X}.")
    return stripped


def number(value: Any) -> float:
    """5, "5.0". Raises: InvalidError, UncheckedError for what is too large for a float."""
    try:
        return float(value)
    except OverflowError:
        raise UncheckedError("a number too large for a float") from None
    except (TypeError, ValueError):
        raise InvalidError("A valid number is required.") from None


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
        result, errors, total, given = {}, {}, 0, self.prepare(given)
        for name, field in self.fields.items():
            try:
                value = field.read(given, name)
            except InvalidError as error:
                errors[name] = error.body
                total += error.count
                continue
            if value is not ABSENT:
                result[name] = value
        if errors:
            raise InvalidError(errors, total)
        self.verify(result)
        return result


def many(item: Parser) -> Parser:
    """A list of objects; errors keep the places of the items. What follows `MAX_ERRORS` errors is not looked at."""

    def parse(value: Any) -> list[Any]:
        if not isinstance(value, list | LargeList):
            name = type(value).__name__
            raise InvalidError({"non_field_errors": [f'Expected a list of items but got type "{name}".']})
        results: list[Any] = []
        problems: list[Any] = []
        total = 0
        for entry in value:
            try:
                results.append(item(entry))
                problems.append({})
            except InvalidError as error:
                problems.append(error.body)
                total += error.count
                if total >= MAX_ERRORS:
                    break
        if total:
            raise InvalidError(problems, total)
        return results

    return parse
