"""Answers packed with gzip, as the real server packs them for clients that say they can unpack it.

The lenient dialect leaves answers as they are. Files to save and parts of files are never packed.
Source: https://docs.djangoproject.com/en/stable/ref/middleware/#module-django.middleware.gzip
"""

from __future__ import annotations

import gzip
import re

from mockserver.protocol.http import Request, Response

LEAST = 200
_GZIP = re.compile(r"\bgzip\b")
_LEFT_ALONE = {"content-encoding", "content-range", "content-disposition"}


def can_be_packed(response: Response) -> bool:
    """Whether the real server would look at what the client can unpack."""
    return len(response.body) >= LEAST and not any(name.lower() in _LEFT_ALONE for name, _ in response.headers)


def packed(request: Request, response: Response) -> Response:
    """The answer as it goes out: packed if the client takes that and it gets shorter."""
    if not _GZIP.search(request.headers.get("accept-encoding", "")) or not can_be_packed(response):
        return response
    body = gzip.compress(response.body, compresslevel=1, mtime=0)
    if len(body) >= len(response.body):
        return response
    return Response(response.status, [*response.headers, ("Content-Encoding", "gzip")], body, response.wire)
