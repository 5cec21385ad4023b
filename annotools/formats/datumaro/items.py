"""Items of a document, typed: all of some thousands at once, or one annotation at a time where one is odd.

    {"id": "a/b", "annotations": [..], "attr": {"frame": 0}, "image": {"path": "a/b.jpg", "size": [480, 640]}}
    {"id": "1", "annotations": [..], "point_cloud": {"path": "1.pcd"}, "related_images": [..]}

An annotation that is not as Datumaro says is a problem with its place, and costs no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from posixpath import basename, splitext
from typing import Annotated, Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.datumaro.documents import Document
from annotools.formats.kernel.jsonfile import UNDECODABLE, chunks, reason_of
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rle_masks import size_of
from annotools.matching import CvatMatcher, Match
from annotools.model import Dataset
from annotools.model.columns import Ints
from annotools.row_problems import RowProblems, below_each

_MOST = 1 << 53
Whole = Annotated[int, msgspec.Meta(ge=-_MOST, le=_MOST)]


class Rle(msgspec.Struct, gc=False):
    """Run lengths of a frame.  size: height, width."""

    counts: str | list[int]
    size: list[float]


class Annotation(msgspec.Struct, gc=False):
    """What is read of an annotation."""

    type: str = ""
    id: Any = None
    attributes: msgspec.Raw = msgspec.Raw()
    group: Whole | None = None
    label_id: Whole | None = None
    z_order: Whole | None = None
    bbox: list[float] | None = None
    points: list[float | list[float]] | None = None
    rle: Rle | None = None
    visibility: list[int] | None = None
    points_attributes: list[msgspec.Raw] | None = None
    position: list[float] | None = None
    rotation: list[float] | None = None
    scale: list[float] | None = None
    object_id: Any = None


class Picture(msgspec.Struct, gc=False):
    """The file of an item.  size: height, width."""

    path: str | None = None
    size: list[float] | None = None
    extra_images: list[msgspec.Raw] | None = None


class _Frame(msgspec.Struct, gc=False):
    id: str | int
    attr: dict[str, Any] | None = None
    image: Picture | None = None
    media: Picture | None = None
    point_cloud: Picture | None = None
    related_images: list[msgspec.Raw] | None = None

    @property
    def file(self) -> Picture:
        """Its picture, or its cloud of points."""
        return self.image or self.point_cloud or self.media or Picture()

    @property
    def related(self) -> bytes:
        """The pictures that belong to a cloud of points, undecoded."""
        pieces = self.related_images or (self.point_cloud.extra_images if self.point_cloud else None)
        return b"[" + b",".join(pieces) + b"]" if pieces else b""

    @property
    def number(self) -> int | None:
        """The number of its frame in the source."""
        number = (self.attr or {}).get("frame")
        return number if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 1 << 53 else None


class Item(_Frame, gc=False):
    """An item as Datumaro says."""

    annotations: list[Annotation] | None = None


class LooseItem(_Frame, gc=False):
    """An item of which annotations are looked at one by one."""

    annotations: list[msgspec.Raw] | None = None


class Chunk(msgspec.Struct, dict=True):
    """Some items of a document.  places: in its list.  owner: the item of each annotation.  number: its place there."""

    document: Document
    items: Sequence[Any]
    places: Ints
    annotations: Sequence[Annotation]
    owner: Ints
    number: Ints

    @cached_property
    def at(self) -> At:
        """Where the annotations stand."""
        steps = np.stack([self.places[self.owner], self.number], axis=1)
        return At(self.document.member, steps, "/items/{0}/annotations/{1}")


_ITEMS = msgspec.json.Decoder(list[Item])
_BARE = msgspec.json.Decoder(_Frame)
_ITEM = msgspec.json.Decoder(LooseItem)
_ANNOTATION = msgspec.json.Decoder(Annotation)


def chunks_of(document: Document, problems: Problems) -> Iterator[Chunk]:
    """The items of a document, some at a time."""
    for first, pieces in chunks(document.items):
        places = np.arange(first, first + len(pieces))
        try:
            decoded = _ITEMS.decode(b"[" + b",".join(pieces) + b"]")
        except UNDECODABLE:
            yield _one_by_one(document, pieces, places, problems)
            continue
        counts = [len(item.annotations or ()) for item in decoded]
        rows = list(chain.from_iterable(item.annotations or () for item in decoded))
        owner = np.repeat(np.arange(len(decoded)), counts)
        number = np.arange(len(rows)) - np.repeat(np.cumsum(counts, dtype=np.int64) - counts, counts)
        yield Chunk(document, decoded, places, rows, owner, number)


def _one_by_one(document: Document, pieces: Sequence[msgspec.Raw], places: Ints, problems: Problems) -> Chunk:
    items: list[LooseItem] = []
    rows: list[Annotation] = []
    kept: list[int] = []
    owner: list[int] = []
    number: list[int] = []
    wrong = RowProblems(below_each("/items"))
    no_items, no_annotations = dict[bytes, str](), dict[bytes, str]()
    for index, piece in zip(places.tolist(), pieces, strict=True):
        item, reason = _decoded(_ITEM, piece, no_items)
        if item is None:
            wrong.add(index, reason, document.member, "an item")
            continue
        within = RowProblems(below_each(f"/items/{index}/annotations"))
        for n, raw in enumerate(item.annotations or ()):
            row, reason = _decoded(_ANNOTATION, raw, no_annotations)
            if row is None:
                within.add(n, reason, document.member, "an annotation")
                continue
            rows.append(row)
            owner.append(len(items))
            number.append(n)
        problems.extend(within.all())
        items.append(item)
        kept.append(index)
    problems.extend(wrong.all())
    columns = (np.array(column, np.int64) for column in (kept, owner, number))
    where, of, nth = columns
    return Chunk(document, items, where, rows, of, nth)


def _decoded(decoder: Any, piece: msgspec.Raw, refused: dict[bytes, str]) -> tuple[Any, str]:
    """What a piece says, or why it cannot be read.  refused: what could not before, of which many are the same."""
    text = bytes(piece)
    if text in refused:
        return None, refused[text]
    try:
        return decoder.decode(piece), ""
    except UNDECODABLE as error:
        refused[text] = f"cannot be read: {reason_of(error).removeprefix('is not JSON: ')}"
        return None, refused[text]


def frame_names(items: Sequence[_Frame]) -> list[str]:
    """The name of each item's picture: its id, with what its file's name ends in."""
    return [_name(str(item.id), item.file.path or "", item.point_cloud is not None) for item in items]


def _name(key: str, path: str, cloud: bool) -> str:
    path = path.replace("\\", "/")
    stem, end = splitext(path)
    if stem == key:
        return path
    # The server's ids of clouds are names without folders.
    if cloud and basename(stem) == key and not path.startswith(("/", ".")) and "point_clouds/" not in path:
        return path
    return key if not end or key.lower().endswith(end.lower()) else key + end


class ItemMatching:
    """Matches items to frames as the server's importer: by id, or else by the attribute `frame`.

    Of all items of a source the deepest says what stands before the others.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._items: dict[str, tuple[str, str, int | None]] = {}
        for piece in chain.from_iterable(document.items for document in documents):
            with suppress(*UNDECODABLE):
                item = _BARE.decode(piece)
                name, end = frame_names([item])[0], splitext(item.file.path or "")[1]
                self._items.setdefault(name, (str(item.id), end, item.number))

    def __call__(self, context: Dataset, names: Sequence[str]) -> list[Match]:
        """The frame of each name that `frame_names` made."""
        ids = [key for key, _, _ in self._items.values()]
        matcher = CvatMatcher(context.frames.names, ids, video=context.task.is_video)
        known = (self._items.get(name, (name, "", None)) for name in names)
        return [matcher.match(key, extension=end, number=number) for key, end, number in known]


def sizes_of(items: Sequence[_Frame]) -> Ints:
    """(n, 2) width and height as far as items say it, else 0."""
    return np.array([size_of(item.file.size or ()) for item in items], np.int64).reshape(-1, 2)


def unlabelled(number: int | None, labels: Sequence[str]) -> tuple[str, str]:
    """What is wrong with a row whose label_id is none of a label, and what was expected."""
    if number is None:
        return "has no label", "the place of a label"
    if not 0 <= number < len(labels):
        places = f"0 to {len(labels) - 1}, the place of a label" if labels else "labels among the categories"
        return f"label_id is {number}", places
    return f"label {labels[number]!r} is not defined", "a label of the task"
