"""XML attributes of a stretch without the parser, by the column; whatever is odd is for the parser: IrregularError."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.formats.cvat_xml.cells import NUMBERS, SOURCES, Cells, converted
from annotools.formats.cvat_xml.tokens import IrregularError
from annotools.formats.kernel.slice_numbers import hundredths, of_lists, separators, whole_numbers
from annotools.formats.kernel.slices import Slices, Vocabulary
from annotools.model.tables import Bools, Floats, Ints

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_LISTS: dict[type, msgspec.json.Decoder[Any]] = {float: NUMBERS, int: msgspec.json.Decoder(list[int])}


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
        found: Ints = np.zeros(len(self.good), np.int64)
        if len(rows) < len(self.good):
            found += vocabulary[""]
        found[rows] = _converted(self._values.take(places), vocabulary.__getitem__, np.int64)
        return found

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
        found: Any = np.full(len(self.good), convert(default), dtype)
        texts = self._values.take(places)
        kind: object = convert
        plain = whole_numbers(texts) if kind is int else None
        if plain is not None:
            found[rows] = plain
        else:
            found[rows] = _converted(texts, lambda text: converted(text, convert, dtype), dtype)
        return found

    def sources(self, odd: Counter[str]) -> Ints:
        rows, places = self._places("source")
        found = np.full(len(self.good), SOURCES["manual"], np.int64)
        found[rows] = _converted(self._values.take(places), SOURCES.__getitem__, np.int64)
        return found

    def _values_of(self, name: str, rows: Ints) -> Ints:
        """The places of the values of some rows."""
        found = np.full(len(self.good), -1, np.int64)
        said, places = self._places(name)
        found[said] = places
        if (found[rows] < 0).any():
            raise IrregularError
        picked: Ints = found[rows]
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
        found: Any = np.fromiter(numbers, np.float64, len(numbers))
    except (msgspec.DecodeError, OverflowError):
        raise IrregularError from None
    if len(found) < len(texts):
        raise IrregularError
    return found


def _converted(texts: Slices, convert: Callable[[str], Any], dtype: type) -> Any:
    """What texts are, each different one looked at once.  Raises IrregularError for what cannot be converted."""
    different, which = texts.distinct()
    try:
        return np.fromiter(map(convert, unescaped(different)), dtype, len(different))[which]
    except (ValueError, OverflowError, KeyError):
        raise IrregularError from None
