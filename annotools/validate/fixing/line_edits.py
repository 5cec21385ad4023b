"""Edits of members that are lines of text, by the byte, and of where members lie.

PutBytes("labels/a.txt", 4, 7, b"1.0")
PutAll("labels/a.txt", rb"\\r\\n?", rb"\\n")
Move("images/a.txt", "labels/a.txt")
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import singledispatchmethod
from typing import Any

from annotools.storage import Source
from annotools.validate.edits import Edit, Move, PutAll, PutBytes
from annotools.validate.fixing.changes import CannotError, Changes, ClashError, Span


class LineEdits:
    """Applies edits to the members of an input of lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._texts: dict[str, Changes] = {}
        self._moves: dict[str, str] = {}

    def results(self) -> Mapping[str, bytes | None]:
        """The members that changed; None for one that is not there any more."""
        changed = {member for member, text in self._texts.items() if text} | self._moves.keys()
        found: dict[str, bytes | None] = dict.fromkeys(self._moves)
        return found | {self._moves.get(member, member): self._text(member).result() for member in sorted(changed)}

    def marks(self) -> tuple[dict[str, Any], dict[str, str]]:
        """The state to go back to when a fix is refused."""
        return {member: text.mark() for member, text in self._texts.items()}, dict(self._moves)

    def back(self, marks: tuple[Mapping[str, Any], dict[str, str]]) -> None:
        """Forget what came after."""
        for member, text in self._texts.items():
            text.back(marks[0].get(member, (0, 0)))
        self._moves = dict(marks[1])

    def since(self, marks: tuple[Mapping[str, Any], dict[str, str]]) -> dict[str, list[tuple[int, int, bytes]]]:
        """What came after some marks, by member, as (start, stop, new bytes)."""
        found = {member: text.since(marks[0].get(member, (0, 0))) for member, text in self._texts.items()}
        return {member: changes for member, changes in found.items() if changes}

    def _text(self, member: str) -> Changes:
        if member not in self._texts:
            self._texts[member] = Changes(self._source.read(member))
        return self._texts[member]

    @singledispatchmethod
    def apply(self, edit: Edit) -> None:
        """Apply one edit.  Raises: CannotError, ClashError."""
        raise CannotError("rows of this format cannot be changed in place")

    @apply.register
    def _put_bytes(self, edit: PutBytes) -> None:
        text = self._text(edit.member)
        if edit.start == edit.stop:
            text.insert(edit.start, edit.data)
            return
        span = Span(edit.start, edit.stop)
        text.touch(span)
        text.replace(span, edit.data)

    @apply.register
    def _put_all(self, edit: PutAll) -> None:
        text = self._text(edit.member)
        for match in re.finditer(edit.pattern, text.data):
            span = Span(*match.span())
            text.touch(span)
            text.replace(span, match.expand(edit.data))

    @apply.register
    def _move(self, edit: Move) -> None:
        if edit.member in self._moves or edit.path in self._moves.values():
            raise ClashError
        if self._source.has(edit.path):
            raise CannotError(f"there is a {edit.path} already")
        self._moves[edit.member] = edit.path
