"""The members of an export: one JSON document a subset, and the pictures.

    annotations/<prefix>_<subset>.json      subset `default` where a frame has none
    images/<subset>/<file_name>

Objects become JSON some thousands at a time: what is held at once does not grow with the dataset.  What another
program writes otherwise is a writer of its own: see `server`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from annotools.formats.base import Members as Pieces
from annotools.formats.base import Options, WriteOptions
from annotools.formats.coco import attributes, definitions_out, objects
from annotools.formats.coco.annotation_forms import ID, PLACE, AsRead, are_whole, in_reading_order
from annotools.formats.coco.beside import Heads
from annotools.formats.coco.objects import Members, Objects
from annotools.formats.kernel.attribute_objects import Objects as Attributes
from annotools.formats.kernel.ids import distinct_ids, given_ids, ids_of
from annotools.formats.kernel.json_rows import (
    JsonRows,
    column_texts,
    id_column,
    joined,
    list_texts,
    number_texts,
    shared_texts,
    value_texts,
)
from annotools.formats.kernel.jsonfile import dumped
from annotools.formats.kernel.members import file_names
from annotools.model import Dataset, Shapes, Tags
from annotools.model.tables import Array, Ints

if TYPE_CHECKING:
    from annotools.storage import Media

Item = dict[str, Any]
CHUNK = 4096


class Subset(msgspec.Struct, frozen=True):
    """The frames of one document, ascending, and their image ids."""

    name: str
    frames: Ints
    ids: Array

    def image_ids(self, frames: Ints) -> list[bytes]:
        """The ids of some of its frames, as JSON."""
        first, last = self.frames[[0, -1]]
        gapless = last - first + 1 == len(self.frames)
        return column_texts(self.ids[frames - first if gapless else np.searchsorted(self.frames, frames)])


class Writer:
    """The documents of one dataset."""

    prefix = "instances"
    inferred: frozenset[str] = frozenset()  # keys of categories that a reader makes of annotations

    def __init__(self, dataset: Dataset, options: Options) -> None:
        self.dataset = dataset
        self.heads = Heads(dataset)
        self.category_ids = definitions_out.ids_of_labels(dataset)
        self.crowd = options.setting("iscrowd", "0") == "1"
        self.compressed = options.setting("rle", "compressed") == "compressed"
        self.attributes = self.attributes_of(dataset)
        self._as_read = AsRead(dataset.shapes, form="rle" not in options.settings)

    def documents(self) -> Pieces:
        """One document a subset."""
        members = self.members()
        frames = self.dataset.shapes.frame[members.first]
        for subset in self.subsets():
            mine = np.flatnonzero(np.isin(frames, subset.frames))
            yield f"annotations/{self.prefix}_{subset.name}.json", self._document(subset, members.of(mine))

    def members(self) -> Members:
        """The rows that make each annotation."""
        shapes = self.dataset.shapes
        members = objects.in_order(shapes, np.flatnonzero(~shapes.outside))
        return members.of(in_reading_order(shapes.extras, members.first))

    def described(self, members: Members) -> Objects:
        """What is said of some objects; of what is as it was read the measures are not made, but those that it had."""
        known = self._as_read.measures(members.first, are_whole(self.dataset.shapes, members))
        return (objects.drawn if known else objects.described)(self.dataset, members)

    def subsets(self) -> Iterator[Subset]:
        """The documents.  Image ids that are made count all images."""
        start = 1
        for name, frames in frames_of_subsets(self.dataset):
            rows = np.array(frames, np.int64)
            given = given_ids(self.dataset.frames.extras, "image_id", rows)
            yield Subset(name, rows, id_column(distinct_ids(given, start)))
            start += len(frames)

    def head(self, subset: Subset) -> Item:
        """All of a document but its lists of images and annotations."""
        head = self.heads.head(subset.name)
        categories = [self._with_known_keys(item, subset) for item in self.categories()]
        for index, item in self.heads.unused(subset.name):
            categories.insert(index, item)
        lacks = self.heads.lacks(subset.name, "categories") and not categories
        return head if lacks else head | {"categories": categories}

    def categories(self) -> list[Item]:
        """The categories, of every document the same."""
        return definitions_out.of_instances(self.dataset, self.category_ids)

    def _with_known_keys(self, item: Item, subset: Subset) -> Item:
        """A category without the keys that it had not when it was read and that say nothing."""
        keys = self.heads.category_keys(subset.name, item["name"])
        if keys is None:
            return item
        kept = (key for key, value in item.items() if key in keys or (value and not self._is_inferred(key, value)))
        return {key: item[key] for key in kept}

    def _is_inferred(self, key: str, value: Any) -> bool:
        """Whether a reader makes this of the annotations alone."""
        if key == "attributes":
            return not any(spec["default_value"] or spec["values"] for spec in value)
        return key in self.inferred and (key != "type" or value == "skeleton")

    def images(self, subset: Subset, frames: Ints) -> JsonRows:
        """Some images of a document."""
        rows = definitions_out.plain_images(self.dataset.frames, frames, subset.image_ids(frames))
        definitions_out.put_image_keys(rows, self.dataset.frames, frames)
        return rows

    def annotations(self, members: Members, subset: Subset, numbers: Array | Sequence[Any]) -> JsonRows:
        """The annotations of a few objects.  numbers: their ids."""
        described = self.described(members)
        rows = self._named(self.dataset.shapes, described.leader, subset, numbers)
        if len(described.polygons[1]) > 1 or len(described.masks[1]) > 1:
            listed = self._as_read.are_listed(described.leader, are_whole(self.dataset.shapes, members))
            compressed = ~listed if self.compressed else np.zeros(len(listed), np.bool_)
            rows.put("segmentation", objects.segmentations(self.dataset, described, compressed))
        else:
            rows.put_alike("segmentation", b"[]")
        rows.put("area", number_texts(described.areas) or [b"0"] * len(rows))  # what is known is put in their place
        rows.put("bbox", list_texts(described.boxes) or [b"[]"] * len(rows))
        rows.put_alike("iscrowd", b"0")
        if self.crowd:
            masks = np.flatnonzero(described.mask >= 0).tolist()
            rows.put_at("iscrowd", masks, [b"1"] * len(masks))
        rows.put("attributes", shared_texts(self.attribute_values(described.leader)))
        self.beside(rows, members, described.leader)
        return rows

    def attributes_of(self, dataset: Dataset) -> Attributes:
        """The attributes of each shape."""
        return attributes.of_shapes(dataset)

    def attribute_values(self, leader: Ints) -> list[Item]:
        """The attributes of some objects; equal ones are one and the same."""
        return self.attributes.of(leader)

    def _named(self, table: Shapes | Tags, rows: Ints, subset: Subset, numbers: Array | Sequence[Any]) -> JsonRows:
        """What every annotation has: its id, its image and its category."""
        named, categories = JsonRows(len(rows)), self._category_texts()
        named.put("id", column_texts(numbers) if isinstance(numbers, np.ndarray) else value_texts(numbers))
        named.put("image_id", subset.image_ids(table.frame[rows]))
        named.put("category_id", list(map(categories.__getitem__, table.label[rows].tolist())))
        return named

    def _category_texts(self) -> dict[int, bytes]:
        return {label: dumped(number) for label, number in self.category_ids.items()}

    def beside(self, rows: JsonRows, members: Members, leader: Ints) -> None:
        """Put in what few annotations have: how sure a detector was, a rectangle beside an outline, other keys."""
        shapes = self.dataset.shapes
        scored = np.flatnonzero(shapes.score[leader] != 1)
        rows.put_at("score", scored.tolist(), number_texts(shapes.score[leader[scored]]))
        places, boxes = objects.rectangles(shapes, members)
        rows.put_at("rectangle", places.tolist(), list_texts(boxes))
        self._as_read.put(rows, leader, are_whole(shapes, members))

    def numbers(self, given: list[Any]) -> list[Any]:
        """The ids of the annotations of a document.  given: those that they say, or None."""
        return distinct_ids(given)

    def numbers_of(self, members: Members) -> Array | list[Any]:
        """The ids of the annotations of a document that has no tags."""
        return ids_of(self.dataset.shapes.extras, ID, members.first)

    def _document(self, subset: Subset, members: Members) -> Iterator[bytes]:
        yield dumped(self.head(subset))[:-1]
        lists = {"images": self._image_pieces(subset), "annotations": self._annotation_pieces(subset, members)}
        before = b"," if self.head(subset) else b""
        for key, pieces in lists.items():
            first = next((piece for piece in pieces if piece), b"")
            if first or not self.heads.lacks(subset.name, key):
                yield b'%b"%b":[' % (before, key.encode()) + first
                yield from chain.from_iterable((b",", piece) for piece in pieces if piece)
                yield b"]"
                before = b","
        yield b"}"

    def tags(self, subset: Subset) -> Ints:
        """The tags of a document."""
        return np.flatnonzero(np.isin(self.dataset.tags.frame, subset.frames))

    def _image_pieces(self, subset: Subset) -> Iterator[bytes]:
        for start in range(0, len(subset.frames), CHUNK):
            yield self.images(subset, subset.frames[start : start + CHUNK]).joined()

    def _annotation_pieces(self, subset: Subset, members: Members) -> Iterator[bytes]:
        tags = self.tags(subset)
        if len(tags):
            yield joined(self._with_tags(subset, members, tags))
            return
        numbers = self.numbers_of(members)
        for start in range(0, len(members), CHUNK):
            part = members.part(start, min(start + CHUNK, len(members)))
            yield self.annotations(part, subset, numbers[start : start + CHUNK]).joined()

    def _with_tags(self, subset: Subset, members: Members, rows: Ints) -> list[bytes]:
        """Annotations of a document that has some without a box, in the order in which they came."""
        shapes, tags = self.dataset.shapes, self.dataset.tags
        given = given_ids(shapes.extras, ID, members.first) + given_ids(tags.extras, ID, rows)
        numbers = self.numbers(given)
        texts = self.annotations(members, subset, numbers[: len(members)]).texts()
        texts += self._tags(subset, rows, numbers[len(members) :]).texts()
        places = [given_ids(table.extras, PLACE, where) for table, where in ((shapes, members.first), (tags, rows))]
        order = np.argsort([len(texts) if index is None else index for index in chain(*places)], kind="stable")
        return [texts[index] for index in order.tolist()]

    def _tags(self, subset: Subset, rows: Ints, numbers: Array | Sequence[Any]) -> JsonRows:
        items = self._named(self.dataset.tags, rows, subset, numbers)
        items.put("attributes", shared_texts(attributes.of_tags(self.dataset).of(rows)))
        AsRead(self.dataset.tags).put(items, rows, np.ones(len(rows), np.bool_))
        return items


def frames_of_subsets(dataset: Dataset) -> Iterator[tuple[str, list[int]]]:
    """The name of each document and its frames."""
    names = [name or "default" for name in dataset.frames.subsets]
    for subset in dict.fromkeys(names) or {"default": None}:
        yield subset, [frame for frame, name in enumerate(names) if name == subset]


def written_by(
    writer: Callable[[Dataset, WriteOptions], Writer],
) -> Callable[[Dataset, Media | None, WriteOptions], Pieces]:
    """The members of an export whose documents some writer makes."""

    def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Pieces:
        yield from writer(dataset, options).documents()
        yield from pictures(dataset, media, options)

    return write


def pictures(dataset: Dataset, media: Media | None, options: WriteOptions) -> Pieces:
    """The pictures that are there.  media: by the numbers of the dataset's frames."""
    if media is None or not options.images:
        return
    names = file_names(dataset, media)
    for frame in range(len(dataset.frames)):
        if frame in media:
            subset = dataset.frames.subsets[frame] or "default"
            yield f"images/{subset}/{names[frame]}", media[frame].pieces()
