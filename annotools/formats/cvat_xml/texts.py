"""Text in XML: escaped so that a parser gives back what was written, and attributes of annotations as elements.

    <attribute name="colour">red &amp; blue</attribute>

Source: XML 1.0, 2.2 (characters), 2.11 (line ends), 3.3.3 (white space in attributes).
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.tables import Array

# No escape can carry these: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Text between tags.  A carriage return would otherwise come back as a line feed."""
    return escape(value, {"\r": "&#13;"})


def quoted(value: str) -> str:
    """The value of an attribute, with its quotes."""
    return quoteattr(value)


def carried(value: str) -> str:
    """The text with U+FFFD for every character that XML cannot carry."""
    return value if value.isprintable() else _FORBIDDEN.sub("\ufffd", value)


class AttributeTexts:
    """The attributes of the rows of one table as elements.  Each different one is made once."""

    def __init__(self, dataset: Dataset, kind: Owner) -> None:
        table = dataset.attributes
        mine = np.flatnonzero(table.kind == kind)
        mine = mine[np.argsort(table.owner[mine], kind="stable")]
        self._owner = table.owner[mine]
        pair = table.spec[mine] << 32 | table.value[mine]
        unique, self._code = np.unique(pair, return_inverse=True)
        specs = dataset.labels.specs
        self._texts = [_element(specs[both >> 32][1].name, table.pool[both & 0xFFFFFFFF]) for both in unique.tolist()]

    def of(self, rows: Array, indent: str) -> list[str]:
        """The elements of each row, one a line, indented."""
        starts = np.searchsorted(self._owner, rows, "left")
        stops = np.searchsorted(self._owner, rows, "right")
        if (starts == stops).all():
            return [""] * len(rows)
        texts = [f"{indent}{one}" for one in self._texts]
        codes = self._code.tolist() if len(rows) * 4 > len(self._code) else self._code
        bounds = zip(starts.tolist(), stops.tolist(), strict=True)
        return ["".join([texts[code] for code in codes[a:b]]) for a, b in bounds]


def _element(name: str, value: str) -> str:
    return f"<attribute name={quoted(name)}>{text(value)}</attribute>\n"
