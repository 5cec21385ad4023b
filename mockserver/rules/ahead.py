"""Handlers whose large bodies are read in a way of their own, before the request gets the lock that all share.

    @reads_ahead(read)                             # read(ctx, pk, lock) -> what `ctx.decoded.result()` gives
    def update(ctx: Context, pk: int) -> Response: ...

The core knows of such a handler only that it has a reader; all other bodies are plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from mockserver.protocol.http import Response
from mockserver.state.context import Context

Lock = AbstractContextManager[Any]
Reader = Callable[[Context, int, Lock], Any]
Handler = Callable[..., Response]

READERS: dict[Handler, Reader] = {}


def reads_ahead(reader: Reader) -> Callable[[Handler], Handler]:
    """Let a handler's large bodies be read by `reader`; the lock keeps the state as it is, for a moment only."""

    def register(handler: Handler) -> Handler:
        READERS[handler] = reader
        return handler

    return register
