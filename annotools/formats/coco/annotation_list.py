"""The long list of a document, taken out of all else: each annotation by itself, or their text some at a time.

{"info": {..}, "annotations": [{..}, {..}]}     info: {..}, annotations: []     and {..}, {..}

Where a large document has its lists is told by its ends.  Then what lies between need not be walked through twice, and
nothing is held for each annotation: 90 of 700 ms, and 16 of 200 MB, of what 95 MB to boxes cost.  Of a file it is not
even held itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import msgspec

from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.formats.kernel.large_text import LEAST, LargeText, TornError
from annotools.formats.kernel.text_pages import Text, place_in
from annotools.progress import BYTES, tell
from annotools.storage.limits import Brackets

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


class TextList:
    """The annotations between two places of a text, which goes as they are read.

    brackets: counts those of its text.
    """

    def __init__(self, text: LargeText, start: int, stop: int, brackets: Brackets | None = None) -> None:
        self._text, self._start, self._stop, self._brackets = text, start, stop, brackets

    def first(self) -> msgspec.Raw:
        """The first of them.  Raises: TornError."""
        return self._chunk(self._start, PIECES.decode)[0][0]

    def chunks(self, decode: Callable[[bytes | bytearray], T]) -> Iterator[T]:
        """What becomes of them, some at a time, each once.

        decode: is given a list, and raises one of `UNDECODABLE` for what is none.  Raises: TornError, and LimitError
        as `Brackets`.
        """
        start = self._start
        while start < self._stop:
            result, stop = self._chunk(start, decode, self._brackets)
            yield result
            self._text.let_go(stop)
            tell(stop - self._start, self._stop - self._start, BYTES)
            start = stop + 1

    def _chunk(
        self, start: int, decode: Callable[[bytes | bytearray], T], brackets: Brackets | None = None
    ) -> tuple[T, int]:
        """What becomes of some, and where they end: where that is within one, they are no list."""
        for stop in islice(self._stops(start), _TRIES):
            text = self._text.listed(start, stop)
            with suppress(*UNDECODABLE):
                if brackets is not None:
                    brackets.count(text)
                return decode(text), stop
        raise TornError

    def _stops(self, start: int) -> Iterator[int]:
        yield from self._text.ends(_BETWEEN, min(start + CHUNK_BYTES, self._stop), self._stop)
        yield self._stop


def fields_and_list(text: LargeText, brackets: Brackets | None = None) -> tuple[Fields, TextList] | None:
    """All values of a document by key, undecoded, with an empty list of annotations; and these.

    None for a document that is not large, or not plainly as COCO says.  brackets: counts those of the text, as it is
    read.  Raises: as `Brackets`.
    """
    start = next(text.ends(_START, 0, text.size), None) if text.size >= LEAST else None
    if start is None:
        return None
    head, behind = text.piece(0, start), max(start, text.size - _TAIL)
    for stop in islice(text.ends(_STOP, behind, text.size), _TRIES):
        with suppress(*UNDECODABLE):
            rest = text.piece(stop, text.size)
            fields = _FIELDS.decode(head + rest)
            if fields.keys() >= _LISTS and bytes(fields["annotations"]) == b"[]":
                if brackets is not None:
                    brackets.count(head)
                    brackets.count(rest)
                text.let_go(start)  # there is a copy of it
                return fields, TextList(text, start, stop, brackets)
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
