"""Lists, or folders where there are none, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.imagenet.lists import (
    CLASS,
    LABELS,
    NO_SUBSET,
    WORDS,
    Line,
    are_classes,
    class_names,
    class_words,
    lists,
    read_lines,
)
from annotools.formats.kernel.label_folders import NO_LABEL, add_pictures, flat_names, folder_names, folder_pictures
from annotools.formats.kernel.lines import is_comment
from annotools.formats.kernel.picture_files import PictureFiles
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.matching import stem
from annotools.model import Dataset, Label
from annotools.model.columns import Ints
from annotools.storage import Source


class _Marks(NamedTuple):
    """The numbers of classes that a list says, each with its frame and place."""

    frames: Ints
    at: At
    classes: Sequence[int]


def read_rows(rows: Rows, source: Source, context: Dataset | None, problems: Problems) -> None:
    """Everything of a source."""
    members = lists(source)
    if members:
        _read_lists(rows, source, _names(source, context, problems), problems, members)
    else:
        _read_folders(rows, source, problems)


def _names(source: Source, context: Dataset | None, problems: Problems) -> list[str]:
    """The names of classes: those of the source, or those of the task in their order."""
    names = class_names(source, problems)
    if names is None and context is not None and context.labels:
        return [label.name for label in context.labels.top]
    if names is None:
        problems.append(Problem("does not say what classes are called", source.name, expected=LABELS))
    return names or []


def _read_lists(
    rows: Rows, source: Source, names: Sequence[str], problems: Problems, members: dict[str, str]
) -> None:  # fmt: skip
    rows.label_defs(_labels(names, class_words(source)))
    files = PictureFiles(source)
    for member, subset in members.items():
        lines = [
            line
            for line in read_lines(source, member, problems)
            if not is_comment(line.name) or files.find(stem(line.name))
        ]
        at = At(member, np.array([line.number for line in lines], np.int64))
        frames = rows.frames([line.name for line in lines], subsets=subset, at=at)
        paths = _pictures(lines, subset, names, files)
        pictured = [row for row, path in enumerate(paths) if path]
        rows.pictures(frames[pictured], [paths[row] for row in pictured])
        owner = np.repeat(np.arange(len(lines)), [len(line.classes) for line in lines])
        classes = [number for line in lines for number in line.classes]
        _add_tags(rows, _Marks(frames[owner], at[owner], classes), names, problems)


def _labels(names: Sequence[str], words: Mapping[str, str]) -> list[Label]:
    """The labels of classes, with their numbers and words; a line without a name is none."""
    numbered = [(number, name) for number, name in enumerate(names) if name]
    behind = {name: ((WORDS, words[name]),) if name in words else () for _, name in numbered}
    return [Label(n, name, extras=((CLASS, number), *behind[name])) for n, (number, name) in enumerate(numbered, 1)]


def _add_tags(rows: Rows, marks: _Marks, names: Sequence[str], problems: Problems) -> None:
    classes = marks.classes
    known = [row for row, number in enumerate(classes) if number < len(names) and names[number]]
    for row in sorted(set(range(len(classes))) - set(known)) if names else ():
        expected = f"0 to {len(names) - 1}"
        problems.append(marks.at.problem(row, f"class {classes[row]} has no name", expected=expected))
    rows.left_out("tag", len(classes) - len(known))
    if known:
        mine = marks.at[np.array(known)]
        rows.tags(marks.frames[known], rows.labels([names[classes[row]] for row in known], at=mine), mine)


def picture_paths(
    subsets: Sequence[str], names: Sequence[str], marks: Sequence[Sequence[int]], labels: Sequence[str]
) -> list[list[str]]:  # fmt: skip
    """Where the copies of each picture lie.  marks: the numbers of the classes of each."""
    folders = folder_names(labels)
    taken: dict[str, set[str]] = {}
    paths = []
    for subset, name, mine in zip(subsets, names, marks, strict=True):
        homes = [f"{subset or NO_SUBSET}/{folders[number]}" for number in mine] or [f"{subset or NO_SUBSET}/{NO_LABEL}"]
        paths.append([f"{home}/{flat_names([name], taken.setdefault(home, set()))[0]}" for home in homes])
    return paths


def _pictures(lines: Sequence[Line], subset: str, names: Sequence[str], files: PictureFiles) -> list[str]:
    """The picture of each line: where annotools puts it, in `images` as CVAT does, or the only one of that name."""
    if not files.members:
        return [""] * len(lines)
    marks = [[number for number in line.classes if number < len(names)] for line in lines]
    paths = picture_paths([subset] * len(lines), [line.name for line in lines], marks, names)
    return [
        files.find(stem(own[0]), f"images/{stem(line.name)}", stem(line.name))
        for line, own in zip(lines, paths, strict=True)
    ]


def _read_folders(rows: Rows, source: Source, problems: Problems) -> None:
    """Pictures in the folders of their labels."""
    pictures = folder_pictures(source.members())
    if not pictures:
        expected = f"lists of pictures and {LABELS}, or pictures in folders"
        problems.append(Problem("holds no labelled pictures", source.name, expected=expected))
        return
    names = class_names(source, Problems())
    classes = [*dict.fromkeys(names or ())] if are_classes(pictures, names) else []
    add_pictures(rows, pictures, _labels(classes, class_words(source)))
