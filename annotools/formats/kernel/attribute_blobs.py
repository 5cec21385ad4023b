"""Undecoded objects of attributes -> columns: equal ones are read once.

    {"make": "ford", "occluded": true, "track_id": 7, "keyframe": false}

A file repeats itself: most annotations have the same few.  Each kind is decoded when it first comes, and a column says
which one a row has.  What formats put beside the user's attributes is `RESERVED`, and has columns of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence, Set
from math import isfinite
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.formats.kernel.attribute_objects import text_of
from annotools.formats.kernel.attribute_values import Words
from annotools.formats.kernel.jsonfile import UNDECODABLE, dumped
from annotools.geometry.ragged import expand_ranges, lengths, offsets_of
from annotools.model import Source
from annotools.model.columns import Array, Bools, Ints, at, uniform

RESERVED = frozenset({"occluded", "outside", "rotation", "track_id", "keyframe", "z_order", "source", "score"})
_KINDS = {bool: "checkbox", int: "number", float: "number"}
_SOURCES = {source.word: int(source) for source in Source}
_TYPES: dict[str, type] = {
    "occluded": bool, "keyframe": bool, "tracked": bool, "outside": bool, "rotation": float, "score": float,
    "z_order": int, "source": int, "track": int,
}  # fmt: skip
_ARRAYS = {bool: "b", float: "d", int: "q"}  # of the module `array`


class Said(NamedTuple):
    """What one object says.  look: under the reserved names.  values: of attributes; kinds: their input types."""

    look: dict[str, Any]
    values: dict[str, str]
    kinds: dict[str, str]


def content_of(blob: bytes, reserved: Set[str] = RESERVED) -> Said | None:
    """What an undecoded object says; nothing, or null, says nothing, and None is what is no object."""
    try:
        given = (msgspec.json.decode(blob) if blob else None) or {}
    except UNDECODABLE:  # what was skipped so far need not even be text
        return None
    if not isinstance(given, dict):
        return None
    values = {name: value for name, value in given.items() if value is not None and name not in reserved}
    kinds = {name: _KINDS.get(type(value), "text") for name, value in values.items()}
    look = _PLAIN if given.keys().isdisjoint(RESERVED) else _look(given)
    return Said(look, {name: _text(value) for name, value in values.items()}, kinds)


def _look(given: dict[str, Any]) -> dict[str, Any]:
    track = given.get("track_id")
    track = None if isinstance(track, list | dict) else track
    return {
        "occluded": _flag(given.get("occluded")), "keyframe": _flag(given.get("keyframe", True)), "track": track,
        "tracked": track is not None and "keyframe" in given, "outside": _flag(given.get("outside")),
        "rotation": _number(given.get("rotation"), 0), "score": _number(given.get("score"), 1),
        "z_order": int(_number(given.get("z_order"), 0)),
        "source": _SOURCES.get(str(given.get("source", "")).lower(), int(Source.MANUAL)),
    }  # fmt: skip


class AttributeBlobs(msgspec.Struct):
    """Distinct objects.  names, texts: those met, in order; kinds: the input types that a name's values had.

    reserved: names of what is no attribute.  blobs: by code.  faulty: the codes of what is not an object.
    track_ids: by the number of a track.
    """

    reserved: Set[str] = RESERVED
    blobs: list[bytes] = msgspec.field(default_factory=list)
    names: dict[str, int] = msgspec.field(default_factory=dict)
    texts: dict[str, int] = msgspec.field(default_factory=dict)
    kinds: list[set[str]] = msgspec.field(default_factory=list)
    track_ids: list[Any] = msgspec.field(default_factory=list)
    faulty: set[int] = msgspec.field(default_factory=set)
    _columns: dict[str, array[Any]] = msgspec.field(
        default_factory=lambda: {name: array(_ARRAYS[kind]) for name, kind in _TYPES.items()}
    )
    _codes: dict[bytes, int] = msgspec.field(default_factory=dict)
    _tracks: dict[Any, int] = msgspec.field(default_factory=dict)
    _pairs: list[int] = msgspec.field(default_factory=list)
    _counts: array[int] = msgspec.field(default_factory=lambda: array("q"))

    def codes_of(self, blobs: Sequence[bytes]) -> Ints:
        """The number of each object."""
        distinct = dict.fromkeys(blobs)
        for blob in distinct:
            if blob not in self._codes:
                self._add(blob)
        if len(distinct) == 1:
            return uniform(np.int64(self._codes[blobs[0]]), len(blobs))
        return np.fromiter(map(self._codes.__getitem__, blobs), np.int64, len(blobs))

    def _add(self, blob: bytes) -> None:
        content = content_of(blob, self.reserved)
        if content is None:
            self.faulty.add(len(self.blobs))
            content = Said(_PLAIN, {}, {})
        number = self._number(content.look["track"])
        for name, column in self._columns.items():
            column.append(number if name == "track" else content.look[name])
        for name, text in content.values.items():
            index = self.names.setdefault(name, len(self.names))
            if index == len(self.kinds):
                self.kinds.append(set())
            self.kinds[index].add(content.kinds[name])
            self._pairs += (index, self.texts.setdefault(text, len(self.texts)))
        self._counts.append(len(content.values))
        self._codes[blob] = len(self.blobs)
        self.blobs.append(blob)

    def _number(self, track: Any) -> int:
        """The number of the track of an id."""
        number = -1 if track is None else self._tracks.setdefault(track, len(self._tracks))
        if number == len(self.track_ids):
            self.track_ids.append(track)
        return number

    def look(self, name: str, codes: Ints) -> Array:
        """occluded, outside, keyframe, rotation, z_order, source, score, track (-1: none) or tracked (both) of objects.

        Not by a column of all that are known: a file in which each is another would take the square of its size.
        """
        return at(np.frombuffer(self._columns[name], _TYPES[name]), codes)

    def have_values(self, codes: Ints) -> Bools:
        """Which objects have attributes of the user's."""
        return at(np.frombuffer(self._counts, np.int64), codes) > 0

    def spread(self, rows: Ints, codes: Ints) -> tuple[Ints, Words, Words]:
        """Owners, names and values of the attributes of some rows."""
        pairs = np.array(self._pairs, np.int64).reshape(-1, 2)
        ends = offsets_of(self._counts)
        counts = lengths(ends)[codes]
        pair = expand_ranges(ends[:-1][codes], counts)
        names, texts = Words(pairs[pair, 0], list(self.names)), Words(pairs[pair, 1], list(self.texts))
        return np.repeat(rows, counts), names, texts

    def kind(self, name: str) -> str:
        """The input type that all values of a name have, else text."""
        kinds = self.kinds[self.names[name]] if name in self.names else set()
        return next(iter(kinds)) if len(kinds) == 1 else "text"


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


_PLAIN = _look({})  # what most objects say under the reserved names: a third of the time of a small one


def used_names(names: Words, label: Ints) -> Iterator[tuple[int, str]]:
    """Label and name of what stands on rows, each pair once, in the order in which they come.  label: of each row."""
    keys = label << 32 | names.codes
    unique, first = np.unique(keys, return_index=True)
    for key in unique[np.argsort(first)].tolist():
        yield key >> 32, names.pool[key & (1 << 32) - 1]
