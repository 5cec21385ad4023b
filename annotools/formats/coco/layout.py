"""The members of an export: one JSON document a subset, and the pictures.

annotations/<prefix>_<subset>.json      subset `default` where a frame has none
images/<subset>/<file_name>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from posixpath import splitext
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from annotools.formats.base import Members, Options
from annotools.model import Dataset
from annotools.model.tables import Ints

if TYPE_CHECKING:
    from annotools.storage import Media

CHUNK = 4096
_INFO = {"contributor": "", "date_created": "", "description": "", "url": "", "version": ""}
_SERVER_INFO = _INFO | {"year": ""}
_SERVER_IMAGE = {"license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}


@dataclass(frozen=True, slots=True)
class Subset:
    """The frames of one document and their image ids."""

    name: str
    frames: Ints
    ids: dict[int, int]


def subsets(dataset: Dataset, server: bool) -> Iterator[Subset]:
    """The documents of an export.  Image ids count all images; the server gives those of one stem the same."""
    names = [name or "default" for name in dataset.frames.subsets]
    numbers: dict[Any, int] = {}
    for subset in dict.fromkeys(names) or {"default": None}:
        frames = [frame for frame, name in enumerate(names) if name == subset]
        keys = [splitext(dataset.frames.names[frame])[0] if server else frame for frame in frames]
        ids = {frame: numbers.setdefault(key, len(numbers) + 1) for frame, key in zip(frames, keys, strict=True)}
        yield Subset(subset, np.array(frames, np.int64), ids)


def document(
    dataset: Dataset, subset: Subset, categories: list[Any], annotations: Iterable[bytes], server: bool
) -> Iterator[bytes]:
    """The pieces of one document.  annotations: comma-separated objects, some at a time."""
    info = _SERVER_INFO if server else _INFO | {"description": dataset.task.name}
    licenses = [{"name": "", "id": 0, "url": ""}] if server else []
    head = {"licenses": licenses, "info": info, "categories": categories}
    yield orjson.dumps(head)[:-1] + b',"images":['
    yield from _joined(_images(dataset, subset, server))
    yield b'],"annotations":['
    yield from _joined(annotations)
    yield b"]}"


def rows(objects: list[Any]) -> bytes:
    """Objects as JSON, without the brackets of the list."""
    return orjson.dumps(objects)[1:-1]


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    filled = (piece for piece in pieces if piece)
    yield next(filled, b"")
    yield from chain.from_iterable((b",", piece) for piece in filled)


def _images(dataset: Dataset, subset: Subset, server: bool) -> Iterator[bytes]:
    frames = dataset.frames
    extra = _SERVER_IMAGE if server else {}
    sizes = frames.sizes(subset.frames).tolist()
    for start in range(0, len(sizes), CHUNK):
        part = subset.frames[start : start + CHUNK].tolist()
        yield rows(
            [
                {"id": subset.ids[frame], "width": width, "height": height, "file_name": frames.names[frame], **extra}
                for frame, (width, height) in zip(part, sizes[start : start + CHUNK], strict=True)
            ]
        )


def pictures(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The pictures that are there.  media: by the numbers of the dataset's frames."""
    if media is None or not options.images:
        return
    for frame in range(len(dataset.frames)):
        if frame in media:
            subset = dataset.frames.subsets[frame] or "default"
            yield f"images/{subset}/{dataset.frames.names[frame]}", media[frame].pieces()
