"""Lists of pictures and the numbers of their classes, and the names of classes.

    train.txt       a/b.jpg 8 0             two classes
                    "a/img 01".jpg 8        a name with blanks, its ending behind the quotes
                    c.jpg                   none
    synsets.txt     tench                   class 0; or synset_words.txt: n01440764 tench, Tinca tinca, called n01440764

    synsets.txt, train/tench/a.JPEG         no list of pictures: folders are labels, in the order of the classes

    LOC_synset_mapping.txt, ILSVRC/Data/CLS-LOC/train/n01440764/a.JPEG     the challenge: folders are labels

Source: https://www.image-net.org/challenges/LSVRC/2012 and the lists of Caffe
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename, splitext

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.label_folders import FolderPicture, folder_pictures
from annotools.formats.kernel.lines import first_lines, text_lines, texts_of
from annotools.formats.kernel.members import is_note
from annotools.matching import stem
from annotools.storage import Source

LABELS = "synsets.txt"
NO_SUBSET = "default"
CLASS = "class_id"  # an extra of labels: their number
WORDS = "words"  # and what synset_words.txt says of them
_NAMES = (LABELS, "classes.txt", "labels.txt")
_MAPPING = "LOC_synset_mapping.txt"
_WORDS = ("synset_words.txt", _MAPPING)
_OTHERS = frozenset(map(str.lower, (*_NAMES, *_WORDS)))
_COUNTED = "/ImageSets/CLS-LOC/"
_SYNSET = re.compile(rb"n\d{8}(\s++(?!\d+(\s|\Z)).*)?\s*")  # and words, but no numbers of classes
_QUOTED = re.compile(r'"(.*)"(\S*)((?:\s+\d+)*)')
_ENDED = re.compile(r"(.*?\.[A-Za-z]{3,4})((?:\s+\d+)*)")
_NUMBERS = re.compile(r"(?:\d++\s++)*+")  # behind a name, read backwards
_LONGEST = 18  # digits of a number that a column can hold


class Line(msgspec.Struct, frozen=True):
    """A picture.  classes: their numbers."""

    name: str
    classes: list[int]
    number: int


def parsed(text: str, number: int) -> Line | None:
    """A line of a list; None for one whose numbers are none."""
    match = _QUOTED.fullmatch(text)
    name = match[1] + match[2] if match else ""
    match = match or _ENDED.fullmatch(text)
    behind = (match[3] if name else match[2]) if match else text[len(text) - _NUMBERS.match(text[::-1]).end() :]  # type: ignore[union-attr]
    numbers = behind.split()
    if any(len(digits) > _LONGEST for digits in numbers):
        return None
    return Line(name or (match[1] if match else text[: len(text) - len(behind)]), [*map(int, numbers)], number)


def listed(name: str, classes: Sequence[int]) -> str:
    """The line of a picture; the ending of a name in quotes stands behind them."""
    if name.split() != [name] or name.startswith('"'):
        start, end = splitext(name)
        name = f'"{start}"{end}' if end.split() == [end] else f'"{name}"'
    return " ".join([name, *map(str, classes)]) + "\n"


def list_name(subset: str) -> str:
    """The list of a subset."""
    return f"lists/{subset}.txt" if "/" in subset else f"{subset or NO_SUBSET}.txt"


def lists(source: Source) -> dict[str, str]:
    """The lists of a source, and the subset of each, by subset.  Those of the challenge count lines, and no classes."""
    texts = (name for name in source.members() if name.lower().endswith(".txt") and _COUNTED not in f"/{name}")
    texts = (name for name in texts if not (_is_other(basename(name)) or _is_of_synsets(source, name)))
    named = {name: stem(name).removeprefix("lists/") for name in texts}
    subsets = {name: "" if subset == NO_SUBSET else subset for name, subset in named.items()}
    return dict(sorted(subsets.items(), key=lambda item: item[1] or NO_SUBSET))


def _is_other(name: str) -> bool:
    return name.lower() in _OTHERS or is_note(name)


def _is_of_synsets(source: Source, name: str) -> bool:
    """Whether a text lists WordNet's synsets, as det_synset_words.txt, words.txt and wnids.txt do, and no pictures."""
    lines = [line for line in first_lines(source, name) if line.strip()]
    return bool(lines) and all(map(_SYNSET.fullmatch, lines))


def class_names(source: Source, problems: Problems) -> list[str] | None:
    """The names of classes by number; None where no file says them."""
    members = {basename(name).lower(): name for name in reversed(source.members())}
    for name in _NAMES:
        if name in members:
            return label_list(source, members[name], problems)
    for name in map(str.lower, _WORDS):
        if name in members:
            return [line.split()[0] for line in texts_of(text_lines(source, members[name], problems))]
    return None


def class_words(source: Source) -> dict[str, str]:
    """What lists of synsets say of each in words."""
    members = (name for name in source.members() if basename(name).lower() in {*map(str.lower, _WORDS)})
    lines = (text.split(None, 1) for name in members for text in texts_of(text_lines(source, name, Problems())))
    return {line[0]: line[1] for line in lines if len(line) == 2}


def read_lines(source: Source, member: str, problems: Problems) -> Iterator[Line]:
    """The pictures of a list."""
    for number, line in enumerate(text_lines(source, member, problems), 1):
        for text in texts_of([line]):
            entry = parsed(text, number)
            if entry is None:
                problems.append(Problem(f"is {text[:40]!r}", member, number, expected="a picture and class numbers"))
            else:
                yield entry


def is_imagenet(source: Source) -> bool:
    """Whether a source is certainly of ImageNet: it has synsets.txt or synset_words.txt and a list, or folders that are
    called as these say, or the challenge's and folders.
    """
    names = {basename(name).lower() for name in source.members()}
    if {LABELS, _WORDS[0]} & names:
        return bool(lists(source)) or are_classes(folder_pictures(source.members()), class_names(source, Problems()))
    return _MAPPING.lower() in names and bool(folder_pictures(source.members()))


def are_classes(pictures: Sequence[FolderPicture], names: Sequence[str] | None) -> bool:
    """Whether the folders of pictures are classes of a list; those without a label may be any."""
    folders = {picture.label for picture in pictures} - {""}
    return bool(folders) and folders <= set(names or ())
