"""Bytes -> the pieces of a document: images and categories decoded, annotations still as they were.

    {"images": [..], "categories": [..], "annotations": [{..}, {..}]}     a dataset
    [{"image_id": 1, "category_id": 2, "bbox": [..], "score": 0.9}, ..]   results
    {"annotations": [..]}, {"images": [..]}                               a dataset in several files
    {"image": {..}, "annotations": [..]}                                  Segment-Anything's, of one picture

What is held is the file, unless it is a large one on disk, and one short reference for each annotation; annotations are
decoded some thousands at a time.
Captions, panoptic segments and tracks of videos beside instances are left out, alone they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from posixpath import basename, splitext
from typing import Any

import msgspec
import orjson

from annotools.errors import InputError, Problem, Problems
from annotools.formats.coco.annotation_list import (
    Fields,
    TextList,
    fields_and_annotations,
    fields_and_list,
    is_one_picture,
)
from annotools.formats.kernel.jsonfile import UNDECODABLE, decode, dumped, reason_of
from annotools.formats.kernel.large_text import TextFile
from annotools.formats.kernel.text_pages import TextPages
from annotools.row_problems import RowProblems, below_each
from annotools.storage import Source
from annotools.storage.limits import Brackets, check_json

CATEGORY = "object"  # of what Segment-Anything cut out
IMAGE = rb'"image"\s*:\s*\{'
MARK = rb'"(?:predicted_iou|stability_score)"\s*:'
PREFIXES = ("person_keypoints", "instances")
LISTS = ("images", "categories", "annotations")
_MOST_OPEN = 64  # files: a process may have some hundred
_BOM, _BLANK = b"\xef\xbb\xbf", re.compile(rb"\s*")
_OTHERS = {"panoptic": b'"segments_info"', "captions": b'"caption"'}
_VIDEOS, _VIDEO, _IMAGE = "tracks of videos (YouTube-VIS)", b'"video_id"', b'"image_id"'


class Document(msgspec.Struct):
    """One file.

    subset: from its name.  where: the JSON pointer of the list of annotations.  header: all its other keys, undecoded.
    given: which of the lists it has.  odd: what it is, where it is none of COCO's own.  other: what it holds instead of
    objects.  refused: by list, the items that a problem has been said of.  pages: the text in which annotations lie.
    """

    member: str
    subset: str
    images: list[Any] = msgspec.field(default_factory=list)
    images_text: msgspec.Raw = msgspec.Raw(b"[]")
    categories: list[Any] = msgspec.field(default_factory=list)
    annotations: list[msgspec.Raw] | TextList = msgspec.field(default_factory=list)
    where: str = "/annotations"
    header: dict[str, bytes] = msgspec.field(default_factory=dict)
    given: frozenset[str] = frozenset()
    odd: str = ""
    other: str = ""
    refused: dict[str, list[dict[str, Any]]] = msgspec.field(default_factory=dict)
    pages: TextPages | None = None

    @property
    def is_results(self) -> bool:
        """Whether it is a bare list of results."""
        return self.where == ""


def documents_of(
    source: Source, problems: Problems, files: ExitStack, *, whole: bool = True
) -> tuple[list[Document], list[Document]]:  # fmt: skip
    """The documents of a source, and those that hold something else: all of `annotations/`, or else every JSON file.

    files: keeps those open whose annotations stay where they are.  whole: whether each annotation is there by itself,
    also where its text would do.  Raises: TornError, if not.
    """
    names = json_members(source)
    if not names:
        raise InputError(Problem("has no JSON file", source.name, expected="annotations/*.json"))
    kept = files if len(names) <= _MOST_OPEN else None
    read = [document for name in names if (document := _read(source, name, problems, kept, whole)) is not None]
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
            subset = name[name.rindex(prefix + "_") + len(prefix) + 1 : -len(".json")]
            return "" if subset == "default" else subset
    folder = name.rpartition("/")[0]
    return basename(folder) if folder and basename(folder) != "annotations" else ""


def _read(source: Source, name: str, problems: Problems, files: ExitStack | None, whole: bool) -> Document | None:
    stream = source.open(name)
    text = None if whole or files is None else TextFile.of(stream)
    if text is not None and files is not None:
        files.enter_context(stream)
        apart = fields_and_list(text, Brackets(name, text.size, text.pieces))
        if apart is not None:
            return _filled(Document(name, subset_of(name)), *apart, problems)
        stream.seek(0)
    with stream:
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
    if is_one_picture(fields):
        fields, document.odd = _as_lists(fields), "file of Segment-Anything"
    given = fields.keys() & set(LISTS)
    if not given:
        message, expected = "is not a COCO document", "images, categories and annotations"
        problems.append(Problem(message, document.member, expected=expected))
        return None
    document.given = frozenset(given)
    document.header = {key: bytes(value) for key, value in fields.items() if key not in given}
    annotations = _list(document, fields, "annotations", problems) if pieces is None else pieces
    first = b"" if not annotations else annotations.first() if isinstance(annotations, TextList) else annotations[0]
    document.other = _kind_of(bytes(first))
    if not document.other:
        document.annotations = annotations
        document.images_text = fields.get("images", document.images_text)
        document.images = _items(document, fields, "images", problems)
        document.categories = _items(document, fields, "categories", problems)
    return document


def _kind_of(annotation: bytes) -> str:
    """What an annotation is of, where it is of no picture's objects."""
    if _VIDEO in annotation and _IMAGE not in annotation:
        return _VIDEOS
    return next((kind for kind, key in _OTHERS.items() if key in annotation), "")


