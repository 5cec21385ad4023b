"""Numbers of XML: two decimals always, rounded as `"{:.2f}".format` does, a whole column at a time.

    10.125, 20.5, -0.001   ->   10.12,20.50;-0.00

Formatting a number takes Python 150 ns, and there are fifty in a polygon.  Here the whole part and the hundredths are
looked up as eight and four bytes, NUL where there is nothing, and all NULs are deleted at the end.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotools.model.rounding import shortest
from annotools.model.tables import Floats, Ints

_WHOLE = 100_000  # numbers below this are looked up
_MINUS = np.uint64(ord("-"))
_PAIR = np.array([ord(",") << 24, ord(";") << 24], np.uint32)
_LINE = np.uint32(ord("\n") << 24)


@cache
def _tables() -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Eight bytes for each whole part (the first free for a sign), four for each number of hundredths."""
    number = np.arange(_WHOLE)[:, None]
    power = 10 ** np.arange(6, -1, -1)
    digits = np.where(number >= power, number // power % 10 + ord("0"), 0).astype(np.uint8)
    digits[0, -1] = ord("0")
    whole = np.zeros((_WHOLE, 8), np.uint8)
    whole[:, 1:] = digits
    parts = np.zeros((100, 4), np.uint8)
    parts[:, 0] = ord(".")
    parts[:, 1], parts[:, 2] = np.divmod(np.arange(100), 10)
    parts[:, 1:3] += ord("0")
    return whole.view("<u8").ravel(), parts.view("<u4").ravel()


def decimals(values: Floats) -> list[str]:
    """Each number with two decimals.  values: (n,) float64, any."""
    if not len(values):
        return []
    hundredths = _hundredths(values)
    if hundredths is None:
        return [f"{value:.2f}" for value in values.tolist()]
    separators = np.full(len(values), _LINE)
    return _looked_up(values, hundredths, separators).decode("ascii").split("\n")[:-1]


def pairs(values: Floats, offsets: Ints) -> list[str]:
    """Rows of points as text: `x,y;x,y`.  values, offsets: ragged, offsets of n + 1 rows."""
    hundredths = _hundredths(values)
    empty = (offsets[1:] == offsets[:-1]).any()
    if hundredths is None or empty:
        texts = [f"{value:.2f}" for value in values.tolist()]
        return [_paired(texts[a:b]) for a, b in pairwise(offsets.tolist())]
    if not len(values):
        return []
    separators: NDArray[np.uint32] = _PAIR[_odd(offsets)]
    separators[offsets[1:] - 1] = _LINE
    return _looked_up(values, hundredths, separators).decode("ascii").split("\n")[:-1]


def _odd(offsets: Ints) -> Ints:
    """Whether the place of each value in its row is odd."""
    place = np.arange(offsets[-1])
    if (offsets & 1).any():
        place -= np.repeat(offsets[:-1], np.diff(offsets))
    return place & 1


def _paired(texts: list[str]) -> str:
    return ";".join(",".join(texts[place : place + 2]) for place in range(0, len(texts), 2))


def _hundredths(values: Floats) -> NDArray[np.int32] | None:
    """The size of each number in hundredths, correctly rounded; None when one is too large to look up, or NaN."""
    size = np.abs(values)
    if not (size < _WHOLE - 1).all():
        return None
    scaled = size * 100.0
    rounded = np.rint(scaled)
    # Halves are decided by the exact value of the double, which the product no longer has.
    unsure = np.flatnonzero(np.abs(np.abs(scaled - rounded) - 0.5) < 1e-9 * np.maximum(scaled, 1.0))
    if len(unsure):
        rounded[unsure] = np.rint(np.abs(shortest(values[unsure])) * 100.0)
    return rounded.astype(np.int32)


def _looked_up(values: Floats, hundredths: NDArray[np.int32], separators: NDArray[np.uint32]) -> bytes:
    whole, parts = _tables()
    quotient = hundredths // 100
    text = np.empty(len(values), [("whole", "<u8"), ("part", "<u4")])
    text["whole"] = whole[quotient]
    text["part"] = parts[hundredths - quotient * 100]
    text["part"] |= separators
    negative = np.signbit(values)
    if negative.any():
        text["whole"] |= negative * _MINUS
    return text.tobytes().translate(None, b"\0")
