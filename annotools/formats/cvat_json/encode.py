"""The hub -> LabeledData, a few thousand rows at a time; keys in the order of the server's answers.

Rows are picked by columns and turned into JSON values chunk by chunk, so that a large dataset is never there twice.
An id that is not known is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from msgspec import Struct

from annotools.labeled_data import (
    ANSWERED,
    BACKED_UP,
    KEYFRAME_BACKED_UP,
    Interval,
    Shape,
    Tag,
    Track,
    TrackedShape,
    ordered,
)
from annotools.model import Dataset, Owner, ShapeType, Source
from annotools.model.tables import Array

CHUNK = 2000
Item = dict[str, Any]
_SHAPE_WORDS = ShapeType.words()
_SOURCE_WORDS = Source.words()
_KINDS: dict[str, type[Struct]] = {
    "tag": Tag,
    "shape": Shape,
    "keyframe": TrackedShape,
    "track": Track,
    "interval": Interval,
}
_BY_ID = {name: ordered(kind, ANSWERED) for name, kind in _KINDS.items()}
_BY_NAME = {
    name: tuple("label" if key == "label_id" else key for key in ordered(kind, BACKED_UP))
    for name, kind in _KINDS.items()
} | {"keyframe": ordered(TrackedShape, KEYFRAME_BACKED_UP)}


class _Groups:
    """Rows by what they belong to: the rows of `owner` 7 without a scan."""

    def __init__(self, owner: Array, size: int) -> None:
        order = np.argsort(owner, kind="stable")
        self._order = order
        self._starts = np.searchsorted(owner[order], np.arange(size + 1))

    def of(self, owners: Array) -> tuple[Array, list[tuple[int, int]]]:
        """The rows of these owners one after the other, and for each owner where its rows begin and end there."""
        starts, stops = self._starts[owners], self._starts[owners + 1]
        counts = stops - starts
        ends = np.cumsum(counts)
        begins = ends - counts
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(begins, counts)
        rows = self._order[np.repeat(starts, counts) + within]
        return rows, list(zip(begins.tolist(), ends.tolist(), strict=True))


class _Homes:
    """Rows by the job that they are of; those that are part of another row left out."""

    def __init__(self, job: Array, whole: Array | None, size: int) -> None:
        self._rows = np.arange(len(job)) if whole is None else np.flatnonzero(whole)
        self._groups = _Groups(job[self._rows].astype(np.int64) + 1, size + 1)

    def of(self, job: int) -> Array:
        """The rows of one job, -1 for the task as a whole."""
        return np.asarray(self._rows[self._groups.of(np.array([job + 1]))[0]])


class Encoder:
    """Writes the rows of a dataset.  named: labels and attributes by name and no ids, as in a backup."""

    def __init__(self, dataset: Dataset, *, named: bool = False) -> None:
        self._dataset = dataset
        self._named = named
        self._order = _BY_NAME if named else _BY_ID
        shapes, tracks, attributes = dataset.shapes, dataset.tracks, dataset.attributes
        self._elements = _Groups(shapes.parent, len(shapes))
        self._keyframes = _Groups(shapes.track, len(tracks))
        self._parts = _Groups(tracks.parent, len(tracks))
        by_kind = {kind: np.flatnonzero(attributes.kind == kind) for kind in Owner}
        self._values = {
            kind: (rows, _Groups(attributes.owner[rows], len(dataset.table(kind)))) for kind, rows in by_kind.items()
        }
        self._spec_names = {number: spec.name for number, (_, spec) in dataset.labels.specs.items()}
        whole = {"shapes": (shapes.track < 0) & (shapes.parent < 0), "tracks": tracks.parent < 0}
        self._homes = {
            name: _Homes(getattr(dataset, name).job, whole.get(name), len(dataset.jobs))
            for name in ("tags", "shapes", "tracks", "intervals")
        }

    def document(self, job: int) -> Iterator[bytes]:
        """The LabeledData of one job (its row; -1 for the task as a whole) in pieces."""
        yield b'{"version":0,"tags":['
        yield from _joined(self._tags, self._homes["tags"].of(job))
        yield b'],"shapes":['
        yield from _joined(self._shapes, self._homes["shapes"].of(job))
        yield b'],"tracks":['
        yield from _joined(self._tracks, self._homes["tracks"].of(job))
        yield b'],"intervals":['
        yield from _joined(self._intervals, self._homes["intervals"].of(job))
        yield b"]}"

    def _tags(self, rows: Array) -> list[Item]:
        return self._items("tag", self._head(Owner.TAG, rows) | {"frame": self._dataset.tags.frame[rows].tolist()})

    def _intervals(self, rows: Array) -> list[Item]:
        table = self._dataset.intervals
        stops = [None if stop < 0 else stop for stop in table.stop[rows].tolist()]
        own = {"start": table.start[rows].tolist(), "stop": stops, "score": table.score[rows].tolist()}
        return self._items("interval", self._head(Owner.INTERVAL, rows) | own)

    def _shapes(self, rows: Array) -> list[Item]:
        inner, spans = self._elements.of(rows)
        elements = self._items("shape", self._drawn(inner))
        columns = self._drawn(rows) | {"elements": [elements[a:b] for a, b in spans]}
        return self._items("shape", columns)

    def _tracks(self, rows: Array) -> list[Item]:
        inner, spans = self._parts.of(rows)
        parts = self._items("track", self._track(inner))
        columns = self._track(rows) | {"elements": [parts[a:b] for a, b in spans]}
        return self._items("track", columns)

    def _track(self, rows: Array) -> dict[str, list[Any]]:
        keyframes, spans = self._keyframes.of(rows)
        shapes = self._items("keyframe", self._drawn(keyframes))
        frames = self._dataset.tracks.frame[rows].tolist()
        return self._head(Owner.TRACK, rows) | {"frame": frames, "shapes": [shapes[a:b] for a, b in spans]}

    def _head(self, owner: Owner, rows: Array) -> dict[str, list[Any]]:
        table: Any = self._dataset.table(owner)
        return {
            "id": table.id[rows].tolist(), "label" if self._named else "label_id": self._labels(table.label[rows]),
            "source": [_SOURCE_WORDS[code] for code in table.source[rows].tolist()],
            "group": table.group[rows].tolist(), "attributes": self._attributes(owner, rows),
        }  # fmt: skip

    def _drawn(self, rows: Array) -> dict[str, list[Any]]:
        table = self._dataset.shapes
        spans = zip(table.offsets[rows].tolist(), table.offsets[rows + 1].tolist(), strict=True)
        own = ("frame", "score", "occluded", "outside", "z_order", "rotation")
        return self._head(Owner.SHAPE, rows) | {name: getattr(table, name)[rows].tolist() for name in own} | {
            "type": [_SHAPE_WORDS[code] for code in table.type[rows].tolist()],
            "points": [table.values[start:stop].tolist() for start, stop in spans],
        }  # fmt: skip

    def _labels(self, ids: Array) -> list[Any]:
        if not self._named:
            return list(ids.tolist())
        labels = self._dataset.labels.by_id
        return [labels[number].name for number in ids.tolist()]

    def _attributes(self, owner: Owner, rows: Array) -> list[list[Item]]:
        table = self._dataset.attributes
        mine, groups = self._values[owner]
        if not len(mine):
            return [[] for _ in rows]
        picked, spans = groups.of(rows)
        places = mine[picked]
        pool = table.pool
        specs, values = table.spec[places].tolist(), [pool[code] for code in table.value[places].tolist()]
        if self._named:
            names = self._spec_names
            items = [{"value": v, "name": names[spec]} for spec, v in zip(specs, values, strict=True)]
        else:
            items = [{"spec_id": spec, "value": v} for spec, v in zip(specs, values, strict=True)]
        return [items[a:b] for a, b in spans]

    def _items(self, kind: str, columns: dict[str, list[Any]]) -> list[Item]:
        """JSON values of rows; keys in the dialect's order, as far as there is a column."""
        keys = [key for key in self._order[kind] if key in columns]
        items = [dict(zip(keys, row, strict=True)) for row in zip(*(columns[key] for key in keys), strict=True)]
        if not self._named and min(columns["id"], default=0) < 0:
            for item in items:
                if item["id"] < 0:
                    del item["id"]
        return items


def _joined(items: Any, rows: Array) -> Iterator[bytes]:
    """Rows as the inside of a JSON list."""
    for first in range(0, len(rows), CHUNK):
        text = orjson.dumps(items(rows[first : first + CHUNK]))[1:-1]
        yield b"," + text if first else text
