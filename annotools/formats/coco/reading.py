"""From a source to a dataset, for both formats; and whether a source is of COCO at all.

What follows from geometry (`bbox`, `area`, the form of `segmentation` and `attributes`, which keys an annotation had)
is kept beside its rows as long as they stay as they are, so that they are written as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from annotools.errors import Problems
from annotools.formats.base import Options, Read
from annotools.formats.coco import heads, images
from annotools.formats.coco.annotation_forms import PLACE
from annotools.formats.coco.annotations_in import AnnotationsIn
from annotools.formats.coco.categories import categories_of
from annotools.formats.coco.decoding import point_counts
from annotools.formats.coco.document import LISTS, Document, documents_of, json_members
from annotools.formats.kernel.frame_names import Matching, as_server, by_name
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset
from annotools.storage import Source

_PIECE, _SEAM = 1 << 20, 1 << 8
_SHAPE = {
    **{key: re.compile(rb'"%b"\s*:\s*\[' % key) for key in (b"images", b"categories", b"annotations")},
    b"keypoints": re.compile(rb'"keypoints"\s*:\s*\[\s*["\d-]'),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """How a program reads COCO.

    keypoints: whether annotations are skeletons.  matching: how pictures are found among a task's frames.
    repeated: what counts of two images of one id.  any_box: whether any box beside keypoints is the one round them.
    tracked: the column of `attributes` without which there is no track.  finish: what becomes of what was read.
    flat: whether z_order is passed over.  no_category: an id that no category has.  strict_points: whether every
    annotation needs keypoints, and each of these a point of the label.
    """

    keypoints: bool = False
    matching: Matching = by_name
    repeated: images.Repeated = images.refused
    any_box: bool = False
    tracked: str = ""
    flat: bool = False
    no_category: int | None = None
    strict_points: bool = False
    finish: Callable[[Read, Options], Read] | None = None


INSTANCES, KEYPOINTS = Reader(), Reader(keypoints=True)
# As the server's importer: what it reads it stores as its own.
SERVER = Reader(
    matching=as_server, repeated=images.last_counts, any_box=True, tracked="closed", flat=True, no_category=0,
    strict_points=True, finish=imported,
)  # fmt: skip
SERVER_KEYPOINTS = replace(SERVER, keypoints=True)


def read(source: Source, context: Dataset | None, options: Options, reader: Reader = INSTANCES) -> Read:
    """A dataset of COCO, with every problem it has."""
    problems = Problems()
    documents, others = documents_of(source, problems)
    rows = Rows(source, context, problems, options, matching=reader.matching)
    frames = images.frames_of(documents, rows, context, reader.repeated, problems)
    counts = [point_counts(document) if reader.keypoints else None for document in documents]
    categories = categories_of(documents, context, counts, rows, problems)
    for numbers in categories.numbers if reader.no_category is not None else ():
        numbers.pop(reader.no_category, None)
    annotations = AnnotationsIn(rows, categories, reader, problems, forms=options.forms and reader.finish is None)
    for number, document in enumerate(documents):
        annotations.add(number, document, frames[number])
        document.annotations = []  # lets go of the file
    annotations.finish(widen=context is None or not len(context.labels))
    _describe(rows, documents, annotations.unused)
    _leave_out(rows, others if documents else [])
    found = _in_order(rows.read(gaps_are_outside=reader.finish is None))
    return found if reader.finish is None else reader.finish(found, options)


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
    rows.extras(**dict(heads.extras_of(documents)))


def sniff(source: Source, keypoints: bool) -> bool:
    """Whether a source is certainly COCO's, with or without keypoints: its lists and its keys say so."""
    for name in json_members(source):
        lists = _lists(source, name)
        if len(lists & {key.encode() for key in LISTS}) > 1:
            return keypoints == (b"keypoints" in lists)
    return False


def _lists(source: Source, name: str) -> set[bytes]:
    """Which lists a member has anywhere: their order is free, and any of them may be long."""
    found: set[bytes] = set()
    with source.open(name) as stream:
        end = b""
        while piece := stream.read(_PIECE):
            piece = end + piece
            found |= {key for key, pattern in _SHAPE.items() if key not in found and _has(pattern, key, piece)}
            end = piece[-_SEAM:]
    return found


def _has(pattern: re.Pattern[bytes], key: bytes, piece: bytes) -> bool:
    return key in piece and pattern.search(piece) is not None  # looking for the word alone is ten times as fast
