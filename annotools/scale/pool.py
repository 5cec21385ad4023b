"""A crew at work on parts of one conversion: few are handed over at a time, results come in the order of the parts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from typing import Any, TypeVar

from annotools.scale.calls import Call, Crew, Outcome, attempt

R = TypeVar("R")
_AHEAD = 64  # parts that wait with an executor whose number of workers nobody knows


class Pool:
    """A crew that is called together when it is first needed.  stack: lets it go."""

    def __init__(self, crew: Crew, stack: ExitStack) -> None:
        self._crew, self._stack = crew, stack
        self._executor = crew.executor
        self._work: Callable[[Call[Any]], Outcome[Any]] = attempt

    def mapped(self, function: Callable[..., R], parts: Iterable[tuple[Any, ...]]) -> Iterator[R]:
        """What a function makes of each of the parts."""
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
