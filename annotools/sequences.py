"""Long sequences that say the same over and over: what is said and where, and items are made when they are asked for.

Run([("no type", "no frame")], range(3), made)    made("no type", 0), made("no frame", 0), made("no type", 1), ..
Run([("a",), ()], range(3), made, [0, 1, 0])      made("a", 0), made("a", 2)
Chain([["a", "b"], Run(...)])                     one after the other; equal to a tuple of the same items
Field(problems, attrgetter("pointer"))            something of each
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, islice, repeat
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S")
_FEW = 16
_LEARNED = 4096  # different things that are known again when they are said another time


class Run(Sequence[T], Generic[T]):
    """What is said of each of some places in turn.

    kinds: what may be said of one place.  made: (one thing that is said, place) -> item.
    numbers: which of the kinds is said of each place; None where it is the first of all.  Lists or arrays.
    """

    def __init__(
        self,
        kinds: Sequence[tuple[T, ...]],
        places: Sequence[int],
        made: Callable[[T, int], T],
        numbers: Sequence[int] | None = None,
    ) -> None:
        self.kinds, self.places, self.made, self.numbers = kinds, places, made, numbers

    @cached_property
    def _ends(self) -> Sequence[int]:
        """Where what is said of each place ends; none where as much is said of each."""
        sizes = list(map(len, self.kinds))
        return array("q", accumulate(map(sizes.__getitem__, () if self.numbers is None else self.numbers)))

    @cached_property
    def _each(self) -> int:
        """How much is said of each place, 0 where that differs."""
        sizes = {len(self.kinds[0])} if self.numbers is None else set(map(len, self.kinds))
        return sizes.pop() if len(sizes) == 1 else 0

    def __len__(self) -> int:
        if self._each:
            return self._each * len(self.places)
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[T, ...]: ...
    def __getitem__(self, row: int | slice) -> T | tuple[T, ...]:
        rows = range(len(self))[row]
        return tuple(map(self._item, rows)) if isinstance(rows, range) else self._item(rows)

    def __iter__(self) -> Iterator[T]:
        for place, items in self.by_place():
            for item in items:
                yield self.made(item, place)

    def _item(self, row: int) -> T:
        at = self._at(row)
        number = 0 if self.numbers is None else self.numbers[at]
        return self.made(self.kinds[number][row - self._start(at)], self.places[at])

    def place(self, row: int) -> int:
        """The place that an item is of."""
        return self.places[self._at(row)]

    def _at(self, row: int) -> int:
        return row // self._each if self._each else bisect_right(self._ends, row)

    def by_place(self) -> Iterator[tuple[int, tuple[T, ...]]]:
        """Each place, and what is said of it."""
        if self.numbers is None:
            return ((place, self.kinds[0]) for place in self.places)
        return zip(self.places, map(self.kinds.__getitem__, self.numbers), strict=True)

    def alike(self, least: int) -> Iterator[tuple[int, Sequence[int]]]:
        """The rows of items that say another thing, with their places.  least: places of which it is said once."""
        for number, places in self._whereabouts().items():
            for at in places[:1] if len(places) >= least else places:
                rows = range(self._start(at), self._start(at) + len(self.kinds[number]))
                every = list(map(self.places.__getitem__, places)) if len(places) >= least else [self.places[at]]
                yield from ((row, every) for row in rows)

    def _whereabouts(self) -> Mapping[int, Sequence[int]]:
        """Where in the places each kind is said."""
        if self.numbers is None:
            return {0: range(len(self.places))}
        whereabouts: dict[int, list[int]] = defaultdict(list)
        for at, number in enumerate(self.numbers):
            whereabouts[number].append(at)
        return whereabouts

    def _start(self, at: int) -> int:
        """The row of the first thing that is said of the place with this number."""
        return at * self._each if self._each or not at else self._ends[at - 1]

    def mapped(self, work: Callable[[tuple[T, ...]], tuple[T, ...]]) -> Run[T]:
        """The same places, of which is said what `work` makes of all that is said of one."""
        return Run(tuple(map(work, self.kinds)), self.places, self.made, self.numbers)


class Places(Generic[T]):
    """Collects what is said of places, one after the other, so that it is as much as a `Run`.

    make: what is said, of its parts, which are the same where it is the same.  made: as of a run.
    """

    def __init__(self, make: Callable[..., T], made: Callable[[T, int], T]) -> None:
        self._make, self._made = make, made
        self._numbers: dict[Hashable, int] = {}
        self._kinds: list[tuple[T, ...]] = []
        self._said, self._places = array("q"), array("q")

    def add(self, place: int, *parts: Hashable) -> None:
        """Say one thing of a place."""
        self._said.append(self._number(parts))
        self._places.append(place)

    def add_all(self, places: Sequence[int], *parts: Hashable) -> None:
        """Say one thing of each of some places."""
        self._said.extend(repeat(self._number(parts), len(places)))
        self._places.extend(places)

    def add_each(self, places: Iterable[int], said: Sequence[tuple[Hashable, ...]], which: Iterable[int]) -> None:
        """Say things of some places.  which: of what may be said, of each place."""
        numbers = list(map(self._number, said))
        self._said.extend(map(numbers.__getitem__, which))
        self._places.extend(places)

    def _number(self, parts: tuple[Hashable, ...]) -> int:
        number = self._numbers.get(parts)
        if number is None:
            number = len(self._kinds)
            self._kinds.append((self._make(*parts),))
            if number < _LEARNED:
                self._numbers[parts] = number
        return number

    def __len__(self) -> int:
        return len(self._said)

    def all(self) -> tuple[T, ...] | Chain[T]:
        """All that was said; few things are made at once."""
        run = Run(self._kinds, self._places, self._made, self._said)
        return tuple(run) if len(run) < _FEW else Chain([run])


class Chain(Sequence[T]):
    """Sequences one after the other, none of them copied."""

    def __init__(self, parts: Iterable[Sequence[T]]) -> None:
        self.parts = tuple(filter(len, parts))
        self._ends = list(accumulate(map(len, self.parts)))
        self._last: tuple[int, Any] = (-1, None)  # several things are often asked of one item

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self.parts)

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[T, ...]: ...
    def __getitem__(self, row: int | slice) -> T | tuple[T, ...]:
        rows = range(len(self))[row]
        if isinstance(rows, range):
            few = rows.step == 1 and rows.start < 1000
            return tuple(islice(self, rows.start, rows.stop)) if few else tuple(map(self._item, rows))
        return self._item(rows)

    def _item(self, row: int) -> T:
        last, item = self._last
        if last != row:
            which = bisect_right(self._ends, row)
            item = self.parts[which][row - self._ends[which]]
            self._last = row, item
        return item  # type: ignore[no-any-return]

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


class Field(Sequence[Any]):
    """Something of each of some items, which is asked for when somebody looks at it."""

    def __init__(self, items: Sequence[Any], of: Callable[[Any], Any]) -> None:
        self.items, self.of = items, of

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, row: int) -> Any: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, row: int | slice) -> Any:
        items = self.items[row]
        return tuple(map(self.of, items)) if isinstance(row, slice) else self.of(items)

    def __iter__(self) -> Iterator[Any]:
        return map(self.of, self.items)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def parts_of(items: Sequence[T]) -> tuple[Sequence[T], ...]:
    """The sequences of which one consists."""
    return items.parts if isinstance(items, Chain) else (items,)


def unplaced(items: Sequence[T]) -> Iterator[T]:
    """All that is said, that of many places once; nobody may ask where."""
    for part in parts_of(items):
        yield from chain.from_iterable(part.kinds) if isinstance(part, Run) else part


def alike(items: Sequence[Any], least: int) -> Iterator[tuple[int, Sequence[int]]]:
    """The rows of items, and the places of what is said of at least so many, which comes once; none for others."""
    start = 0
    for part in parts_of(items):
        each = part.alike(least) if isinstance(part, Run) else ((row, ()) for row in range(len(part)))
        yield from ((start + row, places if len(places) > 1 else ()) for row, places in each)
        start += len(part)


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


def classed(items: Sequence[T], key: Callable[[T], S]) -> dict[S, tuple[T, ...] | Chain[T]]:
    """The items by a key, which does not ask where something is said."""
    classes: dict[S, list[Sequence[T]]] = defaultdict(list)
    for part in parts_of(items):
        groups: dict[S, list[T]] = defaultdict(list)
        for item in unplaced(part):
            groups[key(item)].append(item)
        for name, some in groups.items():
            classes[name].append(_of_class(part, key, name) if isinstance(part, Run) else some)
    return {name: together(parts) for name, parts in classes.items()}


def _of_class(run: Run[T], key: Callable[[T], S], name: S) -> Run[T]:
    return run.mapped(lambda items: tuple(item for item in items if key(item) == name))


def _by_part(items: Sequence[T], work: Callable[[Sequence[T]], tuple[T, ...]]) -> tuple[T, ...] | Chain[T]:
    if not isinstance(items, Chain):
        return work(items)
    return Chain(part.mapped(work) if isinstance(part, Run) else work(part) for part in items.parts)
