"""What a step dropped or changed, as values: the loss ledger.

    ledger = Ledger("merge-jobs")
    ledger.lost("rotation of rectangle", "the format has no rotation", dataset, "shapes", rows, column="rotation")

Every step that cannot carry something returns `Losses`; nothing is only logged.  What a row means to people is its
class: *annotations* (what somebody drew or said), *definitions* (what annotations refer to) and *record* (numbers,
people, dates, how the work was organised).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.columns import Ints, Rows, distinct
from annotools.model.row_numbers import given_rows, known_frames

if TYPE_CHECKING:
    from annotools.model.parts import Parts

Kind = Literal["lost", "changed"]
LossClass = Literal["annotations", "definitions", "record"]
CLASSES: tuple[LossClass, ...] = get_args(LossClass)

_ANNOTATIONS = frozenset({"tags", "shapes", "tracks", "intervals", "attributes"})
_IDS = frozenset({"id", "job"})
_DEFINING = {
    "task": frozenset({"subset", "start_frame", "stop_frame", "step", "mode", "dimension", "media_type"}),
    "jobs": frozenset({"included"}),
}


def class_of(table: str, column: str) -> LossClass:
    """What a cell is to people.  column: empty for the whole row."""
    if column in _IDS or column.endswith("_id") or table == "dataset":
        return "record"
    if table in _ANNOTATIONS or not table:
        return "annotations"
    if table in _DEFINING:
        return "definitions" if column in _DEFINING[table] else "record"
    return "definitions"


def _none() -> Ints:
    return np.zeros(0, np.int64)


def _no_rows() -> Rows:
    return np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """One thing that was dropped (`lost`) or turned into another (`changed`).

    count: how many rows; frames: their frames of the task, ascending and distinct, empty where none applies.
    step: which step did it.  table, column, rows: the cells of the dataset that the step was given; no column means
    the rows as a whole, no rows what is no row of a table (`members`).
    """

    kind: Kind
    what: str
    why: str
    count: int
    frames: Ints = field(default_factory=_none)
    step: str = ""
    table: str = ""
    column: str = ""
    rows: Rows = field(default_factory=_no_rows)

    @property
    def cls(self) -> LossClass:
        """annotations, definitions or record."""
        return class_of(self.table, self.column)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; frames as text such as `0-4, 7`."""
        words = {"kind": self.kind, "class": self.cls, "what": self.what, "why": self.why, "count": self.count}
        where = {"step": self.step, "table": self.table, "column": self.column}
        return words | {"frames": ranges(self.frames)} | where

    def __str__(self) -> str:
        where = f" (frames {ranges(self.frames, 5)})" if len(self.frames) else ""
        return f"{self.kind}: {self.count} x {self.what}: {self.why}{where}"


@dataclass(frozen=True, slots=True)
class Losses:
    """All losses of a conversion, in the order of the steps."""

    rows: tuple[Loss, ...] = ()

    def __iter__(self) -> Iterator[Loss]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: Losses) -> Losses:
        return Losses(self.rows + other.rows)

    def of(self, kind: Kind | None = None, *classes: LossClass) -> Losses:
        """Only what was lost, or only what was changed; only some classes."""
        wanted = classes or CLASSES
        return Losses(tuple(row for row in self.rows if kind in (None, row.kind) and row.cls in wanted))

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return sum(row.count for row in self.rows)

    def without_rows(self) -> Losses:
        """The same with counts and frames only: small, whatever they are of."""
        return Losses(tuple(replace(row, rows=_no_rows()) for row in self.rows))

    def summed(self) -> Losses:
        """One for all that say the same of several datasets, in the order of the first; without frames and rows."""
        totals: dict[tuple[str, ...], Loss] = {}
        for row in self.rows:
            key = (row.kind, row.what, row.why, row.step, row.table, row.column)
            count = row.count + (totals[key].count if key in totals else 0)
            totals[key] = replace(row, count=count, frames=_none(), rows=_no_rows())
        return Losses(tuple(totals.values()))

    def as_list(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [row.as_dict() for row in self.rows]

    @classmethod
    def from_list(cls, rows: Iterable[Mapping[str, Any]]) -> Losses:
        """What `as_list` gave, which knows of no rows."""
        names = ("kind", "what", "why", "count", "step", "table", "column")
        return cls(tuple(Loss(**{name: row[name] for name in names}, frames=frames_of(row["frames"])) for row in rows))


class Ledger:
    """Collects losses during a step.  step: its name."""

    def __init__(self, step: str = "") -> None:
        self._step = step
        self._rows: list[Loss] = []

    def add(
        self, kind: Kind, what: str, why: str, dataset: Parts, table: str, rows: ArrayLike, column: str = ""
    ) -> None:  # fmt: skip
        """Note a loss; nothing is noted for no rows.

        table, rows: rows (numbers or a mask) of a table of a dataset; they are told as rows of the dataset that the
        step was given (see `row_numbers`).
        """
        chosen = np.asarray(rows)
        chosen = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.int64)
        if not len(chosen):  # as of most that is asked for
            return
        frames = known_frames(dataset, table, chosen)
        step_rows = given_rows(dataset, table, chosen)
        self._note(Loss(kind, what, why, len(chosen), frames, self._step, table, column, step_rows))

    def _note(self, loss: Loss) -> None:
        if loss.count:
            self._rows.append(loss)

    def lost(self, what: str, why: str, dataset: Parts, *location: Any, **options: Any) -> None:
        """Something was dropped.  See `add`."""
        self.add("lost", what, why, dataset, *location, **options)

    def changed(self, what: str, why: str, dataset: Parts, *location: Any, **options: Any) -> None:
        """Something was turned into something else.  See `add`."""
        self.add("changed", what, why, dataset, *location, **options)

    def noted(
        self, what: str, why: str, count: int, frames: ArrayLike = (), *, kind: Kind = "changed", table: str = ""
    ) -> None:  # fmt: skip
        """Say what is no row of the dataset any more or not yet: rows of a file, that were made, or that stay."""
        known = distinct(np.asarray(frames, np.int64))
        self._note(Loss(kind, what, why, int(count), known, self._step, table))

    def extend(self, losses: Iterable[Loss]) -> None:
        """Take over the losses of a step within this one."""
        self._rows.extend(losses)

    def losses(self) -> Losses:
        """All that was noted."""
        return Losses(tuple(self._rows))


def frames_of(text: str) -> Ints:
    """Numbers from what `ranges` makes of them."""
    if not text:
        return _none()
    ends = [[int(end) for end in part.split("-")] for part in text.split(", ")]
    return np.concatenate([np.arange(run[0], run[-1] + 1, dtype=np.int64) for run in ends])


def ranges(frames: Ints, most: int | None = None) -> str:
    """Ascending numbers as text: 0 1 2 7 -> `0-2, 7`; after `most` ranges it says how many frames follow."""
    starts = np.flatnonzero(np.append(True, np.diff(frames) != 1)[: len(frames)])
    stops = np.append(starts[1:], len(frames))[: len(starts)]
    runs = zip(frames[starts[:most]].tolist(), frames[stops[:most] - 1].tolist(), strict=True)
    texts = [f"{first}-{last}" if last > first else str(first) for first, last in runs]
    rest = len(frames) - sum((stops - starts)[:most].tolist())
    return ", ".join(texts) + (f" and {rest} more" if rest else "")
