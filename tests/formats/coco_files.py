"""COCO documents for tests: made in memory, read and written without a disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import orjson

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Label
from annotools.storage import Limits
from annotools.storage.zips import ZipSource

Doc = dict[str, Any]
INSTANCES = "annotations/instances_default.json"
KEYPOINTS = "annotations/person_keypoints_default.json"


def packed(files: Mapping[str, Any]) -> ZipSource:
    """A source of members; what is no bytes is written as JSON."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else orjson.dumps(content))
    stream.seek(0)
    return ZipSource("input.zip", stream, Limits())


def read(
    files: Mapping[str, Any] | Doc,
    context: Dataset | None = None,
    slug: str = "coco",
    options: ReadOptions | None = None,
) -> Read:
    """What a format reads from members, or from one document."""
    members = files if any("." in name for name in files) else {INSTANCES: files}
    options = options or ReadOptions()
    reader = formats.get(slug).dialect(options).read
    assert reader is not None
    with packed(members) as source:
        return reader(source, context, options)


def write(dataset: Dataset, slug: str = "coco", **chosen: str) -> dict[str, Doc]:
    """The documents that a format makes of a dataset.  chosen: settings."""
    return written(dataset, slug, WriteOptions(settings=chosen))


def written(dataset: Dataset, slug: str, options: WriteOptions) -> dict[str, Doc]:
    return {name: orjson.loads(text) for name, text in texts(dataset, slug, options).items()}


def texts(dataset: Dataset, slug: str = "coco", options: WriteOptions | None = None) -> dict[str, bytes]:
    """The texts of the documents."""
    options = options or WriteOptions()
    form = formats.get(slug).dialect(options)
    assert form.write is not None
    ready, _ = fit_to_format(dataset, form, options)
    return {name: b"".join(pieces) for name, pieces in form.write(ready, None, options)}


def one(dataset: Dataset, **chosen: str) -> Doc:
    """The only document of `coco`."""
    (document,) = write(dataset, **chosen).values()
    return document


def doc(*annotations: Doc, images: Any = None, categories: Any = None) -> Doc:
    """A document of two images and two categories."""
    return {
        "images": images or [
            {"id": 1, "file_name": "a.jpg", "width": 20, "height": 10},
            {"id": 2, "file_name": "sub/b.jpg", "width": 30, "height": 40},
        ],
        "categories": categories or [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
        "annotations": list(annotations),
    }  # fmt: skip


def box(**fields: Any) -> Doc:
    """An annotation that is a box."""
    return {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1.5, 2, 3, 4.25]} | fields


def task() -> Any:
    build = DatasetBuilder(labels=[Label(11, "car"), Label(12, "bus", attributes=(AttributeSpec(5, "red"),))])
    for name in ("a.jpg", "gone.jpg", "sub/b.jpg"):
        build.add_frame(name, 20, 10, deleted=name == "gone.jpg")
    return build.dataset()
