"""A document into undecoded pieces, and what can be saved of a damaged one.

Decoding a whole document at once takes six to ten times its size in memory; its pieces, decoded a few thousand at a
time and let go, take next to none.  A document that is not JSON as a whole is cut along its brackets instead: every
piece that is complete is kept, and the places where it goes wrong are reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from functools import cache
from typing import Any, Literal, overload

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.kernel.jsonfile import UNDECODABLE, is_not_utf8
from annotools.formats.kernel.text_pages import Text
from annotools.storage.limits import check_json

LISTS = ("tags", "shapes", "tracks", "intervals")
Piece = Any  # bytes or msgspec.Raw: whatever has the buffer of one JSON value
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s"\[\]{},:]+|"', re.DOTALL)
_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|%b)*+([\[\]{}]?)' % _TEXT, re.DOTALL)  # the next one, or where there is none
_DEEPER = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}

_SHALLOW = 4  # brackets below which it is worth to look for values that are whole
_BLANK = re.compile(rb"\s*+")
_BOM = b"\xef\xbb\xbf"


@cache
def _patterns(levels: int = 20) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """The patterns of one value of a list, and of some in a row.  levels: what is nested deeper is none."""
    value = inner = b""
    for _ in range(levels):
        value = rb'[\[{](?:[^"\[\]{}]++|%b%b)*+[\]}]' % (_TEXT, inner)
        inner = b"|" + value
    value = rb'%b|%b|[^\s"\[\]{},:]++' % (value, _TEXT)
    return re.compile(rb"[\s,:]*+(%b)" % value, re.DOTALL), re.compile(rb"(?:[\s,:]*+(?:%b))*+" % value, re.DOTALL)


class LabeledPieces(msgspec.Struct, gc=False):
    """The lists of a LabeledData, undecoded."""

    tags: list[msgspec.Raw] = []
    shapes: list[msgspec.Raw] = []
    tracks: list[msgspec.Raw] = []
    intervals: list[msgspec.Raw] = []


class KnownPieces(LabeledPieces, gc=False, forbid_unknown_fields=True):
    """The same where nothing else is there."""

    version: Literal[0] = 0


class Span(msgspec.Struct, frozen=True):
    """A value between two places of a text.  whole: whether it ends where it should.  many: it is several, in a row."""

    start: int
    stop: int
    whole: bool = True
    many: bool = False


def split_labeled(data: Piece, pointer: str, problems: Problems) -> tuple[dict[str, list[Piece]], Problem | None]:
    """The undecoded items of each list of a LabeledData; and what is wrong if nobody finds it in a piece."""
    try:
        pieces = msgspec.json.decode(data, type=LabeledPieces)
    except UNDECODABLE as error:
        text = bytes(data)
        return _saved_lists(text, pointer, problems), _decoder_fault(text, pointer, problems, error)
    lists = {name: getattr(pieces, name) for name in LISTS}
    return lists, None if any(lists.values()) else _foreign(data, pointer, problems)


def split_known(data: Piece) -> dict[str, list[Piece]] | None:
    """The undecoded items of each list of a LabeledData that has its lists and version 0, and nothing else."""
    try:
        pieces = msgspec.json.decode(data, type=KnownPieces)
    except UNDECODABLE:
        return None
    return {name: getattr(pieces, name) for name in LISTS}


def split_list(data: bytes, problems: Problems) -> tuple[list[Piece], Problem | None]:
    """The undecoded items of a list; and what is wrong if nobody finds it in a piece."""
    try:
        return list(msgspec.json.decode(data, type=list[msgspec.Raw])), None
    except UNDECODABLE as error:
        return _saved_items(data, "", problems), _decoder_fault(data, "", problems, error)


@overload
def plain_text(data: bytes, problems: Problems) -> bytes | None: ...


@overload
def plain_text(data: Text, problems: Problems) -> Text | None: ...


def plain_text(data: Text, problems: Problems) -> Text | None:
    """UTF-8 without a byte order mark; None, and a problem, for an empty file and other encodings.

    Raises: LimitError for more lists and objects than can be held.
    """
    check_json(problems.file, data)
    if data[:4].count(0) >= 2 or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.add("is UTF-16 or UTF-32", expected="UTF-8")
        return None
    data = data[len(_BOM) :] if data[: len(_BOM)] == _BOM else data
    if _BLANK.fullmatch(data):
        problems.add("is empty", expected="JSON")
        return None
    return data


def _saved_lists(data: bytes, pointer: str, problems: Problems) -> dict[str, list[Piece]]:
    lists: dict[str, list[Piece]] = {name: [] for name in LISTS}
    if not data.lstrip().startswith(b"{"):
        problems.add(f"is {_kind(data)}", pointer=pointer, expected="an object with tags, shapes and tracks")
        return lists
    for key, span in _members(data, problems, pointer):
        if key in lists:
            lists[key] = _saved_items(data[span.start : span.stop], f"{pointer}/{key}", problems)
        elif not span.whole:
            problems.add("ends in the middle", pointer=f"{pointer}/{key}", line=_line(data, span.start))
    return lists


def _saved_items(data: bytes, pointer: str, problems: Problems) -> list[Piece]:
    """The complete items of a list that may be damaged."""
    if not data.lstrip().startswith(b"["):
        problems.add(f"is {_kind(data)}", pointer=pointer, expected="a list")
        return []
    items: list[Piece] = []
    one, _ = _patterns()
    for span in _values(data, data.index(b"[") + 1, problems, pointer, listed=True):
        if span.many:
            items += one.findall(data, span.start, span.stop)
        elif span.whole:
            items.append(data[span.start : span.stop])
        else:
            problems.add("ends in the middle", pointer=f"{pointer}/{len(items)}")
    return items


def _foreign(data: Piece, pointer: str, problems: Problems) -> Problem | None:
    """An object without rows may be of another kind altogether; an empty one is none."""
    try:
        keys = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).keys()
    except UNDECODABLE as error:  # in a key that nobody looked at so far
        return _decoder_fault(bytes(data), pointer, problems, error)
    if not keys or keys & {"version", *LISTS}:
        return None
    message = f"has only {', '.join(sorted(keys))[:60]}"
    return Problem(message, problems.file, pointer=pointer, expected=", ".join(LISTS))


def _decoder_fault(data: bytes, pointer: str, problems: Problems, error: Exception) -> Problem:
    """The decoder's own words."""
    at = re.search(r"byte (\d+)", str(error))
    message = f"is not JSON: {str(error).lower()}"
    if isinstance(error, RecursionError):
        message = "is nested too deep"
    elif is_not_utf8(error):
        message = "is not UTF-8"
    return Problem(message, problems.file, _line(data, int(at[1])) if at else None, pointer)


