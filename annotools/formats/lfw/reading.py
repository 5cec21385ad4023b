"""Lists of LFW as rows, or folders of persons where there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.label_folders import folder_pictures
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.picture_files import PictureFiles, ending
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.lfw.lists import Lists, Mentions, cells, lists_of, mentions, people, split, without_ending
from annotools.geometry.ragged import offsets_of
from annotools.model import POINTS, Label, Owner
from annotools.storage import Source
from annotools.transform.pair_lists import BETWEEN, NEGATIVE, POSITIVE

LANDMARKS = "landmarks"  # the label of landmarks of nobody


@dataclass(frozen=True)
class ListDialect:
    """How lists are read.

    known: whom paths may begin with, by the people of a list; None for everybody.  pairs: the text of an attribute.
    label: of landmarks whose path names nobody, from those of the picture and the last that was named.
    """

    known: Callable[[Sequence[str]], Collection[str] | None]
    pairs: Callable[[Sequence[str]], str]
    label: Callable[[Sequence[str], str], str]


def _known(persons: Sequence[str]) -> Collection[str] | None:
    return set(persons) or None


def _own(persons: Sequence[str], last: str) -> str:
    return persons[0] if len(persons) == 1 else LANDMARKS


DEFAULT = ListDialect(_known, BETWEEN.join, _own)


def read_rows(rows: Rows, source: Source, problems: Problems, dialect: ListDialect = DEFAULT) -> None:
    """Everything of a source."""
    found = lists_of(source)
    files = PictureFiles(source)
    if not found:
        _read_folders(rows, source, problems)
        return
    names = {lists.pairs: people(source, lists.people, problems) for lists in found}
    labels = dict.fromkeys(name for some in names.values() for name in some)
    rows.label_defs([Label(n, name) for n, name in enumerate(labels, 1)], closed=False)
    for lists in found:
        known = dialect.known(names[lists.pairs])
        said = mentions(source, lists.pairs, known, problems)
        marks = _Landmarks.of(source, lists, known, problems)
        for path, line in zip(marks.names, marks.lines, strict=True):
            said.frames.setdefault(path, -line)
        frames = _frames(rows, lists, said, files)
        _add_tags(rows, lists, said, frames, dialect)
        _add_landmarks(rows, said, marks, frames, dialect)


def _frames(rows: Rows, lists: Lists, said: Mentions, files: PictureFiles) -> dict[str, int]:
    """The frame of each name."""
    members = dict.fromkeys(said.frames, "")
    persons: dict[str, list[str]] = {}
    for name, person in said.tags:
        persons.setdefault(name, []).append(person)
    for name in said.frames if files.members else ():
        homes = [
            f"{folder}{person}/{name}"
            for person in persons.get(name, ())
            for folder in (f"{lists.root}images/", lists.root)
        ]
        members[name] = files.find(*homes, f"{lists.root}images/{name}")
    lines = np.array([abs(line) for line in said.frames.values()], np.int64)
    of_landmarks = np.array([line < 0 for line in said.frames.values()], np.int64)
    at = At((lists.pairs, lists.landmarks), lines, which=of_landmarks)
    whole = [name + ending(members[name]) for name in said.frames]
    frames = rows.frames(whole, subsets=lists.subset, at=at)
    pictured = [row for row, name in enumerate(said.frames) if members[name]]
    rows.pictures(frames[pictured], [members[name] for name in said.frames if members[name]])
    return dict(zip(said.frames, frames.tolist(), strict=True))


def _add_tags(rows: Rows, lists: Lists, said: Mentions, frames: dict[str, int], dialect: ListDialect) -> None:
    if not said.tags:
        return
    at = At(lists.pairs, np.array(list(said.tags.values()), np.int64))
    where = np.array([frames[name] for name, _ in said.tags], np.int64)
    made = rows.tags(where, rows.labels([person for _, person in said.tags], at=at), at)
    row_of = dict(zip(said.tags, made.tolist(), strict=True))
    for attribute, pairs in ((POSITIVE, said.positive), (NEGATIVE, said.negative)):
        others: dict[int, list[str]] = {}
        for name, person, other in pairs:
            others.setdefault(row_of[name, person], []).append(other)
        if others:
            texts = [dialect.pairs(some) for some in others.values()]
            rows.attributes(Owner.TAG, np.array(list(others)), attribute, texts)


@dataclass(frozen=True)
class _Landmarks:
    """Lines of landmarks.  names: of pictures without endings; persons: empty for nobody."""

    member: str
    names: list[str]
    persons: list[str]
    lines: list[int]
    points: list[list[float]]

    @classmethod
    def of(
        cls, source: Source, lists: Lists, known: Collection[str] | None, problems: Problems
    ) -> _Landmarks:  # fmt: skip
        """Those of a subset."""
        found = cls(lists.landmarks, [], [], [], [])
        for line, row in cells(source, lists.landmarks, problems) if lists.landmarks else ():
            values, bad = typed([cell.encode() for cell in row[1:]], float)
            if bad.any() or len(values) % 2 or not len(values):
                expected = "a picture, and two numbers a point"
                problems.append(Problem(f"is {' '.join(row)[:40]!r}", lists.landmarks, line, expected=expected))
                continue
            person, name = split(without_ending(row[0]), known)
            found.names.append(name)
            found.persons.append(person)
            found.lines.append(line)
            found.points.append(values.tolist())
        return found


def _add_landmarks(rows: Rows, said: Mentions, marks: _Landmarks, frames: dict[str, int], dialect: ListDialect) -> None:
    if not marks.names:
        return
    persons: dict[str, list[str]] = {}
    last = ""
    for name, person in said.tags:
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
    found = folder_pictures(source.members())
    if not found:
        expected = "pairs.txt, or pictures in folders of persons"
        problems.append(Problem("holds no labelled faces", source.name, expected=expected))
        return
    at = At([picture.member for picture in found], which=np.arange(len(found)))
    short = [picture.name.partition("/")[2] for picture in found]
    names = short if len(set(short)) == len(short) else [picture.name for picture in found]
    frames = rows.frames(names, subsets=[picture.subset for picture in found], at=at)
    rows.pictures(frames, [picture.member for picture in found])
    of_person = np.array([row for row, picture in enumerate(found) if picture.label], np.int64)
    labels = rows.labels([found[row].label for row in of_person.tolist()], at=at[of_person])
    rows.tags(frames[of_person], labels, at[of_person])
