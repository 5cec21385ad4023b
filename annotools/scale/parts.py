"""Parts of one conversion, made by who is at work: a plain function of each, results in the order of the parts.

    with at_work(Crew(workers=4)):
        list(mapped(seen, parts))           # on 4 processes; without such a block, here

What the parts are depends on what is to be done and never on who does it, so the results are the same, bytes included.
It pays where a part takes much longer than handing it over: some ms a picture that is painted, against 0.1 ms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from itertools import chain, islice
from typing import Any, TypeVar

import msgspec

from annotools.scale.calls import Call, Outcome, attempt
from annotools.scale.running import Crew

R = TypeVar("R")
Member = tuple[str, Iterable[bytes]]
Members = Iterator[Member]
_AHEAD = 64  # parts that wait with an executor whose number of workers nobody knows
_LATE, _MOST = 16, 256  # late members, and members at all, that are one part


@contextmanager
def at_work(crew: Crew) -> Iterator[None]:
    """In the block parts are made by a crew; processes are started for the first of them."""
    with ExitStack() as stack:
        token = _POOL.set(None if crew.workers == 1 and crew.executor is None else _Pool(crew, stack))
        try:
            yield
        finally:
            _POOL.reset(token)


def mapped(function: Callable[..., R], parts: Iterable[tuple[Any, ...]]) -> Iterator[R]:
    """What a function makes of each of the arguments, in their order; few are held at a time.

    function: of a module, and whatever it is given and gives can be pickled.  Raises: what it raises of this package.
    """
    pool, waiting = _POOL.get(), iter(parts)
    first = list(islice(waiting, 2))
    if pool is None or len(first) < 2:
        return (function(*part) for part in chain(first, waiting))
    return pool.mapped(function, chain(first, waiting))


class _Pool:
    """A crew that is called together when it is first needed.  stack: lets it go."""

    def __init__(self, crew: Crew, stack: ExitStack) -> None:
        self._crew, self._stack = crew, stack
        self._executor = crew.executor
        self._work: Callable[[Call[Any]], Outcome[Any]] = attempt

    def mapped(self, function: Callable[..., R], parts: Iterable[tuple[Any, ...]]) -> Iterator[R]:
        executor = self._executor or self._begun()
        waiting: deque[tuple[Call[R], Future[Outcome[R]] | None]] = deque()
        most = _AHEAD if self._crew.executor else 2 * self._crew.workers
        for part in parts:
            if len(waiting) == most:
                yield _result(*waiting.popleft())
            call = Call(function, part)
            waiting.append((call, _submitted(executor, self._work, call)))
        while waiting:
            yield _result(*waiting.popleft())

    def _begun(self) -> Executor:
        from annotools.scale.processes import guarded, processes  # loads multiprocessing, which most runs do without

        self._executor = self._stack.enter_context(processes(self._crew.workers))
        self._work = guarded
        return self._executor


_POOL: ContextVar[_Pool | None] = ContextVar("_POOL", default=None)


def _submitted(
    executor: Executor, work: Callable[[Call[R]], Outcome[R]], call: Call[R]
) -> Future[Outcome[R]] | None:  # fmt: skip
    try:
        return executor.submit(work, call)
    except BrokenExecutor:
        return None


def _result(call: Call[R], future: Future[Outcome[R]] | None) -> R:
    """What a part came to; it is made here where the processes were killed."""
    try:
        outcome = future.result() if future else attempt(call)
    except BrokenExecutor:
        outcome = attempt(call)
    if outcome.error is not None:
        raise outcome.error
    return outcome.value  # type: ignore[return-value]  # there is one where there is no error


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
