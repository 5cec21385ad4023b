"""Annotations, typed: exactly as COCO says where they can be, field by field where they cannot.

    for chunk in chunks_of(document, Annotation, problems): chunk.rows[n], chunk.places[n], chunk.unknown["ignore"]

Some thousands that are as COCO says are decoded at once.  Otherwise each of them is, and of one that is not what can
be used is: a flat list is one polygon, and so is a list of points, a whole float is a number of pixels, a text is the
number it says, keypoints may be lists of three.  What cannot be used is a problem with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from annotools.errors import Problems
from annotools.formats.coco.annotation_list import PIECES, TextList
from annotools.formats.coco.document import Document
from annotools.formats.coco.number_lists import (
    NumberLists,
    Outlines,
    lists_of_texts,
    lists_of_values,
    outlines_of_texts,
    outlines_of_values,
)  # fmt: skip
from annotools.formats.coco.odd_fields import LIST_OF_POINTS, Key, Rle
from annotools.formats.coco.single import Single
from annotools.formats.kernel.jsonfile import UNDECODABLE, chunks
from annotools.formats.kernel.number_texts import NumberTexts
from annotools.formats.kernel.text_pages import place_in
from annotools.model.tables import Bools, Ints


class Annotation(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What is read of an annotation, lists still undecoded; one with keys that are not known is decoded as `loose`."""

    image_id: Key | UnsetType = UNSET
    category_id: Key | UnsetType = UNSET
    id: Key | UnsetType = UNSET
    bbox: msgspec.Raw = msgspec.Raw()
    segmentation: msgspec.Raw = msgspec.Raw()
    attributes: msgspec.Raw = msgspec.Raw()
    score: float | UnsetType | None = UNSET
    area: float | UnsetType | None = UNSET
    iscrowd: int | bool | UnsetType | None = UNSET
    rectangle: msgspec.Raw = msgspec.Raw()


class Person(Annotation, gc=False, forbid_unknown_fields=True):
    """An annotation of which keypoints are read."""

    keypoints: msgspec.Raw = msgspec.Raw()
    num_keypoints: int | UnsetType | None = UNSET


class LooseAnnotation(Annotation, gc=False, forbid_unknown_fields=False):
    """The same, of which other keys are passed over."""


class LoosePerson(Person, gc=False, forbid_unknown_fields=False):
    """The same, of which other keys are passed over."""


class DecodedAnnotation(Annotation, gc=False, forbid_unknown_fields=False):
    """The same with decoded lists: of one that is looked at by itself."""

    bbox: list[float] | UnsetType | None = UNSET  # type: ignore[assignment]  # what it is once decoded
    segmentation: list[list[float]] | Rle | UnsetType | None = UNSET  # type: ignore[assignment]
    rectangle: list[float] | UnsetType | None = UNSET  # type: ignore[assignment]


class DecodedPerson(DecodedAnnotation, gc=False, forbid_unknown_fields=False):
    """The same of an annotation of which keypoints are read."""

    keypoints: list[float] | UnsetType | None = UNSET
    num_keypoints: int | UnsetType | None = UNSET


_LOOSE: dict[type[Annotation], type[Annotation]] = {Annotation: LooseAnnotation, Person: LoosePerson}
_DECODED: dict[type[Annotation], type[Annotation]] = {Annotation: DecodedAnnotation, Person: DecodedPerson}

# The keys of annotations that have places of their own; a row keeps in mind which of them it had.  Each names its
# field, as the interpreter then knows its place: a third of the time of `attrgetter`.
_COLUMNS: dict[str, Callable[[Sequence[Any]], list[Any]]] = {
    "image_id": lambda rows: [row.image_id for row in rows],
    "category_id": lambda rows: [row.category_id for row in rows],
    "id": lambda rows: [row.id for row in rows],
    "bbox": lambda rows: [row.bbox for row in rows],
    "segmentation": lambda rows: [row.segmentation for row in rows],
    "attributes": lambda rows: [row.attributes for row in rows],
    "score": lambda rows: [row.score for row in rows],
    "area": lambda rows: [row.area for row in rows],
    "iscrowd": lambda rows: [row.iscrowd for row in rows],
    "rectangle": lambda rows: [row.rectangle for row in rows],
    "keypoints": lambda rows: [row.keypoints for row in rows],
    "num_keypoints": lambda rows: [row.num_keypoints for row in rows],
}
KNOWN = tuple(_COLUMNS)
LISTS = ("bbox", "segmentation", "rectangle", "keypoints")


