"""One annotation, typed: exactly as COCO says where it can be, field by field where it cannot.

    decode(pieces, first, document, problems) -> [(place, Annotation), ...]

A chunk that is as COCO says is decoded at once.  Otherwise each of its rows is, and of a row that is not what can be
used is: a flat list is one polygon, a whole float is a number of pixels.  What cannot is a problem with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.coco.document import UNDECODABLE, Document, said

Key = int | str | float | None


class Rle(msgspec.Struct, gc=False):
    """Run lengths.  size: height, width."""

    size: list[int]
    counts: str | list[int]


class Annotation(msgspec.Struct, gc=False):
    """What is read of an annotation."""

    image_id: Key = None
    category_id: Key = None
    id: Key = None
    bbox: list[float] | None = None
    segmentation: list[list[float]] | Rle | None = None
    keypoints: list[float] | None = None
    attributes: msgspec.Raw = msgspec.Raw()
    score: float | None = None
    iscrowd: int | bool | None = None
    unrotated_bbox: list[float] | None = None


_MANY = msgspec.json.Decoder(list[Annotation])
_ONE = msgspec.json.Decoder(Annotation)


def decode(
    pieces: Sequence[msgspec.Raw], first: int, document: Document, problems: Problems
) -> tuple[list[Annotation], Sequence[int]]:
    """Annotations and their places in the document."""
    try:
        rows = _MANY.decode(b"[" + b",".join(pieces) + b"]")
    except UNDECODABLE:
        return _one_by_one(pieces, first, document, problems)
    for row in rows:
        if row.unrotated_bbox is not None:
            row.bbox, row.segmentation = row.unrotated_bbox, None
    return rows, range(first, first + len(rows))


def _one_by_one(
    pieces: Sequence[msgspec.Raw], first: int, document: Document, problems: Problems
) -> tuple[list[Annotation], list[int]]:
    rows, places = [], []
    for place, piece in enumerate(pieces, first):
        try:
            row: Annotation | None = _ONE.decode(piece)
        except UNDECODABLE:
            row = _lenient(piece, f"{document.where}/{place}", document.member, problems)
        if row is not None:
            rows.append(row)
            places.append(place)
    return rows, places


def _lenient(piece: msgspec.Raw, pointer: str, member: str, problems: Problems) -> Annotation | None:
    try:
        item = msgspec.json.decode(piece)
    except UNDECODABLE as error:
        problems.append(Problem(f"cannot be read: {said(error)}", member, pointer=pointer))
        return None
    if not isinstance(item, dict):
        problems.append(Problem("is no object", member, pointer=pointer, expected="an annotation"))
        return None
    faults: list[tuple[str, str]] = []
    row = Annotation(
        image_id=_key(item, "image_id", faults), category_id=_key(item, "category_id", faults),
        id=_key(item, "id", []), bbox=_numbers(item, "bbox", faults),
        segmentation=_segmentation(item.get("segmentation"), faults), keypoints=_numbers(item, "keypoints", faults),
        attributes=_attributes(item.get("attributes"), faults), score=_number(item, "score", faults),
    )  # fmt: skip
    for key, expected in faults:
        problems.append(
            Problem(f"{key.split('/')[0]} cannot be used", member, pointer=f"{pointer}/{key}", expected=expected)
        )
    return None if any(not key.startswith("attributes") for key, _ in faults) else row


Faults = list[tuple[str, str]]


def _key(item: dict[str, Any], key: str, faults: Faults) -> Key:
    value = item.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | str)):
        faults.append((key, "a number or text"))
        return None
    return value


def _number(item: dict[str, Any], key: str, faults: Faults) -> float | None:
    value = item.get(key)
    if value is None or _is_number(value):
        return value
    faults.append((key, "a number"))
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and isfinite(value)


def _numbers(item: dict[str, Any], key: str, faults: Faults) -> list[float] | None:
    value = item.get(key)
    if value is None or (isinstance(value, list) and all(map(_is_number, value))):
        return value
    faults.append((key, "a list of numbers"))
    return None


def _segmentation(value: Any, faults: Faults) -> list[list[float]] | Rle | None:
    if value is None or value in ("", {}):
        return None
    if isinstance(value, dict):
        return _rle(value, faults)
    if isinstance(value, list) and value and all(map(_is_number, value)):
        return [value]
    if isinstance(value, list) and all(isinstance(part, list) for part in value):
        bad = [place for place, part in enumerate(value) if not all(map(_is_number, part))]
        faults.extend((f"segmentation/{place}", "a list of numbers") for place in bad)
        return value
    faults.append(("segmentation", "polygons or run lengths"))
    return None


def _rle(value: dict[str, Any], faults: Faults) -> Rle | None:
    size, counts = value.get("size"), value.get("counts")
    if not (isinstance(size, list) and len(size) == 2 and all(map(_is_whole, size))):
        faults.append(("segmentation/size", "height and width"))
    elif isinstance(counts, str):
        return Rle([int(n) for n in size], counts)
    elif isinstance(counts, list) and all(map(_is_whole, counts)):
        return Rle([int(n) for n in size], [int(n) for n in counts])
    else:
        faults.append(("segmentation/counts", "text or a list of whole numbers"))
    return None


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value) and abs(value) < 1 << 62


def _attributes(value: Any, faults: Faults) -> msgspec.Raw:
    if value is not None and not isinstance(value, dict):
        faults.append(("attributes", "an object"))
        return msgspec.Raw()
    return msgspec.Raw(msgspec.json.encode(value or {}))
