"""Sources whose folders and files are called in other letters, as disks that are blind to case leave them.

    GTFINE/train/a_GTFINE_labelids.PNG        is read as gtFine/train/a_gtFine_labelIds.PNG
    BB_LANDMARK/Loose_BB_train.csv            as bb_landmark/loose_bb_train.csv

A format declares the parts of paths that it knows by name (`letters`: `gtFine`, `loose_bb_*.csv`; those with a dot are
of files, others of folders).  Its reader sees them in their usual letters, and what it says of members names them as
they are called.  Where two members differ in such letters alone the one in usual letters is read, and the other is a
loss.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from annotools.errors import InputError, Problem
from annotools.formats.kernel.joining import with_beside
from annotools.formats.kernel.label_folders import SPLITS
from annotools.formats.kernel.members import is_note
from annotools.matching import stem
from annotools.sequences import mapped
from annotools.storage import Media, Source

if TYPE_CHECKING:
    from annotools.formats.base import Read, ReadOptions
    from annotools.model import Dataset

    Reader = Callable[[Source, Dataset | None, ReadOptions], Read]


class Manner(NamedTuple):
    """How a format calls members.  words: parts of paths, in usual letters.  subsets_first: whether the first folder of
    its texts is a subset: what stands before `train` and the like, of all of them, is no part of their names then.
    """

    words: tuple[str, ...]
    subsets_first: bool = False


class _Names(NamedTuple):
    """usual: names in usual letters -> those of members.  beside: members that differ from others in letters alone."""

    usual: dict[str, str]
    beside: list[str]


class UsualLetters(Source):
    """The members of a source, called as a format calls them; under their own names they can be read too."""

    def __init__(self, source: Source, names: dict[str, str]) -> None:
        super().__init__(source.name)
        self._source, self.own = source, names

    def _list(self) -> list[str]:
        return list(self.own)

    @property
    def links(self) -> tuple[str, ...]:
        return self._source.links

    def leads_to_pictures(self, link: str) -> bool:
        return self._source.leads_to_pictures(link)

    def has(self, name: str) -> bool:
        return name in self.own

    def size(self, name: str) -> int:
        return self._source.size(self.own.get(name, name))

    def open(self, name: str) -> BinaryIO:
        return self._source.open(self.own.get(name, name))

    def read(self, name: str) -> bytes:
        return self._source.read(self.own.get(name, name))


def in_usual_letters(source: Source, manner: Manner) -> Source:
    """The source itself where all is called as it usually is."""
    names = _names(source.members(), manner)
    return UsualLetters(source, names.usual) if names else source


def sniff(known: Callable[[Source], bool], manner: Manner, source: Source) -> bool:
    """Whether a source is of a format, whatever the letters of its members.  known: says so of usual ones."""
    return known(in_usual_letters(source, manner))


def read(
    reader: Reader, manner: Manner, source: Source, context: Dataset | None, options: ReadOptions
) -> Read:  # fmt: skip
    """What a reader of members in usual letters makes of those in any."""
    names = _names(source.members(), manner)
    if names is None:
        return reader(source, context, options)
    try:
        result = reader(UsualLetters(source, names.usual), context, options)
    except InputError as error:
        raise InputError([_placed(names.usual, problem) for problem in error.problems]) from None
    return with_beside(_called(result, names.usual), names.beside)


def _called(result: Read, own: dict[str, str]) -> Read:
    """What was read, with members called as they are."""
    media, origin = result.media, result.dataset.origin
    if media:
        files = ((frame, replace(file, name=own.get(file.name, file.name))) for frame, file in media.items())
        media = Media(files, mapped(media.left_out, partial(_placed, own)))
    dataset = result.dataset
    if origin is not None:
        members = tuple(own.get(member, member) for member in origin.members)
        dataset = dataset.replace(origin=msgspec.structs.replace(origin, members=members))
    return replace(result, dataset=dataset, media=media, problems=mapped(result.problems, partial(_placed, own)))


def _placed(own: dict[str, str], problem: Problem) -> Problem:
    return replace(problem, file=own[problem.file]) if own.get(problem.file, problem.file) != problem.file else problem


def _names(members: Sequence[str], manner: Manner) -> _Names | None:
    """What members are called in usual letters; None where that is what they are called."""
    odd = _differ("\n".join(members), manner.words)
    usual = {name: _usual(name, manner.words) if odd else name for name in members}
    if manner.subsets_first and (top := _top(usual.values())):
        usual = {name: new.removeprefix(top) for name, new in usual.items()}
    names = {name: name for name in members if usual[name] == name}
    others = [name for name in members if usual[name] != name]
    beside = [name for name in others if names.setdefault(usual[name], name) != name]
    return _Names(names, beside) if others else None


def _top(names: Iterable[str]) -> str:
    """The folder before the subsets of all texts, where these are called so; empty for none."""
    files = [name.split("/") for name in names if name.lower().endswith(".txt") and not is_note(name)]
    for depth in range(1, min(map(len, files), default=0)):
        parts = {(stem(parts[depth]), len(parts) == depth + 1) for parts in files}
        if any(part in SPLITS for part, _ in parts) and all(last or part in SPLITS for part, last in parts):
            return "".join(f"{part}/" for part in files[0][:depth]) if _have_one_top(files, depth) else ""
    return ""


def _have_one_top(files: Sequence[Sequence[str]], depth: int) -> bool:
    return all(parts[:depth] == files[0][:depth] for parts in files)


def _differ(text: str, words: Iterable[str]) -> bool:
    """Whether a word stands anywhere in other letters: two counts a word, for sources of very many members."""
    small = text.lower()
    pieces = {piece for word in words for piece in word.split("*") if piece}
    return any(small.count(piece.lower()) != text.count(piece) for piece in pieces)


def _usual(name: str, words: tuple[str, ...]) -> str:
    folder, slash, file = name.rpartition("/")
    return (_folder(folder, words) if slash else "") + _spelled(file, *words)


@lru_cache(1 << 12)
def _folder(path: str, words: tuple[str, ...]) -> str:
    """A folder in usual letters, with a slash behind."""
    parts = path.split("/")
    others = tuple(word for word in words if word not in parts)  # what is below a folder of the format is of pictures
    return "".join(f"{_spelled(part, *others, folder=True)}/" for part in parts)


def _spelled(part: str, *words: str, folder: bool = False) -> str:
    """A part of a path, in the letters of the first word that it is."""
    for word in words:
        match = None if folder == ("." in word) else _pattern(word).fullmatch(part)
        if match:
            rest = iter(match.groups())
            return "".join(next(rest) if piece == "*" else piece for piece in re.split(r"(\*)", word))
    return part


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, word.split("*"))), re.IGNORECASE)
