"""Documents of Datumaro: one a subset, items some thousands of annotations at a time.

    {"dm_format_version":"1.0","media_type":2,"infos":{},"categories":{..},"items":[{"id":"a/b","annotations":[..],..}]}

What the server writes otherwise is a writer of its own: see `server`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, islice
from posixpath import splitext
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from annotools.formats.base import Members, WriteOptions
from annotools.formats.datumaro import categories
from annotools.formats.datumaro.objects import Objects
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.ids import given_ids, whole_ids
from annotools.formats.kernel.jsonfile import dumped
from annotools.formats.kernel.members import file_names
from annotools.model import Dataset
from annotools.model.columns import Ints
from annotools.tracks import element_owners

if TYPE_CHECKING:
    from annotools.storage import Media

Item = dict[str, Any]
PICTURES, CLOUDS = 2, 6
_CHUNK = 4096  # annotations


class Writer:
    """The documents of one dataset.  clouds: whether its media are point clouds."""

    def __init__(self, dataset: Dataset, names: list[str], clouds: bool = False) -> None:
        self.dataset, self.names, self.clouds = dataset, names, clouds
        self.objects = self.annotations()
        self.tags = ByFrame(dataset.tags.frame, len(names))
        self.shapes = self.order(np.flatnonzero((element_owners(dataset) < 0) & ~dataset.shapes.outside))

    def annotations(self) -> Objects:
        """What makes rows objects."""
        return Objects(self.dataset)

    def order(self, rows: Ints) -> ByFrame:
        """The order of shapes on a frame.  rows: those that are annotations."""
        return ByFrame(self.dataset.shapes.frame, len(self.names), rows)

    def documents(self) -> Members:
        """One document a subset."""
        subsets = [subset or "default" for subset in self.dataset.frames.subsets]
        for name in dict.fromkeys(subsets) or ("default",):
            frames = [frame for frame, subset in enumerate(subsets) if subset == name]
            yield f"annotations/{name}.json", self._document(frames)

    def head(self) -> Item:
        """All of a document but its items."""
        infos = self.dataset.extras["dataset"].get("infos")
        kind = CLOUDS if self.clouds else PICTURES
        return {
            "dm_format_version": "1.0", "media_type": kind,
            "infos": orjson.Fragment(infos.values[0]) if infos is not None and infos.present[0] else {},
            "categories": self.categories(),
        }  # fmt: skip

    def categories(self) -> Item:
        """The categories of every document."""
        return categories.written(self.dataset)

    def _document(self, frames: list[int]) -> Iterator[bytes]:
        yield dumped(self.head())[:-1] + b',"items":['
        numbers = iter(self.numbers(frames))
        comma = b""
        for some in self._pieces(frames):
            yield comma + dumped(self._items(some, numbers))[1:-1]
            comma = b","
        yield b"]}"

    def numbers(self, frames: list[int]) -> list[int]:
        """The ids of the annotations of a document, as they stand in it."""
        tags, shapes = self.dataset.tags.extras, self.dataset.shapes.extras
        if "annotation_id" not in tags and "annotation_id" not in shapes:
            return whole_ids([None] * sum(self.tags.counts(frames) + self.shapes.counts(frames)))
        if not len(self.dataset.tags):
            return whole_ids(given_ids(shapes, "annotation_id", self.shapes.rows_of(frames)))
        pairs = ((self.tags.rows(f), self.shapes.rows(f)) for f in frames)
        names = [
            given_ids(tags, "annotation_id", of_tags) + given_ids(shapes, "annotation_id", of_shapes)
            for of_tags, of_shapes in pairs
        ]
        return whole_ids(list(chain.from_iterable(names)))

    def _pieces(self, frames: list[int]) -> Iterator[list[int]]:
        """Frames with some thousands of annotations together."""
        some: list[int] = []
        size = 0
        for frame, shapes, tags in zip(frames, self.shapes.counts(frames), self.tags.counts(frames), strict=True):
            some.append(frame)
            size += shapes + tags + 1
            if size >= _CHUNK:
                yield some
                some, size = [], 0
        if some:
            yield some

    def _items(self, frames: list[int], numbers: Iterator[int]) -> list[Item]:
        drawn = iter(self.objects.shapes(self.shapes.rows_of(frames)))
        tagged = iter(self.objects.tags(self.tags.rows_of(frames)))
        items = []
        for frame, shapes, tags in zip(frames, self.shapes.counts(frames), self.tags.counts(frames), strict=True):
            annotations = [*islice(tagged, tags), *islice(drawn, shapes)]
            for annotation, number in zip(annotations, numbers, strict=False):
                annotation["id"] = number
            items.append(self.item(frame, annotations))
        return items

    def item(self, frame: int, annotations: list[Item]) -> Item:
        """One item."""
        head = {"id": self.key(frame), "annotations": annotations, "attr": {"frame": self._numbers[frame]}}
        return head | self.media(frame)

    @cached_property
    def _numbers(self) -> list[int]:
        return list(map(int, self.dataset.frames.extras["frame_id"].values.tolist()))

    @cached_property
    def _sizes(self) -> list[list[int]]:
        """Height and width of each frame."""
        frames = self.dataset.frames
        return np.stack([frames.height, frames.width], axis=1).tolist()  # type: ignore[no-any-return]

    def key(self, frame: int) -> str:
        """What an item is called: its picture's name without what that ends in."""
        return splitext(self.names[frame])[0]

    def media(self, frame: int) -> Item:
        """The file of an item."""
        frames = self.dataset.frames
        if self.clouds:
            related = frames.extras.get("related_images")
            more = {} if related is None or not related.present[frame] else _related(related.values[frame])
            return {"point_cloud": {"path": self.names[frame]}} | more
        size = self._sizes[frame]
        image: Item = {"path": self.names[frame]}
        return {"image": image | ({"size": size} if all(size) else {})}


def _related(text: bytes) -> Item:
    return {"related_images": orjson.Fragment(text)}


def write(dataset: Dataset, media: Media | None, options: WriteOptions, clouds: bool = False) -> Members:
    """The documents, and the pictures or point clouds."""
    names = file_names(dataset, media)
    yield from Writer(dataset, names, clouds).documents()
    folder = "point_clouds" if clouds else "images"
    for frame, name in enumerate(names):
        if options.images and media is not None and frame in media:
            yield f"{folder}/{dataset.frames.subsets[frame] or 'default'}/{name}", media[frame].pieces()
