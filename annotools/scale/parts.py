"""Parts of one conversion, made by who is at work: a plain function of each, results in the order of the parts.

    with at_work(Crew(workers=4)):
        list(mapped(seen, parts))           # on 4 processes; without such a block, here

What the parts are depends on what is to be done and never on who does it, so the results are the same, bytes included.
It pays where a part takes much longer than handing it over: some ms a picture that is painted, against 0.1 ms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from annotools.scale.calls import Crew

if TYPE_CHECKING:
    from annotools.scale.pool import Pool

R = TypeVar("R")
Member = tuple[str, Iterable[bytes]]
Members = Iterator[Member]
_LATE, _MOST = 16, 256  # late members, and members at all, that are one part


@contextmanager
def at_work(crew: Crew) -> Iterator[None]:
    """In the block parts are made by a crew; processes are started for the first of them."""
    with ExitStack() as stack:
        token = _POOL.set(_pool(crew, stack))
        try:
            yield
        finally:
            _POOL.reset(token)


def _pool(crew: Crew, stack: ExitStack) -> Pool | None:
    if crew.workers == 1 and crew.executor is None:
        return None
    from annotools.scale.pool import Pool  # loads concurrent.futures, which most runs do without

    return Pool(crew, stack)


def mapped(function: Callable[..., R], parts: Iterable[tuple[Any, ...]]) -> Iterator[R]:
    """What a function makes of each of the arguments, in their order; few are held at a time.

    function: of a module, and whatever it is given and gives can be pickled.  Raises: what it raises of this package.
    """
    pool, waiting = _POOL.get(), iter(parts)
    first = list(islice(waiting, 2))
    if pool is None or len(first) < 2:
        return (function(*part) for part in chain(first, waiting))
    return pool.mapped(function, chain(first, waiting))


_POOL: ContextVar[Pool | None] = ContextVar("_POOL", default=None)


class Late(msgspec.Struct, frozen=True):
    """The bytes of a member, made by a function when they are asked for; by who is at work, if somebody is."""

    function: Callable[..., bytes]
    arguments: tuple[Any, ...]

    def __iter__(self) -> Iterator[bytes]:
        yield self.function(*self.arguments)


def made_ahead(members: Members) -> Members:
    """The same members in the same order, of which the late ones are made many at a time by who is at work."""
    return members if _POOL.get() is None else _made_ahead(members)


def _made_ahead(members: Members) -> Members:
    for member in members:  # nobody need be called together where none is late
        if isinstance(member[1], Late):
            members = chain([member], members)
            break
        yield member
    passing: Member | None = ("", ())
    while passing:
        still = _Still(members)
        yield from _in_batches(still)
        passing = still.passing
        if passing:
            yield passing


class _Still:
    """The members up to the first whose bytes may be gone when the next one is asked for, which is `passing`."""

    def __init__(self, members: Members) -> None:
        self.passing: Member | None = None
        self._members = members

    def __iter__(self) -> Members:
        for member in self._members:
            if not isinstance(member[1], list | Late):
                self.passing = member
                return
            yield member


def _in_batches(members: Iterable[Member]) -> Members:
    waiting: deque[list[Member]] = deque()

    def parts() -> Iterator[tuple[list[Late]]]:
        for batch in _batches(members):
            waiting.append(batch)
            yield ([pieces for _, pieces in batch if isinstance(pieces, Late)],)

    for made in mapped(_made, parts()):
        late = iter(made)
        for name, pieces in waiting.popleft():
            yield name, [next(late)] if isinstance(pieces, Late) else pieces


def _batches(members: Iterable[Member]) -> Iterator[list[Member]]:
    batch: list[Member] = []
    late = 0
    for member in members:
        batch.append(member)
        late += isinstance(member[1], Late)
        if late == _LATE or len(batch) == _MOST:
            yield batch
            batch, late = [], 0
    if batch:
        yield batch


def _made(late: Iterable[Late]) -> list[bytes]:
    return [b"".join(one) for one in late]
