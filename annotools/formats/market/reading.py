"""Lists and folders of Market-1501 as rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.formats.kernel.members import image_members, member_named
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.matching import stem
from annotools.model import Owner
from annotools.storage import Source
from annotools.transform.person_names import ATTRIBUTES, LABEL, Person, is_own_name, parsed

NO_SUBSET, QUERY, LIST = "default", "query", "images_{}.txt"
_BOXES = "bounding_box_"
_DRAWN = ("gt_bbox", "gt_query")  # drawn by hand, and what an evaluation is to find
_LISTED = re.compile(r"(|.*/)images_(.+)\.(?i:txt)")


class Picture(msgspec.Struct, frozen=True):
    """A picture.  path: below its folder.  line: 0 where no list names it.  member: the list or the picture."""

    subset: str
    query: bool
    path: str
    picture: str
    member: str
    line: int = 0


Named = Callable[[Sequence[Picture]], list[tuple[str, Person | None]]]


def pictures_of(source: Source, problems: Problems) -> list[Picture]:
    """All pictures: those that lists name, then those that only lie there."""
    pictures = [*_listed(source, problems)]
    known = {picture.picture for picture in pictures}
    return pictures + sorted(
        (picture for picture in _lying(source) if picture.picture not in known),
        key=lambda picture: (picture.subset or NO_SUBSET, picture.path),
    )


def _listed(source: Source, problems: Problems) -> Iterator[Picture]:
    members = {member: match for member in source.members() if (match := _LISTED.fullmatch(member))}
    stems = {stem(name): name for name in image_members(source)}
    for member, match in sorted(members.items(), key=lambda item: item[1][2]):
        for line, path in _paths(source, member, problems):
            query, rest = _below(path, match[2])
            if not rest:
                expected = f"a path such as {_BOXES}{match[2]}/0002_c1s1_000451_03.jpg"
                problems.append(Problem(f"is {path[:40]!r}", member, line, expected=expected))
                continue
            path_in_source = match[1] + path
            picture = member_named(source, path_in_source) or stems.get(path_in_source, "")
            yield Picture("" if match[2] == NO_SUBSET else match[2], query, rest, picture, member, line)


def _paths(source: Source, member: str, problems: Problems) -> list[tuple[int, str]]:
    """The paths of a list, with their lines."""
    lines = enumerate(text_lines(source, member, problems), 1)
    paths = ((line, text.replace("\\", "/")) for line, raw in lines for text in texts_of([raw]))
    return [(line, path.removeprefix("./")) for line, path in paths]


def _below(path: str, subset: str) -> tuple[bool, str]:
    """Whether a path is of a query, and what it is below its folder."""
    start = f"{_BOXES}{subset}/"
    folder, _, rest = path.partition("/")
    return folder == QUERY, path[len(start) :] if path.startswith(start) else rest


def _lying(source: Source) -> Iterator[Picture]:
    for member in image_members(source):
        parts = member.split("/")
        for index, part in enumerate(parts[:-1]):
            if part == QUERY or part.startswith(_BOXES):
                subset = part.removeprefix(_BOXES)
                rest = "/".join(parts[index + 1 :])
                yield Picture("" if subset == NO_SUBSET else subset, part == QUERY, rest, member, member)
                break


def names_of(pictures: Sequence[Picture]) -> list[tuple[str, Person | None]]:
    """The name of each picture and who is on it; what stands behind a person's name is the picture's own name."""
    persons = [parsed(picture.path, query=picture.query) for picture in pictures]
    short = [_own_name(p.path, who[1]) if who else p.path for p, who in zip(pictures, persons, strict=True)]
    keys = {(picture.subset, name) for picture, name in zip(pictures, short, strict=True)}
    names = short if len(keys) == len(pictures) else [picture.path for picture in pictures]
    return [(name, who[0] if who else None) for name, who in zip(names, persons, strict=True)]


def _own_name(path: str, rest: str) -> str:
    if not is_own_name(rest):
        return path
    above, slash, base = path.rpartition("/")
    return f"{above}{slash}{base[base.rindex(rest) :]}"


def read_rows(rows: Rows, source: Source, problems: Problems, named: Named = names_of) -> None:
    """Everything of a source.  named: the name of each picture and who is on it."""
    pictures = pictures_of(source, problems)
    if not pictures and not any(map(_LISTED.fullmatch, source.members())):
        expected = f"{LIST.format('train')}, {_BOXES}train or {QUERY}"
        problems.append(Problem("holds no pictures of Market-1501", source.name, expected=expected))
    _tell_others(rows, source, pictures)
    names = named(pictures)
    members = list(dict.fromkeys(picture.member for picture in pictures))
    numbers = {member: number for number, member in enumerate(members)}
    which = np.array([numbers[picture.member] for picture in pictures], np.int64)
    at = At(members, np.array([picture.line for picture in pictures], np.int64), which=which)
    frames = rows.frames([name for name, _ in names], subsets=[picture.subset for picture in pictures], at=at)
    pictured = [row for row, picture in enumerate(pictures) if picture.picture]
    rows.pictures(frames[pictured], [pictures[row].picture for row in pictured])
    persons = {row: person for row, (_, person) in enumerate(names) if person is not None}
    if persons:
        mine = np.array(list(persons), np.int64)
        made = rows.tags(frames[mine], rows.labels([LABEL] * len(mine), at=at[mine]), at[mine])
        values = [value for person in persons.values() for value in person.values]
        rows.attributes(Owner.TAG, np.repeat(made, len(ATTRIBUTES)), list(ATTRIBUTES) * len(made), values)


def _tell_others(rows: Rows, source: Source, pictures: Sequence[Picture]) -> None:
    """Say what is left out: pictures of other folders, and files of those that evaluations have."""
    known = {picture.picture for picture in pictures}
    aside = [name for name in source.members() if not set(_DRAWN).isdisjoint(name.split("/")[:-1])]
    others = dict.fromkeys([*(name for name in image_members(source) if name not in known), *aside])
    if others:
        folders = dict.fromkeys(name.rpartition("/")[0] or "." for name in others)
        why = f"pictures of {_BOXES}* and {QUERY} are read, not those of {', '.join([*folders][:3])}"
        rows.left_out("file", len(others), why=why, table="members")


def is_market(source: Source) -> bool:
    """Whether a source is certainly of Market-1501: a list of its pictures, or a folder of boxes that are named so."""
    names = source.members()
    if any(f"/{name}".rpartition("/")[2].startswith("images_") and _is_list(source, name) for name in names):
        return True
    return any(f"/{_BOXES}" in f"/{name}" and parsed(name) is not None for name in names)


def _is_list(source: Source, name: str) -> bool:
    if not name.lower().endswith(".txt"):
        return False
    with source.open(name) as stream:
        first = stream.readline(1 << 12).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return first.startswith((_BOXES, f"{QUERY}/"))
