"""From a source to a dataset, for both formats; and whether a source is of COCO at all.

What follows from geometry (`bbox`, `area`, the form of `segmentation` and `attributes`, which keys an annotation had)
is kept beside its rows as long as they stay as they are, so that they are written as they were read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from annotools.errors import Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.coco import document as heads
from annotools.formats.coco import images, importer, sharing
from annotools.formats.coco.annotation_forms import PLACE
from annotools.formats.coco.annotation_list import TornError
from annotools.formats.coco.annotations_in import AnnotationsIn
from annotools.formats.coco.beside import REPLACED, decoded, is_replaced
from annotools.formats.coco.categories import Counts, categories_of, point_counts
from annotools.formats.coco.document import LISTS, Document, documents_of, json_members
from annotools.formats.coco.readers import INSTANCES, SERVER, Reader
from annotools.formats.coco.segment_anything import CATEGORY, IMAGE, MARK
from annotools.formats.kernel import member_words
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset
from annotools.storage import Source

_SHAPE = {
    **{key: re.compile(rb'"%b"\s*:\s*\[' % key) for key in (b"images", b"categories", b"annotations")},
    b"keypoints": re.compile(rb'"keypoints"\s*:\s*\[\s*["\d-]'),
    b'"image"': re.compile(IMAGE),
    b'_iou"': re.compile(MARK),
}
_ONE_PICTURE = (b"annotations", b'"image"', b'_iou"')
_RESULTS = re.compile(rb"\s*\[\s*\{")
_HEAD = 1 << 16


def read(source: Source, context: Dataset | None, options: ReadOptions, reader: Reader = INSTANCES) -> Read:
    """A dataset of COCO, with every problem it has; of what another reader has read, if only what follows differs."""
    earlier = options.earlier.take() if options.earlier is not None and reader is SERVER else None
    if isinstance(earlier, Read):
        return sharing.as_imported(earlier, context, options)
    try:  # how many points skeletons have must be known before they are read
        return _read(source, context, options, reader, whole=reader.keypoints)
    except TornError:
        return _read(source, context, options, reader, whole=True)


def _read(source: Source, context: Dataset | None, options: ReadOptions, reader: Reader, *, whole: bool) -> Read:
    """The same, with what another reader would make of it.  whole: as of `documents_of`."""
    watch, problems = sharing.watch_of(reader, options), Problems()
    reader = reader if watch is None else replace(reader, refuses=watch.refusals)
    documents, others = documents_of(source, problems, whole=whole)
    rows = Rows(source, context, problems, options, matching=reader.matching)
    for document in documents:
        _refuse(document, reader.refuses, problems)
        if document.odd:
            rows.repairs.note(document.odd, f"its picture is its only image, and what is on it is called {CATEGORY}")
    frames = images.frames_of(documents, rows, context, reader.repeated, problems)
    if watch is not None and not watch.refused:
        watch.refused = not sharing.same_frames(documents, frames, source, context)
    for document in documents:
        document.images, document.raw_images = [], []  # a tenth of a large file
    categories = categories_of(documents, context, [_counts(one, reader) for one in documents], rows, problems)
    forms, outlines = options.forms and reader.finish is None, options.outlines or reader.finish is not None
    annotations = AnnotationsIn(rows, categories, reader, problems, forms=forms, outlines=outlines)
    for number, document in enumerate(documents):
        annotations.add(number, document, frames[number])
        document.annotations = []  # lets go of the file
    annotations.finish(widen=context is None or not len(context.labels))
    _describe(rows, documents, annotations.unused)
    _leave_out(rows, others if documents else [])
    read = _in_order(rows.read(gaps_are_outside=reader.finish is None))
    read = read if reader.finish is None else reader.finish(read, options)
    return replace(read, shared=None if watch is None or watch.refused else sharing.shared(read))


def _refuse(document: Document, refuses: importer.Refusals, problems: Problems) -> None:
    """Leave out the images and categories that the reader refuses."""
    for refusal in refuses.document(document):
        problems.append(refusal.problem(document.member, refusal.below))
    for key, items, fault in (
        ("images", document.images, refuses.image), ("categories", document.categories, refuses.category),
    ):  # fmt: skip
        for place, item in enumerate(items if refuses is not importer.LENIENT else ()):
            wrong = None if item is None else fault(item)
            if wrong is not None:
                problems.append(wrong.problem(document.member, f"/{key}/{place}{wrong.below}"))
                document.refused.setdefault(key, []).append(item)
                items[place] = None


def _counts(document: Document, reader: Reader) -> Counts | None:
    """How many points categories have to have; a reader to which each point has to have a name makes none."""
    if not reader.keypoints:
        return None
    return {} if reader.strict_points else point_counts(document)


def _in_order(read: Read) -> Read:
    """Places of annotations are kept only where rows stand in another order than these did."""
    dataset = read.dataset
    if len(dataset.tracks) or len(dataset.tags):
        return read
    extras = {name: extra for name, extra in dataset.shapes.extras.items() if name != PLACE}
    return replace(read, dataset=dataset.replace(extras={"shapes": extras}))


def _leave_out(rows: Rows, others: list[Document]) -> None:
    """Say which members hold something else."""
    what = " and ".join(dict.fromkeys(document.other for document in others))
    names = ", ".join(document.member for document in others)
    why = f"it holds COCO {what}, not object instances or keypoints: {names}"
    rows.left_out("file left out", len(others), why=why, table="members")


def _describe(rows: Rows, documents: list[Document], unused: list[Any]) -> None:
    """What documents say of the dataset as a whole: its name, and what is kept of their heads."""
    rows.task(name=next(filter(None, map(heads.description, documents)), ""))
    rows.extras(**{heads.DOCUMENTS: heads.keys_of_documents(documents, unused)})
    for key, raw in (item for document in documents for item in document.header.items()):
        if is_replaced(raw, decoded(raw)):
            rows.repairs.note(f"value of {key}", REPLACED)
    rows.extras(**dict(heads.extras_of(documents)))


def sniff(source: Source, keypoints: bool) -> bool:
    """Whether a source is certainly COCO's, with or without keypoints: its lists and its keys say so."""
    for name in json_members(source):
        if sum(_has(source, name, key.encode()) for key in LISTS) > 1:
            return keypoints == _has(source, name, b"keypoints")
        if not keypoints and all(_has(source, name, key) for key in _ONE_PICTURE):
            return True
        first = _first_result(source, name)
        if first:
            return keypoints == (b'"keypoints"' in first)
    return False


def _first_result(source: Source, name: str) -> bytes:
    """The first of a list of results, empty for what is none: it says of which image and category it is."""
    with source.open(name) as stream:
        head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
    start = _RESULTS.match(head)
    first = head[start.end() :].partition(b"}")[0] if start else b""
    return first if b'"image_id"' in first and b'"category_id"' in first else b""


def _has(source: Source, name: str, key: bytes) -> bool:
    """Whether a member has a list anywhere: their order is free, and any of them may be long."""
    return member_words.has(source, name, key, _SHAPE[key])
