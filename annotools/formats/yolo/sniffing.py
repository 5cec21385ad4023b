"""What the lines of a dataset with a data.yaml are certainly of.

boxes      4 numbers behind the class, and where there is one more the score of a prediction
tracks     4 numbers behind the class, and where there is one more, in one line at least, the whole number of a track;
           or a score before that number, which is no share in one line at least
corners    8 numbers behind every class: four corners, opposite sides alike, and not all of them upright
outlines   6 or more, an even number; 8 behind every class may be either
points     a data.yaml that says how many keypoints there are
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from posixpath import basename
from typing import Any
from weakref import WeakKeyDictionary

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel import yamlfile
from annotools.formats.kernel.lines import first_lines
from annotools.formats.yolo.data_yaml import NAMES, subset_keys, yaml_member
from annotools.storage import Source

BOXES, TRACKS, CORNERS, OUTLINES, POINTS = "boxes", "tracks", "corners", "outlines", "points"
_LOOKED_AT = 100  # files that may have no line, to tell what the others are
_NEAR = 1e-3  # shares
_SHARE = re.compile(rb"0?\.\d+|0|1(?:\.0*)?|\d(?:\.\d+)?e-\d+", re.IGNORECASE)


def is_of(source: Source, kind: str) -> bool:
    """Whether a source is certainly of a kind; without any line it is taken for boxes.

    Raises: InputError for a data.yaml, by its name, that says nothing.
    """
    if source not in _KINDS:
        _KINDS[source] = _kinds_of(source)
    return kind in _KINDS[source]


# Five formats ask one after the other: a hundred files are looked at once.
_KINDS: WeakKeyDictionary[Source, tuple[str, ...]] = WeakKeyDictionary()


def _kinds_of(source: Source) -> tuple[str, ...]:
    keys = _keys(source)
    if not keys:
        return ()
    if "kpt_shape" in keys:
        return (POINTS,)
    lines = list(_lines(source))
    return kinds(lines) if lines or not _has_lines_of_dota(source) else ()


def _has_lines_of_dota(source: Source) -> bool:
    """Whether labels lie where those of DOTA do, as Roboflow exports rotated boxes, and none where ours are."""
    folders = (name.lower().split("/")[:-1] for name in source.members() if name.lower().endswith(".txt"))
    return any("labeltxt" in parts for parts in folders)


def _keys(source: Source) -> dict[str, Any]:
    """The keys of a data.yaml that names classes and pictures, as texts; nothing for another file."""
    member, problems = yaml_member(source), Problems()
    value = yamlfile.read(source, member, problems, texts=True) if member else None
    known = value if isinstance(value, dict) else {}
    if {"names", "nc"} & known.keys() and subset_keys(known):
        return known
    if basename(member) in NAMES:
        wanted = "names, and train, val or test"
        raise InputError([*problems] or Problem("names no classes or no pictures", member, expected=wanted))
    return {}


def _lines(source: Source) -> Iterator[list[bytes]]:
    """The cells of the lines of some files."""
    files = (name for name in source.members() if name.lower().endswith(".txt") and "/" in name)
    for name in islice(files, _LOOKED_AT):
        if "labels" in name.lower().split("/"):
            yield from filter(None, map(bytes.split, first_lines(source, name)))


def kinds(lines: list[list[bytes]]) -> tuple[str, ...]:
    """What lines may be; several where that cannot be told."""
    counts = {len(cells) for cells in lines}
    if _are_scored_tracks([cells for cells in lines if len(cells) == 7]) and counts <= {5, 6, 7}:
        return (TRACKS,)
    if not lines or counts & {5, 6}:
        sixth = [cells[5] for cells in lines if len(cells) == 6]
        return (TRACKS,) if sixth and all(cell.isdigit() for cell in sixth) else (BOXES,)
    if counts != {9}:
        return (OUTLINES,)
    corners = [_corners(cells[1:]) for cells in lines]
    certain = all(map(_is_parallelogram, corners)) and not all(map(_is_upright, corners))
    return (CORNERS,) if certain else (CORNERS, OUTLINES)


def _are_scored_tracks(lines: list[list[bytes]]) -> bool:
    """Whether lines of six numbers end in a score and the number of a track; else they are outlines of three points."""
    scores = all(_SHARE.fullmatch(cells[5]) for cells in lines)
    return scores and all(cells[6].isdigit() for cells in lines) and any(int(cells[6][:9]) > 1 for cells in lines)


def _corners(cells: list[bytes]) -> list[float]:
    try:
        return [*map(float, cells)]
    except ValueError:
        return [0.0] * len(cells)


def _is_parallelogram(corners: list[float]) -> bool:
    x1, y1, x2, y2, x3, y3, x4, y4 = corners
    return abs(x1 + x3 - x2 - x4) < _NEAR and abs(y1 + y3 - y2 - y4) < _NEAR


def _is_upright(corners: list[float]) -> bool:
    x1, y1, x2, y2, x3, y3, x4, y4 = corners
    return (x1, y1, x3, y3) == (x4, y2, x2, y4)
