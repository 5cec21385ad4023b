"""From the lines of sequences to rows.

    1,4,10.5,20,30,40,1,3,0.5          frame, object, left, top, width, height, confidence, class, visible share
    1 4 10.5 20 30 40                  the same with blanks, as numpy saves a table
    1,-1,10.5,20,30,40,0.87,-1,-1,-1   a detection: no object, and a place in the world instead of a class

Frames count from 1; from 0, where a line or a picture says 0.  An object is a track, -1 a box by itself, and so is 0
where it stands twice on a frame.  A class is a line of labels.txt, else one of those of MOT.
"""

from __future__ import annotations

from collections.abc import Sequence as List
from typing import Any, NamedTuple

import msgspec
import numpy as np
import orjson

from annotools.errors import Problems
from annotools.formats.kernel.class_numbers import numbered_labels
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.mot.sequence_frames import FrameNumbers
from annotools.formats.mot.sequences import CLASSES, Sequence, has_blanks, sequences
from annotools.geometry.ragged import lengths
from annotools.geometry.widths import edges
from annotools.model import RECTANGLE, Dataset, Label
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.extras import Extra
from annotools.storage import Source

_CELLS = (
    Cell("frame", int), Cell("object", int), Cell("left"), Cell("top"), Cell("width"), Cell("height"),
    Cell("confidence", float, 1.0), Cell("class", float, -1.0), Cell("visibility", float, 1.0),
)  # fmt: skip
_OLD_CLASSES = 12  # one more came with MOT20
_UNKNOWN = -1


class Meaning(NamedTuple):
    """What numbers mean.  zero: whether frames and objects may count from 0.  scores: whether confidences of ground
    truth are scores.  hidden: whether nothing is visible where that is unknown.  blanks: whether these may stand for
    commas.
    """

    zero: bool = True
    scores: bool = True
    hidden: bool = False
    blanks: bool = True


def read_rows(rows: Rows, source: Source, context: Dataset | None, problems: Problems, meaning: Meaning) -> None:
    """Every line of a source."""
    known, left = sequences(source, problems)
    why = f"the ground truth beside them is read, not {', '.join(left[:3])}"
    rows.left_out("file of detections", len(left), why=why, table="members")
    parts = [_part(source, sequence, problems, meaning) for sequence in known]
    _define(rows, parts)
    task = context.frames.names if context is not None and len(parts) == 1 else ()
    frames = FrameNumbers(rows, task, problems, meaning.zero)
    for index, part in enumerate(parts):
        part.add(rows, frames, index, Names.of(part.sequence.labels, context))
    if len(known) == 1 and known[0].rest:
        rows.extras(seqinfo=orjson.dumps(known[0].rest))


def _define(rows: Rows, parts: List[Part]) -> None:
    """Labels of the lists; those of MOT where there is no list and lines have classes."""
    names = dict.fromkeys(name for part in parts for name in part.sequence.labels if name)
    if not names and any((part.kind > 0).any() for part in parts):
        names = dict.fromkeys(CLASSES[:_OLD_CLASSES])
    if names:
        rows.label_defs((Label(number, name) for number, name in enumerate(names, 1)), closed=False)


class Names(msgspec.Struct, frozen=True):
    """Names of classes, counted from 1.  other: that of what has no class, empty for none."""

    names: tuple[str, ...]
    other: str

    @classmethod
    def of(cls, labels: tuple[str, ...], context: Dataset | None) -> Names:
        """labels: of a list.  Where there is only one that it can be, what has no class is that."""
        known = labels or tuple(label.name for label in (context.labels.top if context else ()))
        other = known[0] if len(known) == 1 else "" if labels else CLASSES[0]
        return cls(labels or CLASSES, other)

    def name(self, number: float) -> str:
        """The name of a class, empty for none."""
        if number < 1:
            return self.other if number == _UNKNOWN or number == 0 else ""
        return self.names[int(number) - 1] if number.is_integer() and number <= len(self.names) else ""


