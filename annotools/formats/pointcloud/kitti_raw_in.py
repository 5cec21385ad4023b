"""From tracklets to a dataset, and what the server makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename, dirname, splitext

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.pointcloud.tracklets import LIST, Poses, members_of, poses_of
from annotools.matching import CvatMatcher, Match
from annotools.model import CUBOID, Dataset, Label
from annotools.model.columns import Ints
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source

_MEDIA = ("velodyne_points/data/", "IMAGE_00/data/", "image_00/data/")
_MOST = 1_000_000  # frames that nobody lists


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    _fill(rows, source, context, problems, tracked=True)
    return rows.read(gaps_are_outside=True)


def read_as_server(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it: every pose by itself, names match, or else numbers."""
    problems = Problems()

    def matching(task: Dataset, names: Sequence[str]) -> list[Match]:
        items = [splitext(basename(name))[0] for name in names]
        matcher = CvatMatcher(task.frames.names, items, video=task.task.is_video)
        return [matcher.match(item, number=number) for number, item in enumerate(items)]

    rows = Rows(source, context, problems, options, matching=matching)
    _fill(rows, source, context, problems, tracked=False)
    return imported(rows.read(), options)


def _fill(rows: Rows, source: Source, context: Dataset | None, problems: Problems, *, tracked: bool) -> None:
    names = members_of(source)
    if not names:
        raise InputError(Problem("holds no tracklets", source.name, expected="tracklet_labels.xml"))
    member = names[0]
    root = f"{dirname(member)}/" if dirname(member) else ""
    poses = poses_of(source, member, problems)
    rows.task(dimension="3d")
    frames = rows.frames(_frames(source, root, poses, context, problems), at=At(f"{root}{LIST}"))
    if names_of_labels := member_named(source, f"{root}labels.txt"):
        listed = [name for name in label_list(source, names_of_labels, problems) if name]
        rows.label_defs((Label(number, name) for number, name in enumerate(dict.fromkeys(listed), 1)), closed=False)
    at = At(member, np.array(poses.line, np.int64))
    frame = _frame_of(poses, frames, at, problems)
    label = rows.labels(poses.title, at=at)
    track = rows.tracks(_keys(poses), label, at) if tracked else np.full(len(label), -1)
    keyframe = np.where(track >= 0, np.array(poses.keyframe, np.bool_), True)
    occluded = np.array(poses.occlusion, np.int64) > 0
    rows.shapes(CUBOID, frame, label, poses.points, at=at, occluded=occluded, track=track, keyframe=keyframe)


def _keys(poses: Poses) -> list[int | None]:
    """The tracklet of each pose, if it is a track: of several poses, or one that is a keyframe."""
    tracklet = np.array(poses.tracklet, np.int64)
    several = np.bincount(tracklet)[tracklet] > 1 if len(tracklet) else np.zeros(0, np.bool_)
    return [
        number if more or is_keyframe else None
        for number, more, is_keyframe in zip(poses.tracklet, several.tolist(), poses.flagged, strict=True)
    ]


def _frames(source: Source, root: str, poses: Poses, context: Dataset | None, problems: Problems) -> list[str]:
    """The names of frames by their numbers."""
    if listing := member_named(source, f"{root}{LIST}"):
        return _listed(source, listing, problems)
    for folder in _MEDIA:
        members = [name[len(root + folder) :] for name in source.members() if name.startswith(root + folder)]
        if members:
            return sorted(name for name in members if not name.endswith(".txt"))
    if context is not None and len(context.frames):
        return list(context.frames.names)
    last = max((frame for frame in poses.frame if frame < _MOST), default=-1)
    return [f"{number:010d}" for number in range(last + 1)]


def _listed(source: Source, name: str, problems: Problems) -> list[str]:
    """The names of a list, each at the place of its number."""
    titles: dict[int, str] = {}
    wrong = RowProblems(LINES)
    for line, raw in enumerate(text_lines(source, name, problems), 1):
        number, blank, title = raw.decode("utf-8", "replace").partition(" ")
        if not number.strip() and not title.strip():
            continue
        if not blank or not title or number.lstrip("0") != str(len(titles)).lstrip("0") or not number:
            wrong.add(line, f"is {number[:20]!r}", name, f"{len(titles)} and a name")
            continue
        titles[len(titles)] = title
    problems.extend(wrong.all())
    return list(titles.values())


def _frame_of(poses: Poses, frames: Ints, at: At, problems: Problems) -> Ints:
    """The frame of each pose, -1, and a problem, for what is none."""
    given = np.array(poses.frame, np.int64)
    inside = (given >= 0) & (given < len(frames))
    for row in np.flatnonzero(~inside).tolist():
        expected = f"0 to {len(frames) - 1}" if len(frames) else "a list of frames"
        problems.append(at.problem(row, f"pose is on frame {given[row]}", expected=expected))
    return np.where(inside, np.append(frames, -1)[np.where(inside, given, -1)], -1)
