"""Keys of rows that no column holds, kept undecoded: `client_id`, `keyframe`, what a newer server adds.

The rows that were decoded are walked beside their JSON, in the order in which `columns` appends them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from annotools.formats.cvat_json.names import places_of
from annotools.formats.cvat_json.split import LISTS, Piece
from annotools.formats.cvat_json.wire import Row
from annotools.model import Owner

_Pair = tuple[Row, dict[str, Any]]


class RowExtras:
    """Unknown keys by table and row; those of whole documents in `header`, by file and pointer."""

    def __init__(self) -> None:
        self.header: dict[str, bytes] = {}
        self.rows: dict[Owner, dict[int, bytes]] = {owner: {} for owner in Owner}

    def add_document(self, data: Piece, place: str) -> None:
        """Note the unknown keys of a LabeledData.  place: file and pointer of the document."""
        try:
            keys = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return  # it is damaged, and a problem
        known = {"version", *LISTS}
        self.header |= {f"{place}/{key}": bytes(value) for key, value in keys.items() if key not in known}

    def add(self, owner: Owner, rows: Sequence[Row], pieces: Sequence[Piece], first: dict[Owner, int]) -> None:
        """Note the unknown keys of decoded rows.  first: the row that each table appends next."""
        pairs = [(row, _object(piece)) for row, piece in zip(rows, pieces, strict=True)]
        family = [member for pair in pairs for member in (pair, *_parts(pair, "elements"))]
        self._note(owner, family, first[owner])
        if owner == Owner.TRACK:
            keyframes = [part for pair in family for part in _parts(pair, "shapes")]
            self._note(Owner.SHAPE, keyframes, first[Owner.SHAPE])

    def _note(self, owner: Owner, pairs: Sequence[_Pair], first: int) -> None:
        for place, (row, value) in enumerate(pairs, first):
            unknown = {key: value[key] for key in value.keys() - _known(type(row))}
            if unknown:
                self.rows[owner][place] = msgspec.json.encode(dict(sorted(unknown.items())))


def _object(piece: Piece) -> dict[str, Any]:
    """A piece as it came; nothing where only the lenient way could read it."""
    try:
        value: dict[str, Any] = msgspec.json.decode(piece, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value


def _parts(pair: _Pair, name: str) -> Iterator[_Pair]:
    row, value = pair
    parts = getattr(row, name, ())
    items = value.get(name) or [{}] * (max(places_of(parts), default=-1) + 1)
    return ((part, items[place]) for part, place in zip(parts, places_of(parts), strict=True))


def _known(kind: type[Row]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}