def _part(source: Source, sequence: Sequence, problems: Problems, meaning: Meaning) -> Part:
    sep = None if meaning.blanks and has_blanks(source, sequence.member) else b","
    lines = line_rows(source, sequence.member, problems, *_CELLS, sep=sep, rest="numbers")
    kind, visible, placed = _behind(lines)
    return Part(sequence, lines, kind, visible, placed, meaning, problems)


def _behind(lines: Lines) -> tuple[Floats, Floats, Bools]:
    """Class and visible share of each line, and which of them say a place in the world instead."""
    kind, visible = lines["class"], lines["visibility"]
    behind, ends = lines.rest
    ten = lengths(ends) > 0
    if not ten.any():
        return kind, visible, ten
    third = behind[ends[:-1][ten]]
    bare = (visible[ten] == _UNKNOWN).all() and (third == _UNKNOWN).all()
    if bare and (kind[ten] != _UNKNOWN).any():  # a class, and nothing behind it
        return kind, np.where(ten, 1.0, visible), np.zeros(len(lines), np.bool_)
    placed = np.zeros(len(lines), np.bool_)
    placed[ten] = (kind[ten] != _UNKNOWN) | (visible[ten] != _UNKNOWN) | (third != _UNKNOWN)
    return np.where(ten, float(_UNKNOWN), kind), np.where(ten, 1.0, visible), placed


class Part(msgspec.Struct, frozen=True):
    """The lines of a sequence.  kind: the class of each.  placed: those with a place in the world."""

    sequence: Sequence
    lines: Lines
    kind: Floats
    visible: Floats
    placed: Bools
    meaning: Meaning
    problems: Problems

    @property
    def at(self) -> At:
        """Where the lines stand."""
        return At(self.lines.members, self.lines.line)

    def add(self, rows: Rows, frames: FrameNumbers, index: int, names: Names) -> None:
        """Boxes and tracks.  place: of the sequence among all."""
        frame = frames.of(self.sequence, self.lines["frame"], self.at)
        expected = f"1 to {len(names.names)}"
        label = numbered_labels(rows, self.kind, names.name, self.at, self.problems, expected)
        frame = np.where(label >= 0, frame, -1)  # also in a track, which would give a line its class
        ids = self._objects(frame)
        keys = np.stack([ids, np.full(len(ids), index)], axis=1) if index else ids
        track = rows.tracks(keys, label, self.at, track_id=ids) if (ids >= 0).any() else -1
        left_top = self.lines.stack("left", "top")
        boxes = np.concatenate([left_top, edges(left_top, self.lines.stack("width", "height"))], axis=1)
        rows.shapes(RECTANGLE, frame, label, boxes, at=self.at, track=track, **self._columns(rows, frame))

    def _objects(self, frame: Ints) -> Ints:
        """The number of the object of each line, -1 for none."""
        ids = self.lines["object"]
        naught = np.sort(frame[ids == 0])
        least = 0 if self.meaning.zero and not (np.diff(naught) == 0).any() else 1
        return np.where(ids >= least, ids, -1)

    def _columns(self, rows: Rows, frame: Ints) -> dict[str, Any]:
        score, visible, hidden = self.lines["confidence"], self.visible, self.visible <= 0
        unsaid = score == _UNKNOWN
        rows.repaired("confidence -1", "nobody said one; the score is 1", int(unsaid.sum()), frame[unsaid])
        rows.left_out("place in the world", int(self.placed.sum()), why="there is no column for it")
        if not self.meaning.hidden:
            hidden = hidden & (visible >= 0)
        columns: dict[str, Any] = {"occluded": hidden, "score": np.where(unsaid, 1.0, score)}
        share = (visible > 0) & (visible != 1)
        if share.any():
            columns["visibility"] = Extra(visible, share)
        return columns
