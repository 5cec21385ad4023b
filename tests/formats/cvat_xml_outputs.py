"""What is written as CVAT's XML, taken apart for tests."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

from annotools import formats
from annotools.convert import writing
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Losses, Task
from annotools.storage.sources import FileSource


def carried(dataset: Dataset, slug: str, options: WriteOptions | None = None) -> tuple[Dataset, Losses]:
    dataset, losses = writing.fit_to_format(dataset, formats.get(slug), options or WriteOptions())
    return dataset, losses.of(None, "annotations", "definitions")


def written(dataset: Dataset, slug: str, options: WriteOptions | None = None) -> bytes:
    """The XML of a dataset that has been carried."""
    options = options or WriteOptions()
    form = formats.get(slug).dialect(options)
    assert form.write is not None
    return b"".join(b"".join(pieces) for _, pieces in form.write(dataset, None, options))


def tree(dataset: Dataset, slug: str, options: WriteOptions | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(written(carried(dataset, slug, options)[0], slug, options))


def back(data: bytes, context: Dataset | None = None) -> Dataset:
    form = formats.get("cvat-images")
    assert form.read is not None
    source = FileSource("a.xml", len(data), lambda: io.BytesIO(data))
    result = form.read(source, context, ReadOptions())
    assert [str(problem) for problem in result.problems] == []
    return result.dataset


def frames(count: int, **fields: Any) -> DatasetBuilder:
    build = DatasetBuilder(Task(**fields))
    build.add_label("car", attributes=[AttributeSpec(0, "make"), AttributeSpec(0, "lit", True)])
    for number in range(count):
        build.add_frame(f"{number}.jpg", 64, 48)
    return build
