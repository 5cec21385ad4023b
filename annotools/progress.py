"""How much is done of what is going on, for who wants to see it; where nobody listens, nothing is counted.

    with heard_by(lambda done, total, unit: print(done / total)):
        ...
            tell(3, 12, "sources")

Told by loops that take long anyway, some times a second: bytes of a file, members of a folder, sources of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int, str], None]
BYTES = "B"
_LISTENER: ContextVar[Listener | None] = ContextVar("_LISTENER", default=None)


@contextmanager
def heard_by(listener: Listener | None) -> Iterator[Listener | None]:
    """In the block a listener hears how much is done.  Gives the one who did before."""
    before = _LISTENER.get()
    token = _LISTENER.set(listener)
    try:
        yield before
    finally:
        _LISTENER.reset(token)


def is_heard() -> bool:
    """Whether anybody listens."""
    return _LISTENER.get() is not None


def tell(done: int, total: int, unit: str = "") -> None:
    """So much of so much is done.  unit: `BYTES`, or what is counted."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(done, total, unit)
