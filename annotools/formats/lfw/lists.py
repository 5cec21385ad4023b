"""The lists of LFW: pairs of pictures, people, landmarks.

pairs.txt      10 300                          how many, which says nothing
               cat<tab>1<tab>4                 cat_0001 and cat_0004 are of cat
               cat<tab>1<tab>dog<tab>2         cat_0001 and dog_0002 are of two
               cat/img                         img is of cat; where people.txt has no `cat`, it is in a folder
people.txt     cat<tab>3                       a person, and of how many pictures: cat_0001 to cat_0003, without pairs
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from posixpath import basename, splitext

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import first_lines, is_comment, text_lines
from annotools.formats.kernel.members import member_named
from annotools.storage import Source
from annotools.transform.pair_lists import NOBODY, numbered_name, path_of_nobody

ANNOTATIONS, NO_SUBSET = "annotations", "default"
_PAIRS = re.compile(r"pairs(.*)\.(?i:txt)")
_PEOPLE = re.compile(r"people(.*)\.(?i:txt)")
_PERSON = re.compile(rb"\s*(\S[^\t]*\t\s*\d+|\S+ +\d+)\s*")
_COUNTS = re.compile(rb"\s*\d+( +\d+)?\s*")
_DIGITS = re.compile(r"\d+", re.ASCII)
_MOST_OF_ONE, _MOST = 9_999, 1 << 17  # pictures that counts of persons may say: names have four digits
_EXPECTED = "a picture, a person and 2 pictures, or 2 persons with a picture each"
# Whether the cells of a line are a remark; persons: whom there is.
Remark = Callable[[Sequence[str], Collection[str]], bool]


class Lists(msgspec.Struct, frozen=True):
    """The lists of a subset.  root: its folder.  pairs, people, landmarks: members, empty for none."""

    subset: str
    root: str
    pairs: str
    people: str
    landmarks: str

    @property
    def member(self) -> str:
        """The list that says which pictures there are."""
        return self.pairs or self.people


class Mentions(msgspec.Struct):
    """What lists say, with the line of each.  frames: names.  tags: name and person.

    positive, negative: name, person, and the path of the other picture.
    """

    frames: dict[str, int] = msgspec.field(default_factory=dict)
    tags: dict[tuple[str, str], int] = msgspec.field(default_factory=dict)
    positive: list[tuple[str, str, str]] = msgspec.field(default_factory=list)
    negative: list[tuple[str, str, str]] = msgspec.field(default_factory=list)

    def add(self, name: str, person: str, line: int) -> None:
        """A picture, and who is on it; an empty person is nobody."""
        self.frames.setdefault(name, line)
        if person:
            self.tags.setdefault((name, person), line)


def lists_of(source: Source) -> list[Lists]:
    """All lists of a source, by subset."""
    listed = []
    for member in source.members():
        match = _PAIRS.fullmatch(basename(member))
        if match:
            above = member[: -len(basename(member))]
            inside = f"/{above}".endswith(f"/{ANNOTATIONS}/")
            root = above.removesuffix(f"{ANNOTATIONS}/") if inside else above
            subset = root.rstrip("/") if inside else match[1].strip("_-")
            people = _first(source, f"{above}people{match[1]}.txt", f"{above}people.txt")
            landmarks = _first(source, f"{above}landmarks{match[1]}.txt", f"{above}landmarks.txt")
            listed.append(Lists("" if subset == NO_SUBSET else subset, root, member, people, landmarks))
    return sorted(listed, key=lambda lists: (lists.subset or NO_SUBSET, lists.pairs))


def people_alone(source: Source) -> list[Lists]:
    """The lists of persons of a source that has no pairs."""
    listed = []
    for member in source.members():
        match = _PEOPLE.fullmatch(basename(member))
        if match:
            listed.append(Lists(match[1].strip("_-"), member[: -len(basename(member))], "", member, ""))
    return sorted(listed, key=lambda lists: (lists.subset, lists.people))


def are_people(source: Source, member: str) -> bool:
    """Whether most lines of a list say a person and a number; a line that says nothing is told when it is read."""
    lines = [line for line in first_lines(source, member) if line.strip()]
    return sum(_PERSON.fullmatch(line) is not None for line in lines) * 2 > len(lines)


def _first(source: Source, *names: str) -> str:
    return next(filter(None, (member_named(source, name) for name in names)), "")


def cells(source: Source, member: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that has some, with its number; a list that has lost its tabs has blanks for them."""
    lines = text_lines(source, member, problems)
    blanks = any(map(_COUNTS.fullmatch, lines[:1])) and not any(b"\t" in line for line in lines)
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").rstrip()
        words = text.split() if blanks else []
        if 2 <= len(words) <= 4 and _DIGITS.fullmatch(words[1]):
            yield number, words
        elif text.strip():
            yield number, [cell.strip() for cell in text.split("\t")]


