"""The members of an export: one JSON document a subset, and the pictures.

    annotations/<prefix>_<subset>.json      subset `default` where a frame has none
    images/<subset>/<file_name>

Objects become JSON some thousands at a time: what is held at once does not grow with the dataset.  What another
program writes otherwise is a writer of its own: see `server`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from annotools.formats.base import Members as Pieces
from annotools.formats.base import Options
from annotools.formats.coco import categories_out, objects
from annotools.formats.coco.annotation_forms import ID, PLACE, AsRead, are_whole, in_reading_order
from annotools.formats.coco.attributes_out import AttributesOut, put
from annotools.formats.coco.beside import others, written
from annotools.formats.coco.document import Heads
from annotools.formats.coco.images import FILE_NAME, IMAGE_KEYS
from annotools.formats.coco.objects import Members, Objects
from annotools.formats.kernel.ids import distinct_ids, given_ids
from annotools.formats.kernel.jsonfile import dumped
from annotools.geometry.ragged import take
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts
from annotools.model import Dataset
from annotools.model.extras import Extras
from annotools.model.tables import Ints

if TYPE_CHECKING:
    from annotools.storage import Media

Item = dict[str, Any]
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Subset:
    """The frames of one document and their image ids."""

    name: str
    frames: Ints
    ids: dict[int, int]


class Writer:
    """The documents of one dataset."""

    prefix = "instances"
    inferred: frozenset[str] = frozenset()  # keys of categories that a reader makes of annotations

    def __init__(self, dataset: Dataset, options: Options) -> None:
        self.dataset = dataset
        self.heads = Heads(dataset)
        self.category_ids = categories_out.ids_of_labels(dataset)
        self.crowd = options.setting("iscrowd", "0") == "1"
        self.compressed = options.setting("rle", "compressed") == "compressed"
        self.attributes = AttributesOut(dataset)
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
        found = objects.in_order(shapes, np.flatnonzero(~shapes.outside))
        return found.of(in_reading_order(shapes.extras, found.first))

    def described(self, members: Members) -> Objects:
        """What is said of some objects."""
        return objects.described(self.dataset, members)

    def subsets(self) -> Iterator[Subset]:
        """The documents.  Image ids that are made count all images."""
        start = 1
        for name, frames in frames_of_subsets(self.dataset):
            rows = np.array(frames, np.int64)
            given = given_ids(self.dataset.frames.extras, "image_id", rows)
            yield Subset(name, rows, dict(zip(frames, distinct_ids(given, start), strict=True)))
            start += len(frames)

    def head(self, subset: Subset) -> Item:
        """All of a document but its lists of images and annotations."""
        head = self.heads.head(subset.name)
        categories = [self._with_known_keys(item, subset) for item in self.categories()]
        for place, item in self.heads.unused(subset.name):
            categories.insert(place, item)
        lacks = self.heads.lacks(subset.name, "categories") and not categories
        return head if lacks else head | {"categories": categories}

    def categories(self) -> list[Item]:
        """The categories, of every document the same."""
        return categories_out.of_instances(self.dataset, self.category_ids)

    def _with_known_keys(self, item: Item, subset: Subset) -> Item:
        """A category without the keys that it had not when it was read and that say nothing."""
        keys = self.heads.category_keys(subset.name, item["name"])
        if keys is None:
            return item
        told = (key for key, value in item.items() if key in keys or (value and not self._is_inferred(key, value)))
        return {key: item[key] for key in told}

    def _is_inferred(self, key: str, value: Any) -> bool:
        """Whether a reader makes this of the annotations alone."""
        if key == "attributes":
            return not any(spec["default_value"] or spec["values"] for spec in value)
        return key in self.inferred and (key != "type" or value == "skeleton")

    def images(self, subset: Subset, frames: list[int]) -> list[Item]:
        """Some images of a document."""
        names, sizes = self.dataset.frames.names, self.dataset.frames.sizes(np.array(frames, np.int64)).tolist()
        items = [
            {"id": subset.ids[frame], "width": width, "height": height, "file_name": names[frame]}
            for frame, (width, height) in zip(frames, sizes, strict=True)
        ]
        put_image_keys(items, self.dataset.frames.extras, frames)
        return items

    def annotations(self, members: Members, subset: Subset, numbers: Sequence[Any]) -> list[Item]:
        """The annotations of a few objects.  numbers: their ids."""
        shapes, found = self.dataset.shapes, self.described(members)
        columns = zip(
            shapes.frame[found.leader].tolist(), shapes.label[found.leader].tolist(), self._segmentations(found),
            found.areas.tolist(), found.boxes.tolist(), ((found.mask >= 0) & self.crowd).tolist(),
            self.attributes.of(found.leader), strict=True,
        )  # fmt: skip
        ids, categories = subset.ids, self.category_ids
        rows: list[Item] = [
            {
                "id": number, "image_id": ids[frame], "category_id": categories[label], "segmentation": segmentation,
                "area": area, "bbox": box, "iscrowd": int(crowd), "attributes": attributes,
            }
            for number, (frame, label, segmentation, area, box, crowd, attributes)
            in zip(numbers, columns, strict=True)
        ]  # fmt: skip
        self.beside(rows, members, found.leader)
        return rows

    def beside(self, rows: list[Item], members: Members, leader: Ints) -> None:
        """Put in what few annotations have: how sure a detector was, a rectangle beside an outline, other keys."""
        shapes = self.dataset.shapes
        put(rows, "score", shapes.score[leader], shapes.score[leader] != 1)
        for place, box in zip(*objects.rectangles(shapes, members), strict=True):
            rows[place]["rectangle"] = box
        self._as_read.put(rows, leader, are_whole(shapes, members))

    def numbers(self, given: list[Any]) -> list[Any]:
        """The ids of the annotations of a document.  given: those that they say, or None."""
        return distinct_ids(given)

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
        frames = subset.frames.tolist()
        for start in range(0, len(frames), CHUNK):
            yield _rows(self.images(subset, frames[start : start + CHUNK]))

    def _annotation_pieces(self, subset: Subset, members: Members) -> Iterator[bytes]:
        tags = self.tags(subset)
        if len(tags):
            yield _rows(self._with_tags(subset, members, tags))
            return
        numbers = self.numbers(given_ids(self.dataset.shapes.extras, ID, members.first))
        for start in range(0, len(members), CHUNK):
            part = members.part(start, min(start + CHUNK, len(members)))
            yield _rows(self.annotations(part, subset, numbers[start : start + CHUNK]))

    def _with_tags(self, subset: Subset, members: Members, rows: Ints) -> list[Item]:
        """Annotations of a document that has some without a box, in the order in which they came."""
        shapes, tags = self.dataset.shapes, self.dataset.tags
        given = given_ids(shapes.extras, ID, members.first) + given_ids(tags.extras, ID, rows)
        numbers = self.numbers(given)
        items = self.annotations(members, subset, numbers[: len(members)])
        items += self._tags(subset, rows, numbers[len(members) :])
        places = [given_ids(table.extras, PLACE, where) for table, where in ((shapes, members.first), (tags, rows))]
        order = np.argsort([len(items) if place is None else place for place in chain(*places)], kind="stable")
        return [items[place] for place in order.tolist()]

    def _tags(self, subset: Subset, rows: Ints, numbers: Sequence[Any]) -> list[Item]:
        tags = self.dataset.tags
        items: list[Item] = [
            {
                "id": number, "image_id": subset.ids[frame], "category_id": self.category_ids[label],
                "attributes": attributes,
            }
            for number, frame, label, attributes in zip(
                numbers, tags.frame[rows].tolist(), tags.label[rows].tolist(), self.attributes.of_tags(rows),
                strict=True,
            )
        ]  # fmt: skip
        AsRead(tags).put(items, rows, np.ones(len(rows), np.bool_))
        return items

    def _segmentations(self, found: Objects) -> list[Any]:
        values, ends = found.polygons[0].tolist(), found.polygons[1].tolist()
        polygons = [values[start:stop] for start, stop in pairwise(ends)]
        segmentations: list[Any] = [polygons[start:stop] for start, stop in pairwise(found.parts.tolist())]
        places = np.flatnonzero(found.mask >= 0)
        if len(places):
            sizes = self.dataset.frames.sizes(self.dataset.shapes.frame[found.leader[places]])
            for place, rle in zip(places.tolist(), self._rles(found, places, sizes), strict=True):
                segmentations[place] = rle
        return segmentations

    def _rles(self, found: Objects, places: Ints, sizes: Ints) -> list[Item]:
        counts, ends = cvat_rle_to_coco_rle(*take(*found.masks, found.mask[places]), sizes)
        if self.compressed:
            texts: list[Any] = [text.decode("ascii") for text in compress_counts(counts, ends)]
        else:
            flat, cuts = counts.tolist(), ends.tolist()
            texts = [flat[start:stop] for start, stop in pairwise(cuts)]
        return [{"size": size[::-1], "counts": text} for size, text in zip(sizes.tolist(), texts, strict=True)]


def put_image_keys(items: list[Item], extras: Extras, frames: list[int]) -> None:
    """Put in what frames say beside, and take out the keys that their images had not when they were read."""
    for key, extra in others(extras, ("image_id",)).items():
        values = extra.plain()
        for item, frame in zip(items, frames, strict=True):
            if extra.present[frame]:
                item[key] = written(values[frame])
    names = extras[FILE_NAME].plain() if FILE_NAME in extras else []
    for item, frame in zip(items, frames, strict=True) if names else ():
        if names[frame] is not None and names[frame].replace("\\", "/") == item["file_name"]:
            item["file_name"] = names[frame]
    known = extras[IMAGE_KEYS].plain() if IMAGE_KEYS in extras else []
    for item, frame in zip(items, frames, strict=True) if known else ():
        for key in ("width", "height", "file_name") if known[frame] is not None else ():
            if key not in known[frame]:
                del item[key]


def frames_of_subsets(dataset: Dataset) -> Iterator[tuple[str, list[int]]]:
    """The name of each document and its frames."""
    names = [name or "default" for name in dataset.frames.subsets]
    for subset in dict.fromkeys(names) or {"default": None}:
        yield subset, [frame for frame, name in enumerate(names) if name == subset]


def _rows(items: list[Any]) -> bytes:
    """Objects as JSON, without the brackets of the list."""
    return dumped(items)[1:-1]


def written_by(writer: Callable[[Dataset, Options], Writer]) -> Callable[[Dataset, Media | None, Options], Pieces]:
    """The members of an export whose documents some writer makes."""

    def write(dataset: Dataset, media: Media | None, options: Options) -> Pieces:
        yield from writer(dataset, options).documents()
        yield from pictures(dataset, media, options)

    return write


def pictures(dataset: Dataset, media: Media | None, options: Options) -> Pieces:
    """The pictures that are there.  media: by the numbers of the dataset's frames."""
    if media is None or not options.images:
        return
    for frame in range(len(dataset.frames)):
        if frame in media:
            subset = dataset.frames.subsets[frame] or "default"
            yield f"images/{subset}/{dataset.frames.names[frame]}", media[frame].pieces()
