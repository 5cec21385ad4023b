"""Annotation files of Pascal VOC for tests, read and written."""

from __future__ import annotations

from annotools import formats
from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.model import Dataset
from tests.formats.kernel.sources import zipped

BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40.5</ymax></bndbox>"


def annotation(*objects: str, name: str = "a.jpg", size: str = "<width>50</width><height>60</height>") -> str:
    inner = "".join(f"\n<object>{text}</object>" for text in objects)
    return f"<annotation><filename>{name}</filename><size>{size}</size>{inner}</annotation>"


CAR = f"<name>car</name>{BOX}"


def read(members: dict[str, bytes | str], context: Dataset | None = None) -> Read:
    reader = formats.get("voc").read
    assert reader is not None
    return reader(zipped(members), context, ReadOptions())


def written(dataset: Dataset) -> dict[str, bytes]:
    writer = formats.get("voc").write
    assert writer is not None
    return {name: b"".join(pieces) for name, pieces in writer(dataset, None, WriteOptions())}