class Lists(msgspec.Struct):
    """The lists of annotations as columns.  points: of keypoints; None where these are not read."""

    boxes: NumberLists
    outlines: Outlines
    rectangles: NumberLists
    points: NumberLists | None = None

    def state(self, key: str) -> Ints:
        """What each annotation has under the key of a list."""
        column = dict(zip(LISTS, (self.boxes, self.outlines, self.rectangles, self.points), strict=True))[key]
        assert column is not None  # it was read
        return column.state

    def only(self, kept: Ints) -> Lists:
        """Those of some annotations."""
        points = None if self.points is None else self.points.only(kept)
        return Lists(self.boxes.only(kept), self.outlines.only(kept), self.rectangles.only(kept), points)


class Chunk(msgspec.Struct):
    """Some annotations of a document.

    rows: all but their lists.  places: in its list.  unknown: what other keys say, key -> place in `rows` -> undecoded
    value.  repairs: places in `rows` and what was taken for what it was not.
    """

    document: Document
    rows: Sequence[Any]
    lists: Lists
    places: Ints
    unknown: dict[str, dict[int, msgspec.Raw]] = msgspec.field(default_factory=dict)
    repairs: list[tuple[int, str]] = msgspec.field(default_factory=list)
    _columns: dict[str, list[Any]] = msgspec.field(default_factory=dict)

    def column(self, name: str) -> list[Any]:
        """What annotations say under a key that is no list; not to be changed."""
        if name not in self._columns:
            self._columns[name] = _COLUMNS[name](self.rows)
        return self._columns[name]

    def only(self, kept: Ints) -> Chunk:
        """Some of them."""
        new = {row: n for n, row in enumerate(kept.tolist())}
        unknown = {
            key: {new[row]: value for row, value in values.items() if row in new}
            for key, values in self.unknown.items()
        }
        repairs = [(new[row], repair) for row, repair in self.repairs if row in new]
        rows = [self.rows[n] for n in kept.tolist()]
        return Chunk(self.document, rows, self.lists.only(kept), self.places[kept], unknown, repairs)


def chunks_of(
    document: Document, kind: type[Annotation], problems: Problems, *, all_boxes: bool = True
) -> Iterator[Chunk]:  # fmt: skip
    """The annotations of a document, some at a time, each once: their text goes as soon as the next are asked for.

    kind: what is known of each.  all_boxes: whether those with an outline are asked for their box as well.
    Raises: TornError where they are a text and no list.
    """
    decoder, given = _Decoder(document, kind, problems, all_boxes), document.annotations
    if isinstance(given, TextList):
        yield from given.chunks(decoder.chunk)
        return
    for _, pieces in chunks(given):
        yield decoder.chunk(b"[%b]" % b",".join(pieces))
        if document.pages is not None:
            document.pages.let_go(place_in(document.pages.text, pieces[-1]))