def people(source: Source, member: str, problems: Problems) -> list[str]:
    """The persons of a list; lines with one number say how many follow."""
    return [row[0] for _, row in cells(source, member, problems) if len(row) == 2 and row[0]] if member else []


def split(path: str, known: Collection[str] | None) -> tuple[str, str]:
    """Who is on a picture, and its name.  known: whom there is, None for everybody."""
    first, slash, rest = path.partition("/")
    if slash and rest and first == NOBODY:
        return "", rest
    return (first, rest) if slash and rest and (known is None or first in known) else ("", path)


def counted(source: Source, member: str, problems: Problems) -> Mentions:
    """The pictures that a list of persons counts."""
    mentioned = Mentions()
    for line, row in cells(source, member, problems):
        if is_comment(row[0]) or (len(row) == 1 and _DIGITS.fullmatch(row[0])):
            continue
        number = int(row[1]) if len(row) == 2 and _DIGITS.fullmatch(row[1]) and len(row[1]) < 10 else -1
        if not 0 <= number <= _MOST_OF_ONE or not row[0] or len(mentioned.frames) + number > _MOST:
            message = f"is {' '.join(row)[:40]!r}"
            expected = f"a person, and of how many pictures, to {_MOST_OF_ONE:,} and {_MOST:,} in all"
            problems.append(Problem(message, member, line, expected=expected))
            continue
        for nth in range(1, number + 1):
            mentioned.add(numbered_name(row[0], str(nth)), row[0], line)
    return mentioned


def mentions(
    source: Source, member: str, known: Collection[str] | None, remark: Remark, problems: Problems
) -> Mentions:  # fmt: skip
    """What a list of pairs says.  known: as of `split`."""
    mentioned = Mentions()
    for line, row in cells(source, member, problems):
        if (len(row) < 3 and all(map(_DIGITS.fullmatch, row))) or remark(row, known or ()):
            continue
        if len(row) == 1:
            person, name = split(row[0], known)
            mentioned.add(name, person, line)
        elif len(row) == 3 and all(row):
            one, other = (numbered_name(row[0], cell) for cell in row[1:])
            mentioned.add(one, row[0], line)
            mentioned.add(other, row[0], line)
            mentioned.positive.append((one, row[0], f"{row[0]}/{other}"))
        elif len(row) == 4 and all(row):
            _add_negative(mentioned, row, line, known)
        else:
            message = f"{len(row)} columns" if all(row) else "an empty column"
            problems.append(Problem(message, member, line, expected=_EXPECTED))
    return mentioned


def _add_negative(mentioned: Mentions, row: list[str], line: int, known: Collection[str] | None) -> None:
    one = numbered_name(row[0], row[1])
    person = "" if row[2] == NOBODY else row[2]
    other = numbered_name(person, row[3]) if person else row[3]
    mentioned.add(one, row[0], line)
    mentioned.add(other, person, line)
    mentioned.negative.append((one, row[0], f"{person}/{other}" if person else path_of_nobody(other, known)))


def without_ending(path: str) -> str:
    """A path without the ending of a picture."""
    return splitext(path)[0]
