"""Colours of labels: #ff8000 <-> (255, 128, 0), and those that Pascal VOC gives to numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from annotools.model.columns import Ints

Color = tuple[int, ...]

BLACK: Color = (0, 0, 0)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def rgb(color: str) -> tuple[int, int, int] | None:
    """`#ff8000` -> (255, 128, 0); None for what is not a colour."""
    if not _HEX.fullmatch(color):
        return None
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def hex_color(color: Iterable[int]) -> str:
    """(255, 128, 0) -> `#ff8000`"""
    return "#" + "".join(f"{part:02x}" for part in color)


def voc_palette(count: int = 256) -> Ints:
    """The colours that Pascal VOC gives to numbers: (count, 3), black first.

    The bits of a number are dealt to red, green and blue in turn, the highest bit of a colour first.
    Source: VOC2012 development kit, VOClabelcolormap.m
    """
    numbers = np.arange(count)
    palette = np.zeros((count, 3), np.int64)
    for bit in range(8):
        for channel in range(3):
            palette[:, channel] |= (numbers >> (3 * bit + channel) & 1) << (7 - bit)
    return palette


def distinct(colors: Sequence[Color | None]) -> list[Color]:
    """A colour for each: its own, or VOC's next that is nobody's where it has none, or one that is taken or black."""
    own = {color for color in colors if color is not None}
    palette = map(tuple, voc_palette(len(colors) + len(own) + 1).tolist())
    spare = (color for color in palette if color != BLACK and color not in own)
    result: dict[Color, None] = {}
    for color in colors:
        taken = color is None or color == BLACK or color in result
        result[next(spare) if color is None or taken else color] = None
    return list(result)
