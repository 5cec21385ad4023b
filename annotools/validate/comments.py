"""Comments in XML that keep rules quiet about the element that follows, with all that it holds.

    <!-- annotools: ignore[TRK012, tiny-area] -->
    <track id="0" label="car" source="manual">

Without brackets all rules are quiet; before the root element the comment is about the whole file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from annotools.model import Dataset, Owner
from annotools.model.tables import Bools, Ints
from annotools.storage import Source
from annotools.validate.findings import OWNER_OF, Found
from annotools.validate.registry import Rule
from annotools.validate.settings import exactness

_COMMENT = re.compile(rb"<!--\s*+annotools:\s*+ignore\s*+(?:\[([^\]<]*+)\])?\s*+-->")
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.-]*)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
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
    quiet: list[Quiet] = []
    breaks: list[int] = []
    element = None
    for comment in _COMMENT.finditer(data):
        if element is None or element.start() < comment.end():
            element = _ELEMENT.search(data, comment.end())
        if element is None:
            break  # and there is none behind the others
        close = b"</" + element[1]
        end = element.end() if element[0].endswith(b"/>") else data.find(close, element.end())
        breaks = breaks or [-1, *(match.start() for match in _BREAK.finditer(data))]
        first, last = (bisect_left(breaks, at) for at in (element.start(), end if end >= 0 else len(data)))
        words = "ALL" if comment[1] is None else comment[1].decode("utf-8", "replace")
        quiet.append(Quiet(member, tuple(word.strip() for word in words.split(",") if word.strip()), first, last))
    return quiet


def quieted(quiet: Sequence[Quiet], rule: Rule, answer: Found, dataset: Dataset) -> Bools:
    """Which findings of a rule are on lines where it is quiet."""
    mask = np.zeros(len(answer), np.bool_)
    for (member, words), some in _alike(quiet).items():
        if exactness(rule, words):
            lines = _lines(dataset, answer, member)
            firsts, lasts = np.sort([one.first for one in some]), np.sort([one.last for one in some])
            mask |= np.searchsorted(firsts, lines, "right") > np.searchsorted(lasts, lines, "left")
    return mask


def _alike(quiet: Sequence[Quiet]) -> dict[tuple[str, tuple[str, ...]], list[Quiet]]:
    alike: dict[tuple[str, tuple[str, ...]], list[Quiet]] = {}
    for one in quiet:
        alike.setdefault((one.member, one.words), []).append(one)
    return alike


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
