"""Where the values of a JSON text stand: byte spans of JSON pointers, found without decoding what is beside the way.

    text = JsonText(b'{"shapes": [{"points": [1, 2]}]}')
    text.span("/shapes/0/points")       # Span(23, 29)

Lists and objects on the way are split by msgspec into undecoded pieces, which are views of the text, so their address
says where they stand; a list of 72,000 shapes is split once, and where all its items stand follows from how long they
are and what parts them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

import msgspec
import numpy as np

from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.validate.fixing.changes import Span

_SPACE = b" \t\r\n"
_BLANKS = np.frombuffer(_SPACE, np.uint8)
_ENDS = " \t\r\n,}"  # what may stand behind a value of an object
_BEHIND = _ENDS.encode()
_DECODER = json.JSONDecoder()
_MANY = 16  # items of a list from which on where all of them stand is found at once
_WINDOW = 64  # bytes of a value that are looked at first
_LONG = 256  # bytes from which on a value is asked where it stands: that takes longer than to compare a short one
_GAP = re.compile(rb"[ \t\r\n,]*")
_KEY = re.compile(rb'\s*+,?\s*+("(?:[^"\\]++|\\.)*+")\s*+:\s*+', re.DOTALL)


class Member(msgspec.Struct, frozen=True):
    """A key of an object with its value."""

    key: Span
    value: Span


class NoPlaceError(LookupError):
    """A pointer leads nowhere."""


class JsonText:
    """A JSON text whose values can be found.  Raises: NoPlaceError when it, or what is asked for, is not JSON."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._base = _address(data) if data else 0
        start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self._spans: dict[str, Span] = {"": _stripped(data, start)}
        self._items: dict[str, Sequence[Any]] = {}
        self._starts: dict[str, list[int]] = {}  # of the items of a list
        self._members: dict[str, dict[str, Member]] = {}
        self._values: tuple[str, dict[str, Any]] = ("\0", {})  # of the object that was asked for last
        _decoded(self.bytes(self._spans[""]), msgspec.Raw, "")

    def bytes(self, span: Span) -> bytes:
        """The text of a span."""
        return self.data[span.start : span.stop]

    def value(self, pointer: str) -> Any:
        """What stands at a pointer, decoded."""
        try:
            return json.loads(self.bytes(self.span(pointer)))
        except (ValueError, RecursionError) as error:
            raise NoPlaceError(pointer) from error

    def has(self, pointer: str) -> bool:
        """Whether something stands at a pointer."""
        above, _, step = pointer.rpartition("/")
        try:
            if pointer in self._spans or above in self._items or self.is_list(above):
                return pointer in self._spans or (step.isdecimal() and int(step) < self.size(above))
            return unescaped(step) in self._values_of(above)
        except NoPlaceError:
            return False

    def span(self, pointer: str) -> Span:
        """Where the value at a pointer stands.  Raises: NoPlaceError."""
        span = self._spans.get(pointer)
        if span is None:
            above, _, step = pointer.rpartition("/")
            span = self._spans[pointer] = self._step(above, step)
        return span

    def _step(self, above: str, step: str) -> Span:
        if above in self._items or self.is_list(above):
            if not step.isdecimal() or int(step) >= self.size(above):
                raise NoPlaceError(f"{above}/{step}")
            return self.item(above, int(step))
        raw = self._values_of(above).get(unescaped(step))
        if raw is None:
            raise NoPlaceError(f"{above}/{step}")
        return self._where(raw)

    def _values_of(self, pointer: str) -> dict[str, Any]:
        """The undecoded values of an object; of a key that is there twice the last, as every decoder has it."""
        if self._values[0] != pointer:
            span = self.span(pointer)
            if self.data[span.start : span.start + 1] != b"{":
                raise NoPlaceError(pointer)
            view = memoryview(self.data)[span.start : span.stop]
            self._values = pointer, _decoded(view, dict[str, msgspec.Raw], pointer)
        return self._values[1]

    def is_list(self, pointer: str) -> bool:
        """Whether a list stands at a pointer."""
        start = self.span(pointer).start
        return self.data[start : start + 1] == b"["

    def size(self, pointer: str) -> int:
        """The number of items of a list."""
        return len(self._pieces(pointer))

    def item(self, pointer: str, index: int) -> Span:
        """Where an item of a list stands."""
        if pointer not in self._starts:
            self._starts[pointer] = self._starts_of(pointer)
        start = self._starts[pointer][index]
        return Span(start, start + len(self._pieces(pointer)[index]))

    def places_of(self, pointers: Sequence[str]) -> tuple[str, list[int]] | None:
        """The list of which all pointers are items, and their places there; None for other pointers."""
        above = pointers[0].rpartition("/")[0] if pointers else ""
        steps = [pointer[len(above) + 1 :] if pointer.startswith(above) else "" for pointer in pointers]
        if not above or not all(map(str.isdecimal, steps)) or not self.has(above) or not self.is_list(above):
            return None
        places = list(map(int, steps))
        return (above, places) if max(places) < self.size(above) else None

    def items(self, pointer: str, places: Sequence[int]) -> tuple[list[int], list[int]]:
        """Where some items of a list, at least one, start and stop."""
        self.item(pointer, places[0])
        every, pieces = self._starts[pointer], self._pieces(pointer)
        starts = [every[index] for index in places]
        return starts, [start + len(pieces[index]) for start, index in zip(starts, places, strict=True)]

    def _starts_of(self, pointer: str) -> list[int]:
        """Where the items of a list begin."""
        pieces, start = self._pieces(pointer), self.span(pointer).start + 1
        if len(pieces) >= _MANY and (starts := self._equally_far(pieces)) is not None:
            return starts
        starts = []
        for piece in pieces:
            starts.append(_GAP.match(self.data, start).end())  # type: ignore[union-attr]  # it matches anything
            start = starts[-1] + len(piece)
        return starts

    def _equally_far(self, pieces: Sequence[Any]) -> list[int] | None:
        """Where the items of a list begin that have the same between all of them; None for another list."""
        first, behind = self._where(pieces[0]), self._where(pieces[1]).start
        between = np.frombuffer(self.data[first.stop : behind], np.uint8)
        sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
        starts = first.start + np.cumsum(sizes + len(between)) - sizes - len(between)
        if starts[-1] != self._where(pieces[-1]).start:
            return None
        text, gaps = np.frombuffer(self.data, np.uint8), (starts + sizes)[:-1, None] + np.arange(len(between))
        same = (text[gaps] == between).all() and not np.isin(text[starts], _BLANKS).any()
        return starts.tolist() if same else None

    def _where(self, raw: Any) -> Span:
        """Where an undecoded piece stands, which is a view of the text."""
        piece = np.frombuffer(raw, np.uint8)
        start = piece.__array_interface__["data"][0] - self._base
        return Span(start, start + len(piece))

    def _pieces(self, pointer: str) -> Sequence[Any]:
        pieces = self._items.get(pointer)
        if pieces is None:
            span = self.span(pointer)
            view = memoryview(self.data)[span.start : span.stop]
            pieces = self._items[pointer] = _decoded(view, list[msgspec.Raw], pointer)
        return pieces

    def members(self, pointer: str) -> dict[str, Member]:
        """The keys of an object; of a key that is there twice the last, as every decoder has it."""
        if pointer not in self._members:
            self._members[pointer] = self._scan(self._values_of(pointer), self.span(pointer))
        return self._members[pointer]

    def last_member(self, pointer: str) -> Member | None:
        """The last key of an object, found without a look at the others where it has nothing escaped."""
        values, stop = self._values_of(pointer), self.span(pointer).stop - 1
        if not values:
            return None
        name, raw = next(reversed(values.items()))
        while self.data[stop - 1] in _SPACE:
            stop -= 1
        value = Span(stop - len(raw), stop)
        if self.data[value.start : stop] != bytes(raw) or (key := self._key_before(name, value)) is None:
            value = self._where(raw)
            key = self._key_before(name, value)
        return Member(key, value) if key else list(self.members(pointer).values())[-1]

    def _key_before(self, name: str, value: Span) -> Span | None:
        """Where the key of a value stands, None where it is another one or has something escaped."""
        stop = self.data.rfind(b'"', 0, value.start) + 1
        key = b'"%s"' % name.encode("utf-8", "surrogatepass")
        is_it = self.data[stop - len(key) : stop] == key and self.data[stop : value.start].strip(_SPACE) == b":"
        return Span(stop - len(key), stop) if is_it else None

    def separator(self, member: Member) -> Span | None:
        """What stands between the value before and a key; None where that is long or there is no other."""
        before = self.data[max(member.key.start - _WINDOW, 0) : member.key.start]
        bare = before.rstrip(_SPACE)
        bare = bare[:-1].rstrip(_SPACE) if bare.endswith(b",") else b""
        return Span(member.key.start - len(before) + len(bare), member.key.start) if bare else None

    def last_parts(self, pointer: str) -> list[Span]:
        """Where the last two values of an object end, or the only one; the last begins with its key."""
        last = self.last_member(pointer)
        if last is None:
            return []
        before = [self._where(raw) for raw in islice(reversed(self._values_of(pointer).values()), 1, 2)]
        return [*before, Span(last.key.start, last.value.stop)]

    def _scan(self, values: dict[str, Any], span: Span) -> dict[str, Member]:
        members, position = {}, span.start + 1
        while key := _KEY.match(self.data, position):
            name = _key_name(key[1])
            start = key.end()
            position = self._end(start, values[name], span.stop)
            members[name] = Member(Span(*key.span(1)), Span(start, position))
        return members

    def _end(self, start: int, raw: Any, last: int) -> int:
        """Where the value at `start` ends, which is this one unless its key is there twice.  last: of the object."""
        value = memoryview(raw)
        stop = start + value.nbytes
        if value.nbytes > _LONG:
            stands_here = self._where(raw).start == start
        else:
            stands_here = self.data[start:stop] == value and self.data[stop] in _BEHIND
        return stop if stands_here else _value_end(self.data, start, last)


