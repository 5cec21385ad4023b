"""Typed rows -> columns of the hub, a few thousand rows at a time.

Every row is touched a fixed number of times by code that runs in C (attrgetter, fromiter); the rows are let go before
the next few thousand are decoded.  A shape is followed by its elements, a track by those of its elements; plain shapes
come before keyframes only as far as the document has them in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.formats.cvat_json.names import places_of
from annotools.formats.cvat_json.wire import SHAPE_CODES, SOURCE_CODES, Row
from annotools.formats.kernel.blocks import Blocks
from annotools.formats.kernel.places import NOWHERE, At
from annotools.geometry.ragged import offsets_of
from annotools.model import Attributes, Intervals, Owner, Shapes, Tags, Tracks
from annotools.model.dataset import OWNERS
from annotools.model.origin import Place
from annotools.model.tables import Array, Floats, Ints

_TABLES: dict[Owner, Any] = {Owner.TAG: Tags, Owner.SHAPE: Shapes, Owner.TRACK: Tracks, Owner.INTERVAL: Intervals}
_PATTERNS = {
    Owner.TAG: ("/tags/{1}",),
    Owner.SHAPE: (
        "/shapes/{1}", "/shapes/{1}/elements/{2}", "/tracks/{1}/shapes/{3}", "/tracks/{1}/elements/{2}/shapes/{3}",
    ),
    Owner.TRACK: ("/tracks/{1}", "/tracks/{1}/elements/{2}"),
    Owner.INTERVAL: ("/intervals/{1}",),
}  # fmt: skip
_FLAT, _ELEMENT, _KEYFRAME, _ELEMENT_KEYFRAME = range(4)
_MANY = 1000  # rows that are appended at once
_COUNT: Callable[[Any], int] = len


class _Rows(msgspec.Struct, frozen=True):
    """Rows of one list of a document, which wait for more of their kind.  at: where in the list they stood."""

    owner: Owner
    rows: list[Row]
    at: Array
    job: int
    member: int
    document: int


class _From(NamedTuple):
    """Where the rows that are appended come from: their file; of each its place in its list, its job and document."""

    member: int
    at: Array
    job: Array
    document: Array


class Columns:
    """Collects the rows of one or several documents.

    members: the files that rows come from, where the place of every row is kept.  listed: whether documents are items
    of a list.  job: the row of the job that the next rows are of.  member, document: the file, and the place in its
    list, that they come from.
    """

    def __init__(self, members: Sequence[str] | None = None, *, listed: bool = False) -> None:
        self.job = -1
        self.member = 0
        self.document = 0
        self._members = members
        self._lead = "/{0}" if listed else ""
        numbers = None if members is None else {name: index for index, name in enumerate(members)}
        self._tables = {owner: Blocks(table, numbers) for owner, table in _TABLES.items()}
        self._attributes = Blocks(Attributes, None)
        self._pool: dict[str, int] = {}
        self._waiting: list[_Rows] = []
        self._held = 0  # rows that wait
        self._from: _From

    def rows(self, owner: Owner) -> int:
        """How many rows a table has so far."""
        self._flush()
        return self._tables[owner].size

    def add(self, owner: Owner, rows: list[Row], places: Iterable[int]) -> None:
        """Append decoded rows of one list of a document.  places: where in that list each stood."""
        if not rows:
            return
        member = 0 if self._members is None else self.member
        if self._waiting and (self._waiting[-1].owner, self._waiting[-1].member) != (owner, member):
            self._flush()
        at = np.fromiter(places, np.int32, len(rows))
        self._waiting.append(_Rows(owner, rows, at, self.job, member, self.document))
        self._held += len(rows)
        if self._held >= _MANY:
            self._flush()

    def _flush(self) -> None:
        """Append what waits: rows of one list each of some documents, which are often few."""
        if not self._waiting:
            return
        waiting, self._waiting, self._held = self._waiting, [], 0
        rows = [row for some in waiting for row in some.rows]
        sizes = [len(some.rows) for some in waiting]
        self._from = _From(
            waiting[0].member, np.concatenate([some.at for some in waiting]),
            np.repeat(np.array([some.job for some in waiting], np.int32), sizes),
            np.repeat(np.array([some.document for some in waiting], np.int32), sizes),
        )  # fmt: skip
        at = np.arange(len(rows))
        if waiting[0].owner == Owner.SHAPE:
            self._add_shapes(rows, at)
        elif waiting[0].owner == Owner.TRACK:
            self._add_tracks(rows, at)
        elif waiting[0].owner == Owner.INTERVAL:
            stop = _ints(rows, "stop", -1)
            columns = _head(rows) | {"start": _ints(rows, "start"), "stop": stop, "score": _floats(rows, "score")}
            self._add(Owner.INTERVAL, rows, columns, at)
        else:
            self._add(Owner.TAG, rows, _head(rows) | {"frame": _ints(rows, "frame")}, at)

    def _add(
        self, owner: Owner, rows: list[Row], columns: dict[str, Any], at: Array, pattern: Any = 0, **steps: Array
    ) -> None:
        """Append rows of a table.  at: for each the number, of those that are appended, of what it is or is part of."""
        points = (columns.pop("values"), offsets_of(columns.pop("counts"))) if owner == Owner.SHAPE else None
        address, source = NOWHERE, self._from
        if self._members is not None:
            none = np.zeros(len(at), np.int32)
            numbers = [source.document[at], source.at[at], *(steps.get(name, none) for name in ("e", "k"))]
            pointers = [self._lead + pointer for pointer in _PATTERNS[owner]]
            address = At(self._members[source.member], np.stack(numbers, axis=1), pointers, pattern=pattern)
        new = self._tables[owner].add(len(rows), columns | {"job": source.job[at]}, address, points)
        self._add_attributes(owner, rows, new)

    def _add_shapes(self, shapes: list[Row], at: Array) -> None:
        rows = _with_elements(shapes)
        owner, part, inner = _families(shapes)
        heads = np.flatnonzero(part < 0)
        parent = np.where(part < 0, -1, heads[owner] + self.rows(Owner.SHAPE)).astype(np.int32)
        columns = _head(rows) | _drawn(rows) | {"frame": _ints(rows, "frame"), "score": _floats(rows, "score")}
        pattern = np.where(part < 0, _FLAT, _ELEMENT).astype(np.int32)
        self._add(Owner.SHAPE, rows, columns | {"parent": parent, "track": -1}, at[owner], pattern, e=inner)

    def _add_tracks(self, tracks: list[Row], at: Array) -> None:
        rows = _with_elements(tracks)
        first = self.rows(Owner.TRACK)
        owner, part, inner = _families(tracks)
        heads = np.flatnonzero(part < 0)
        parent = np.where(part < 0, -1, heads[owner] + first).astype(np.int32)
        pattern = (part >= 0).astype(np.int32)
        columns = _head(rows) | {"frame": _ints(rows, "frame"), "parent": parent}
        self._add(Owner.TRACK, rows, columns, at[owner], pattern, e=inner)
        self._add_keyframes(rows, columns, at[owner], pattern, inner)

    def _add_keyframes(
        self, tracks: list[Row], columns: dict[str, Array], at: Array, nested: Array, element: Array
    ) -> None:
        """The shapes of tracks and of their elements; they take label, group and source of their track."""
        rows = list(chain.from_iterable(track.shapes for track in tracks))
        counts = _counts(tracks, "shapes")
        owner = np.repeat(np.arange(len(tracks)), counts)
        index = np.fromiter(chain.from_iterable(places_of(track.shapes) for track in tracks), np.int32, len(rows))
        taken = {name: columns[name][owner] for name in ("label", "group", "source")}
        track = (owner + self.rows(Owner.TRACK) - len(tracks)).astype(np.int32)
        own = {"id": _ints(rows, "id", -1), "frame": _ints(rows, "frame"), "score": np.ones(len(rows))}
        pattern = np.where(nested[owner], _ELEMENT_KEYFRAME, _KEYFRAME).astype(np.int32)
        self._add(
            Owner.SHAPE, rows, taken | own | _drawn(rows) | {"track": track, "parent": -1}, at[owner], pattern,
            e=element[owner], k=index,
        )  # fmt: skip

    def _add_attributes(self, owner: Owner, rows: list[Row], new: Ints) -> None:
        counts = _counts(rows, "attributes")
        flat = list(chain.from_iterable(map(attrgetter("attributes"), rows)))
        if not flat:
            return
        texts = list(map(attrgetter("value"), flat))
        pool = self._pool
        for text in dict.fromkeys(texts):
            pool.setdefault(text, len(pool))
        value = np.fromiter(map(pool.__getitem__, texts), np.int32, len(flat))
        spec = np.fromiter(map(attrgetter("spec"), flat), np.int64, len(flat))
        columns = {"kind": int(owner), "owner": np.repeat(new, counts), "spec": spec, "value": value}
        self._attributes.add(len(flat), columns, NOWHERE)

    def parts(self) -> dict[str, Any]:
        """The tables of all that was added, by the dataset's names for them."""
        self._flush()
        tables = {name: self._tables[owner].table() for owner, name in OWNERS.items()}
        return tables | {"attributes": self._attributes.table(pool=tuple(self._pool))}

    def places(self) -> dict[Owner, Place]:
        """Where each row stood."""
        self._flush()
        return {owner: blocks.place() for owner, blocks in self._tables.items() if blocks.size}


