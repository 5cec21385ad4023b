"""Typed access to the small JSON objects that define a task: what is missing takes its default, what is wrong is said.

fields = Fields({"name": "car", "id": "x"}, "/labels/0", problems)
fields.text("name")       # "car"
fields.integer("id")      # 0, and a problem at /labels/0/id
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeVar

import orjson

from annotools.errors import Problems
from annotools.formats.cvat_json.lenient import value_kind
from annotools.formats.cvat_json.split import plain_text
from annotools.json_faults import as_ever
from annotools.row_problems import RowProblems, below_each

T = TypeVar("T")
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_LONG, _TOO_LONG = b"0" * 19, b"0" * 31  # digits of a number that 64 bits may not hold, and of one that nobody means
_INT64 = range(-(2**63), 2**63)


class Fields:
    """A JSON object.  A value that is null counts as missing."""

    def __init__(self, value: Any, pointer: str, problems: Problems) -> None:
        self.pointer = pointer
        self._problems = problems
        if not isinstance(value, dict):
            self.fault("", value, "an object")
        self.value: dict[str, Any] = value if isinstance(value, dict) else {}

    def fault(self, name: str, value: Any, expected: str) -> None:
        """Report a value of the wrong kind."""
        message = f"{name} is {value_kind(value)}".strip()
        self._problems.add(message, pointer=f"{self.pointer}/{name}" if name else self.pointer, expected=expected)

    def _get(self, name: str, kind: type[T], default: T, expected: str) -> T:
        value = self.value.get(name)
        if value is None:
            return default
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.fault(name, value, expected)
        return default

    def has(self, name: str) -> bool:
        """Whether there is a value."""
        return self.value.get(name) is not None

    def require(self, *names: str) -> bool:
        """Whether all are there; says what is not."""
        missing = [name for name in names if not self.has(name)]
        for name in missing:
            self._problems.add(f"has no {name}", pointer=self.pointer)
        return not missing

    def text(self, name: str, default: str = "") -> str:
        """Text that can be written as UTF-8."""
        text = self._get(name, str, default, "text")
        if _is_text(text):
            return text
        self.fault(name, text, "text without half surrogate pairs")
        return default

    def integer(self, name: str, default: int = 0, *, least: int = _INT64.start) -> int:
        """A whole number of at most 64 bits."""
        number = self._get(name, int, default, "a whole number")
        if number in _INT64 and number >= least:
            return number
        self.fault(name, number, f"a whole number from {least} to {_INT64.stop - 1}")
        return default

    def optional(self, name: str) -> int | None:
        """A whole number or nothing."""
        return self.integer(name) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """True or false."""
        return self._get(name, bool, False, "true or false")

    def inner(self, name: str) -> Fields:
        """An object inside; an empty one where there is none."""
        return Fields(self._get(name, dict, {}, "an object"), f"{self.pointer}/{name}", self._problems)

    def objects(self, name: str, *needed: str) -> Iterator[Fields]:
        """The objects of a list that have what they need; others are reported and left out."""
        return objects(self._get(name, list, [], "a list"), f"{self.pointer}/{name}", self._problems, *needed)

    def integers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return self._list(name, int, "whole numbers")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        return self._list(name, str, "texts")

    def _list(self, name: str, kind: type[T], what: str) -> tuple[T, ...]:
        items = self._get(name, list, [], f"a list of {what}")
        right = {int: lambda item: type(item) is int and item in _INT64, str: _is_text}[kind]
        good = tuple(item for item in items if right(item))
        if len(good) < len(items):
            self.fault(name, items, f"a list of {what}")
        return good

    def unknown(self, known: frozenset[str]) -> dict[str, Any]:
        """What is there besides the known keys."""
        return {key: value for key, value in self.value.items() if key not in known and value is not None}


def _is_text(value: Any) -> bool:
    """Whether a value is text that can be written as UTF-8: half a surrogate pair cannot."""
    return isinstance(value, str) and (value.isascii() or value.encode("utf-8", "replace").decode() == value)


def objects(items: Any, pointer: str, problems: Problems, *needed: str) -> Iterator[Fields]:
    """The objects of a list that have what they need; others are reported and left out."""
    wrong = RowProblems(below_each(pointer))
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            wrong.add(index, f"is {value_kind(item)}", problems.file, "an object")
        elif missing := [name for name in needed if item.get(name) is None]:
            for name in missing:
                wrong.add(index, f"has no {name}", problems.file)
        else:
            yield Fields(item, f"{pointer}/{index}", problems)
    problems.extend(wrong.all())


def parse(data: bytes, problems: Problems, line: int | None = None) -> Any:
    """A small JSON document; None, and a problem, when it is none.  line: where it stands, for a line of its own."""
    text = plain_text(data, problems)
    if text is None:
        return None
    digits = text.translate(_ZEROS)
    if _LONG not in digits:  # as in all but odd ones: a third of the time
        with suppress(orjson.JSONDecodeError):  # then `json` says why, or takes it all the same
            return orjson.loads(text)
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=_bounded if _TOO_LONG in digits else None)
    except UnicodeDecodeError:
        problems.add("is not UTF-8", line=line)
    except json.JSONDecodeError as error:
        fault = as_ever(error)
        problems.add(f"is not JSON: {fault.msg.lower()}", line=line or fault.lineno)
    except ValueError as error:
        problems.add(f"is not JSON: {error}", line=line)
    except RecursionError:
        problems.add("is nested too deep", line=line)
    return None


def _bounded(digits: str) -> int:
    if len(digits) > 30:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")
