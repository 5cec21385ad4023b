"""Bodies that take long to decode: done before a request gets the lock that all requests share, one body at a time.

    ctx.decoded = decoded_ahead(request, lenient)      # None: small, or no JSON
    ctx.decoded.result()                               # in the handler: the value or the error

So others are answered meanwhile, and a request that is refused for its body is refused where it would have been.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, suppress
from typing import Any

from annotools.labeled_data import LabeledData
from mockserver.annotations import bodies
from mockserver.annotations.ahead import surroundings
from mockserver.core.dispatch import operation_of, target_of
from mockserver.protocol.http import ApiError
from mockserver.protocol.large_json import LARGE, check_size, parse_large
from mockserver.protocol.schemas import UncheckedError
from mockserver.state.context import Context, Decoded

_one_at_a_time = threading.Lock()


def decoded_ahead(ctx: Context, lock: AbstractContextManager[Any]) -> Decoded | None:
    """The outcome of decoding a large JSON body, as the handler wants it; None for all other bodies.

    lock: what keeps the state as it is, taken for a moment only.
    """
    request = ctx.request
    if len(request.body) < LARGE or request.content_type != "application/json":
        return None
    with _one_at_a_time:
        try:
            return Decoded(_decode(ctx, lock))
        except Exception as error:  # the handler's to meet: it knows what answer an error becomes
            return Decoded(error=error)


def _decode(ctx: Context, lock: AbstractContextManager[Any]) -> Any:
    request = ctx.request
    check_size(request.body)
    if not operation_of(ctx).endswith("update_annotations"):
        return parse_large(request.body)
    found = bodies.read(request, bodies.action_of(request))
    if bodies.action_of(request) != "delete":
        _look_ahead(ctx, lock, found)
    return found


def _look_ahead(ctx: Context, lock: AbstractContextManager[Any], found: LabeledData) -> None:
    """Check annotations against the state as it is now; what is refused is left to the handler."""
    target, pk = operation_of(ctx).partition("_")[0].removesuffix("s"), target_of(ctx)
    with lock:
        around = surroundings(ctx, target, pk)
    if around is not None:
        with suppress(ApiError, UncheckedError):
            around.look_at(found)
            ctx.around = around
