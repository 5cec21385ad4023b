"""Documents of Datumaro for tests, read and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

import annotools as at
from annotools import formats
from annotools.formats.base import Read, ReadOptions
from annotools.model import Dataset
from tests.formats.kernel.sources import zipped

CAR = {"label": {"labels": [{"name": "car", "parent": "", "attributes": ["make"]}], "attributes": ["occluded"]}}
Item = dict[str, Any]


def document(*annotations: Item, categories: Item = CAR, **more: Any) -> bytes:
    item = {"id": "a/b", "annotations": list(annotations), "image": {"path": "a/b.jpg", "size": [40, 50]}}
    return orjson.dumps({"categories": categories, "items": [item | more]})


def read_all(members: dict[str, bytes], slug: str = "datumaro", context: Dataset | None = None) -> Read:
    reader = formats.get(slug).read
    assert reader is not None
    return reader(zipped(members), context, ReadOptions())


def read(*annotations: Item, **more: Any) -> Read:
    return read_all({"annotations/default.json": document(*annotations, **more)})


def points(result: Read) -> list[list[float]]:
    shapes = result.dataset.shapes
    return [shapes.points(row).tolist() for row in range(len(shapes))]


def written(dataset: Dataset, where: Path, slug: str = "datumaro") -> Item:
    """The only document that a format makes of a dataset."""
    at.write(dataset, where / "out", slug)
    document: Item = orjson.loads((where / "out/annotations/default.json").read_bytes())
    return document


def kind(word: str, **more: Any) -> Item:
    return {"id": 0, "type": word, "attributes": {}, "group": 0, "label_id": 0} | more
