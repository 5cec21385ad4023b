"""Bytes -> the pieces of a document: images and categories decoded, annotations still as they were.

    {"images": [..], "categories": [..], "annotations": [{..}, {..}]}     a dataset
    [{"image_id": 1, "category_id": 2, "bbox": [..], "score": 0.9}, ..]   results
    {"annotations": [..]}, {"images": [..]}                               a dataset in several files

What is held is the file and one short reference for each annotation; annotations are decoded some thousands at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from posixpath import basename, splitext
from typing import Any

import msgspec
import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.storage import Source

CHUNK = 4096
CHUNK_BYTES = 1 << 20
UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
PREFIXES = ("person_keypoints", "instances")
_CONSTANT = re.compile(rb'"(?:[^"\\]|\\.)*+"|-?\bInfinity\b|\bNaN\b')
_REFUSED = {"panoptic": b'"segments_info"', "captions": b'"caption"'}


class _Top(msgspec.Struct, gc=False):
    images: list[msgspec.Raw] | None = None
    categories: list[msgspec.Raw] | None = None
    annotations: list[msgspec.Raw] | None = None
    info: msgspec.Raw = msgspec.Raw()
    licenses: msgspec.Raw = msgspec.Raw()


@dataclass(slots=True)
class Document:
    """One file.  subset: from its name.  where: the JSON pointer of the list of annotations."""

    member: str
    subset: str
    images: list[Any] = field(default_factory=list)
    categories: list[Any] = field(default_factory=list)
    annotations: list[msgspec.Raw] = field(default_factory=list)
    where: str = "/annotations"
    header: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_results(self) -> bool:
        """Whether it is a bare list of results."""
        return self.where == ""

    def chunks(self) -> Iterator[tuple[int, list[msgspec.Raw]]]:
        """Annotations, some at a time, with the place of each chunk's first."""
        ends = np.cumsum(np.fromiter(map(len, self.annotations), np.int64, len(self.annotations)))
        start, before = 0, 0
        while start < len(ends):
            stop = int(np.searchsorted(ends, before + CHUNK_BYTES)) + 1
            stop = min(stop, start + CHUNK, len(ends))
            yield start, self.annotations[start:stop]
            start, before = stop, int(ends[stop - 1])


def documents_of(source: Source, problems: Problems) -> list[Document]:
    """The documents of a source: all of `annotations/`, or else every JSON file that has COCO's keys."""
    names = json_members(source)
    if not names:
        raise InputError(Problem("has no JSON file", source.name, expected="annotations/*.json"))
    found = []
    for name in names:
        document = _read(source, name, problems)
        if document is not None:
            found.append(document)
    return found


def json_members(source: Source) -> list[str]:
    """The members that may be documents; the only one may be without a name that says so, as standard input is."""
    members = source.members()
    if len(members) == 1 and not splitext(members[0])[1]:
        return members
    names = [name for name in members if name.lower().endswith(".json")]
    inner = [name for name in names if name.startswith("annotations/") or "/annotations/" in name]
    return inner or names


def subset_of(name: str) -> str:
    """The subset that a file is of: `instances_train.json` -> `train`, `valid/_annotations.coco.json` -> `valid`."""
    stem = splitext(basename(name))[0]
    for prefix in PREFIXES:
        if stem.startswith(prefix + "_"):
            found = name[name.rindex(prefix + "_") + len(prefix) + 1 : -len(".json")]
            return "" if found == "default" else found
    folder = name.rpartition("/")[0]
    return basename(folder) if folder and basename(folder) != "annotations" else ""


def _read(source: Source, name: str, problems: Problems) -> Document | None:
    data = source.read(name).removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        problems.append(Problem("is empty", name, expected="a JSON document"))
        return None
    try:
        return _decoded(data, name, problems)
    except UNDECODABLE as error:
        first = error
    mended = _CONSTANT.sub(lambda found: found[0] if found[0].startswith(b'"') else b"null", data)
    if mended != data:  # NaN and Infinity are no JSON, but they are written; their rows will be named
        try:
            return _decoded(mended, name, problems)
        except UNDECODABLE as error:
            first = error
    problems.append(Problem(f"is no JSON: {said(first)}", name, expected="a JSON document in UTF-8"))
    return None


def _decoded(data: bytes, name: str, problems: Problems) -> Document | None:
    document = Document(name, subset_of(name))
    if data.lstrip()[:1] == b"[":
        document.annotations = msgspec.json.decode(data, type=list[msgspec.Raw])
        document.where = ""
        return document
    top = _top(data, name, problems)
    kind = next((kind for kind in _REFUSED if _is(kind, top)), None)
    if kind is not None:
        problems.append(Problem(f"holds COCO {kind}", name, expected="object instances or keypoints"))
        return None
    document.images = _items(top.images, name, "/images", problems)
    document.categories = _items(top.categories, name, "/categories", problems)
    document.annotations = top.annotations or []
    document.header = {key: bytes(getattr(top, key)) for key in ("info", "licenses") if len(getattr(top, key))}
    if top.images is None and top.annotations is None and top.categories is None:
        problems.append(Problem("is no COCO document", name, expected="images, categories and annotations"))
        return None
    return document


def _is(kind: str, top: _Top) -> bool:
    return bool(top.annotations) and _REFUSED[kind] in bytes(top.annotations[0])  # type: ignore[index] # bool() looked


def _top(data: bytes, name: str, problems: Problems) -> _Top:
    try:
        return msgspec.json.decode(data, type=_Top)
    except msgspec.ValidationError:
        fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    top = _Top()
    for key in ("images", "categories", "annotations"):
        try:
            setattr(top, key, msgspec.json.decode(fields.get(key, b"null"), type=list[msgspec.Raw] | None))
        except UNDECODABLE:
            problems.append(Problem("is no list", name, pointer=f"/{key}", expected="a list of objects"))
    return top


def _items(pieces: list[msgspec.Raw] | None, name: str, where: str, problems: Problems) -> list[Any]:
    """Decoded objects; None stands for one that cannot be used."""
    with suppress(*UNDECODABLE):
        items = msgspec.json.decode(b"[" + b",".join(pieces or ()) + b"]")
        if len(items) == len(pieces or ()) and all(type(item) is dict for item in items):
            return list(items)
    found: list[Any] = []
    for place, piece in enumerate(pieces or ()):
        try:
            item = msgspec.json.decode(piece)
        except UNDECODABLE as error:
            item = said(error)
        if not isinstance(item, dict):
            problems.append(Problem("is no object", name, pointer=f"{where}/{place}", expected="an object"))
            item = None
        found.append(item)
    return found


def said(error: BaseException) -> str:
    """What a decoder said, as the tail of a sentence."""
    text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
