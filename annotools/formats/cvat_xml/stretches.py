"""A file cut where an <image> or a <track> begins, as far as its bytes tell: the parser, or a proof, has the last word.

<?xml ?> <annotations> <meta> .. </meta>  |  <image> .. </image> <image> .. </image>  |  <image> .. </image>  | ...
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

_IMAGE, _TRACK = b"<image ", b"<track "
_END = b"</annotations"
_MOST = 4  # times the size of a stretch, of one element that is kept to be taken as a whole


def stretches(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Parts of a file of about a size, and whether each seems to be whole elements."""
    rest = b""
    while data := stream.read(size):
        rest += data
        first, last = _bounds(rest)
        if first:
            yield rest[:first], False
        if last > first:
            yield rest[first:last], True
        rest = rest[last:]
        if len(rest) > _MOST * size:
            yield rest, False
            rest = b""
    first, last = _bounds(rest)
    last = max(rest.rfind(_END), last)
    yield rest[:first], False
    yield rest[first:last], True
    yield rest[last:], False


def _bounds(data: bytes) -> tuple[int, int]:
    """Where the first element starts and where the last does; both are the end where none does."""
    first, last = data.find(_IMAGE), data.rfind(_IMAGE)
    # The other is looked for in what is left, which is nothing in most files.
    track = data.find(_TRACK, 0, first if first >= 0 else len(data))
    last = max(last, data.rfind(_TRACK, max(last, 0)))
    starts = [place for place in (first, track) if place >= 0]
    return (min(starts), last) if starts else (len(data), len(data))
