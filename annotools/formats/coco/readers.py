"""How programs read COCO, as values; and what the CVAT server's importer stops at, although other readers take it.

    {"id": "7", ...}   {"id": 7.0, ...}   no "segmentation"   "width": -1   "category_id": 0   no "categories"

The first thing of this kind ends an import, so each is a problem of the input here.
Source: CVAT 2.73, its fork of Datumaro: coco_format/extractor.py, and bindings.py (an annotation without a label).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec import UNSET

from annotools.errors import Problem
from annotools.formats.base import Read, ReadOptions
from annotools.formats.coco import images
from annotools.formats.coco.attributes import number_of
from annotools.formats.coco.decoding import Chunk
from annotools.formats.coco.document import LISTS, Document
from annotools.formats.coco.number_lists import ABSENT, LIST, NULL
from annotools.formats.kernel.frame_names import Matching, as_server, by_name
from annotools.formats.kernel.imported import imported
from annotools.model import Dataset
from annotools.model.columns import distinct

# Kinds of problems that have rules of their own.
ZERO, FLAT, TWICE, VISIBILITY = "category-zero", "outline-of-another-kind", "repeated-category-name", "odd-visibility"
OWN_RULES = frozenset({ZERO, FLAT, TWICE, VISIBILITY})
_WORDS = {str: "text", float: "a number with a point", bool: "a truth value", list: "a list", dict: "an object"}
_IDS = ("id", "image_id", "category_id")


class Refusal(NamedTuple):
    """What is wrong, where below the item, what was expected, and the kind of problem where it has one."""

    message: str
    below: str
    expected: str
    kind: str = ""

    def problem(self, member: str, pointer: str) -> Problem:
        """The same, with its place."""
        return Problem(self.message, member, pointer=pointer, expected=self.expected, kind=self.kind)


Refused = tuple[Sequence[int], Refusal]


class Refusals(msgspec.Struct, frozen=True):
    """What a reader refuses beyond what nobody could read: of a document, of an image, of a category, of annotations.

    chunk: rows of the chunk and what is wrong with each of them.
    """

    document: Callable[[Document], Iterator[Refusal]]
    image: Callable[[dict[str, Any]], Refusal | None]
    category: Callable[[dict[str, Any]], Refusal | None]
    chunk: Callable[[Chunk], Iterator[Refused]]


def _nothing(_: Any) -> Iterator[Any]:
    return iter(())


LENIENT = Refusals(_nothing, lambda _: None, lambda _: None, _nothing)


def _documents(document: Document) -> Iterator[Refusal]:
    if document.is_results:
        yield Refusal("is a list of results", "", f"an object with {', '.join(LISTS)}")
        return
    if document.odd:
        yield Refusal(f"is a {document.odd}", "", f"an object with {', '.join(LISTS)}")
    for key in LISTS:
        if key not in document.given:
            yield Refusal(f"has no {key}", "", f"{', '.join(LISTS)}, each a list")
    names: set[Any] = set()
    for index, item in enumerate(document.categories):
        name = item.get("name") if item else None
        if isinstance(name, str) and name in names:
            yield Refusal(f"category {name!r} comes twice", f"/categories/{index}/name", "a name of its own", TWICE)
        names.add(name if isinstance(name, str) else None)


def _image(item: dict[str, Any]) -> Refusal | None:
    fault = _unlike(item, "id", int) or _unlike(item, "file_name", str)
    if fault is None and item.get("width") and item.get("height"):
        fault = _unlike(item, "height", int) or _unlike(item, "width", int) or _sizeless(item)
    return fault


def _sizeless(item: dict[str, Any]) -> Refusal | None:
    side = next((side for side in ("height", "width") if item[side] < 0), "")
    return Refusal(f"{side} is {item[side]}", f"/{side}", "a number of pixels above 0") if side else None


def _category(item: dict[str, Any]) -> Refusal | None:
    return _unlike(item, "id", int) or _unlike(item, "name", str)


def _category_of_points(item: dict[str, Any]) -> Refusal | None:
    return _category(item) or _unlike(item, "keypoints", list) or _unlike(item, "skeleton", list)


def _unlike(item: dict[str, Any], key: str, kind: type) -> Refusal | None:
    if isinstance(item.get(key), kind):
        return None
    expected = {int: "a whole number", str: "text", list: "a list"}[kind]
    return Refusal(f"{key} is {_word(item[key])}" if key in item else f"has no {key}", "", expected)


def _word(value: Any) -> str:
    return "null" if value is None else f"{_WORDS.get(type(value), 'a number')}, {value!r:.40}"


def _annotations(chunk: Chunk) -> Iterator[Refused]:
    for n, repair in chunk.repairs:
        yield [n], repair_refused(repair)
    for key in _IDS:
        column = chunk.column(key)
        if {int}.issuperset(map(type, column)):
            continue
        yield [n for n, value in enumerate(column) if value is UNSET], Refusal(f"has no {key}", "", "a whole number")
        for n, value in enumerate(column):
            if value is not UNSET and type(value) is not int:
                yield [n], Refusal(f"{key} is {_word(value)}", f"/{key}", "a whole number")
    yield from _unlabelled(chunk)
    yield from _outlines(chunk)


def _unlabelled(chunk: Chunk) -> Iterator[Refused]:
    """Annotations without a label, or whose attributes are nothing."""
    categories = chunk.column("category_id")
    if 0 in categories:
        expected = "another category_id than 0, which stands for no label"
        rows = [n for n, category in enumerate(categories) if category == 0 and type(category) is int]
        yield rows, Refusal("annotation has no label", "/category_id", expected, ZERO)
    rows = [n for n, attributes in enumerate(map(bytes, chunk.column("attributes"))) if attributes == b"null"]
    yield rows, Refusal("attributes is null", "/attributes", "an object, or none")


def repair_refused(repair: str) -> Refusal:
    """A field that other readers take for what it means."""
    return Refusal(repair, "", "fields as COCO has them", FLAT if repair.startswith("polygon without") else "")


def _outlines(chunk: Chunk) -> Iterator[Refused]:
    """What is wrong with segmentations, and with boxes that stand for them."""
    outlines, boxes = chunk.lists.outlines, chunk.lists.boxes.counts
    absent = Refusal("has no segmentation", "", "a list or an object")
    yield np.flatnonzero(outlines.state == ABSENT).tolist(), absent
    null = Refusal("segmentation is null", "/segmentation", "a list or an object")
    yield np.flatnonzero(outlines.state == NULL).tolist(), null
    if chunk.lists.points is not None:
        return
    boxed = outlines.state == LIST
    boxed[outlines.drawn] = False
    odd = boxed & (boxes != 4)
    for count in distinct(boxes[odd]).tolist():
        message = f"bbox has {count} numbers" if count else "has no bbox"
        yield np.flatnonzero(odd & (boxes == count)).tolist(), Refusal(message, "", "4 numbers")


def _persons(chunk: Chunk) -> Iterator[Refused]:
    yield from _annotations(chunk)
    points = chunk.lists.points
    assert points is not None  # they are read
    yield np.flatnonzero(points.state != LIST).tolist(), Refusal("has no keypoints", "", "x, y and v of each point")
    values, ends = points.ragged
    for n in np.flatnonzero(points.state == LIST).tolist():
        visibility = values[ends[n] : ends[n + 1]][2::3]
        odd = visibility[~np.isin(visibility, (0, 1, 2))]
        if len(odd):
            yield [n], Refusal(f"visibility is {odd[0]:g}", "/keypoints", "0, 1 or 2", VISIBILITY)


def with_truth_values(dataset: Dataset) -> Dataset:
    """The numbers of checkboxes as the truth values that they stand for."""
    specs, attributes = dataset.labels.specs, dataset.attributes
    boxes = [number for number, (_, spec) in specs.items() if spec.input_type == "checkbox"]
    if not boxes:
        return dataset
    rows = np.flatnonzero(np.isin(attributes.spec, boxes))
    numbers = {text: number_of(text) for text in {attributes.pool[code] for code in attributes.value[rows].tolist()}}
    pool, value = [*attributes.pool, "false", "true"], attributes.value.copy()
    for row in rows.tolist():
        number = numbers[pool[value[row]]]
        value[row] = value[row] if number is None else len(pool) - 2 + bool(number)
    return dataset.replace(attributes=attributes.replace(value=value, pool=tuple(pool))) if len(rows) else dataset


_INSTANCES_REFUSED = Refusals(_documents, _image, _category, _annotations)
_KEYPOINTS_REFUSED = Refusals(_documents, _image, _category_of_points, _persons)


class Reader(msgspec.Struct, frozen=True):
    """How a program reads COCO.

    keypoints: whether annotations are skeletons.  matching: how pictures are found among a task's frames.
    repeated: what counts of two images of one id.  any_box: whether any box beside keypoints is the one round them.
    tracked: the column of `attributes` without which there is no track.  finish: what becomes of what was read.
    flat: whether z_order is passed over.  strict_points: whether each keypoint has to be one of the label's.
    refuses: what it does not take although it can be understood.
    """

    keypoints: bool = False
    matching: Matching = by_name
    repeated: images.Repeated = images.refused
    any_box: bool = False
    tracked: str = ""
    flat: bool = False
    strict_points: bool = False
    refuses: Refusals = LENIENT
    finish: Callable[[Read, ReadOptions], Read] | None = None


def _as_stored(read: Read, options: ReadOptions) -> Read:
    """What was read as the server stores it."""
    return imported(replace(read, dataset=with_truth_values(read.dataset)), options)


INSTANCES, KEYPOINTS = Reader(), Reader(keypoints=True)
# As the server's importer: what it reads it stores as its own.
SERVER = Reader(
    matching=as_server, repeated=images.last_counts, any_box=True, tracked="tracked", flat=True, strict_points=True,
    refuses=_INSTANCES_REFUSED, finish=_as_stored,
)  # fmt: skip
SERVER_KEYPOINTS = msgspec.structs.replace(SERVER, keypoints=True, refuses=_KEYPOINTS_REFUSED)
