"""Files of text localization as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.icdar.localization_files import Entry, entries
from annotools.formats.icdar.localization_lines import Parser, Word
from annotools.formats.icdar.texts import TEXT, label
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.geometry.ragged import offsets_of
from annotools.model import POLYGON, RECTANGLE, Owner
from annotools.model.columns import Ints
from annotools.model.extras import Extra
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source

_BOX = 4
_EXPECTED = "4 numbers of a box or 6 and more of an outline, and a word"


class _Words(msgspec.Struct):
    """The words of all files.  which, line: where each stands."""

    words: list[Word] = msgspec.field(default_factory=list)
    which: list[int] = msgspec.field(default_factory=list)
    line: list[int] = msgspec.field(default_factory=list)


def read_rows(
    rows: Rows, source: Source, problems: Problems, parser: Callable[[Sequence[str]], Parser]
) -> None:  # fmt: skip
    """Everything of a source.  parser: from all lines, how each is read."""
    rows.label_defs([label()], closed=False)
    listed = entries(source)
    if not listed:
        problems.append(Problem("holds no text localization", source.name, expected="files such as gt_img_1.txt"))
    members = [entry.member for entry in listed]
    frames = _frames(rows, listed, At(members, which=np.arange(len(listed))))
    lines = [_lines(source, name, problems) for name in members]
    parse = parser([line for some in lines for _, line in some])
    words, wrong, last = _Words(), RowProblems(LINES), ""
    word = None
    for which, some in enumerate(lines):
        frame = frames[[which]][frames[[which]] >= 0]
        for number, line in some:
            word = parse(line) if line != last else word  # of many that are alike one is read
            last = line
            if word is None:
                wrong.add(number, f"is {line[:40]!r}", members[which], _EXPECTED)
                rows.left_out("line", 1, frame)
                continue
            words.words.append(word)
            words.which.append(which)
            words.line.append(number)
    problems.extend(wrong.all())
    _add(rows, words, frames, members)


def _frames(rows: Rows, listed: Sequence[Entry], at: At) -> Ints:
    frames = rows.frames([entry.name for entry in listed], subsets=[entry.subset for entry in listed], at=at)
    pictured = [index for index, entry in enumerate(listed) if entry.picture]
    rows.pictures(frames[pictured], [listed[index].picture for index in pictured])
    return frames


def _lines(source: Source, name: str, problems: Problems) -> list[tuple[int, str]]:
    """The lines of a file that say something, with their numbers."""
    lines = enumerate(text_lines(source, name, problems), 1)
    return [(number, text) for number, line in lines for text in texts_of([line])]


def _add(rows: Rows, words: _Words, frames: Ints, members: Sequence[str]) -> None:
    read = words.words
    if not read:
        return
    which = np.array(words.which, np.int64)
    at = At(members, np.array(words.line, np.int64), which=which)
    counts = np.array([len(word.points) for word in read], np.int64)
    values = np.array([value for word in read for value in word.points], np.float64)
    kinds = np.where(counts == _BOX, RECTANGLE, POLYGON)
    scripts = [word.script for word in read]
    extras = {"script": _extra(scripts)} if any(scripts) else {}
    labels = rows.labels([label().name] * len(read), at=at)
    made = rows.shapes(kinds, frames[which], labels, values, offsets_of(counts), at, **extras)
    texts = [(row, word.text) for row, word in enumerate(read) if word.text is not None]
    if texts:
        rows.attributes(Owner.SHAPE, made[[row for row, _ in texts]], TEXT, [text for _, text in texts])


def _extra(values: Sequence[str | None]) -> Extra:
    column = np.empty(len(values), object)
    column[:] = values
    return Extra(column, np.array([value is not None for value in values], np.bool_))
