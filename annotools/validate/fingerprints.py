"""What a finding is recognised by in another version of the file: its content, not its place.

A fingerprint is a hash of the rule, the frame's name (or number), the label's name and the geometry rounded to
1/100 px, so that reordering and new ids do not change it.  Equal findings share a fingerprint; a baseline counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from typing import Any

import numpy as np

from annotools.model import Dataset, Owner, ShapeType
from annotools.model.columns import distinct
from annotools.model.tables import Floats, Ints
from annotools.validate.findings import OWNER_OF, Found, chunks

_NUMBERS = re.compile(r"/\d+")
_OFTEN = 10  # shapes, of which one is asked for
_WIDTH = 8  # bytes of a number
_WORDS = ShapeType.words()


class Fingerprints:
    """Looks up fingerprints in one dataset; of rows many at once, as columns."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._asked = 0
        self._tables: dict[Owner, Any] = {owner: dataset.table(owner) for owner in Owner}

    def each(self, code: str, answer: Found) -> Iterator[str]:
        """The fingerprints of all findings."""
        if answer.kind == "document":
            return (self.of(code, answer, index) for index in range(len(answer)))
        return chain.from_iterable(self.many(code, answer, rows) for rows in chunks(len(answer)))

    def of(self, code: str, answer: Found, index: int) -> str:
        """The fingerprint of one finding: 16 hexadecimal digits."""
        if answer.kind != "document":
            return self.many(code, answer, range(index, index + 1))[0]
        pointer = answer.pointers[index] if len(answer.pointers) else ""
        return _hash(f"{code}\x1f{answer.kind}\x1f{_NUMBERS.sub('/*', pointer)}\x1f{answer.text(index)}")

    def many(self, code: str, answer: Found, rows: range) -> list[str]:
        """The fingerprints of findings that are about rows.  rows: of the findings."""
        contents = self._contents(answer.kind, answer.rows[rows.start : rows.stop])
        return [_hash(f"{code}\x1f{answer.kind}\x1f{content}") for content in contents]

    def _contents(self, kind: str, rows: Ints) -> list[str]:
        if kind == "attribute":
            return self._attributes(rows)
        if kind in OWNER_OF:
            return self._rows(OWNER_OF[kind], rows)
        return [self._definition(kind, row) for row in rows.tolist()]

    def _definition(self, kind: str, row: int) -> str:
        if kind == "frame":
            return str(self._frame(row))
        if kind == "label":
            return self.dataset.labels[row].name
        job = self.dataset.jobs[row]
        return f"{job.type}\x1f{job.start_frame}\x1f{job.stop_frame}"

    def _frame(self, number: int) -> str | int:
        names = self.dataset.frames.names
        return names[number] if 0 <= number < len(names) else number

    def _rows(self, owner: Owner, rows: Ints) -> list[str]:
        table, labels = self._tables[owner], self.dataset.labels.by_id
        numbers = table.label[rows].tolist()
        names = [labels[number].name if number in labels else number for number in numbers]
        if owner == Owner.INTERVAL:
            ends = zip(names, table.start[rows].tolist(), table.stop[rows].tolist(), strict=True)
            return [f"{name}\x1f{start}\x1f{stop}" for name, start, stop in ends]
        frames = map(self._frame, table.frame[rows].tolist())
        rest = zip(names, frames, self._shown(owner, rows), strict=True)
        return [f"{name}\x1f{frame}{shape}" for name, frame, shape in rest]

    def _shown(self, owner: Owner, rows: Ints) -> list[str]:
        """The geometry of shapes; a track is known by its first keyframe."""
        if owner == Owner.SHAPE:
            return self._geometry(rows)
        if owner != Owner.TRACK:
            return [""] * len(rows)
        first = self._first_keyframes[rows]
        drawn = iter(self._geometry(first[first >= 0]))
        return [next(drawn) if row >= 0 else "" for row in first.tolist()]

    def _geometry(self, rows: Ints) -> list[str]:
        shapes = self._tables[Owner.SHAPE]
        self._asked += len(rows)
        types, outside = map(_WORDS.__getitem__, shapes.type[rows].tolist()), shapes.outside[rows].tolist()
        parts = zip(types, outside, self._points_of(rows), strict=True)
        return [f"\x1f{word}\x1f{int(gone)}\x1f{points.hex()}" for word, gone, points in parts]

    def _points_of(self, rows: Ints) -> Iterator[bytes]:
        """The rounded points of shapes; of very many the points of all shapes are rounded at once."""
        shapes = self._tables[Owner.SHAPE]
        if self._asked * _OFTEN < len(shapes):
            return (_round(shapes.points(row)).tobytes() for row in rows.tolist())
        starts, stops = ((shapes.offsets[rows + more] * _WIDTH).tolist() for more in (0, 1))
        return (bytes(self._points[start:stop]) for start, stop in zip(starts, stops, strict=True))

    @cached_property
    def _points(self) -> memoryview:
        return memoryview(_round(self._tables[Owner.SHAPE].values).tobytes())

    @cached_property
    def _first_keyframes(self) -> Ints:
        """The row of the first keyframe of each track, -1 where it has none."""
        track = self.dataset.shapes.track
        rows = np.flatnonzero(track >= 0)[::-1]
        first = np.full(len(self.dataset.tracks), -1, np.int64)
        first[track[rows]] = rows  # of several the last one that is put there, which is the first
        return first

    def _attributes(self, rows: Ints) -> list[str]:
        table, specs = self.dataset.attributes, self.dataset.labels.specs
        numbers, kinds, owners = table.spec[rows].tolist(), table.kind[rows], table.owner[rows].astype(np.int64)
        names = [specs[number][1].name if number in specs else number for number in numbers]
        values = map(table.pool.__getitem__, table.value[rows].tolist())
        about: dict[int, str] = {}
        for kind in distinct(kinds).tolist():
            places = np.flatnonzero(kinds == kind)
            about |= zip(places.tolist(), self._rows(Owner(kind), owners[places]), strict=True)
        parts = enumerate(zip(names, values, strict=True))
        return [f"{name}\x1f{value}\x1f{about[at]}" for at, (name, value) in parts]


def _hash(content: str) -> str:
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _round(values: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(np.round(values, 2) + 0.0)
