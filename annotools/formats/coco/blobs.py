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
import orjson

from annotools.formats.coco.attributes_out import text_of
from annotools.formats.coco.document import UNDECODABLE
from annotools.formats.coco.pipelines import RESERVED
from annotools.geometry.ragged import Ragged, offsets_of
from annotools.model import Source
from annotools.model.tables import Array, Ints

_KINDS = {bool: "checkbox", int: "number", float: "number"}
_SOURCES = {source.word: int(source) for source in Source}


@dataclass(slots=True)
class Blobs:
    """Distinct `attributes`.  names, texts: those met, in order; kinds: the input types that a name's values had.

    faulty: the codes of what is no object.
    """

    codes: dict[bytes, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    kinds: list[set[str]] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _DEFAULTS})
    tracks: dict[Any, int] = field(default_factory=dict)
    pairs: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)

    def codes_of(self, blobs: list[bytes]) -> Ints:
        """The number of each `attributes`; empty for none."""
        codes = self.codes
        for blob in dict.fromkeys(blobs):
            if blob not in codes:
                self._new(blob)
        return np.fromiter(map(codes.__getitem__, blobs), np.int64, len(blobs))

    def _new(self, blob: bytes) -> None:
        try:
            values = (msgspec.json.decode(blob) if blob else None) or {}
        except UNDECODABLE:  # what was skipped so far need not even be text
            values = None
        if not isinstance(values, dict):
            self.faulty.add(len(self.codes))
            values = {}
        self._reserve({key: values.pop(key) for key in RESERVED if key in values})
        before = len(self.pairs)
        for name, value in values.items():
            if value is not None:
                self._pair(name, value)
        self.counts.append((len(self.pairs) - before) // 2)
        self.codes[blob] = len(self.codes)

    def _reserve(self, said: dict[str, Any]) -> None:
        columns = self.columns
        columns["occluded"].append(_flag(said.get("occluded")))
        columns["keyframe"].append(_flag(said.get("keyframe", True)))
        columns["closed"].append("keyframe" in said)
        columns["outside"].append(_flag(said.get("outside")))
        columns["rotation"].append(_number(said.get("rotation")))
        columns["z_order"].append(int(_number(said.get("z_order"))))
        columns["source"].append(_SOURCES.get(str(said.get("source", "")).lower(), -1))
        track = said.get("track_id")
        named = track is not None and not isinstance(track, list | dict)
        columns["track"].append(self.tracks.setdefault(track, len(self.tracks)) if named else -1)

    def _pair(self, name: str, value: Any) -> None:
        place = self.names.setdefault(name, len(self.names))
        if place == len(self.kinds):
            self.kinds.append(set())
        self.kinds[place].add(_KINDS.get(type(value), "text"))
        text = orjson.dumps(value).decode() if isinstance(value, list | dict) else text_of(value)
        self.pairs += (place, self.texts.setdefault(text, len(self.texts)))

    def column(self, name: str) -> Array:
        """One of occluded, keyframe, closed, rotation, z_order, source (-1: not said), track (-1: none), by code."""
        return np.array(self.columns[name], _DEFAULTS[name])

    def ragged(self) -> tuple[Ragged, Ints]:
        """(names, offsets) and texts of each."""
        pairs = np.array(self.pairs, np.int64).reshape(-1, 2)
        return (pairs[:, 0], offsets_of(self.counts)), pairs[:, 1]


_DEFAULTS: dict[str, type] = {
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
    return number if isfinite(number) and abs(number) < 1 << 31 else 0.0
