"""The lines of LFW's lists as the CVAT server writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from annotools.formats.kernel.by_frame import ByFrame
from annotools.matching import stem
from annotools.model import Dataset, Owner
from annotools.model.rounding import around
from annotools.transform.pair_lists import NEGATIVE, POSITIVE
from annotools.transform.server_texts import server_texts

_NUMBERED = re.compile(r"[-_]?(\d{1,18})", re.ASCII)


def text(lines: Iterable[str]) -> bytes:
    """The text of a list."""
    return "".join(f"{line}\n" for line in lines).encode()


def pairs(dataset: Dataset, frames: Sequence[int], persons: Sequence[str], first: Sequence[int]) -> Iterator[str]:
    """A pair for every letter of the attributes, as the server takes a text for a list; then pictures without pairs."""
    paired = set()
    for attribute, between in ((POSITIVE, "\t"), (NEGATIVE, "\t-\t")):
        texts = server_texts(dataset, Owner.TAG, attribute)
        for frame in frames:
            if first[frame] in texts:
                paired.add(frame)
                one = f"{persons[frame]}\t{_number(persons[frame], stem(dataset.frames.names[frame]))}"
                yield from (f"{one}{between}{letter}" for letter in texts[first[frame]])
    for frame in frames:
        name = stem(dataset.frames.names[frame])
        if frame not in paired:
            yield f"{persons[frame]}/{name}" if persons[frame] else name


def _number(person: str, name: str) -> str:
    number = _NUMBERED.fullmatch(name.removeprefix(person)) if name.startswith(person) else None
    return str(int(number[1])) if number else name


def landmarks_of(dataset: Dataset, frames: Sequence[int]) -> Iterator[str]:
    """The landmarks of some frames, without their labels."""
    shapes = dataset.shapes
    by_frame = ByFrame.shapes(dataset)
    for frame in frames:
        for row in by_frame.rows(frame).tolist():
            cells = map(repr, around(shapes.points(row)).tolist())
            yield "\t".join([f"{stem(dataset.frames.names[frame])}.jpg", *cells])
