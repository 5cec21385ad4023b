"""Rows of the files -> tables of the hub.

A row of a track takes label, source and group from its track.  The points of a skeleton's track become tracks below
it, one for each name.  In a track, what a label says cannot change belongs to the track: the last row counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotools.errors import Problem
from annotools.formats.base import Options
from annotools.formats.cvat_xml.definitions import Meta
from annotools.formats.cvat_xml.gathering import Gathered, Gathering
from annotools.formats.cvat_xml.lines import unnumbered, with_lines
from annotools.formats.cvat_xml.naming import Names, labels_in_use, with_attributes
from annotools.formats.cvat_xml.placing import Images, Told, matched, told
from annotools.model import MASK, SKELETON, Dataset, Owner, Shapes, Tags, Tracks
from annotools.model.codes import Source
from annotools.model.definitions import Labels, task_frames
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Array, Attributes, Bools, Ints
from annotools.transform.attribute_owners import at_home

IMPORTED = "xml-import"
NO_KEYFRAME = "no-keyframe"  # kind of problem


@dataclass
class _State:
    """What is known of the rows so far.  keep: rows of shapes that stay; frame, label, track: of each of them."""

    tags: Gathered
    shapes: Gathered
    tracks: Gathered
    keep: Bools
    frame: Ints
    label: Ints
    track: Ints
    tag_frame: Ints
    tag_label: Ints
    track_label: Ints


class Assembler:
    """Makes the dataset of all that was gathered."""

    def __init__(self, gathering: Gathering, meta: Meta, context: Dataset | None, options: Options) -> None:
        self._files = gathering.files
        self._meta = meta
        self._context = context
        self._cvat = IMPORTED in options.quirks
        self._origin = options.origin
        self._gathering = gathering
        self._words = gathering.words
        self._said = gathering.said()
        self._ledger = Ledger()

    def dataset(self) -> tuple[Dataset, Losses]:
        """The dataset, and what was changed on the way."""
        images, tags, tracks = (self._gathering.all(kind) for kind in ("images", "tags", "tracks"))
        shapes = self._gathering.all("shapes")
        place, base = self._frames(images, tracks, shapes)
        labels = self._labels(tags, tracks, shapes)
        state = self._state(place, labels, (tags, tracks, shapes))
        result = self._tables(base.replace(labels=labels), state)
        if self._origin:
            result = with_lines(result, self._files, {Owner.TAG: tags, Owner.SHAPE: shapes, Owner.TRACK: tracks})
        return unnumbered(result), self._ledger.losses()

    def _frames(self, images: Gathered, tracks: Gathered, shapes: Gathered) -> tuple[Told, Dataset]:
        """Where everything stands, and the dataset without annotations."""
        listed = Images(
            images.id, images.width, images.height, [self._words[word] for word in images.name.tolist()],
            [self._words[word] for word in images.subset.tolist()], images.line, images.file,
        )  # fmt: skip
        if self._context is not None:
            given = self._context
            found = matched(listed, given.frames, given.task, self._files, cvat=self._cvat)
            place = Told(given.frames, given.task, found, {})
            return place, Dataset(task=given.task, frames=given.frames, jobs=given.jobs)
        numbers = shapes.frame[(shapes.track >= 0) & shapes.good]
        place = told(listed, numbers, self._meta, self._files[0])
        return place, Dataset(task=place.task, frames=place.frames, jobs=self._meta.jobs)

    def _labels(self, tags: Gathered, tracks: Gathered, shapes: Gathered) -> Labels:
        """The labels of the context, of the file, or those in use."""
        if self._context is not None:
            return self._context.labels
        if len(self._meta.labels):
            return self._meta.labels
        top = (shapes.parent < 0) & shapes.good
        named = np.where(shapes.track >= 0, _picked(tracks.label, shapes.track), shapes.label)
        below = (shapes.parent >= 0) & shapes.good
        points = set(zip(named[shapes.parent[below]].tolist(), shapes.label[below].tolist(), strict=True))
        tops = np.concatenate([named[top], tags.label[tags.good]])
        labels = labels_in_use(self._words, tops, named[top & (shapes.code == SKELETON)], points)
        return self._attributed(labels, tags, shapes, named)

    def _attributed(self, labels: Labels, tags: Gathered, shapes: Gathered, named: Array) -> Labels:
        words, said = self._words, self._said
        used: set[tuple[int, str]] = set()
        changing: set[tuple[int, str]] = set()
        for owner, name in zip(said["owner"].tolist(), said["name"].tolist(), strict=True):
            row = owner if owner >= 0 else -1 - owner
            above = int(shapes.parent[row]) if owner >= 0 else -1
            top = labels.find(words[int(named[above if above >= 0 else row]) if owner >= 0 else int(tags.label[row])])
            label = labels.find(words[int(shapes.label[row])], top.id) if above >= 0 and top else top
            if label is not None:
                used.add((label.id, words[name]))
                changing |= {(label.id, words[name])} if owner >= 0 and shapes.track[row] >= 0 else set()
        return with_attributes(labels, used, changing)

    def _state(self, place: Told, labels: Labels, rows: tuple[Gathered, Gathered, Gathered]) -> _State:
        tags, tracks, shapes = rows
        names = Names(labels, self._words, self._files)
        frame, there = self._placed(place, tracks, shapes)
        track_label = names.labels_of(tracks, tracks.good)
        top = shapes.parent < 0
        plain = names.labels_of(shapes, shapes.good & top & (shapes.track < 0))
        label = np.where(top, np.where(shapes.track >= 0, _picked(track_label, shapes.track), plain), -1)
        above = np.where(top, -1, _picked(label, shapes.parent))
        below = names.labels_of(shapes, shapes.good & (above >= 0), above)
        label = np.where(top, label, below)
        keep = shapes.good & there & (label >= 0)
        keep &= top | _picked(keep, shapes.parent)
        tag_frame = _picked(place.images, tags.image)
        tag_label = names.labels_of(tags, tags.good)
        return _State(tags, shapes, tracks, keep, frame, label, shapes.track, tag_frame, tag_label, track_label)

    def _placed(self, place: Told, tracks: Gathered, shapes: Gathered) -> tuple[Ints, Bools]:
        """The frame of every row of shapes, and which rows stand on one."""
        tracked = shapes.track >= 0
        own = np.where(shapes.parent >= 0, _picked(shapes.frame, shapes.parent), shapes.frame)
        if place.bases:
            bases = np.array([place.bases.get(self._words[word], 0) for word in tracks.task_id.tolist()], np.int64)
            number, met = own + _picked(bases, shapes.track), np.ones(len(own), np.bool_)
        else:
            number, met = task_frames(place.task, own)
        on_image = _picked(place.images, shapes.image)
        off = tracked & ~met & shapes.good & (shapes.parent < 0)
        for row in np.flatnonzero(off).tolist():
            said = f"frame {int(own[row])} is none of the task's"
            expected = f"{place.task.start_frame} and a multiple of {place.task.step}"
            self._files[int(shapes.file[row])].add(said, line=int(shapes.line[row]), expected=expected)
        return np.where(tracked, number, on_image), np.where(tracked, met, on_image >= 0)

    def _tables(self, base: Dataset, state: _State) -> Dataset:
        job = self._job(base)
        if not self._cvat:
            self._without_keyframes(state.tracks, state.shapes)
        tracks, track = _tracks(state, job)
        shapes, place = _shapes(state, track, tracks, job)
        tags, tag_place = _tags(state, job)
        attributes = self._attributes(base.labels, state, place, tag_place)
        found = base.replace(tags=tags, shapes=shapes, tracks=tracks, attributes=attributes)
        return at_home(self._as_imported(_keyed(found)), self._ledger)

    def _without_keyframes(self, tracks: Gathered, shapes: Gathered) -> None:
        """Tracks of which no row can be taken; the server's importer drops them without a word."""
        empty = tracks.good & ~np.isin(np.arange(len(tracks)), shapes.track)
        for row in np.flatnonzero(empty).tolist():
            file = self._files[int(tracks.file[row])]
            line = int(tracks.line[row])
            file.append(Problem("a track has no keyframe", file.file, line, expected="one at least", kind=NO_KEYFRAME))

    def _job(self, base: Dataset) -> int:
        """The job that rows are of: 0 in a file of one job, -1 in one of a task."""
        if len(base.jobs) != 1:
            return -1
        job = base.jobs[0]
        partial = job.start_frame > 0 or job.stop_frame < len(base.frames) - 1
        return 0 if self._meta.kind == "job" or partial else -1

    def _attributes(self, labels: Labels, state: _State, place: Ints, tag_place: Ints) -> Attributes:
        said, names = self._said, Names(labels, self._words, self._files)
        of_shape = said["owner"] >= 0
        on_shape, on_tag = np.maximum(said["owner"], -1), np.maximum(-1 - said["owner"], -1)
        row = np.where(of_shape, on_shape, on_tag)
        owner = np.where(of_shape, _picked(place, on_shape), _picked(tag_place, on_tag))
        label = np.where(of_shape, _picked(state.label, on_shape), _picked(state.tag_label, on_tag))
        spec = names.specs_of(label, said["name"])
        lost = (owner >= 0) & (spec < 0)
        for kind, rows in ((of_shape, state.shapes), (~of_shape, state.tags)):
            these = lost & kind
            if self._cvat:
                self._ledger.lost("attribute", "its label has no such attribute", int(these.sum()))
            elif these.any():
                names.unknown_attributes(rows, row[these], label[these], said["name"][these])
        keep = (owner >= 0) & (spec >= 0)
        unique, value = np.unique(said["value"][keep], return_inverse=True)
        return Attributes.of(
            int(keep.sum()), kind=np.where(of_shape, Owner.SHAPE, Owner.TAG)[keep], owner=owner[keep], spec=spec[keep],
            value=value, pool=tuple(self._words[word] for word in unique.tolist()),
        )  # fmt: skip

    def _as_imported(self, dataset: Dataset) -> Dataset:
        """What the server makes of it: all from a file, of a track of masks only its first row."""
        if not self._cvat:
            return dataset
        tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks")}
        filed = {name: table.replace(source=np.full(len(table), Source.FILE)) for name, table in tables.items()}
        return _first_masks(dataset.replace(**filed), self._ledger)


