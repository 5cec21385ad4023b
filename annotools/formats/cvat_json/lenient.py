"""A row that is not exactly as it should be: what the server would take is taken, every fault of the rest is named.

    {"frame": "3", "label_id": 1.0, "occluded": "yes", "attributes": [{"spec_id": 1, "value": 7}]}    taken
    {"frame": 1.5, "points": ["a"]}          two faults: no row

A faulty attribute, element or keyframe is left out and the row it belongs to stays; a row with another fault is left
out as a whole.  Source: behaviour of Django REST framework's fields, and of CVAT 2.73 for points and attributes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, get_args, get_origin

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.cvat_json.split import Piece
from annotools.formats.cvat_json.wire import Int, OptionalInt, Row, ShapeWord, SourceWord
from annotools.json_faults import as_ever
from annotools.labeled_data import FALSE_WORDS, TRUE_WORDS

MANY = 16  # items, from which on what is wrong with equal ones is said once
_MOST_DIGITS = 30
_INT64 = range(-(2**63), 2**63)


class Kept(list[Any]):
    """The items of a list that could be read, and their places in it."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[int] = []

    def keep(self, index: int, item: Any) -> None:
        """Append an item."""
        self.append(item)
        self.places.append(index)


class _FaultError(ValueError):
    """A value cannot be what it should be.  The text says what was expected; item: the place in a list."""

    def __init__(self, expected: str, item: int | None = None) -> None:
        super().__init__(expected)
        self.item = item


