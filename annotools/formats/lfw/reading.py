"""Lists of LFW as rows, or folders of persons where there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.label_folders import folder_pictures
from annotools.formats.kernel.lines import is_comment, typed
from annotools.formats.kernel.picture_files import PictureFiles, ending
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.lfw.lists import (
    Lists,
    Mentions,
    Remark,
    cells,
    counted,
    lists_of,
    mentions,
    people,
    people_alone,
    split,
    without_ending,
)
from annotools.geometry.ragged import offsets_of
from annotools.model import POINTS, Label, Owner
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source
from annotools.transform.pair_lists import BETWEEN, NEGATIVE, POSITIVE

LANDMARKS = "landmarks"  # the label of landmarks of nobody


class ListDialect(msgspec.Struct, frozen=True):
    """How lists are read.

    known: whom paths may begin with, by the people of a list; None for everybody.  pairs: the text of an attribute.
    label: of landmarks whose path names nobody, from those of the picture and the last that was named.
    lenient: whether people write remarks, and lists of persons alone say which pictures there are.
    """

    known: Callable[[Sequence[str]], Collection[str] | None]
    pairs: Callable[[Sequence[str]], str]
    label: Callable[[Sequence[str], str], str]
    lenient: bool = True


def _known(persons: Sequence[str]) -> Collection[str] | None:
    return set(persons) or None


def _own(persons: Sequence[str], last: str) -> str:
    return persons[0] if len(persons) == 1 else LANDMARKS


DEFAULT = ListDialect(_known, BETWEEN.join, _own)


def read_rows(rows: Rows, source: Source, problems: Problems, dialect: ListDialect = DEFAULT) -> None:
    """Everything of a source."""
    listed, files = lists_of(source), PictureFiles(source)
    if not listed and dialect.lenient and not files.members:
        listed = people_alone(source)
    if not listed:
        _read_folders(rows, source, problems)
        return
    remark = _remarks(files) if dialect.lenient else _no_remark
    names = {lists.member: people(source, lists.people, problems) for lists in listed}
    labels = dict.fromkeys(name for some in names.values() for name in some)
    rows.label_defs([Label(n, name) for n, name in enumerate(labels, 1)], closed=False)
    used: set[str] = set()
    for lists in listed:
        known = dialect.known(names[lists.member])
        if lists.pairs:
            mentioned = mentions(source, lists.pairs, known, remark, problems)
        else:
            mentioned = counted(source, lists.people, problems)
        marks = _Landmarks.of(source, lists, known, remark, problems)
        for path, line in zip(marks.names, marks.lines, strict=True):
            mentioned.frames.setdefault(path, -line)
        frames = _frames(rows, lists, mentioned, files, used)
        _add_tags(rows, lists, mentioned, frames, dialect)
        _add_landmarks(rows, mentioned, marks, frames, dialect)
    _tell_others(rows, files, used)


def _tell_others(rows: Rows, files: PictureFiles, used: set[str]) -> None:
    """Note pictures that no list names; one of the name of another is told with that."""
    known = {without_ending(name) for name in used}
    others = [name for name in files.members if without_ending(name) not in known]
    why = f"no list names it: {next(iter(others), '')}{f' (and {len(others) - 1} more)' if len(others) > 1 else ''}"
    rows.left_out("picture left out", len(others), why=why, table="members")


def _remarks(files: PictureFiles) -> Remark:
    """Lines that people write by hand, unless a person or a picture is called so."""

    def is_remark(row: Sequence[str], persons: Collection[str]) -> bool:
        return is_comment(row[0]) and row[0].partition("/")[0] not in persons and not files.find(without_ending(row[0]))

    return is_remark


def _no_remark(row: Sequence[str], persons: Collection[str]) -> bool:
    return False


def _frames(
    rows: Rows, lists: Lists, mentioned: Mentions, files: PictureFiles, used: set[str]
) -> dict[str, int]:  # fmt: skip
    """The frame of each name.  used: receives the pictures of frames."""
    members = dict.fromkeys(mentioned.frames, "")
    persons: dict[str, list[str]] = {}
    for name, person in mentioned.tags:
        persons.setdefault(name, []).append(person)
    for name in mentioned.frames if files.members else ():
        homes = [
            f"{folder}{person}/{name}"
            for person in persons.get(name, ())
            for folder in (f"{lists.root}images/", lists.root)
        ]
        members[name] = files.find(*homes, f"{lists.root}images/{name}")
    lines = np.array([abs(line) for line in mentioned.frames.values()], np.int64)
    of_landmarks = np.array([line < 0 for line in mentioned.frames.values()], np.int64)
    at = At((lists.member, lists.landmarks), lines, which=of_landmarks)
    whole = [name + ending(members[name]) for name in mentioned.frames]
    frames = rows.frames(whole, subsets=lists.subset, at=at)
    used.update(members.values())
    pictured = [row for row, name in enumerate(mentioned.frames) if members[name]]
    rows.pictures(frames[pictured], [members[name] for name in mentioned.frames if members[name]])
    return dict(zip(mentioned.frames, frames.tolist(), strict=True))


def _add_tags(rows: Rows, lists: Lists, mentioned: Mentions, frames: dict[str, int], dialect: ListDialect) -> None:
    if not mentioned.tags:
        return
    at = At(lists.member, np.array(list(mentioned.tags.values()), np.int64))
    where = np.array([frames[name] for name, _ in mentioned.tags], np.int64)
    made = rows.tags(where, rows.labels([person for _, person in mentioned.tags], at=at), at)
    row_of = dict(zip(mentioned.tags, made.tolist(), strict=True))
    for attribute, pairs in ((POSITIVE, mentioned.positive), (NEGATIVE, mentioned.negative)):
        others: dict[int, list[str]] = {}
        for name, person, other in pairs:
            others.setdefault(row_of[name, person], []).append(other)
        if others:
            texts = [dialect.pairs(some) for some in others.values()]
            rows.attributes(Owner.TAG, np.array(list(others)), attribute, texts)


class _Landmarks(msgspec.Struct, frozen=True):
    """Lines of landmarks.  names: of pictures without endings; persons: empty for nobody."""

    member: str
    names: list[str]
    persons: list[str]
    lines: list[int]
    points: list[list[float]]

    @classmethod
    def of(
        cls, source: Source, lists: Lists, known: Collection[str] | None, remark: Remark, problems: Problems
    ) -> _Landmarks:  # fmt: skip
        """Those of a subset."""
        landmarks, wrong = cls(lists.landmarks, [], [], [], []), RowProblems(LINES)
        for line, row in cells(source, lists.landmarks, problems) if lists.landmarks else ():
            if remark(row, known or ()):
                continue
            values, bad = typed([cell.encode() for cell in row[1:]] if len(row) % 2 else [], float)
            if not len(values) or bad.any():
                message, expected = f"is {' '.join(row)[:40]!r}", "a picture, and two numbers a point"
                wrong.add(line, message, lists.landmarks, expected)
                continue
            person, name = split(without_ending(row[0]), known)
            landmarks.names.append(name)
            landmarks.persons.append(person)
            landmarks.lines.append(line)
            landmarks.points.append(values.tolist())
        problems.extend(wrong.all())
        return landmarks


def _add_landmarks(
    rows: Rows, mentioned: Mentions, marks: _Landmarks, frames: dict[str, int], dialect: ListDialect
) -> None:
    if not marks.names:
        return
    persons: dict[str, list[str]] = {}
    last = ""
    for name, person in mentioned.tags:
        persons.setdefault(name, []).append(person)
        last = person
    labels = []
    for name, person in zip(marks.names, marks.persons, strict=True):
        last = person or last
        labels.append(person or dialect.label(persons.get(name, []), last))
    at = At(marks.member, np.array(marks.lines, np.int64))
    where = np.array([frames[name] for name in marks.names], np.int64)
    values = np.array([value for points in marks.points for value in points], np.float64)
    rows.shapes(POINTS, where, rows.labels(labels, at=at), values, offsets_of([len(p) for p in marks.points]), at)


def _read_folders(rows: Rows, source: Source, problems: Problems) -> None:
    """Pictures in the folders of persons, as they are given out."""
    pictures = folder_pictures(source.members())
    if not pictures:
        expected = "pairs.txt, or pictures in folders of persons"
        problems.append(Problem("holds no labelled faces", source.name, expected=expected))
        return
    at = At([picture.member for picture in pictures], which=np.arange(len(pictures)))
    short = [picture.name.partition("/")[2] for picture in pictures]
    names = short if len(set(short)) == len(short) else [picture.name for picture in pictures]
    frames = rows.frames(names, subsets=[picture.subset for picture in pictures], at=at)
    rows.pictures(frames, [picture.member for picture in pictures])
    of_person = np.array([row for row, picture in enumerate(pictures) if picture.label], np.int64)
    labels = rows.labels([pictures[row].label for row in of_person.tolist()], at=at[of_person])
    rows.tags(frames[of_person], labels, at[of_person])
