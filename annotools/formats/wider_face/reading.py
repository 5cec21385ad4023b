"""From lists of faces to rows: an event is a tag of its picture, levels above 0 are attributes.

blur 0 to 2, expression, illumination, pose, invalid 0 or 1: attributes        occlusion 0 to 2: occluded from 1 on
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.places import At, WrongRows
from annotools.formats.kernel.rows import Rows
from annotools.formats.wider_face.listing import Listing, listings
from annotools.geometry.widths import edges
from annotools.model import RECTANGLE, Label, Owner
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.extras import Extra
from annotools.storage import Source
from annotools.transform.faces import EVENT, LEVELS, NO_EVENT, level_spec

FACE = "face"
COLUMNS = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")  # of the benchmark
SERVER_COLUMNS = ("blur", "expression", "illumination", "occlusion", "pose", "invalid")  # where there is a labels.txt
NO_LIST = "default"  # the subset of pictures without one
_SIDES = ("left", "top", "width", "height")
_LEVELS = {"": 0, "-": 0, "0": 0, "1": 1, "2": 2, "false": 0, "true": 1}
_UNSAID = frozenset({"", "-", "0"})
_LABEL = 10  # the place of the label, behind all that is counted


class Meaning(NamedTuple):
    """What lines mean.  whole_names: whether the folder of the event is a part of a picture's name where there is no
    list of labels.  whole_labels: whether a label may be several words, and no label is a face.  columns: what stands
    behind the box, of the benchmark unless a list of labels or a `-` says that the server wrote it.
    """

    whole_names: bool = True
    whole_labels: bool = True
    columns: tuple[str, ...] = COLUMNS


def read_rows(rows: Rows, source: Source, problems: Problems, meaning: Meaning) -> None:
    """Every list of a source."""
    lists = listings(source, problems)
    given = next((name for name in source.members() if name.rpartition("/")[2].lower() == "labels.txt"), "")
    if given or any(b" - " in text for each in lists for _, _, text in each.boxes):
        meaning = meaning._replace(columns=SERVER_COLUMNS)
    faces = Faces.of(lists, problems, meaning)
    listed = label_list(source, given, problems) if given else []
    events = [event for each in lists for name, _ in each.pictures if (event := event_of(name))]
    names = dict.fromkeys(name for name in listed or (FACE, *events, *faces.label) if name)
    rows.label_defs(_labels(names, faces), closed=bool(listed))
    meaning = meaning._replace(whole_names=meaning.whole_names and not listed)
    frames = [_add_pictures(rows, source, listing, meaning) for listing in lists]
    faces.add(rows, np.concatenate([np.zeros(0, np.int64), *frames]))


def event_of(name: str) -> str:
    """The event of a picture, empty for none."""
    match = EVENT.match(name)
    return match[2] if match else ""


def _within(path: str) -> str:
    """A name below the folder of its event, or of none."""
    match = EVENT.match(path)
    return path[match.end() :] if match else path.removeprefix(f"{NO_EVENT}/")


def _labels(names: Iterable[str], faces: Faces) -> Iterator[Label]:
    """Labels with the attributes that their faces have."""
    used = {
        (label, name)
        for name, column in faces.levels.items()
        for label, text in zip(faces.label, column, strict=True)
        if text
    }
    numbers = count(1)
    for number, name in enumerate(names, 1):
        specs = (level_spec(level, next(numbers)) for level in LEVELS if (name, level) in used)
        yield Label(number, name, attributes=tuple(specs))


def _add_pictures(rows: Rows, source: Source, listing: Listing, meaning: Meaning) -> Ints:
    """The frames of a list's pictures, with tags for their events; the frame of each face."""
    paths, lines = [name for name, _ in listing.pictures], np.array([line for _, line in listing.pictures], np.int64)
    names = paths if meaning.whole_names else [_within(path) for path in paths]
    times: Counter[str] = Counter()
    nth = []
    for name in names:
        nth.append(times[name])
        times[name] += 1
    at = At(listing.member, lines)
    frames = rows.frames(names, subsets="" if listing.subset == NO_LIST else listing.subset, at=at, nth=nth)
    folder = _folder(source, listing)
    members = frozenset(source.members())
    there = [index for index, path in enumerate(paths) if folder + path in members]
    rows.pictures(frames[there], [folder + paths[index] for index in there])
    events = [event_of(path) for path in paths]
    tagged = np.flatnonzero([bool(event) for event in events])
    rows.tags(frames[tagged], rows.labels([event for event in events if event], at=at[tagged]), at[tagged])
    return frames[[index for index, _, _ in listing.boxes]]


