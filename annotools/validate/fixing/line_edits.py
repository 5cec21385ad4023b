"""Edits of members that are lines of text, by the byte, and of where members lie.

PutBytes("labels/a.txt", 4, 7, b"1.0")
PutAll("labels/a.txt", rb"\\r\\n?", rb"\\n")
Move("images/a.txt", "labels/a.txt")
Drop("shape", 812)                          the line that the row stood on, where nothing else did
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, singledispatchmethod
from itertools import accumulate

import numpy as np

from annotools.model import Dataset, Owner
from annotools.storage import Source
from annotools.validate.edits import Drop, Edit, Move, PutAll, PutBytes
from annotools.validate.fixing.changes import CannotError, Change, Changes, ClashError, Mark, OneFix, Span


class LineEdits(OneFix):
    """Applies edits to the members of an input of lines.  rows: whether each line is of one shape."""

    def __init__(self, source: Source, dataset: Dataset, *, rows: bool = False) -> None:
        self._source, self._dataset, self._rows = source, dataset, rows
        self._texts: dict[str, Changes] = {}
        self._step: dict[str, Mark] = {}
        self._moves: dict[str, str] = {}
        self._taken: set[str] = set()  # where members are moved to
        self._starts: dict[str, list[int]] = {}  # of the lines of members

    def results(self) -> Mapping[str, bytes | None]:
        """The members that changed; None for one that is not there any more."""
        changed = {member for member, text in self._texts.items() if text} | self._moves.keys()
        contents: dict[str, bytes | None] = dict.fromkeys(self._moves)
        return contents | {self._moves.get(member, member): self._text(member).result() for member in sorted(changed)}

    def marks(self) -> tuple[dict[str, Mark], int]:
        """The state to go back to when a fix is refused: members from where the fix comes to them, and moves."""
        self._step = {}
        return self._step, len(self._moves)

    def back(self, marks: tuple[Mapping[str, Mark], int]) -> None:
        """Forget what came after."""
        for member, mark in marks[0].items():
            self._texts[member].back(mark)
        while len(self._moves) > marks[1]:
            self._taken.discard(self._moves.popitem()[1])

    def since(self, marks: tuple[Mapping[str, Mark], int]) -> dict[str, list[tuple[int, int, bytes]]]:
        """What came after some marks, by member, as (start, stop, new bytes)."""
        changes_of = {member: self._texts[member].since(mark) for member, mark in marks[0].items()}
        return {member: changes for member, changes in changes_of.items() if changes}

    def _text(self, member: str) -> Changes:
        if member not in self._texts:
            self._texts[member] = Changes(self._source.read(member))
        if member not in self._step:
            self._step[member] = self._texts[member].mark()
        return self._texts[member]

    @singledispatchmethod
    def apply(self, edit: Edit) -> None:
        """Apply one edit.  Raises: CannotError, ClashError."""
        raise CannotError("rows of this format cannot be changed in place")

    @apply.register
    def _put_bytes(self, edit: PutBytes) -> None:
        self._text(edit.member).exchange(Span(edit.start, edit.stop), edit.data)

    @apply.register
    def _put_all(self, edit: PutAll) -> None:
        text = self._text(edit.member)
        for match in re.finditer(edit.pattern, text.data):
            span = Span(*match.span())
            text.touch(span)
            text.replace(span, match.expand(edit.data))

    @apply.register
    def _drop(self, edit: Drop) -> None:
        member, (start, stop, new) = self.cuts(edit.kind, [edit.row])[0]
        text = self._text(member)
        text.touch(Span(start, stop))
        text.replace(Span(start, stop), new)

    def cuts(self, kind: str, rows: Sequence[int]) -> list[tuple[str, Change]]:
        """Where rows stand, and what dropping each alone changes there.  Raises: CannotError."""
        origin = self._dataset.origin
        if origin is None or not self._rows or kind != "shape" or (self._dataset.shapes.track[rows] >= 0).any():
            raise CannotError("rows of this format cannot be taken away in place")
        cuts = []
        for member, line, _ in origin.spots(Owner.SHAPE, np.array(rows)):
            if line is None:
                raise CannotError("rows of this format cannot be taken away in place")
            if self._shared[member, line] > 1:
                raise CannotError("others stand on its line")
            if member not in self._starts:
                lines = self._text(member).data.splitlines(keepends=True)
                self._starts[member] = [0, *accumulate(map(len, lines))]
            start, stop = self._starts[member][line - 1 : line + 1]
            cuts.append((member, (start, stop, b"")))
        return cuts

    @cached_property
    def _shared(self) -> Counter[tuple[str, int | None]]:
        """How many shapes stand on each line."""
        origin, count = self._dataset.origin, len(self._dataset.shapes)
        assert origin is not None  # it has been asked before
        return Counter((member, line) for member, line, _ in origin.spots(Owner.SHAPE, np.arange(count)))

    @apply.register
    def _move(self, edit: Move) -> None:
        if edit.member in self._moves or edit.path in self._taken:
            raise ClashError
        if self._source.has(edit.path):
            raise CannotError(f"there is a {edit.path} already")
        self._moves[edit.member] = edit.path
        self._taken.add(edit.path)
