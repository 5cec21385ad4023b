"""What the annotations of COCO documents say of themselves, in columns: decoded once for all rules that ask.

    {"id": 7, "bbox": [x, y, w, h], "area": 12.5, "segmentation": [[x0, y0, x1, y1, ...], ...]}

    ids = [7]   boxes = [[x, y, w, h]]   areas = [12.5]   hulls = [[left, top, right, bottom]]   most, least

Some thousands of annotations of that form are decoded at once, their lists from text to columns as the reader has them;
else each is, and of one that is not of that form each key is looked at, so that of an annotation with a broken area its
outline is still known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.formats.coco.number_lists import lists_of_texts, outlines_of_texts
from annotools.formats.kernel.jsonfile import UNDECODABLE, chunks
from annotools.formats.kernel.number_texts import NumberTexts
from annotools.geometry import ragged
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.ragged import Floats, Ints, Ragged

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


class _Plain(msgspec.Struct, gc=False):
    id: Any = None
    bbox: msgspec.Raw = msgspec.Raw()
    area: float | None = None
    segmentation: msgspec.Raw = msgspec.Raw()


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
    numbers, decoder = NumberTexts(), msgspec.json.Decoder(list[_Plain])
    for start, part in chunks(pieces):
        decoded = _at_once(part, decoder, numbers) or _one_by_one([*_decoded(part, start, flat)])
        ids += decoded[0]
        columns.append(decoded[1])
    return Statements(member, pieces, ids, flat, *map(np.concatenate, zip(*columns, strict=True)))


def box_of(piece: msgspec.Raw) -> Any:
    """The box of an annotation as it stands."""
    return msgspec.json.decode(piece, type=_Any).bbox


def _decoded(pieces: Sequence[msgspec.Raw], start: int, flat: list[tuple[int, list[Any]]]) -> Iterator[_Usual]:
    """start: the place of the first.  flat: where segmentations that are one list of numbers are added."""
    decode, decode_any = msgspec.json.Decoder(_Usual).decode, msgspec.json.Decoder(_Any).decode
    nothing, refused = _Usual(), set[bytes]()
    for index, piece in enumerate(pieces, start):
        if bytes(piece) in refused:
            yield nothing
            continue
        try:
            yield decode(piece)
            continue
        except UNDECODABLE:
            pass
        try:
            odd = decode_any(piece)
        except UNDECODABLE:  # the reader has said what is wrong with it
            refused.add(bytes(piece))
            yield nothing
            continue
        if _is_flat(odd.segmentation):
            flat.append((index, odd.segmentation))
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


def _at_once(
    pieces: Sequence[msgspec.Raw], decoder: msgspec.json.Decoder[list[_Plain]], numbers: NumberTexts
) -> tuple[list[Any], tuple[Floats, ...]] | None:
    """Ids and columns of annotations that are all of the usual form; None where one is not."""
    with suppress(*UNDECODABLE):
        annotations = decoder.decode(b"[" + b",".join(pieces) + b"]")
        boxes = lists_of_texts([one.bbox for one in annotations], numbers)
        outlines = outlines_of_texts([one.segmentation for one in annotations], numbers)
        if boxes is not None and outlines is not None:
            columns = _columns(boxes.ragged, [one.area for one in annotations], outlines.parts, outlines.ends)
            return [one.id for one in annotations], columns
    return None


def _one_by_one(annotations: Sequence[_Usual]) -> tuple[list[Any], tuple[Floats, ...]]:
    """The same of annotations that were looked at by themselves."""
    boxes = [one.bbox or [] for one in annotations]
    outlines = [one.segmentation if isinstance(one.segmentation, list) else [] for one in annotations]
    ends = ragged.offsets_of([len(outline) for outline in outlines])
    rings = list(chain.from_iterable(outlines))
    return [one.id for one in annotations], _columns(
        _flat(boxes), [one.area for one in annotations], _flat(rings), ends
    )


def _columns(given: Ragged, stated: Sequence[float | None], rings: Ragged, parts: Ints) -> tuple[Floats, ...]:
    """boxes, areas, hulls, most, least.  given: boxes; stated: areas.  parts: offsets of each outline's rings."""
    boxes = np.full((len(stated), 4), np.nan)
    four = ragged.lengths(given[1]) == 4
    boxes[four] = ragged.take(*given, four)[0].reshape(-1, 4)
    boxes[~(np.abs(boxes) < _LIMIT).all(axis=1)] = np.nan
    return boxes, np.array(stated, np.float64), *_measures(*rings, parts)


def _measures(values: Floats, offsets: Ints, parts: Ints) -> tuple[Floats, Floats, Floats]:
    """hulls, most and least area; NaN where there is no polygon, or one of them is none."""
    sized = (ragged.lengths(offsets) >= 6) & (ragged.lengths(offsets) % 2 == 0)
    sound = ragged.segment_all(sized & ragged.segment_all(np.abs(values) < _LIMIT, offsets), parts)
    rows = np.flatnonzero(sound & (ragged.lengths(parts) > 0))
    measures = np.full((len(parts) - 1, 6), np.nan)
    if len(rows):
        kept = ragged.expand_ranges(parts[:-1][rows], ragged.lengths(parts)[rows])
        if len(kept) < len(offsets) - 1:
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
