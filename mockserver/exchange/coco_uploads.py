"""COCO files that the real server's importer refuses, although other readers take them.

    coco_uploads.check("COCO 1.0", source)     raises WorkError 'annotations/instances.json: annotations[0]: "id": ...'

Ids are integers and there; images, annotations and categories are lists; a segmentation is there, as a list of lists or
as run lengths. A list of results (detections) has none of that.
Source: the COCO importer of the dataset library that CVAT 2.73 uses, as observed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from annotools.storage import Source
from mockserver.background.queue import WorkError

_FORMATS = ("COCO 1.0", "COCO Keypoints 1.0")
_IDS = {"images": ("id",), "categories": ("id",), "annotations": ("id", "image_id", "category_id")}


def check(format_name: str, source: Source) -> None:
    """Raises: WorkError for what the server's importer refuses."""
    if format_name not in _FORMATS:
        return
    for name in source.members():
        if name.endswith(".json"):
            for problem in _problems(_decoded(source.read(name)), format_name == "COCO 1.0"):
                raise WorkError(f"DatasetImportError: {name}: {problem}")


def _decoded(data: bytes) -> Any:
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return {}  # the reader says where


def _problems(document: Any, outlines: bool) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"expected an object with images, annotations and categories, got {_kind(document)}"
        return
    for table, fields in _IDS.items():
        rows = document.get(table)
        if not isinstance(rows, list):
            yield f'"{table}": expected a list, got {_kind(rows)}'
            continue
        for place, row in enumerate(rows):
            yield from (f"{table}[{place}]: {problem}" for problem in _row_problems(row, fields))
            if table == "annotations" and outlines and isinstance(row, dict):
                yield from (f"{table}[{place}]: {problem}" for problem in _outline_problems(row))


def _row_problems(row: Any, fields: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(row, dict):
        yield f"expected an object, got {_kind(row)}"
        return
    for field in fields:
        value = row.get(field)
        if isinstance(value, bool) or not isinstance(value, int):
            yield f'"{field}": expected an integer, got {_kind(value) if field in row else "nothing"}'


def _outline_problems(row: dict[str, Any]) -> Iterator[str]:
    outline = row.get("segmentation")
    if not isinstance(outline, list | dict):
        given = _kind(outline) if "segmentation" in row else "nothing"
        yield f'"segmentation": expected a list or an object, got {given}'
    elif isinstance(outline, list) and not all(isinstance(part, list) for part in outline):
        yield '"segmentation": expected a list of lists of numbers'


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
