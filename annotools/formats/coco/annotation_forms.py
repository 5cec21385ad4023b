"""In what form annotations were said: what follows from geometry, and what means the same in another form.

    bbox, area, num_keypoints       as they were, also where they are not what the outline gives
    segmentation, attributes        undecoded, where they would be written otherwise
    annotation keys                 which of the known keys there were, a bit each
    annotation parts                how many boxes, outlines and masks one annotation became
    annotation place                where it stood

All are extras of shapes that are gone as soon as the geometry of their row is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import numpy as np
import orjson
from msgspec import UNSET

from annotools.formats.coco.beside import sparse
from annotools.formats.coco.decoding import KNOWN, Chunk
from annotools.formats.coco.odd_fields import Rle
from annotools.formats.coco.shapes_in import Built
from annotools.model import SKELETON
from annotools.model.extras import Extra
from annotools.model.tables import Ints

BOX = np.dtype([(name, np.float64) for name in ("left", "top", "width", "height")])
ID, KEYS, PARTS, PLACE = "annotation_id", "annotation keys", "annotation parts", "annotation place"
OURS = (ID, KEYS, PARTS, PLACE)


def forms_of(chunk: Chunk, built: Built, attributes: Sequence[bytes]) -> dict[str, Extra]:
    """The forms of the annotations of a chunk.  attributes: undecoded, of each."""
    blobs = np.empty(len(attributes), object)
    blobs[:] = attributes
    parts = np.bincount(built.owner[built.type != SKELETON], minlength=len(chunk.rows))
    columns = {KEYS: _keys(chunk.rows), PARTS: parts, PLACE: chunk.places.astype(np.int64), "attributes": blobs}
    forms = {name: Extra.of(values, derived=True) for name, values in columns.items()}
    return forms | _measures(chunk.rows) | _odd_forms(chunk.rows) | _counts(chunk.rows)


def _measures(rows: Sequence[Any]) -> dict[str, Extra]:
    boxes = [box if box and len(box) == 4 else None for box in map(attrgetter("bbox"), rows)]
    there = np.array([box is not None for box in boxes], np.bool_)
    four = np.array([box or (0.0,) * 4 for box in boxes], np.float64).reshape(-1, 4)
    given = [area if isinstance(area, int | float) else np.nan for area in map(attrgetter("area"), rows)]
    areas = np.array(given, np.float64)
    return {
        "bbox": Extra(four.view(BOX).reshape(-1), there, derived=True),
        "area": Extra(areas, ~np.isnan(areas), derived=True),
    }


def _odd_forms(rows: Sequence[Any]) -> dict[str, Extra]:
    """Segmentations that the same geometry would be written otherwise as."""
    odd = {
        n: orjson.dumps({"size": row.segmentation.size, "counts": row.segmentation.counts})
        if isinstance(row.segmentation, Rle)
        else orjson.dumps(row.segmentation)
        for n, row in enumerate(rows)
        if isinstance(row.segmentation, Rle) or row.segmentation is None or row.segmentation == [[]]
    }
    return {"segmentation": replace(sparse(odd, len(rows)), derived=True)} if odd else {}


def _counts(rows: Sequence[Any]) -> dict[str, Extra]:
    """How many keypoints are labelled, and keypoints that would be written otherwise."""
    if not rows or not hasattr(rows[0], "keypoints"):
        return {}
    points = [row.keypoints for row in rows]
    columns: dict[str, dict[int, Any]] = {
        "num_keypoints": {n: row.num_keypoints for n, row in enumerate(rows) if isinstance(row.num_keypoints, int)},
        "keypoints": {n: orjson.dumps(given) for n, given in enumerate(points) if given and _are_odd(given)},
    }
    return {name: replace(sparse(odd, len(rows)), derived=True) for name, odd in columns.items() if odd}


def _are_odd(points: Sequence[float]) -> bool:
    """Whether a point that is not labelled has a place, or a visibility is none of COCO's."""
    triples = zip(points[::3], points[1::3], points[2::3], strict=False)
    return any(v not in (1, 2) and (v != 0 or x != 0 or y != 0) for x, y, v in triples)


def _keys(rows: Sequence[Any]) -> Ints:
    """Which of the known keys each annotation had, a bit each."""
    bits = np.zeros(len(rows), np.int64)
    for place, name in enumerate(KNOWN):
        if rows and hasattr(rows[0], name):
            there = _attributes_given(rows) if name == "attributes" else _given(rows, name)
            bits |= there << place
    return bits


def _given(rows: Sequence[Any], name: str) -> Ints:
    column = list(map(attrgetter(name), rows))
    count = column.count(UNSET)
    if count in (0, len(rows)):
        return np.full(len(rows), int(not count), np.int64)
    return np.array([value is not UNSET for value in column], np.int64)


def _attributes_given(rows: Sequence[Any]) -> Ints:
    return (np.fromiter(map(len, map(attrgetter("attributes"), rows)), np.int64, len(rows)) > 0).astype(np.int64)
