"""What a stretch without the parser is cut into: values of XML attributes, and tokens that stand between them.

    <box label="car" occluded="0">\n  <attribute name="colour">red</attribute>\n  </box>\n  <box label="..
    -----------   -----------   ----------------------------   -------------------------------------------
    opens box      next         opens attribute, and next      text, closes attribute and box, opens box, next

Cut at the quotes, a file is values and these tokens in turn, and of the tokens only a few are different: each is
looked at once.  What is no token of this grammar (comments, sections, document types, text where none belongs, unknown
elements, single quotes) is irregular, and for the parser; so is a value that is none of its column.
Source: XML 1.0, 3.1 (tags), 2.4 (character data), 2.11 (line ends).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.formats.cvat_xml.cells import NUMBERS, SOURCES, Cells, converted
from annotools.formats.cvat_xml.shapes import TAGS
from annotools.formats.kernel.slice_numbers import hundredths, of_lists, separators, whole_numbers
from annotools.formats.kernel.slices import WORD, Slices, Vocabulary
from annotools.model.tables import Bools, Floats, Ints

NAMES = {name.encode(): code for code, name in enumerate((*TAGS, "tag", "attribute", "image", "track"))}
ANY = -1  # the name of what `/>` closes
NOTHING, CLOSED, EMPTY, INSIDE = range(4)  # what a token begins with: no tag, `>`, `/>`, or the middle of a start tag

_ENTITY = re.compile(rb"&(?:lt|gt|amp|quot|apos);")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_LISTS: dict[type, msgspec.json.Decoder[Any]] = {float: NUMBERS, int: msgspec.json.Decoder(list[int])}
_LONG = 512  # tokens that are not kept
_BLANK = rb"[ \t\n]*"
_NEXT = re.compile(rb"[ \t\n]+([A-Za-z_][\w.-]*)=")
_TAG = re.compile(
    _BLANK + rb"<(?:/(?P<end>\w+)[ \t\n]*>"
    rb"|(?P<start>\w+)(?:[ \t\n]*(?P<close>/?)>|[ \t\n]+(?P<next>[A-Za-z_][\w.-]*)=))"
)  # fmt: skip
_TEXT = re.compile(rb"[ \t\n]*>([^<]+)(?=</attribute[ \t\n]*>)")
_FIRST = re.compile(rb"[ \t\n]*(/?)>")
_REST = re.compile(_BLANK)


class IrregularError(Exception):
    """A part of a file has to go through the parser."""


class Token(NamedTuple):
    """What is known of a token.

    begin: NOTHING, CLOSED, EMPTY or INSIDE.  names: of the elements that start and end in it, ANY for one that `/>`
    ends; steps: 1 for a start, -1 for an end; lines: line ends before each.  next: the name of the value behind,
    nothing at the end.
    tags, breaks, tabs: how many `<`, line ends and tabs there are.
    """

    begin: int
    names: tuple[int, ...]
    steps: tuple[int, ...]
    lines: tuple[int, ...]
    next: bytes
    tags: int
    breaks: int
    tabs: int


def split_text(token: bytes) -> tuple[bytes, bytes]:
    """A token without the text of the attribute that it ends, and the text."""
    match = _TEXT.match(token)
    return (token[: match.start(1)] + token[match.end(1) :], match[1]) if match else (token, b"")


def token_of(text: bytes) -> Token:
    """What a token says.  Raises IrregularError."""
    return _known(text) if len(text) < _LONG else _looked_at(text)


def _looked_at(text: bytes) -> Token:
    inside = _NEXT.fullmatch(text)
    counts = text.count(b"<"), text.count(b"\n"), text.count(b"\t")
    if inside:
        return Token(INSIDE, (), (), (), inside[1], *counts)
    first = _FIRST.match(text)
    begin = NOTHING if first is None else EMPTY if first[1] else CLOSED
    steps, following = _steps(text, first.end() if first else 0)
    if begin == EMPTY:
        steps.insert(0, (ANY, -1, 0))
    names, ways, lines = zip(*steps, strict=True) if steps else ((), (), ())
    return Token(begin, names, ways, lines, following, *counts)


_known = lru_cache(1 << 12)(_looked_at)


_MOST_STEPS = 1000


def _steps(text: bytes, end: int) -> tuple[list[tuple[int, int, int]], bytes]:
    """Names, ways and lines of the tags from a place on, and what the value behind is called."""
    steps: list[tuple[int, int, int]] = []
    following, line, counted = b"", 0, 0
    while not following and (match := _TAG.match(text, end)):
        end = match.end()
        start = text.index(b"<", match.start())
        line, counted = line + text.count(b"\n", counted, start), start
        name = NAMES.get(match["end"] or match["start"])
        if name is None:
            raise IrregularError
        steps.append((name, -1 if match["end"] else 1, line))
        if match["close"]:
            steps.append((ANY, -1, line))
        if len(steps) > _MOST_STEPS:  # elements without attributes, which the parser takes faster
            raise IrregularError
        following = match["next"] or b""
    if not _REST.fullmatch(text, end):
        raise IrregularError
    return steps, following


class Given(NamedTuple):
    """Where an attribute is said: elements, ascending, and places among the values."""

    elements: Ints
    places: Ints


def unescaped(texts: Sequence[bytes]) -> list[str]:
    """The texts themselves.  texts: UTF-8 without NUL, of which every & begins one of XML's own five entities."""
    plain = b"\0".join(texts).decode()
    if "&" in plain:
        for entity, letter in _ENTITIES:
            plain = plain.replace(entity, letter)
    return plain.split("\0") if texts else []


