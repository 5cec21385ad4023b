r"""Attributes in one text: names and values, with a backslash before what would mean something else.

make=ford, note=red\, and blue, parked
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# A comma ends an attribute, an equals sign its name; whatever is behind a backslash does neither.
_PART = re.compile(r"((?:\\.|[^\\,=]|\\$)*)(=(?:\\.|[^\\,]|\\$)*)?(?:,|$)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,=\"\s])")
_SPECIAL = re.compile(r"[\\,=\"]|^\s|\s$")
_MARKED = re.compile(r"\\.|\s++", re.DOTALL)
YES = "true"  # the value of a name alone


def attributes_of(text: str) -> list[tuple[str, str]]:
    """Names and values of a text; a name alone is true."""
    pairs = []
    for match in _PART.finditer(text):
        name = _plain(match[1])
        if name:
            pairs.append((name, YES if match[2] is None else _plain(match[2][1:])))
        if match.end() == len(text):
            break
    return pairs


def _plain(text: str) -> str:
    """Without white space round it that no backslash stands before, and without backslashes."""
    text = text.lstrip()
    text = _MARKED.sub(lambda match: "" if match.end() == len(text) and match[0][0] != "\\" else match[0], text)
    return _ESCAPED.sub(r"\1", text)


def text_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The text of names and values."""
    return ", ".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)
