"""Lists of word recognition: a picture and its word a line.

word_1.png, "Genaxis \\"Theatre\\""      in quotes
word_2.png,Genaxis, Theatre             as it is
word_3.png,                             nothing is known of it
"""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import basename, dirname

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.icdar.texts import NO_SUBSET, TEXT, label, unquoted
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.formats.kernel.members import is_note
from annotools.formats.kernel.picture_files import PictureFiles
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.matching import stem
from annotools.model import Owner
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

# A line -> the name of a picture and its word, None for none; None for what is no such line.
Parser = Callable[[str], tuple[str, str | None] | None]
_LIST = "gt.txt"
_EXPECTED = 'a picture and a word: name.png, "word"'
_QUOTED = re.compile(r'(.*?\S)\s*,\s*"(.*)"')
_BARE = re.compile(r"(.*?\.\w{3,4})\s*,\s*(.*\S)")
_OURS = re.compile(rb'(?:\xef\xbb\xbf)?[^,\r\n]*[^\W\d][^\r\n]*, ?(?:".*"\s*)?', re.ASCII)


def lists(source: Source) -> dict[str, str]:
    """The lists, and the subset of each, by subset."""
    texts = [name for name in source.members() if name.lower().endswith(".txt")]
    named = [name for name in texts if basename(name).lower() == _LIST] or [name for name in texts if not is_note(name)]
    folders = {name: dirname(name) for name in named}
    return {name: "" if folder == NO_SUBSET else folder for name, folder in sorted(folders.items(), key=_place)}


def _place(item: tuple[str, str]) -> tuple[str, str]:
    return item[1] or NO_SUBSET, item[0]


def is_recognition(source: Source) -> bool:
    """Whether a source is certainly of word recognition: a gt.txt starts with a name, and a word in quotes or none."""
    name = next((name for name in source.members() if basename(name).lower() == _LIST), "")
    if not name:
        return False
    with source.open(name) as stream:
        first = stream.readline(1 << 12)
    return _OURS.fullmatch(first.rstrip(b"\r\n")) is not None


def caption(line: str) -> tuple[str, str | None] | None:
    """A line as people have it."""
    if line.endswith('"') and (match := _QUOTED.fullmatch(line)):
        return match[1], unquoted(match[2])
    name = line.removesuffix(",").rstrip()
    if is_picture(name) or (name and "," not in name and name != line):
        return name, None
    match = None if line[-1:].isspace() else _BARE.fullmatch(line)
    if match is not None and is_picture(match[1]):
        return match[1], match[2]
    return (name, None) if name and name != line else None


def read_rows(rows: Rows, source: Source, problems: Problems, parser: Parser) -> None:
    """Everything of a source.  parser: how a line is read."""
    rows.label_defs([label()], closed=False)
    subsets = lists(source)
    if not subsets:
        problems.append(Problem("has no list of words", source.name, expected="gt.txt"))
    files = PictureFiles(source)
    for member, subset in subsets.items():
        lines = [
            (number, text)
            for number, line in enumerate(text_lines(source, member, problems), 1)
            for text in texts_of([line])
        ]
        words, wrong = [(number, parser(line)) for number, line in lines], RowProblems(LINES)
        for (number, line), (_, word) in zip(lines, words, strict=True):
            if word is None:
                wrong.add(number, f"is {line[:40]!r}", member, _EXPECTED)
        problems.extend(wrong.all())
        rows.left_out("line", sum(word is None for _, word in words))
        _add(rows, files, (member, subset), [(number, *word) for number, word in words if word is not None])


def _add(rows: Rows, files: PictureFiles, listed: tuple[str, str], words: list[tuple[int, str, str | None]]) -> None:
    """The pictures and words of one list.  listed: the list and its subset."""
    member, subset = listed
    names = [name for _, name, _ in words]
    at = At(member, np.array([number for number, _, _ in words], np.int64))
    frames = rows.frames(names, subsets=subset, at=at)
    folder = f"{dirname(member)}/" if dirname(member) else ""
    members = [files.find(f"{folder}images/{stem(name)}", f"{folder}{stem(name)}") for name in names]
    pictured = [row for row, picture in enumerate(members) if picture]
    rows.pictures(frames[pictured], [members[row] for row in pictured])
    written = [row for row, (_, _, text) in enumerate(words) if text is not None]
    if written:
        made = rows.tags(
            frames[written], rows.labels([label().name] * len(written), at=at[np.array(written)]), at[np.array(written)]
        )
        rows.attributes(Owner.TAG, made, TEXT, [words[row][2] or "" for row in written])
