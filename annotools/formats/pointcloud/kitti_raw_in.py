"""From tracklets to a dataset, and what the server makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename, dirname, splitext
from typing import NamedTuple

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.pointcloud.tracklets import LIST, Poses, drives_of, poses_of
from annotools.matching import CvatMatcher, Match
from annotools.model import CUBOID, Dataset, Label
from annotools.model.columns import Ints
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

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
    names, others = drives_of(source)
    if not names:
        raise InputError(Problem("holds no tracklets", source.name, expected="tracklet_labels.xml"))
    rows.task(dimension="3d")
    apart = _folders(names) if tracked and len(names) > 1 else {}
    drives = [_drive(rows, source, name, apart.get(name), context, problems) for name in names]
    _tell_others(rows, source, others, drives if apart else [])
    poses = [drive.poses for drive in drives]
    numbers = [len(part.line) for part in poses]
    lines = np.array([line for part in poses for line in part.line], np.int64)
    at = At(names, lines, which=np.repeat(np.arange(len(names)), numbers))
    frame = np.concatenate([drive.frame for drive in drives])
    label = rows.labels([title for part in poses for title in part.title], at=at)
    track = rows.tracks(_keys(poses), label, at) if tracked else np.full(len(label), -1)
    flags = np.array([keyframe for part in poses for keyframe in part.keyframe], np.bool_)
    occluded = np.array([occlusion for part in poses for occlusion in part.occlusion], np.int64) > 0
    points = np.concatenate([part.points for part in poses])
    keyframe = np.where(track >= 0, flags, True)
    rows.shapes(CUBOID, frame, label, points, at=at, occluded=occluded, track=track, keyframe=keyframe)


class _Drive(NamedTuple):
    """What a file has: its poses, the frame of each, and the members that are the frames."""

    poses: Poses
    frame: Ints
    clouds: list[str]


def _tell_others(rows: Rows, source: Source, others: Sequence[str], drives: Sequence[_Drive]) -> None:
    """Note second files of tracklets of a folder and, of several drives, pictures that are no frames."""
    if others:
        rows.left_out("file", len(others), why=f"a folder has one of tracklets, not {others[0]}", table="members")
    if drives:
        chosen = {name for drive in drives for name in drive.clouds}
        beside = [name for name in source.members() if is_picture(name) and name not in chosen]
        rows.left_out("picture left out", len(beside), why="frames of several drives are their clouds", table="members")


def _folders(members: Sequence[str]) -> dict[str, str]:
    """What stands before the names of frames of each of several files: the last of its folders that tells it apart."""
    last = [basename(dirname(member)) for member in members]
    alike = len(set(last)) < len(last)
    return {member: dirname(member) if alike else name for member, name in zip(members, last, strict=True)}


def _drive(
    rows: Rows, source: Source, member: str, folder: str | None, context: Dataset | None, problems: Problems
) -> _Drive:
    """One file.  folder: what stands before the names of its frames, if there are several files."""
    root = f"{dirname(member)}/" if dirname(member) else ""
    poses = poses_of(source, member, problems)
    names, clouds = _frames(source, root, poses, context if folder is None else None, problems)
    before = f"{folder}/" if folder else ""
    frames = rows.frames([before + name for name in names], at=At(f"{root}{LIST}"))
    if folder is not None:
        rows.pictures(frames[: len(clouds)], clouds)
    if names_of_labels := member_named(source, f"{root}labels.txt"):
        listed = [name for name in label_list(source, names_of_labels, problems) if name]
        rows.label_defs((Label(number, name) for number, name in enumerate(dict.fromkeys(listed), 1)), closed=False)
    frame = _frame_of(poses, frames, At(member, np.array(poses.line, np.int64)), problems)
    return _Drive(poses, frame, clouds)


def _keys(files: Sequence[Poses]) -> list[int | None]:
    """The tracklet of each pose of all files, if it is a track: of several poses, or one that is a keyframe."""
    ends = np.cumsum([0, *(max(poses.tracklet, default=-1) + 1 for poses in files)])
    tracklet = np.concatenate(
        [np.array(poses.tracklet, np.int64) + end for poses, end in zip(files, ends, strict=False)]
    )
    several = np.bincount(tracklet)[tracklet] > 1 if len(tracklet) else np.zeros(0, np.bool_)
    flagged = [flag for poses in files for flag in poses.flagged]
    return [
        number if more or is_keyframe else None
        for number, more, is_keyframe in zip(tracklet.tolist(), several.tolist(), flagged, strict=True)
    ]


def _frames(
    source: Source, root: str, poses: Poses, context: Dataset | None, problems: Problems
) -> tuple[list[str], list[str]]:
    """The names of frames by their numbers, and the members that these are the ends of, if they are."""
    if listing := member_named(source, f"{root}{LIST}"):
        return _listed(source, listing, problems), []
    for folder in _MEDIA:
        start = root + folder
        members = [name for name in source.members() if name.startswith(start) and not name.endswith(".txt")]
        if members:
            members.sort()
            return [name[len(start) :] for name in members], members
    if context is not None and len(context.frames):
        return list(context.frames.names), []
    last = max((frame for frame in poses.frame if frame < _MOST), default=-1)
    return [f"{number:010d}" for number in range(last + 1)], []


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
