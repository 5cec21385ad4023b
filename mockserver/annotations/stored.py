"""The annotations of one job as the state has them: records, and what GET shows of them.

The rows that GET shows are made with every write, of what is new only; the first GET joins them, and its answer is kept
for as long as the labels stay the same, so that a repeated GET is a copy. Of many new records the rows are made when
they are first asked for, which is after others have had their turn; two threads may ask at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from operator import is_

from annotools.labeled_data import LabeledData
from mockserver.annotations import document, label_specs, numbering
from mockserver.annotations.document import Shown
from mockserver.annotations.numbering import Ids
from mockserver.annotations.records import from_document
from mockserver.state.tables import Record

MANY = 5000


@dataclass(slots=True, eq=False)
class StoredAnnotations:
    """One immutable value: `raw` (an answer of GET, from a seed) until first needed, then records."""

    raw: Record | None = None
    _data: LabeledData | None = None
    _ids: Ids | None = None
    _labels: list[Record] = field(default_factory=list)
    _shown: Shown | None = None
    _answer: bytes = b""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def data(self) -> LabeledData:
        """The records; never change them."""
        with self._lock:
            if self._data is None:
                self._data, self.raw = from_document(self.raw or {}), None
            return self._data

    @property
    def ids(self) -> Ids:
        """All ids by kind."""
        if self._ids is None:
            self._ids = numbering.ids_of(self.data)
        return self._ids

    def shown(self, labels: list[Record]) -> Shown:
        """What GET shows, given the task's labels."""
        with self._lock:
            same = len(labels) == len(self._labels) and all(map(is_, labels, self._labels))
            if self._shown is None or not same:
                self._shown, self._labels = document.shown(self.data, label_specs.of(labels)), labels
                self._answer = b""
            return self._shown

    def answer(self, labels: list[Record]) -> bytes:
        """The JSON of GET."""
        with self._lock:
            shown = self.shown(labels)
            if not self._answer:
                self._answer = shown.encode()
            return self._answer

    def after(self, kept: LabeledData, new: LabeledData, labels: list[Record]) -> StoredAnnotations:
        """What takes its place: some of its records, and new ones."""
        data = _joined(kept, new)
        if _count(new) > MANY or (self._shown is None and _count(kept) > MANY):
            return StoredAnnotations(_data=data)
        old = Shown() if kept.is_empty() else self.shown(labels)
        rows = old.after(kept, document.shown(new, label_specs.of(labels)))
        return StoredAnnotations(_data=data, _labels=labels, _shown=rows)


def _count(data: LabeledData) -> int:
    """Records to show, keyframes too."""
    keyframes = sum(len(track.shapes) for track in data.tracks)
    return len(data.tags) + len(data.shapes) + len(data.intervals) + keyframes


def _joined(one: LabeledData, other: LabeledData) -> LabeledData:
    return LabeledData(
        tags=one.tags + other.tags,
        shapes=one.shapes + other.shapes,
        tracks=one.tracks + other.tracks,
        intervals=one.intervals + other.intervals,
    )
