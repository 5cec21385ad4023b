"""What a finding is recognised by in another version of the file: its content, not its place.

A fingerprint is a hash of the rule, the frame's name (or number), the label's name and the geometry rounded to
1/100 px, so that reordering and new ids do not change it.  Equal findings share a fingerprint; a baseline counts them.
"""

from __future__ import annotations

import re
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from annotools.model import Dataset, Owner, ShapeType
from annotools.model.tables import Floats, Ints
from annotools.validate.findings import OWNER_OF, Found

_NUMBERS = re.compile(r"/\d+")
_OFTEN = 10  # shapes, of which one is asked for
_WORDS = ShapeType.words()


class Fingerprints:
    """Looks up fingerprints in one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._asked = 0
        self._tables: dict[Owner, Any] = {owner: dataset.table(owner) for owner in Owner}

    def of(self, code: str, answer: Found, index: int) -> str:
        """The fingerprint of one finding: 16 hexadecimal digits."""
        content = (code, answer.kind, *self._content(answer, index))
        return blake2b("\x1f".join(map(str, content)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def _content(self, answer: Found, index: int) -> tuple[Any, ...]:
        if answer.kind == "document":
            pointer = answer.pointers[index] if len(answer.pointers) else ""
            return (_NUMBERS.sub("/*", pointer), answer.text(index))
        row = int(answer.rows[index])
        if answer.kind == "attribute":
            return self._attribute(row)
        if answer.kind in OWNER_OF:
            return self._row(OWNER_OF[answer.kind], row)
        return self._definition(answer.kind, row)

    def _definition(self, kind: str, row: int) -> tuple[Any, ...]:
        if kind == "frame":
            return (self._frame(row),)
        if kind == "label":
            return (self.dataset.labels[row].name,)
        job = self.dataset.jobs[row]
        return job.type, job.start_frame, job.stop_frame

    def _frame(self, number: int) -> str | int:
        names = self.dataset.frames.names
        return names[number] if 0 <= number < len(names) else number

    def _row(self, owner: Owner, row: int) -> tuple[Any, ...]:
        table = self._tables[owner]
        label = self.dataset.labels.by_id.get(int(table.label[row]))
        name = label.name if label else int(table.label[row])
        if owner == Owner.INTERVAL:
            return name, int(table.start[row]), int(table.stop[row])
        frame = self._frame(int(table.frame[row]))
        return (name, frame, *self._geometry(row)) if owner == Owner.SHAPE else (name, frame, *self._begin(owner, row))

    def _geometry(self, row: int) -> tuple[Any, ...]:
        shapes = self._tables[Owner.SHAPE]
        self._asked += 1
        return _WORDS[int(shapes.type[row])], int(shapes.outside[row]), self._rounded(row).tobytes().hex()

    def _rounded(self, row: int) -> Floats:
        """The points of a shape; of very many the points of all shapes are rounded at once."""
        shapes = self._tables[Owner.SHAPE]
        if self._asked * _OFTEN < len(shapes):
            return _round(shapes.points(row))
        return self._points[shapes.offsets[row] : shapes.offsets[row + 1]]

    @cached_property
    def _points(self) -> Floats:
        return _round(self._tables[Owner.SHAPE].values)

    def _begin(self, owner: Owner, row: int) -> tuple[Any, ...]:
        """A track is known by its first keyframe."""
        if owner != Owner.TRACK:
            return ()
        first = int(self._first_keyframes[row])
        return self._geometry(first) if first >= 0 else ()

    @cached_property
    def _first_keyframes(self) -> Ints:
        """The row of the first keyframe of each track, -1 where it has none."""
        track = self.dataset.shapes.track
        rows = np.flatnonzero(track >= 0)[::-1]
        first = np.full(len(self.dataset.tracks), -1, np.int64)
        first[track[rows]] = rows  # of several the last one that is put there, which is the first
        return first

    def _attribute(self, row: int) -> tuple[Any, ...]:
        table = self.dataset.attributes
        known = self.dataset.labels.specs.get(int(table.spec[row]))
        spec = known[1].name if known else int(table.spec[row])
        owner = self._row(Owner(int(table.kind[row])), int(table.owner[row]))
        return (spec, table.pool[int(table.value[row])], *owner)


def _round(values: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(np.round(values, 2) + 0.0)
