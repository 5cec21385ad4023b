"""What stands beside of what CVAT knows: other keys of an object, as extras and back.

    {"id": 1, ..., "license": 3, "tags": ["a"]}      license 3, tags b'["a"]': numbers, texts and truth values as such,
                                                    lists and objects undecoded

A key that is called as an extra of ours has another name among the extras.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
import orjson

from annotools.formats.kernel.jsonfile import dumped
from annotools.model.extras import Extra, Extras
from annotools.model.row_numbers import is_number

REPLACED = "U+FFFD stands for what is not UTF-8"
_OWN = "own "
_AS_IT_IS = {bool, int, float, str, bytes}


def name_of(key: str, *ours: str) -> str:
    """The name of the extra that holds a key.  ours: names that mean something else."""
    return _OWN + key if key in ours or is_number(key) or key.startswith(_OWN) else key


def key_of(name: str) -> str:
    """The key that an extra holds."""
    return name.removeprefix(_OWN)


def column_of(values: Sequence[Any], key: str = "", items: Sequence[Mapping[str, Any]] = ()) -> Extra:
    """An extra of decoded values.  items: where given, the rows of those without the key have none."""
    if not items and set(map(type, values)) == {int}:
        with suppress(OverflowError):
            return Extra.of(np.array(values, np.int64))
    present = [key in item for item in items] if items else [True] * len(values)
    column = np.empty(len(values), object)
    if set(map(type, values)) <= _AS_IT_IS:
        column[:] = values
        return Extra(column, np.array(present, np.bool_))
    column[:] = [_kept(value) if there else None for value, there in zip(values, present, strict=True)]
    return Extra(column, np.array(present, np.bool_))


def _kept(value: Any) -> Any:
    """A value as it is kept: what is not a number, text or truth value as JSON."""
    return value if isinstance(value, bool | int | float | str | bytes) else dumped(value)


def decoded(raw: msgspec.Raw | bytes) -> Any:
    """A value of undecoded JSON as it is kept; a number beyond all floats stays text."""
    text = bytes(raw)
    if text[:1] in (b"{", b"[", b"n"):
        return text
    try:
        return msgspec.json.decode(text)
    except UnicodeDecodeError:
        return decoded(text.decode(errors="replace").encode())
    except msgspec.MsgspecError:  # a number that is beyond all floats
        return text


def is_replaced(raw: msgspec.Raw | bytes, value: Any) -> bool:
    """Whether a value was not UTF-8, so that U+FFFD stands for bytes of it."""
    if not isinstance(value, str) or "\ufffd" not in value:
        return False
    try:
        return not bytes(raw).decode()
    except UnicodeDecodeError:
        return True


def written(value: Any) -> Any:
    """A kept value for orjson."""
    return orjson.Fragment(value) if isinstance(value, bytes) else value


def sparse(values: Mapping[int, Any], size: int) -> Extra:
    """An extra of some rows."""
    column, present = np.empty(size, object), np.zeros(size, np.bool_)
    for row, value in values.items():
        column[row], present[row] = value, True
    return Extra(column, present)


def others(extras: Extras, known: Iterable[str]) -> dict[str, Extra]:
    """The extras that are keys of their own, by key."""
    ours = set(known)
    return {
        key_of(name): extra
        for name, extra in extras.items()
        if name not in ours and not extra.derived and not is_number(name)
    }
