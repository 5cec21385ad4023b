"""Where two JSON values, or two answers, differ, and how.

    {"state": "new"} and {"state": "done", "n": 1}     ENUM $.state, FIELD_ADDED $.n

Objects have the same keys, 1 equals 1.0, true does not equal 1, floats are equal to 9 digits; `{*}` is anything.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ANYTHING = "{*}"
_NOTHING = re.compile(r"(?!)")
# A segment's own date: no seed holds it and no rule gives it.
_UNKNOWABLE = re.compile(r".*\.chunks_updated_date")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")
ENUMS = frozenset(
    {
        "type", "state", "stage", "status", "source", "mode", "dimension", "media_type", "role", "input_type",
        "validation_mode", "location", "provider_type", "data_original_chunk_type", "data_compressed_chunk_type",
        "frame_selection_method", "operation",
    }
)  # fmt: skip
"""Keys whose values are words of a list."""


class Kind(StrEnum):
    """How two answers differ."""

    STATUS = "status"
    FIELD_ADDED = "field added"
    FIELD_REMOVED = "field removed"
    TYPE = "type"
    ENUM = "enum"
    ORDER = "order"
    VALUE = "value"
    HEADER = "header"


@dataclass(slots=True, frozen=True)
class Difference:
    """One of them; `path` is a JSON path or what else was compared."""

    kind: Kind
    path: str
    expected: Any = None
    actual: Any = None

    def __str__(self) -> str:
        """`$.state: enum, expected "new", got "done"`."""
        if self.kind is Kind.FIELD_ADDED:
            return f"{self.path}: {self.kind}, got {_short(self.actual)}"
        if self.kind is Kind.FIELD_REMOVED:
            return f"{self.path}: {self.kind}, expected {_short(self.expected)}"
        return f"{self.path}: {self.kind}, expected {_short(self.expected)}, got {_short(self.actual)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 90 else text[:87] + "..."


@dataclass(slots=True, frozen=True)
class Paths:
    """What is not compared, and lists without an order: `$.a[*].b`, `$..b` at any depth."""

    ignored: re.Pattern[str] = _NOTHING
    unordered: re.Pattern[str] = _NOTHING

    @classmethod
    def of(cls, ignored: Iterable[str] = (), unordered: Iterable[str] = ()) -> Paths:
        """Of the patterns of a step."""
        return cls(_compiled(ignored), _compiled(unordered))


def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    parts = [re.escape(text).replace(r"\[\*\]", r"\[\d+\]").replace(r"\.\.", r".*\.") for text in patterns]
    return re.compile("|".join(parts)) if parts else _NOTHING


def compared(want: Any, got: Any, paths: Paths = Paths(), path: str = "$") -> Iterator[Difference]:
    """All differences of two JSON values."""
    if want == ANYTHING or paths.ignored.fullmatch(path) or _is_unknowable(path, got):
        return
    if isinstance(want, dict) and isinstance(got, dict):
        yield from _objects(want, got, paths, path)
    elif isinstance(want, list) and isinstance(got, list):
        yield from _lists(want, got, paths, path)
    elif not same(want, got):
        yield Difference(_kind(want, got, path), path, want, got)


def _is_unknowable(path: str, got: Any) -> bool:
    return bool(_UNKNOWABLE.fullmatch(path)) and isinstance(got, str) and bool(_DATE.match(got))


def _objects(want: dict[str, Any], got: dict[str, Any], paths: Paths, path: str) -> Iterator[Difference]:
    for key, value in want.items():
        field_path = f"{path}.{key}"
        if key in got:
            yield from compared(value, got[key], paths, field_path)
        elif not paths.ignored.fullmatch(field_path):
            yield Difference(Kind.FIELD_REMOVED, field_path, value)
    for key, value in got.items():
        field_path = f"{path}.{key}"
        if key not in want and not paths.ignored.fullmatch(field_path):
            yield Difference(Kind.FIELD_ADDED, field_path, actual=value)


def _lists(want: list[Any], got: list[Any], paths: Paths, path: str) -> Iterator[Difference]:
    if len(want) != len(got):
        yield Difference(Kind.VALUE, f"{path}.length", len(want), len(got))
        return
    if paths.unordered.fullmatch(path):
        got = _aligned(want, got, paths, path)
    differences = [
        difference
        for index, (one, other) in enumerate(zip(want, got, strict=True))
        for difference in compared(one, other, paths, f"{path}[{index}]")
    ]
    moved = bool(differences) and _counted(want) == _counted(got)
    yield from [Difference(Kind.ORDER, path, want, got)] if moved else differences


def _counted(items: list[Any]) -> Counter[str]:
    return Counter(json.dumps(item, sort_keys=True, default=str) for item in items)


def _aligned(want: list[Any], got: list[Any], paths: Paths, path: str) -> list[Any]:
    """`got` in the order of `want`: equal items first, the rest fills the gaps."""
    rest, slots = list(got), [None] * len(want)
    for index, item in enumerate(want):
        item_path = f"{path}[{index}]"
        match = next(
            (candidate for candidate in rest if next(compared(item, candidate, paths, item_path), None) is None), None
        )
        if match is not None:
            slots[index] = match
            rest.remove(match)
    return [rest.pop(0) if item is None else item for item in slots]


def same(want: Any, got: Any) -> bool:
    """Equal scalars."""
    if {type(want), type(got)} <= {int, float}:
        return bool(want == got) or math.isclose(want, got, rel_tol=1e-9, abs_tol=1e-9)
    return type(want) is type(got) and bool(want == got)


def _kind(want: Any, got: Any, path: str) -> Kind:
    if _type(want) != _type(got):
        return Kind.TYPE
    return Kind.ENUM if isinstance(want, str) and path.rpartition(".")[2] in ENUMS else Kind.VALUE


def _type(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__
