"""The lines of LFW's lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.lines import is_comment
from annotools.formats.lfw.lists import split
from annotools.model import Dataset, Owner
from annotools.transform.pair_lists import BETWEEN, NEGATIVE, NOBODY, POSITIVE, number_in_name, path_of_nobody
from annotools.transform.server_texts import set_texts

_DIGITS = re.compile(r"\d+( +\d+)?", re.ASCII)
_ENDING = ".jpg"  # what the format says of every picture


def persons_by_frame(dataset: Dataset) -> list[list[str]]:
    """The names of the labels of each frame."""
    names = {label.id: label.name for label in dataset.labels}
    persons: list[list[str]] = [[] for _ in dataset.frames.names]
    for frame, label in zip(dataset.tags.frame.tolist(), dataset.tags.label.tolist(), strict=True):
        persons[frame].append(names[label])
    return persons


def people_lines(dataset: Dataset, persons: Sequence[Sequence[str]], frames: Sequence[int]) -> bytes:
    """The labels, and of how many pictures of some frames each is."""
    counts = Counter(person for frame in frames for person in persons[frame])
    return "".join(f"{label.name}\t{counts[label.name]}\n" for label in dataset.labels).encode()


def pair_lines(dataset: Dataset, persons: Sequence[Sequence[str]], frames: Sequence[int]) -> bytes:
    """Every picture of some frames, then their pairs: those of one person first."""
    names, known = dataset.frames.names, {label.name for label in dataset.labels}
    lines = []
    for frame in frames:
        lines += [f"{person}/{names[frame]}" for person in persons[frame]] or [_of_nobody(names[frame], known)]
    by_frame = ByFrame(dataset.tags.frame, len(names))
    labels = {label.id: label.name for label in dataset.labels}
    for attribute in (POSITIVE, NEGATIVE):
        texts = set_texts(dataset, Owner.TAG, attribute)
        for row in (row for frame in frames for row in by_frame.rows(frame).tolist() if row in texts):
            person = labels[int(dataset.tags.label[row])]
            one = f"{person}\t{number_in_name(person, names[int(dataset.tags.frame[row])])}"
            lines += [f"{one}\t{_other(path, known, attribute)}" for path in texts[row].split(BETWEEN)]
    return "".join(f"{line}\n" for line in lines).encode()


def _of_nobody(name: str, known: set[str]) -> str:
    """The line of a picture without a person, which must not look like another line."""
    return f"{NOBODY}/{name}" if _DIGITS.fullmatch(name) or is_comment(name) else path_of_nobody(name, known)


def _other(path: str, known: set[str], attribute: str) -> str:
    """The columns of the second picture of a pair."""
    person, name = split(path, known)
    if not person:
        return f"{NOBODY}\t{name}"
    number = str(number_in_name(person, name))
    return number if attribute == POSITIVE else f"{person}\t{number}"


def landmark_lines(dataset: Dataset, frames: Sequence[int]) -> bytes:
    """The landmarks of some frames."""
    shapes, names = dataset.shapes, {label.id: label.name for label in dataset.labels}
    by_frame = ByFrame(shapes.frame, len(dataset.frames))
    lines = []
    for frame in frames:
        for row in by_frame.rows(frame).tolist():
            cells = [number(value) for value in shapes.points(row).tolist()]
            path = f"{names[int(shapes.label[row])]}/{dataset.frames.names[frame]}{_ENDING}"
            lines.append("\t".join([path, *cells]) + "\n")
    return "".join(lines).encode()


def number(value: float) -> str:
    """A number as short as it can be: whole ones without a point."""
    return str(int(value)) if value.is_integer() else repr(value)
