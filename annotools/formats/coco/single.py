"""One annotation by itself: exactly as COCO says, or else field by field for what it can be used as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from annotools.errors import Problem
from annotools.formats.coco.odd_fields import FIELDS, At
from annotools.formats.kernel.jsonfile import UNDECODABLE, reason_of
from annotools.row_problems import RowProblems, below_each

Unknown = dict[str, msgspec.Raw]
_NOTHING: tuple[None, Unknown, At] = None, {}, At()


class Single:
    """Reads annotations one by one; the same that cannot be used are looked at once.

    known: the struct whose fields are the keys that are known.  decoded: the same with decoded lists.
    """

    def __init__(self, known: type[msgspec.Struct], decoded: type[msgspec.Struct]) -> None:
        self._known, self._decoded = frozenset(known.__struct_fields__), decoded
        self._exact: msgspec.json.Decoder[Any] = msgspec.json.Decoder(decoded)
        self._refused: dict[bytes, list[int]] = {}
        self._said: list[tuple[list[int], At]] = []

    def row(self, piece: msgspec.Raw, index: int) -> tuple[Any, Unknown, At]:
        """An annotation, None for one that cannot be used; the keys that are not known; and what was met in it."""
        text = bytes(piece)
        if text in self._refused:
            self._refused[text].append(index)
            return _NOTHING
        at, places = At(), [index]
        try:
            row = self._exact.decode(piece)
        except UNDECODABLE:
            row = self._lenient(piece, at)
        unknown = self._beside(piece, at) if row is not None else None
        if at.said:
            self._said.append((places, at))
        if unknown is None:
            self._refused[text] = places
            return _NOTHING
        return row, unknown, at

    def wrong(self, member: str, pointer: str) -> Sequence[Problem]:
        """What is wrong with the annotations of a list."""
        wrong = RowProblems(below_each(pointer))
        for places, at in self._said:
            for message, expected, below in at.said:
                wrong.add_all(places, message, member, expected, below)
        return wrong.all()

    def _beside(self, piece: msgspec.Raw, at: At) -> Unknown | None:
        """The keys that are not known; None where they cannot be read, which is said."""
        try:
            item = msgspec.json.decode(piece, type=dict[str, msgspec.Raw])
        except UNDECODABLE as error:
            at.cannot_be_read(f"cannot be read: {reason_of(error)}")
            return None
        return {key: value for key, value in item.items() if key not in self._known}

    def _lenient(self, piece: msgspec.Raw, at: At) -> Any:
        try:
            item = msgspec.json.decode(piece)
        except UNDECODABLE as error:
            at.cannot_be_read(f"cannot be read: {reason_of(error)}")
            return None
        if not isinstance(item, dict):
            at.cannot_be_read("is not an object", "an annotation")
            return None
        given = {key: FIELDS[key](value, key, at) for key, value in item.items() if key in self._known}
        row = self._decoded(**given)
        return None if any(not key.startswith("attributes") for key in at.faults) else row
