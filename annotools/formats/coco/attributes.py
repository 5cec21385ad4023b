"""`attributes` of annotations: put on rows in the end, and as JSON with what CVAT puts beside them.

    hub   make=ford  lamps=3 (number)  broken=true (checkbox)       occluded, rotation, track, keyframe
    JSON  {"make": "ford", "lamps": 3, "broken": true,
           "occluded": false, "rotation": 0.0, "track_id": 7, "keyframe": true}

A value is only written as a number or a truth value where it can be read back as the very same text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from annotools.formats.kernel.attribute_blobs import RESERVED as OF_FORMATS
from annotools.formats.kernel.attribute_blobs import AttributeBlobs, used_names
from annotools.formats.kernel.attribute_objects import text_of
from annotools.formats.kernel.ids import distinct_ids, given_ids
from annotools.formats.kernel.jsonfile import dumped
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.rows import Rows
from annotools.geometry.ragged import expand_ranges, offsets_of
from annotools.model import RECTANGLE, Attributes, AttributeSpec, Dataset, Labels, Owner, Source
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.row_groups import list_groups, row_groups
from annotools.model.tables import Array, Bools, Ints

Value = str | int | float | bool
_Pairs = tuple[Ints, Ints, Array]
_T = TypeVar("_T")

_SOURCES = Source.words()
_MOST_KNOWN = 1 << 15  # sets of attributes that are kept to be used again
_BESIDE = ("label", "rotation", "type", "occluded", "track", "keyframe", "z_order", "source")


RESERVED = OF_FORMATS - {"score"}  # annotations have a key of their own for it


def number_of(text: str) -> int | float | None:
    """The number that a text is, if it is a finite one."""
    try:
        number: int | float = int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


class AttributeRows:
    """Which `attributes` rows of shapes and tags have.  tracked: the labels of tracks."""

    def __init__(self, blobs: AttributeBlobs) -> None:
        self.tracked: set[int] = set()
        self._blobs = blobs
        self._owners = {kind: [ColumnBuffer() for _ in range(3)] for kind in (Owner.SHAPE, Owner.TAG)}

    def add(self, kind: Owner, rows: Ints, codes: Ints, label: Ints) -> None:
        """Rows of one table, the codes of their `attributes` and their labels."""
        for growing, column in zip(self._owners[kind], (rows, codes, label), strict=True):
            growing.add(column.astype(np.int64))

    def put(self, rows: Rows, labels: Labels) -> Labels:
        """Give rows their attributes; the labels with every attribute that their rows have."""
        for kind, columns in self._owners.items():
            owner, codes, label = (growing.column().astype(np.int64) for growing in columns)
            if not len(owner):
                continue
            row, names, values = self._blobs.spread(np.arange(len(owner)), codes)
            rows.attributes(kind, owner[row], names, values)
            wanted = {
                (number, name): AttributeSpec(0, name, number in self.tracked, self._blobs.kind(name))
                for number, name in used_names(names, label[row])
                if number in labels.by_id and (number, name) not in labels.specs_by_name
            }
            labels = with_specs(labels, wanted) if wanted else labels
        return labels


class AttributesOut:
    """The attributes of rows of `shapes`, and of their tracks, ready to be written."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._of_shapes = _Owned(dataset.attributes.of_kind(Owner.SHAPE), len(dataset.shapes))
        self._of_tracks = _Owned(dataset.attributes.of_kind(Owner.TRACK), len(dataset.tracks))
        self._pairs: dict[tuple[int, int], tuple[str, Value]] = {}
        self._known: dict[int, dict[str, Any]] = {}
        self._texts: dict[int, bytes] = {}
        self._track_ids: Array | None = None
        self._alike = row_groups(self.columns(), len(dataset.shapes))

    def columns(self) -> list[Array]:
        """What tells rows apart whose attributes differ."""
        shapes = self.dataset.shapes
        theirs = np.append(self._of_tracks.numbers(), 0)[shapes.track]
        return [self._of_shapes.numbers(), theirs, *(getattr(shapes, name) for name in _BESIDE)]

    def of(self, rows: Ints) -> list[dict[str, Any]]:
        """The user's attributes and what CVAT puts beside them.  Equal ones are one object, not to be changed."""
        return self._known_as(rows, self._known, self.described)

    def texts(self, rows: Ints) -> list[bytes]:
        """The same as JSON."""
        return self._known_as(rows, self._texts, lambda one: list(map(dumped, self.described(one))))

    def _known_as(self, rows: Ints, known: dict[int, _T], made: Callable[[Ints], list[_T]]) -> list[_T]:
        """What is made of each row, once of those that are alike."""
        if len(known) > _MOST_KNOWN:
            known.clear()
        alike = self._alike[rows]
        keys = alike.tolist()
        if not known.keys() >= set(keys):
            numbers, first = np.unique(alike, return_index=True)
            fresh = [place for place, key in enumerate(numbers.tolist()) if key not in known]
            known.update(zip(numbers[fresh].tolist(), made(rows[first[fresh]]), strict=True))
        return list(map(known.__getitem__, keys))

    def of_tags(self, rows: Ints) -> list[dict[str, Any]]:
        """The user's attributes of tags, and where they come from."""
        tags = self.dataset.tags
        owner, spec, value = _Owned(self.dataset.attributes.of_kind(Owner.TAG), len(tags)).of(rows)
        found: list[dict[str, Any]] = [{} for _ in range(len(rows))]
        self._put(found, owner, spec, value)
        for place in np.flatnonzero(tags.source[rows] != Source.MANUAL).tolist():
            found[place]["source"] = _SOURCES[tags.source[rows[place]]]
        return found

    def described(self, rows: Ints) -> list[dict[str, Any]]:
        """The same, each an object of its own."""
        shapes = self.dataset.shapes
        found = self.values(rows)
        self.look(found, rows)
        put(found, "z_order", shapes.z_order[rows], shapes.z_order[rows] != 0)
        for place in np.flatnonzero(shapes.source[rows] != Source.MANUAL).tolist():
            found[place]["source"] = _SOURCES[shapes.source[rows[place]]]
        return found

    def look(self, found: list[dict[str, Any]], rows: Ints) -> None:
        """Put in what CVAT's exports say of a shape."""
        shapes = self.dataset.shapes
        put(found, "occluded", shapes.occluded[rows], np.ones(len(rows), np.bool_))
        put(found, "rotation", shapes.rotation[rows], self.turnable(rows))
        tracked = shapes.track[rows] >= 0
        put(found, "track_id", self.track_ids()[shapes.track[rows]] if tracked.any() else tracked, tracked)
        put(found, "keyframe", shapes.keyframe[rows], tracked)

    def turnable(self, rows: Ints) -> Bools:
        """Whether a rotation is said."""
        return np.asarray(self.dataset.shapes.type[rows] == RECTANGLE)

    def track_ids(self) -> Array:
        """The number of each track, as it was read or the next that is free; those of elements have none."""
        if self._track_ids is None:
            tracks = self.dataset.tracks
            top = np.flatnonzero(tracks.parent < 0)
            self._track_ids = np.full(len(tracks), -1, object)
            self._track_ids[top] = self.numbers_of(top)
        return self._track_ids

    def numbers_of(self, rows: Ints) -> list[Any]:
        """The numbers of tracks."""
        return distinct_ids(given_ids(self.dataset.tracks.extras, "track_id", rows), 0)

    def values(self, rows: Ints) -> list[dict[str, Any]]:
        """The user's attributes, name -> value, of each row."""
        found: list[dict[str, Any]] = [{} for _ in range(len(rows))]
        tracks = self.dataset.shapes.track[rows].astype(np.int64)
        tracked = np.flatnonzero(tracks >= 0)
        owner, spec, value = self._of_shapes.of(rows)
        above, their_spec, their_value = self._of_tracks.of(tracks[tracked])
        owner = np.concatenate([tracked[above], owner])
        spec, value = np.concatenate([their_spec, spec]), np.concatenate([their_value, value])
        self._put(found, owner, spec, value)
        return found

    def _put(self, found: list[dict[str, Any]], owner: Ints, spec: Ints, value: Array) -> None:
        for row, key in zip(owner.tolist(), zip(spec.tolist(), value.tolist(), strict=True), strict=True):
            pair = self._pairs.get(key) or self._pair(key)
            found[row][pair[0]] = pair[1]

    def _pair(self, key: tuple[int, int]) -> tuple[str, Value]:
        _, spec = self.dataset.labels.specs[key[0]]
        pair = self._pairs[key] = spec.name, self.value(spec, self.dataset.attributes.pool[key[1]])
        return pair

    def value(self, spec: AttributeSpec, text: str) -> Value:
        """The JSON value that reads back as the very same text."""
        if spec.input_type == "checkbox" and text in ("true", "false"):
            return text == "true"
        if spec.input_type == "number":
            number = number_of(text)
            if number is not None and text_of(number) == text:
                return number
        return text


def put(objects: list[dict[str, Any]], key: str, values: Any, where: Bools) -> None:
    """Put one value into those objects that have it."""
    places = np.flatnonzero(where)
    for place, value in zip(places.tolist(), values[places].tolist(), strict=True):
        objects[place][key] = value


class _Owned:
    """Attributes by owner."""

    def __init__(self, attributes: Attributes, owners: int) -> None:
        if (attributes.owner[1:] < attributes.owner[:-1]).any():
            attributes = attributes.take(np.argsort(attributes.owner, kind="stable"))
        self._spec, self._value = attributes.spec, attributes.value
        self._ends = offsets_of(np.bincount(attributes.owner, minlength=owners))

    def numbers(self) -> Ints:
        """A number for each owner, equal for those with equal attributes in the same order, 0 for none."""
        return list_groups(self._ends, (self._spec, self._value))

    def of(self, owners: Ints) -> _Pairs:
        """The place in `owners`, spec and value of their attributes."""
        starts = self._ends[owners]
        counts = self._ends[owners + 1] - starts
        places = expand_ranges(starts, counts)
        return np.repeat(np.arange(len(owners)), counts), self._spec[places], self._value[places]
