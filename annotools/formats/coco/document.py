"""Bytes -> the pieces of a document: images and categories decoded, annotations still as they were.

    {"images": [..], "categories": [..], "annotations": [{..}, {..}]}     a dataset
    [{"image_id": 1, "category_id": 2, "bbox": [..], "score": 0.9}, ..]   results
    {"annotations": [..]}, {"images": [..]}                               a dataset in several files
    {"image": {..}, "annotations": [..]}                                  Segment-Anything's, of one picture

What is held is the file and one short reference for each annotation; annotations are decoded some thousands at a time.
Captions and panoptic segments beside instances are left out, alone they are refused.

What a document says but for its lists, as info, licenses and keys that are not known, goes there and back.  The name of
the task is the description.  What a document of ours says of nothing is no extra; which keys a document and its
categories had is kept beside the dataset, so that they are written again and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from posixpath import basename, splitext
from typing import Any

import msgspec
import orjson

from annotools.errors import InputError, Problem, Problems
from annotools.formats.coco import segment_anything
from annotools.formats.coco.annotation_list import Fields, TextList, fields_and_annotations, fields_and_list
from annotools.formats.coco.beside import decoded, key_of, name_of, others, written
from annotools.formats.kernel.jsonfile import UNDECODABLE, decode, dumped, said
from annotools.formats.kernel.text_pages import TextPages
from annotools.model import Dataset
from annotools.model.extras import Extra
from annotools.storage import Source
from annotools.storage.limits import check_json

PREFIXES = ("person_keypoints", "instances")
LISTS = ("images", "categories", "annotations")
_BOM, _BLANK = b"\xef\xbb\xbf", re.compile(rb"\s*")
_OTHERS = {"panoptic": b'"segments_info"', "captions": b'"caption"'}


@dataclass(slots=True)
class Document:
    """One file.

    subset: from its name.  where: the JSON pointer of the list of annotations.  header: all its other keys, undecoded.
    given: which of the lists it has.  odd: what it is, where it is none of COCO's own.  other: what it holds instead of
    objects.  refused: by list, the items that a problem has been said of.  pages: the text in which annotations lie.
    """

    member: str
    subset: str
    images: list[Any] = field(default_factory=list)
    raw_images: list[msgspec.Raw] = field(default_factory=list)
    categories: list[Any] = field(default_factory=list)
    annotations: list[msgspec.Raw] | TextList = field(default_factory=list)
    where: str = "/annotations"
    header: dict[str, bytes] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    odd: str = ""
    other: str = ""
    refused: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pages: TextPages | None = None

    @property
    def is_results(self) -> bool:
        """Whether it is a bare list of results."""
        return self.where == ""


def documents_of(
    source: Source, problems: Problems, *, whole: bool = True
) -> tuple[list[Document], list[Document]]:  # fmt: skip
    """The documents of a source, and those that hold something else: all of `annotations/`, or else every JSON file.

    whole: whether each annotation is there by itself, also where its text would do.  Raises: TornError, if not.
    """
    names = json_members(source)
    if not names:
        raise InputError(Problem("has no JSON file", source.name, expected="annotations/*.json"))
    read = [document for name in names if (document := _read(source, name, problems, whole)) is not None]
    documents, others = [one for one in read if not one.other], [one for one in read if one.other]
    if not documents:
        for one in others:
            problems.append(Problem(f"holds COCO {one.other}", one.member, expected="object instances or keypoints"))
    return documents, others


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


def _read(source: Source, name: str, problems: Problems, whole: bool) -> Document | None:
    with source.open(name) as stream:
        pages = TextPages(stream, source.size(name))
    data = pages.text if pages.text[:3] != _BOM else pages.text[3:]
    first = _BLANK.match(data).end()  # type: ignore[union-attr]  # it fits anything
    if first == len(data):
        problems.append(Problem("is empty", name, expected="a JSON document"))
        return None
    check_json(name, data)
    document = Document(name, subset_of(name), pages=pages if data is pages.text else None)
    if data[first : first + 1] == b"[":
        pieces = decode(data, name, problems, list[msgspec.Raw])
        document.annotations, document.where = pieces or [], ""
        return document if pieces is not None else None
    apart = None if whole else fields_and_list(pages)
    fields, annotations = apart or fields_and_annotations(data) or (decode(data, name, problems, Fields), None)
    return None if fields is None else _filled(document, fields, annotations, problems)


def _filled(
    document: Document, fields: Fields, pieces: list[msgspec.Raw] | TextList | None, problems: Problems
) -> Document | None:
    if segment_anything.is_one_picture(fields):
        fields, document.odd = segment_anything.as_lists(fields), "file of Segment-Anything"
    given = fields.keys() & set(LISTS)
    if not given:
        message, expected = "is not a COCO document", "images, categories and annotations"
        problems.append(Problem(message, document.member, expected=expected))
        return None
    document.given = frozenset(given)
    document.header = {key: bytes(value) for key, value in fields.items() if key not in given}
    annotations = _list(document, fields, "annotations", problems) if pieces is None else pieces
    first = b"" if not annotations else annotations.first() if isinstance(annotations, TextList) else annotations[0]
    document.other = next((kind for kind, key in _OTHERS.items() if key in bytes(first)), "")
    if not document.other:
        document.annotations = annotations
        document.raw_images = _list(document, fields, "images", problems)
        document.images = _items(document, document.raw_images, "images", problems)
        categories = _list(document, fields, "categories", problems)
        document.categories = _items(document, categories, "categories", problems)
    return document


def _list(document: Document, fields: Fields, key: str, problems: Problems) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(fields.get(key, b"null"), type=list[msgspec.Raw] | None) or []
    except UNDECODABLE:
        problems.append(Problem("is not a list", document.member, pointer=f"/{key}", expected="a list of objects"))
        return []


def _items(document: Document, pieces: list[msgspec.Raw], key: str, problems: Problems) -> list[Any]:
    """Decoded objects; None stands for one that cannot be used."""
    with suppress(*UNDECODABLE):
        items = msgspec.json.decode(b"[" + b",".join(pieces) + b"]")
        if len(items) == len(pieces) and all(type(item) is dict for item in items):
            return list(items)
    found: list[Any] = []
    for place, piece in enumerate(pieces):
        item, reason = None, "is not an object"
        try:
            item = msgspec.json.decode(piece)
        except UNDECODABLE as error:
            reason = said(error)
        if not isinstance(item, dict):
            pointer = f"/{key}/{place}"
            problems.append(Problem(reason, document.member, pointer=pointer, expected="an object"))
            item = None
        found.append(item)
    return found


Item = dict[str, Any]
INFO = {"contributor": "", "date_created": "", "description": "", "url": "", "version": ""}
DOCUMENTS = "documents"  # the extra that says which keys there were
_FIRST = b'{"description":'


def description(document: Document) -> str:
    """The description of a document, empty where it has none."""
    said = _info(document.header.get("info", b"{}")).get("description")
    return said if isinstance(said, str) else ""


def _info(raw: bytes) -> Item:
    try:
        info = msgspec.json.decode(raw)
    except UNDECODABLE:
        return {}
    return info if isinstance(info, dict) else {}


def keys_of_documents(documents: Sequence[Document], unused: list[Any]) -> Extra:
    """Which keys each document had, and its categories.  unused: places and items of categories that are not labels."""
    heads: dict[str, Item] = {}
    for document in documents:
        head = heads.setdefault(document.subset, {"keys": [], "categories": {}, "unused": unused})
        head["keys"] += [*document.header, *sorted(document.given)]
        head["categories"] |= {str(item["name"]): [*item] for item in document.categories if item and "name" in item}
    return Extra.of([dumped(heads)], derived=True)


def extras_of(documents: Sequence[Document]) -> Iterator[tuple[str, Any]]:
    """The extras of the dataset that documents make; where they differ, each has its own."""
    for key in dict.fromkeys(key for document in documents for key in document.header):
        raws = {document.subset: document.header[key] for document in documents if key in document.header}
        values = {subset: _without_description(raw) if key == "info" else decoded(raw) for subset, raw in raws.items()}
        shared = len(set(map(repr, values.values()))) == 1 and len(values) == len({one.subset for one in documents})
        for subset, value in list(values.items())[: 1 if shared else None]:
            if value not in (b"", b"[]"):
                yield name_of(key, DOCUMENTS, "self") + ("" if shared else f" of {subset or 'default'}"), value


def _without_description(raw: bytes) -> Any:
    """Info without the description that was put before what there was; empty for that of a task without extras."""
    info = _info(raw)
    if info | {"description": ""} == INFO:
        return b""
    if not raw.startswith(_FIRST) or not isinstance(info.get("description"), str):
        return decoded(raw)
    rest = raw[len(_FIRST) + len(dumped(info["description"])) :]
    return b"{" + rest.lstrip(b",") if raw.startswith(_FIRST + dumped(info["description"])) else decoded(raw)


class Heads:
    """The heads of the documents of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._name = dataset.task.name
        extras = dataset.extras["dataset"]
        self._extras = {name: extra.plain()[0] for name, extra in others(extras, (DOCUMENTS,)).items() if len(extra)}
        known = extras[DOCUMENTS].plain() if DOCUMENTS in extras else [None]
        self._heads: dict[str, Item] = orjson.loads(known[0]) if known[0] else {}

    def head(self, subset: str) -> Item:
        """All of a document but its lists."""
        said = self._of(subset)
        known = self._head(subset)
        keys = known["keys"] if known else ["info", "licenses"]
        head: Item = {"licenses": []} if "licenses" in keys else {}
        if "info" in keys or self._name or "info" in said:
            head["info"] = self._info(said.get("info"))
        return head | {key: written(value) for key, value in said.items() if key != "info"}

    def lacks(self, subset: str, key: str) -> bool:
        """Whether a document as it was read had not even this list."""
        known = self._head(subset)
        return bool(known) and key not in known["keys"]

    def category_keys(self, subset: str, name: str) -> list[str] | None:
        """The keys that a category had; None for one that was not read."""
        keys: list[str] | None = self._head(subset).get("categories", {}).get(name)
        return keys

    def unused(self, subset: str) -> list[tuple[int, Item]]:
        """The categories that are not labels, and where they stood."""
        return [(place, item) for place, item in self._head(subset).get("unused", [])]

    def _head(self, subset: str) -> Item:
        return self._heads.get("" if subset == "default" else subset, {})

    def _of(self, subset: str) -> dict[str, Any]:
        """The extras that belong to a subset: its own, and those of the whole."""
        tail = f" of {subset}"
        subsets = {"default", *self._heads}
        tails = tuple(f" of {name}" for name in subsets if name)
        shared = {n: v for n, v in self._extras.items() if not n.endswith(tails)}
        own = {key_of(n[: -len(tail)]): v for n, v in self._extras.items() if n.endswith(tail) and subset in subsets}
        return shared | own

    def _info(self, raw: Any) -> Any:
        """Info with the name of the task as description."""
        if not isinstance(raw, bytes) or not raw.startswith(b"{"):
            return INFO | {"description": self._name} if raw is None else written(raw)
        info = _info(raw)
        if info.get("description", "") == self._name:
            return orjson.Fragment(raw)
        if "description" in info:
            return info | {"description": self._name}
        rest = raw[1:].lstrip()
        return orjson.Fragment(_FIRST + dumped(self._name) + (b"" if rest == b"}" else b",") + rest)