def _with_elements(rows: list[Row]) -> list[Row]:
    """Every row and its elements behind it."""
    flat: list[Row] = []
    done = 0
    for row in np.flatnonzero(_counts(rows, "elements")).tolist():
        flat += rows[done : row + 1]
        flat += rows[row].elements
        done = row + 1
    return flat + rows[done:] if done else rows


def _families(rows: list[Row]) -> tuple[Array, Array, Array]:
    """For each row and its elements behind it: place of the owner, number of the element or -1, place in the input."""
    counts = _counts(rows, "elements")
    sizes = counts + 1
    owner = np.repeat(np.arange(len(rows)), sizes)
    part = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes) - 1
    inner = np.zeros(len(owner), np.int32)
    whole = [rows[row].elements for row in np.flatnonzero(counts)]
    inner[part >= 0] = np.fromiter(chain.from_iterable(map(places_of, whole)), np.int32, int(counts.sum()))
    return owner, part, inner


def _head(rows: list[Row]) -> dict[str, Any]:
    """Columns that tags, shapes, tracks and intervals have alike."""
    return {
        "id": _ints(rows, "id", -1), "label": _ints(rows, "label"), "group": _ints(rows, "group"),
        "source": np.fromiter(map(SOURCE_CODES.__getitem__, map(attrgetter("source"), rows)), np.int8, len(rows)),
    }  # fmt: skip