def _integer(value: Any) -> int:
    if isinstance(value, str):
        value = _digits(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise _FaultError("a whole number")
    if value not in _INT64:
        raise _FaultError("a number of at most 64 bits")
    return value


def _digits(text: str) -> int | None:
    body = text.strip().removeprefix("-")
    short = len(body) <= _MOST_DIGITS and body.isascii() and body.isdigit()
    return int(text) if short else None


def _optional(value: Any) -> int | None:
    return None if value is None else _integer(value)


def _number(value: Any) -> float:
    try:
        number = float(value) if isinstance(value, str | float | int) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _FaultError("a number")
    return number


def _flag(value: Any) -> bool:
    value = int(value) if value in (0.0, 1.0) else value  # true is 1, and 1.0 is 1 to the server
    word = str(value).lower() if isinstance(value, str | int) else ""
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise _FaultError("true or false")
    return word in TRUE_WORDS


def _word(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise _FaultError(f"one of {', '.join(words)}")
        return str(value)

    return read


def _text(value: Any) -> str:
    """Any scalar, as the server's `str()` spells it; texts must be writable as UTF-8."""
    if isinstance(value, list | dict):
        raise _FaultError("text")
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _FaultError("text without half surrogate pairs") from None
    return text


def _points(value: Any) -> list[float]:
    if not isinstance(value, list):
        raise _FaultError("a list of numbers")
    return [_coordinate(index, item) for index, item in enumerate(value)]


def _coordinate(index: int, value: Any) -> float:
    if type(value) not in (int, float):
        raise _FaultError("a number", index)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _FaultError("a finite number", index)
    return number


UNKNOWN_SOURCE = "unknown-source"  # the kind of a problem that is none to somebody who only reads
_READERS: dict[Any, Callable[[Any], Any]] = {
    Int: _integer,
    OptionalInt: _optional,
    float: _number,
    bool: _flag,
    str: _text,
    ShapeWord: _word(*get_args(ShapeWord)),
    SourceWord: _word(*get_args(SourceWord)),
    list[float]: _points,
}


def read_piece(piece: Piece, kind: type[Row], pointer: str, problems: Problems) -> Row | None:
    """A row from undecoded JSON; None, and what is wrong with it, when it is none."""
    constants: list[str] = []

    def constant(word: str) -> float:
        constants.append(word)
        return math.nan

    try:
        value = json.loads(bytes(piece).decode(), parse_int=_huge, parse_constant=constant)
    except UnicodeDecodeError:
        problems.add("is not UTF-8", pointer=pointer)
    except json.JSONDecodeError as error:
        problems.add(f"is not JSON: {as_ever(error).msg.lower()}", pointer=pointer, expected="an object")
    except RecursionError:
        problems.add("is nested too deep", pointer=pointer)
    else:
        before = len(problems)
        row = read_row(value, kind, pointer, problems)
        if constants and len(problems) == before:
            problems.add(f"{constants[0]} is not JSON", pointer=pointer, expected="a number")
        return row
    return None


def _huge(digits: str) -> int | float:
    """A whole number; one that no column holds is a float, however many digits it has."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def read_row(value: Any, kind: type[Row], pointer: str, problems: Problems) -> Row | None:
    """A row from a JSON value, by the fields of its type."""
    if not isinstance(value, dict):
        problems.add(f"is {value_kind(value)}", pointer=pointer, expected="an object")
        return None
    cells: dict[str, Any] = {}
    fatal = False
    for name, key, required, wanted, reader in _fields_of(kind):  # type: ignore[arg-type] # types can be hashed
        if key not in value:
            if required:
                fatal = True
                problems.add(f"has no {key}", pointer=pointer, frame=_frame(value))
            continue
        try:
            cells[name] = reader(value[key]) if reader else _read_list(value[key], wanted, f"{pointer}/{key}", problems)
        except _FaultError as fault:
            unknown = wanted == SourceWord and isinstance(value[key], str)
            fatal |= wanted != SourceWord  # who made it is no reason to lose it
            _report(fault, value, key, f"{pointer}/{key}", problems, kind=UNKNOWN_SOURCE * unknown)
    return None if fatal else kind(**cells)


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, str, bool, Any, Callable[[Any], Any] | None], ...]:
    """Name, key, whether it must be there, type and reader of each field; lists of rows have no reader."""
    fields = msgspec.structs.fields(kind)
    return tuple((f.name, f.encode_name, f.required, f.type, _READERS.get(f.type)) for f in fields)


def _report(
    fault: _FaultError, row: dict[str, Any], name: str, pointer: str, problems: Problems, *, kind: str
) -> None:  # fmt: skip
    message, at = f"{name} is {value_kind(row[name])}", pointer
    if fault.item is not None:
        message, at = f"{name} has {value_kind(row[name][fault.item])}", f"{pointer}/{fault.item}"
    problem = Problem(message, problems.file, pointer=at, frame=_frame(row), expected=str(fault), kind=kind)
    problems.append(problem)


def _read_list(item: Any, kind: Any, pointer: str, problems: Problems) -> Kept:
    if get_origin(kind) is not list:
        raise TypeError(f"no reader for {kind}")
    if not isinstance(item, list):
        raise _FaultError("a list")
    return _read_items(item, get_args(kind)[0], pointer, problems)


def _read_items(items: list[Any], kind: Any, pointer: str, problems: Problems) -> Kept:
    """The items that can be read; what is wrong with many equal ones in a row is said of the first."""
    kept, index, faults = Kept(), 0, Problems(problems.file)
    while index < len(items):
        read = read_row(items[index], kind, f"{pointer}/{index}", faults)
        more = 0 if read is not None else equal_behind(items, index)
        if len(faults):
            problems.extend(replace(one, message=one.message + so_of(more)) for one in faults)
            faults = Problems(problems.file)
        if read is not None:
            kept.keep(index, read)
        index += 1 + more
    return kept


def equal_behind(items: list[Any], index: int) -> int:
    """How many items behind one are the same, 0 where they are few."""
    if len(items) - index <= MANY:
        return 0
    text = repr(items[index])
    stop = next((row for row in range(index + 1, len(items)) if repr(items[row]) != text), len(items))
    return stop - index - 1 if stop - index > MANY else 0


def so_of(more: int) -> str:
    """What is said of an item, and of so many behind it."""
    return f" (and so of the {more:,} items behind it)" if more else ""


def _frame(value: dict[str, Any]) -> int | None:
    frame = value.get("frame")
    return frame if type(frame) is int and frame in _INT64 else None


def value_kind(value: Any) -> str:
    """What a JSON value is, for people: short, whatever it is."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict) or value is None:
        return "null" if value is None else "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:36]}..."
