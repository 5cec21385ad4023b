"""Long sequences that say the same over and over: what is said and where, and items are made when they are asked for.

Run(("no type", "no frame"), range(3), made)      made("no type", 0), made("no frame", 0), made("no type", 1), ..
Chain([["a", "b"], Run(...)])                     one after the other; equal to a tuple of the same items
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Run(Sequence[T], Generic[T]):
    """What is said of each of some places in turn.

    each: what is said of one.  made: (one of them, place) -> item.
    """

    each: tuple[T, ...]
    places: range
    made: Callable[[T, int], T]

    def __len__(self) -> int:
        return len(self.each) * len(self.places)

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[T, ...]: ...
    def __getitem__(self, row: int | slice) -> T | tuple[T, ...]:
        rows = range(len(self))[row]
        return tuple(map(self._item, rows)) if isinstance(rows, range) else self._item(rows)

    def _item(self, row: int) -> T:
        index, which = divmod(row, len(self.each))
        return self.made(self.each[which], self.places[index])


class Chain(Sequence[T]):
    """Sequences one after the other, none of them copied."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[Sequence[T]]) -> None:
        self.parts = tuple(filter(len, parts))

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self.parts)

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[T, ...]: ...
    def __getitem__(self, row: int | slice) -> T | tuple[T, ...]:
        rows = range(len(self))[row]
        if not isinstance(rows, range):
            return next(islice(self, rows, None))
        return tuple(islice(self, rows.start, rows.stop, rows.step)) if rows.step > 0 else tuple(self)[row]

    def __add__(self, other: Sequence[T]) -> Chain[T]:
        return Chain([*self.parts, *parts_of(other)])

    def __radd__(self, other: Sequence[T]) -> Chain[T]:
        return Chain([*parts_of(other), *self.parts])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | Chain) and len(self) == len(other) and all(map(_equal, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Chain({len(self)})"


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def parts_of(items: Sequence[T]) -> tuple[Sequence[T], ...]:
    """The sequences of which one consists."""
    return items.parts if isinstance(items, Chain) else (items,)


def together(each: Iterable[Sequence[T]]) -> tuple[T, ...] | Chain[T]:
    """All items of some sequences."""
    parts = [part for items in each for part in parts_of(items)]
    return Chain(parts) if any(isinstance(part, Run) for part in parts) else tuple(chain.from_iterable(parts))


def mapped(items: Sequence[T], change: Callable[[T], T]) -> tuple[T, ...] | Chain[T]:
    """All items with a change made.  change: does not ask where something is said."""
    return _by_part(items, lambda part: tuple(map(change, part)))


def chosen(items: Sequence[T], keep: Callable[[T], bool]) -> tuple[T, ...] | Chain[T]:
    """Those that are to be kept.  keep: does not ask where something is said."""
    return _by_part(items, lambda part: tuple(filter(keep, part)))


def _by_part(items: Sequence[T], work: Callable[[Sequence[T]], tuple[T, ...]]) -> tuple[T, ...] | Chain[T]:
    if not isinstance(items, Chain):
        return work(items)
    return Chain(replace(part, each=work(part.each)) if isinstance(part, Run) else work(part) for part in items.parts)
