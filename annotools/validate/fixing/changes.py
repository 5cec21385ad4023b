"""Changes of a text by the byte, collected in steps, one a fix.

A step that touches what an earlier one has touched is refused as a whole and comes again in the next pass.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Span(NamedTuple):
    """Bytes start..stop of the text."""

    start: int
    stop: int


class ClashError(Exception):
    """Two fixes touch the same bytes."""


class CannotError(Exception):
    """The input has no place for an edit."""


Mark = tuple[int, ...]
Change = tuple[int, int, bytes]  # start, stop, new bytes


class OneFix:
    """Tells what a fix changes where nothing else is changed, by a change that is taken back."""

    apply: Any
    marks: Any
    since: Any
    back: Any

    def alone(self, edits: Sequence[Any]) -> Mapping[str, list[Change]]:
        """The changes by member.  Raises: CannotError, ClashError, NoPlaceError and what reading may raise."""
        marks = self.marks()
        try:
            for edit in edits:
                self.apply(edit)
            changes: Mapping[str, list[Change]] = self.since(marks)
            return changes
        finally:
            self.back(marks)


class Changes:
    """Collects changes of a text."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._changes: list[tuple[int, int, bytes]] = []
        self._touched: list[Span] = []  # sorted, apart from each other
        self._touched_last: list[Span] = []  # in the order they came
        self._step: set[Span] = set()  # since the last mark

    def __bool__(self) -> bool:
        return bool(self._changes)

    def mark(self) -> Mark:
        """The state to go back to when a step is refused."""
        self._step = set()
        return len(self._changes), len(self._touched_last)

    def back(self, mark: Mark) -> None:
        """Forget what came after a mark."""
        del self._changes[mark[0] :]
        for span in self._touched_last[mark[1] :]:
            del self._touched[bisect_left(self._touched, span)]
        del self._touched_last[mark[1] :]

    def since(self, mark: Mark) -> list[tuple[int, int, bytes]]:
        """What came after a mark as (start, stop, new bytes), in order."""
        return sorted(self._changes[mark[0] :], key=lambda change: change[:2])

    def touch(self, span: Span, again: bool = False) -> None:
        """again: several changes of one step may meet here.  Raises: ClashError when somebody was there before."""
        if again and span in self._step:
            return
        self._step.add(span)
        index = bisect_left(self._touched, span)
        for start, stop in self._touched[max(index - 1, 0) : index + 1]:
            if (start < span.stop and span.start < stop) or (start, stop) == span:
                raise ClashError
        self._touched.insert(index, span)
        self._touched_last.append(span)

    def replace(self, span: Span, new: bytes) -> None:
        """Put other bytes in place of a span, which the step has touched."""
        self._changes.append((span.start, span.stop, new))

    def exchange(self, span: Span, new: bytes) -> None:
        """Put bytes in place of a span, or between two where it has none.  Raises: ClashError."""
        if span.start == span.stop:
            self.insert(span.start, new)
            return
        self.touch(span)
        self.replace(span, new)

    def insert(self, at: int, new: bytes) -> None:
        """Put bytes behind what ends there; several of one step stand in their order.  Raises: ClashError."""
        self.touch(Span(at, at + 1), again=True)
        self._changes.append((at, at, new))

    def result(self) -> bytes:
        """The text with all changes."""
        return self._joined(self._changes)

    def _joined(self, changes: Iterable[tuple[int, int, bytes]]) -> bytes:
        pieces, position = [], 0
        for start, stop, new in sorted(changes, key=lambda change: change[:2]):
            pieces += [self.data[position:start], new]
            position = max(position, stop)
        return b"".join([*pieces, self.data[position:]])
