"""Range requests on a whole answer. Source: RFC 9110, section 14.

bytes=0-9 | bytes=10- | bytes=-5  ->  206 with Content-Range; beyond the end 416; another unit 200
"""

from __future__ import annotations

import re

from mockserver.protocol.http import Request, Response, sentence
from mockserver.protocol.numerals import MAX_DIGITS

_RANGE = re.compile(rf"bytes=([0-9]{{0,{MAX_DIGITS}}})-([0-9]{{0,{MAX_DIGITS}}})\Z")


def partial(request: Request, response: Response) -> Response:
    """The part that the client asked for. Raises: ApiError 400 for an unreadable or multiple range."""
    wanted = request.headers.get("range", "").replace(" ", "")
    if not wanted.startswith("bytes"):
        return response
    match = _RANGE.match(wanted)
    if not match or match[1] == match[2] == "":
        raise sentence(400, "Invalid Range header")
    total = len(response.body)
    first = int(match[1]) if match[1] else max(0, total - int(match[2]))
    last = min(int(match[2]) if match[1] and match[2] else total - 1, total - 1)
    if first > last:
        return Response(416, [("Content-Range", f"bytes */{total}"), ("Content-Type", "text/html")])
    headers = [*response.headers, ("Content-Range", f"bytes {first}-{last}/{total}")]
    return Response(206, headers, response.body[first : last + 1])