def _drawn(rows: list[Row]) -> dict[str, Any]:
    """Columns of everything that has points."""
    points = list(map(attrgetter("points"), rows))
    counts = np.fromiter(map(_COUNT, points), np.int64, len(points))
    return {
        "type": np.fromiter(map(SHAPE_CODES.__getitem__, map(attrgetter("type"), rows)), np.int8, len(rows)),
        "occluded": np.fromiter(map(attrgetter("occluded"), rows), np.bool_, len(rows)),
        "outside": np.fromiter(map(attrgetter("outside"), rows), np.bool_, len(rows)),
        "z_order": _ints(rows, "z_order"), "rotation": _floats(rows, "rotation"), "counts": counts,
        "values": np.fromiter(chain.from_iterable(points), np.float64, int(counts.sum())),
        "keyframe": np.ones(len(rows), np.bool_),
    }  # fmt: skip


def _counts(rows: list[Row], name: str) -> Ints:
    return np.fromiter(map(_COUNT, map(attrgetter(name), rows)), np.int64, len(rows))


def _floats(rows: list[Row], name: str) -> Floats:
    return np.fromiter(map(attrgetter(name), rows), np.float64, len(rows))


def _ints(rows: list[Row], name: str, none: int = 0) -> Ints:
    """A column of whole numbers.  none: what stands for null."""
    try:
        return np.fromiter(map(attrgetter(name), rows), np.int64, len(rows))
    except TypeError:
        values = map(attrgetter(name), rows)
        return np.fromiter((none if value is None else value for value in values), np.int64, len(rows))
