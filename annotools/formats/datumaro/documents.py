"""Documents of a source: what they say of labels, and their items as they stand.

    {"dm_format_version": "1.0", "media_type": 2, "infos": {}, "categories": {"label": ..}, "items": [{..}, {..}]}
    {"info": {}, "categories": {"label": ..}, "items": [..]}            before versions were counted

A file is one subset, and is called as it.
"""

from __future__ import annotations

import re
from posixpath import basename, splitext
from typing import Any

import msgspec

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel import member_words
from annotools.formats.kernel.jsonfile import decode, fields, items, member_text
from annotools.storage import Source
from annotools.storage.limits import check_json

POINT_CLOUD = 6
_LISTS = {
    b'"categories"': re.compile(rb'"categories"\s*:\s*\{'),
    b'"items"': re.compile(rb'"items"\s*:\s*\['),
}
_CLOUD = {
    b'"point_cloud"': re.compile(rb'"point_cloud"\s*:'),
    b'"media_type"': re.compile(rb'"media_type"\s*:\s*%d\b' % POINT_CLOUD),
}


class Document(msgspec.Struct):
    """One file.  items: undecoded.  categories: decoded.  infos: undecoded, empty for none."""

    member: str
    subset: str
    items: list[msgspec.Raw] = msgspec.field(default_factory=list)
    categories: dict[str, Any] = msgspec.field(default_factory=dict)
    infos: bytes = b""


def documents_of(source: Source, problems: Problems) -> list[Document]:
    """The documents of a source: all of `annotations/`, or else every JSON file.  Raises InputError without any."""
    names = json_members(source)
    if not names:
        raise InputError(Problem("has no JSON file", source.name, expected="annotations/*.json"))
    documents = [document for name in names if (document := _read(source, name, problems)) is not None]
    for document in documents if len(names) == 1 and "annotations/" not in names[0] else ():
        document.subset = ""  # a file alone is called as somebody likes
    return documents


def json_members(source: Source) -> list[str]:
    """The members that may be documents; the only one may be without a name that says so, as standard input is."""
    members = source.members()
    if len(members) == 1 and not splitext(members[0])[1]:
        return members
    names = [name for name in members if name.lower().endswith(".json")]
    inner = [name for name in names if name.startswith("annotations/") or "/annotations/" in name]
    return inner or names


def _read(source: Source, name: str, problems: Problems) -> Document | None:
    data = member_text(source, name, problems)
    if data is None:
        return None
    check_json(name, data)
    before = len(problems)
    parts = fields(data, name, problems)
    if len(problems) > before:
        return None
    if not {"items", "categories"} <= parts.keys():
        problems.append(Problem("is not a document of Datumaro", name, expected="an object with categories and items"))
        return None
    infos = bytes(parts.get("infos", parts.get("info", b"")))
    infos = b"" if infos in (b"{}", b"null") else infos
    categories = decode(parts["categories"], name, problems, dict[str, Any] | None, "/categories") or {}
    return Document(name, _subset(name), items(parts["items"], name, "/items", problems), categories, infos)


def _subset(name: str) -> str:
    """The path below `annotations`, without its ending."""
    inner = name.rpartition("annotations/")[2] if "annotations/" in name else basename(name)
    stem = splitext(inner)[0]
    return "" if stem == "default" else stem


def sniff(source: Source, clouds: bool) -> bool:
    """Whether a source is certainly Datumaro's, of pictures or of point clouds."""
    for name in json_members(source):
        if (marks := _marks(source, name)) is not None:
            return marks == clouds
    return False


def _marks(source: Source, name: str) -> bool | None:
    """Whether a document is of point clouds; None for what is no document."""
    # Other documents have a list of categories: to look no further spares reading them to their end.
    if not all(member_words.has(source, name, *mark, early=True) for mark in _LISTS.items()):
        return None
    return any(member_words.has(source, name, *mark) for mark in _CLOUD.items())
