"""Calls on an executor: outcomes come in the order of the calls, whoever made them and when.

one by one              without a second worker, in this process
on processes            of this machine; where one is killed, the calls that have no outcome are made again
on a given executor     which belongs to the caller; it does what its makers say where a worker is lost
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, as_completed
from contextlib import suppress
from typing import TypeVar

from annotools.errors import StorageError
from annotools.scale.calls import Call, Crew, Outcome, attempt

R = TypeVar("R")
Hear = Callable[[int], None]
_LOST = "the process that worked on it was killed, expected more memory or fewer workers"


def _deaf(number: int) -> None:
    """Nobody wants to know."""


def run(calls: Sequence[Call[R]], crew: Crew, hear: Hear = _deaf) -> list[Outcome[R]]:
    """What all calls came to, in their order.  hear: is told the number of each call that has an outcome.

    Raises: nothing of the calls; KeyboardInterrupt, after which nobody works on them any more.
    """
    waiting = dict(enumerate(calls))
    if crew.executor is not None:
        outcomes = _on(crew.executor, waiting, attempt, hear)
    elif crew.workers == 1 or len(calls) < 2:
        outcomes = {number: _heard(number, attempt(call), hear) for number, call in waiting.items()}
    else:
        outcomes = _on_processes(waiting, crew.workers, hear)
    return [outcomes.get(number) or Outcome(error=StorageError(_LOST)) for number in waiting]


def _heard(number: int, outcome: Outcome[R], hear: Hear) -> Outcome[R]:
    hear(number)
    return outcome


def _on_processes(waiting: Mapping[int, Call[R]], workers: int, hear: Hear) -> dict[int, Outcome[R]]:
    """The outcomes of all calls but of those whose process was killed when nothing else was going on.

    A pool breaks as a whole when one of its processes is killed.  The rest is tried again as long as that brings any
    outcome; then each call has a process of its own, so that one which takes all memory ends no other.
    """
    from annotools.scale.processes import guarded, processes  # loads multiprocessing, which most runs do without

    outcomes: dict[int, Outcome[R]] = {}
    while rest := {number: call for number, call in waiting.items() if number not in outcomes}:
        with processes(min(workers, len(rest))) as pool:
            made = _on(pool, rest, guarded, hear)
        outcomes |= made
        if not made:
            break
    for number, call in rest.items():
        with processes(1) as pool:
            outcomes |= _on(pool, {number: call}, guarded, hear)
    return outcomes


def _on(
    executor: Executor, waiting: Mapping[int, Call[R]], work: Callable[[Call[R]], Outcome[R]], hear: Hear
) -> dict[int, Outcome[R]]:
    """The outcomes of those calls with which the executor came to an end."""
    futures: dict[Future[Outcome[R]], int] = {}
    outcomes: dict[int, Outcome[R]] = {}
    try:
        with suppress(BrokenExecutor, OSError):  # one that breaks while it starts a process has a closed handle
            for number, call in waiting.items():
                futures[executor.submit(work, call)] = number
        for future in as_completed(futures):
            with suppress(BrokenExecutor):
                outcomes[futures[future]] = _heard(futures[future], _outcome(future), hear)
    finally:
        for future in futures:
            future.cancel()
    return outcomes


def _outcome(future: Future[Outcome[R]]) -> Outcome[R]:
    try:
        return future.result()
    except BrokenExecutor:
        raise
    except (CancelledError, Exception) as error:  # of the executor, or of the way to it: the call has none of its own
        return Outcome(error=StorageError(f"no worker came to an end with it: {type(error).__name__}: {error}"))
