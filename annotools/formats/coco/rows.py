"""Annotations -> columns, a few thousand at a time; what is decoded is let go before the next are.

    segmentation [[..], [..]]  two rows of one annotation        {"size": .., "counts": ..}  a mask
    none                       the box                           keypoints                   a skeleton, kept apart

Every row is touched a fixed number of times by code that runs in C.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import attrgetter
from typing import Any, cast

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.coco.blobs import Blobs
from annotools.formats.coco.categories import Categories
from annotools.formats.coco.cells import Annotation, Rle, decode
from annotools.formats.coco.document import Document
from annotools.formats.coco.drawn import Built, ChunkShapes
from annotools.formats.coco.images import UNKNOWN, Images
from annotools.formats.coco.runs import size_of
from annotools.model.growing import Growing, GrowingRows
from annotools.model.tables import Array, Ints


@dataclass(slots=True)
class Collected:
    """Annotations and the rows they make.

    annotations: columns frame, label, blob, score, document, place.  rows: columns owner (the annotation) and type.
    skeletons: columns owner and, ragged, the keypoints.  crowds: annotations that said they are one.
    """

    blobs: Blobs = field(default_factory=Blobs)
    annotations: dict[str, Growing] = field(default_factory=dict)
    rows: dict[str, Growing] = field(default_factory=dict)
    points: GrowingRows = field(default_factory=GrowingRows)
    skeletons: Growing = field(default_factory=Growing)
    keypoints: GrowingRows = field(default_factory=GrowingRows)
    crowds: int = 0
    skipped: int = 0
    size: int = 0

    def column(self, name: str) -> Array:
        """A column of the annotations, or `owner` or `type` of the rows."""
        found = self.annotations.get(name) or self.rows.get(name)
        return np.zeros(0, np.int64) if found is None else found.column()


@dataclass(slots=True)
class Collector:
    """Collects the annotations of documents.  keypoints: whether those are read; server: whether as it does."""

    images: Images
    categories: Categories
    problems: Problems
    keypoints: bool = False
    server: bool = False
    found: Collected = field(default_factory=Collected)
    told: set[int] = field(default_factory=set)

    def add(self, number: int, document: Document) -> None:
        """Take in one document.  number: its place among all."""
        for first, pieces in document.chunks():
            rows, places = decode(pieces, first, document, self.problems)
            self._add(number, document, rows, places)

    def _add(self, number: int, document: Document, rows: Sequence[Annotation], places: Sequence[int]) -> None:
        frames, labels = self.images.numbers[number], self.categories.numbers[number]
        frame, label = _known(frames, rows, "image_id"), _known(labels, rows, "category_id")
        place = np.asarray(places, np.int64)
        kept = np.flatnonzero((frame >= 0) & (label >= 0))
        if len(kept) < len(rows):
            self._tell(document, rows, places, frame, label)
            rows = [rows[n] for n in kept.tolist()]
        shapes = ChunkShapes(rows, place[kept], document, self.problems)
        sizes = self.images.frames.sizes(frame[kept])
        used = shapes.build(sizes, self.keypoints, self.server)
        self._learn(rows, frame[kept], sizes)
        columns = {"frame": frame[kept], "label": label[kept], "document": np.full(len(rows), number)}
        self._keep(rows, columns | {"place": place[kept]}, document)
        self._keep_rows(used)

    def _learn(self, rows: Sequence[Annotation], frames: Ints, sizes: Ints) -> None:
        """Masks say how large their images are."""
        for n in np.flatnonzero((sizes == 0).any(axis=1)).tolist():
            rle = rows[n].segmentation
            if isinstance(rle, Rle) and size_of(rle) > (0, 0):
                self.images.learned.setdefault(int(frames[n]), size_of(rle))

    def _keep(self, rows: Sequence[Annotation], columns: dict[str, Array], document: Document) -> None:
        found = self.found
        columns["blob"] = found.blobs.codes_of(list(map(bytes, map(attrgetter("attributes"), rows))))
        columns["score"] = np.array([1.0 if row.score is None else row.score for row in rows], np.float64)
        faulty = found.blobs.faulty
        for n in np.flatnonzero(np.isin(columns["blob"], list(faulty))).tolist() if faulty else ():
            where = f"{document.where}/{columns['place'][n]}/attributes"
            problem = Problem("attributes cannot be used", document.member, pointer=where, expected="an object")
            self.problems.append(problem)
        found.crowds += sum(map(bool, map(attrgetter("iscrowd"), rows)))
        for name, column in columns.items():
            found.annotations.setdefault(name, Growing()).add(column)

    def _keep_rows(self, used: Built) -> None:
        found = self.found
        found.rows.setdefault("owner", Growing()).add(used.owner + found.size)
        found.rows.setdefault("type", Growing()).add(used.type.astype(np.int8))
        found.points.add(*used.points)
        found.skeletons.add(used.skeletons + found.size)
        found.keypoints.add(*used.keypoints)
        found.size += used.size

    def _tell(
        self, document: Document, rows: Sequence[Annotation], places: Sequence[int], frame: Ints, label: Ints
    ) -> None:
        """Say why annotations are left out: once for a category, else one by one."""
        for n in np.flatnonzero((frame < 0) | (label < 0)).tolist():
            pointer = f"{document.where}/{places[n]}"
            self.found.skipped += 1
            if frame[n] == UNKNOWN:
                self._add_problem(document, f"image {rows[n].image_id!r} is not listed", f"{pointer}/image_id")
            if label[n] == UNKNOWN:
                self._add_problem(document, f"category {rows[n].category_id!r} is not listed", f"{pointer}/category_id")
            elif label[n] < UNKNOWN and int(label[n]) not in self.told:
                self.told.add(int(label[n]))
                self.problems.append(self.categories.problem(int(label[n])))

    def _add_problem(self, document: Document, message: str, pointer: str) -> None:
        self.problems.append(Problem(message, document.member, pointer=pointer, expected="an id that is"))


def _known(numbers: Mapping[Any, int], rows: Sequence[Annotation], key: str) -> Ints:
    """What a key of each annotation means, UNKNOWN for what nobody listed."""
    found = map(numbers.get, map(attrgetter(key), rows), repeat(UNKNOWN))
    return np.fromiter(cast("Iterator[int]", found), np.int64, len(rows))
