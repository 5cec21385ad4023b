"""`attributes` of annotations -> columns: equal ones are read once.

    {"make": "ford", "occluded": true, "track_id": 7, "keyframe": false}

A file repeats itself: most annotations have the same few.  Each kind is decoded when it first comes, and a column
says which one a row has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import msgspec
import numpy as np

from annotools.formats.coco.attributes_out import text_of
from annotools.formats.kernel.attribute_values import Words
from annotools.formats.kernel.jsonfile import UNDECODABLE, dumped
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.rows import Rows
from annotools.geometry.ragged import Ragged, expand_ranges, lengths, offsets_of
from annotools.model import AttributeSpec, Labels, Owner, Source
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.tables import Array, Ints

# Names in an annotation's `attributes` that say something else than an attribute.
RESERVED = frozenset({"occluded", "outside", "rotation", "track_id", "keyframe", "z_order", "source"})
_KINDS = {bool: "checkbox", int: "number", float: "number"}
_SOURCES = {source.word: int(source) for source in Source}


@dataclass(frozen=True, slots=True)
class Said:
    """What one `attributes` says.  look: of the reserved names.  values: name -> text; types: of the values."""

    look: dict[str, Any]
    values: dict[str, str]
    types: dict[str, str]


def said(blob: bytes) -> Said | None:
    """What an undecoded `attributes` says; None for what is not an object."""
    try:
        values = (msgspec.json.decode(blob) if blob else None) or {}
    except UNDECODABLE:  # what was skipped so far need not even be text
        return None
    if not isinstance(values, dict):
        return None
    look = _look({key: values.pop(key) for key in RESERVED if key in values})
    given = {name: value for name, value in values.items() if value is not None}
    types = {name: _KINDS.get(type(value), "text") for name, value in given.items()}
    return Said(look, {name: _text(value) for name, value in given.items()}, types)


def _text(value: Any) -> str:
    return dumped(value).decode() if isinstance(value, list | dict) else text_of(value)


def _look(given: dict[str, Any]) -> dict[str, Any]:
    track = given.get("track_id")
    return {
        "occluded": _flag(given.get("occluded")), "keyframe": _flag(given.get("keyframe", True)),
        "closed": "keyframe" in given, "outside": _flag(given.get("outside")),
        "rotation": _number(given.get("rotation")), "z_order": int(_number(given.get("z_order"))),
        "source": _SOURCES.get(str(given.get("source", "")).lower(), -1),
        "track": None if isinstance(track, list | dict) else track,
    }  # fmt: skip


@dataclass(slots=True)
class AttributeSets:
    """Distinct `attributes`.  names, texts: those met, in order; kinds: the input types that a name's values had.

    tracks: the number of each track's id.  faulty: the codes of what is not an object.
    """

    codes: dict[bytes, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    kinds: list[set[str]] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _TYPES})
    tracks: dict[Any, int] = field(default_factory=dict)
    pairs: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)

    def codes_of(self, blobs: list[bytes]) -> Ints:
        """The number of each `attributes`; empty for none."""
        codes, kinds = self.codes, dict.fromkeys(blobs)
        for blob in kinds:
            if blob not in codes:
                self._new(blob)
        if len(kinds) == 1:
            return np.full(len(blobs), codes[blobs[0]], np.int64)
        return np.fromiter(map(codes.__getitem__, blobs), np.int64, len(blobs))

    def _new(self, blob: bytes) -> None:
        found = said(blob)
        if found is None:
            self.faulty.add(len(self.codes))
            found = Said(_look({}), {}, {})
        track = found.look["track"]
        number = -1 if track is None else self.tracks.setdefault(track, len(self.tracks))
        for name, column in self.columns.items():
            column.append(number if name == "track" else found.look[name])
        for name, text in found.values.items():
            place = self.names.setdefault(name, len(self.names))
            if place == len(self.kinds):
                self.kinds.append(set())
            self.kinds[place].add(found.types[name])
            self.pairs += (place, self.texts.setdefault(text, len(self.texts)))
        self.counts.append(len(found.values))
        self.codes[blob] = len(self.codes)

    def column(self, name: str) -> Array:
        """One of occluded, keyframe, closed, rotation, z_order, source (-1: not said), track (-1: none), by code."""
        return np.array(self.columns[name], _TYPES[name])

    def ragged(self) -> tuple[Ragged, Ints]:
        """(names, offsets) and texts of each."""
        pairs = np.array(self.pairs, np.int64).reshape(-1, 2)
        return (pairs[:, 0], offsets_of(self.counts)), pairs[:, 1]


class AttributeRows:
    """Which `attributes` rows of shapes and tags have.  tracked: the labels of tracks."""

    def __init__(self, sets: AttributeSets) -> None:
        self.tracked: set[int] = set()
        self._sets = sets
        self._owners = {kind: [ColumnBuffer() for _ in range(3)] for kind in (Owner.SHAPE, Owner.TAG)}

    def add(self, kind: Owner, rows: Ints, blob: Ints, label: Ints) -> None:
        """Rows of one table, the codes of their `attributes` and their labels."""
        for growing, column in zip(self._owners[kind], (rows, blob, label), strict=True):
            growing.add(column.astype(np.int64))

    def put(self, rows: Rows, labels: Labels) -> Labels:
        """Give rows their attributes; the labels with every attribute that their rows have."""
        (names, ends), texts = self._sets.ragged()
        pools = list(self._sets.names), list(self._sets.texts)
        for kind, columns in self._owners.items():
            owner, blob, label = (growing.column().astype(np.int64) for growing in columns)
            if not len(owner):
                continue
            counts = lengths(ends)[blob]
            place = expand_ranges(ends[blob], counts)
            words = Words(names[place], pools[0]), Words(texts[place], pools[1])
            rows.attributes(kind, np.repeat(owner, counts), *words)
            labels = self._widened(labels, np.repeat(label, counts), names[place])
        return labels

    def _widened(self, labels: Labels, label: Ints, names: Ints) -> Labels:
        """What rows of tracks say can change."""
        words = list(self._sets.names)
        unique, first = np.unique(label << 32 | names, return_index=True)
        wanted: dict[tuple[int, str], AttributeSpec] = {}
        for key in unique[np.argsort(first)].tolist():
            number, name = key >> 32, key & (1 << 32) - 1
            kinds = self._sets.kinds[name]
            if number in labels.by_id and (number, words[name]) not in labels.specs_by_name:
                kind = next(iter(kinds)) if len(kinds) == 1 else "text"
                wanted[number, words[name]] = AttributeSpec(0, words[name], number in self.tracked, kind)
        return with_specs(labels, wanted) if wanted else labels


_TYPES: dict[str, type] = {
    "occluded": bool, "keyframe": bool, "closed": bool, "outside": bool,
    "rotation": float, "z_order": int, "source": int, "track": int,
}  # fmt: skip


def _flag(value: Any) -> bool:
    return value.strip().lower() == "true" if isinstance(value, str) else bool(value)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return number if isfinite(number) and abs(number) < 1 << 53 else 0.0
