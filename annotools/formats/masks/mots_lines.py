"""MOTS as text: a file a video, a line for each mask of an object on a frame.

    instances_txt/0002.txt      52 1005 1 375 1242 WSV:2d;1O1000...       frame from 0, 1000 x class + object, class,
    image_02/0002/000052.png                                            height, width, run lengths as COCO has them
    MOTS20-02/gt/gt.txt         1 2009 2 1080 1920 ...                    the same, frames from 1
    MOTS20-02/img1/000001.jpg
    MOTS20-02.txt               1 2009 2 1080 1920 ...                    alone, as results are: frames from 1
    0002.txt                    0 1001 1 375 1242 ...                     and of a video of KITTI from 0

Frames are called 0002/000052, with the ending of their pictures; those without a line are frames too.  Class 1 is a
car, 2 a pedestrian, 10 a region that is not to be looked at, which is left out.
Source: https://www.vision.rwth-aachen.de/page/mots
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import basename, splitext

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.kernel.members import are_alone, is_note
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rle_masks import masks_of
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.line_files import begins, frame_name, numbered_pictures
from annotools.model import MASK
from annotools.model.columns import Ints
from annotools.storage import Source

BASE = 1000
IGNORED = 10  # the class of regions that do not count
CHALLENGE = ("", "car", "pedestrian")
_LINE = re.compile(rb"\s*(\d+\s+){5}\S+\s*(\n|\Z)")
_HEAD, _MOST, _LARGEST = 1 << 16, 1 << 20, (1 << 31) - 1
_COLUMNS = (*(Cell(name, int) for name in ("frame", "object", "class", "height", "width")), Cell("mask", str))
_PICTURES = ("image_02", "images", "img1")
_OF_CHALLENGE = "MOTS"  # MOTS20-02, whose frames count from 1


class Video(msgspec.Struct, frozen=True):
    """member: its lines.  first: the lowest number of a frame.  pictures: by frame number."""

    member: str
    subset: str
    name: str
    first: int
    pictures: dict[int, str] = msgspec.field(default_factory=dict)

    def frame(self, number: int) -> str:
        """The name of a frame."""
        return frame_name(self.name, number, self.pictures)


def videos_of(source: Source) -> list[Video]:
    """The files of lines of a source."""
    members = source.members()
    named = [name for name in members if _is_named(name) and _begins(source, name)]
    texts = (name for name in members if name.lower().endswith(".txt") and not is_note(name))
    first = "" if named else next(texts, "")
    if not first or not _begins(source, first) or not are_alone(source, ".txt"):
        return [_video(source, name) for name in named]
    loose = [first, *texts]
    return [_loose(name) for name in loose] if all(_begins(source, name) for name in loose) else []


def _is_named(name: str) -> bool:
    parts = name.split("/")
    return (parts[-2:-1] == ["instances_txt"] and name.lower().endswith(".txt")) or parts[-2:] == ["gt", "gt.txt"]


def _begins(source: Source, name: str) -> bool:
    """Whether a file begins with five whole numbers and a word."""
    return begins(source, name, _LINE, _HEAD)


def _loose(member: str) -> Video:
    """A file of results, without the folders of a dataset."""
    name = splitext(basename(member))[0]
    return Video(member, "", name, int(name.upper().startswith(_OF_CHALLENGE)))


def _video(source: Source, member: str) -> Video:
    parts = member.split("/")
    if parts[-1] == "gt.txt":  # a folder a video
        above, name, subset = parts[:-2], "".join(parts[-3:-2]) or "gt", "".join(parts[-4:-3])
        homes = ["/".join([*above, folder, ""]) for folder in _PICTURES]
    else:
        above, name, subset = parts[:-2], splitext(parts[-1])[0], "".join(parts[-3:-2])
        homes = ["/".join([*above, folder, name, ""]) for folder in _PICTURES]
    return Video(member, subset, name, int(parts[-1] == "gt.txt"), numbered_pictures(source, homes))


def add_videos(rows: Rows, source: Source, videos: Sequence[Video], problems: Problems) -> None:
    """Frames, masks and tracks of files of lines."""
    lines = line_rows(source, [video.member for video in videos], problems, *_COLUMNS)
    lines = _sensible(lines, np.array([video.first for video in videos], np.int64), problems)
    seen = lines["class"] != IGNORED
    rows.left_out("region", int((~seen).sum()), why="it is marked as not to be looked at")
    frame = np.full(len(lines), -1, np.int64)
    for n, video in enumerate(videos):
        mine = np.flatnonzero(lines.member == n)
        table = _frames(rows, video, lines["frame"][mine])
        frame[mine] = table[lines["frame"][mine] - video.first]
    given = lines.stack("width", "height").astype(np.int64)
    rows.learn_sizes(frame, *given.T)
    kept = np.flatnonzero(seen)
    _add(rows, lines, kept, frame, problems)


def _add(rows: Rows, lines: Lines, kept: Ints, frame: Ints, problems: Problems) -> None:
    """The masks of some lines."""
    at = At(lines.members, lines.line, which=lines.member)
    given = lines.stack("width", "height").astype(np.int64)[kept]
    texts = [str(text) for text in lines["mask"][kept].tolist()]
    good, masks, faults = masks_of(texts, given, rows.known_sizes(frame[kept]))
    for n, text in sorted(faults.items()):
        problems.append(at.problem(int(kept[n]), text, expected="run lengths of a mask"))
    rows.left_out("mask", len(faults))
    kept = kept[good]
    names = [CHALLENGE[n] if 0 < n < len(CHALLENGE) else f"class_{n}" for n in lines["class"][kept].tolist()]
    label, number = rows.labels(names, at=at[kept]), lines["object"][kept]
    own = np.where(number // BASE == lines["class"][kept], number % BASE, number)
    track = rows.tracks(np.stack([number, lines.member[kept]], axis=1), label, at[kept], track_id=own)
    rows.shapes(MASK, frame[kept], label, *masks, at[kept], track=track)


def _sensible(lines: Lines, first: Ints, problems: Problems) -> Lines:
    """The lines whose frames and sizes can be such; others are problems."""
    number, at = lines["frame"], At(lines.members, lines.line, which=lines.member)
    sides = lines.stack("width", "height")
    early = (number < first[lines.member]) | (number >= _MOST)
    odd = early | ((sides <= 0) | (sides > _LARGEST)).any(axis=1)
    for row in np.flatnonzero(odd).tolist():
        size = f"the size is {sides[row, 0]:.0f} x {sides[row, 1]:.0f}"
        message = f"frame is {number[row]}" if early[row] else size
        expected = f"{first[lines.member[row]]} or more" if early[row] else "pixels"
        problems.append(at.problem(row, message, expected=expected))
    good = np.flatnonzero(~odd)
    columns = {name: column[good] for name, column in lines.columns.items()}
    nothing = np.zeros(0), np.zeros(len(good) + 1, np.int64)
    return Lines(columns, lines.members, lines.member[good], lines.line[good], nothing)


def _frames(rows: Rows, video: Video, numbers: Ints) -> Ints:
    """The frame of each number from the first on."""
    last = max(int(numbers.max(initial=-1)), max(video.pictures, default=-1))
    names = [video.frame(number) for number in range(video.first, min(last + 1, _MOST))]
    frames = rows.frames(names, subsets=[video.subset] * len(names), at=At(video.member))
    there = [number for number in video.pictures if video.first <= number < video.first + len(names)]
    rows.pictures(frames[np.array(there, np.int64) - video.first], [video.pictures[number] for number in there])
    return frames
