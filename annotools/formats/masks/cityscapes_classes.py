"""The classes of Cityscapes by number, for files that come without a list: KITTI's too.

Source: https://github.com/mcordts/cityscapesScripts, helpers/labels.py (names, numbers and colours)
"""

from __future__ import annotations

from annotools.errors import Problems
from annotools.formats.kernel.classes import Color
from annotools.formats.masks.class_maps import ClassMap, as_map

_CLASSES = (
    ("unlabeled", 0x000000), ("ego vehicle", 0x000000), ("rectification border", 0x000000), ("out of roi", 0x000000),
    ("static", 0x000000), ("dynamic", 0x6F4A00), ("ground", 0x510051), ("road", 0x804080), ("sidewalk", 0xF423E8),
    ("parking", 0xFAAAA0), ("rail track", 0xE6968C), ("building", 0x464646), ("wall", 0x66669C), ("fence", 0xBE9999),
    ("guard rail", 0xB4A5B4), ("bridge", 0x966464), ("tunnel", 0x96785A), ("pole", 0x999999), ("polegroup", 0x999999),
    ("traffic light", 0xFAAA1E), ("traffic sign", 0xDCDC00), ("vegetation", 0x6B8E23), ("terrain", 0x98FB98),
    ("sky", 0x4682B4), ("person", 0xDC143C), ("rider", 0xFF0000), ("car", 0x00008E), ("truck", 0x000046),
    ("bus", 0x003C64), ("caravan", 0x00005A), ("trailer", 0x00006E), ("train", 0x005064), ("motorcycle", 0x0000E6),
    ("bicycle", 0x770B20),
)  # fmt: skip
# Numbers of those that count in training: place is the number there.
TRAINED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)


def cityscapes_map(problems: Problems) -> ClassMap:
    """The classes as if a list said them."""
    colors = [(color >> 16, color >> 8 & 255, color & 255) for _, color in _CLASSES]
    return as_map([Color(name, color) for (name, _), color in zip(_CLASSES, colors, strict=True)], problems)
