"""The members of an export: one JSON document a subset, and the pictures.

    annotations/<prefix>_<subset>.json      subset `default` where a frame has none
    images/<subset>/<file_name>

Objects become JSON some thousands at a time: what is held at once does not grow with the dataset.  What another
program writes otherwise is a writer of its own: see `server`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from annotools.formats.base import Members as Pieces
from annotools.formats.base import Options
from annotools.formats.coco import categories_out, objects
from annotools.formats.coco.attributes_out import AttributesOut, put
from annotools.formats.coco.objects import Members, Objects
from annotools.geometry.ragged import take
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts
from annotools.geometry.widths import widths
from annotools.model import Dataset
from annotools.model.tables import Ints

if TYPE_CHECKING:
    from annotools.storage import Media

Item = dict[str, Any]
CHUNK = 4096
UNTURNED = "unrotated_bbox"  # ours; `attributes.rotation` turns it into what `bbox` and `segmentation` say
INFO = {"contributor": "", "date_created": "", "description": "", "url": "", "version": ""}


@dataclass(frozen=True, slots=True)
class Subset:
    """The frames of one document and their image ids."""

    name: str
    frames: Ints
    ids: dict[int, int]


class Writer:
    """The documents of one dataset."""

    prefix = "instances"

    def __init__(self, dataset: Dataset, options: Options) -> None:
        self.dataset = dataset
        self.category_ids = categories_out.places(dataset)
        self.crowd = options.setting("iscrowd", "0") == "1"
        self.compressed = options.setting("rle", "compressed") == "compressed"
        self.attributes = AttributesOut(dataset)

    def documents(self) -> Pieces:
        """One document a subset."""
        members = self.members()
        frames = self.dataset.shapes.frame[members.first]
        for subset in self.subsets():
            mine = members.of(np.flatnonzero(np.isin(frames, subset.frames)))
            yield f"annotations/{self.prefix}_{subset.name}.json", self._document(subset, mine)

    def members(self) -> Members:
        """The rows that make each annotation."""
        shapes = self.dataset.shapes
        return objects.in_order(shapes, np.flatnonzero(~shapes.outside))

    def described(self, members: Members) -> Objects:
        """What is said of some objects."""
        return objects.described(self.dataset, members)

    def subsets(self) -> Iterator[Subset]:
        """The documents.  Image ids count all images."""
        start = 1
        for name, frames in frames_of_subsets(self.dataset):
            ids = {frame: number for number, frame in enumerate(frames, start)}
            yield Subset(name, np.array(frames, np.int64), ids)
            start += len(frames)

    def head(self, subset: Subset) -> Item:
        """All of a document but its lists of images and annotations."""
        info = INFO | {"description": self.dataset.task.name}
        return {"licenses": [], "info": info, "categories": self.categories()}

    def categories(self) -> list[Item]:
        """The categories, of every document the same."""
        return categories_out.of_instances(self.dataset, self.category_ids)

    def images(self, subset: Subset, frames: list[int]) -> list[Item]:
        """Some images of a document."""
        names, sizes = self.dataset.frames.names, self.dataset.frames.sizes(np.array(frames, np.int64)).tolist()
        return [
            {"id": subset.ids[frame], "width": width, "height": height, "file_name": names[frame]}
            for frame, (width, height) in zip(frames, sizes, strict=True)
        ]

    def annotations(self, members: Members, subset: Subset, first: int) -> list[Item]:
        """The annotations of a few objects, numbered from `first`."""
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
            for number, (frame, label, segmentation, area, box, crowd, attributes) in enumerate(columns, first)
        ]  # fmt: skip
        self.beside(rows, found.leader)
        return rows

    def beside(self, rows: list[Item], leader: Ints) -> None:
        """Put in what few annotations have: how sure a detector was, the box before it was turned."""
        shapes = self.dataset.shapes
        put(rows, "score", shapes.score[leader], shapes.score[leader] != 1)
        turned = np.flatnonzero(objects.is_turned(shapes.take(leader)))
        boxes = shapes.boxes()[leader[turned]]
        sizes = widths(boxes[:, :2], boxes[:, 2:])
        for place, box in zip(turned.tolist(), np.concatenate([boxes[:, :2], sizes], axis=1).tolist(), strict=True):
            rows[place][UNTURNED] = box

    def _document(self, subset: Subset, members: Members) -> Iterator[bytes]:
        yield orjson.dumps(self.head(subset))[:-1] + b',"images":['
        yield from _joined(self._image_pieces(subset))
        yield b'],"annotations":['
        yield from _joined(self._annotation_pieces(subset, members))
        yield b"]}"

    def _image_pieces(self, subset: Subset) -> Iterator[bytes]:
        frames = subset.frames.tolist()
        for start in range(0, len(frames), CHUNK):
            yield _rows(self.images(subset, frames[start : start + CHUNK]))

    def _annotation_pieces(self, subset: Subset, members: Members) -> Iterator[bytes]:
        for start in range(0, len(members), CHUNK):
            part = members.part(start, min(start + CHUNK, len(members)))
            yield _rows(self.annotations(part, subset, 1 + start))

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


def frames_of_subsets(dataset: Dataset) -> Iterator[tuple[str, list[int]]]:
    """The name of each document and its frames."""
    names = [name or "default" for name in dataset.frames.subsets]
    for subset in dict.fromkeys(names) or {"default": None}:
        yield subset, [frame for frame, name in enumerate(names) if name == subset]


def _rows(items: list[Any]) -> bytes:
    """Objects as JSON, without the brackets of the list."""
    return orjson.dumps(items)[1:-1]


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    filled = (piece for piece in pieces if piece)
    yield next(filled, b"")
    yield from chain.from_iterable((b",", piece) for piece in filled)


def pictures(dataset: Dataset, media: Media | None, options: Options) -> Pieces:
    """The pictures that are there.  media: by the numbers of the dataset's frames."""
    if media is None or not options.images:
        return
    for frame in range(len(dataset.frames)):
        if frame in media:
            subset = dataset.frames.subsets[frame] or "default"
            yield f"images/{subset}/{dataset.frames.names[frame]}", media[frame].pieces()
