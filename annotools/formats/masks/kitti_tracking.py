"""Files of KITTI's tracking: one a video, a line for each box of an object on a frame.

    training/label_02/0000.txt      12 3 Car 0 0 -1.6 296.7 161.8 455.2 292.4 2.0 1.8 4.4 -4.6 1.9 13.4 -2.1
                                    frame from 0, object (-1: none, as of DontCare), then as lines of label_2
    training/image_02/0000/000012.png

Frames are called 0000/000012, with the ending of their pictures; those without a line are frames too.
Source: KITTI tracking development kit, readme.txt
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from posixpath import splitext

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import Cell, line_rows
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.kitti_lines import CELLS, Lines, add_boxes
from annotools.formats.masks.line_files import begins, frame_name, numbered_pictures
from annotools.model import Dataset
from annotools.model.columns import Ints
from annotools.storage import Source

BOXES, PICTURES = ("label_02", "label_2"), ("image_02", "image_2")
_LINE = re.compile(rb"\s*\d+\s+-?\d+\s+[A-Za-z]")
_HEAD = 1 << 10
_MOST = 1 << 20  # frames of a video
_COLUMNS = (
    Cell("frame", int), Cell("object", int), Cell("type", str), *map(Cell, CELLS[:-1]), Cell("score", float, 1.0),
)  # fmt: skip


class Video(msgspec.Struct, frozen=True):
    """member: its lines.  pictures: by frame number."""

    member: str
    subset: str
    name: str
    pictures: dict[int, str] = msgspec.field(default_factory=dict)

    def frame(self, number: int) -> str:
        """The name of a frame."""
        return frame_name(self.name, number, self.pictures)


def videos_of(source: Source) -> list[Video]:
    """The files of tracking of a source.  Of files in label_2 the first says of what kind all are."""
    members = {kind: [name for name in source.members() if _folder(name) == kind] for kind in BOXES}
    names = [
        *members[BOXES[0]],
        *(members[BOXES[1]] if any(_begins(source, n) for n in islice(members[BOXES[1]], 1)) else ()),
    ]
    return [_video(source, name) for name in names if _begins(source, name)]


def _folder(name: str) -> str:
    parts = name.split("/")
    return parts[-2] if len(parts) > 1 and name.lower().endswith(".txt") else ""


def _begins(source: Source, name: str) -> bool:
    """Whether a file begins with a frame, an object and a word."""
    return begins(source, name, _LINE, _HEAD)


def _video(source: Source, member: str) -> Video:
    parts = member.split("/")
    root, name = parts[:-2], splitext(parts[-1])[0]
    homes = ["/".join([*root, folder, name, ""]) for folder in PICTURES]
    return Video(member, root[-1] if root else "", name, numbered_pictures(source, homes))


def add_videos(
    rows: Rows, source: Source, videos: Sequence[Video], context: Dataset | None, problems: Problems
) -> None:  # fmt: skip
    """Frames, boxes and tracks of files of tracking."""
    lines = line_rows(source, [video.member for video in videos], problems, *_COLUMNS)
    at = At(lines.members, lines.line, which=lines.member)
    number, key = lines["frame"], lines["object"]
    odd = (number < 0) | (number >= _MOST)
    for row in np.flatnonzero(odd).tolist():
        problems.append(at.problem(row, f"frame is {number[row]}", expected=f"0 to {_MOST - 1:,}"))
    tables = [_frames(rows, video, number[(lines.member == n) & ~odd], context) for n, video in enumerate(videos)]
    kept = np.flatnonzero(~odd)
    starts = np.cumsum([0, *map(len, tables)])[lines.member[kept]]
    frame = np.concatenate([*tables, np.zeros(0, np.int64)])[starts + number[kept]]
    boxes = Lines(
        lines.members, [str(name) for name in lines["type"][kept].tolist()], lines.member[kept], lines.line[kept],
        lines.stack(*CELLS)[kept],
    )  # fmt: skip
    label = rows.labels(boxes.names, at=at[kept])
    keys = np.stack([key[kept], boxes.member], axis=1)
    add_boxes(rows, boxes, frame, rows.tracks(keys, label, at[kept], track_id=key[kept]))


def _frames(rows: Rows, video: Video, numbers: Ints, context: Dataset | None) -> Ints:
    """The frame of each number from 0 on."""
    count = int(max(numbers.max(initial=-1), max(video.pictures, default=-1))) + 1
    names = [video.frame(number) for number in range(min(count, _MOST))]
    if context is not None and context.task.is_video:
        names[: len(context.frames)] = context.frames.names[: len(names)]
    frames = rows.frames(names, subsets=[video.subset] * len(names), at=At(video.member))
    there = [number for number in video.pictures if number < len(names)]
    rows.pictures(frames[there], [video.pictures[number] for number in there])
    return frames
