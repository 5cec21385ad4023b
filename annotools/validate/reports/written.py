"""JSON of many objects at once, written from columns: what is the same in all of them is written once.

    objects([("kind", ["tag", "tag"]), ("row", [3, 7])], 2)    ['{"kind":"tag","row":3}', '{"kind":"tag","row":7}']

Made one by one and dumped, objects take three times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from annotools.validate.findings import are_one

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
_FLAT = {str, int, float, bool, type(None)}  # what stands on a line of its own in an indented list
Column = Sequence[Any]
Written = list[str] | str  # one for each row, or one for all


def values(column: Column) -> list[str]:
    """The JSON of each value.  Raises: TypeError for what orjson refuses."""
    if not column:
        return []
    if set(map(type, column)) <= _FLAT:
        text: str = orjson.dumps(list(column), option=_OPTIONS | orjson.OPT_INDENT_2).decode()
        return text[4:-2].split(",\n  ")  # no string has a line break in it
    return [orjson.dumps(value, option=_OPTIONS).decode() for value in column]


def written(column: Column) -> Written:
    """The JSON of each value, or of the one that all are."""
    return values(column[:1])[0] if column and are_one(list(column)) else values(column)


def joined(parts: Iterable[Written], size: int) -> list[str]:
    """Texts put together, row by row; those that are one for all stand in the template."""
    parts = list(parts)
    template = "".join([part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts])
    columns = [part for part in parts if not isinstance(part, str)]
    return [template % row for row in zip(*columns, strict=True)] if columns else [template % ()] * size


def keyed(key: str, texts: Written) -> list[Written]:
    """A key with its values, which are JSON already; the comma before it included."""
    return [f',"{key}":', texts]


def known(key: str, column: Column) -> Written:
    """A key with its values, the comma before it included; nothing where the value is None or empty."""
    if not column or are_one(list(column)):
        return f',"{key}":{values(column[:1])[0]}' if column and column[0] not in (None, "") else ""
    texts = [f',"{key}":{text}' for text in values(column)]
    gone = None in column or "" in column
    return ["" if value in (None, "") else text for value, text in zip(column, texts, strict=True)] if gone else texts


def braced(parts: Iterable[Written], size: int) -> list[str]:
    """Keys with their values as objects."""
    parts = list(parts)
    if parts and isinstance(parts[0], str) and parts[0]:
        return joined(["{" + parts[0][1:], *parts[1:], "}"], size)
    return ["{" + text[1:] + "}" for text in joined(parts, size)]


def objects(columns: Iterable[tuple[str, Column]], size: int) -> list[str]:
    """Objects of columns.  size: how many."""
    return braced([part for key, column in columns for part in keyed(key, written(column))], size)


def spread(texts: Iterable[str], where: Sequence[bool]) -> list[str]:
    """Texts of some rows at their rows, nothing at the others."""
    rest = iter(texts)
    return [next(rest) if here else "" for here in where]
