"""Text in XML: escaped so that a parser gives back what was written, and attributes of annotations as elements.

    <attribute name="colour">red &amp; blue</attribute>

Source: XML 1.0, 2.11 (line ends), 3.3.3 (white space in attributes).
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from annotools.geometry.ragged import offsets_of
from annotools.model.alike import alike_lists
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.tables import Array

_PLAIN = re.compile(r"[\w ./:-]*", re.ASCII)  # what most texts are: nothing to escape
_MOST_KNOWN = 1 << 15  # texts that are kept to be used again


def text(value: str) -> str:
    """Text between tags.  A carriage return would otherwise come back as a line feed."""
    return escape(value, {"\r": "&#13;"})


def quoted(value: str) -> str:
    """The value of an attribute, with its quotes."""
    return f'"{value}"' if _PLAIN.fullmatch(value) else quoteattr(value)


class AttributeTexts:
    """The attributes of the rows of one table as elements.  Those of rows that have the same are made once."""

    def __init__(self, dataset: Dataset, kind: Owner) -> None:
        table = dataset.attributes
        mine = np.flatnonzero(table.kind == kind)
        mine = mine[np.argsort(table.owner[mine], kind="stable")]
        self._table = table.take(mine)
        self._ends = offsets_of(np.bincount(table.owner[mine], minlength=len(dataset.table(kind))))
        self._alike = alike_lists(self._ends, (self._table.spec, self._table.value))
        self._specs = dataset.labels.specs
        self._known: dict[str, dict[int, str]] = {}

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
    return f"<attribute name={quoted(name)}>{text(value)}</attribute>\n"
