"""Bodies that take long to decode: done before a request gets the lock that all requests share, one body at a time.

    ctx.decoded = decoded_ahead(request, lenient)      # None: small, or no JSON
    ctx.decoded.result()                               # in the handler: the value or the error

So others are answered meanwhile, and a request that is refused for its body is refused where it would have been.
"""

from __future__ import annotations

import threading

from mockserver.core.dispatch import handler_of, target_of
from mockserver.protocol.http import Request
from mockserver.protocol.large_json import LARGE, check_size, parse_large
from mockserver.rules.ahead import READERS, Lock
from mockserver.state.context import Context, Decoded

_one_at_a_time = threading.Lock()


def is_large(request: Request) -> bool:
    """Whether a request's body is decoded ahead."""
    return len(request.body) >= LARGE and request.content_type == "application/json"


def decoded_ahead(ctx: Context, lock: Lock) -> Decoded | None:
    """The outcome of decoding a large JSON body, as the handler wants it; None for all other bodies.

    lock: what keeps the state as it is, taken for a moment only.
    """
    request = ctx.request
    if not is_large(request):
        return None
    with _one_at_a_time:
        try:
            check_size(request.body)
            handler = handler_of(ctx)
            reader = READERS.get(handler) if handler else None
            return Decoded(reader(ctx, target_of(ctx), lock) if reader else parse_large(request.body))
        except Exception as error:  # the handler's to meet: it knows what answer an error becomes
            return Decoded(error=error)