class _Decoder:
    """Lists of annotations, one after the other -> chunks."""

    def __init__(self, document: Document, kind: type[Annotation], problems: Problems, all_boxes: bool) -> None:
        self._document, self._kind, self._problems, self._all_boxes = document, kind, problems, all_boxes
        kinds: tuple[Any, ...] = (kind, _LOOSE[kind])
        self._decoders: list[Any] = [msgspec.json.Decoder(list[one]) for one in kinds]  # type: ignore[valid-type]  # types as values
        self._numbers, self._first = NumberTexts(), 0

    def chunk(self, text: bytes | bytearray) -> Chunk:
        """The next.  Raises: one of `UNDECODABLE` for what is no list."""
        chunk = self._at_once(text)
        if chunk is not None:
            self._first += len(chunk.rows)
            return _of_points(chunk)
        pieces = PIECES.decode(text)
        places = np.arange(self._first, self._first + len(pieces))
        self._first += len(pieces)
        return _of_points(_one_by_one(pieces, self._document, places, self._kind, self._problems))

    def _at_once(self, text: bytes | bytearray) -> Chunk | None:
        """Annotations that are all as COCO says; None where one is not."""
        for loose, decoder in enumerate(self._decoders):
            with suppress(*UNDECODABLE):
                rows = decoder.decode(text)
                lists = _lists_of_texts(rows, self._numbers, self._all_boxes)
                unknown = _unknown(text, decoder.type.__args__[0]) if loose else {}
                places = np.arange(self._first, self._first + len(rows))
                return None if lists is None else Chunk(self._document, rows, lists, places, unknown)
        return None


def _of_points(chunk: Chunk) -> Chunk:
    """The same, with outlines that are lists of points as these mean it."""
    outlines, rows = chunk.lists.outlines.in_whole()
    if not len(rows):
        return chunk
    lists, repairs = replace(chunk.lists, outlines=outlines), [(n, LIST_OF_POINTS) for n in rows.tolist()]
    return replace(chunk, lists=lists, repairs=[*chunk.repairs, *repairs])


def _lists_of_texts(rows: Sequence[Any], numbers: NumberTexts, all_boxes: bool) -> Lists | None:
    def lists(name: str, unasked: Bools | None = None) -> NumberLists | None:
        return lists_of_texts(_COLUMNS[name](rows), numbers, unasked)

    outlines = outlines_of_texts(_COLUMNS["segmentation"](rows), numbers)
    if outlines is None:
        return None
    boxes, rectangles = lists("bbox", None if all_boxes else outlines.shown), lists("rectangle")
    people = bool(rows) and isinstance(rows[0], Person)
    points = lists("keypoints") if people else None
    if boxes is None or rectangles is None or (people and points is None):
        return None
    return Lists(boxes, outlines, rectangles, points)


def _lists_of_values(rows: Sequence[Any], kind: type[Annotation]) -> Lists:
    def lists(name: str) -> NumberLists:
        return lists_of_values(_COLUMNS[name](rows))

    outlines = outlines_of_values(_COLUMNS["segmentation"](rows))
    return Lists(lists("bbox"), outlines, lists("rectangle"), lists("keypoints") if kind is Person else None)


def _unknown(text: bytes | bytearray, kind: type[Annotation]) -> dict[str, dict[int, msgspec.Raw]]:
    """The keys that are not known."""
    known = frozenset(kind.__struct_fields__)
    unknown: dict[str, dict[int, msgspec.Raw]] = {}
    for row, item in enumerate(_ITEMS.decode(text)):
        for key in item:  # in the order of the file: that of a set is another in every run
            if key not in known:
                unknown.setdefault(key, {})[row] = item[key]
    return unknown


_ITEMS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def _one_by_one(
    pieces: Sequence[msgspec.Raw], document: Document, places: Ints, kind: type[Annotation], problems: Problems
) -> Chunk:
    rows: list[Annotation] = []
    kept: list[int] = []
    more: dict[str, dict[int, msgspec.Raw]] = {}
    repairs: list[tuple[int, str]] = []
    single = Single(kind, _DECODED[kind])
    for index, piece in zip(places.tolist(), pieces, strict=True):
        row, unknown, at = single.row(piece, index)
        if row is not None:
            repairs += [(len(rows), repair) for repair in at.repairs]
            for key, value in unknown.items():
                more.setdefault(key, {})[len(rows)] = value
            rows.append(row)
            kept.append(index)
    problems.extend(single.wrong(document.member, document.where))
    return Chunk(document, rows, _lists_of_values(rows, kind), np.array(kept, np.int64), more, repairs)
