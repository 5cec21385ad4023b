"""Lines of a whole number and shares with fixed decimals, made of digits all at once.

3, 0.5, 0.25 with 7 and 6 decimals      b"3 0.5000000 0.250000\n"

A share is a whole number of its last decimal: 0.25 with 6 decimals is 250000.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.geometry.ragged import offsets_of
from annotools.model.columns import Array, Floats, Ints

# Four characters as one number, so that they are taken at once and not one by one: a third of the time of lines.
_FOUR = (ord("0") + np.arange(10_000)[:, None] // (1000, 100, 10, 1) % 10).astype(np.uint8).view(np.uint32)[:, 0]
_MOST = 10**8  # eight digits
_BLANK, _POINT, _END = b" .\n"


def decimal_lines(numbers: Ints, shares: Sequence[tuple[Floats, int]]) -> tuple[bytes, Ints] | None:
    """The lines one after the other, and where each begins and the last ends.

    shares: columns with their decimals, 7 at most.  None where a number is below 0, or too long for eight digits.
    """
    columns = [(np.rint(values * 10**decimals), decimals) for values, decimals in shares]
    fits = [bool((column >= 0).all() and (column < 10 ** (decimals + 1)).all()) for column, decimals in columns]
    if not all(fits) or not ((numbers >= 0) & (numbers < _MOST)).all():
        return None
    digits = len(str(int(numbers.max(initial=0))))
    parts = [_digits(numbers)[:, 8 - digits :]]
    for column, decimals in columns:
        own = _digits(column)
        parts += [_sign(len(own), _BLANK), own[:, 7 - decimals : 8 - decimals], _sign(len(own), _POINT)]
        parts.append(own[:, 8 - decimals :])
    table = np.concatenate([*parts, _sign(len(numbers), _END)], axis=1)
    if digits == 1:
        return table.tobytes(), table.shape[1] * np.arange(len(table) + 1)
    sizes = np.full(len(table), table.shape[1])
    for digit in range(digits - 1):
        blank = numbers < 10 ** (digits - 1 - digit)
        table[blank, digit] = 0
        sizes -= blank
    return table.tobytes().translate(None, b"\0"), offsets_of(sizes)  # a mask of characters takes longer


def decimal_cells(shares: Floats, decimals: int) -> bytes | None:
    """Each number with a blank before it, `decimals` + 3 characters; None where one is below 0, or 10 or more.

    decimals: 7 at most.
    """
    numbers = np.rint(shares * 10**decimals)
    if not ((numbers >= 0) & (numbers < 10 ** (decimals + 1))).all():
        return None
    cells, digits = np.empty((len(numbers), decimals + 3), np.uint8), _digits(numbers)
    cells[:, 0], cells[:, 2] = _BLANK, _POINT
    cells[:, 1], cells[:, 3:] = digits[:, 7 - decimals], digits[:, 8 - decimals :]
    return cells.tobytes()


def _digits(numbers: Array) -> Array:
    """(n, 8) characters, zeros in front.  numbers: whole, below `_MOST`."""
    whole = numbers.astype(np.uint32)  # of 32 bits: divided in a fifth of the time
    high = whole // 10_000
    return np.stack([_FOUR[high], _FOUR[whole - high * 10_000]], axis=1).view(np.uint8)


def _sign(rows: int, code: int) -> Array:
    return np.full((rows, 1), code, np.uint8)
