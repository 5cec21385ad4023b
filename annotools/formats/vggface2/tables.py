"""The tables of VGGFace2, as columns.

NAME_ID,X,Y,W,H                             cat/a,1.5,2,30,40
NAME_ID,P1X,P1Y,P2X, ... ,P5X,P5Y           cat/a,1,2,3,4,5,6,7,8,9,10        dog/b,,,,,,,,,,
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.csvfile import records
from annotools.formats.kernel.lines import is_comment, typed
from annotools.model.columns import Bools, Floats, Ints
from annotools.storage import Source

FOLDER, NO_SUBSET, LABELS = "bb_landmark", "default", "labels.txt"
BOXES = ("NAME_ID", "X", "Y", "W", "H")
LANDMARKS = ("NAME_ID", *(f"P{n}{axis}" for n in range(1, 6) for axis in "XY"))
_NAME = re.compile(r"(|.*/)loose_(bb|landmark)_(.+)\.(?i:csv)")


class File(msgspec.Struct, frozen=True):
    """A table.  root: the folder of the dataset.  boxes: else it is of landmarks."""

    member: str
    root: str
    subset: str
    boxes: bool


class Rows(msgspec.Struct, frozen=True):
    """The rows of a table that can be read.  numbers: (n, k), 0 where `filled` says that there are none."""

    names: list[str]
    line: Ints
    numbers: Floats
    filled: Bools


def table_name(kind: str, subset: str) -> str:
    """The member of a table.  kind: bb or landmark."""
    return f"{FOLDER}/loose_{kind}_{subset or NO_SUBSET}.csv"


def files(source: Source) -> list[File]:
    """The tables of a source: of each subset that of landmarks, then that of boxes."""
    listed = []
    for member in source.members():
        if match := _NAME.fullmatch(member):
            subset = "" if match[3] == NO_SUBSET else match[3]
            root = match[1].removesuffix(f"{FOLDER}/") if f"/{match[1]}".endswith(f"/{FOLDER}/") else match[1]
            listed.append(File(member, root, subset, match[2] == "bb"))
    return sorted(listed, key=lambda file: (file.subset, file.boxes, file.member))


def read_table(source: Source, file: File, problems: Problems) -> Rows:
    """The rows of a table, each fault with its line."""
    columns = BOXES if file.boxes else LANDMARKS
    rows = _cells(source, file.member, columns, problems)
    width = len(columns) - 1
    texts = [cells[1:] for _, cells in rows]
    empty = np.array([not any(cells) for cells in texts], np.bool_)
    full = np.flatnonzero(~empty)
    numbers, wrong = np.zeros((len(rows), width)), np.zeros((len(rows), width), np.bool_)
    values, bad = typed([cell.encode() for row in full.tolist() for cell in texts[row]], float)
    numbers[full], wrong[full] = values.reshape(-1, width), bad.reshape(-1, width)
    for row, column in zip(*np.nonzero(wrong), strict=True):
        message = f"{columns[column + 1]} is {texts[row][column][:40]!r}"
        problems.append(Problem(message, file.member, rows[row][0], expected="a number"))
    good = np.flatnonzero(~wrong.any(axis=1))
    line = np.array([number for number, _ in rows], np.int64)
    return Rows([rows[row][1][0] for row in good.tolist()], line[good], numbers[good], ~empty[good])


def _cells(source: Source, member: str, columns: Sequence[str], problems: Problems) -> list[tuple[int, list[str]]]:
    """The cells of each row in the order of the columns, with its line; a remark is no row."""
    order = list(range(len(columns)))
    rows = []
    for line, cells in records(source, member, problems):
        if cells and cells[0].upper() == columns[0]:
            order = _order(cells, columns)
        elif any(cells) and not (is_comment(cells[0]) and len(cells) < len(columns)):
            rows.append((line, [cells[column] if column < len(cells) else "" for column in order]))
    return [(line, cells) for line, cells in rows if cells[0] or _nameless(member, line, problems)]


def _order(head: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Where the columns stand; those that the head does not name are behind all others."""
    places = {name.upper(): column for column, name in reversed(list(enumerate(head)))}
    return [places.get(name, len(head)) for name in columns]


def _nameless(member: str, line: int, problems: Problems) -> bool:
    problems.append(Problem("has no NAME_ID", member, line, expected="a picture such as n000001/0001_01"))
    return False


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], end: str = "\n") -> bytes:
    """The text of a table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
