"""A lock that is had in the order in which it was asked for.

    lock = Turns()
    with lock:                # the thread that has it may ask for it again
        with lock.let_go():   # others get their turn; afterwards one waits for the next turn of one's own
            ...

Who lets go of a lock of `threading` and asks again has it at once while those who wait are still waking up, so that of
many clients some are answered time and again and others wait for seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

_Waiter = tuple[int, threading.Lock]


class Turns:
    """A reentrant lock; each waiting thread has a lock of its own, which is opened when it is its turn."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[_Waiter] = deque()
        self._owner = 0
        self._depth = 0

    @property
    def waiting(self) -> int:
        """How many threads wait for it."""
        return len(self._waiting)

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._owner != me:
            self._take(me)
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._pass_on()

    def _take(self, me: int) -> None:
        with self._mutex:
            if not self._owner:
                self._owner = me
                return
            waiter = me, threading.Lock()
            waiter[1].acquire()
            self._waiting.append(waiter)
        try:
            waiter[1].acquire()
        except BaseException:  # an interrupted main thread: nobody may wait for it
            self._give_up(waiter)
            raise

    def _give_up(self, waiter: _Waiter) -> None:
        with self._mutex:
            waits = waiter in self._waiting
            if waits:
                self._waiting.remove(waiter)
        if not waits:
            self._pass_on()

    def _pass_on(self) -> None:
        with self._mutex:
            self._owner = 0
            if self._waiting:
                self._owner, turn = self._waiting.popleft()
                turn.release()

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Without the lock for a while, for a thread that has it however often, or not at all."""
        me = threading.get_ident()
        depth = self._depth if self._owner == me else 0
        if depth:
            self._depth = 0
            self._pass_on()
        try:
            yield
        finally:
            if depth:
                self._take(me)
                self._depth = depth
