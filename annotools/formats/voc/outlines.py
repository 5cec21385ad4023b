"""Outlines of objects as Roboflow has them, beside their boxes.

<polygon><x1>1</x1><y1>2</y1><x2>30.5</x2><y2>2</y2><x3>30</x3><y3>40</y3></polygon>
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from annotools.formats.kernel.lines import typed
from annotools.geometry.ragged import from_arrays
from annotools.model import POLYGON as OUTLINE
from annotools.model import RECTANGLE
from annotools.model.columns import Floats, Ints

POLYGON = "polygon"
_LEAST, _MOST = 3, 100_000  # corners


def outline_of(element: Element) -> Floats | None:
    """The corners x0, y0, x1, .. of an object's one outline; None where there is none, or it is not whole."""
    outlines = element.findall(POLYGON)
    corners = len(outlines[0]) // 2 if len(outlines) == 1 else 0
    if not _LEAST <= corners <= _MOST:
        return None
    texts = {child.tag: (child.text or "").strip().encode() for child in outlines[0]}
    names = [f"{axis}{number}" for number in range(1, corners + 1) for axis in "xy"]
    if len(outlines[0]) != len(names) or not all(texts.get(name) for name in names):
        return None
    values, bad = typed([texts[name] for name in names], float)
    return None if bad.any() else values


def with_outlines(boxes: Floats, outlines: Mapping[int, Floats], objects: Ints) -> tuple[Any, Floats, Ints | None]:
    """Types and points of shapes: corners of boxes, or outlines, then with offsets.  outlines: by the objects."""
    numbers = enumerate(objects.tolist()) if outlines else ()
    drawn = {row: outlines[number] for row, number in numbers if number in outlines}
    if not drawn:
        return RECTANGLE, boxes, None
    kinds = np.full(len(boxes), RECTANGLE)
    kinds[[*drawn]] = OUTLINE
    return kinds, *from_arrays([drawn.get(row, box) for row, box in enumerate(boxes)])