def _list(document: Document, fields: Fields, key: str, problems: Problems) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(fields.get(key, b"null"), type=list[msgspec.Raw] | None) or []
    except UNDECODABLE:
        problems.append(Problem("is not a list", document.member, pointer=f"/{key}", expected="a list of objects"))
        return []


def _items(document: Document, fields: Fields, key: str, problems: Problems) -> list[Any]:
    """Decoded objects; None stands for one that cannot be used."""
    with suppress(*UNDECODABLE):
        items = msgspec.json.decode(fields.get(key, b"[]"))
        if type(items) is list and set(map(type, items)) <= {dict}:
            return items
    decoded: list[Any] = []
    wrong = RowProblems(below_each(f"/{key}"))
    for index, piece in enumerate(_list(document, fields, key, problems)):
        item, reason = None, "is not an object"
        try:
            item = msgspec.json.decode(piece)
        except UNDECODABLE as error:
            reason = reason_of(error)
        if not isinstance(item, dict):
            wrong.add(index, reason, document.member, "an object")
            item = None
        decoded.append(item)
    problems.extend(wrong.all())
    return decoded


def _as_lists(fields: Fields) -> Fields:
    """A document of Segment-Anything as COCO has it; unchanged where that cannot be told.

    {"image": {"image_id": 7, "file_name": "sa_7.jpg", "width": 20, "height": 10},
     "annotations": [{"id": 1, "segmentation": {"size": [10, 20], "counts": "..."}, "predicted_iou": 0.9}]}

    What was cut out has no category; it is called `object`.  Keys of an annotation that COCO does not know go along.
    Source: https://ai.meta.com/datasets/segment-anything-downloads/
    """
    with suppress(*UNDECODABLE, AttributeError):
        image = msgspec.json.decode(fields["image"])
        number = image.get("image_id", image.get("id", 1))
        pieces = msgspec.json.decode(fields["annotations"], type=list[msgspec.Raw])
        lists = {
            "images": dumped([{key: value for key, value in image.items() if key != "image_id"} | {"id": number}]),
            "annotations": b"[" + b",".join(_referring(pieces, dumped(number))) + b"]",
            "categories": orjson.dumps([{"id": 1, "name": CATEGORY}]),
        }
        rest = {key: value for key, value in fields.items() if key != "image"}
        return rest | {key: msgspec.Raw(text) for key, text in lists.items() if key not in rest or key == "annotations"}
    return fields


def _referring(pieces: list[msgspec.Raw], number: bytes) -> Iterator[bytes]:
    """Annotations that say of which image and category they are."""
    for piece in pieces:
        text = bytes(piece)
        if text[:1] != b"{":
            yield text
            continue
        keys = {b"image_id": number, b"category_id": b"1"}
        more = b",".join(b'"%b":%b' % pair for pair in keys.items() if b'"%b"' % pair[0] not in text)
        inner = text[1:].lstrip()
        yield b"{" + more + (b"," if more and inner != b"}" else b"") + inner
