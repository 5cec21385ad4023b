"""Comments in XML that keep rules quiet about the element that follows, with all that it holds.

    <!-- annotools: ignore[TRK012, tiny-area] -->
    <track id="0" label="car" source="manual">

Without brackets all rules are quiet; before the root element the comment is about the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from annotools.model import Dataset, Owner
from annotools.model.tables import Bools, Ints
from annotools.storage import Source
from annotools.validate.findings import OWNER_OF, Found
from annotools.validate.registry import Rule
from annotools.validate.settings import exactness

_COMMENT = re.compile(rb"<!--\s*annotools:\s*ignore\s*(?:\[([^\]]*)\])?\s*-->")
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.-]*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_BREAK = re.compile(rb"\r\n?|\n")


class Quiet(NamedTuple):
    """Lines first..last of a member, on which the rules that the words name are quiet."""

    member: str
    words: tuple[str, ...]
    first: int
    last: int


def quiet_lines(source: Source, members: Sequence[str]) -> list[Quiet]:
    """What the comments of the XML members say."""
    there = [member for member in members if member.lower().endswith(".xml") and source.has(member)]
    return [quiet for member in there for quiet in _of_text(member, source.read(member))]


def _of_text(member: str, data: bytes) -> list[Quiet]:
    quiet = []
    for comment in _COMMENT.finditer(data):
        element = _ELEMENT.search(data, comment.end())
        if element is None:
            continue
        close = b"</" + element[1]
        end = element.end() if element[0].endswith(b"/>") else data.find(close, element.end())
        first = _line(data, element.start())
        last = _line(data, end if end >= 0 else len(data))
        words = "ALL" if comment[1] is None else comment[1].decode("utf-8", "replace")
        quiet.append(Quiet(member, tuple(word.strip() for word in words.split(",") if word.strip()), first, last))
    return quiet


def _line(data: bytes, at: int) -> int:
    """The line of a byte, as XML counts: breaks are LF, CR LF and CR."""
    return len(_BREAK.findall(data, 0, at)) + 1


def quieted(quiet: Sequence[Quiet], rule: Rule, answer: Found, dataset: Dataset) -> Bools:
    """Which findings of a rule are on lines where it is quiet."""
    mask = np.zeros(len(answer), np.bool_)
    for one in quiet:
        if exactness(rule, one.words):
            lines = _lines(dataset, answer, one.member)
            mask |= (lines >= one.first) & (lines <= one.last)
    return mask


def _lines(dataset: Dataset, answer: Found, member: str) -> Ints:
    """The line of each finding in a member, 0 where it is not there or not known."""
    if answer.kind != "attribute":
        return _of_rows(dataset, OWNER_OF.get(answer.kind), answer.rows, member)
    owners, kinds = dataset.attributes.owner[answer.rows], dataset.attributes.kind[answer.rows]
    lines = np.zeros(len(answer), np.int64)
    for owner in Owner:
        mine = kinds == owner
        lines[mine] = _of_rows(dataset, owner, owners[mine].astype(np.int64), member)
    return lines


def _of_rows(dataset: Dataset, owner: Owner | None, rows: Ints, member: str) -> Ints:
    origin = dataset.origin
    position = origin.places.get(owner) if origin is not None and owner is not None else None
    if origin is None or position is None or not len(position.lines) or member not in origin.members:
        return np.zeros(len(rows), np.int64)
    lines = position.lines[rows].astype(np.int64)
    return np.where(position.member[rows] == origin.members.index(member), lines, 0) if len(position.member) else lines
