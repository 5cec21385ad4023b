"""What stands beside of what CVAT knows: other keys of objects and of documents, as extras and back.

    {"id": 1, ..., "license": 3, "tags": ["a"]}      license 3, tags b'["a"]': numbers, texts and truth values as such,
                                                    lists and objects undecoded

A key that is called as an extra of ours has another name among the extras.  What a document says but for its lists, as
info, licenses and keys that are not known, goes there and back.  The name of the task is the description.  What a
document of ours says of nothing is no extra; which keys a document and its categories had is kept beside the dataset,
so that they are written again and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
import orjson
from msgspec import UNSET

from annotools.formats.coco.document import Document
from annotools.formats.kernel.jsonfile import UNDECODABLE, dumped, is_not_utf8
from annotools.model import Dataset
from annotools.model.extras import Extra, Extras
from annotools.model.row_numbers import is_number

REPLACED = "U+FFFD stands for what is not UTF-8"
_OWN = "own "
_AS_IT_IS = {bool, int, float, str, bytes}


def name_of(key: str, *ours: str) -> str:
    """The name of the extra that holds a key.  ours: names that mean something else."""
    return _OWN + key if key in ours or is_number(key) or key.startswith(_OWN) else key


def key_of(name: str) -> str:
    """The key that an extra holds."""
    return name.removeprefix(_OWN)


def column_of(values: Sequence[Any], key: str = "", items: Sequence[Mapping[str, Any]] = ()) -> Extra:
    """An extra of decoded values.  items: where given, the rows of those without the key have none."""
    if not items and set(map(type, values)) == {int}:
        with suppress(OverflowError):
            return Extra.of(np.array(values, np.int64))
    present = [key in item for item in items] if items else [True] * len(values)
    column = np.empty(len(values), object)
    if set(map(type, values)) <= _AS_IT_IS:
        column[:] = values
        return Extra(column, np.array(present, np.bool_))
    column[:] = [_kept(value) if there else None for value, there in zip(values, present, strict=True)]
    return Extra(column, np.array(present, np.bool_))


def _kept(value: Any) -> Any:
    """A value as it is kept: what is not a number, text or truth value as JSON."""
    return value if isinstance(value, bool | int | float | str | bytes) else dumped(value)


def decoded(raw: msgspec.Raw | bytes) -> Any:
    """A value of undecoded JSON as it is kept; a number beyond all floats stays text."""
    text = bytes(raw)
    if text[:1] in (b"{", b"[", b"n"):
        return text
    try:
        return msgspec.json.decode(text)
    except UNDECODABLE as error:
        if is_not_utf8(error):
            return decoded(text.decode(errors="replace").encode())
        return text  # a number that is beyond all floats


def is_replaced(raw: msgspec.Raw | bytes, value: Any) -> bool:
    """Whether a value was not UTF-8, so that U+FFFD stands for bytes of it."""
    if not isinstance(value, str) or "\ufffd" not in value:
        return False
    try:
        return not bytes(raw).decode()
    except UnicodeDecodeError:
        return True


def written(value: Any) -> Any:
    """A kept value for orjson."""
    return orjson.Fragment(value) if isinstance(value, bytes) else value


def sparse(values: Mapping[int, Any], size: int) -> Extra:
    """An extra of some rows."""
    column, present = np.empty(size, object), np.zeros(size, np.bool_)
    for row, value in values.items():
        column[row], present[row] = value, True
    return Extra(column, present)


def ids_of(values: Sequence[Any]) -> Extra:
    """An extra of the ids of annotations, of those that have one."""
    with suppress(ValueError, OverflowError):
        numbers = np.array(values)
        if numbers.dtype == np.int64:  # of whole numbers alone, as no id is a truth value
            return Extra.of(numbers)
    if UNSET not in values:
        return column_of(values)
    return sparse({n: value for n, value in enumerate(values) if value is not UNSET}, len(values))


def others(extras: Extras, known: Iterable[str]) -> dict[str, Extra]:
    """The extras that are keys of their own, by key."""
    ours = set(known)
    return {
        key_of(name): extra
        for name, extra in extras.items()
        if name not in ours and not extra.derived and not is_number(name)
    }


Item = dict[str, Any]
INFO = {"contributor": "", "date_created": "", "description": "", "url": "", "version": ""}
DOCUMENTS = "documents"  # the extra that says which keys there were
_FIRST = b'{"description":'


def description(document: Document) -> str:
    """The description of a document, empty where it has none."""
    text = _info(document.header.get("info", b"{}")).get("description")
    return text if isinstance(text, str) else ""


def _info(raw: bytes) -> Item:
    try:
        info = msgspec.json.decode(raw)
    except UNDECODABLE:
        return {}
    return info if isinstance(info, dict) else {}


def keys_of_documents(documents: Sequence[Document], unused: list[Any]) -> Extra:
    """Which keys each document had, and its categories.  unused: places and items of categories that are not labels."""
    heads: dict[str, Item] = {}
    for document in documents:
        head = heads.setdefault(document.subset, {"keys": [], "categories": {}, "unused": unused})
        head["keys"] += [*document.header, *sorted(document.given)]
        head["categories"] |= {str(item["name"]): [*item] for item in document.categories if item and "name" in item}
    return Extra.of([dumped(heads)], derived=True)


def extras_of(documents: Sequence[Document]) -> Iterator[tuple[str, Any]]:
    """The extras of the dataset that documents make; where they differ, each has its own."""
    for key in dict.fromkeys(key for document in documents for key in document.header):
        raws = {document.subset: document.header[key] for document in documents if key in document.header}
        values = {subset: _without_description(raw) if key == "info" else decoded(raw) for subset, raw in raws.items()}
        shared = len(set(map(repr, values.values()))) == 1 and len(values) == len({one.subset for one in documents})
        for subset, value in list(values.items())[: 1 if shared else None]:
            if value not in (b"", b"[]"):
                yield name_of(key, DOCUMENTS, "self") + ("" if shared else f" of {subset or 'default'}"), value


def _without_description(raw: bytes) -> Any:
    """Info without the description that was put before what there was; empty for that of a task without extras."""
    info = _info(raw)
    if info | {"description": ""} == INFO:
        return b""
    if not raw.startswith(_FIRST) or not isinstance(info.get("description"), str):
        return decoded(raw)
    rest = raw[len(_FIRST) + len(dumped(info["description"])) :]
    return b"{" + rest.lstrip(b",") if raw.startswith(_FIRST + dumped(info["description"])) else decoded(raw)


class Heads:
    """The heads of the documents of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._name = dataset.task.name
        extras = dataset.extras["dataset"]
        self._extras = {name: extra.plain()[0] for name, extra in others(extras, (DOCUMENTS,)).items() if len(extra)}
        known = extras[DOCUMENTS].plain() if DOCUMENTS in extras else [None]
        self._heads: dict[str, Item] = orjson.loads(known[0]) if known[0] else {}

    def head(self, subset: str) -> Item:
        """All of a document but its lists."""
        own = self._of(subset)
        known = self._head(subset)
        keys = known["keys"] if known else ["info", "licenses"]
        head: Item = {"licenses": []} if "licenses" in keys else {}
        if "info" in keys or self._name or "info" in own:
            head["info"] = self._info(own.get("info"))
        return head | {key: written(value) for key, value in own.items() if key != "info"}

    def lacks(self, subset: str, key: str) -> bool:
        """Whether a document as it was read had not even this list."""
        known = self._head(subset)
        return bool(known) and key not in known["keys"]

    def category_keys(self, subset: str, name: str) -> list[str] | None:
        """The keys that a category had; None for one that was not read."""
        keys: list[str] | None = self._head(subset).get("categories", {}).get(name)
        return keys

    def unused(self, subset: str) -> list[tuple[int, Item]]:
        """The categories that are not labels, and where they stood."""
        return [(index, item) for index, item in self._head(subset).get("unused", [])]

    def _head(self, subset: str) -> Item:
        return self._heads.get("" if subset == "default" else subset, {})

    def _of(self, subset: str) -> dict[str, Any]:
        """The extras that belong to a subset: its own, and those of the whole."""
        tail = f" of {subset}"
        subsets = {"default", *self._heads}
        tails = tuple(f" of {name}" for name in subsets if name)
        shared = {n: v for n, v in self._extras.items() if not n.endswith(tails)}
        own = {key_of(n[: -len(tail)]): v for n, v in self._extras.items() if n.endswith(tail) and subset in subsets}
        return shared | own

    def _info(self, raw: Any) -> Any:
        """Info with the name of the task as description."""
        if not isinstance(raw, bytes) or not raw.startswith(b"{"):
            return INFO | {"description": self._name} if raw is None else written(raw)
        info = _info(raw)
        if info.get("description", "") == self._name:
            return orjson.Fragment(raw)
        if "description" in info:
            return info | {"description": self._name}
        rest = raw[1:].lstrip()
        return orjson.Fragment(_FIRST + dumped(self._name) + (b"" if rest == b"}" else b",") + rest)