def _picked(column: Array, rows: Array) -> Array:
    """The column at `rows`; -1 (False) where a row is -1."""
    if not len(column):
        return np.full(len(rows), False if column.dtype == np.bool_ else -1)
    return np.where(rows >= 0, column[rows], False if column.dtype == np.bool_ else -1)


def _tracks(state: _State, job: int) -> tuple[Tracks, Ints]:
    """The tracks that have rows, the elements' behind; and the track of each row of shapes, -1 for none."""
    shapes, keep = state.shapes, state.keep
    tracked = keep & (state.track >= 0)
    used = np.unique(state.track[tracked])  # rows of the files
    above = np.searchsorted(used, state.track)
    below = tracked & (shapes.parent >= 0)
    pairs = np.stack([above[below], state.label[below]], 1)
    elements, inverse = np.unique(pairs, axis=0, return_inverse=True)
    track = np.where(tracked, above, -1)
    track[below] = len(used) + inverse.ravel()
    source, group = state.tracks.source[used], state.tracks.group[used]
    parent = np.concatenate([np.full(len(used), -1), elements[:, 0]]) if len(elements) else np.full(len(used), -1)
    count = len(parent)
    frame = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(frame, track[tracked], state.frame[tracked])
    table = Tracks.of(
        count, id=np.concatenate([used, used[elements[:, 0]] if len(elements) else []]),
        job=np.full(count, job), frame=frame, parent=parent,
        label=np.concatenate([state.track_label[used], elements[:, 1] if len(elements) else []]),
        group=np.concatenate([group, np.zeros(len(elements))]),
        source=np.concatenate([source, source[elements[:, 0]] if len(elements) else []]),
    )  # fmt: skip
    return table, track


