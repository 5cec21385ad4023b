"""Rounding to decimals, in the two ways that annotation tools use.

| value    | around  | shortest |
| 2.675    | 2.68    | 2.67     |   the double is just below 2.675
| 1234.565 | 1234.56 | 1234.57  |

`around` multiplies, rounds and divides (numpy, and so Datumaro); `shortest` rounds the exact value of the double,
as `"{:.2f}".format` and `round` do, and so CVAT's XML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

import msgspec
import numpy as np

from annotools.model.columns import Floats

_PIECE = 1 << 16  # what is made on the way is several times as large as the values


def around(values: Floats, decimals: int = 2) -> Floats:
    """float64 of any shape -> the same rounded by numpy's rule; what that makes infinite stays as it is."""
    with np.errstate(over="ignore"):
        rounded = np.around(values, decimals)
    return rounded if np.isfinite(rounded).all() else np.where(np.isfinite(rounded), rounded, values)


def shortest(values: Floats, decimals: int = 2) -> Floats:
    """float64 of any shape -> the same rounded correctly, halves by the double's exact value.

    A value within one part in 10^9 of a half is decided by what the product with 10^decimals lost.
    """
    values = np.asarray(values, np.float64)
    result = np.empty(values.shape)
    flat, out = values.reshape(-1), result.reshape(-1)
    for start in range(0, len(flat), _PIECE):
        piece = slice(start, start + _PIECE)
        out[piece] = _piece(flat[piece], decimals)
    return result


def _piece(values: Floats, decimals: int) -> Floats:
    scale = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = values * scale
        whole = np.rint(scaled)
        size = np.maximum(np.abs(scaled), 1)
        unsure = np.flatnonzero(np.abs(np.abs(scaled - whole) - 0.5) < 1e-9 * size)
        if len(unsure):
            whole[unsure] = _halves(values[unsure], scaled[unsure], scale)
        whole /= scale
        large = np.flatnonzero(~(size < 2**52))
    if len(large):
        whole[large] = [round(v, decimals) if np.isfinite(v) else v for v in values[large].tolist()]
    return whole


def _halves(values: Floats, scaled: Floats, scale: float) -> Floats:
    """scaled = values * scale, all close to a half, rounded as the exact products are; exact halves to even."""
    below = np.floor(scaled)
    side = scaled - below - 0.5 + _lost(values, scaled, scale)
    even = below + below % 2
    return np.where(side == 0, even, below + (side > 0))


def _lost(values: Floats, scaled: Floats, scale: float) -> Floats:
    """What the products lost: values * scale - scaled, exactly (Dekker's product of halves of the digits)."""
    high, low = _split(values)
    other_high, other_low = _split(np.float64(scale))
    lost: Floats = low * other_low - (((scaled - high * other_high) - low * other_high) - high * other_low)
    return lost


def _split(values: Any) -> tuple[Any, Any]:
    """Numbers as sums of two with half the digits each."""
    wide = values * 134217729.0
    high = wide - (wide - values)
    return high, values - high


def turned(rotation: Floats, decimals: int) -> Floats:
    """Degrees from 0 to 360 with so many decimals."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.around(rotation % 360, decimals) % 360, np.float64)


Rounder = Callable[[Floats, int], Floats]
_ROUNDERS: Mapping[str, Rounder] = {"shortest": shortest, "around": around}


class Px(msgspec.Struct, frozen=True):
    """Pixels with so many decimals.  turns: whether rotations have as many."""

    by_size: ClassVar[bool] = False  # whether the size of the frame counts

    decimals: int = 2
    way: Literal["shortest", "around"] = "shortest"
    turns: bool = True

    def rounded(self, values: Floats, sizes: Floats) -> Floats:
        """Coordinates as they are read back.  sizes: of the same shape, px of the frame; not looked at."""
        return _ROUNDERS[self.way](values, self.decimals)

    def turned(self, rotation: Floats) -> Floats:
        """Rotations as they are read back."""
        return _ROUNDERS[self.way](rotation, self.decimals) if self.turns else rotation

    def __str__(self) -> str:
        return f"coordinates have {self.decimals} decimals"


class Share(msgspec.Struct, frozen=True):
    """Shares of the frame with so many decimals: divided by its size, written, read and multiplied again.

    turn: decimals of rotations, which are not shares and from 0 to 360 then; None: as they are.
    """

    by_size: ClassVar[bool] = True

    decimals: int = 6
    turn: int | None = None

    def rounded(self, values: Floats, sizes: Floats) -> Floats:
        """Coordinates as they are read back.  sizes: of the same shape, px of the frame along each axis."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(sizes > 0, shortest(values / sizes, self.decimals) * sizes, values)

    def turned(self, rotation: Floats) -> Floats:
        """Rotations as they are read back."""
        return rotation if self.turn is None else turned(rotation, self.turn)

    def __str__(self) -> str:
        turns = "" if self.turn is None else f", rotations have {self.turn}"
        return f"coordinates are shares of the frame with {self.decimals} decimals{turns}"
