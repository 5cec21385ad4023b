"""Masks <-> pictures of class or instance numbers.

    masks  [.11., ....]  [..1., ..1.]      values 3 5       paint     [.35., ..5.]     later ones cover earlier ones
                                                            unpaint   3: [.1.., ....]  5: [..1., ..1.]

A picture has a palette (one byte a pixel) or is RGB; both are read, whatever is written.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Literal, NamedTuple

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.mask_pngs import Look, mask_pngs
from annotools.formats.kernel.members import picture_size
from annotools.geometry.painting import MOST_PIXELS, masks_of, paint
from annotools.geometry.ragged import Ragged
from annotools.model import Dataset
from annotools.model.columns import Array, Ints, distinct
from annotools.scale import Late
from annotools.storage import Source

__all__ = [
    "MOST_PIXELS",
    "Pixels",
    "colors_of",
    "late_numbers_png",
    "late_png",
    "masks_of",
    "paint",
    "painting_order",
    "pixels_of",
    "png",
    "read_pixels",
    "size_fault",
    "unpaint",
]

Mode = Literal["P", "RGB"]
Bits = Literal[8, 16]
UNKNOWN = -1
_RUNS = 3  # of zlib's strategies Z_RLE: pictures of numbers are runs, so it looks for nothing else, in half the time
# What Pillow raises at bytes that are none of a picture's, or cut short.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error,
)  # fmt: skip
_MOST_SHOWN = 5


def painting_order(dataset: Dataset, rows: Ints) -> Ints:
    """Rows of shapes from the lowest to the highest; of one height as they come."""
    return rows[np.argsort(dataset.shapes.z_order[rows], kind="stable")]


def png(numbers: Ints, palette: Array, mode: Mode = "P") -> bytes:
    """A picture of numbers as PNG.  palette: (n, 3) red, green, blue of each number; P holds 256."""
    from PIL import Image  # 100 ms, and few writers paint

    colors, stream = np.asarray(palette, np.uint8), io.BytesIO()
    if mode == "RGB":
        picture = Image.fromarray(colors[numbers])
    else:
        picture = Image.fromarray(numbers.astype(np.uint8))
        picture.putpalette(colors.tobytes())
    picture.save(stream, "PNG", compress_type=_RUNS)
    return stream.getvalue()


def late_png(masks: Ragged, numbers: Array, size: tuple[int, int], palette: Array, mode: Mode = "P") -> Late:
    """`png` of what `paint` paints, when its bytes are asked for."""
    return Late(_painted_png, (masks, numbers, size, palette, mode))


def _painted_png(masks: Ragged, numbers: Array, size: tuple[int, int], palette: Array, mode: Mode) -> bytes:
    if mode == "RGB" and np.any(palette[0]):
        return png(paint(masks, numbers, size), palette, mode)  # the rest is not black, and no picture of runs
    return _of_runs(masks, Look.colored(numbers, palette) if mode == "RGB" else Look.indexed(numbers, palette), size)


def late_numbers_png(masks: Ragged, numbers: Array, size: tuple[int, int], bits: Bits = 8) -> Late:
    """A grey picture of what `paint` paints, of 8 or 16 bits a pixel, when its bytes are asked for."""
    return Late(_painted_numbers_png, (masks, numbers, size, bits))


def _painted_numbers_png(masks: Ragged, numbers: Array, size: tuple[int, int], bits: Bits) -> bytes:
    return _of_runs(masks, Look.grey(numbers, bits), size)


def _of_runs(masks: Ragged, look: Look, size: tuple[int, int]) -> bytes:
    """A PNG of masks: of 640 x 480 pixels in a colour each it takes a twentieth of the time of painting them."""
    ((data,),) = mask_pngs(masks, np.zeros(len(look.pixels), np.int64), np.array([size]), look)
    return data


class Pixels(NamedTuple):
    """What a picture says at each pixel.

    values: (h, w) whole numbers, grey values, places in the palette, or colours as 0xrrggbb.  palette: (n, 3) of such
    places.  colored: whether values are colours.
    """

    values: Array
    palette: Ints | None = None
    colored: bool = False

    @property
    def numbers(self) -> Ints:
        """Values to reckon with: in the 8 bits of some pictures the base of instances does not even fit."""
        return self.values.astype(np.int64)


def size_fault(data: bytes) -> str:
    """What is wrong with a picture that says that it has more pixels than are decoded; empty if it does not.

    Raises ValueError for what is not a picture.
    """
    width, height = picture_size(io.BytesIO(data))
    return f"is of {width:,} x {height:,} pixels" if width * height > MOST_PIXELS else ""


def pixels_of(data: bytes, name: str, problems: Problems) -> Pixels | None:
    """The pixels of a picture, as small as they are stored; None, and a problem, for what is none."""
    from PIL import Image

    try:
        large = size_fault(data)
        if large:
            problems.append(Problem(large, name, expected=f"at most {MOST_PIXELS:,}"))
            return None
        with Image.open(io.BytesIO(data)) as picture:
            if picture.mode in ("1", "L", "I", "I;16", "I;16B"):
                return Pixels(np.asarray(picture) + np.uint8(0))
            palette = picture.getpalette("RGB") if picture.mode == "P" else None
            pixels = np.asarray(picture if palette is not None else picture.convert("RGB"))
    except _DAMAGE:
        problems.append(Problem("is not a picture", name, expected="a whole PNG"))
        return None
    if palette is not None:
        return Pixels(pixels, np.resize(np.array(palette, np.int64), (256, 3)))
    packed = pixels[..., 0].astype(np.int32)
    for channel in (1, 2):
        packed <<= 8
        packed |= pixels[..., channel]
    return Pixels(packed, colored=True)


def read_pixels(source: Source, member: str, problems: Problems) -> Pixels | None:
    """The pixels of a member; None where there is none, and a problem where it cannot be read."""
    if not member:
        return None
    try:
        return pixels_of(source.read(member), member, problems)
    except InputError as error:
        problems.extend(error.problems)
        return None


def colors_of(values: Ints, pixels: Pixels) -> Ints:
    """The colour of each value, 0xrrggbb."""
    if pixels.colored:
        return values
    if pixels.palette is None:
        return np.clip(values, 0, 255) * 0x010101
    return np.asarray(pixels.palette[values] @ np.array([1 << 16, 1 << 8, 1]), np.int64)


def unpaint(data: bytes, palette: Array, name: str, problems: Problems) -> Ints | None:
    """The number at each pixel of a picture, (h, w) int64; UNKNOWN for a colour that the palette has not.

    A grey picture says numbers, one with a palette of its own says colours.  None, and a problem, for what is none.
    """
    pixels = pixels_of(data, name, problems)
    if pixels is None or (pixels.palette is None and not pixels.colored):
        return None if pixels is None else pixels.values.astype(np.int64)
    if pixels.palette is not None:  # 256 places: counted in a fifth of the time in which pixels are sorted
        places = np.flatnonzero(np.bincount(pixels.values.reshape(-1), minlength=len(pixels.palette)))
        numbers = np.zeros(len(pixels.palette), np.int64)
        numbers[places] = _numbers(_keys(pixels.palette[places]), palette, name, problems)
        return np.asarray(numbers[pixels.values], np.int64)
    colors, used = np.unique(pixels.values, return_inverse=True)
    colors = colors.astype(np.int64)
    return np.asarray(_numbers(colors, palette, name, problems)[used.reshape(pixels.values.shape)], np.int64)


def _numbers(colors: Ints, palette: Array, name: str, problems: Problems) -> Ints:
    """The number of each colour, 0xrrggbb, which may be there several times."""
    keys = _keys(np.asarray(palette, np.int64))
    order = np.argsort(keys, kind="stable")
    rows = order[np.minimum(np.searchsorted(keys, colors, sorter=order), len(keys) - 1)]
    numbers = np.where(keys[rows] == colors, rows, UNKNOWN)
    strange = distinct(colors[numbers == UNKNOWN])
    if len(strange):
        problems.append(strange_colors(strange, name))
    return np.asarray(numbers)


def strange_colors(colors: Ints, name: str) -> Problem:
    """What is wrong with a picture that has colours, 0xrrggbb, of no class."""
    few = ", ".join(f"#{color:06x}" for color in colors[:_MOST_SHOWN].tolist())
    more = f" and {len(colors) - _MOST_SHOWN} more" if len(colors) > _MOST_SHOWN else ""
    return Problem(f"has the colour {few}{more}", name, expected="colours of the palette")


def _keys(colors: Ints) -> Ints:
    return (colors[:, 0] << 16) | (colors[:, 1] << 8) | colors[:, 2]
