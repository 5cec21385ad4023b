"""From a source to a dataset, for both formats; and whether a source is of COCO at all.

What follows from geometry (`bbox`, `area`, the form of `segmentation` and `attributes`, which keys an annotation had)
is kept beside its rows as long as they stay as they are, so that they are written as they were read.

What the server's importer makes of documents that were read already is not read again where it takes them as we do: it
would refuse nothing, there is no problem, no track, and every image is on the frame where we have it.  Then only what
becomes of annotations afterwards is another thing: their z_order is passed over, and they are stored.  Decoding 180,000
annotations again would take as long as the rest of reading them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Read, ReadOptions, Shared
from annotools.formats.coco import beside as heads
from annotools.formats.coco import images
from annotools.formats.coco.annotation_forms import PLACE
from annotools.formats.coco.annotations_in import AnnotationsIn
from annotools.formats.coco.beside import REPLACED, decoded, is_replaced
from annotools.formats.coco.categories import Counts, categories_of, point_counts
from annotools.formats.coco.decoding import Chunk
from annotools.formats.coco.document import CATEGORY, IMAGE, MARK, Document, documents_of, json_members
from annotools.formats.coco.ids import Numbers
from annotools.formats.coco.readers import INSTANCES, LENIENT, SERVER, Reader, Refusal, Refusals, Refused
from annotools.formats.kernel import member_words
from annotools.formats.kernel.large_text import TornError
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset
from annotools.model.extras import Extras
from annotools.row_problems import RowProblems, below_each
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
        return _as_imported(earlier, context, options)
    with ExitStack() as files:
        try:  # how many points skeletons have must be known before they are read
            return _read(source, context, options, reader, files, whole=reader.keypoints)
        except TornError:
            return _read(source, context, options, reader, files, whole=True)


def _read(
    source: Source, context: Dataset | None, options: ReadOptions, reader: Reader, files: ExitStack, *, whole: bool
) -> Read:  # fmt: skip
    """The same, with what another reader would make of it.  files, whole: as of `documents_of`."""
    watch, problems = _watch_of(reader, options), Problems()
    reader = reader if watch is None else msgspec.structs.replace(reader, refuses=watch.refusals)
    documents, others = documents_of(source, problems, files, whole=whole)
    rows = Rows(source, context, problems, options, matching=reader.matching)
    for document in documents:
        _refuse(document, reader.refuses, problems)
        if document.odd:
            rows.repairs.note(document.odd, f"its picture is its only image, and what is on it is called {CATEGORY}")
    frames = images.frames_of(documents, rows, context, reader.repeated, problems)
    if watch is not None and not watch.refused:
        watch.refused = not _same_frames(documents, frames, source, context)
    for document in documents:
        document.images, document.images_text = [], msgspec.Raw(b"[]")  # a tenth of a large file
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
    return replace(read, shared=None if watch is None or watch.refused else _shared(read))


def _refuse(document: Document, refuses: Refusals, problems: Problems) -> None:
    """Leave out the images and categories that the reader refuses."""
    for of_whole in refuses.document(document):
        problems.append(of_whole.problem(document.member, of_whole.below))
    for key, items, fault in (
        ("images", document.images, refuses.image), ("categories", document.categories, refuses.category),
    ):  # fmt: skip
        wrong = RowProblems(below_each(f"/{key}"))
        for index, item in enumerate(items if refuses is not LENIENT else ()):
            refusal = None if item is None else fault(item)
            if refusal is not None:
                wrong.add(index, refusal.message, document.member, refusal.expected, refusal.below, refusal.kind)
                document.refused.setdefault(key, []).append(item)
                items[index] = None
        problems.extend(wrong.all())


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
        if _has_two_lists(source, name):
            return keypoints == _has(source, name, b"keypoints")
        if not keypoints and all(_has(source, name, key) for key in _ONE_PICTURE):
            return True
        first = _first_result(source, name)
        if first:
            return keypoints == (b'"keypoints"' in first)
    return False


def _has_two_lists(source: Source, name: str) -> bool:
    """Whether a member has two of the three lists; each that is asked for is looked for in all of it."""
    first, second = (_has(source, name, key) for key in (b"images", b"annotations"))
    return (first and second) or ((first or second) and _has(source, name, b"categories"))


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


class _Watch:
    """Refuses nothing, and remembers whether another reader would refuse anything."""

    def __init__(self, other: Refusals) -> None:
        self.refused = False
        self._other = other

    @property
    def refusals(self) -> Refusals:
        """What it looks on with."""
        return Refusals(self._document, self._image, self._category, self._chunk)

    def _met(self, refusals: Iterator[Any]) -> Iterator[Any]:
        self.refused = self.refused or any(True for _ in refusals)
        return iter(())

    def _document(self, document: Document) -> Iterator[Refusal]:
        return self._met(self._other.document(document))

    def _image(self, item: dict[str, Any]) -> None:
        self.refused = self.refused or self._other.image(item) is not None

    def _category(self, item: dict[str, Any]) -> None:
        self.refused = self.refused or self._other.category(item) is not None

    def _chunk(self, chunk: Chunk) -> Iterator[Refused]:
        return self._met(refusal for rows, refusal in self._other.chunk(chunk) if rows)


def _watch_of(reader: Reader, options: ReadOptions) -> _Watch | None:
    """Looks on while a reader reads for another one; None where nothing is to be shared."""
    return _Watch(SERVER.refuses) if options.share and reader is INSTANCES and options.job is None else None


def _same_frames(
    documents: Sequence[Document], numbers: list[Numbers], source: Source, context: Dataset | None
) -> bool:
    """Whether the importer has all images where they are.  numbers: their frames, by document."""
    rows = Rows(source, context, Problems(), ReadOptions(), matching=SERVER.matching)
    problems = Problems()
    return images.frames_of(documents, rows, context, SERVER.repeated, problems) == numbers and not len(problems)


def _shared(read: Read) -> Shared | None:
    """What there is to be shared of what was read, if only that can be another thing to the importer."""
    return None if read.problems or len(read.dataset.tracks) else Shared(read)


def _as_imported(read: Read, context: Dataset | None, options: ReadOptions) -> Read:
    """What the importer makes of what we read.  context: as it was then, but for its jobs."""
    dataset, finish = read.dataset, SERVER.finish
    assert finish is not None  # it stores what it reads
    flat = dataset.shapes.replace(
        z_order=np.zeros(len(dataset.shapes), np.int64), extras=_without_forms(dataset.shapes.extras)
    )
    dataset = dataset.replace(
        shapes=flat, tags=dataset.tags.replace(extras=_without_forms(dataset.tags.extras)), origin=None,
        jobs=() if context is None else context.jobs,
    )  # fmt: skip
    return finish(replace(read, dataset=dataset), options)


def _without_forms(extras: Extras) -> Extras:
    """Without the forms in which annotations were said."""
    return {name: extra for name, extra in extras.items() if not extra.derived}
