"""Outlines as people drew them for Cityscapes: gtFine/train/aachen/aachen_0_gtFine_polygons.json.

    {"imgHeight": 1024, "imgWidth": 2048,
     "objects": [{"label": "road", "polygon": [[0, 769], [290, 574], [528, 524]], "deleted": 0}]}

What comes later lies above what comes before.  Objects that are marked as deleted are not there.
Source: https://github.com/mcordts/cityscapesScripts, helpers/annotation.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel import jsonfile
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.geometry.ragged import from_arrays
from annotools.model import POLYGON
from annotools.model.columns import Floats
from annotools.storage import Source

_LEAST = 3  # corners
_HUGE = 1 << 53


def add_outlines(rows: Rows, source: Source, frames: Sequence[tuple[int, str]], problems: Problems) -> None:
    """Rows of outlines, and the sizes of their pictures.  frames: frame and file of each picture."""
    for frame, member in frames:
        value = jsonfile.read(source, member, problems)
        if value is None or frame < 0:
            continue
        if not isinstance(value, dict):
            problems.append(Problem("is no object", member, expected="an object with imgWidth, imgHeight and objects"))
            continue
        width, height = (_side(value.get(key)) for key in ("imgWidth", "imgHeight"))
        rows.learn_sizes(*(np.array([number], np.int64) for number in (frame, width, height)))
        _add(rows, frame, member, list(_objects(value.get("objects"), member, problems)))


def _add(rows: Rows, frame: int, member: str, outlines: Sequence[tuple[int, str, Floats]]) -> None:
    at = At([member], which=np.zeros(len(outlines), np.int64))
    label = rows.labels([name for _, name, _ in outlines], at=at)
    points, order = from_arrays([corners for *_, corners in outlines], np.float64), [height for height, *_ in outlines]
    rows.shapes(POLYGON, np.full(len(outlines), frame), label, *points, at=at, z_order=np.array(order, np.int64))


def _objects(items: Any, member: str, problems: Problems) -> Iterator[tuple[int, str, Floats]]:
    """Place, label and corners of each object; one that is none is a problem."""
    if not isinstance(items, list):
        problems.append(Problem("has no list of objects", member, pointer="/objects", expected="a list"))
        return
    for index, item in enumerate(items):
        known = item if isinstance(item, dict) else {}
        if known.get("deleted") in (1, True):
            continue
        name, corners = known.get("label"), _corners(known.get("polygon"))
        if isinstance(name, str) and name and corners is not None:
            yield index, name, corners
        else:
            message = "has no outline" if isinstance(name, str) and name else "has no label"
            expected = "a label, and a polygon of three corners or more, x and y each"
            problems.append(Problem(message, member, pointer=f"/objects/{index}", expected=expected))


def _corners(value: Any) -> Floats | None:
    pairs = value if isinstance(value, list) and len(value) >= _LEAST else [None]
    if not all(isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair)) for pair in pairs):
        return None
    return np.array(pairs, np.float64).reshape(-1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE  # and no NaN


def _side(value: Any) -> int:
    return int(value) if _is_number(value) and value > 0 else 0
