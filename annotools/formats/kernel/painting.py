"""Masks <-> pictures of class or instance numbers.

    masks  [.11., ....]  [..1., ..1.]      values 3 5       paint     [.35., ..5.]     later ones cover earlier ones
                                                            unpaint   3: [.1.., ....]  5: [..1., ..1.]

A picture has a palette (one byte a pixel) or is RGB; both are read, whatever is written.
"""

from __future__ import annotations

import io
from typing import Literal

import numpy as np

from annotools.errors import Problem, Problems
from annotools.geometry.painting import masks_of, paint
from annotools.model import Dataset
from annotools.model.columns import Array, Ints

__all__ = ["masks_of", "paint", "painting_order", "png", "unpaint"]

UNKNOWN = -1
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError)
_MOST_SHOWN = 5


def painting_order(dataset: Dataset, rows: Ints) -> Ints:
    """Rows of shapes from the lowest to the highest; of one height as they come."""
    return rows[np.argsort(dataset.shapes.z_order[rows], kind="stable")]


def png(numbers: Ints, palette: Array, mode: Literal["P", "RGB"] = "P") -> bytes:
    """A picture of numbers as PNG.  palette: (n, 3) red, green, blue of each number; P holds 256."""
    from PIL import Image  # 100 ms, and few writers paint

    stream = io.BytesIO()
    colors = np.asarray(palette, np.uint8)
    if mode == "RGB":
        picture = Image.fromarray(colors[numbers])
    else:
        picture = Image.fromarray(numbers.astype(np.uint8))
        picture.putpalette(colors.tobytes())
    picture.save(stream, "PNG")
    return stream.getvalue()


def unpaint(data: bytes, palette: Array, name: str, problems: Problems) -> Ints | None:
    """The number at each pixel of a picture, (h, w) int64; UNKNOWN for a colour that the palette has not.

    A grey picture says numbers, one with a palette of its own says colours.  None, and a problem, for what is none.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.mode in ("L", "I", "I;16"):
                return np.asarray(picture).astype(np.int64)
            own = picture.getpalette("RGB") if picture.mode == "P" else None
            pixels = np.asarray(picture if own is not None else picture.convert("RGB"))
    except (*_DAMAGE, Image.DecompressionBombError):
        problems.append(Problem("is no picture", name, expected="a whole PNG"))
        return None
    if own is None:
        return _numbers(pixels, palette, name, problems)
    places, used = np.unique(pixels, return_inverse=True)
    colors = np.resize(np.array(own, np.int64), (256, 3))[places]
    numbers = _numbers(colors[None], palette, name, problems)[0]
    return np.asarray(numbers[used.reshape(pixels.shape)], np.int64)


def _numbers(pixels: Array, palette: Array, name: str, problems: Problems) -> Ints:
    keys = _keys(np.asarray(palette, np.int64))
    order = np.argsort(keys, kind="stable")
    colors, place = np.unique(_keys(pixels.reshape(-1, 3).astype(np.int64)), return_inverse=True)
    found = order[np.minimum(np.searchsorted(keys, colors, sorter=order), len(keys) - 1)]
    numbers = np.where(keys[found] == colors, found, UNKNOWN)
    strange = colors[numbers == UNKNOWN]
    if len(strange):
        few = ", ".join(f"#{color:06x}" for color in strange[:_MOST_SHOWN].tolist())
        problems.append(Problem(f"has the colour {few}", name, expected="colours of the palette"))
    return np.asarray(numbers[place.reshape(-1)].reshape(pixels.shape[:2]))


def _keys(colors: Ints) -> Ints:
    return (colors[:, 0] << 16) | (colors[:, 1] << 8) | colors[:, 2]
