"""The frames of a task: names, sizes, subsets, which are deleted; columns too, as there may be many.

Source: CVAT's DataMetaRead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from annotools.errors import exact_keywords, texts
from annotools.model.columns import Array, Bools, Ints
from annotools.model.extras import Extras, taken
from annotools.model.extras import joined as joined_extras


def _for_each(name: str, values: ArrayLike, count: int) -> Ints:
    array = np.asarray(values, np.int64)
    if array.shape not in ((), (1,), (count,)):
        raise ValueError(f"{name} has {array.size} values, expected 1 or {count}, one a name")
    return np.broadcast_to(array, count).copy()


@dataclass(frozen=True, eq=False)
class Frames:
    """The frames of a task; row = frame number.  width, height: int64 px, 0 where unknown.  deleted: bool."""

    names: tuple[str, ...] = ()
    width: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    height: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    deleted: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    subsets: tuple[str, ...] = ()
    related: tuple[int, ...] = ()
    extras: Extras = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """What was not given is 0, not deleted and in no subset.  Raises ValueError for columns of other lengths."""
        count = len(self.names)
        empty: dict[str, Any] = {"width": np.zeros(count, np.int64), "height": np.zeros(count, np.int64)}
        empty |= {"deleted": np.zeros(count, np.bool_), "subsets": ("",) * count, "related": (0,) * count}
        for name, values in empty.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, values)
            elif len(getattr(self, name)) != count:
                raise ValueError(f"{name} has {len(getattr(self, name))} values, expected {count}, one a name")

    @classmethod
    @exact_keywords
    def of(
        cls,
        names: str | Iterable[str],
        width: ArrayLike = 0,
        height: ArrayLike = 0,
        *,
        deleted: Iterable[int] = (),
        subsets: str | Iterable[str] = (),
        related: Iterable[int] = (),
        extras: Extras | None = None,
    ) -> Self:
        """Frames from names and sizes (one number for all, or one each).

        deleted: numbers of deleted frames.  subsets: one for all, or one each.  related: how many files belong to each.
        extras: columns of what a format says beside.  Raises: ValueError for as many as there are not names.
        """
        names = texts(names)
        count = len(names)
        mask = np.zeros(count, np.bool_)
        gone = np.asarray(list(deleted), np.int64)
        mask[gone[(gone >= 0) & (gone < count)]] = True
        parts = (subsets,) * count if isinstance(subsets, str) else tuple(subsets) or ("",) * count
        size = (_for_each("width", width, count), _for_each("height", height, count))
        return cls(names, *size, mask, parts, tuple(related) or (0,) * count, extras or {})

    def __len__(self) -> int:
        return len(self.names)

    def with_extras(self, extras: Extras) -> Self:
        """The same frames with other extras."""
        new = object.__new__(type(self))
        vars(new).update(vars(self), extras=extras)  # what else is there has been looked at before
        return new

    def take(self, index: Array) -> Self:
        """The frames at these row numbers, in that order."""
        rows = np.asarray(index, np.intp)
        if len(rows) == len(self) and (rows == np.arange(len(rows))).all():
            return self
        picks = rows.tolist()
        named: dict[str, Any] = {n: tuple(getattr(self, n)[i] for i in picks) for n in ("names", "subsets", "related")}
        named |= {n: getattr(self, n)[rows] for n in ("width", "height", "deleted")}
        return replace(self, extras=taken(self.extras, rows), **named)

    @cached_property
    def by_name(self) -> dict[str, int]:
        """Frame numbers by name; of several with one name the first."""
        return {name: row for row, name in reversed(list(enumerate(self.names)))}

    def sizes(self, frames: Array) -> Ints:
        """(n, 2) width and height of the given frames; 0, 0 where unknown or no such frame."""
        rows = np.asarray(frames, np.int64)
        known = (rows >= 0) & (rows < len(self))
        sizes = np.zeros((len(rows), 2), np.int64)
        sizes[known, 0] = self.width[rows[known]]
        sizes[known, 1] = self.height[rows[known]]
        return sizes

    @classmethod
    def concat(cls, parts: Sequence[Frames]) -> Self:
        """Frames one after the other."""
        named: dict[str, Any] = {
            n: tuple(x for p in parts for x in getattr(p, n)) for n in ("names", "subsets", "related")
        }
        sized = ("width", "height", "deleted")
        joined: dict[str, Any] = {n: np.concatenate([getattr(p, n) for p in parts]) for n in sized}
        return cls(**named, **joined, extras=joined_extras([(part.extras, len(part)) for part in parts]))
