"""Keys of rows that no column holds, kept undecoded: `client_id`, `keyframe`, what a newer server adds.

The rows that were decoded are walked beside their JSON, in the order in which `columns` appends them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from annotools.formats.cvat_json.names import places_of
from annotools.formats.cvat_json.split import LISTS, Piece
from annotools.formats.cvat_json.wire import Row
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.model import Dataset, Owner
from annotools.model.dataset import OWNERS
from annotools.model.extras import Extra

_Pair = tuple[Row, dict[str, Any]]


class RowExtras:
    """Unknown keys by table, key and row; those of whole documents in `header`, by file and pointer."""

    def __init__(self) -> None:
        self.header: dict[str, bytes] = {}
        self.rows: dict[Owner, dict[str, dict[int, bytes]]] = {owner: {} for owner in Owner}

    def beside(self, dataset: Dataset) -> Dataset:
        """The dataset with what was noted as extras of its tables."""
        extras = {
            OWNERS[owner]: {key: _column(values, len(dataset.table(owner))) for key, values in keys.items()}
            for owner, keys in self.rows.items()
        }
        header = {address: Extra.of([value]) for address, value in self.header.items()}
        return dataset.replace(extras=extras | {"dataset": header})

    def add_document(self, data: Piece, address: str) -> None:
        """Note the unknown keys of a LabeledData.  address: file and pointer of the document."""
        try:
            keys = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        except UNDECODABLE:
            return  # it is damaged, and a problem
        known = {"version", *LISTS}
        self.header |= {f"{address}/{key}": bytes(value) for key, value in keys.items() if key not in known}

    def add(self, owner: Owner, rows: Sequence[Row], pieces: Sequence[Piece], first: dict[Owner, int]) -> None:
        """Note the unknown keys of decoded rows.  first: the row that each table appends next."""
        pairs = [(row, _object(piece)) for row, piece in zip(rows, pieces, strict=True)]
        family = [member for pair in pairs for member in (pair, *_parts(pair, "elements"))]
        self._note(owner, family, first[owner])
        if owner == Owner.TRACK:
            keyframes = [part for pair in family for part in _parts(pair, "shapes")]
            self._note(Owner.SHAPE, keyframes, first[Owner.SHAPE])

    def _note(self, owner: Owner, pairs: Sequence[_Pair], first: int) -> None:
        for index, (row, value) in enumerate(pairs, first):
            for key in sorted(value.keys() - _known(type(row))):
                self.rows[owner].setdefault(key, {})[index] = msgspec.json.encode(value[key])


def _column(values: dict[int, bytes], rows: int) -> Extra:
    column, present = np.empty(rows, object), np.zeros(rows, np.bool_)
    for row, value in values.items():
        column[row], present[row] = value, True
    return Extra(column, present)


def _object(piece: Piece) -> dict[str, Any]:
    """A piece as it came; nothing where only the lenient way could read it."""
    try:
        value: dict[str, Any] = msgspec.json.decode(piece, type=dict[str, Any])
    except UNDECODABLE:
        return {}
    return value


def _parts(pair: _Pair, name: str) -> Iterator[_Pair]:
    row, value = pair
    parts = getattr(row, name, ())
    items = value.get(name) or [{}] * (max(places_of(parts), default=-1) + 1)
    return ((part, items[index]) for part, index in zip(parts, places_of(parts), strict=True))


def _known(kind: type[Row]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}
