"""Which elements of CVAT's XML the problems of a reader mean, and edits of them by the byte.

a.xml:7: has no keyframe            the box on line 7 without one; of two such on the line the first is the first's
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from annotools.errors import Problem
from annotools.storage import Source
from annotools.validate.edits import Edit, PutBytes
from annotools.validate.fixing.changes import CannotError, Span
from annotools.validate.fixing.xml_text import XmlText

Faulty = Callable[[XmlText, Span], bool]
_NO = frozenset({b"0", b"false", b"False"})  # what rows say that are no keyframes
_NEAR = 1 << 16  # bytes before an element, in which what it is in begins
_NO_ROWS = re.compile(rb"\s*(?:</track\s*>)?")


class MeantElements:
    """The elements that problems mean.

    tags: of which each may be.  faulty: which elements have what is wrong, as the reader has it of those it tells of;
    where they are not as many on a line as problems there, it is not known which are meant.
    """

    def __init__(self, source: Source, problems: Sequence[Problem], tags: Sequence[str], faulty: Faulty) -> None:
        self._source, self._problems, self._tags, self._faulty = source, problems, tags, faulty
        self._texts: dict[str, XmlText] = {}

    @cached_property
    def _elements(self) -> dict[int, tuple[XmlText, Span]]:
        """By the number of the problem."""
        by_line: dict[tuple[str, int], list[int]] = {}
        for number, problem in enumerate(self._problems):
            if problem.line is not None and self._source.has(problem.file):
                by_line.setdefault((problem.file, problem.line), []).append(number)
        elements: dict[int, tuple[XmlText, Span]] = {}
        for (member, line), numbers in by_line.items():
            text = self._text(member)
            spans = self._spans(text, line)
            if len(spans) == len(numbers):
                elements |= {number: (text, span) for number, span in zip(numbers, spans, strict=True)}
        return elements

    def _text(self, member: str) -> XmlText:
        if member not in self._texts:
            self._texts[member] = XmlText(self._source.read(member))
        return self._texts[member]

    def _spans(self, text: XmlText, line: int) -> list[Span]:
        try:
            spans = [span for tag in self._tags for span in text.elements(line, tag)]
        except CannotError:
            return []
        return sorted(span for span in spans if self._faulty(text, span))

    def of(self, number: int) -> tuple[XmlText, Span] | None:
        """The text and the element that a problem means; None where it is not known."""
        return self._elements.get(number)


def lacks(name: str, *, inside: str = "") -> Faulty:
    """Whether the start tag of an element has no attribute of this name.  inside: what tag it has to be in, if any."""
    pattern = re.compile(rb"\s" + re.escape(name.encode()) + rb"\s*=")
    start, end = b"<" + inside.encode(), b"</" + inside.encode()

    def faulty(text: XmlText, span: Span) -> bool:
        near = (max(span.start - _NEAR, 0), span.start)
        if inside and text.data.rfind(start, *near) <= text.data.rfind(end, *near):
            return False
        return pattern.search(text.data, *text.head(span)) is None

    return faulty


def attribute_added(member: str, text: XmlText, span: Span, name: str, value: str) -> list[Edit]:
    """The edit that gives an element one more attribute."""
    head = text.head(span)
    end = head.stop - (2 if text.is_empty(head) else 1)
    return [PutBytes(member, end, end, f' {name}="{value}"'.encode())]


def is_keyless(text: XmlText, span: Span) -> bool:
    """Whether a track has no rows, or rows of which each says that it is no keyframe."""
    words = {text.data[start:stop] for start, stop in _keyframes(text, span)}
    return words <= _NO and (bool(words) or _has_no_rows(text, span))


def keyframes_made(member: str, text: XmlText, span: Span) -> list[Edit]:
    """The edits that make the rows of a track keyframes, and take a track without rows away."""
    if _has_no_rows(text, span):
        lead = text.indent(span)
        start = span.start - (len(lead) if text.data[: span.start].endswith(lead) else 0)
        return [PutBytes(member, start, span.stop, b"")]
    wrong = (value for value in _keyframes(text, span) if text.data[value.start : value.stop] in _NO)
    return [PutBytes(member, value.start, value.stop, b"1") for value in wrong]


def _keyframes(text: XmlText, span: Span) -> list[Span]:
    """Where the rows of a track say whether they are keyframes."""
    return [value for row in text.within(span) if (value := text.value(row, "keyframe")) is not None]


def _has_no_rows(text: XmlText, span: Span) -> bool:
    return _NO_ROWS.fullmatch(text.data, text.head(span).stop, span.stop) is not None