def _folder(source: Source, listing: Listing) -> str:
    """Where the pictures of a list are."""
    folder = f"WIDER_{listing.subset}/images/"
    return next((name[: name.index(folder)] + folder for name in source.members() if folder in name), folder)


class Faces(msgspec.Struct, frozen=True):
    """The lines of all lists.  label: empty for none.  levels: a text for each line, empty for what is not said."""

    at: At
    sides: Floats
    good: Bools
    label: list[str]
    levels: dict[str, list[str]]
    occlusion: Ints

    @classmethod
    def of(cls, listed: Sequence[Listing], problems: Problems, meaning: Meaning) -> Faces:
        """The faces of some lists, with a problem for each line that is none."""
        which = np.repeat(np.arange(len(listed)), [len(each.boxes) for each in listed])
        lines = np.array([line for each in listed for _, line, _ in each.boxes], np.int64)
        at = At([each.member for each in listed], lines, which=which)
        cells = [text.split(None, _LABEL) for each in listed for _, _, text in each.boxes]
        good = np.ones(len(cells), np.bool_)
        sides = [_numbers(at, [cell[n] for cell in cells], name, good, problems) for n, name in enumerate(_SIDES)]
        words = {name: [_word(cell, n) for cell in cells] for n, name in enumerate(meaning.columns, len(_SIDES))}
        labels = [_word(cell, _LABEL) for cell in cells]
        if meaning.whole_labels:
            labels = [label or FACE for label in labels]
        else:
            labels = [label.split()[0] if label else "" for label in labels]
        occlusion = _occlusion(at, words.pop("occlusion"), good, problems)
        levels = {name: ["" if text in _UNSAID else text for text in column] for name, column in words.items()}
        return cls(at, np.stack(sides, axis=1), good, labels, levels, occlusion)

    def add(self, rows: Rows, frame: Ints) -> None:
        """Rectangles and their attributes.  frame: of each line."""
        kept = np.flatnonzero(self.good)
        rows.left_out("face", len(frame) - len(kept), frame[~self.good & (frame >= 0)])
        label = rows.labels([self.label[row] for row in kept.tolist()], at=self.at[kept])
        corners = edges(self.sides[kept, :2], self.sides[kept, 2:])
        columns: dict[str, Any] = {"occluded": self.occlusion[kept] > 0}
        if (self.occlusion[kept] > 1).any():
            columns["occlusion"] = Extra(self.occlusion[kept], self.occlusion[kept] > 1)
        boxes = np.concatenate([self.sides[kept, :2], corners], axis=1)
        made = rows.shapes(RECTANGLE, frame[kept], label, boxes, at=self.at[kept], **columns)
        for name, column in self.levels.items():
            texts = [column[index] for index in kept.tolist()]
            filled = np.array([bool(text) for text in texts], np.bool_)
            rows.attributes(Owner.SHAPE, made[filled], name, [text for text in texts if text])


def _numbers(at: At, texts: list[bytes], name: str, good: Bools, problems: Problems) -> Floats:
    values, bad = typed(texts, float)
    wrong = WrongRows(at)
    for row in np.flatnonzero(bad & good).tolist():
        shown = texts[row][:40].decode("utf-8", "replace")
        wrong.add(row, f"{name} is {shown!r}", "a number")
    problems.extend(wrong.all())
    good[bad] = False
    return values


def _word(cells: list[bytes], column: int) -> str:
    return cells[column].decode("utf-8", "replace").strip() if column < len(cells) else ""


def _occlusion(at: At, texts: list[str], good: Bools, problems: Problems) -> Ints:
    levels = [_LEVELS.get(text.lower(), -1) for text in texts]
    wrong = WrongRows(at)
    for row in [row for row, level in enumerate(levels) if level < 0 and good[row]]:
        wrong.add(row, f"occlusion is {texts[row][:40]!r}", "0, 1 or 2")
        good[row] = False
    problems.extend(wrong.all())
    return np.maximum(np.array(levels, np.int64), 0)
