"""Edits: what a fix changes, said in the words of the hub, as data that can be shown, saved and applied.

    Put("shape", 812, "points", [10.0, 10.0, 60.0, 40.0])      one value of one row
    Drop("track", 3)                                            a row, with its keyframes and elements

An edit names a row of the dataset as it was read; `fixing` finds the bytes of that value in the input through the
dataset's origin and changes these alone.  So a rule needs to know nothing of the input's format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Put:
    """Give a column of a row another value.

    kind: shape, track, tag, interval.  column: as in the hub's table, with `points` a list of numbers and `type`,
    `source` words; a value of None takes the key away (what it then means is the server's default).
    """

    kind: str
    row: int
    column: str
    value: Any


@dataclass(frozen=True, slots=True)
class Drop:
    """Take a row away: a skeleton with its elements, a track with its keyframes and elements."""

    kind: str
    row: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Put a copy of a row, without its id, right behind it, with these columns changed."""

    kind: str
    row: int
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """Put the parts of a row (keyframes of a track, elements of a skeleton) into another order.

    part: `shapes` or `elements`.  order: places of the parts as they stand now, in the order wanted.
    """

    kind: str
    row: int
    part: str
    order: Sequence[int]


@dataclass(frozen=True, slots=True)
class PutAttribute:
    """Give an attribute (a row of `dataset.attributes`) another value."""

    row: int
    value: str


@dataclass(frozen=True, slots=True)
class DropAttribute:
    """Take an attribute (a row of `dataset.attributes`) away."""

    row: int


@dataclass(frozen=True, slots=True)
class AddAttribute:
    """Give a row one more attribute."""

    kind: str
    row: int
    spec: int
    value: str


@dataclass(frozen=True, slots=True)
class AddAttributes:
    """Give a row several more attributes at once: (spec, value) each.  What `grouped` makes of `AddAttribute`."""

    kind: str
    row: int
    items: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PutAt:
    """Put a JSON value at a pointer of a JSON member; a key that is missing is added."""

    member: str
    pointer: str
    value: Any


@dataclass(frozen=True, slots=True)
class DropAt:
    """Take what stands at a pointer of a JSON member away: the item of a list, or the key with its value."""

    member: str
    pointer: str


@dataclass(frozen=True, slots=True)
class RenameAt:
    """Give the key at a pointer of a JSON member another name."""

    member: str
    pointer: str
    key: str


@dataclass(frozen=True, slots=True)
class PutBytes:
    """Put other bytes in place of those from `start` to before `stop` of a member that is lines of text."""

    member: str
    start: int
    stop: int
    data: bytes


@dataclass(frozen=True, slots=True)
class PutAll:
    """Put bytes in place of all that a pattern matches in a member that is lines of text."""

    member: str
    pattern: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Move:
    """Give a member of the input another path, at which nothing is yet."""

    member: str
    path: str


Edit = (
    Put | Drop | Copy | Order | PutAttribute | DropAttribute | AddAttribute | AddAttributes | PutAt | DropAt | RenameAt
    | PutBytes | PutAll | Move
)  # fmt: skip


def grouped(edits: Iterable[Edit]) -> list[Edit]:
    """The same edits, all new attributes of a row in one: they may have to begin the row's list together."""
    edits = list(edits)
    kinds = {type(edit) for edit in edits}
    if AddAttribute not in kinds:
        return edits
    first = edits[0]
    if len(kinds) == 1 and isinstance(first, AddAttribute) and len({(edit.kind, edit.row) for edit in edits}) == 1:  # type: ignore[union-attr]  # all are of this kind
        return [AddAttributes(first.kind, first.row, tuple([(edit.spec, edit.value) for edit in edits]))]  # type: ignore[union-attr]  # as above
    merged: list[Edit] = []
    places: dict[tuple[str, int], int] = {}
    for edit in edits:
        if not isinstance(edit, AddAttribute):
            merged.append(edit)
            continue
        index = places.setdefault((edit.kind, edit.row), len(merged))
        before = merged[index].items if index < len(merged) else ()  # type: ignore[union-attr]  # made here
        merged[index : index + 1] = [AddAttributes(edit.kind, edit.row, (*before, (edit.spec, edit.value)))]
    return merged
