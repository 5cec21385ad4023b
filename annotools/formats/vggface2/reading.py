"""Tables of VGGFace2 as rows.

with labels.txt, as CVAT writes it       cat/sub/a     a picture sub/a, of the label cat
without, as the dataset is given out     n000001/0001_01     a picture of that name, of the label n000001
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.picture_files import PictureFiles, ending
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.vggface2.tables import LABELS, NO_SUBSET, File, files, read_table
from annotools.formats.vggface2.tables import Rows as Table
from annotools.geometry.widths import edges
from annotools.model import POINTS, RECTANGLE, Label
from annotools.model.columns import Ints
from annotools.storage import Source

NO_LABEL = "no_label"
# A NAME_ID -> the name of its picture without ending, and its label, empty for none.
Named = Callable[[str], tuple[str, str]]


def with_label(name: str) -> tuple[str, str]:
    """The label is no part of the picture's name."""
    label, slash, rest = name.partition("/")
    return (rest, "" if label == NO_LABEL else label) if slash and rest else (name, "")


def as_path(name: str) -> tuple[str, str]:
    """The label is the first folder of the picture."""
    label, slash, _ = name.partition("/")
    return name, label if slash and label != NO_LABEL else ""


class _Part(msgspec.Struct, frozen=True):
    """A table that was read.  keys: of pictures.  labels: their names."""

    file: File
    table: Table
    keys: list[str]
    labels: list[str]
    pictures: list[str]


def read_rows(rows: Rows, source: Source, problems: Problems, named: Named | None = None) -> None:
    """Everything of a source.  named: what a NAME_ID means; None: what labels.txt says of that."""
    listed = files(source)
    if not listed:
        expected = "bb_landmark/loose_bb_train.csv or loose_landmark_train.csv"
        problems.append(Problem("has no tables of faces", source.name, expected=expected))
    roots = dict.fromkeys(file.root for file in listed)
    lists = [*filter(None, (member_named(source, f"{root}{LABELS}") for root in roots))]
    labels = dict.fromkeys(name for member in lists for name in label_list(source, member, problems) if name)
    rows.label_defs([Label(n, name) for n, name in enumerate(labels, 1)], closed=False)
    named = named or (with_label if lists else as_path)
    pictures = PictureFiles(source)
    parts = [_part(source, file, named, pictures, problems) for file in listed]
    _add_frames(rows, parts)
    for part in parts:
        _add(rows, part, problems)


def _part(source: Source, file: File, named: Named, pictures: PictureFiles, problems: Problems) -> _Part:
    table = read_table(source, file, problems)
    titles = [named(name) for name in table.names]
    root = f"{file.root}{file.subset or NO_SUBSET}/"
    paths = [pictures.find(f"{root}{name}") if pictures.members else "" for name in table.names]
    return _Part(file, table, [key for key, _ in titles], [label for _, label in titles], paths)


def _name(key: str, picture: str) -> str:
    return key + ending(picture)


def _add_frames(rows: Rows, parts: Sequence[_Part]) -> None:
    """The pictures of all tables, by subset and name."""
    pictures: dict[tuple[str, str], str] = {}
    for part in parts:
        for key, picture in zip(part.keys, part.pictures, strict=True):
            pictures[part.file.subset, key] = pictures.get((part.file.subset, key)) or picture
    order = sorted(pictures)
    names = [_name(key, pictures[subset, key]) for subset, key in order]
    frames = rows.frames(names, subsets=[subset for subset, _ in order])
    pictured = [row for row, pair in enumerate(order) if pictures[pair]]
    rows.pictures(frames[pictured], [pictures[order[row]] for row in pictured])
    for part in parts:
        whole = [pictures[part.file.subset, key] for key in part.keys]
        part.pictures[:] = [_name(key, picture) for key, picture in zip(part.keys, whole, strict=True)]


def _add(rows: Rows, part: _Part, problems: Problems) -> None:
    table, at = part.table, At(part.file.member, part.table.line)
    frames = rows.frames(part.pictures, subsets=part.file.subset, at=at)
    bare = np.array([not label for label in part.labels], np.bool_)
    for row in np.flatnonzero(table.filled & bare).tolist():
        problems.append(at.problem(row, f"{table.names[row][:40]!r} has no label", expected="label/picture"))
    rows.left_out("row", int((table.filled & bare).sum()))
    drawn, tagged = np.flatnonzero(table.filled & ~bare), np.flatnonzero(~table.filled & ~bare)
    if not part.file.boxes and len(tagged):
        rows.tags(frames[tagged], _labels(rows, part, tagged, at), at[tagged])
    if len(drawn):
        points = table.numbers[drawn]
        if part.file.boxes:
            points = np.concatenate([points[:, :2], edges(points[:, :2], points[:, 2:])], axis=1)
        kind = RECTANGLE if part.file.boxes else POINTS
        rows.shapes(kind, frames[drawn], _labels(rows, part, drawn, at), points, at=at[drawn])


def _labels(rows: Rows, part: _Part, chosen: Ints, at: At) -> Ints:
    return rows.labels([part.labels[row] for row in chosen.tolist()], at=at[chosen])
