"""Edits in the words of the hub -> changes of CVAT's JSON, API and backup.

Put("shape", 812, "points", [..])    the value at /shapes/812/points, or wherever row 812 stood
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, singledispatchmethod
from itertools import repeat
from typing import Any

import numpy as np

from annotools.model import Dataset, Owner
from annotools.validate.edits import (
    AddAttributes,
    Copy,
    Drop,
    DropAt,
    DropAttribute,
    Edit,
    Order,
    Put,
    PutAt,
    PutAttribute,
    RenameAt,
)
from annotools.validate.findings import OWNER_OF
from annotools.validate.fixing.changes import CannotError, Change, Mark, OneFix
from annotools.validate.fixing.json_text import JsonText
from annotools.validate.fixing.splice import Splice, written

_ITEMS = 256  # attributes as text that are kept


class JsonEdits(OneFix):
    """Applies edits to the members of a JSON input.  read(member) gives its bytes; named: a backup."""

    def __init__(self, dataset: Dataset, read: Callable[[str], bytes], *, named: bool) -> None:
        self._dataset, self._read, self._named = dataset, read, named
        self._splices: dict[str, Splice] = {}
        self._step: dict[str, Mark] = {}
        self._broken: set[str] = set()  # members that are no JSON
        self._listed: tuple[Splice | None, str, dict[Any, list[int]]] = (None, "", {})  # as `_items_of` gave it last

    def results(self) -> Mapping[str, bytes]:
        """The members that changed."""
        return {member: splice.result() for member, splice in self._splices.items() if splice}

    def marks(self) -> dict[str, Mark]:
        """The state to go back to when a fix is refused: of each member from where the fix comes to it."""
        self._step = {}
        return self._step

    def back(self, marks: Mapping[str, Mark]) -> None:
        """Forget what came after."""
        for member, mark in marks.items():
            self._splices[member].back(mark)

    def since(self, marks: Mapping[str, Mark]) -> dict[str, list[tuple[int, int, bytes]]]:
        """What came after some marks, by member, as (start, stop, new bytes)."""
        changes_of = {member: self._splices[member].since(mark) for member, mark in marks.items()}
        return {member: changes for member, changes in changes_of.items() if changes}

    def alone(self, edits: Sequence[Edit]) -> Mapping[str, list[Change]]:
        """As any dialect has it; where a single edit is all there is, without a change that has to be taken back."""
        single = self._single(edits[0]) if len(edits) == 1 else None
        return super().alone(edits) if single is None else {single[0].member: [single[1]]}

    def cuts(self, kind: str, rows: Sequence[int]) -> list[tuple[str, Change]] | None:
        """The member that each row is in, and what dropping it alone changes; None where they are of several lists.

        Raises: as `apply`.
        """
        splice, _ = self._place(kind, rows[0])
        spots = list(self._dataset.origin.spots(OWNER_OF[kind], np.array(rows))) if self._dataset.origin else []
        pointers = [pointer for member, _, pointer in spots if member == splice.member]
        listed = splice.text.places_of(pointers) if len(pointers) == len(rows) else None
        return list(zip(repeat(splice.member), splice.cuts(*listed), strict=False)) if listed else None

    def _single(self, edit: Edit) -> tuple[Splice, Change] | None:
        """A text and what an edit changes in it; None for an edit that is not known to change one place."""
        if isinstance(edit, Drop):
            return _dropped(*self._place(edit.kind, edit.row))
        if isinstance(edit, Put) and edit.column != "label" and edit.value is not None:
            splice, pointer = self._place(edit.kind, edit.row)
            return _put(splice, f"{pointer}/{edit.column}", edit.value)
        if isinstance(edit, AddAttributes):
            splice, pointer = self._place(edit.kind, edit.row)
            target = f"{pointer}/attributes"
            if not splice.text.has(target) or not splice.text.size(target):
                return _put(splice, target, None, b"[%s]" % b", ".join(map(self._item, edit.items)))
        if isinstance(edit, Copy):
            splice, pointer = self._place(edit.kind, edit.row)
            at, new, _ = splice.behind(pointer, self._copied(splice, pointer, edit.changes))
            return splice, (at, at, new)
        return self._single_part(edit)

    def _single_part(self, edit: Edit) -> tuple[Splice, Change] | None:
        """The same of what is in a row, or is addressed by a pointer."""
        if isinstance(edit, PutAttribute):
            splice, pointer = self._attribute(edit.row)
            return _put(splice, f"{pointer}/value", edit.value)
        if isinstance(edit, DropAttribute):
            return _dropped(*self._attribute(edit.row))
        if isinstance(edit, PutAt):
            return _put(self._splice(edit.member), edit.pointer, edit.value)
        return _dropped(self._splice(edit.member), edit.pointer) if isinstance(edit, DropAt) else None

    def _splice(self, member: str) -> Splice:
        if member not in self._splices:
            if member in self._broken:
                raise CannotError(f"{member} is not JSON")
            self._broken.add(member)
            self._splices[member] = Splice(JsonText(self._read(member)), member)
            self._broken.remove(member)
        if member not in self._step:
            self._step[member] = self._splices[member].mark()
        return self._splices[member]

    def _place(self, kind: str, row: int) -> tuple[Splice, str]:
        origin = self._dataset.origin
        pointer = origin.pointer(OWNER_OF[kind], row) if origin else ""
        if origin is None or not pointer:
            raise CannotError(f"it is not known where {kind} {row} stood")
        return self._splice(origin.member(OWNER_OF[kind], row)), pointer

    @singledispatchmethod
    def apply(self, edit: Edit) -> None:
        """Apply one edit.  Raises: CannotError, ClashError, NoPlaceError."""
        raise CannotError(f"{type(edit).__name__} is not an edit of JSON")

    @apply.register
    def _put(self, edit: Put) -> None:
        splice, pointer = self._place(edit.kind, edit.row)
        if edit.column == "label":
            self._put_label(splice, pointer, edit.value)
            return
        target = f"{pointer}/{edit.column}"
        if edit.value is not None:
            splice.put(target, edit.value)
        elif splice.text.has(target):
            splice.drop(target)

    def _put_label(self, splice: Splice, pointer: str, label_id: int) -> None:
        if not self._named:
            splice.put(f"{pointer}/label_id", label_id)
            return
        splice.put(f"{pointer}/label", self._dataset.labels.by_id[label_id].name)

    @apply.register
    def _drop(self, edit: Drop) -> None:
        splice, pointer = self._place(edit.kind, edit.row)
        splice.drop(pointer)

    @apply.register
    def _copy(self, edit: Copy) -> None:
        splice, pointer = self._place(edit.kind, edit.row)
        splice.insert_behind(pointer, self._copied(splice, pointer, edit.changes))

    def _copied(self, splice: Splice, pointer: str, changes: Mapping[str, Any]) -> bytes:
        """The text of a row with some columns changed, without its id."""
        if "label" not in changes and not splice.text.has(f"{pointer}/id"):
            return splice.rewritten(pointer, changes)
        piece = Splice(JsonText(splice.text.bytes(splice.text.span(pointer))))
        for column, value in changes.items():
            self._put_label(piece, "", value) if column == "label" else piece.put(f"/{column}", value)
        if "label" in changes and piece.text.has("/attributes"):
            piece.put("/attributes", [])  # they are a label's
        if piece.text.has("/id") and "id" not in changes:
            piece.put("/id", None) if len(piece.text.members("")) == 1 else piece.drop("/id")
        return piece.result()

    @apply.register
    def _order(self, edit: Order) -> None:
        splice, pointer = self._place(edit.kind, edit.row)
        target = f"{pointer}/{edit.part}"
        if sorted(edit.order) != list(range(splice.text.size(target))):
            raise CannotError(f"{target} has other items than the rows that were read")
        splice.order(target, edit.order)

    @apply.register
    def _put_attribute(self, edit: PutAttribute) -> None:
        splice, pointer = self._attribute(edit.row)
        splice.put(f"{pointer}/value", edit.value)

    @apply.register
    def _drop_attribute(self, edit: DropAttribute) -> None:
        splice, pointer = self._attribute(edit.row)
        splice.drop(pointer)

    @apply.register
    def _add_attributes(self, edit: AddAttributes) -> None:
        splice, pointer = self._place(edit.kind, edit.row)
        items = [self._attribute_item(spec, value) for spec, value in edit.items]
        target = f"{pointer}/attributes"
        size = splice.text.size(target) if splice.text.has(target) else 0
        if not size:
            splice.put(target, items)
            return
        for item in items:
            splice.insert_behind(f"{target}/{size - 1}", json.dumps(item, ensure_ascii=False).encode())

    @cached_property
    def _item(self) -> Callable[[tuple[int, str]], bytes]:
        """An item of a list of attributes as text; many are the same."""
        return lru_cache(_ITEMS)(lambda item: written(self._attribute_item(*item), b""))

    def _attribute_item(self, spec: int, value: str) -> dict[str, Any]:
        key = {"name": self._dataset.labels.specs[spec][1].name} if self._named else {"spec_id": spec}
        return key | {"value": value}

    def _attribute(self, row: int) -> tuple[Splice, str]:
        """The place of an attribute: of those that its owner has for the spec, the one with the same number."""
        kind, owner, spec = self._keys[row]
        splice, pointer = self._place(Owner(kind).word, owner)
        alike = self._alike[kind, owner, spec]
        name = self._dataset.labels.specs[spec][1].name if self._named else spec
        places = self._items_of(splice, f"{pointer}/attributes").get(name, [])
        if len(places) != len(alike):
            raise CannotError(f"{pointer}/attributes has other items than the rows that were read")
        return splice, f"{pointer}/attributes/{places[bisect_left(alike, row)]}"

    def _items_of(self, splice: Splice, target: str) -> dict[Any, list[int]]:
        """The places of attributes in a list, by what they are values of."""
        if self._listed[0] is not splice or self._listed[1] != target:
            places: dict[Any, list[int]] = {}
            for index, item in enumerate(splice.text.value(target)):
                of = item.get("name" if self._named else "spec_id") if isinstance(item, dict) else None
                if isinstance(of, str | int | float):
                    places.setdefault(of, []).append(index)
            self._listed = splice, target, places
        return self._listed[2]

    @cached_property
    def _keys(self) -> list[tuple[int, int, int]]:
        """Kind and row of the owner, and spec, of each attribute."""
        table = self._dataset.attributes
        return list(zip(table.kind.tolist(), table.owner.tolist(), table.spec.tolist(), strict=True))

    @cached_property
    def _alike(self) -> dict[tuple[int, int, int], list[int]]:
        """The rows of the attributes that one owner has for one spec."""
        rows_by_key: dict[tuple[int, int, int], list[int]] = {}
        for row, key in enumerate(self._keys):
            rows_by_key.setdefault(key, []).append(row)
        return rows_by_key

    @apply.register
    def _put_at(self, edit: PutAt) -> None:
        self._splice(edit.member).put(edit.pointer, edit.value)

    @apply.register
    def _drop_at(self, edit: DropAt) -> None:
        self._splice(edit.member).drop(edit.pointer)

    @apply.register
    def _rename_at(self, edit: RenameAt) -> None:
        self._splice(edit.member).rename(edit.pointer, edit.key)


def _put(splice: Splice, pointer: str, value: Any, text: bytes = b"") -> tuple[Splice, Change]:
    span, new, _ = splice.replacement(pointer, value, text)
    return splice, (*span, new)


def _dropped(splice: Splice, pointer: str) -> tuple[Splice, Change]:
    return splice, splice.cut(pointer)
