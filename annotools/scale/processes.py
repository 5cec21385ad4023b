"""Processes of this machine that end with the one that began them, by whatever it ends, and leave nothing half done.

Each of them holds one end of a pipe; the other end is open in the process that began them, and in no other.  Where
that one lets go of it, or is killed, they end: what is being written beside its place is taken away first.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import TypeVar

from annotools.errors import UsageError
from annotools.scale.calls import Call, Outcome, attempt

R = TypeVar("R")
_PRELOADED = ["__main__", "annotools.convert.conversion"]  # a room alone holds no code


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """An executor of so many processes, none of which is left when the block ends, nor works on where it ends badly."""
    methods = multiprocessing.get_all_start_methods()
    # a fork of this process would take the locks of its threads along, held for ever
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(_PRELOADED)
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(theirs,))
    try:
        _check_begun(pool, count)
        yield pool
        if not _is_broken(pool):  # which waits for ever for a process that it began while it broke
            pool.shutdown()
    finally:
        ours.close()
        pool.shutdown(cancel_futures=True)
        theirs.close()


def _check_begun(pool: ProcessPoolExecutor, count: int) -> None:
    """Begin all processes, of which none is begun later then, when others may be killed already.

    Raises: UsageError where one cannot import the module that the program began with.
    """
    try:
        for future in [pool.submit(os.getpid) for _ in range(count)]:
            future.result()
    except BrokenProcessPool as error:
        expected = "the call in a module that can be imported, below `if __name__ == '__main__':`"
        raise UsageError(f"no process could be started, expected {expected}") from error


def _is_broken(pool: ProcessPoolExecutor) -> bool:
    """Whether one of the processes was killed, after which a pool takes no more."""
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        return True
    return False


def guarded(call: Call[R]) -> Outcome[R]:
    """Make a call in one of these processes, which ends where it is told to in the middle of it."""
    try:
        return attempt(call)
    except SystemExit as end:  # raised where something is being written, which is gone by now
        os._exit(end.code if isinstance(end.code, int) else 1)


def _begin(line: Connection) -> None:
    """Ctrl-C reaches all processes of a terminal; it is the first one's to end the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with suppress(EOFError, OSError):
        line.recv()
    os.kill(os.getpid(), signal.SIGTERM)
