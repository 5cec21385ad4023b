"""Outlines of objects: as Roboflow has them beside their boxes, or the corners of boxes that are turned.

<polygon><x1>1</x1><y1>2</y1><x2>30.5</x2><y2>2</y2><x3>30</x3><y3>40</y3></polygon>
<robndbox><x_left_top>1</x_left_top><y_left_top>2</y_left_top> .. right_top, right_bottom, left_bottom      DIOR-R
<bndbox><x0>1</x0><y0>2</y0> .. <x3>1</x3><y3>40</y3></bndbox>                            DOTA as VOC; from 1 on too
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from annotools.formats.kernel.lines import typed
from annotools.geometry.boxes import rectangles_of, xyxy_to_cxcywh
from annotools.geometry.ragged import from_arrays
from annotools.model import POLYGON as OUTLINE
from annotools.model import RECTANGLE
from annotools.model.columns import Floats, Ints

POLYGON, TURNED, UPRIGHT = "polygon", "robndbox", "bndbox"
BOX = ("xmin", "ymin", "xmax", "ymax")
_LEAST, _MOST = 3, 100_000  # corners
_FOUR = 4
_ENDS = ("_left_top", "_right_top", "_right_bottom", "_left_bottom")


def outline_of(element: Element) -> Floats | None:
    """The corners x0, y0, x1, .. of an object's one outline; None where there is none, or it is not whole."""
    outlines = [some[0] for some in map(element.findall, (POLYGON, TURNED, UPRIGHT)) if len(some) == 1]
    return next((corners for each in outlines if (corners := corners_of(each)) is not None), None)


def turned_boxes(elements: Sequence[Element]) -> Iterator[tuple[int, tuple[float, ...]]]:
    """The places of objects whose box is one of four corners that are a rectangle's, with what `ROTATED` is of it."""
    tags = (UPRIGHT if each.find(TURNED) is None else TURNED for each in elements)
    boxes = {n: each.find(tag) for n, (each, tag) in enumerate(zip(elements, tags, strict=True))}
    corners = {n: corners_of(box) for n, box in boxes.items() if box is not None and len(box) >= 2 * _FOUR}
    four = {n: each for n, each in corners.items() if each is not None and len(each) == 2 * _FOUR}
    if four:
        rectangles, rotation, fine = rectangles_of(np.stack([*four.values()]).reshape(-1, _FOUR, 2))
        numbers = np.column_stack([xyxy_to_cxcywh(rectangles), np.radians(rotation)]).tolist()
        yield from ((n, tuple(each)) for n, each, good in zip(four, numbers, fine.tolist(), strict=True) if good)


def corners_of(outline: Element) -> Floats | None:
    """The corners that an element says, beside which only a box may be said; None where it does not say them whole."""
    children = [child for child in outline if child.tag not in BOX or outline.tag == POLYGON]
    corners = len(children) // 2
    if not _LEAST <= corners <= _MOST or len(children) % 2:
        return None
    texts = {child.tag: (child.text or "").strip().encode() for child in children}
    first = 0 if "x0" in texts else 1
    ends = _ENDS if f"x{_ENDS[0]}" in texts else range(first, first + corners)
    names = [f"{axis}{end}" for end in ends for axis in "xy"]
    if len(children) != len(names) or not all(texts.get(name) for name in names):
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
