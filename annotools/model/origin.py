"""Optional companions of a dataset: where each row stood in the input, and what the hub has no column for.

Both cost memory, so a reader fills them only when it is asked to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from annotools.model.codes import Owner
from annotools.model.tables import Ints


@dataclass(frozen=True, eq=False)
class Place:
    """Where the rows of one table stood.

    member: int64 place in `Origin.members`; start, stop: byte span in the member, -1 where unknown;
    pointers: one JSON pointer or XML path a row, empty where the span says it all; lines: 1-based, 0 unknown.
    """

    member: Ints
    start: Ints
    stop: Ints
    lines: Ints
    pointers: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Origin:
    """Where in the input each row stood."""

    members: tuple[str, ...] = ()
    places: dict[Owner, Place] = field(default_factory=dict)

    def pointer(self, owner: Owner, row: int) -> str:
        """The JSON pointer or XML path of a row, empty where it is not known."""
        place = self.places.get(owner)
        return place.pointers[row] if place is not None and place.pointers else ""

    def line(self, owner: Owner, row: int) -> int | None:
        """The line of a row, 1-based."""
        place = self.places.get(owner)
        return int(place.lines[row]) or None if place is not None and len(place.lines) else None

    def member(self, owner: Owner, row: int) -> str:
        """The member of the input that a row came from."""
        place = self.places.get(owner)
        return self.members[int(place.member[row])] if place is not None and len(place.member) else ""


@dataclass(frozen=True, eq=False)
class Extras:
    """What the input held beyond the hub, undecoded JSON text by place: `header` and one dict a row."""

    header: dict[str, bytes] = field(default_factory=dict)
    rows: dict[Owner, dict[int, bytes]] = field(default_factory=dict)
