"""Where the elements of CVAT's XML stand, by the line on which they begin, and changes of them by the byte.

    text = XmlText(data)
    box, = text.elements(12, "box")                     # those that begin on line 12
    text.put(box, "xtl", "10.00")                       # an attribute of it

Lines and ends of elements are expat's, as they are for the reader: comments, CDATA and line breaks of every kind count
as they do there.  A text that is not well-formed, or not written as UTF-8, is not changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from html import escape
from xml.parsers import expat

from annotools.validate.fixing.changes import CannotError, Changes, Span

TAGS = frozenset(
    {"box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag", "track"}
)  # fmt: skip
_START = re.compile(rb"<[\w:.-]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"\s([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_UTF8 = frozenset({None, "utf-8", "utf8", "us-ascii"})


class XmlText(Changes):
    """Collects changes of an XML text."""

    @cached_property
    def _elements(self) -> dict[tuple[int, str], list[Span]] | None:
        """The elements of each tag that begin on each line; None for a text that cannot be changed."""
        try:
            return _Elements(self.data).spans
        except (expat.ExpatError, CannotError, LookupError, ValueError):
            return None

    def elements(self, line: int, tag: str) -> list[Span]:
        """The elements of a tag that begin on a line, each up to its end, in their order.  Raises: CannotError."""
        if self._elements is None:
            raise CannotError("the text is not well-formed XML in UTF-8")
        return self._elements.get((line, tag), [])

    @cached_property
    def _in_order(self) -> list[Span]:
        return sorted(span for spans in (self._elements or {}).values() for span in spans)

    def within(self, span: Span) -> list[Span]:
        """The elements in another one, however deep, in their order."""
        first = bisect_right(self._in_order, span)
        return self._in_order[first : bisect_left(self._in_order, Span(span.stop, span.stop), first)]

    def head(self, span: Span) -> Span:
        """The start tag of an element."""
        return start_tag(self.data, span.start)

    def value(self, span: Span, name: str) -> Span | None:
        """Where the value of an attribute of an element stands; None where it has none of this name."""
        written = (match for match in _ATTRIBUTE.finditer(self.data, *self.head(span)) if match[1] == name.encode())
        match = next(written, None)
        return None if match is None else Span(*match.span(2 if match[2] is not None else 3))

    def put(self, span: Span, name: str, value: str) -> None:
        """Give an attribute of an element another value, or add it."""
        new = escape(value).encode()
        replaced = self.value(span, name)
        if replaced:
            self.touch(replaced)
            self.replace(replaced, new)
        else:
            head = self.head(span)
            end = head.stop - (2 if self.is_empty(head) else 1)
            self.insert(end, b" " + name.encode() + b'="' + new + b'"')

    def is_empty(self, head: Span) -> bool:
        """Whether a start tag is the whole of its element."""
        return self.data[head.stop - 2 : head.stop] == b"/>"

    def fill(self, span: Span, content: bytes) -> None:
        """Put something at the beginning of an element; one that is only a tag is given an end."""
        head = self.head(span)
        if not self.is_empty(head):
            self.insert(head.stop, content)
            return
        close = Span(head.stop - 2, head.stop)
        self.touch(close)
        name = re.split(rb"[\s/>]", self.data[head.start + 1 : head.stop], maxsplit=1)[0]
        self.replace(close, b">" + content + self.indent(span) + b"</" + name + b">")

    def indent(self, span: Span) -> bytes:
        """What stands before an element on its line, with the line break; a break where something else does."""
        return self._lead(span.start) or b"\n"

    def _lead(self, at: int) -> bytes:
        """The white space before a place with the line break, empty where it does not begin its line."""
        start = at
        while start and self.data[start - 1] in b" \t":
            start -= 1
        if not start or self.data[start - 1] not in b"\r\n":
            return b""
        start -= 2 if self.data[max(start - 2, 0) : start] == b"\r\n" else 1
        return self.data[start:at]

    def cut(self, span: Span) -> None:
        """Take an element away with the white space before it, where it begins its line."""
        self.touch(span)
        self.replace(Span(span.start - len(self._lead(span.start)), span.stop), b"")


def start_tag(data: bytes, start: int) -> Span:
    """Where the start tag at a place stands.  Raises: CannotError."""
    match = _START.match(data, start)
    if match is None:
        raise CannotError(f"no element begins at byte {start}")
    return Span(*match.span())


class _Elements:
    """The elements of a text by line.  Raises: CannotError, and what expat raises."""

    def __init__(self, data: bytes) -> None:
        self.spans: dict[tuple[int, str], list[Span]] = {}
        self._data = data
        self._open: list[tuple[int, int]] = []  # line and start of the elements round the place
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.Parse(data, True)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding.lower() if encoding else None) not in _UTF8:
            raise CannotError(f"the text is {encoding}, expected UTF-8")

    def _doctype(self, *_: object) -> None:
        raise CannotError("the text has a document type declaration")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append((self._parser.CurrentLineNumber, self._parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        line, start = self._open.pop()
        if name not in TAGS:
            return
        head = start_tag(self._data, start)
        empty = self._data[head.stop - 2 : head.stop] == b"/>"
        stop = head.stop if empty else self._data.index(b">", self._parser.CurrentByteIndex) + 1
        self.spans.setdefault((line, name), []).append(Span(start, stop))