def _shapes(state: _State, track: Ints, tracks: Tracks, job: int) -> tuple[Shapes, Ints]:
    """The rows of shapes that stay, and where each row of the files went, -1 for nowhere."""
    shapes = state.shapes
    rows = np.flatnonzero(state.keep)
    place = np.full(len(state.keep), -1, np.int64)
    place[rows] = np.arange(len(rows))
    table = Shapes.of(
        len(shapes), id=np.arange(len(shapes)),
        job=np.full(len(shapes), job), frame=state.frame, label=state.label, type=shapes.code, track=track,
        parent=np.where(track >= 0, -1, _picked(place, shapes.parent)), keyframe=shapes.keyframe,
        outside=shapes.outside, occluded=shapes.occluded, z_order=shapes.z_order, rotation=shapes.rotation,
        group=np.where(track >= 0, _picked(tracks.group, track), shapes.group),
        source=np.where(track >= 0, _picked(tracks.source, track), shapes.source),
        values=shapes.values, offsets=shapes.offsets,
    )  # fmt: skip
    return (table if len(rows) == len(table) else table.take(rows)), place


def _tags(state: _State, job: int) -> tuple[Tags, Ints]:
    tags = state.tags
    keep = tags.good & (state.tag_frame >= 0) & (state.tag_label >= 0)
    place = np.full(len(tags), -1, np.int64)
    place[keep] = np.arange(int(keep.sum()))
    table = Tags.of(
        len(tags), id=np.arange(len(tags)), job=np.full(len(tags), job), frame=state.tag_frame,
        label=state.tag_label, group=tags.group, source=tags.source,
    )  # fmt: skip
    return table.take(keep), place


def _keyed(dataset: Dataset) -> Dataset:
    """Without the skeletons that only say what keyframes say."""
    shapes = dataset.shapes
    return dataset if shapes.keyframe.all() else dataset.select(shapes=shapes.keyframe)


def _first_masks(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Tracks that begin with a mask as the plain shape of their first row, of no group and made by hand."""
    shapes, tracks = dataset.shapes, dataset.tracks
    rows = np.flatnonzero(shapes.track >= 0)
    _, first = np.unique(shapes.track[rows], return_index=True)
    rows = rows[first]
    rows = rows[shapes.type[rows] == MASK]
    if not len(rows):
        return dataset
    lost = np.isin(shapes.track, shapes.track[rows])
    lost[rows] = False
    ledger.lost("mask of track", "of a track of masks only the first is read", int(lost.sum()), shapes.frame[lost])
    plain = {name: getattr(shapes, name).copy() for name in ("track", "source", "group")}
    plain["track"][rows], plain["source"][rows], plain["group"][rows] = -1, Source.MANUAL, 0
    gone = np.isin(np.arange(len(tracks)), shapes.track[rows])
    moved = dataset.replace(shapes=shapes.replace(**plain))
    return moved.select(shapes=~lost, tracks=~gone)
