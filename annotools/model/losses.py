"""What a step dropped or changed, as values: the loss ledger.

    Loss("lost", "rotation of rectangle", "the format has no rotation", 3, frames=[0, 4])

Every step that cannot carry something returns `Losses`; nothing is only logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.tables import Ints

Kind = Literal["lost", "changed"]


def _no_frames() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """One thing that was dropped (`lost`) or turned into another (`changed`).

    count: how many rows; frames: their frames of the task, ascending and distinct, empty where none applies.
    """

    kind: Kind
    what: str
    why: str
    count: int
    frames: Ints = field(default_factory=_no_frames)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; frames as text such as `0-4, 7`."""
        words = {"kind": self.kind, "what": self.what, "why": self.why, "count": self.count}
        return words | {"frames": ranges(self.frames)}

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

    def of(self, kind: Kind) -> Losses:
        """Only what was lost, or only what was changed."""
        return Losses(tuple(row for row in self.rows if row.kind == kind))

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return sum(row.count for row in self.rows)

    def as_list(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [row.as_dict() for row in self.rows]


class Ledger:
    """Collects losses during a step."""

    def __init__(self) -> None:
        self._rows: list[Loss] = []

    def add(self, kind: Kind, what: str, why: str, count: int, frames: ArrayLike = ()) -> None:
        """Note a loss; nothing is noted when count is 0."""
        if count:
            self._rows.append(Loss(kind, what, why, int(count), np.unique(np.asarray(frames, np.int64))))

    def lost(self, what: str, why: str, count: int, frames: ArrayLike = ()) -> None:
        """Something was dropped."""
        self.add("lost", what, why, count, frames)

    def changed(self, what: str, why: str, count: int, frames: ArrayLike = ()) -> None:
        """Something was turned into something else."""
        self.add("changed", what, why, count, frames)

    def extend(self, losses: Iterable[Loss]) -> None:
        """Take over the losses of a step within this one."""
        self._rows.extend(losses)

    def losses(self) -> Losses:
        """All that was noted."""
        return Losses(tuple(self._rows))


def ranges(frames: Ints, most: int = 1_000_000) -> str:
    """Ascending numbers as text: 0 1 2 7 -> `0-2, 7`; after `most` ranges it says how many frames follow."""
    runs = [[n for _, n in run] for _, run in groupby(enumerate(frames.tolist()), lambda pair: pair[1] - pair[0])]
    texts = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:most]]
    rest = sum(map(len, runs[most:]))
    return ", ".join(texts) + (f" and {rest} more" if rest else "")
