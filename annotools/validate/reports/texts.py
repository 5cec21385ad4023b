"""Where findings stand in the text of the input: lines and columns of JSON pointers, looked up when asked for.

texts = Texts(report)
texts.region("annotations.json", "/shapes/0")     # Region(1, 12, 1, 80)
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from annotools.errors import AnnotoolsError
from annotools.storage import Source, open_source
from annotools.validate.findings import Where
from annotools.validate.fixing.changes import Span
from annotools.validate.fixing.json_text import JsonText, NoPlaceError
from annotools.validate.overlay import Overlay
from annotools.validate.report import Report
from annotools.validate.wheres import Wheres

_BLOCK = 4096  # bytes between two known counts of characters


class Region(NamedTuple):
    """Lines and columns, 1-based, columns in characters; the end is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class Positions:
    """Bytes -> lines and columns of one UTF-8 text, in time that does not grow with the place."""

    def __init__(self, data: bytes) -> None:
        self._data = np.frombuffer(data, np.uint8)
        self._breaks: list[int] = np.flatnonzero(self._data == ord("\n")).tolist()
        blocks = np.arange(0, len(data), _BLOCK)
        begun = (self._data & 0xC0) != 0x80  # a byte that begins a character
        counts = np.add.reduceat(begun, blocks, dtype=np.int64) if len(blocks) else blocks
        self._counts: list[int] | None = None if data.isascii() else [0, *np.cumsum(counts).tolist()]

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self._breaks) + 1

    def line(self, offset: int) -> int:
        """The line of a byte."""
        return bisect_left(self._breaks, offset) + 1 if self._breaks else 1

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte."""
        line = self.line(offset)
        start = self._breaks[line - 2] + 1 if line > 1 else 0
        return line, self._characters(offset) - self._characters(start) + 1

    def _characters(self, offset: int) -> int:
        """How many characters begin before a byte."""
        if self._counts is None:
            return offset
        block = offset // _BLOCK
        part = self._data[block * _BLOCK : offset]
        return self._counts[min(block, len(self._counts) - 1)] + int(((part & 0xC0) != 0x80).sum())

    def region(self, start: int, stop: int) -> Region:
        """The region of some bytes."""
        line, column = self.line_column(start)
        if self._counts is None and self.line(stop) == line:
            return Region(line, column, line, column + stop - start)
        return Region(line, column, *self.line_column(stop))

    def regions(self, starts: Sequence[int], stops: Sequence[int]) -> list[list[int]]:
        """The regions of some bytes as columns: line, column, end_line, end_column."""
        if self._counts is not None or not starts:
            made = [self.region(start, stop) for start, stop in zip(starts, stops, strict=True)]
            return list(map(list, zip(*made, strict=True))) if made else [[], [], [], []]
        columns: list[list[int]] = []
        for offsets in (np.array(starts, np.int64), np.array(stops, np.int64)):
            lines = np.searchsorted(self._breaks, offsets)
            begins = np.array([-1, *self._breaks], np.int64)
            columns += [(lines + 1).tolist(), (offsets - begins[lines]).tolist()]
        return columns


class _Members(Overlay):
    """Members with annotations, and others where they are asked for.  data: gives the bytes of one."""

    def __init__(self, name: str, there: Mapping[str, bytes], data: Callable[[str], bytes | None]) -> None:
        super().__init__(name, there)
        self._data = data

    def _changed(self, name: str) -> bytes | None:
        data = None if name in self.changed else self._data(name)
        return super()._changed(name) if data is None else data


class Texts:
    """The texts of a report's input, as far as they can still be read."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._data: dict[str, bytes | None] = {}
        self._texts: dict[str, JsonText | None] = {}
        self._positions: dict[str, Positions] = {}

    def line(self, where: Where) -> int | None:
        """The line of a finding."""
        if where.line is not None or not where.pointer.startswith("/"):
            return where.line
        text, positions = self.text(where.file), self.positions(where.file)
        if text is None or positions is None:
            return None
        return positions.line(_span(text, where.pointer).start) if positions.lines > 1 else 1

    def _line_at(self, where: Where, start: int) -> int | None:
        """The line of a finding that begins at a byte."""
        if where.line is not None:
            return where.line
        positions = self.positions(where.file)
        return None if positions is None else positions.line(start) if positions.lines > 1 else 1

    def located(self, where: Where) -> dict[str, Any]:
        """An address for JSON, with line and byte as far as they can be found."""
        line, byte = self._at(where)
        return where.as_dict() if byte is None else where.as_dict(line=line, byte=byte)

    def region(self, where: Where) -> Region | None:
        """Where the value at a JSON pointer stands, or the innermost one on the way to it that there is."""
        text = self.text(where.file) if where.pointer.startswith("/") else None
        positions = self.positions(where.file)
        if text is None or positions is None:
            return None
        return positions.region(*_ends(_span(text, where.pointer)))

    def spans(self, wheres: Wheres) -> tuple[list[int], list[int]] | None:
        """Where the values of findings start and stop that all are in one JSON document, None for others."""
        file = wheres.file[0] if wheres.file else ""
        if not file.lower().endswith(".json") or wheres.file.count(file) < len(wheres.file):
            return None
        text = self.text(file)
        if text is None or not all(pointer[:1] == "/" for pointer in wheres.pointer):
            return None
        listed = text.places_of(wheres.pointer)
        if listed:
            return text.items(*listed)
        each = [_span(text, pointer) for pointer in wheres.pointer]
        return [span.start for span in each], [span.stop for span in each]

    def many_located(self, wheres: Wheres) -> Wheres:
        """Addresses with line and byte as far as they can be found."""
        spans = self.spans(wheres)
        if spans is None:
            rows = [self._at(where) for where in wheres.each()]
            return wheres._replace(line=[line for line, _ in rows], byte=[byte for _, byte in rows])
        starts, positions = spans[0], self.positions(wheres.file[0])
        lines: list[int | None] = (
            [1] * len(starts) if positions is None or positions.lines == 1 else list(map(positions.line, starts))
        )
        known = [line if one is None else one for one, line in zip(wheres.line, lines, strict=True)]
        return wheres._replace(line=known, byte=list(starts))

    def _at(self, where: Where) -> tuple[int | None, int | None]:
        """Line and byte of a finding."""
        text = self.text(where.file) if where.pointer.startswith("/") else None
        if text is None:
            return where.line, where.byte
        start = _span(text, where.pointer).start
        return self._line_at(where, start), start

    def text(self, member: str) -> JsonText | None:
        """The JSON of a member, None where it is none or can no longer be read."""
        if member not in self._texts:
            self._texts[member] = self._parsed(member)
        return self._texts[member]

    def positions(self, member: str) -> Positions | None:
        """Lines and columns of a member, None where it can no longer be read."""
        if member not in self._positions:
            data = self.data(member)
            if data is None:
                return None
            self._positions[member] = Positions(data)
        return self._positions[member]

    def source(self) -> Source:
        """The members with annotations, and others that are asked for, to be read while this lives."""
        origin = self._report.dataset.origin
        names = {*(origin.members if origin else ()), self._report.member}
        there = {name: data for name in sorted(names) if name and (data := self.data(name)) is not None}
        return _Members(self._report.source, there, self.data)

    def data(self, member: str) -> bytes | None:
        """The bytes of a member."""
        if member not in self._data:
            self._data[member] = self._read(member) if member else None
        return self._data[member]

    def _parsed(self, member: str) -> JsonText | None:
        data = self.data(member) if member.lower().endswith(".json") else None
        try:
            return JsonText(data) if data else None
        except NoPlaceError:
            return None

    def _read(self, member: str) -> bytes | None:
        """What the source says; an archive that was closed since is opened again."""
        source, name = self._report.input, self._report.source
        try:
            if source is not None:
                return source.read(member)
        except (AnnotoolsError, OSError, ValueError, KeyError):
            pass
        if not os.path.exists(name):
            return None
        try:
            with open_source(name) as again:
                return again.read(member)
        except (AnnotoolsError, OSError):
            return None


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.stop


def _span(text: JsonText, pointer: str) -> Span:
    while True:
        try:
            return text.span(pointer)
        except NoPlaceError:
            pointer = pointer.rpartition("/")[0]
