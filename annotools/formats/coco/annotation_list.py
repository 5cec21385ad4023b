"""The long list of a document, taken out of all else: each annotation by itself, or their text some at a time.

{"info": {..}, "annotations": [{..}, {..}]}     info: {..}, annotations: []     and {..}, {..}

Where a large document has its lists is told by its ends.  Then what lies between need not be walked through twice, and
nothing is held for each annotation: 90 of 700 ms, and 16 of 200 MB, of what 95 MB to boxes cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from mmap import mmap
from typing import TypeVar

import msgspec

from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.formats.kernel.text_pages import Text, TextPages, place_in
from annotools.progress import BYTES, tell

T = TypeVar("T")
Fields = dict[str, msgspec.Raw]
CHUNK_BYTES = 1 << 21
_TAIL = 1 << 20  # bytes at the end in which a list is looked for
_TRIES = 16
_LISTS = frozenset({"images", "categories", "annotations"})
_START = re.compile(rb'"annotations"\s*:\s*\[')
_STOP = re.compile(rb"\}\s*(?=\]\s*[,}])")
_BETWEEN = re.compile(rb"\}\s*(?=,\s*\{)")


class _Annotations(msgspec.Struct):
    annotations: list[msgspec.Raw] = []


_ANNOTATIONS = msgspec.json.Decoder(_Annotations)
_FIELDS: msgspec.json.Decoder[Fields] = msgspec.json.Decoder(Fields)
PIECES: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


class TornError(Exception):
    """What seemed to be a list of annotations is none: the document has to be looked at as a whole."""


class TextList:
    """The annotations between two places of a text, which goes as they are read."""

    def __init__(self, pages: TextPages, start: int, stop: int) -> None:
        self._pages, self._start, self._stop = pages, start, stop

    def first(self) -> msgspec.Raw:
        """The first of them.  Raises: TornError."""
        return self._chunk(self._start, PIECES.decode)[0][0]

    def chunks(self, decode: Callable[[bytes], T]) -> Iterator[T]:
        """What becomes of them, some at a time, each once.

        decode: is given a list, and raises one of `UNDECODABLE` for what is none.  Raises: TornError.
        """
        start = self._start
        while start < self._stop:
            result, stop = self._chunk(start, decode)
            yield result
            self._pages.let_go(stop)
            tell(stop - self._start, self._stop - self._start, BYTES)
            start = stop + 1

    def _chunk(self, start: int, decode: Callable[[bytes], T]) -> tuple[T, int]:
        """What becomes of some, and where they end: where that is within one, they are no list."""
        for stop in islice(self._stops(start), _TRIES):
            with suppress(*UNDECODABLE):
                return decode(b"[%b]" % self._pages.text[start:stop]), stop
        raise TornError

    def _stops(self, start: int) -> Iterator[int]:
        for gap in _BETWEEN.finditer(self._pages.text, min(start + CHUNK_BYTES, self._stop), self._stop):
            yield gap.end()
        yield self._stop


def fields_and_list(pages: TextPages) -> tuple[Fields, TextList] | None:
    """All values of a document by key, undecoded, with an empty list of annotations; and these.

    None for a document that is not large, or not plainly as COCO says.
    """
    start = _START.search(pages.text) if isinstance(pages.text, mmap) else None
    if start is None:
        return None
    head, behind = pages.text[: start.end()], max(start.end(), len(pages.text) - _TAIL)
    for end in islice(_STOP.finditer(pages.text, behind), _TRIES):
        with suppress(*UNDECODABLE):
            fields = _FIELDS.decode(head + pages.text[end.end() :])
            if fields.keys() >= _LISTS and bytes(fields["annotations"]) == b"[]":
                pages.let_go(start.end())  # there is a copy of it
                return fields, TextList(pages, start.end(), end.end())
    return None


def fields_and_annotations(data: Text) -> tuple[Fields, list[msgspec.Raw]] | None:
    """All values of a document by key, undecoded, with an empty list of annotations; and these, undecoded.

    None for a document that has none, or is not as COCO says.
    """
    with suppress(*UNDECODABLE):
        pieces = _ANNOTATIONS.decode(data).annotations
        if pieces:
            start, stop = place_in(data, pieces[0]), place_in(data, pieces[-1]) + len(pieces[-1])
            fields = _FIELDS.decode(data[:start] + data[stop:])
            return None if is_one_picture(fields) else (fields, pieces)
    return None


def is_one_picture(fields: Fields) -> bool:
    """Whether a document has one image where COCO has a list, as Segment-Anything's."""
    return "image" in fields and "images" not in fields and "annotations" in fields
