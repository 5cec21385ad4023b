"""A difference as a value: columns of rows that are gone, new or changed, and words about each when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from annotools.diff.items import KINDS, Items
from annotools.diff.pairing import Pairs
from annotools.model import Dataset, Owner, Source
from annotools.model.tables import Bools, Floats, Ints

Way = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One difference, for people.

    what: `rectangle`, `tag`, `track`, `label`, `frame`, ...; frame: its number in the first dataset, or in the second
    for what is only there.  fields: name -> (before, after).  moved: px, for a geometry of as many points.
    """

    way: Way
    what: str
    label: str = ""
    frame: int | None = None
    frame_name: str = ""
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    moved: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON; what is not known is left out."""
        row: dict[str, Any] = {"way": self.way, "what": self.what, "label": self.label, "frame": self.frame}
        row |= {"frame_name": self.frame_name, "moved": self.moved}
        row["fields"] = {name: list(pair) for name, pair in self.fields.items()}
        return {name: value for name, value in row.items() if value not in ("", None, {})}

    def __str__(self) -> str:
        label = f" '{self.label}'" if self.label else ""
        named = f" ({self.frame_name})" if self.frame_name else ""
        frame = "" if self.frame is None else f" on frame {self.frame}{named}"
        details = f": {self.details}" if self.fields else ""
        return f"{self.way}: {self.what}{label}{frame}{details}"

    @property
    def details(self) -> str:
        """The fields as text."""
        parts = []
        for name, (before, after) in self.fields.items():
            far = f"moved {self.moved:.6g} px" if self.moved is not None else "other points"
            parts.append(far if name == "points" else f"{name} {before!r} -> {after!r}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Side:
    """One of the two datasets, its items, and the numbers of its frames by what both share."""

    dataset: Dataset
    items: Items

    def location(self, item: int) -> dict[str, Any]:
        """What, label, frame and frame name of an item."""
        items, dataset = self.items, self.dataset
        table: Any = dataset.table(Owner(int(items.owner[item])))
        row = int(items.row[item])
        number = int(table.frame[row]) if hasattr(table, "frame") else None
        names = dataset.frames.names
        return {
            "what": KINDS[int(items.kind[item])], "label": self.label(int(table.label[row])), "frame": number,
            "frame_name": names[number] if number is not None and 0 <= number < len(names) else "",
        }  # fmt: skip

    def label(self, number: int) -> str:
        """The name of a label, `skeleton/part` for a part."""
        known = self.dataset.labels.by_id
        if number not in known:
            return f"#{number}"
        label = known[number]
        return f"{known[label.parent].name}/{label.name}" if label.parent in known else label.name

    def value(self, item: int, name: str) -> Any:
        """A field of an item, for people and JSON."""
        items, row = self.items, int(self.items.row[item])
        owner = Owner(int(items.owner[item]))
        if name == "attributes":
            return self.attributes(owner, row)
        if name == "points":
            points = items.values[items.offsets[item] : items.offsets[item + 1]]
            return points.tolist() if owner != Owner.INTERVAL else items.box[item, [0, 2]].tolist()
        table: Any = self.dataset.table(owner)
        value = getattr(table, name)[row].item()
        if name == "job":
            return self.dataset.jobs[value].id if value >= 0 else None
        return Source(value).word if name == "source" else value

    def attributes(self, owner: Owner, row: int) -> dict[str, str]:
        """The attributes of a row by name."""
        specs = self.dataset.labels.specs
        pairs = self.dataset.attribute_values(owner, row)
        return {specs[spec][1].name if spec in specs else f"#{spec}": value for spec, value in pairs}


@dataclass(frozen=True)
class Difference:
    """Everything in which two datasets differ.  False when they say the same.

    definitions: labels and frames, and tracks whose own fields differ.  removed, added: items of the first and second
    that have no partner.  pairs: the partners; fields: field -> which pairs differ in it; moved: px between partners.
    """

    first: Side
    second: Side
    definitions: tuple[Change, ...]
    removed: Ints
    added: Ints
    pairs: Pairs
    fields: Mapping[str, Bools]
    moved: Floats

    def __len__(self) -> int:
        return len(self.definitions) + len(self.removed) + len(self.added) + len(self.changed)

    def __iter__(self) -> Iterator[Change]:
        yield from self.definitions
        yield from (Change("removed", **self.first.location(item)) for item in self.removed.tolist())
        yield from (Change("added", **self.second.location(item)) for item in self.added.tolist())
        yield from map(self._change, self.changed.tolist())

    @property
    def changed(self) -> Ints:
        """The pairs that differ in any field."""
        return np.flatnonzero(np.any(list(self.fields.values()), axis=0)) if self.fields else np.zeros(0, np.int64)

    def _change(self, pair: int) -> Change:
        x, y = (int(side[pair]) for side in self.pairs)
        names = [name for name, mask in self.fields.items() if mask[pair]]
        fields = {name: (self.first.value(x, name), self.second.value(y, name)) for name in names}
        far = float(self.moved[pair])
        moved = far if "points" in fields and far < np.inf else None
        return Change("changed", **self.first.location(x), fields=fields, moved=moved)

    def summary(self) -> dict[str, dict[str, int]]:
        """Kind -> how many are the same, changed, removed and added."""
        kinds, x = self.first.items.kind, self.pairs[0]
        differing = np.zeros(len(x), np.bool_)
        differing[self.changed] = True
        columns = {
            "same": kinds[x[~differing]], "changed": kinds[x[differing]], "removed": kinds[self.removed],
            "added": self.second.items.kind[self.added],
        }  # fmt: skip
        counted = {name: np.bincount(column, minlength=len(KINDS)) for name, column in columns.items()}
        rows = {kind: {name: int(counted[name][code]) for name in counted} for code, kind in enumerate(KINDS)}
        return {kind: row for kind, row in rows.items() if any(row.values())}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"equal": not len(self), "summary": self.summary(), "changes": [change.as_dict() for change in self]}
