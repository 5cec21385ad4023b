"""What a source may be that no format recognises: the words that lead on.

    a.json  {"shapes": [..], "imagePath": ..}     labelme's JSON, which cannot be read
    a.txt   0 0.5 0.5 0.2 0.1                     lines of YOLO, without a list of classes

Only the first members of a kind are looked at, and only their heads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from annotools.errors import InputError
from annotools.formats.kernel.members import is_note
from annotools.formats.kernel.stranger_signs import BEGUN, JSON, LINES, TABLES, XML
from annotools.formats.kernel.xml_files import ROOT
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_HEAD = 1 << 14
_FILES = 20
_MARK = b"\xef\xbb\xbf"


def likeness(source: Source) -> str:
    """What a source looks like; empty for nothing that is known."""
    members = [name for name in source.members() if not is_note(name)]
    if members and all(map(is_picture, members)):
        return "pictures without annotations; where folders are labels, its slug is imagenet"
    return next(filter(None, (_first(source, members, ends, look) for ends, look in _LOOKS)), "")


def _first(source: Source, members: Iterable[str], ends: tuple[str, ...], look: Callable[[bytes], str]) -> str:
    """What the first files of some endings look like, of which any looks like anything."""
    names = islice((name for name in members if name.lower().endswith(ends)), _FILES)
    return next(filter(None, (look(_head(source, name)) for name in names)), "")


def _json(head: bytes) -> str:
    tool = next((tool for tool, words in JSON if all(word in head for word in words)), "")
    return f"JSON of {tool}" if tool else ""


def _lines(head: bytes) -> str:
    """What all lines of a head are; the last may be cut off."""
    lines = [line.strip() for line in head.split(b"\n")]
    whole = [line for line in (lines[:-1] if len(lines) > 1 and len(head) == _HEAD else lines) if line]
    return next((what for what, line in LINES.items() if whole and all(map(line.fullmatch, whole))), "")


def _xml(head: bytes) -> str:
    match = ROOT.match(head)
    root = b"<" + match[1] if match else b""
    return XML.get(root, "")


def _table(head: bytes) -> str:
    for pattern, what in BEGUN:
        if pattern.match(head):
            return what
    first = head.partition(b"\n")[0]
    return next((what for what, words in TABLES.items() if all(word in first for word in words)), "")


_LOOKS: tuple[tuple[tuple[str, ...], Callable[[bytes], str]], ...] = (
    ((".json", ".jsonl", ".ndjson", ".odgt", ".geojson", ".manifest", ".labels"), _json),
    ((".xml", ".xgtf", ".svg", ".kml"), _xml),
    ((".csv", ".tsv"), _table),
    ((".txt", ".gt"), _lines),
)


def _head(source: Source, name: str) -> bytes:
    try:
        with source.open(name) as stream:
            return stream.read(_HEAD).removeprefix(_MARK)
    except InputError:
        return b""
