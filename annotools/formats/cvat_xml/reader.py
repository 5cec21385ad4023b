"""Files as rows, a few thousand at a time: whole stretches without the parser, and through it whatever is odd.

The parser is not shown the stretches: it goes on behind one as if nothing had been there, and lines are counted on.
What comes of a file is the same, problems and their places included, whether any of it went without the parser.

    <?xml ?> <annotations> <meta> .. </meta>  |  <image> .. </image> <image> .. </image>  |  <image> .. </image>  | ..

A file is cut where an <image> or a <track> begins, as far as its bytes tell: the parser, or a proof, has the last word.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Protocol
from xml.parsers import expat

from annotools.errors import Problems
from annotools.formats.cvat_xml.meta import Node
from annotools.formats.cvat_xml.parsing import DAMAGE, Counts, Document, Piece, RefusedError
from annotools.formats.cvat_xml.regular import Stretch
from annotools.formats.cvat_xml.regular_parts import IrregularError
from annotools.formats.kernel.xmlfile import unfit

SIZE = 1 << 21
_PATIENCE = 3
_DIVISIBLE = 1 << 16
_IMAGE, _TRACK = b"<image ", b"<track "
_END = b"</annotations"
_MOST = 4  # times the size of a stretch, of one element that is kept to be taken as a whole


def stretches(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Parts of a file of about a size, and whether each seems to be whole elements."""
    rest = b""
    while data := stream.read(size):
        rest += data
        first, last = _bounds(rest)
        if first:
            yield rest[:first], False
        if last > first:
            yield rest[first:last], True
        rest = rest[last:]
        if len(rest) > _MOST * size:
            yield rest, False
            rest = b""
    first, last = _bounds(rest)
    last = max(rest.rfind(_END), last)
    yield rest[:first], False
    yield rest[first:last], True
    yield rest[last:], False


def _bounds(data: bytes) -> tuple[int, int]:
    """Where the first element starts and where the last does; both are the end where none does."""
    first, last = data.find(_IMAGE), data.rfind(_IMAGE)
    # The other is looked for in what is left, which is nothing in most files.
    track = data.find(_TRACK, 0, first if first >= 0 else len(data))
    last = max(last, data.rfind(_TRACK, max(last, 0)))
    starts = [start for start in (first, track) if start >= 0]
    return (min(starts), last) if starts else (len(data), len(data))


class Sink(Protocol):
    """What takes the rows in."""

    def take(self, piece: Piece, problems: Problems) -> None:
        """Some elements that were parsed."""

    def take_stretch(self, stretch: Stretch) -> None:
        """Some that were not.  Raises IrregularError, and then takes nothing."""


class Reader:
    """Reads files one after the other.  size: how many bytes at a time; 0 leaves all to the parser.

    meta: the meta block of the first file that has one.  between: how many rows marked as interpolated were left out.
    """

    def __init__(self, sink: Sink, size: int = SIZE) -> None:
        self.meta: Node | None = None
        self.between = 0
        self._sink = sink
        self._size = size
        self._counts = Counts()
        self._met = self._vain = 0

    def read(self, stream: BinaryIO, problems: Problems) -> None:
        """Read one file; what is wrong with it is added to `problems`, the rows before are handed on."""
        document = Document(self._counts, problems, self.meta is None, self._sink.take)
        try:
            for data, whole in stretches(stream, self._size or SIZE):
                if not (whole and self._size and self._taken(document, data)):
                    document.feed(data)
            document.feed(b"", final=True)
        except RefusedError as error:
            problems.add(str(error), line=document.line, expected="CVAT's XML")
        except DAMAGE as error:
            problems.add(
                f"is not well-formed XML: {_reason(error, document)}", line=document.line, expected="CVAT's XML"
            )
        self.between += document.between
        document.piece.attributes.cut()
        self._sink.take(document.piece, problems)
        document.close()
        if self.meta is None and document.meta is not None and document.meta.children:
            self.meta = document.meta

    def _taken(self, document: Document, data: bytes) -> bool:
        """Take a stretch in without the parser, in parts where it is irregular as a whole; False where that fails.

        Where several in turn were in vain only each eighth is tried: an odd file costs little more than parsing it.
        """
        self._met += 1
        if self._vain >= _PATIENCE and self._met % 8:
            return False
        self._vain += 1
        if self._bulk(document, data):
            self._vain = 0
            return True
        if len(data) < _DIVISIBLE:
            return False
        for part, _ in stretches(io.BytesIO(data), len(data) // 8):
            if self._bulk(document, part):
                self._vain = 0
            else:
                document.feed(part)
        return True

    def _bulk(self, document: Document, data: bytes) -> bool:
        """Take a stretch in as a whole, of which the parser is told only the lines; False where it is irregular."""
        if not document.between_elements:
            return False
        document.hand_on()
        try:
            stretch = Stretch(data, document.line, self._counts)
            self._sink.take_stretch(stretch)
        except IrregularError:
            return False
        stretch.count()
        document.between += stretch.between
        document.lines_before += stretch.lines
        return True


def _reason(error: Exception, document: Document) -> str:
    return (
        unfit(expat.ErrorString(error.code), document.fault)
        if isinstance(error, expat.ExpatError)
        else str(error).lower()
    )
