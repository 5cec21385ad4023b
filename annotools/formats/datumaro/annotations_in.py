"""Annotations of documents -> rows: columns of a chunk at a time, attributes once for all that are equal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from types import NoneType
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.datumaro.categories import LabelsIn
from annotools.formats.datumaro.documents import Document
from annotools.formats.datumaro.items import Chunk, chunks_of, frame_names, sizes_of, unlabelled
from annotools.formats.datumaro.points_in import Points
from annotools.formats.datumaro.shapes_in import Built, ShapesIn
from annotools.formats.kernel.attribute_blobs import AttributeBlobs, used_names
from annotools.formats.kernel.jsonfile import dumped_each
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.places import At, WrongRows
from annotools.formats.kernel.rows import Rows
from annotools.model import POINTS, AttributeSpec, Owner
from annotools.model.columns import Array, Ints, distinct
from annotools.model.extras import Extra

_LOOK = ("outside", "occluded", "source")
_MOST_TYPES = 100  # that nobody knows and that are named
_UNKNOWN = "CVAT has no such annotations"


class _Columns(msgspec.Struct):
    """Columns of the annotations of a chunk.  code: of their attributes."""

    frame: Ints
    label: Ints
    code: Ints
    group: Ints
    z_order: Ints
    extras: dict[str, Extra]


class AnnotationsIn(msgspec.Struct):
    """Takes in the annotations of documents.

    strict_tracks: whether a track needs both an id and a keyframe and is in no group, and rows of its points are all
    keyframes: as the server has it.
    """

    rows: Rows
    labels: LabelsIn
    problems: Problems
    strict_tracks: bool = False
    last: str = ""  # the type of the last annotation so far
    _blobs: AttributeBlobs = msgspec.field(default_factory=AttributeBlobs)
    _owners: list[tuple[Owner, Ints, Ints, Ints]] = msgspec.field(default_factory=list)
    _tracked: set[int] = msgspec.field(default_factory=set)
    _undefined: dict[int, set[str]] = msgspec.field(default_factory=dict)
    _types: set[str] = msgspec.field(default_factory=set)

    def add(self, number: int, document: Document) -> None:
        """Take in one document.  number: its place among all."""
        for chunk in chunks_of(document, self.problems):
            self._add(number, chunk)

    def _add(self, number: int, chunk: Chunk) -> None:
        frames = self._frames(chunk)
        self.last = chunk.annotations[-1].type if len(chunk.annotations) else self.last
        columns = self._columns(number, chunk, frames)
        sizes = self.rows.known_sizes(columns.frame)
        built = ShapesIn(chunk, sizes, self._boned(number, chunk)).build()
        self.problems.extend(built.wrong)
        self._leave_out(built.unknown)
        bad = [
            row
            for row in np.flatnonzero(columns.label < 0).tolist()
            if chunk.annotations[row].type not in built.unknown
        ]
        self._tell_unlabelled(number, chunk, bad)
        self._learn(chunk, built, columns.frame, sizes)
        self._shapes(number, chunk, columns, built)
        self._tags(chunk, columns, built.tags)

    def _leave_out(self, unknown: dict[str, int]) -> None:
        """Note annotations of types that nobody knows, by type as long as there are few."""
        others = 0
        for word, count in unknown.items():
            if word in self._types or len(self._types) < _MOST_TYPES:
                self._types.add(word)
                self.rows.left_out(f"annotation of type {word or 'none'}", count, why=_UNKNOWN)
            else:
                others += count
        if others:
            self.rows.left_out("annotation of another type", others, why=_UNKNOWN)

    def _frames(self, chunk: Chunk) -> Ints:
        """The frame of each item."""
        items, at = chunk.items, At(chunk.document.member, chunk.places, "/items/{}")
        numbers = [item.number for item in items]
        extras: dict[str, Any] = {}
        if any(number is not None for number in numbers):
            there = np.array([number is not None for number in numbers], np.bool_)
            extras["frame_id"] = Extra(np.array([number or 0 for number in numbers], np.int64), there)
        related = [item.related for item in items]
        if any(related):
            there = np.array([bool(text) for text in related], np.bool_)
            extras["related_images"] = Extra(_column(related), there)
        sizes, subset = sizes_of(items), chunk.document.subset
        return self.rows.frames(frame_names(items), sizes[:, 0], sizes[:, 1], subset, at, **extras)

    def _columns(self, number: int, chunk: Chunk, frames: Ints) -> _Columns:
        rows = chunk.annotations
        places, names = self.labels.numbers[number], len(self.labels.numbers[number])
        given = [n if n is not None and 0 <= n < names else -1 for n in map(attrgetter("label_id"), rows)]
        label = np.array([*places, -1], np.int64)[np.array(given, np.int64)]
        code = self._blobs.codes_of([bytes(blob) for blob in map(attrgetter("attributes"), rows)])
        wrong = WrongRows(chunk.at)
        for row in np.flatnonzero(np.isin(code, list(self._blobs.faulty))).tolist() if self._blobs.faulty else ():
            wrong.add(row, "attributes cannot be used", "an object", "/attributes")
        self.problems.extend(wrong.all())
        z_order = np.array([n or 0 for n in map(attrgetter("z_order"), rows)], np.int64)
        z_order += self._blobs.look("z_order", code) if len(code) else 0
        extras = {"annotation_id": _numbers([row.id for row in rows])}
        objects = list(map(attrgetter("object_id"), rows))
        if objects.count(None) < len(objects):
            extras["object_id"] = _numbers(objects)
        seen = [each if each and set(each) != {2} else None for each in map(attrgetter("visibility"), rows)]
        if seen.count(None) < len(seen):
            there = np.array([each is not None for each in seen], np.bool_)
            extras["visibility"] = Extra(_texts(seen), there, derived=True)
        group = np.array([n or 0 for n in map(attrgetter("group"), rows)], np.int64)
        return _Columns(frames[chunk.owner], label, code, group, z_order, extras)

    def _boned(self, number: int, chunk: Chunk) -> Ints:
        """Annotations of type points whose label names as many points, in a file that knows no points of skeletons."""
        keypoints, points = self.labels.keypoints[number], self.labels.points[number]
        if not keypoints:
            return np.zeros(0, np.int64)
        places = self.labels.numbers[number]
        boned = [
            n for n, row in enumerate(chunk.annotations)
            if row.type == "points" and row.label_id is not None and 0 <= row.label_id < len(places)
            and places[row.label_id] in keypoints and len(row.points or ()) == 2 * len(points[places[row.label_id]])
        ]  # fmt: skip
        return np.array(boned, np.int64)

    def _tell_unlabelled(self, number: int, chunk: Chunk, rows: Sequence[int]) -> None:
        """Say why annotations have no label, once of a label that the task has not."""
        undefined = self._undefined.setdefault(number, set())
        names, wrong = self.labels.names[number], WrongRows(chunk.at)
        for row in rows:
            label = chunk.annotations[row].label_id
            name = names[label] if label is not None and 0 <= label < len(names) else None
            if name not in undefined:
                wrong.add(row, *unlabelled(label, names), "/label_id")
            if name is not None:
                undefined.add(name)
        self.problems.extend(wrong.all())

    def _learn(self, chunk: Chunk, built: Built, frame: Ints, sizes: Ints) -> None:
        """Masks say how large their frames are."""
        for row in np.flatnonzero((sizes == 0).any(axis=1)).tolist():
            rle = chunk.annotations[row].rle
            if rle is not None and len(rle.size) == 2 and min(rle.size) > 0:
                height, width = (np.array([int(n)]) for n in rle.size)
                self.rows.learn_sizes(frame[row : row + 1], width, height)

    def _shapes(self, number: int, chunk: Chunk, columns: _Columns, built: Built) -> None:
        owner = built.owner
        code, (values, offsets) = columns.code[owner], built.points
        at, look = chunk.at[owner], self._look(code)
        track = self._tracks(number, columns, owner, at)
        turn = np.where(built.turn != 0, built.turn, look.pop("rotation"))
        rows = self.rows.shapes(
            built.type, columns.frame[owner], columns.label[owner], values, offsets, at, track=track,
            keyframe=np.where(track >= 0, look.pop("keyframe"), True), group=columns.group[owner],
            z_order=columns.z_order[owner], rotation=turn, **look, **_taken(columns.extras, owner),
        )  # fmt: skip
        self._owners.append((Owner.SHAPE, rows, code, columns.label[owner]))
        self._tracked.update(distinct(columns.label[owner][track >= 0]).tolist())
        if len(built.skeletons):
            self._elements(number, chunk, columns, built, rows[np.searchsorted(owner, built.skeletons)])

    def _look(self, code: Ints) -> dict[str, Array]:
        names = (*_LOOK, "score", "rotation", "keyframe")
        return {name: self._blobs.look(name, code) for name in names}

    def _tracks(self, number: int, columns: _Columns, owner: Ints, at: At) -> Ints:
        code = columns.code[owner]
        track = self._blobs.look("track", code)
        if self.strict_tracks:
            track = np.where(self._blobs.look("tracked", code), track, -1)
        if not (track >= 0).any():
            return np.full(len(owner), -1)
        label = columns.label[owner]
        keys = [track] if self.strict_tracks else [track, label, np.full(len(owner), number)]
        ids = self._blobs.track_ids
        named = _numbers([ids[position] if position >= 0 else None for position in track.tolist()])
        source = self._blobs.look("source", code)
        group = np.zeros(len(owner), np.int64) if self.strict_tracks else columns.group[owner]
        return self.rows.tracks(np.stack(keys, axis=1), label, at, source=source, group=group, track_id=named.values)

    def _elements(self, number: int, chunk: Chunk, columns: _Columns, built: Built, whole: Ints) -> None:
        """The points of skeletons.  whole: the rows of these."""
        points = Points.of(chunk, built, self.labels.points[number], columns.label)
        self._tell_nameless(chunk, columns, built.skeletons[points.nameless])
        code = self._blobs.codes_of(points.blobs)
        owner, look = built.skeletons[points.skeleton], self._look(code)
        apart = self._blobs.look("tracked", code) if len(code) else code > 0
        keyframe = np.where(apart, look.pop("keyframe"), self._blobs.look("keyframe", columns.code[owner]))
        hidden = look.pop("occluded"), look.pop("outside")
        rows = self.rows.shapes(
            POINTS, columns.frame[owner], points.label, points.places, at=chunk.at[owner],
            parent=whole[points.skeleton], occluded=hidden[0] | (points.seen == 1),
            outside=hidden[1] | (points.seen <= 0), keyframe=keyframe | self.strict_tracks,
            z_order=self._blobs.look("z_order", code), **look,
        )  # fmt: skip
        self._owners.append((Owner.SHAPE, rows, code, points.label))
        self._tracked.update(distinct(points.label[apart]).tolist())

    def _tell_nameless(self, chunk: Chunk, columns: _Columns, rows: Ints) -> None:
        """Say of skeletons with more points than names that these are left out."""
        wrong = WrongRows(chunk.at)
        for row in rows[columns.label[rows] >= 0].tolist():
            wrong.add(row, "has a point without a name", "as many points as the label names", "/points")
        self.problems.extend(wrong.all())

    def _tags(self, chunk: Chunk, columns: _Columns, rows: Ints) -> None:
        if not len(rows):
            return
        code = columns.code[rows]
        made = self.rows.tags(
            columns.frame[rows], columns.label[rows], chunk.at[rows], group=columns.group[rows],
            source=self._blobs.look("source", code), **_taken(columns.extras, rows),
        )  # fmt: skip
        self._owners.append((Owner.TAG, made, code, columns.label[rows]))

    def finish(self) -> None:
        """Put attributes on rows, and define those that labels lack."""
        labels = self.labels.labels
        wanted: dict[tuple[int, str], AttributeSpec] = {}
        for kind, rows, code, label in self._owners:
            owner, names, values = self._blobs.spread(rows, code)
            self.rows.attributes(kind, owner, names, values)
            counted = np.repeat(label, np.bincount(np.searchsorted(rows, owner), minlength=len(rows)))
            for number, name in used_names(names, counted) if not self.labels.known else ():
                if number in labels.by_id and (number, name) not in labels.specs_by_name:
                    spec = AttributeSpec(0, name, number in self._tracked, self._blobs.kind(name))
                    wanted.setdefault((number, name), spec)
        if not self.labels.known:
            for number, name in self.labels.bare:
                wanted.setdefault((number, name), AttributeSpec(0, name, False, self._blobs.kind(name)))
            self.rows.label_defs(with_specs(labels, wanted) if wanted else labels)


def _taken(extras: dict[str, Extra], rows: Ints) -> dict[str, Extra]:
    return {name: Extra(extra.values[rows], extra.present[rows]) for name, extra in extras.items()}


def _texts(values: Sequence[Any]) -> Array:
    return _column(dumped_each(values))


def _column(values: Sequence[Any]) -> Array:
    column = np.empty(len(values), object)
    column[:] = values
    return column


def _numbers(values: Sequence[Any]) -> Extra:
    """A column of whole numbers, of those rows that have one; other ids are kept as they are."""
    present = np.fromiter((value is not None for value in values), np.bool_, len(values))
    if set(map(type, values)) <= {int, NoneType}:
        with suppress(OverflowError):
            return Extra(np.array([value or 0 for value in values], np.int64), present)
    return Extra(_column([value if isinstance(value, int | float | str) else str(value) for value in values]), present)
