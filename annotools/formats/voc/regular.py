"""Annotation files as regular writers have them: many at once, by one expression that leaves nothing out.

    <annotation> <folder/> <filename/> <path/> <source/> <size/> <segmented/>          in the order of the usual tools
      <object> <name/> <pose/> <truncated/> <occluded/> <difficult/> <bndbox/> <attributes/> </object> ...
    </annotation>

Each alternative begins where the one before it ended, and the last takes whatever is left, so files in which that is
empty hold nothing but what the groups say.  Everything else, as entities, comments, other orders or elements, goes to
the parser: it is five times as slow, and gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from annotools.formats.kernel.lines import is_utf8
from annotools.model.columns import Ints

_BLANK = rb"[ \t\r\n]*"
_LETTER = rb"[^<&>\x00-\x08\x0b-\x1f%s]"
_TEXT, _NUMBER = _LETTER % b"" + b"*", rb"[ \t\n]*([-+0-9.eE]*)[ \t\n]*"
_END = b"\0"  # behind each file: no text may have it
_NO_XML = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # characters that XML does not allow, in UTF-8


def _element(name: bytes, inner: bytes) -> bytes:
    return b"<" + name + b">" + inner + b"</" + name + b">" + _BLANK


def _said(name: bytes, group: bytes, unless: bytes = b"") -> bytes:
    """An element that may be missing.  unless: a group that stands for the same element at another place."""
    given = b"(?(" + unless + b")(?!))" if unless else b""
    return b"(?:" + given + _element(name, b"(?P<" + group + b">" + _TEXT + b")") + b")?"


def _side(name: bytes) -> bytes:
    return _element(name, _NUMBER.replace(b"(", b"(?P<" + name + b">", 1))


_BARE = _LETTER % rb"\x80-\xff" + b"+"
_SOURCE = b"".join(b"(?:" + _element(name, _BARE) + b")?" for name in (b"database", b"annotation", b"image"))
_ATTRIBUTE = _element(b"attribute", _BLANK + _element(b"name", b"(%s)" % _TEXT) + _element(b"value", b"(%s)" % _TEXT))
_ATTRIBUTES = b"(?:" + _ATTRIBUTE.replace(b"(" + _TEXT + b")", _TEXT) + b")*"
_HEAD = b"".join([
    rb'(?:<\?xml version="1\.0"(?: encoding="(?:utf-8|UTF-8)")?\?>' + _BLANK + b")?",
    rb'(?P<head><annotation(?: verified="(?:yes|no)")?>)' + _BLANK,
    _said(b"folder", b"folder"), _said(b"filename", b"filename"), _said(b"folder", b"folder_behind", b"folder"),
    _said(b"path", b"path"),
    b"(?P<source>" + _element(b"source", _BLANK + _SOURCE) + b")?",
    _element(b"size", _BLANK + b"".join(_said(side, side) for side in (b"width", b"height", b"depth"))),
    b"(?:" + _element(b"segmented", _TEXT) + b")?",
])  # fmt: skip
_OBJECT = b"".join([
    b"(?P<object><object>)" + _BLANK, _said(b"name", b"name"), _said(b"pose", b"pose"),
    _said(b"truncated", b"truncated"), _said(b"occluded", b"occluded"), _said(b"difficult", b"difficult"),
    _said(b"occluded", b"occluded_behind", b"occluded"),
    b"<bndbox>" + _BLANK + _side(b"xmin"),
    b"(?:" + _side(b"xmax").replace(b"?P<xmax>", b"?P<xmax_before>") + b")?" + _side(b"ymin"),
    b"(?(xmax_before)|" + _side(b"xmax") + b")" + _side(b"ymax") + b"</bndbox>" + _BLANK,
    b"(?:<attributes>" + _BLANK + b"(?P<attributes>" + _ATTRIBUTES + b")</attributes>" + _BLANK + b")?",
    b"</object>" + _BLANK,
])  # fmt: skip
_TAIL = b"(?P<tail></annotation>)" + _BLANK + _END
_TOKEN = re.compile(b"|".join([_OBJECT, _HEAD, _TAIL, b"(?P<rest>(?s:.+))"]))
_PAIR = re.compile(_ATTRIBUTE)
Columns = Mapping[str, Sequence[bytes]]
_STARTS = re.compile(b"<object>")


HEAD = ("width", "height", "depth", "folder", "filename", "path")
OBJECT = ("name", "pose", "truncated", "occluded", "difficult")
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class Block:
    """Some files.

    heads: texts that each file says of its picture, by name; sources: what nobody knows, as it stands.  counts: how
    many objects each has; line: that of each object.  objects: their texts by name; corners: four columns of texts.
    attributes: names and values of those objects that have any, by the place of the object.
    """

    heads: dict[str, list[str]]
    sources: list[bytes]
    counts: Ints
    line: Ints
    objects: dict[str, list[str]]
    corners: list[list[bytes]]
    attributes: list[tuple[int, list[tuple[str, str]]]]


def block_of(files: Sequence[bytes]) -> Block | None:
    """What some files say; None if any is not regular."""
    data = _END.join([*files, b""])
    if data.count(_END) != len(files) or not _is_text(data):
        return None
    columns = dict(zip(_TOKEN.groupindex, zip(*_TOKEN.findall(data), strict=True), strict=True)) if files else {}
    if not columns or columns["rest"][-1] or not _are_whole(columns, len(files)):
        return None
    ends = np.flatnonzero(list(map(bool, columns["tail"])))
    counts = np.diff(ends, prepend=-1) - 2
    head, there = (
        {name: [*compress(column, columns[kind])] for name, column in columns.items()} for kind in ("head", "object")
    )
    return Block(
        {name: _either(head, name) for name in HEAD}, [*map(_unbroken, head["source"])], counts,
        _lines(data, counts), {name: _either(there, name) for name in OBJECT},
        [[one or other for one, other in zip(there[name], there.get(f"{name}_before", there[name]), strict=True)]
         for name in _CORNERS],
        [(row, _pairs(blob)) for row, blob in enumerate(there["attributes"]) if blob],
    )  # fmt: skip


def _is_text(data: bytes) -> bool:
    return data.isascii() or (is_utf8(data) and not any(letter in data for letter in _NO_XML))


def _are_whole(columns: Columns, count: int) -> bool:
    """Whether each of some files is a head, objects and a tail."""
    heads, tails = (np.flatnonzero(list(map(bool, columns[kind]))) for kind in ("head", "tail"))
    starts = np.append(0, tails[:-1] + 1)
    return len(tails) == count and len(columns["tail"]) == tails[-1] + 1 and np.array_equal(heads, starts)


def _either(columns: Columns, name: str) -> list[str]:
    """Stripped texts of an element that may stand at one of two places."""
    texts = columns[name]
    if any(behind := columns.get(f"{name}_behind", ())):
        texts = [one or other for one, other in zip(texts, behind, strict=True)]
    known = {text: text.decode().strip() for text in set(texts)}
    return [*map(known.__getitem__, texts)]


def _unbroken(text: bytes) -> bytes:
    """An element as the parser hands it on: line ends are line feeds."""
    return text.strip().replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _pairs(blob: bytes) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in _PAIR.findall(blob)]


def _lines(data: bytes, counts: Ints) -> Ints:
    """The line of each object in its file."""
    starts = np.array([found.start() for found in _STARTS.finditer(data)], np.int64)
    signs = np.frombuffer(data, np.uint8)
    feeds, files = np.flatnonzero(signs == ord("\n")), np.append(0, np.flatnonzero(signs == 0)[:-1])
    before = np.searchsorted(feeds, files)
    return np.asarray(np.searchsorted(feeds, starts) - np.repeat(before, counts) + 1, np.int64)