class RegularCells(Cells):
    """Attributes of some elements of a stretch.

    rows: which of the elements.  given: of all elements, by name.  values: all texts.
    """

    def __init__(
        self, rows: Ints, places: Mapping[str, Ints], given: Mapping[str, Given], values: Slices, elements: int
    ) -> None:  # fmt: skip
        self.places = places
        self.good: Bools = np.ones(len(rows), np.bool_)
        self._given, self._values = given, values
        self._row = np.full(elements, -1, np.int64)
        self._row[rows] = np.arange(len(rows))

    def _places(self, name: str) -> tuple[Ints, Ints]:
        """The rows that say an attribute, and the places of its values."""
        if name not in self._given:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        elements, places = self._given[name]
        rows = self._row[elements]
        return rows[rows >= 0], places[rows >= 0]

    @cached_property
    def _between(self) -> Ints:
        return separators(self._values.data)

    def words(self, name: str, vocabulary: Vocabulary) -> Ints:
        rows, places = self._places(name)
        codes: Ints = np.zeros(len(self.good), np.int64)
        if len(rows) < len(self.good):
            codes += vocabulary[""]
        codes[rows] = _converted(self._values.take(places), vocabulary.__getitem__, np.int64)
        return codes

    def require(self, name: str, where: Bools | None = None) -> None:
        if self.lacks(name, np.ones(len(self.good), np.bool_) if where is None else where):
            raise IrregularError

    def lacks(self, name: str, where: Bools) -> bool:
        lacking = where.copy()
        lacking[self._places(name)[0]] = False
        return bool(lacking.any())

    def column(
        self, name: str, convert: Callable[[str], float], default: str, expected: str, dtype: type = np.int64
    ) -> Any:
        rows, places = self._places(name)
        values: Any = np.full(len(self.good), convert(default), dtype)
        texts = self._values.take(places)
        kind: object = convert
        plain = whole_numbers(texts) if kind is int else None
        if plain is not None:
            values[rows] = plain
        else:
            values[rows] = _converted(texts, lambda text: converted(text, convert, dtype), dtype)
        return values

    def sources(self, odd: Counter[str]) -> Ints:
        rows, places = self._places("source")
        codes = np.full(len(self.good), SOURCES["manual"], np.int64)
        codes[rows] = _converted(self._values.take(places), SOURCES.__getitem__, np.int64)
        return codes

    def _values_of(self, name: str, rows: Ints) -> Ints:
        """The places of the values of some rows."""
        whole = np.full(len(self.good), -1, np.int64)
        having, places = self._places(name)
        whole[having] = places
        if (whole[rows] < 0).any():
            raise IrregularError
        picked: Ints = whole[rows]
        return picked

    def named(self, rows: Ints, names: Sequence[str]) -> tuple[Floats, Bools]:
        places = np.stack([self._values_of(name, rows) for name in names], 1)
        texts = self._values.take(places.ravel())
        values = hundredths(texts)
        if values is None:
            values = _numbers(texts.texts(), float)
        if len(values) != places.size:
            raise IrregularError
        return values.reshape(places.shape), np.ones(len(rows), np.bool_)

    def lists(self, rows: Ints, name: str, kind: type, expected: str) -> tuple[Floats, Ints]:
        texts = self._values.take(self._values_of(name, rows))
        values, counts = of_lists(texts, self._between, whole_numbers if kind is int else hundredths)
        if values is None:
            values = _numbers(texts.texts(), kind)
        if counts.sum() != len(values):
            raise IrregularError
        return values, counts


def _numbers(texts: Sequence[bytes], kind: type) -> Any:
    """All numbers of texts with commas and semicolons between them, at least one a text."""
    try:
        numbers = _LISTS[kind].decode(b"[" + b",".join(texts).replace(b";", b",") + b"]")
        values: Any = np.fromiter(numbers, np.float64, len(numbers))
    except (msgspec.DecodeError, OverflowError):
        raise IrregularError from None
    if len(values) < len(texts):
        raise IrregularError
    return values


def _converted(texts: Slices, convert: Callable[[str], Any], dtype: type) -> Any:
    """What texts are, each different one looked at once.  Raises IrregularError for what cannot be converted."""
    different, which = texts.distinct()
    try:
        return np.fromiter(map(convert, unescaped(different)), dtype, len(different))[which]
    except (ValueError, OverflowError, KeyError):
        raise IrregularError from None


def cut(data: bytes) -> tuple[Slices, Slices]:
    """Tokens and values, which are between quotes in turn.  Raises IrregularError."""
    quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == ord('"'))
    if not len(quotes) or len(quotes) % 2 or min(quotes[0], len(data)) < WORD:
        raise IrregularError
    starts, ends = np.append(0, quotes[1::2] + 1), np.append(quotes[::2], len(data))
    return Slices(data, starts, ends), Slices(data, ends[:-1] + 1, quotes[1::2])


def checked(data: bytes) -> tuple[bytes, int]:
    """The stretch with line ends of one kind, and how many of these and of tabs there are.

    Raises IrregularError for characters that are for the parser.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    letters = np.frombuffer(data, np.uint8)
    white = int(np.count_nonzero((letters == ord("\n")) | (letters == ord("\t"))))
    if np.count_nonzero(letters < ord(" ")) != white:
        raise IrregularError
    if b"&" in data and data.count(b"&") != len(_ENTITY.findall(data)):
        raise IrregularError
    if not data.isascii():
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise IrregularError from None
        if "\ufffe" in text or "\uffff" in text:
            raise IrregularError
    return data, white
