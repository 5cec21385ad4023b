"""Boxes of KITTI: a line each, the name of the class first.

    car 0.00 0 -10 10 20 30 40 -1 -1 -1 -1000 -1000 -1000 -10 0.9
    name, truncated 0..1, occluded 0..3, alpha, left, top, right, bottom, height, width, length, x, y, z, ry, score

The score is only there where something has been detected.  A name may have several words: what stands before the
numbers, be it a number too (`lane 2`) where the box behind it is not inside out, unless two whole ones stand before it:
these are a frame and an object of KITTI's tracking, where a file is a video and not a picture.  -1, -1000 and -10 are
what is not known.  What CVAT has no word for are extras: `truncated`, `occlusion` (2 and 3), `alpha` and `kitti_3d`
(the seven numbers of a box in space).
Source: KITTI object development kit, readme.txt
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import orjson

from annotools.errors import Problems
from annotools.formats.kernel.jsonfile import dumped_each
from annotools.formats.kernel.lines import text_lines, typed
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.geometry.ragged import offsets_of, place_in_row
from annotools.model import RECTANGLE, Dataset
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.extras import Extra
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source

CELLS = (
    "truncated", "occluded", "alpha", "left", "top", "right", "bottom", "height", "width", "length", "x", "y", "z",
    "rotation_y", "score",
)  # fmt: skip
_UNKNOWN = ((-1.0,) * 7, (-1.0, -1.0, -1.0, -1000.0, -1000.0, -1000.0, -10.0))
_LINE = "%s %r %d %r %r %r %r %r %s %r\n"
_NO_ANGLE = (-1.0, -10.0)
_TRACKED = re.compile(rb"\d+\s+-?\d+\s+[A-Za-z]+")
_NUMBERS = re.compile(rb"(\s-?\d++\.?\d*+){4}")  # within a name: of another line, of which the end is missing
_MOST = 1 << 31  # of a number that is a level
_PARTLY, _LARGELY, _UNSEEN = 1, 2, 3  # how much is occluded


class Lines(msgspec.Struct, frozen=True):
    """Lines of files that are fine.  member: the place of each one's file.  values: (n, 15)."""

    members: Sequence[str]
    names: list[str]
    member: Ints
    line: Ints
    values: Floats


def kitti_lines(source: Source, members: Sequence[str], problems: Problems) -> Lines:
    """The lines of some files; one that is none is a problem."""
    files = [text_lines(source, name, problems) for name in members]
    counts = [len(lines) for lines in files]
    member, line = np.repeat(np.arange(len(members)), counts), place_in_row(offsets_of(counts)) + 1
    parts = [text.rsplit(None, len(CELLS)) for text in chain.from_iterable(files)]
    _, worded = typed([part[1] if len(part) > len(CELLS) else b"x" for part in parts], float)
    names, cells, rows = _cells(parts, worded)
    wrong = RowProblems(LINES)
    for row in sorted({n for n, part in enumerate(parts) if part} - set(rows)):
        count = len(b" ".join(parts[row]).split())
        message = f"{count} column{'s' * (count > 1)}"
        if _TRACKED.match(b" ".join(parts[row])):
            message = "begins with a frame and an object, as lines of KITTI's tracking do"
        wrong.add(int(line[row]), message, members[int(member[row])], "15 or 16 columns")
    kept = np.array(rows, np.int64)
    values, bad = typed(cells, float)
    bad = bad.reshape(-1, len(CELLS))
    for n, cell in zip(*(indices.tolist() for indices in np.nonzero(bad)), strict=True):
        text = cells[n * len(CELLS) + cell][:40].decode("utf-8", "replace")
        wrong.add(int(line[kept[n]]), f"{CELLS[cell]} is {text!r}", members[int(member[kept[n]])], "a number")
    problems.extend(wrong.all())
    fine = np.flatnonzero(~bad.any(axis=1))
    names = [names[n] for n in fine.tolist()]
    return Lines(members, names, member[kept[fine]], line[kept[fine]], values.reshape(-1, len(CELLS))[fine])


