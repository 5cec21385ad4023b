"""Words of older servers for who drew something, as those of today while a backup is read.

Renamed(archive, "annotations.json").read("annotations.json")      "Ground truth" is "manual"
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from annotools.storage import Source

NAMES = {"Ground truth": "manual"}


class Renamed(Source):
    """A source in one member of which, a list of annotations, objects have sources of today."""

    def __init__(self, source: Source, member: str) -> None:
        super().__init__(source.name)
        self._source, self._member = source, member

    def _list(self) -> list[str]:
        return self._source.members()

    def size(self, name: str) -> int:
        return self._source.size(name)

    def open(self, name: str) -> BinaryIO:
        if name != self._member:
            return self._source.open(name)
        return io.BytesIO(_renamed(self._source.read(name)))


def _renamed(data: bytes) -> bytes:
    if not any(name.encode() in data for name in NAMES):
        return data
    try:
        documents = orjson.loads(data)
    except orjson.JSONDecodeError:
        return data  # the reader says where
    for item in _objects(documents):
        if isinstance(item.get("source"), str):
            item["source"] = NAMES.get(item["source"], item["source"])
    return orjson.dumps(documents)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Annotations and their elements; values of attributes are none."""
    if isinstance(value, list):
        for part in value:
            yield from _objects(part)
    elif isinstance(value, dict):
        yield value
        for name in ("tags", "shapes", "tracks", "intervals", "elements"):
            yield from _objects(value.get(name))
