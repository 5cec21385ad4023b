"""typed-extras: extras that a writer can write: those of another format's file may be called alike and say else.

    typed-extras=shapes.truncated:whole,shapes.pose:text,frames.voc:xml

A number, a whole number (true and false are 1 and 0), a text, either of number and text, one or two words, seven
numbers, a list or an object of texts as JSON, or elements of XML.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import orjson

from annotools.errors import UsageError
from annotools.model.columns import Array, Bools
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks

_MOST = 1 << 31
_TABLES = (*OWNERS.values(), "frames")
_SEVEN = 7  # height, width, length, place and angle


def typed_extras(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Extras of the types that a format writes.  argument: tables, names and types, with commas between."""
    ledger, new = Ledger(), dataset
    for part in filter(None, argument.split(",")):
        table, _, rest = part.partition(".")
        name, _, kind = rest.partition(":")
        if table not in _TABLES or kind not in _WORDS:
            raise UsageError(f"transform typed-extras={argument}: {part!r}, expected a table, a name and a type")
        extra = getattr(dataset, table).extras.get(name)
        if extra is not None:
            fits = extra.present & _fits(extra, kind)
            odd = extra.present & ~fits
            ledger.lost(name, f"{_WORDS[kind]} is written there", dataset, table, odd, column=f"extras.{name}")
            rows = getattr(new, table)
            typed = {**rows.extras, name: Extra(_column(extra, fits, kind), fits, extra.derived)}
            new = new.replace(**{table: replace(rows, extras=typed)})
    return new, ledger.losses()


def _fits(extra: Extra, kind: str) -> Bools:
    """Which values are of a type; those that are not present may be anything."""
    values = extra.values
    if values.dtype.kind in "iuf" and kind in ("number", "whole"):
        fine = np.isfinite(values)
        return np.asarray(fine if kind == "number" else fine & (values == np.trunc(values)) & (np.abs(values) < _MOST))
    fit = _TYPES[kind]
    return np.array(
        [there and fit(value) for value, there in zip(extra.values.tolist(), extra.present.tolist(), strict=True)],
        np.bool_,
    )


def _column(extra: Extra, fits: Bools, kind: str) -> Array:
    if extra.values.dtype.kind in "iufb" or kind not in ("number", "whole"):
        return extra.values
    numbers = np.zeros(len(extra), np.int64 if kind == "whole" else np.float64)
    numbers[fits] = [float(value) for value in extra.values[fits].tolist()]
    return numbers


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, bool) or (_is_number(value) and value == int(value) and abs(value) < _MOST)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_scalar(value: Any) -> bool:
    return _is_text(value) or _is_number(value)


def _words(count: int, value: Any) -> bool:
    return isinstance(value, str) and len(value.split()) == count and "," not in value


def _are_numbers(value: Any) -> bool:
    items = _json(value)
    return isinstance(items, list) and len(items) == _SEVEN and all(map(_is_number, items))


def _is_list(value: Any) -> bool:
    return isinstance(_json(value), list)


def _are_texts(value: Any) -> bool:
    items = _json(value)
    return isinstance(items, dict) and all(map(_is_text, items.values()))


def _json(value: Any) -> Any:
    try:
        return orjson.loads(value) if isinstance(value, bytes | str) else None
    except orjson.JSONDecodeError:
        return None


def _is_xml(value: Any) -> bool:
    return isinstance(value, str) and _has_elements(value)


@lru_cache(1 << 12)
def _has_elements(value: str) -> bool:
    from xml.etree import ElementTree  # few values are to be XML

    if "<!" in value or "<?" in value:
        return False
    try:
        return not (ElementTree.fromstring(f"<a>{value}</a>").text or "").strip()
    except (ElementTree.ParseError, ValueError, RecursionError):
        return False


_TYPES: dict[str, Callable[[Any], bool]] = {
    "number": _is_number, "whole": _is_whole, "text": _is_text, "scalar": _is_scalar, "word": partial(_words, 1),
    "pair": partial(_words, 2), "numbers": _are_numbers, "texts": _are_texts, "list": _is_list, "xml": _is_xml,
}  # fmt: skip
_WORDS = {
    "number": "a number", "whole": "a whole number", "text": "a text", "scalar": "a text or a number", "word": "a word",
    "pair": "a pair of words", "numbers": "a list of seven numbers", "texts": "an object of texts", "list": "a list",
    "xml": "an element of XML",
}  # fmt: skip
