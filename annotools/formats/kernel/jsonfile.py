"""JSON of a member: parsed whole or left in undecoded pieces, with places for problems; and written.

    value = read(source, "a.json", problems)            None, and a problem with its line, for what is none
    pieces = fields(data, ...)                          {"images": Raw, ...}   undecoded, decoded when wanted
    for first, part in chunks(list_of(piece)): ...      a few thousand undecoded items at a time
    text = dumped(value)                                of any value that a file can say

NaN and Infinity are no JSON, but are written by many tools: they read as null, so that the row they stand in is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import orjson

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.text_pages import Text
from annotools.progress import BYTES, tell
from annotools.storage import Source

CHUNK = 4096
CHUNK_BYTES = 1 << 20
UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_CONSTANT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|-?\bInfinity\b|\bNaN\b')  # a text without an end goes on to the end
_BOM = b"\xef\xbb\xbf"
_PIECES: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])
_PLACE = re.compile(r"\(byte (\d+)\)")


def read(source: Source, name: str, problems: Problems, kind: Any = Any) -> Any:
    """The value of a member.  kind: a type of msgspec's that it must have."""
    data = member_text(source, name, problems)
    return None if data is None else decode(data, name, problems, kind)


def member_text(source: Source, name: str, problems: Problems) -> bytes | None:
    """The UTF-8 text of a member without a byte order mark; None, and a problem, where there is none."""
    try:
        data = source.read(name)
    except InputError as error:
        problems.extend(error.problems)
        return None
    if data[:4].count(0) >= 2 or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.append(Problem("is UTF-16 or UTF-32", name, expected="JSON in UTF-8"))
        return None
    if not data.removeprefix(_BOM).strip():
        problems.append(Problem("is empty", name, expected="JSON"))
        return None
    return data.removeprefix(_BOM)


def decode(data: Text | msgspec.Raw, name: str, problems: Problems, kind: Any = Any, pointer: str = "") -> Any:
    """A value of a kind; None, and a problem, for what is none."""
    try:
        return msgspec.json.decode(data, type=kind)
    except UNDECODABLE as error:
        first = error
    mended = _CONSTANT.sub(lambda match: match[0] if match[0].startswith(b'"') else b"null", bytes(data))
    try:
        return msgspec.json.decode(mended, type=kind)
    except UNDECODABLE:
        position = _PLACE.search(str(first))
        line = bytes(data).count(b"\n", 0, int(position[1])) + 1 if position and not pointer else None
        problems.append(Problem(reason_of(first), name, line, pointer, expected="JSON"))
        return None


def reason_of(error: BaseException) -> str:
    """What a decoder said, as a sentence without its capital."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if is_not_utf8(error):
        return "is not UTF-8"
    message = str(error)
    return f"is not JSON: {message if message[1:2].isupper() else message[:1].lower() + message[1:]}"


def is_not_utf8(error: BaseException) -> bool:
    """Whether a decoder met bytes that are not UTF-8: an error of Python's, from msgspec 0.23 on one of its own."""
    return isinstance(error, UnicodeDecodeError) or "invalid utf-8" in str(error).lower()


def fields(data: bytes, name: str, problems: Problems) -> dict[str, msgspec.Raw]:
    """The undecoded values of an object by key; none, and a problem, for what is not an object."""
    values = decode(data, name, problems, dict[str, msgspec.Raw])
    return values if isinstance(values, dict) else {}


def items(piece: msgspec.Raw | bytes, name: str, pointer: str, problems: Problems) -> list[msgspec.Raw]:
    """The undecoded items of a list; none, and a problem, for what is not a list."""
    values = decode(piece, name, problems, list[msgspec.Raw] | None, pointer)
    return values if isinstance(values, list) else []


def chunks(pieces: Sequence[msgspec.Raw]) -> Iterator[tuple[int, Sequence[msgspec.Raw]]]:
    """Undecoded items, some at a time, with the place of each chunk's first."""
    ends = np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)))
    start, before = 0, 0
    while start < len(ends):
        stop = int(np.searchsorted(ends, before + CHUNK_BYTES)) + 1
        stop = min(stop, start + CHUNK, len(ends))
        yield start, pieces[start:stop]
        start, before = stop, int(ends[stop - 1])
        tell(before, int(ends[-1]), BYTES)


def dumped(value: Any, option: int = 0) -> bytes:
    """A value as JSON, whatever a file said: the quick writer refuses whole numbers of more than 64 bits and lists in
    254 others."""
    try:
        return orjson.dumps(value, option=option)
    except orjson.JSONEncodeError:
        text = msgspec.json.encode(value, enc_hook=_fragment)
        return msgspec.json.format(text) if option & orjson.OPT_INDENT_2 else text


def dumped_each(values: Iterable[Any]) -> list[bytes]:
    """Each of some values as JSON, all written at once.

    The quick writer begins each text with a kilobyte, and of what is cut off from it little can be used again: 100,000
    objects that are kept took 400 MB, and half of the time.
    """
    return list(map(bytes, _PIECES.decode(dumped(list(values)))))


def _fragment(value: Any) -> msgspec.Raw:
    """What the quick writer alone can write: a piece of JSON as it is, and arrays."""
    return msgspec.Raw(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))


def pieces_of(value: Any) -> Iterable[bytes]:
    """A document to be read by people: indented, and a line feed at its end."""
    return [dumped(value, orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY), b"\n"]
