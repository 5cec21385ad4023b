"""From a source to a dataset, for both formats; and whether a source is of COCO at all."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools import tracks
from annotools.errors import Problems
from annotools.formats.base import Options, Read
from annotools.formats.coco.categories import Categories, categories_of
from annotools.formats.coco.document import UNDECODABLE, Document, documents_of, json_members
from annotools.formats.coco.images import images_of, media_of
from annotools.formats.coco.rows import Collected, Collector
from annotools.formats.coco.tables import tables_of
from annotools.model import Dataset, Frames, Labels, Owner, Task
from annotools.model.extras import Extra
from annotools.model.losses import Ledger
from annotools.model.origin import Origin, Place
from annotools.model.tables import Ints
from annotools.storage import Source
from annotools.tracks.storing import of_job, stored
from annotools.transform.track_gaps import closed

_PIECE, _SEAM = 1 << 20, 1 << 8
_LISTS = {
    **{key: re.compile(rb'"%b"\s*:\s*\[' % key) for key in (b"images", b"categories", b"annotations")},
    b"keypoints": re.compile(rb'"keypoints"\s*:\s*\[\s*["\d-]'),
}


class Reader(NamedTuple):
    """How a program reads.  keypoints: whether annotations are skeletons."""

    keypoints: bool = False
    server: bool = False


INSTANCES, KEYPOINTS = Reader(), Reader(keypoints=True)
SERVER, SERVER_KEYPOINTS = Reader(server=True), Reader(keypoints=True, server=True)


def read(source: Source, context: Dataset | None, options: Options, reader: Reader = INSTANCES) -> Read:
    """A dataset of COCO."""
    keypoints, server = reader
    problems, ledger = Problems(), Ledger()
    documents = documents_of(source, problems)
    images = images_of(documents, context, server, problems)
    categories = categories_of(documents, context, server, problems)
    collector = Collector(images, categories, problems, keypoints, server)
    for number, document in enumerate(documents):
        collector.add(number, document)
        document.annotations = []  # lets go of the file
    rows = tables_of(collector, context is None, ledger)
    ledger.lost("iscrowd", "the hub has no crowds", 0 if server else collector.found.crowds)
    dataset = _settled(rows, context, images.sized(), categories)
    dataset = dataset if context is not None else dataset.replace(task=Task(name=_name(documents)))
    dataset = _finished(dataset, options, ledger)
    companions = _companions(dataset, documents, collector.found, options)
    shapes = dataset.shapes.replace(id=np.full(len(dataset.shapes), -1))
    dataset = dataset.replace(shapes=shapes, **companions)
    return Read(dataset, media_of(source, dataset.frames), tuple(problems), ledger.losses())


def _name(documents: list[Document]) -> str:
    """What the first description says that says anything."""
    for document in documents:
        with suppress(*UNDECODABLE):
            info = msgspec.json.decode(document.header.get("info", b"{}"))
            said = info.get("description") if isinstance(info, dict) else None
            if isinstance(said, str) and said:
                return said
    return ""


def _settled(rows: Dataset, context: Dataset | None, frames: Frames, categories: Categories) -> Dataset:
    """The rows in their task."""
    if context is not None:
        return rows.replace(task=context.task, frames=context.frames, jobs=context.jobs)
    unused = categories.placeholders - set(np.unique(rows.shapes.label).tolist())
    labels = Labels(tuple(label for label in rows.labels if label.id not in unused))
    return rows.replace(task=Task(), frames=frames, labels=labels)


def _finished(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Tracks that leave where they are not seen; the server keeps only their keyframes.  Of one job what is its."""
    if options.job is not None and dataset.jobs:
        dataset = of_job(dataset, options.job, options.quirks)
    if "coco-import" in options.quirks:
        return _of_the_server(dataset, options, ledger)
    return closed(dataset) if len(dataset.tracks) else dataset


def _of_the_server(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """As the server stores it: keyframes, cut at the borders of jobs, and the task as the union of its jobs."""
    dataset, losses = tracks.to_keyframes(dataset, options.quirks)
    ledger.extend(losses)
    dataset, losses = stored(dataset, options.quirks)
    ledger.extend(losses)
    return dataset


def _companions(
    dataset: Dataset, documents: list[Document], found: Collected, options: Options
) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if options.origin:
        parts["origin"] = _origin(dataset.shapes.id, documents, found)
    if options.extras:
        header = {f"{document.member}:{key}": text for document in documents for key, text in document.header.items()}
        parts["extras"] = {"dataset": {name: Extra.of([text]) for name, text in header.items()}}
    return parts


def _origin(numbers: Ints, documents: list[Document], found: Collected) -> Origin:
    """Where each shape stood; one that was made here has no place.  numbers: annotations, -1 for none."""
    member, place = (np.append(found.column(name), 0)[numbers] for name in ("document", "place"))
    bare = np.array([document.is_results for document in documents])
    where = Place(
        patterns=("/annotations/{}", "/{}", ""), steps=place.astype(np.int32).reshape(-1, 1),
        pattern=np.where(numbers < 0, 2, bare[member]).astype(np.int32), member=member.astype(np.int32),
    )  # fmt: skip
    return Origin(tuple(document.member for document in documents), {Owner.SHAPE: where})


def sniff(source: Source, keypoints: bool) -> bool:
    """Whether a source is certainly COCO's, with or without keypoints: its lists and its keys say so."""
    for name in json_members(source):
        told = _told(source, name)
        if len(told & {b"images", b"categories", b"annotations"}) > 1:
            return keypoints == (b"keypoints" in told)
    return False


def _told(source: Source, name: str) -> set[bytes]:
    """Which lists a member has anywhere: their order is free, and any of them may be long."""
    told: set[bytes] = set()
    with source.open(name) as stream:
        end = b""
        while piece := stream.read(_PIECE):
            piece = end + piece
            told |= {key for key, pattern in _LISTS.items() if key not in told and _has(pattern, key, piece)}
            end = piece[-_SEAM:]
    return told


def _has(pattern: re.Pattern[bytes], key: bytes, piece: bytes) -> bool:
    return key in piece and pattern.search(piece) is not None  # looking for the word alone is ten times as fast