def _decoded(text: Any, kind: Any, pointer: str) -> Any:
    """A part of the text as what it should be.  Raises: NoPlaceError."""
    try:
        return msgspec.json.decode(text, type=kind)
    except UNDECODABLE as error:
        raise NoPlaceError(pointer) from error


def _key_name(text: bytes) -> str:
    """A key as written, with its quotes; most have nothing escaped."""
    name: str = json.loads(text) if b"\\" in text else text[1:-1].decode()
    return name


def _address(buffer: Any) -> int:
    address: int = np.frombuffer(buffer, np.uint8).__array_interface__["data"][0]
    return address


def _stripped(data: bytes, start: int) -> Span:
    stop = len(data)
    while stop > start and data[stop - 1] in _SPACE:
        stop -= 1
    while start < stop and data[start] in _SPACE:
        start += 1
    return Span(start, stop)


def _value_end(data: bytes, start: int, last: int) -> int:
    """The end of a value by decoding it, from as much of the text as that takes.  Raises: NoPlaceError."""
    size = _WINDOW
    while True:
        text = data[start : min(start + size, last)].decode("utf-8", "surrogateescape")
        try:
            _, chars = _DECODER.raw_decode(text)
        except ValueError:
            chars = len(text)  # it is cut
        except RecursionError as error:
            raise NoPlaceError("") from error
        if chars < len(text) and text[chars] in _ENDS:  # or it is a number that is cut
            return start + len(text[:chars].encode("utf-8", "surrogateescape"))
        if start + size >= last:
            raise NoPlaceError("")
        size *= 4


def unescaped(step: str) -> str:
    """A step of a pointer as a key."""
    return step.replace("~1", "/").replace("~0", "~")
