"""Many changes of one JSON text at once: replaced values, dropped and inserted items and keys, a new order.

Commas and white space stay as they were written.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from annotools.validate.fixing.changes import Change, Changes, Mark, Span
from annotools.validate.fixing.json_text import JsonText, NoPlaceError, unescaped

_SPACED = json.JSONEncoder(ensure_ascii=False).encode
_DENSE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Run(NamedTuple):
    """Parts that go.  start, stop: with a comma.  end: of the last of them.  leads: whether nothing is before them."""

    start: int
    stop: int
    end: int
    leads: bool


class Splice(Changes):
    """Collects changes of a JSON text.  member: whose text it is."""

    def __init__(self, text: JsonText, member: str = "") -> None:
        super().__init__(text.data)
        self.text, self.member = text, member
        self._drops: list[tuple[str, str]] = []
        self._separators: dict[int, int] = {}  # how long they are before what is inserted at a place

    def __bool__(self) -> bool:
        return super().__bool__() or bool(self._drops)

    def mark(self) -> Mark:
        """The state to go back to when a step is refused."""
        return (*super().mark(), len(self._drops))

    def back(self, mark: Mark) -> None:
        """Forget what came after a mark."""
        super().back(mark)
        del self._drops[mark[-1] :]

    # --- changes -----------------------------------------------------------------------------------------------------

    def put(self, pointer: str, value: Any) -> None:
        """Replace a value, or add the key.  Raises: ClashError, NoPlaceError."""
        span, new, separator = self.replacement(pointer, value)
        if span.start == span.stop:
            self._insert(span.start, new, separator)
            return
        self.touch(span)
        self.replace(span, new)

    def replacement(self, pointer: str, value: Any, text: bytes = b"") -> tuple[Span, bytes, int]:
        """What `put` replaces and by what, with the length of the separator where it is put behind the last key.

        text: the value as it is to be written, where that is known.  Raises: NoPlaceError.
        """
        if self.text.has(pointer):
            span = self.text.span(pointer)
            return span, text or written(value, self.text.bytes(span)), 0
        above, _, step = pointer.rpartition("/")
        last = self.text.last_member(above)
        key, text = json.dumps(unescaped(step)).encode(), text or written(value, b"")
        if last is None:
            return self.text.span(above), b"{" + key + b": " + text + b"}", 0
        colon, between = self.text.data[last.key.stop : last.value.start], self.text.separator(last)
        separator = self.text.bytes(between) if between else self._separator(above)
        return Span(last.value.stop, last.value.stop), separator + key + colon + text, len(separator)

    def rename(self, pointer: str, key: str) -> None:
        """Give a key another name."""
        above, _, step = pointer.rpartition("/")
        span = self.text.members(above)[unescaped(step)].key
        self.touch(span)
        self.replace(span, json.dumps(key).encode())

    def drop(self, pointer: str) -> None:
        """Take an item of a list or a key of an object away."""
        above, _, step = pointer.rpartition("/")
        self.touch(self.text.span(pointer))
        self._drops.append((above, step))

    def insert_behind(self, pointer: str, piece: bytes) -> None:
        """Put another item behind an item of a list."""
        self._insert(*self.behind(pointer, piece))

    def behind(self, pointer: str, piece: bytes) -> tuple[int, bytes, int]:
        """Where `insert_behind` puts what, with the length of the separator before it."""
        separator = self._separator(pointer.rpartition("/")[0])
        return self.text.span(pointer).stop, separator + piece, len(separator)

    def rewritten(self, pointer: str, values: Mapping[str, Any]) -> bytes:
        """The text of an object with some keys changed; this text stays as it is.  Raises: NoPlaceError."""
        position, stop = self.text.span(pointer)
        changes = [self.replacement(f"{pointer}/{key}", value)[:2] for key, value in values.items()]
        pieces = []
        for span, new in sorted(changes, key=lambda change: change[0]):
            pieces += [self.data[position : span.start], new]
            position = span.stop
        return b"".join([*pieces, self.data[position:stop]])

    def _insert(self, at: int, new: bytes, separator: int) -> None:
        self.insert(at, new)
        self._separators[at] = separator

    def order(self, pointer: str, order: Iterable[int]) -> None:
        """Put the items of a list into another order; item i of the new list is item order[i] of the old."""
        places = list(order)
        self.touch(self.text.span(pointer))
        for index, source in enumerate(places):
            span = self.text.item(pointer, index)
            if index != source:
                self.replace(span, self.text.bytes(self.text.item(pointer, source)))

    def _separator(self, pointer: str) -> bytes:
        """What stands between the last two parts of a list or object, else what stands before its first."""
        parts = self._last_parts(pointer)
        data = self.text.data
        if len(parts) > 1:
            return data[parts[-2].stop : parts[-1].start]
        return b"," + data[self.text.span(pointer).start + 1 : parts[0].start]

    def _last_parts(self, pointer: str) -> list[Span]:
        """The last two parts of a list or object, or the only one."""
        if not self.text.is_list(pointer):
            return self.text.last_parts(pointer)
        size = self.text.size(pointer)
        return [self.text.item(pointer, index) for index in range(max(size - 2, 0), size)]

    def _parts(self, pointer: str) -> list[Span]:
        if self.text.is_list(pointer):
            return [self.text.item(pointer, index) for index in range(self.text.size(pointer))]
        return [Span(m.key.start, m.value.stop) for m in self.text.members(pointer).values()]

    # --- what one step changes ---------------------------------------------------------------------------------------

    def since(self, mark: Mark) -> list[Change]:
        """What came after a mark as (start, stop, new bytes), in order."""
        drops: dict[str, list[str]] = {}
        for above, step in self._drops[mark[-1] :]:
            drops.setdefault(above, []).append(step)
        cuts = [cut for above, steps in drops.items() for cut in self._cuts_of(above, steps)]
        return sorted(self._changes[mark[0] :] + cuts, key=lambda change: change[:2])

    def cut(self, pointer: str) -> Change:
        """What `drop` alone changes.  Raises: NoPlaceError."""
        above, _, step = pointer.rpartition("/")
        if not self.text.has(pointer):
            raise NoPlaceError(pointer)
        return self._cuts_of(above, [step])[0]

    def cuts(self, above: str, places: Sequence[int]) -> list[Change]:
        """The same of items of a list, each alone."""
        _, before = self.text.items(above, [max(index - 1, 0) for index in places])
        _, stops = self.text.items(above, places)
        parts = zip(places, before, stops, strict=True)
        return [(start, stop, b"") if index else self.cut(f"{above}/0") for index, start, stop in parts]

    def _cuts_of(self, above: str, steps: list[str]) -> list[Change]:
        """As `_cuts`; one item of a long list is cut out without a look at the others."""
        if len(steps) > 1 or not self.text.is_list(above):
            return self._cuts(above, {unescaped(step) for step in steps})
        index = int(steps[0])
        if index:  # goes with the comma before it
            return [(self.text.item(above, index - 1).stop, self.text.item(above, index).stop, b"")]
        parts = [self.text.item(above, i) for i in range(min(self.text.size(above), 2))]
        return [(*_cut(parts, 0, 0), b"")]

    # --- the new text ------------------------------------------------------------------------------------------------

    def result(self) -> bytes:
        """The text with all changes."""
        drops: dict[str, set[str]] = {}
        for above, step in self._drops:
            drops.setdefault(above, set()).add(unescaped(step))
        changes = list(self._changes)
        firsts = {start: index for index, (start, stop, _) in reversed([*enumerate(changes)]) if start == stop}
        places, cuts = sorted(firsts), []
        for run in (run for above, steps in drops.items() for run in self._runs(above, steps)):
            following = bisect_right(places, run.start)
            at = places[following] if following < len(places) else run.end + 1
            leads = run.leads and at <= run.end  # what is inserted comes first then, without what parts it from others
            cuts.append((run.start, run.end if leads else run.stop, b""))
            if leads:
                start, stop, piece = changes[firsts[at]]
                changes[firsts[at]] = start, stop, piece[self._separators[at] :]
        return self._joined(changes + cuts)

    def _cuts(self, above: str, steps: set[str]) -> list[Change]:
        return [(run.start, run.stop, b"") for run in self._runs(above, steps)]

    def _runs(self, above: str, steps: set[str]) -> list[_Run]:
        parts = self._parts(above)
        names = [str(i) for i in range(len(parts))] if self.text.is_list(above) else list(self.text.members(above))
        runs = _runs([name in steps for name in names])
        return [_Run(*_cut(parts, first, last), parts[last].stop, first == 0) for first, last in runs]


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """First and last place of every run of true flags."""
    edges = [i for i, (one, other) in enumerate(pairwise([False, *flags, False])) if one != other]
    return [(first, last - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _cut(parts: list[Span], first: int, last: int) -> tuple[int, int]:
    """What to cut so that the parts first..last go with their commas."""
    if first:
        return parts[first - 1].stop, parts[last].stop
    if last + 1 < len(parts):
        return parts[0].start, parts[last + 1].start
    return parts[0].start, parts[last].stop


def written(value: Any, old: bytes) -> bytes:
    """A value as JSON; whole numbers without a point where the old text had none."""
    plain = _plain(value) if b"." not in old and old else value
    spaced = b", " in old or not old or b"," not in old
    return (_SPACED if spaced else _DENSE)(plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
