"""Annotations, typed: exactly as COCO says where they can be, field by field where they cannot.

    for chunk in chunks_of(document, Annotation, problems): chunk.rows[n], chunk.places[n], chunk.unknown["ignore"]

Some thousands that are as COCO says are decoded at once.  Otherwise each of them is, and of one that is not what can
be used is: a flat list is one polygon, a whole float is a number of pixels, a text is the number it says, keypoints
may be lists of three.  What cannot be used is a problem with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from annotools.errors import Problem, Problems
from annotools.formats.coco.document import Document
from annotools.formats.kernel.jsonfile import UNDECODABLE, chunks, said
from annotools.model.tables import Ints

Key = int | str | float | None


class Rle(msgspec.Struct, gc=False):
    """Run lengths.  size: height, width."""

    size: list[int]
    counts: str | list[int]


class Annotation(msgspec.Struct, gc=False):
    """What is read of an annotation."""

    image_id: Key | UnsetType = UNSET
    category_id: Key | UnsetType = UNSET
    id: Key | UnsetType = UNSET
    bbox: list[float] | UnsetType | None = UNSET
    segmentation: list[list[float]] | Rle | UnsetType | None = UNSET
    attributes: msgspec.Raw = msgspec.Raw()
    score: float | UnsetType | None = UNSET
    area: float | UnsetType | None = UNSET
    iscrowd: int | bool | UnsetType | None = UNSET
    rectangle: list[float] | UnsetType | None = UNSET


class Person(Annotation, gc=False):
    """An annotation of which keypoints are read."""

    keypoints: list[float] | UnsetType | None = UNSET
    num_keypoints: int | UnsetType | None = UNSET


# The keys of annotations that have places of their own; a row keeps in mind which of them it had.
KNOWN = (
    "image_id", "category_id", "id", "bbox", "segmentation", "attributes", "score", "area", "iscrowd",
    "rectangle", "keypoints", "num_keypoints",
)  # fmt: skip


class _Points(msgspec.Struct, gc=False):
    category_id: Any = None
    keypoints: Any = None


_POINTS = msgspec.json.Decoder(_Points)


def point_counts(document: Document) -> dict[Any, int]:
    """How many keypoints the annotations of each category have at most."""
    counts: dict[Any, int] = {}
    for piece in document.annotations:
        with suppress(*UNDECODABLE):
            row = _POINTS.decode(piece)
            points = row.keypoints if isinstance(row.keypoints, list) else []
            if points and isinstance(row.category_id, int | float | str):
                nested = isinstance(points[0], list)
                number = len(points) if nested else len(points) // 3
                counts[row.category_id] = max(counts.get(row.category_id, 0), number)
    return counts


@dataclass(slots=True)
class Chunk:
    """Some annotations of a document.

    places: in its list.  unknown: what other keys say, key -> place in `rows` -> undecoded value.  repairs: what was
    taken for what it was not, a word for each annotation.
    """

    document: Document
    rows: Sequence[Any]
    places: Ints
    unknown: dict[str, dict[int, msgspec.Raw]] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)

    def only(self, kept: Ints) -> Chunk:
        """Some of them."""
        new = {place: n for n, place in enumerate(kept.tolist())}
        unknown = {
            key: {new[place]: value for place, value in values.items() if place in new}
            for key, values in self.unknown.items()
        }
        return Chunk(self.document, [self.rows[n] for n in kept.tolist()], self.places[kept], unknown, self.repairs)


def chunks_of(document: Document, kind: type[Annotation], problems: Problems) -> Iterator[Chunk]:
    """The annotations of a document, some at a time.  kind: what is known of each."""
    exact = msgspec.json.Decoder(list[kind], strict=True)  # type: ignore[valid-type]  # a type that is a value
    for first, pieces in chunks(document.annotations):
        places = np.arange(first, first + len(pieces))
        try:
            rows = exact.decode(b"[" + b",".join(pieces) + b"]")
        except UNDECODABLE:
            yield _one_by_one(pieces, Chunk(document, [], places), kind, problems)
            continue
        yield Chunk(document, rows, places, _unknown(pieces, kind))


def _unknown(pieces: Sequence[msgspec.Raw], kind: type[Annotation]) -> dict[str, dict[int, msgspec.Raw]]:
    """The keys that are not known, where there are any."""
    try:
        _strict(kind).decode(b"[" + b",".join(pieces) + b"]")
    except UNDECODABLE:
        pass
    else:
        return {}
    known = frozenset(kind.__struct_fields__)
    unknown: dict[str, dict[int, msgspec.Raw]] = {}
    for place, item in enumerate(_ITEMS.decode(b"[" + b",".join(pieces) + b"]")):
        for key in item.keys() - known:
            unknown.setdefault(key, {})[place] = item[key]
    return unknown


_ITEMS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_STRICT: dict[type[Annotation], msgspec.json.Decoder[Any]] = {}


def _strict(kind: type[Annotation]) -> msgspec.json.Decoder[Any]:
    """A decoder that fails for a key that is not known, and holds nothing of what it reads."""
    if kind not in _STRICT:
        fields = [(name, msgspec.Raw, msgspec.Raw()) for name in kind.__struct_fields__]
        bare = msgspec.defstruct(kind.__name__, fields, forbid_unknown_fields=True, gc=False)
        _STRICT[kind] = msgspec.json.Decoder(list[bare])  # type: ignore[valid-type]  # made here
    return _STRICT[kind]


def _one_by_one(
    pieces: Sequence[msgspec.Raw], chunk: Chunk, kind: type[Annotation], problems: Problems
) -> Chunk:  # fmt: skip
    rows: list[Annotation] = []
    places: list[int] = []
    exact = msgspec.json.Decoder(kind)
    for place, piece in zip(chunk.places.tolist(), pieces, strict=True):
        try:
            row: Annotation | None = exact.decode(piece)
        except UNDECODABLE:
            row = _lenient(piece, At(chunk, place, problems), kind)
        if row is not None:
            for key, value in _beside(piece, kind):
                chunk.unknown.setdefault(key, {})[len(rows)] = value
            rows.append(row)
            places.append(place)
    return Chunk(chunk.document, rows, np.array(places, np.int64), chunk.unknown, chunk.repairs)


def _beside(piece: msgspec.Raw, kind: type[Annotation]) -> Iterator[tuple[str, msgspec.Raw]]:
    item = msgspec.json.decode(piece, type=dict[str, msgspec.Raw])
    return ((key, value) for key, value in item.items() if key not in kind.__struct_fields__)


@dataclass(slots=True)
class At:
    """One annotation whose fields are looked at: what is wrong with them is said of it."""

    chunk: Chunk
    place: int
    problems: Problems
    faults: list[str] = field(default_factory=list)

    def refuse(self, key: str, expected: str) -> None:
        """A field cannot be used."""
        self.faults.append(key)
        self._say(f"{key.split('/')[0]} cannot be used", f"/{key}", expected)

    def _say(self, message: str, below: str, expected: str) -> None:
        document = self.chunk.document
        pointer = f"{document.where}/{self.place}{below}"
        self.problems.append(Problem(message, document.member, pointer=pointer, expected=expected))

    def cannot_be_read(self, message: str, expected: str = "") -> None:
        """There is nothing to look at."""
        self._say(message, "", expected)

    def repaired(self, what: str) -> None:
        """A field was taken for what it means."""
        self.chunk.repairs.append(what)


def _lenient(piece: msgspec.Raw, at: At, kind: type[Annotation]) -> Annotation | None:
    try:
        item = msgspec.json.decode(piece)
    except UNDECODABLE as error:
        at.cannot_be_read(f"cannot be read: {said(error)}")
        return None
    if not isinstance(item, dict):
        at.cannot_be_read("is no object", "an annotation")
        return None
    given = {key: _FIELDS[key](value, key, at) for key, value in item.items() if key in kind.__struct_fields__}
    row = kind(**given)
    return None if any(not key.startswith("attributes") for key in at.faults) else row


def _key(value: Any, key: str, at: At) -> Key:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | str)):
        at.refuse(key, "a number or text")
        return None
    return value


def _any_key(value: Any, key: str, at: At) -> Key:
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _number(value: Any, key: str, at: At) -> float | None:
    if isinstance(value, str) and _of_text(value) is not None:
        at.repaired("number in quotes")
        return _of_text(value)
    if value is None or _is_number(value):
        return value  # type: ignore[no-any-return]  # it was looked at
    at.refuse(key, "a number")
    return None


def _of_text(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _flag(value: Any, key: str, at: At) -> int | None:
    number = _number(value, key, at) if not isinstance(value, bool) else int(value)
    return None if number is None else int(number)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and isfinite(value)


def _numbers(value: Any, key: str, at: At) -> list[float] | None:
    if value is None or (isinstance(value, list) and all(map(_is_number, value))):
        return value
    if isinstance(value, list) and all(isinstance(n, str) and _of_text(n) is not None for n in value):
        at.repaired("number in quotes")
        return [float(n) for n in value]
    at.refuse(key, "a list of numbers")
    return None


def _keypoints(value: Any, key: str, at: At) -> list[float] | None:
    """Also lists of three."""
    if isinstance(value, list) and value and all(isinstance(point, list) for point in value):
        at.repaired("list of keypoints as lists")
        value = list(chain.from_iterable(value))
    return _numbers(value, key, at)


def _segmentation(value: Any, key: str, at: At) -> list[list[float]] | Rle | None:
    if value is None or value in ("", {}):
        return None
    if isinstance(value, dict):
        return _rle(value, at)
    if isinstance(value, list) and value and all(map(_is_number, value)):
        return [value]
    if isinstance(value, list) and all(isinstance(part, list) for part in value):
        for place, part in enumerate(value):
            if not all(map(_is_number, part)):
                at.refuse(f"segmentation/{place}", "a list of numbers")
        return value
    at.refuse(key, "polygons or run lengths")
    return None


def _rle(value: dict[str, Any], at: At) -> Rle | None:
    size, counts = value.get("size"), value.get("counts")
    if not (isinstance(size, list) and len(size) == 2 and all(map(_is_whole, size))):
        at.refuse("segmentation/size", "height and width")
    elif isinstance(counts, str):
        return Rle([int(n) for n in size], counts)
    elif isinstance(counts, list) and all(map(_is_whole, counts)):
        return Rle([int(n) for n in size], [int(n) for n in counts])
    else:
        at.refuse("segmentation/counts", "text or a list of whole numbers")
    return None


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value) and abs(value) < 1 << 62


def _attributes(value: Any, key: str, at: At) -> msgspec.Raw:
    if value is not None and not isinstance(value, dict):
        at.refuse(key, "an object")
        return msgspec.Raw()
    return msgspec.Raw(msgspec.json.encode(value or {}))


_FIELDS: Mapping[str, Callable[[Any, str, At], Any]] = {
    "image_id": _key, "category_id": _key, "id": _any_key, "bbox": _numbers, "segmentation": _segmentation,
    "attributes": _attributes, "score": _number, "area": _number, "iscrowd": _flag, "rectangle": _numbers,
    "keypoints": _keypoints, "num_keypoints": _flag,
}  # fmt: skip
