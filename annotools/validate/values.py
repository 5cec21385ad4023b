"""Single JSON values: whether the server would take one for a key, and what was probably meant if not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from annotools.close_words import close_words
from annotools.cvat_limits import SHAPE_TYPES, SOURCES
from annotools.errors import one_line
from annotools.labeled_data import FALSE_WORDS, TRUE_WORDS

_WHOLE = re.compile(r"\s*[+-]?\d{1,30}(\.0*)?\s*")
_DIGITS = re.compile(r"\d+")
_SYNONYMS = {
    "bbox": "rectangle", "box": "rectangle", "rect": "rectangle", "poly": "polygon", "segmentation": "polygon",
    "line": "polyline", "point": "points", "keypoints": "points", "circle": "ellipse", "rle": "mask", "cube": "cuboid",
    "semiauto": "semi-auto", "automatic": "auto", "human": "manual",
}  # fmt: skip


class Suggestion:
    """A value that was probably meant; there may be none.  None itself is never meant."""

    __slots__ = ("value",)

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return self.value is not None


NO_IDEA = Suggestion()


def shown(value: Any) -> str:
    """What a value is, for people: short, whatever it is."""
    if value is None:
        return "null"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, bool):
        return str(value).lower()
    text = one_line(repr(value) if isinstance(value, str) else str(value))
    return text if len(text) <= 40 else f"{text[:36]}..."


def is_whole(value: Any) -> bool:
    """3, "3", 3.0."""
    if isinstance(value, str):
        return _WHOLE.fullmatch(value) is not None
    return type(value) is int or (type(value) is float and value.is_integer())


def is_number(value: Any) -> bool:
    """3, 3.5, "3.5"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False


def is_flag(value: Any) -> bool:
    """true, 1, "yes"."""
    return str(value).lower() in TRUE_WORDS | FALSE_WORDS if isinstance(value, str | int) else value in (0.0, 1.0)


def is_text(value: Any) -> bool:
    """Text."""
    return isinstance(value, str)


def is_scalar(value: Any) -> bool:
    """Anything but a list or an object that can be written as UTF-8."""
    return not isinstance(value, list | dict) and not (isinstance(value, str) and _has_surrogate(value))


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def is_points(value: Any) -> bool:
    """A list of numbers."""
    return isinstance(value, list) and all(map(is_plain_number, value))


def is_plain_number(value: Any) -> bool:
    """3 or 3.5, not true."""
    return isinstance(value, int | float) and not isinstance(value, bool)


ACCEPTED: Mapping[str, tuple[Callable[[Any], bool], str]] = MappingProxyType({
    "integer": (is_whole, "a whole number"),
    "number": (is_number, "a number"),
    "flag": (is_flag, "true or false"),
    "text": (is_text, "text"),
    "scalar": (is_scalar, "text"),
    "type": (lambda value: value in SHAPE_TYPES, f"one of {', '.join(SHAPE_TYPES)}"),
    "source": (lambda value: value in SOURCES, f"one of {', '.join(SOURCES)}"),
    "points": (is_points, "a list of numbers"),
})  # fmt: skip


def suggested(kind: str, value: Any) -> Suggestion:
    """What was probably meant by a value that is not accepted."""
    if kind in ("type", "source") and isinstance(value, str):
        return _suggested_word(value, SHAPE_TYPES if kind == "type" else SOURCES)
    if kind == "points":
        return _suggested_points(value)
    return NO_IDEA


@lru_cache(1000)
def _suggested_word(value: str, words: Collection[str]) -> Suggestion:
    plain = value.strip().lower().replace("_", "-").replace(" ", "-")
    known = _SYNONYMS.get(plain.replace("-", ""), plain)
    close = close_words(known, list(words), 1, 0.8)
    return Suggestion(close[0]) if close else NO_IDEA


def _suggested_points(value: Any) -> Suggestion:
    """Texts of numbers as numbers, pairs as flat numbers."""
    if not isinstance(value, list):
        return NO_IDEA
    flat: list[Any] = []
    for item in value:
        flat.extend(item if isinstance(item, list) else [item])
    numbers = [_as_number(item) for item in flat]
    return NO_IDEA if None in numbers else Suggestion(numbers)


def _as_number(value: Any) -> float | int | None:
    if isinstance(value, str):
        value = float(value) if is_number(value) else None
    return value if is_plain_number(value) else None


def meant_key(key: str, known: tuple[str, ...] | frozenset[str]) -> str:
    """The key that was probably meant by an unknown one, empty for no idea.  known: without digits."""
    near = _near_key(_DIGITS.sub("", key), known)  # a thousand keys with a number each are looked for once
    return near and _near_key(key, known)


@lru_cache(1000)
def _near_key(key: str, known: tuple[str, ...] | frozenset[str]) -> str:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower().replace("-", "_")
    close = close_words(plain, sorted(known), 1, 0.82)
    return close[0] if close else ""


def never(value: Any) -> bool:
    """No."""
    return False


# Whether a value is what nearly all are, of which nothing more is to be asked.
PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "integer": lambda value: type(value) is int, "flag": lambda value: type(value) is bool,
    "type": SHAPE_TYPES.__contains__, "source": SOURCES.__contains__,
}  # fmt: skip


class Literal(float):
    """NaN or Infinity as it was written."""

    word: str


def _literal(word: str) -> Literal:
    made = Literal(math.nan)
    made.word = word
    return made


def _integer(digits: str) -> int | float:
    """A whole number; a very long one is a float, however many digits it has."""
    return int(digits) if len(digits) <= 30 else float(digits)


DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=_literal)


def is_infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


@lru_cache(1000)
def ignored_key(kind: str, name: str, near: str) -> str:
    """What is said of a key that an object does not have.  near: the one that may have been meant."""
    hint = f", did you mean {near}" if near else ""
    return f"{article(kind)} has no key {shown(name)}, so it is ignored{hint}"


def article(kind: str) -> str:
    """An object in words: `a shape`."""
    named = {"part": "element", "keyframe": "tracked shape"}.get(kind, kind)
    return f"{'an' if named[0] in 'aei' else 'a'} {named}"
