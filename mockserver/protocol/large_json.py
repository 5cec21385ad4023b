"""Large JSON bodies in pieces, so that other threads get their turn while one is decoded.

    document = members(body)        {"version": 0, "shapes": LargeList}; None for what is not an object
    document["shapes"].pieces()     b'[{...}, ...]', b'[...]', ...
    for item in document["shapes"]  decoded when it is its turn, so that what follows an error costs nothing
    parse_large(body)               what `parse_json` gives

A decoder in C does not let go of the interpreter until it is done, which takes seconds for 100 MB. Only the search for
the borders goes through the whole at once, a second for 1.5 GB.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec
import orjson
from msgspec import Raw

from mockserver.protocol.http import detail, parse_json

LARGE = 128 * 1024
"""Bytes from which on a body is decoded in pieces."""
WINDOW, TRIES, PIECE = 64 * 1024, 16, 500
MAX_CONTAINERS = 4_000_000
_OBJECT, _LIST = msgspec.json.Decoder(dict[str, Raw]), msgspec.json.Decoder(list[Raw])
_RAW = msgspec.json.Decoder(Raw)


class LargeList:
    """A list, as JSON, whose items are decoded one piece after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def pieces(self) -> Iterator[bytes]:
        """The JSON of parts of the list."""
        start = 1
        while (end := self._border(start)) > 0:
            yield b"[%b]" % self._data[start:end]
            start = end + 1
        rest = b"[" + self._data[start:]
        if len(rest) <= 2 * WINDOW or b"{" not in rest:
            yield rest
            return
        items = _LIST.decode(rest)
        for first in range(0, len(items), PIECE):
            yield b"[" + b",".join(items[first : first + PIECE]) + b"]"

    def _border(self, start: int) -> int:
        """Where a comma follows an object of the list, about a window further on; -1 where none is easily found.

        What stands before such a comma is a list by itself; within a deeper object or a text it would not be.
        """
        end = start + WINDOW
        for _ in range(TRIES):
            end = self._data.find(b"},", end) + 1
            if not end:
                break
            with contextlib.suppress(msgspec.DecodeError, RecursionError):
                _RAW.decode(b"[%b]" % self._data[start:end])
                return end
        return -1

    def __iter__(self) -> Iterator[Any]:
        """The items, large ones unread. Raises: ApiError 400."""
        for piece in self.pieces():
            if len(piece) > 2 * WINDOW and b"{" in piece:
                yield from (_value(bytes(item)) for item in _LIST.decode(piece))
            else:
                yield from parse_json(piece)

    def __repr__(self) -> str:
        return repr(_whole(self))


def check_size(body: bytes) -> None:
    """Raises: ApiError 413 for so many objects and lists that they would not fit into memory."""
    if body.count(b"{") + body.count(b"[") > MAX_CONTAINERS:
        raise detail(413, f"a body may have {MAX_CONTAINERS} objects and lists")


def members(body: bytes) -> dict[str, Any] | None:
    """The members of an object, large ones unread; None for anything else. Raises: ApiError 400."""
    try:
        return {name: _value(bytes(value)) for name, value in _OBJECT.decode(body).items()}
    except (msgspec.DecodeError, RecursionError):
        return None


def _value(data: bytes) -> Any:
    if len(data) > LARGE and data.startswith(b"["):
        return LargeList(data)
    document = members(data) if len(data) > LARGE else None
    return parse_json(data) if document is None else document


def parse_large(body: bytes) -> Any:
    """The decoded body. Raises: ApiError 400."""
    try:
        whole = bytes(_RAW.decode(body))
    except (msgspec.DecodeError, RecursionError):
        return _parse_strictly(body)
    return _whole(_value(whole))


def _whole(value: Any) -> Any:
    if isinstance(value, LargeList):
        return [_whole(item) for item in value]
    return {name: _whole(item) for name, item in value.items()} if isinstance(value, dict) else value


def _parse_strictly(body: bytes) -> Any:
    """Without the second look of `parse_json`, which takes long, at numbers that no column could hold anyway."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise detail(400, f"JSON parse error - {error}") from None
