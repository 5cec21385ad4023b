"""Rows of the files -> the dataset, through the one assembler of all formats.

A row of a track takes label, source and group from its track.  The points of a skeleton's track become tracks below
it, one for each name; in files of autumn 2022 they are `<track>`s within that of the skeleton.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.errors import Problems
from annotools.formats.base import Options, Read, ReadOptions
from annotools.formats.cvat_xml.columns import Collector, FileRows, Manner
from annotools.formats.cvat_xml.frame_matching import FramePlaces, Images, Matching, listed, matched
from annotools.formats.cvat_xml.meta import Meta
from annotools.formats.kernel.attribute_values import Words
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.xml_files import tell_others
from annotools.geometry.ragged import take
from annotools.model import Dataset, Owner
from annotools.model.definitions import Job, Labels
from annotools.model.frames import Frames
from annotools.model.tables import Array, Bools, Ints
from annotools.storage import Source

BETWEEN = "marked as interpolated: its track's keyframes say where it is"
BY_END = "it is the frame's only by its end"


class Contents(msgspec.Struct, frozen=True):
    """All rows of the files.  attributes: owner (a place in shapes, or in tags as -1 - place), name and value of each.

    words: all texts by place.  odd_sources: words for where rows come from that nobody knows, and how often they stand.
    """

    tags: FileRows
    tracks: FileRows
    shapes: FileRows
    attributes: Mapping[str, Ints]
    words: list[str]
    odd_sources: Mapping[str, int]

    def texts(self, codes: Array) -> list[str]:
        """Texts by their places."""
        return [self.words[code] for code in codes.tolist()]


class Dialect(NamedTuple):
    """How a program reads the files; see `reading` and `server`.

    manner: how elements become rows.  matching: how images find their frames.  on_task: which frames of tracks are the
    task's.  adopt: what becomes of rows before they are any of ours.  values: of attributes, as places in the words,
    and which are none.  finish: what becomes of the whole.  opened: a member as the parser is given it.
    """

    manner: Manner
    matching: Matching
    on_task: Callable[[Ints, Frames], Bools]
    adopt: Callable[[Contents, Problems, Rows], Contents]
    values: Callable[[Contents, Labels, Ints], tuple[Contents, Bools]]
    finish: Callable[[Read, Options], Read]
    opened: Callable[[Source, str], BinaryIO]


class Build:
    """Makes the dataset of all that was collected.  between: rows marked as interpolated that were passed by."""

    def __init__(self, collector: Collector, meta: Meta, dialect: Dialect, between: int) -> None:
        self._dialect = dialect
        self._meta = meta
        self._problems = Problems(collector.files[0].file)
        images, tags, tracks, shapes = (collector.all(kind) for kind in ("images", "tags", "tracks", "shapes"))
        self._images = images
        self._between = between + int(((shapes.track >= 0) & (shapes.keyframe == 0)).sum())
        sources = collector.columnar.odd_sources
        self._contents = Contents(tags, tracks, shapes, collector.attributes(), collector.words, sources)

    def read(self, source: Source, context: Dataset | None, options: ReadOptions) -> Read:
        """The dataset, and what is wrong beside the problems of the files."""
        places = self._places(context)
        rows = Rows(source, places.base, self._problems, options)
        tell_others(rows, source)
        segments = len(self._meta.jobs) - len(places.base.jobs) if context is None else 0
        rows.left_out("segment", segments, why="the segments do not fit the frames of the task", table="jobs")
        rows.repaired("frame of track", BETWEEN, self._between)
        rows.repaired("name of picture", BY_END, len(places.by_end), places.by_end, "frames")
        self._contents = self._dialect.adopt(self._contents, self._problems, rows)
        shape, label = self._add_shapes(rows, places)
        self._say(rows, Owner.SHAPE, shape, label, places)
        tag, label = self._add_tags(rows, places)
        self._say(rows, Owner.TAG, tag, label, places)
        return self._dialect.finish(rows.read(job=self._job(places.base)), options)

    def _places(self, context: Dataset | None) -> FramePlaces:
        """Where everything stands, and the definitions."""
        contents, meta, rows = self._contents, self._meta, self._images
        names, subsets, tasks = (contents.texts(getattr(rows, name)) for name in ("name", "subset", "task_id"))
        images = Images(rows.id, rows.width, rows.height, names, subsets, tasks, rows.at)
        if context is not None:
            return matched(images, context, self._dialect.matching, self._problems)
        shapes = contents.shapes
        numbers = shapes.frame[(shapes.track >= 0) & shapes.good]
        places = listed(images, numbers, meta, self._problems)
        jobs = fitting(meta.jobs, len(places.base.frames))
        return replace(places, base=places.base.replace(labels=meta.labels, jobs=jobs))

    def _job(self, base: Dataset) -> int:
        """The job that rows are of: 0 in a file of one job, -1 in one of a task."""
        if len(base.jobs) != 1:
            return -1
        job = base.jobs[0]
        partial = job.start_frame > 0 or job.stop_frame < len(base.frames) - 1
        return 0 if self._meta.kind == "job" or partial else -1

    def _add_tracks(self, rows: Rows) -> Ints:
        """The tracks of the files, which keep their numbers; the label of each."""
        tracks = self._contents.tracks
        label = self._labels(rows, tracks, tracks.good & (tracks.parent < 0), None)
        inner = tracks.good & (tracks.parent >= 0)
        label = np.where(inner, self._labels(rows, tracks, inner, at_rows(label, tracks.parent)), label)
        if len(tracks):
            columns = {name: getattr(tracks, name) for name in ("source", "group", "parent")}
            rows.tracks(np.arange(len(tracks)), label, tracks.at, **columns)
        return label

    def _labels(self, rows: Rows, kind: FileRows, wanted: Bools, above: Ints | None) -> Ints:
        """The labels of some rows of the files, -1 of all others.  above: labels of their skeletons."""
        ids = np.full(len(kind), -1, np.int64)
        if above is not None:
            wanted = wanted & (above >= 0)
        outer = None if above is None else above[wanted]
        ids[wanted] = rows.labels_of(self._contents.words, kind.label[wanted], outer, kind.at[np.flatnonzero(wanted)])
        return ids

    def _add_shapes(self, rows: Rows, places: FramePlaces) -> tuple[Ints, Ints]:
        """The number that each shape of the files has now, -1 for none, and its label."""
        shapes = self._contents.shapes
        label = self._shape_labels(rows, self._add_tracks(rows))
        frame = self._frames(places)
        inner = (shapes.track >= 0) & (shapes.parent >= 0)
        track = np.where(inner, -1, shapes.track)
        if inner.any():
            track[inner] = self._element_tracks(rows, np.flatnonzero(inner & (label >= 0)), label)[inner]
        given = np.flatnonzero(shapes.keyframe.astype(np.bool_) | (shapes.track < 0))
        number = np.full(len(shapes), -1, np.int64)
        number[given] = np.arange(len(given))
        picked = given if len(given) < len(shapes) else slice(None)  # all of stills: nothing is copied
        columns = {
            name: getattr(shapes, name)[picked]
            for name in ("keyframe", "outside", "occluded", "z_order", "rotation", "group", "source")
        }
        lost = inner & (track < 0)
        values, offsets = take(shapes.values, shapes.offsets, given) if len(given) < len(shapes) else shapes.points
        rows.shapes(
            shapes.code[picked], np.where(lost, -1, frame)[picked], label[picked], values, offsets, shapes.at[given],
            track=track[picked], parent=np.where(inner, -1, at_rows(number, shapes.parent))[picked], **columns,
        )  # fmt: skip
        return number, label

    def _shape_labels(self, rows: Rows, of_track: Ints) -> Ints:
        shapes = self._contents.shapes
        top = shapes.parent < 0
        plain = self._labels(rows, shapes, shapes.good & top & (shapes.track < 0), None)
        label = np.where(top & (shapes.track >= 0), at_rows(of_track, shapes.track), plain)
        above = np.where(top, -1, at_rows(label, shapes.parent))
        return np.where(top, label, self._labels(rows, shapes, shapes.good & ~top, above))

    def _element_tracks(self, rows: Rows, inner: Ints, label: Ints) -> Ints:
        """The track of each point of a skeleton's track, -1 for all other rows."""
        shapes, tracks = self._contents.shapes, self._contents.tracks
        above = shapes.track[inner]
        numbers = np.full(len(shapes), -1, np.int64)
        if len(inner):
            keys = np.stack([above, label[inner]], axis=1)
            columns = {"source": tracks.source[above], "parent": above}
            numbers[inner] = rows.tracks(keys, label[inner], shapes.at[inner], **columns)
        return numbers

    def _frames(self, places: FramePlaces) -> Ints:
        """The frame of every row of shapes, -1 for one that is none or stands on none."""
        shapes, tracks = self._contents.shapes, self._contents.tracks
        tracked = shapes.track >= 0
        number = np.where(shapes.parent >= 0, at_rows(shapes.frame, shapes.parent), shapes.frame)
        tasks = self._contents.texts(at_rows(tracks.task_id, shapes.track)) if places.tasks else []
        frame, known = places.of_numbers(number, tasks)
        known &= self._dialect.on_task(frame, places.base.frames)
        self._tell_off(np.flatnonzero(tracked & ~known & shapes.good & (shapes.parent < 0)), number, places.base)
        frame = np.where(tracked, np.where(known, frame, -1), at_rows(places.images, shapes.image))
        good = shapes.good & ((shapes.parent < 0) | at_rows(shapes.good & (frame >= 0), shapes.parent))
        return np.where(good, frame, -1)

    def _tell_off(self, rows: Ints, number: Ints, base: Dataset) -> None:
        """Say of frames that they are none of the task's.  number: of the source, one for each shape."""
        task = base.task
        last = task.start_frame + task.step * (len(base.frames) - 1)
        for row in rows.tolist():
            message = f"frame {int(number[row])} is not one of the task's"
            behind = number[row] > last and (number[row] - task.start_frame) % task.step == 0
            expected = f"at most {last}" if behind else f"{task.start_frame} and a multiple of {task.step}"
            self._problems.append(self._contents.shapes.at.problem(row, message, expected=expected))

    def _add_tags(self, rows: Rows, places: FramePlaces) -> tuple[Ints, Ints]:
        tags = self._contents.tags
        label = self._labels(rows, tags, tags.good, None)
        frame = np.where(tags.good, at_rows(places.images, tags.image), -1)
        return rows.tags(frame, label, tags.at, group=tags.group, source=tags.source), label

    def _say(self, rows: Rows, owner: Owner, number: Ints, label: Ints, places: FramePlaces) -> None:
        """The attributes of one kind of row.  number, label: of each of its rows in the files."""
        attributes = self._contents.attributes
        mine = attributes["owner"] >= 0 if owner == Owner.SHAPE else attributes["owner"] < 0
        row = np.where(mine, attributes["owner"] if owner == Owner.SHAPE else -1 - attributes["owner"], -1)
        mine &= at_rows(number, row) >= 0
        contents, bad = self._dialect.values(
            self._contents, places.base.labels, np.where(mine, at_rows(label, row), -1)
        )
        kind = contents.shapes if owner == Owner.SHAPE else contents.tags
        for nth in np.flatnonzero(bad & mine).tolist():
            name, value = (contents.words[int(attributes[part][nth])] for part in ("name", "value"))
            message = f"attribute {name!r} is {value[:40]!r}"
            self._problems.append(kind.at.problem(int(row[nth]), message, expected="true or false"))
        kept = mine & ~bad
        names, values = (Words(contents.attributes[part][kept], contents.words) for part in ("name", "value"))
        rows.attributes(owner, number[row[kept]], names, values)


def fitting(jobs: tuple[Job, ...], frames: int) -> tuple[Job, ...]:
    """The segments, if they are ranges of frames of the task."""
    fit = all(0 <= job.start_frame <= job.stop_frame and (not frames or job.stop_frame < frames) for job in jobs)
    return jobs if fit else ()


def at_rows(column: Array, rows: Array) -> Array:
    """The column at `rows`; -1 (False) where a row is -1."""
    if not len(column):
        return np.full(len(rows), False if column.dtype == np.bool_ else -1)
    return np.where(rows >= 0, column[rows], False if column.dtype == np.bool_ else -1)