def _members(data: bytes, problems: Problems, pointer: str) -> Iterator[tuple[str, Span]]:
    """Keys and values of an object, as far as they can be told apart."""
    start = data.index(b"{") + 1
    key: str | None = None
    for span in _values(data, start, problems, pointer):
        text = data[span.start : span.stop]
        if key is not None:
            yield key, span
            key = None
        elif text.startswith(b'"') and span.whole:
            key = _text(text)
        else:
            problems.add("something stands where a key should", pointer=pointer, line=_line(data, span.start))


def _text(token: bytes) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.decode("utf-8", "replace")


def _values(data: bytes, start: int, problems: Problems, pointer: str, *, listed: bool = False) -> Iterator[Span]:
    """The values inside of one pair of brackets.  listed: of a list, of which many in a row are one span."""
    at: int | None = start
    _, some = _patterns()
    while at is not None:
        stop = some.match(data, at).end() if listed else at  # type: ignore[union-attr]  # nothing is one, too
        if stop > at:
            yield Span(at, stop, many=True)
        at = yield from _counted(data, stop, problems, pointer, listed=listed)


def _counted(
    data: bytes, start: int, problems: Problems, pointer: str, *, listed: bool
) -> Generator[Span, None, int | None]:  # fmt: skip
    """The values inside of one pair of brackets, by counting brackets.

    listed: only up to the end of the first one, where it goes on then; None at the end of all.
    """
    depth, opened, at, some = 0, start, start, _patterns()[1]
    while token := _TOKEN.search(data, at):
        at = token.end()
        mark = data[token.start() : token.start() + 1]
        if mark == b'"' and at - token.start() == 1:
            break  # a text without an end
        if mark in b"[{":
            opened = opened if depth else token.start()
            depth += 1
            at = some.match(data, at).end() if depth < _SHALLOW else _closed(data, at)  # type: ignore[union-attr]
            depth -= depth == _SHALLOW  # it is closed again
        elif mark in b"]}":
            depth -= 1
            if depth < 0:
                _after(data, token.end(), problems, pointer)
                return None
            if depth == 0:
                yield Span(opened, token.end())
                if listed:
                    return token.end()
        elif depth == 0 and mark not in b",:":
            yield Span(token.start(), token.end())
    if depth:
        yield Span(opened, len(data), whole=False)  # whoever takes it says so
    else:
        problems.add("ends too early", pointer=pointer, expected="the closing bracket")
    return None


def _closed(data: bytes, at: int) -> int:
    """Where a bracket is closed, inside of which a place is, however deep it goes there; the end if nowhere."""
    depth = 1
    for token in _BRACKET.finditer(data, at):
        if not token[1]:
            break  # the end, or a text without one
        depth += _DEEPER[token[1]]
        if depth == 0:
            return token.end()
    return len(data)


def _after(data: bytes, end: int, problems: Problems, pointer: str) -> None:
    if data[end:].strip():
        problems.add("continues after its end", pointer=pointer, line=_line(data, end), expected="one JSON value")


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _kind(data: bytes) -> str:
    """What a JSON value is, for people."""
    first = data.lstrip()[:1]
    words = {b"[": "a list", b"{": "an object", b'"': "text", b"n": "null", b"t": "true", b"f": "false"}
    return words.get(first, "a number" if first.isdigit() or first == b"-" else "no JSON")
