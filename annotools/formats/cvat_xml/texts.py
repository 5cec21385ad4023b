"""Text in XML: numbers by the column, values escaped, and attributes of annotations as elements.

    10.125, 20.5, -0.001   ->   10.12,20.50;-0.00      two decimals always, rounded as `"{:.2f}".format` does
    red & blue             ->   <attribute name="colour">red &amp; blue</attribute>

Formatting a number takes Python 150 ns, and there are fifty in a polygon.  Here the whole part and the hundredths are
looked up as eight and four bytes, NUL where there is nothing, and all NULs are deleted at the end.
Source: XML 1.0, 2.11 (line ends), 3.3.3 (white space in attributes).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotools.formats.kernel import xmlfile
from annotools.geometry.ragged import offsets_of
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.rounding import shortest
from annotools.model.row_groups import list_groups
from annotools.model.tables import Array, Floats, Ints

_PLAIN = re.compile(r"[\w ./:-]*", re.ASCII)  # what most texts are: nothing to escape
_MOST_KNOWN = 1 << 15  # texts that are kept to be used again
_WHOLE = 100_000  # numbers below this are looked up
_MINUS = np.uint64(ord("-"))
_PAIR = np.array([ord(",") << 24, ord(";") << 24], np.uint32)
_LINE = np.uint32(ord("\n") << 24)


@cache
def _tables() -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Eight bytes for each whole part (the first free for a sign), four for each number of hundredths."""
    number = np.arange(_WHOLE)[:, None]
    power = 10 ** np.arange(6, -1, -1)
    digits = np.where(number >= power, number // power % 10 + ord("0"), 0).astype(np.uint8)
    digits[0, -1] = ord("0")
    whole = np.zeros((_WHOLE, 8), np.uint8)
    whole[:, 1:] = digits
    parts = np.zeros((100, 4), np.uint8)
    parts[:, 0] = ord(".")
    parts[:, 1], parts[:, 2] = np.divmod(np.arange(100), 10)
    parts[:, 1:3] += ord("0")
    return whole.view("<u8").ravel(), parts.view("<u4").ravel()


def decimals(values: Floats) -> list[str]:
    """Each number with two decimals.  values: (n,) float64, any."""
    if not len(values):
        return []
    hundredths = _hundredths(values)
    if hundredths is None:
        return [f"{value:.2f}" for value in values.tolist()]
    separators = np.full(len(values), _LINE)
    return _looked_up(values, hundredths, separators).decode("ascii").split("\n")[:-1]


def pairs(values: Floats, offsets: Ints) -> list[str]:
    """Rows of points as text: `x,y;x,y`.  values, offsets: ragged, offsets of n + 1 rows."""
    hundredths = _hundredths(values)
    empty = (offsets[1:] == offsets[:-1]).any()
    if hundredths is None or empty:
        texts = [f"{value:.2f}" for value in values.tolist()]
        return [_paired(texts[a:b]) for a, b in pairwise(offsets.tolist())]
    if not len(values):
        return []
    separators: NDArray[np.uint32] = _PAIR[_odd(offsets)]
    separators[offsets[1:] - 1] = _LINE
    return _looked_up(values, hundredths, separators).decode("ascii").split("\n")[:-1]


def _odd(offsets: Ints) -> Ints:
    """Whether the place of each value in its row is odd."""
    position = np.arange(offsets[-1])
    if (offsets & 1).any():
        position -= np.repeat(offsets[:-1], np.diff(offsets))
    return position & 1


def _paired(texts: list[str]) -> str:
    return ";".join(",".join(texts[start : start + 2]) for start in range(0, len(texts), 2))


def _hundredths(values: Floats) -> NDArray[np.int32] | None:
    """The size of each number in hundredths, correctly rounded; None when one is too large to look up, or NaN."""
    size = np.abs(values)
    if not (size < _WHOLE - 1).all():
        return None
    scaled = size * 100.0
    rounded = np.rint(scaled)
    # Halves are decided by the exact value of the double, which the product no longer has.
    unsure = np.flatnonzero(np.abs(np.abs(scaled - rounded) - 0.5) < 1e-9 * np.maximum(scaled, 1.0))
    if len(unsure):
        rounded[unsure] = np.rint(np.abs(shortest(values[unsure])) * 100.0)
    return rounded.astype(np.int32)


def _looked_up(values: Floats, hundredths: NDArray[np.int32], separators: NDArray[np.uint32]) -> bytes:
    whole, parts = _tables()
    quotient = hundredths // 100
    text = np.empty(len(values), [("whole", "<u8"), ("part", "<u4")])
    text["whole"] = whole[quotient]
    text["part"] = parts[hundredths - quotient * 100]
    text["part"] |= separators
    negative = np.signbit(values)
    if negative.any():
        text["whole"] |= negative * _MINUS
    return text.tobytes().translate(None, b"\0")


def quoted(value: str) -> str:
    """The value of an attribute, with its quotes."""
    return f'"{value}"' if _PLAIN.fullmatch(value) else xmlfile.quoted(value)


class AttributeTexts:
    """The attributes of the rows of one table as elements.  Those of rows that have the same are made once."""

    def __init__(self, dataset: Dataset, kind: Owner) -> None:
        table = dataset.attributes
        mine = np.flatnonzero(table.kind == kind)
        mine = mine[np.argsort(table.owner[mine], kind="stable")]
        self._table = table.take(mine)
        self._ends = offsets_of(np.bincount(table.owner[mine], minlength=len(dataset.table(kind))))
        self._alike = list_groups(self._ends, (self._table.spec, self._table.value))
        self._specs = dataset.labels.specs
        self._known: dict[str, dict[int, str]] = {}

    def alike(self, rows: Array) -> Ints:
        """A number for each row, the same for those with the same attributes."""
        numbers: Ints = self._alike[rows]
        return numbers

    def of(self, rows: Array, indent: str) -> list[str]:
        """The elements of each row, one a line, indented."""
        numbers = self._alike[rows].tolist()
        known = self._known.setdefault(indent, {})
        if len(known) > _MOST_KNOWN:
            known.clear()
        if fresh := set(numbers).difference(known):
            examples = dict(zip(numbers, rows.tolist(), strict=True))
            known.update((number, self._lines(examples[number], indent)) for number in fresh)
        return [known[number] for number in numbers]

    def _lines(self, row: int, indent: str) -> str:
        mine = slice(self._ends[row], self._ends[row + 1])
        pairs = zip(self._table.spec[mine].tolist(), self._table.value[mine].tolist(), strict=True)
        return "".join(indent + _element(self._specs[spec][1].name, self._table.pool[value]) for spec, value in pairs)


def _element(name: str, value: str) -> str:
    return f"<attribute name={quoted(name)}>{xmlfile.text(value)}</attribute>\n"
