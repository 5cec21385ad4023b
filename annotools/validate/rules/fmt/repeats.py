"""Numbers and names of files that should be there once: of annotations and categories in COCO, of images in CVAT's XML.

{"annotations": [{"id": 1, ...}, {"id": 1, ...}], "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "car"}]}
<image id="0" name="a.jpg"/> <image id="0" name="b.jpg"/>
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import numpy as np

from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.coco import documents, statements
from annotools.validate.structure import Fault

_IMAGE = re.compile(rb"<image\s[^<>]*+>")
_KEYS = {name: re.compile(rb"\s" + name + rb"\s*=\s*(\"[^\"]*\"|'[^']*')") for name in (b"id", b"task_id", b"subset")}


def _repeats(values: Iterable[tuple[Any, Hashable]]) -> Iterator[tuple[Any, Any, Hashable]]:
    """(place, place of the first, value) of what came before; None is no value."""
    first: dict[Hashable, Any] = {}
    for position, value in values:
        known = first.setdefault(value, position)
        if known != position and value is not None:
            yield position, known, value


@rule(
    "FMT030", "repeated-annotation-id", ERROR, upload=WARNING, coco=ERROR, needs=SOURCE,
    proof="source: pycocotools keys annotations by id",
)  # fmt: skip
def repeated_annotation_id(ctx: Context) -> Found | None:
    """Two annotations of a COCO file have one id.

    Why: pycocotools and what is made with it keep annotations by id, so only the last of them is there; results that
        refer to the id mean one of the two.
    Bad:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [
                {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []},
                {"id": 1, "image_id": 1, "category_id": 1, "bbox": [2, 2, 4, 4], "segmentation": []}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [
                {"id": "x", "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []},
                {"id": "x", "image_id": 1, "category_id": 1, "bbox": [2, 2, 4, 4], "segmentation": []}]}}}
    Good:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [
                {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []},
                {"id": 2, "image_id": 1, "category_id": 1, "bbox": [2, 2, 4, 4], "segmentation": []}]}}}
    Source: pycocotools, COCO.createIndex
    """
    faults = []
    for stated in ctx.once(statements):
        ids = [number if isinstance(number, int | str) else None for number in stated.ids]
        for index, first, number in _repeats(enumerate(ids)) if len(set(ids)) < len(ids) else ():
            message = f"id {number!r} is that of annotation {first}, expected an id of its own"
            faults.append(Fault("FMT030", stated.member, f"/annotations/{index}/id", message))
    return ctx.found(faults)


@rule("FMT031", "repeated-category-name", ERROR, needs=SOURCE, proof="source: Datumaro, names of labels are unique")
def repeated_category_name(ctx: Context) -> Found | None:
    """Two categories of a COCO file have one name.

    Why: an import makes labels of names and stops at the second; other tools take the two for one, or lose either.
    Bad:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "car"}], "annotations": []}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}, {"id": 3, "name": "car"}],
            "annotations": []}}}
    Good:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}], "annotations": []}}}
    Source: Datumaro's LabelCategories, add
    """
    faults = []
    for stated in ctx.once(documents):
        names = (
            (index, one.name if isinstance(one.name, str) else None) for index, one in enumerate(stated.categories)
        )
        for index, first, name in _repeats(names):
            message = f"category {name!r} has the name of category {first}, expected a name of its own"
            faults.append(Fault("FMT031", stated.member, f"/categories/{index}/name", message))
    return ctx.found(faults)


@rule(
    "FMT033", "repeated-image-number", ERROR, upload=WARNING, needs=SOURCE,
    proof="source: a picture whose name is not a frame's is taken by its id",
)  # fmt: skip
def repeated_image_number(ctx: Context) -> Found | None:
    """Two images of one task have the same id in CVAT's XML.

    Why: a picture whose name is not a frame's is taken for the frame of its id, so the annotations of both land on one;
        an import into a project keeps images by id, and only one of them.
    Bad:
        {"from": "cvat-images", "files": {"annotations.xml":
            "<annotations><image id='0' name='a.jpg' width='9' height='9'/><image id='0' name='b.jpg' width='9' height='9'/></annotations>"}}

        {"from": "cvat-images", "files": {"annotations.xml":
            "<annotations><image name='a.jpg' id = '0' task_id='1'/><image task_id='1' name='b.jpg' id='0'/></annotations>"}}
    Good:
        {"from": "cvat-images", "files": {"annotations.xml":
            "<annotations><image id='0' name='a.jpg' width='9' height='9'/><image id='1' name='b.jpg' width='9' height='9'/></annotations>"}}

        {"from": "cvat-images", "files": {"annotations.xml":
            "<annotations><image id='0' task_id='1' name='a.jpg' width='9' height='9'/><image id='0' task_id='2' name='b.jpg' width='9' height='9'/></annotations>"}}
    Source: CVAT's cvat.py, load_anno, and the CVAT importer of its fork of Datumaro
    """  # noqa: E501  # a file is one text
    if ctx.source is None or ctx.slug != "cvat-images":
        return None
    faults = []
    for member in ctx.source.members():
        if member.lower().endswith(".xml"):
            data = ctx.source.read(member)
            again = list(_repeats((match.start(), _key(match[0])) for match in _IMAGE.finditer(data)))
            feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) if again else ()
            for position, first, key in again:
                before, line = (np.searchsorted(feeds, (first, position)) + 1).tolist()
                message = f"the image of line {line} has the id {key} of that of line {before}"
                faults.append(Fault("FMT033", member, "", message))
    return ctx.found(faults)


class _Key(tuple[bytes, ...]):
    """What tells images apart; shown as its id."""

    __slots__ = ()

    def __str__(self) -> str:
        return self[0].decode("utf-8", "replace")


def _key(text: bytes) -> _Key | None:
    matches = [pattern.search(text) for pattern in _KEYS.values()]
    values = [b"" if one is None else one[1][1:-1] for one in matches]
    return _Key(values) if values[0] else None
