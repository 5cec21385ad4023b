"""Images -> frames: those of the file, or those of the task that the images are pictures of.

    {"id": 7, "file_name": "a/b.jpg", "width": 640, "height": 480, "license": 3}

Ids may be numbers, whole floats or texts.  Without `images` a results list counts those of the context as an export
numbers them: from 1, without deleted frames; a text is a name.  Keys that are not known go along with their frames.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from posixpath import splitext
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.coco.beside import column_of, decoded, name_of, sparse
from annotools.formats.coco.document import Document
from annotools.formats.coco.ids import REPORTED, Numbers, is_id, keys_of, numbered, report
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset
from annotools.model.extras import Extra
from annotools.model.tables import Ints
from annotools.row_problems import RowProblems, below_each
from annotools.storage.names import are_plain, name_fault, safe_part

IMAGE_KEYS = "image keys"  # an extra of frames: which of the known keys an image had
FILE_NAME = "file name"  # an extra of frames: the name as it was, where it has backslashes
_TAKEN = ("image_id", "self", "names", "widths", "heights", "subsets", "at", "nth")
KNOWN = ("id", "file_name", "width", "height")
_MOST = (1 << 31) - 1
_PLAIN_TYPES = {bool, int, float, str}
_DIGITS = 11  # of a number of pixels in quotes


class Image(NamedTuple):
    """One image.  keys: its id and how else that may be written.  item: all that it says."""

    keys: tuple[Any, ...]
    name: str
    width: int
    height: int
    place: int
    item: dict[str, Any]


Repeated = Callable[[Image, Image, Document, Rows, Problems], Image | None]


def frames_of(
    documents: Sequence[Document], rows: Rows, context: Dataset | None, repeated: Repeated, problems: Problems
) -> list[Numbers]:
    """For each document, image id -> frame; REPORTED where a problem said why not.

    repeated: what counts of two images with one id.
    """
    numbers = [_frames(document, rows, repeated, problems) for document in documents]
    return _lend(documents, numbers, context, problems)


class _Images(msgspec.Struct, frozen=True):
    """Images as columns: what `Image` has of each."""

    keys: Sequence[tuple[Any, ...]]
    names: Sequence[str]
    widths: Ints
    heights: Ints
    places: Ints
    items: Sequence[dict[str, Any]]

    @classmethod
    def of(cls, images: Sequence[Image]) -> _Images:
        """Images that were looked at one by one."""
        numbers = np.array([(image.width, image.height, image.place) for image in images], np.int64).reshape(-1, 3)
        keys, names, items = ([getattr(image, name) for image in images] for name in ("keys", "name", "item"))
        return cls(keys, names, numbers[:, 0], numbers[:, 1], numbers[:, 2], items)

    @classmethod
    def of_plain(cls, items: Sequence[Any]) -> _Images | None:
        """Images that are all as COCO says; None where one is not."""
        if not items or not all(items):
            return None
        ids, names, *sides = ([item.get(key) for item in items] for key in KNOWN)
        kinds = [set(map(type, column)) for column in (ids, names, *sides)]
        if kinds != [{int}, {str}, {int}, {int}] or len(set(ids)) < len(ids) or not are_plain(names):
            return None
        with suppress(OverflowError):
            widths, heights = np.array(sides, np.int64)
            if min(widths.min(), heights.min()) > 0 and max(widths.max(), heights.max()) <= _MOST:
                return cls(list(zip(ids, strict=True)), names, widths, heights, np.arange(len(ids)), items)
        return None


def _frames(document: Document, rows: Rows, repeated: Repeated, problems: Problems) -> Numbers:
    images = _Images.of_plain(document.images) or _Images.of(_listed(document, rows, repeated, problems))
    refused = document.images + document.refused.get("images", [])
    if not images.items or document.is_results:
        return _with_reported({}, refused)
    at = At(document.member, images.places, "/images/{}/file_name")
    frames = rows.frames(
        images.names, images.widths, images.heights, document.subset, at, nth=_numbers_of_repeats(images.names),
        **_extras(images, document),
    )  # fmt: skip
    known = np.where(frames < 0, REPORTED, frames).tolist()
    numbers = numbered(images.keys, known)
    return _with_reported(numbers, refused) if len(images.items) < len(refused) else numbers


def _with_reported(numbers: Numbers, items: Sequence[Any]) -> Numbers:
    for item in items:
        if item is not None and is_id(item.get("id")):
            report(numbers, item["id"])
    return numbers


def _numbers_of_repeats(names: Sequence[str]) -> Sequence[int] | int:
    """Which of several images of one name each is."""
    if len(set(names)) == len(names):
        return 0
    counts: Counter[str] = Counter()
    return [_count(counts, name) for name in names]


def _count(counts: Counter[str], name: str) -> int:
    counts[name] += 1
    return counts[name] - 1


def _extras(images: _Images, document: Document) -> dict[str, Extra]:
    """What images say beside of their frames: their ids, and keys that are not known."""
    items = images.items
    layouts = list(map(tuple, items))
    kinds = dict.fromkeys(layouts)
    names = [key for key in dict.fromkeys(chain.from_iterable(kinds)) if key not in KNOWN]
    extras = {"image_id": column_of([item.get("id") for item in items])}
    given = [item.get("file_name") for item in items]
    odd = {row: name for row, name in enumerate(given) if "\\" in str(name)} if "\\" in repr(given) else {}
    columns = {key: [item.get(key, "") for item in items] for key in names}
    if any(set(map(type, column)) - _PLAIN_TYPES for column in columns.values()):
        pieces = msgspec.json.decode(document.images_text, type=list[msgspec.Raw])
        raw = [msgspec.json.decode(pieces[index], type=dict[str, msgspec.Raw]) for index in images.places.tolist()]
        items = [{key: decoded(value) for key, value in item.items()} for item in raw]
    lacking = items if len(kinds) > 1 else ()  # nearly always all have the same keys: a fifth of the time of images
    if lacking or items is not images.items:
        columns = {key: [item.get(key) for item in items] for key in names}
    extras |= {name_of(key, *_TAKEN): column_of(column, key, lacking) for key, column in columns.items()}
    extras |= {FILE_NAME: replace(sparse(odd, len(items)), derived=True)} if odd else {}
    known = {keys: tuple(key for key in KNOWN if key in keys) for keys in kinds}
    return extras | {IMAGE_KEYS: Extra.of([known[keys] for keys in layouts], derived=True)}


def _listed(document: Document, rows: Rows, repeated: Repeated, problems: Problems) -> list[Image]:
    by_id: dict[Any, Image] = {}
    again: list[Image] = []
    wrong = RowProblems(below_each("/images"))
    for index, item in enumerate(document.images):
        image = None if item is None else _image(item, index, document, rows, wrong)
        if image is not None and image.keys[0] in by_id:
            kept = repeated(by_id[image.keys[0]], image, document, rows, problems)
            again += [kept] if kept is not None else []
        elif image is not None:
            by_id[image.keys[0]] = image
    problems.extend(wrong.all())
    return [*by_id.values(), *again]


def refused(first: Image, second: Image, document: Document, rows: Rows, problems: Problems) -> None:
    """The first counts; where the second says something else, that is a problem."""
    if first.item == second.item:
        rows.repairs.note("second entry of an image", "it says what the first says")
        return
    message = f"image id {second.keys[0]!r} is used twice, first by {first.name}"
    pointer = f"/images/{second.place}"
    problems.append(Problem(message, document.member, pointer=pointer, expected="an id of its own"))


def last_counts(first: Image, second: Image, document: Document, rows: Rows, problems: Problems) -> Image:
    """As for the server's importer; its exporter gives one id to equal stems."""
    return second


