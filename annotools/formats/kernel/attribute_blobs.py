"""Undecoded objects of attributes -> columns: equal ones are read once.

    {"make": "ford", "occluded": true, "track_id": 7, "keyframe": false}

A file repeats itself: most annotations have the same few.  Each kind is decoded when it first comes, and a column says
which one a row has.  What formats put beside the user's attributes is `RESERVED`, and has columns of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import msgspec
import numpy as np

from annotools.formats.kernel.attribute_objects import text_of
from annotools.formats.kernel.attribute_values import Words
from annotools.formats.kernel.jsonfile import UNDECODABLE, dumped
from annotools.geometry.ragged import expand_ranges, lengths, offsets_of
from annotools.model import Source
from annotools.model.columns import Array, Ints

RESERVED = frozenset({"occluded", "outside", "rotation", "track_id", "keyframe", "z_order", "source", "score"})
_KINDS = {bool: "checkbox", int: "number", float: "number"}
_SOURCES = {source.word: int(source) for source in Source}
_TYPES: dict[str, type] = {
    "occluded": bool, "keyframe": bool, "tracked": bool, "outside": bool, "rotation": float, "score": float,
    "z_order": int, "source": int, "track": int,
}  # fmt: skip


@dataclass(slots=True)
class AttributeBlobs:
    """Distinct objects.  names, texts: those met, in order; kinds: the input types that a name's values had.

    tracks: the number of each id of a track.  faulty: the codes of what is not an object.
    """

    codes: dict[bytes, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    kinds: list[set[str]] = field(default_factory=list)
    tracks: dict[Any, int] = field(default_factory=dict)
    faulty: set[int] = field(default_factory=set)
    _columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _TYPES})
    _pairs: list[int] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)

    def codes_of(self, blobs: Sequence[bytes]) -> Ints:
        """The number of each object; nothing, or null, says nothing."""
        for blob in dict.fromkeys(blobs):
            if blob not in self.codes:
                self._add(blob)
        return np.fromiter(map(self.codes.__getitem__, blobs), np.int64, len(blobs))

    def _add(self, blob: bytes) -> None:
        values = _decoded(blob)
        if values is None:
            self.faulty.add(len(self.codes))
            values = {}
        for name, value in self._look(values).items():
            self._columns[name].append(value)
        given = {name: value for name, value in values.items() if value is not None and name not in RESERVED}
        for name, value in given.items():
            place = self.names.setdefault(name, len(self.names))
            if place == len(self.kinds):
                self.kinds.append(set())
            self.kinds[place].add(_KINDS.get(type(value), "text"))
            self._pairs += (place, self.texts.setdefault(_text(value), len(self.texts)))
        self._counts.append(len(given))
        self.codes[blob] = len(self.codes)

    def _look(self, given: dict[str, Any]) -> dict[str, Any]:
        track = given.get("track_id")
        known = track is not None and not isinstance(track, list | dict)
        return {
            "occluded": _flag(given.get("occluded")), "keyframe": _flag(given.get("keyframe", True)),
            "tracked": known and "keyframe" in given, "outside": _flag(given.get("outside")),
            "rotation": _number(given.get("rotation"), 0), "score": _number(given.get("score"), 1),
            "z_order": int(_number(given.get("z_order"), 0)),
            "source": _SOURCES.get(str(given.get("source", "")).lower(), int(Source.MANUAL)),
            "track": self.tracks.setdefault(track, len(self.tracks)) if known else -1,
        }  # fmt: skip

    def column(self, name: str) -> Array:
        """By code: occluded, outside, keyframe, rotation, z_order, source, score, track (-1: none), tracked (both)."""
        return np.array(self._columns[name], _TYPES[name])

    def spread(self, rows: Ints, codes: Ints) -> tuple[Ints, Words, Words]:
        """Owners, names and values of the attributes of some rows."""
        pairs = np.array(self._pairs, np.int64).reshape(-1, 2)
        ends = offsets_of(self._counts)
        counts = lengths(ends)[codes]
        place = expand_ranges(ends[:-1][codes], counts)
        names, texts = Words(pairs[place, 0], list(self.names)), Words(pairs[place, 1], list(self.texts))
        return np.repeat(rows, counts), names, texts

    def kind(self, name: str) -> str:
        """The input type that all values of a name have, else text."""
        kinds = self.kinds[self.names[name]] if name in self.names else set()
        return next(iter(kinds)) if len(kinds) == 1 else "text"


def _decoded(blob: bytes) -> dict[str, Any] | None:
    try:
        values = (msgspec.json.decode(blob) if blob else None) or {}
    except UNDECODABLE:  # what was skipped so far need not even be text
        return None
    return values if isinstance(values, dict) else None


def _text(value: Any) -> str:
    return dumped(value).decode() if isinstance(value, list | dict) else text_of(value)


def _flag(value: Any) -> bool:
    return value.strip().lower() == "true" if isinstance(value, str) else bool(value)


def _number(value: Any, default: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return default
    return number if isfinite(number) and abs(number) < 1 << 53 else default


def used_names(names: Words, label: Ints) -> Iterator[tuple[int, str]]:
    """Label and name of what stands on rows, each pair once, in the order in which they come.  label: of each row."""
    keys = label << 32 | names.codes
    unique, first = np.unique(keys, return_index=True)
    for key in unique[np.argsort(first)].tolist():
        yield key >> 32, names.pool[key & (1 << 32) - 1]
