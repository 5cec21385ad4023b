"""How often nobody in particular may ask: 100 times a minute, then 429 until the first of these is a minute old.

Only the dialect `real` counts; a test suite that logs in with every test would stumble over it.
"""

from __future__ import annotations

import math
from datetime import timedelta

from mockserver.protocol.http import detail
from mockserver.state.context import Context

PER_MINUTE, _MINUTE = 100, timedelta(minutes=1)


def count_anonymous(ctx: Context) -> None:
    """Note a request of nobody's. Raises: ApiError 429."""
    if ctx.config.lenient:
        return
    now, seen = ctx.env.clock.now(), ctx.env.anonymous
    while seen and now - seen[0] >= _MINUTE:
        seen.popleft()
    if len(seen) >= PER_MINUTE:
        seconds = math.ceil((seen[0] + _MINUTE - now).total_seconds())
        text = f"Request was throttled. Expected available in {seconds} second{'s' if seconds != 1 else ''}."
        raise detail(429, text, [("Retry-After", str(seconds))])
    seen.append(now)
