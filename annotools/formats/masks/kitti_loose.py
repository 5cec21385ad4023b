"""Lines of KITTI outside of its own folders, as trainers of NVIDIA and many a script have them.

    labels/train/a.txt  images/train/a.jpg      a.txt  a.jpg      a lone a.txt

A word and fourteen numbers, or fifteen with a score, are nobody else's.
"""

from __future__ import annotations

import re
from itertools import islice

from annotools.formats.kernel.members import are_alone, image_members, is_note
from annotools.matching import stem
from annotools.storage import Source

Place = tuple[str, str]  # subset, and path below the folder without ending
_FEW, _HEAD = 20, 1 << 12  # files that are looked at, and how much of each
_NUMBER = rb"-?(?:\d++(?:\.\d++)?+|\.\d++)(?:[eE][-+]?\d++)?+"
_LINE = re.compile(rb"[A-Za-z][\w&.-]*(?:[ \t]+" + _NUMBER + rb"){14,15}\s*")
_HOMES = {"labels": "images", "label": "image"}  # folders of lines, and of their pictures
_SPLITS = ("train", "val", "valid", "validation", "test", "training", "testing")


def _texts(source: Source) -> list[str]:
    return [name for name in source.members() if name.lower().endswith(".txt") and not is_note(name)]


def are_boxes(source: Source) -> bool:
    """Whether text files are certainly lines of KITTI, as far as the first of them go; all but empty ones have some."""
    if not are_alone(source, ".txt"):
        return False
    firsts = [line for name in islice(_texts(source), _FEW) if (line := _first_line(source, name))]
    return bool(firsts) and all(map(_LINE.fullmatch, firsts))


def _first_line(source: Source, name: str) -> bytes:
    with source.open(name) as stream:
        return stream.readline(_HEAD).removeprefix(b"\xef\xbb\xbf").strip()


def loose_files(source: Source) -> tuple[dict[Place, str], dict[Place, str]]:
    """The files of lines, and the pictures, by what picture they are of."""
    texts = {_place(name, {*_HOMES}): name for name in _texts(source)}
    return texts, {_place(name, {*_HOMES.values()}): name for name in image_members(source)}


def _place(name: str, homes: set[str]) -> Place:
    """The subset of a file and its path, without the folder that says what kind of files are in it."""
    parts = [part for part in stem(name).split("/")[:-1] if part.lower() not in homes]
    subset = parts.pop(0) if parts and parts[0].lower() in _SPLITS else ""
    return subset, "/".join([*parts, stem(name).rpartition("/")[2]])
