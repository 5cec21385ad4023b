"""What the annotations of COCO documents say of themselves, in columns: decoded once for all rules that ask.

    {"id": 7, "bbox": [x, y, w, h], "area": 12.5, "segmentation": [[x0, y0, x1, y1, ...], ...]}

    ids = [7]   boxes = [[x, y, w, h]]   areas = [12.5]   hulls = [[left, top, right, bottom]]   most, least

Annotations of that form are decoded as what they are; any other is looked at key by key, so that of an annotation with
a broken area its outline is still known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.formats.kernel.jsonfile import UNDECODABLE, chunks
from annotools.geometry import ragged
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.ragged import Floats, Ints

_LIMIT = 1e9  # px: what lies beyond is no place in a picture, and its area no number
_LARGEST = 1e300  # px: what a float64 holds together with what it is compared with


class Statements(NamedTuple):
    """The annotations of one document, a row each; NaN for what one does not say.

    flat: (place, numbers) of segmentations that are one list of numbers.  hulls: left, top, right, bottom of polygons.
    most: the area of all polygons; least: that of the largest without all others, which may be holes.
    """

    member: str
    pieces: Sequence[msgspec.Raw]
    ids: list[Any]
    flat: list[tuple[int, list[Any]]]
    boxes: Floats
    areas: Floats
    hulls: Floats
    most: Floats
    least: Floats


class _Runs(msgspec.Struct, gc=False):
    """Run lengths, of which nothing is asked here."""


class _Usual(msgspec.Struct, gc=False):
    id: Any = None
    bbox: list[float] | None = None
    area: float | None = None
    segmentation: list[list[float]] | _Runs | None = None


class _Any(msgspec.Struct, gc=False):
    id: Any = None
    bbox: Any = None
    area: Any = None
    segmentation: Any = None


def statements_of(member: str, pieces: Sequence[msgspec.Raw]) -> Statements:
    """What the annotations of a document say.  pieces: these, undecoded."""
    ids: list[Any] = []
    flat: list[tuple[int, list[Any]]] = []
    columns = [_no_columns()]
    for start, part in chunks(pieces):
        annotations = [*_decoded(part, start, flat)]
        ids += [one.id for one in annotations]
        columns.append(_columns(annotations))
    return Statements(member, pieces, ids, flat, *map(np.concatenate, zip(*columns, strict=True)))


def box_of(piece: msgspec.Raw) -> Any:
    """The box of an annotation as it stands."""
    return msgspec.json.decode(piece, type=_Any).bbox


def _decoded(pieces: Sequence[msgspec.Raw], start: int, flat: list[tuple[int, list[Any]]]) -> Iterator[_Usual]:
    """start: the place of the first.  flat: where segmentations that are one list of numbers are added."""
    decode, decode_any = msgspec.json.Decoder(_Usual).decode, msgspec.json.Decoder(_Any).decode
    for place, piece in enumerate(pieces, start):
        try:
            yield decode(piece)
            continue
        except UNDECODABLE:
            pass
        try:
            odd = decode_any(piece)
        except UNDECODABLE:  # the reader has said what is wrong with it
            yield _Usual()
            continue
        if _is_flat(odd.segmentation):
            flat.append((place, odd.segmentation))
        yield _usual(odd)


def _is_flat(outline: Any) -> bool:
    return isinstance(outline, list) and bool(outline) and all(isinstance(value, int | float) for value in outline)


def _usual(odd: _Any) -> _Usual:
    """As much of an annotation as is of the usual form."""
    rings = odd.segmentation if isinstance(odd.segmentation, list) else []
    area = float(odd.area) if isinstance(odd.area, int | float) and abs(odd.area) < _LARGEST else None
    box = odd.bbox if _are_numbers(odd.bbox) else None
    return _Usual(odd.id, box, area, rings if all(map(_are_numbers, rings)) else None)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, int | float) and abs(v) < _LIMIT for v in value)


def _no_columns() -> tuple[Floats, ...]:
    return np.zeros((0, 4)), np.zeros(0), np.zeros((0, 4)), np.zeros(0), np.zeros(0)


def _columns(annotations: Sequence[_Usual]) -> tuple[Floats, ...]:
    """boxes, areas, hulls, most, least."""
    nothing = [np.nan] * 4
    boxes = np.array([one.bbox if one.bbox and len(one.bbox) == 4 else nothing for one in annotations], np.float64)
    boxes[~(np.abs(boxes) < _LIMIT).all(axis=1)] = np.nan
    areas = np.array([np.nan if one.area is None else one.area for one in annotations], np.float64)
    outlines = [one.segmentation if isinstance(one.segmentation, list) else [] for one in annotations]
    return boxes, areas, *_measures(outlines)


def _measures(outlines: Sequence[list[list[float]]]) -> tuple[Floats, Floats, Floats]:
    """hulls, most and least area; NaN where there is no polygon, or one of them is none."""
    rings = list(chain.from_iterable(outlines))
    values, offsets = _flat(rings)
    sized = (ragged.lengths(offsets) >= 6) & (ragged.lengths(offsets) % 2 == 0)
    parts = ragged.offsets_of([len(outline) for outline in outlines])
    sound = ragged.segment_all(sized & ragged.segment_all(np.abs(values) < _LIMIT, offsets), parts)
    rows = np.flatnonzero(sound & (ragged.lengths(parts) > 0))
    measures = np.full((len(outlines), 6), np.nan)
    if len(rows):
        kept = ragged.expand_ranges(parts[:-1][rows], ragged.lengths(parts)[rows])
        if len(kept) < len(rings):
            values, offsets = ragged.take(values, offsets, kept)
        measures[rows] = _measured(values, offsets, ragged.offsets_of(ragged.lengths(parts)[rows]))
    return measures[:, :4], measures[:, 4], measures[:, 5]


def _flat(rings: Sequence[list[float]]) -> tuple[Floats, Ints]:
    offsets = ragged.offsets_of([len(ring) for ring in rings])
    return np.fromiter(chain.from_iterable(rings), np.float64, int(offsets[-1])), offsets


def _measured(values: Floats, offsets: Ints, parts: Ints) -> Floats:
    """(n, 6) left, top, right, bottom, most, least.  parts: offsets of each outline's rings."""
    points, ends = values.reshape(-1, 2), offsets[parts] // 2
    corners = [ragged.segment_min(points, ends), ragged.segment_max(points, ends)]
    areas = polygon_areas(values, offsets)
    most = ragged.segment_sum(areas, parts)
    least = np.maximum(2 * ragged.segment_max(areas, parts) - most, 0)
    return np.column_stack([*corners, most, least])
