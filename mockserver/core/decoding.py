"""Bodies that take long to decode: done before a request gets the lock that all requests share, one body at a time.

    ctx.decoded = decoded_ahead(request, lenient)      # None: small, or no JSON
    ctx.decoded.result()                               # in the handler: the value or the error

So others are answered meanwhile, and a request that is refused for its body is refused where it would have been.
"""

from __future__ import annotations

import threading
from typing import Any

from mockserver.annotations import bodies
from mockserver.core.dispatch import operation_of
from mockserver.protocol.large_json import LARGE, check_size, parse_large
from mockserver.state.context import Context, Decoded

_one_at_a_time = threading.Lock()


def decoded_ahead(ctx: Context) -> Decoded | None:
    """The outcome of decoding a large JSON body, as the handler wants it; None for all other bodies."""
    request = ctx.request
    if len(request.body) < LARGE or request.content_type != "application/json":
        return None
    with _one_at_a_time:
        try:
            return Decoded(_decode(ctx))
        except Exception as error:  # the handler's to meet: it knows what answer an error becomes
            return Decoded(error=error)


def _decode(ctx: Context) -> Any:
    request = ctx.request
    check_size(request.body)
    if operation_of(ctx).endswith("update_annotations"):
        return bodies.read(request, bodies.action_of(request))
    return parse_large(request.body)
