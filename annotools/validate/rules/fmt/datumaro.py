"""Datumaro: names of items and what `attributes` say of tracks.

    {"items": [{"id": "a", "annotations": [{"attributes": {"track_id": 1, "keyframe": true}, ...}]}]}

What a reader makes of such a document is in the tables; these rules ask what the document itself says.
Source: https://open-edge-platform.github.io/datumaro/latest/docs/data-formats/formats/datumaro.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from annotools.errors import InputError, Problems
from annotools.formats.datumaro.documents import documents_of
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_SLUGS = ("datumaro", "datumaro-3d")


class _Annotation(msgspec.Struct, gc=False):
    id: Any = None
    attributes: Any = None


class _Item(msgspec.Struct, gc=False):
    id: Any = None
    annotations: list[_Annotation] | None = None


class Stated(msgspec.Struct, frozen=True):
    """An item as it stands.  place: in the list of its file."""

    member: str
    place: int
    item: _Item


def items(ctx: Context) -> tuple[Stated, ...]:
    """The items of the input, as far as they can be decoded."""
    if ctx.source is None or ctx.slug not in _SLUGS:
        return ()
    return tuple(_items(ctx))


def _items(ctx: Context) -> Iterator[Stated]:
    assert ctx.source is not None
    decoder = msgspec.json.Decoder(_Item)
    try:
        documents = documents_of(ctx.source, Problems())
    except InputError:
        return  # the reader has said what is wrong with it
    for document in documents:
        for index, piece in enumerate(document.items):
            try:
                yield Stated(document.member, index, decoder.decode(piece))
            except UNDECODABLE:
                continue


@rule("FMT080", "items-of-one-name", ERROR, needs=SOURCE, proof="source: Datumaro keeps one item of a name and subset")
def items_of_one_name(ctx: Context) -> Found | None:
    """Two items of a document of Datumaro have one id.

    Why: an item is known by its id and its subset, so Datumaro keeps only one of them. It happens where two pictures
        differ in nothing but their endings.
    Bad:
        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "image": {"path": "a.jpg"}},
            {"id": "a", "image": {"path": "a.png"}}]}}}

        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": 7, "image": {"path": "a.jpg"}},
            {"id": "7", "image": {"path": "b.jpg"}}]}}}
    Good:
        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "image": {"path": "a.jpg"}},
            {"id": "b", "image": {"path": "b.png"}}]}}}
    Source: source: Datumaro's storage of items
    """
    seen: set[tuple[str, str]] = set()
    faults = []
    for each in ctx.once(items):
        key = (each.member, str(each.item.id))
        if key in seen:
            message = f"id {str(each.item.id)[:60]!r} is another item's too"
            faults.append(Fault("FMT080", each.member, f"/items/{each.place}/id", message))
        seen.add(key)
    return ctx.found(faults)


@rule("FMT081", "annotations-of-one-id", INFO, needs=SOURCE, proof="golden/images/exports/datumaro: every id is 0")
def annotations_of_one_id(ctx: Context) -> Found | None:
    """Two annotations of an item of Datumaro have one id.

    Why: tools that compare, merge or follow annotations tell them apart by it. The server's own exports are such.
    Bad:
        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "annotations": [{"type": "bbox", "id": 0},
                {"type": "bbox", "id": 0}]}]}}}

        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "annotations": [{"type": "bbox", "id": 0}, {"type": "bbox", "id": 1},
                {"type": "mask", "id": 1}]}]}}}
    Good:
        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "annotations": [{"type": "bbox", "id": 1},
                {"type": "bbox", "id": 2}]}]}}}
    Source: https://github.com/cvat-ai/cvat/issues/7314
    """
    faults = []
    for each in ctx.once(items):
        ids = [str(annotation.id) for annotation in each.item.annotations or () if annotation.id is not None]
        again = len(ids) - len(set(ids))
        if again:
            message = f"{again:,} of {len(ids):,} annotations have an id that another has"
            faults.append(Fault("FMT081", each.member, f"/items/{each.place}/annotations", message))
    return ctx.found(faults)


@rule("FMT082", "track-without-keyframe", WARNING, needs=SOURCE, proof="source: bindings.py wants both attributes")
def track_without_keyframe(ctx: Context) -> Found | None:
    """An annotation of Datumaro says the number of its track, and not whether it is a keyframe.

    Why: the server's importer takes for tracks only what says both, and makes a shape by itself of everything else.
    Bad:
        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "annotations": [{"type": "bbox", "attributes": {"track_id": 1}}]}]}}}

        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "annotations": [{"type": "bbox", "attributes": {"track_id": 1, "keyframe": true}},
                                        {"type": "label", "attributes": {"track_id": 2}}]}]}}}
    Good:
        {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": [
            {"id": "a", "annotations": [{"type": "bbox",
                "attributes": {"track_id": 1, "keyframe": true}}]}]}}}
    Source: source: CVAT's bindings.py, import of dm annotations
    """
    faults = []
    for each in ctx.once(items):
        for index, annotation in enumerate(each.item.annotations or ()):
            attributes = annotation.attributes
            if isinstance(attributes, dict) and "track_id" in attributes and "keyframe" not in attributes:
                pointer = f"/items/{each.place}/annotations/{index}/attributes"
                faults.append(Fault("FMT082", each.member, pointer, "says a track_id and no keyframe"))
    return ctx.found(faults)
