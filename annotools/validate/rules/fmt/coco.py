"""COCO files: category numbers, outlines of another kind, boxes and areas that do not fit.

    {"categories": [{"id": 1, ...}], "annotations": [{"category_id": 1, "bbox": [x, y, w, h], "area": 12.5,
     "segmentation": [[x0, y0, x1, y1, ...]]  or  {"counts": [...], "size": [h, w]}}]}

What a reader makes of such a file is in the tables; these rules ask what the file itself says.
Source: https://cocodataset.org/#format-data and what CVAT's importer does with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
import numpy as np

from annotools.errors import InputError
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.geometry.rle import cvat_rle_areas, cvat_rle_boxes
from annotools.model import MASK
from annotools.validate.context import Context
from annotools.validate.edits import PutAt
from annotools.validate.findings import ERROR, WARNING, Fix, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt._annotations import Statements, box_of, statements_of
from annotools.validate.structure import Fault

_SLUGS = ("coco", "coco-keypoints")
T = TypeVar("T", bound=msgspec.Struct)


class _Category(msgspec.Struct, gc=False):
    id: Any = None
    name: Any = None


class _Use(msgspec.Struct, gc=False):
    category_id: Any = None


class _Image(msgspec.Struct, gc=False):
    file_name: Any = None


class _Document(msgspec.Struct, gc=False):
    images: list[_Image] = []
    categories: list[_Category] = []
    annotations: list[msgspec.Raw] = []


class Stated(msgspec.Struct, frozen=True):
    """A COCO document of the input as it stands.  member: its name."""

    member: str
    document: _Document

    @property
    def names(self) -> list[str]:
        """The file names of its images, empty where there is none."""
        return [one.file_name if isinstance(one.file_name, str) else "" for one in self.document.images]

    @property
    def categories(self) -> list[_Category]:
        """Its categories."""
        return self.document.categories


def documents(ctx: Context) -> tuple[Stated, ...]:
    """The COCO documents of the input, as far as they can be decoded."""
    if ctx.source is None or ctx.slug not in _SLUGS:
        return ()
    return tuple(_documents(ctx))


def _documents(ctx: Context) -> Iterator[Stated]:
    assert ctx.source is not None
    decoder = msgspec.json.Decoder(_Document)
    for member in ctx.source.members():
        if member.lower().endswith(".json"):
            try:
                yield Stated(member, decoder.decode(ctx.source.read(member)))
            except (*UNDECODABLE, InputError):
                continue  # the reader has said what is wrong with it


@rule("FMT001", "category-zero", ERROR, needs=SOURCE, proof="source: COCO's importer takes 0 for no category")
def category_zero(ctx: Context) -> Found | None:
    """A category of a COCO file has the number 0.

    Why: CVAT's importer takes 0 for no label, and the whole import fails with `annotation has no label`.
    Bad:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 0, "name": "car"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 0, "bbox": [1, 1, 4, 4]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}, {"id": 0, "name": "bus"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 0, "bbox": [1, 1, 4, 4]}]}}}
    Good:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4]}]}}}
    Source: source: CVAT's bindings.py, an annotation without a label is refused
    """
    faults = []
    for stated in ctx.once(documents):
        zeros = [index for index, one in enumerate(stated.categories) if one.id == 0 and one.id is not False]
        for index in zeros if zeros and _uses_zero(ctx, stated) else ():
            message = f"category {stated.categories[index].name!r} has the number 0, which an import takes for no label"
            faults.append(Fault("FMT001", stated.member, f"/categories/{index}/id", message))
    return ctx.found(faults)


def _uses_zero(ctx: Context, document: Stated) -> bool:
    """A category 0 that no annotation has is a heading of other tools, and harmless."""
    return any(one.category_id == 0 for stated, _, one in annotations_of(ctx, _Use) if stated is document)


@rule("FMT002", "outline-of-another-kind", ERROR, needs=SOURCE, proof="source: COCO's importer, value counts")
def outline_of_another_kind(ctx: Context) -> Found | None:
    """The segmentation of a COCO annotation is a flat list of numbers: run lengths or a polygon without its brackets.

    Why: an importer takes every number for a polygon of its own, and fails (`invalid value count`). A polygon is a list
        in a list, run lengths are an object with counts and size.
    Bad:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [1, 1, 4, 4], "segmentation": [1, 1, 5, 1, 5, 5]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [1, 1, 4, 4], "segmentation": [1, 1, 5, 1, 5, 5, 9]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [1, 1, 4, 4], "segmentation": [1, 1, 5, 1]}]}}}
    Good:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [1, 1, 4, 4], "segmentation": [[1, 1, 5, 1, 5, 5]]}]}}}
    Fix: lossy: a flat list that can be a polygon becomes one.
    Source: source: Datumaro's COCO importer, checks of segmentation
    """
    faults = []
    for stated in ctx.once(statements):
        for index, flat in stated.flat:
            pointer = f"/annotations/{index}/segmentation"
            message = (
                f"segmentation is a flat list of {len(flat)} numbers, expected polygons in lists, or counts and size"
            )
            polygon = len(flat) >= 6 and len(flat) % 2 == 0
            fix = Fix("put it into a list", False, (PutAt(stated.member, pointer, [flat]),)) if polygon else None
            faults.append(Fault("FMT002", stated.member, pointer, message, fix))
    return ctx.found(faults)


def statements(ctx: Context) -> tuple[Statements, ...]:
    """What the annotations of each document of the input say of themselves."""
    return tuple(statements_of(stated.member, stated.document.annotations) for stated in ctx.once(documents))


def annotations_of(ctx: Context, kind: type[T]) -> Iterator[tuple[Stated, int, T]]:
    """(document, place, what it says) of every annotation of the input.  kind: what to decode, all of it optional."""
    decode = msgspec.json.Decoder(kind).decode
    for stated in ctx.once(documents):
        for index, raw in enumerate(stated.document.annotations):
            try:
                annotation = decode(raw)
            except UNDECODABLE:
                continue  # the reader has said what is wrong with it
            yield stated, index, annotation


@rule("FMT003", "box-unlike-outline", WARNING, upload=WARNING, needs=SOURCE, proof="source: the box is not looked at")
def box_unlike_outline(ctx: Context, pixels: float = 2, share: float = 0.25) -> Iterator[Found]:
    """The bbox or area of a COCO annotation does not fit its outline.

    Why: an import looks at the outline alone; tools that train on boxes or filter by area see another object.
    Bad:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [50, 50, 9, 9], "segmentation": [[10, 10, 40, 10, 40, 40]]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [10, 10, 30, 30], "area": 5, "segmentation": [[10, 10, 40, 10, 40, 40]]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [10, 10, 70, 30], "area": 2000,
                "segmentation": [[10, 10, 40, 10, 40, 40], [50, 10, 80, 10, 80, 40]]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 20, "height": 10}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [0, 0, 9, 9], "area": 30, "segmentation": {"size": [10, 20], "counts": [100, 30, 70]}}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 20, "height": 10}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [10, 0, 3, 10], "area": 90, "segmentation": {"size": [10, 20], "counts": [100, 30, 70]}}]}}}
    Good:
        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [10, 10, 30, 30], "area": 450, "segmentation": [[10, 10, 40, 10, 40, 40]]}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 20, "height": 10}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
                "bbox": [10, 0, 3, 10], "area": 30, "segmentation": {"size": [10, 20], "counts": [100, 30, 70]}}]}}}
    Options: pixels: how far each side may be off. share: how much of the area may be off.
    Source: source: Datumaro's COCO importer reads the segmentation where there is one
    """
    faults = [
        Fault("FMT003", stated.member, f"/annotations/{index}/{key}", message)
        for stated in ctx.once(statements)
        for index, key, message in sorted([*_boxes_unlike(stated, pixels), *_areas_unlike(stated, share)], key=_in_file)
    ]
    yield from filter(None, [ctx.found(faults)])
    yield from _masks_unlike(ctx, pixels, share)


def _masks_unlike(ctx: Context, pixels: float, share: float) -> Iterator[Found]:
    """The same of masks, of which the reader has the pixels and what was said beside them."""
    shapes, extras = ctx.shapes, ctx.shapes.extras
    rows = np.flatnonzero(shapes.type == MASK)
    if ctx.slug not in _SLUGS or not {"bbox", "area"} <= extras.keys() or not len(rows):
        return
    table = shapes.take(rows)
    boxes, areas = cvat_rle_boxes(table.values, table.offsets), cvat_rle_areas(table.values, table.offsets)
    bboxes = np.stack([extras["bbox"].values[rows][name] for name in ("left", "top", "width", "height")], axis=1)
    corners = np.concatenate([bboxes[:, :2], bboxes[:, :2] + bboxes[:, 2:]], axis=1)
    off = np.abs(corners - (boxes + np.array([0, 0, 1, 1]))).max(axis=1) > pixels
    odd = np.flatnonzero(off & extras["bbox"].present[rows] & (areas > 0))
    text = "bbox is {given}, the pixels of the mask reach from {left:g} {top:g} to {right:g} {bottom:g}"
    left, top, right, bottom = boxes[odd].T
    given = list(map(str, bboxes[odd].tolist()))
    yield ctx.at("shape", rows[odd], text, given=given, left=left, top=top, right=right + 1, bottom=bottom + 1)
    stated = extras["area"].values[rows]
    wrong = np.abs(stated - areas) > np.maximum(share * np.maximum(stated, areas), 16)
    odd = np.flatnonzero(wrong & extras["area"].present[rows])
    yield ctx.at("shape", rows[odd], "area is {given:g}, the mask has {area:g} px", given=stated[odd], area=areas[odd])


def _boxes_unlike(stated: Statements, pixels: float) -> Iterator[tuple[int, str, str]]:
    """(place, key, words) of boxes that are not round the polygons."""
    corners = np.hstack([stated.boxes[:, :2], stated.boxes[:, :2] + stated.boxes[:, 2:]])
    for index in np.flatnonzero(np.abs(corners - stated.hulls).max(axis=1) > pixels).tolist():
        left, top, right, bottom = stated.hulls[index].tolist()
        reach = f"the polygons reach from {left:g} {top:g} to {right:g} {bottom:g}"
        yield index, "bbox", f"bbox is {box_of(stated.pieces[index])}, {reach}"


def _areas_unlike(stated: Statements, share: float) -> Iterator[tuple[int, str, str]]:
    """(place, key, words) of areas that are not those of the polygons."""
    slack = np.maximum(share * np.maximum(stated.areas, stated.most), 16)
    odd = (stated.areas < stated.least - slack) | (stated.areas > stated.most + slack)
    for index in np.flatnonzero(odd).tolist():
        message = f"area is {stated.areas[index]:g}, that of the polygons {stated.most[index]:g}"
        yield index, "area", message


def _in_file(misfit: tuple[int, str, str]) -> tuple[int, bool]:
    return misfit[0], misfit[1] != "bbox"
