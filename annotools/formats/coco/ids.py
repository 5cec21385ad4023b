"""What ids of images and categories mean: frames and labels.

    7, 7.0 and "7" are one id        {7: 0, "7": 0}

Whole numbers are looked up all at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeGuard

import numpy as np
from msgspec import UNSET

from annotools.model.tables import Ints

Numbers = dict[Any, int]
UNKNOWN, REPORTED = -1, -2  # nobody listed it; a problem said why it means nothing
_WHOLE = re.compile(r"0|[1-9][0-9]{0,999}")  # as a number is written; Python counts no text of 4,300 digits
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,999}")
_LARGEST = (1 << 63) - 1
_GAPS = 16  # as many places as ids in a table of them


def is_id(key: Any) -> TypeGuard[float | str]:
    """Whether a value can be an id."""
    return isinstance(key, int | float | str) and not isinstance(key, bool)


def keys_of(key: float | str) -> tuple[Any, ...]:
    """An id and how else it may be written: 7, 7.0 and "7" are one id."""
    if isinstance(key, str):
        text = key.strip().removesuffix(".0")
        return (key, int(text)) if _WHOLE.fullmatch(text) else (key,)
    return (int(key), str(int(key))) if key == int(key) else (key, str(key))


def numbered(keys: Sequence[tuple[Any, ...]], numbers: Sequence[int]) -> Numbers:
    """Ids -> numbers.  Another spelling of an id never hides an id; those of whole numbers `meaning` knows."""
    others: Numbers = {}
    for spellings, number in zip(keys, numbers, strict=True):
        if len(spellings) > 1 and type(spellings[0]) is not int:
            others.setdefault(spellings[1], number)
    return others | dict(zip(map(itemgetter(0), keys), numbers, strict=True))


def meaning(numbers: Numbers, key: Any) -> int:
    """What an id means, UNKNOWN for what nobody listed."""
    number = numbers.get(key)
    if number is None and isinstance(key, str) and _NUMBER.fullmatch(key):
        number = numbers.get(int(key))
    return UNKNOWN if number is None else number


def report(numbers: Numbers, key: Any) -> None:
    """Note that a problem said why an id means nothing, if so it does."""
    for spelling in keys_of(key) if isinstance(key, int | float | str) else ():
        if meaning(numbers, spelling) == UNKNOWN:
            numbers[spelling] = REPORTED


class Lookup:
    """Looks up what ids mean: whole numbers all at once, whatever else one by one."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        whole = sorted((key, number) for key, number in numbers.items() if type(key) is int and abs(key) <= _LARGEST)
        self._keys, self._values = np.array(whole or [(0, UNKNOWN)], np.int64).T
        self._first = int(self._keys[0])
        span = int(self._keys[-1]) - self._first + 1
        self._by_key = np.full(span, UNKNOWN) if span < _GAPS * len(self._keys) else None
        if self._by_key is not None:  # a tenth of the time of a search, which for 180,000 ids in any order is 25 ms
            self._by_key[self._keys - self._first] = self._values

    def of(self, keys: Sequence[Any]) -> Ints:
        """What each id means, UNKNOWN for what nobody listed."""
        if keys[:1] == [UNSET] and keys.count(UNSET) == len(keys):
            return np.full(len(keys), UNKNOWN)
        with suppress(ValueError, OverflowError):  # for lists, of which there are none, and numbers beyond all others
            wanted = np.array(keys)
            if wanted.dtype == np.int64:
                return self._of_whole(wanted)
        known = map(meaning, repeat(self._numbers), keys)
        return np.fromiter(known, np.int64, len(keys))

    def _of_whole(self, wanted: Ints) -> Ints:
        if self._by_key is not None and wanted.min() >= self._first and wanted.max() <= self._keys[-1]:
            return self._by_key[wanted - self._first]
        index = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[index] == wanted, self._values[index], UNKNOWN)


def id_text(key: Any) -> str:
    """An id in the text of a problem."""
    return "without an id" if key is UNSET or key is None else repr(key)