def _image(item: dict[str, Any], index: int, document: Document, rows: Rows, wrong: RowProblems) -> Image | None:
    key, name = item.get("id"), item.get("file_name")
    if not is_id(key):
        wrong.add(index, "image has no usable id", document.member, "a number or text", "/id")
        return None
    if name is None and isinstance(item.get("coco_url"), str):  # LVIS
        name = item["coco_url"].rsplit("/", 1)[-1]
    if not isinstance(name, str) or not name:
        name = f"image_{key}"
        rows.repairs.note("image without a file_name", "it is called by its id")
    safe = safe_part(name.replace("\\", "/"))
    if not safe:
        message, expected = f"file_name {name!r} {name_fault(name)}", "a relative path that leads nowhere but down"
        wrong.add(index, message, document.member, expected, "/file_name")
        return None
    if safe != name.replace("\\", "/"):
        rows.repairs.note("file_name that leads outside", "a name leads nowhere but down", f"{name!r} is {safe!r}")
    for side in ("width", "height"):
        if item.get(side) is not None and not _size(item[side]):
            rows.repairs.note(f"{side} of image", "it is none, so it is not known", repr(item[side]))
        elif isinstance(item.get(side), str):
            rows.repairs.note(f"{side} of image in quotes", "it is taken for what it means", repr(item[side]))
    return Image(keys_of(key), safe, _size(item.get("width")), _size(item.get("height")), index, item)


def _size(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _DIGITS:
        value = int(value)
    whole = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1 << 31
    return int(value) if whole else 0


def _lend(
    documents: Sequence[Document], numbers: list[Numbers], context: Dataset | None, problems: Problems
) -> list[Numbers]:
    """Files without images of their own use those of the others, results without any those of the context."""
    everyone: Numbers = {}
    for known in numbers:
        everyone |= known
    if not everyone and context is not None:
        everyone = dict(_counted(context))
    for index, document in enumerate(documents):
        if not document.images and document.annotations:
            numbers[index] = everyone
            if not everyone:
                expected = "a file with images beside it, or the task as context (context=...)"
                problems.append(Problem("has annotations but no images", document.member, expected=expected))
    return numbers


def _counted(context: Dataset) -> Iterator[tuple[Any, int]]:
    """Names, stems, and numbers from 1 of the frames that are shown."""
    shown = context.shown_frames.tolist()
    names = [context.frames.names[frame] for frame in shown]
    yield from reversed([(splitext(name)[0], frame) for name, frame in zip(names, shown, strict=True)])
    yield from reversed(list(zip(names, shown, strict=True)))
    yield from enumerate(shown, 1)
