"""`attributes` of annotations: what the hub keeps as text, as JSON values, and what CVAT adds to them.

    hub   make=ford  lamps=3 (number)  broken=true (checkbox)       occluded, rotation, track, keyframe
    JSON  {"make": "ford", "lamps": 3, "broken": true,
           "occluded": false, "rotation": 0.0, "track_id": 7, "keyframe": true}

By default a value is only written as a number or a truth value where it can be read back as the very same text.
Source: CVAT 2.73 dataset_manager/bindings.py (conversion of attributes).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.geometry.ragged import expand_ranges, offsets_of
from annotools.model import Attributes, AttributeSpec, Dataset, Owner
from annotools.model.alike import alike, alike_lists
from annotools.model.tables import Array, Ints

RESERVED = frozenset({"occluded", "outside", "rotation", "track_id", "keyframe", "z_order", "source"})

Value = str | int | float | bool
Pairs = tuple[Ints, Ints, Array]


def text_of(value: Any) -> str:
    """A JSON value as the hub keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def exact_value(spec: AttributeSpec, text: str) -> Value:
    """The JSON value that reads back as the very same text."""
    if spec.input_type == "checkbox" and text in ("true", "false"):
        return text == "true"
    if spec.input_type == "number":
        number = _number(text)
        if number is not None and text_of(number) == text:
            return number
    return text


def server_value(spec: AttributeSpec, text: str) -> Value:
    """The JSON value that the server writes."""
    if spec.input_type == "checkbox":
        return text.lower() == "true"
    if spec.input_type == "number":
        number = _number(text)
        return text if number is None else float(number)
    return text


def _number(text: str) -> int | float | None:
    try:
        number: int | float = int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


class Attached:
    """The attributes of rows of `shapes`, and of their tracks, ready to be written.

    server: every attribute of a label is there, with its default where the input had none.
    """

    def __init__(self, dataset: Dataset, server: bool) -> None:
        self._dataset = dataset
        self._server = server
        self._of_shapes = _Owned(dataset.attributes.of_kind(Owner.SHAPE), len(dataset.shapes))
        self._of_tracks = _Owned(dataset.attributes.of_kind(Owner.TRACK), len(dataset.tracks))
        self._known: dict[tuple[int, int], tuple[str, Value]] = {}

    def numbers(self) -> Ints:
        """For each row of `shapes` a number, equal where `of_rows` is."""
        shapes = self._dataset.shapes
        columns = [self._of_shapes.numbers(), np.append(self._of_tracks.numbers(), 0)[shapes.track]]
        return alike([*columns, shapes.label] if self._server else columns, len(shapes))

    def of_rows(self, rows: Ints) -> list[dict[str, Any]]:
        """name -> value of each row of `shapes`."""
        tracks = self._dataset.shapes.track[rows].astype(np.int64)
        tracked = np.flatnonzero(tracks >= 0)
        owner, spec, value = self._of_shapes.of(rows)
        above, their_spec, their_value = self._of_tracks.of(tracks[tracked])
        owner = np.concatenate([tracked[above], owner])
        found: list[dict[str, Any]] = [{} for _ in range(len(rows))]
        if self._server:
            self._add_defaults(found, rows)
        spec, value = np.concatenate([their_spec, spec]), np.concatenate([their_value, value])
        for row, key in zip(owner.tolist(), zip(spec.tolist(), value.tolist(), strict=True), strict=True):
            pair = self._known.get(key) or self._pair(key)
            found[row][pair[0]] = pair[1]
        return found

    def _pair(self, key: tuple[int, int]) -> tuple[str, Value]:
        _, spec = self._dataset.labels.specs[key[0]]
        convert = server_value if self._server else exact_value
        pair = self._known[key] = spec.name, convert(spec, self._dataset.attributes.pool[key[1]])
        return pair

    def _add_defaults(self, found: list[dict[str, Any]], rows: Ints) -> None:
        by_id = self._dataset.labels.by_id
        defaults = {
            number: {spec.name: server_value(spec, spec.default_value) for spec in label.attributes}
            for number, label in by_id.items()
        }
        for values, label in zip(found, self._dataset.shapes.label[rows].tolist(), strict=True):
            values.update(defaults.get(label, {}))


class _Owned:
    """Attributes by owner."""

    def __init__(self, attributes: Attributes, owners: int) -> None:
        if (attributes.owner[1:] < attributes.owner[:-1]).any():
            attributes = attributes.take(np.argsort(attributes.owner, kind="stable"))
        self._spec, self._value = attributes.spec, attributes.value
        self._ends = offsets_of(np.bincount(attributes.owner, minlength=owners))

    def numbers(self) -> Ints:
        """A number for each owner, equal for those with equal attributes in the same order, 0 for none."""
        return alike_lists(self._ends, (self._spec, self._value))

    def of(self, owners: Ints) -> Pairs:
        """The place in `owners`, spec and value of their attributes."""
        starts = self._ends[owners]
        counts = self._ends[owners + 1] - starts
        places = expand_ranges(starts, counts)
        return np.repeat(np.arange(len(owners)), counts), self._spec[places], self._value[places]