def _cells(parts: Sequence[list[bytes]], worded: Bools) -> tuple[list[str], list[bytes], list[int]]:
    """Names and numbers of lines that have enough, and which these are.  worded: whether a word follows the first."""
    names, cells, rows = [], [], []
    least = len(CELLS) - 1
    for row, (part, word) in enumerate(zip(parts, worded.tolist(), strict=True)):
        count = least if word else len(CELLS)
        name = b" ".join(part[:-count])
        if len(part) <= least or _TRACKED.match(name) or _is_shifted(name, part[-count:]) or _NUMBERS.search(name):
            continue
        names.append(name.decode("utf-8", "replace"))
        cells += part[-count:] if not word else [*part[-count:], b"1"]
        rows.append(row)
    return names, cells, rows


def _is_shifted(name: bytes, cells: Sequence[bytes]) -> bool:
    """Whether a name ends in a number and what is read for its box is inside out: there are more columns behind."""
    words = name.split()
    values, bad = typed([*words[1:][-1:], *cells[3:7]], float)
    if len(words) < 2 or bad.any():
        return False
    return bool(values[3] < values[1] or values[4] < values[2])


def add_boxes(rows: Rows, lines: Lines, frame: Ints, track: Ints | int = -1) -> None:
    """Rows of lines.  frame, track: of each line."""
    at = At(lines.members, lines.line, which=lines.member)
    values = lines.values
    occlusion = np.where(np.abs(values[:, 1]) < _MOST, values[:, 1], 0)
    extras: dict[str, Any] = {
        "truncated": Extra(values[:, 0], values[:, 0] != 0),
        "occlusion": Extra(occlusion.astype(np.int64), (occlusion != 0) & (occlusion != _PARTLY)),
        "alpha": Extra(values[:, 2], ~np.isin(values[:, 2], _NO_ANGLE)),
        "kitti_3d": _texts(values[:, 7:14]),
    }
    extras = {name: extra for name, extra in extras.items() if extra.present.any()}
    rows.shapes(
        RECTANGLE, frame, rows.labels(lines.names, at=at), values[:, 3:7], at=at, track=track,
        occluded=np.isin(occlusion, (_PARTLY, _LARGELY)), score=values[:, 14], **extras,
    )  # fmt: skip


def _texts(values: Floats) -> Extra:
    """The seven numbers of those that have a place in space."""
    unknown = np.zeros(len(values), np.bool_)
    for pattern in _UNKNOWN:
        unknown |= (values == np.array(pattern)).all(axis=1)
    column = np.full(len(values), None, object)
    column[~unknown] = dumped_each(values[~unknown].tolist())
    return Extra(column, ~unknown)


def box_lines(dataset: Dataset, rows: Ints) -> list[str]:
    """The line of each of some rectangles."""
    shapes, names = dataset.shapes, {label.id: label.name for label in dataset.labels}
    columns = [
        [names[label] for label in shapes.label[rows].tolist()],
        [value or 0.0 for value in _plain(dataset, "truncated", rows)],
        _levels(dataset, rows),
        [_UNKNOWN[1][-1] if value is None else value for value in _plain(dataset, "alpha", rows)],
        *shapes.boxes(rows).T.tolist(),
        [" ".join(map(repr, _UNKNOWN[1] if v is None else orjson.loads(v))) for v in _plain(dataset, "kitti_3d", rows)],
        shapes.score[rows].tolist(),
    ]
    return [_LINE % row for row in zip(*columns, strict=True)]


def _plain(dataset: Dataset, name: str, rows: Ints) -> list[Any]:
    extra = dataset.shapes.extras.get(name)
    values = [None] * len(dataset.shapes) if extra is None else extra.plain()
    return [values[row] for row in rows.tolist()]


def _levels(dataset: Dataset, rows: Ints) -> list[int]:
    """How much is occluded, as far as it agrees with whether."""
    levels = []
    for occluded, level in zip(dataset.shapes.occluded[rows].tolist(), _plain(dataset, "occlusion", rows), strict=True):
        agrees = level == _LARGELY if occluded else level == _UNSEEN
        levels.append(int(level) if agrees else int(occluded))
    return levels
