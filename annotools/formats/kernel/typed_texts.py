"""Texts of cells as values, all at once where they are what they should be; else each distinct one once.

b"0.5" b"7" b"x"      float: 0.5, 7.0 and 0, of which the last is none
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from annotools.model.columns import Array, Bools

_SHOWN = 40  # characters of a text in a message
_DECODERS: dict[type, Any] = {int: msgspec.json.Decoder(list[int]), float: msgspec.json.Decoder(list[float])}


def typed(texts: list[bytes], kind: type) -> tuple[Array, Bools]:
    """Texts as values of a kind (int, float or str), and which of them are none; those are 0."""
    if kind is str:
        return _converted(texts, _decoded, np.object_)
    dtype = np.int64 if kind is int else np.float64
    try:
        numbers = np.array(_DECODERS[kind].decode(b"[" + b",".join(texts) + b"]"), dtype)
        if len(numbers) == len(texts):
            return numbers, np.zeros(len(texts), np.bool_)
    except (msgspec.DecodeError, OverflowError):
        pass
    return _converted(texts, _whole if kind is int else _real, dtype)


def _converted(texts: list[bytes], convert: Callable[[bytes], Any], dtype: Any) -> tuple[Array, Bools]:
    """Each distinct text once."""
    known: dict[bytes, Any] = dict.fromkeys(texts)
    bad = set()
    for text in known:
        try:
            known[text] = convert(text)
        except (ValueError, OverflowError):
            known[text] = 0
            bad.add(text)
    values = np.fromiter((known[text] for text in texts), dtype, len(texts))
    return values, np.fromiter((text in bad for text in texts), np.bool_, len(texts))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8")


def _real(text: bytes) -> float:
    number = float(text)
    if b"_" in text or not np.isfinite(number):
        raise ValueError(text)
    return number


def _whole(text: bytes) -> int:
    digits = text.removesuffix(b".0")  # a tool that writes all as floats
    number = int(digits) if digits.lstrip(b"+-").isdigit() else _whole_real(text)
    if not -(1 << 63) <= number < 1 << 63:
        raise OverflowError(text)
    return number


def _whole_real(text: bytes) -> int:
    number = _real(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def shown(text: bytes) -> str:
    """A text for a message, in quotes."""
    return repr(text[:_SHOWN].decode("utf-8", "replace"))
