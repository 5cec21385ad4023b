"""The one assembler: names become rows, faults become problems, columns become a dataset.

    rows = Rows(source, context, problems, options)
    frame = rows.frames(names, widths, heights, at=at)           matched to the context or made; -1 and a problem else
    label = rows.labels(names, at=at)
    row = rows.shapes(RECTANGLE, frame, label, boxes, at=at, occluded=flags, difficult=marks)
    rows.attributes(Owner.SHAPE, row, names, values)
    return rows.read()

All arguments are columns, as many rows at a time as there are; a scalar stands for all.  What is no column of a table
is an extra of its name.  The numbers that are given back are those of rows as they come; a row of no frame or no label
is left out in the end, and what belongs to it goes along.  `frame` and `label` look one name up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annotools import tracks
from annotools.errors import Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.attribute_values import AttributeValues, Words
from annotools.formats.kernel.blocks import Blocks
from annotools.formats.kernel.frame_names import UNKNOWN_SIZE, FrameNames, Matching, by_name, unknown_sizes
from annotools.formats.kernel.label_names import LabelNames
from annotools.formats.kernel.members import media_sizes
from annotools.formats.kernel.places import NOWHERE, At, taken
from annotools.formats.kernel.repairs import Repairs
from annotools.formats.kernel.row_checks import Settled, settled
from annotools.formats.kernel.track_rows import TrackKeys
from annotools.geometry.ragged import offsets_of
from annotools.memory import give_back
from annotools.model import Dataset, Intervals, Job, Label, Owner, Shapes, ShapeType, Tags, Task, Tracks
from annotools.model.columns import Array, Ints, runs
from annotools.model.dataset import OWNERS
from annotools.model.extras import Extra
from annotools.model.losses import Ledger
from annotools.model.origin import Origin
from annotools.storage import Media, Source
from annotools.storage.picture_names import PICTURES, any_ends
from annotools.transform.skeleton_points import points_of
from annotools.transform.track_gaps import closed

PROBLEM = "what is wrong with it is a problem of the input"
_TABLES = {Owner.TAG: Tags, Owner.SHAPE: Shapes, Owner.TRACK: Tracks, Owner.INTERVAL: Intervals}


class Rows:
    """Everything that a source holds.

    context: the task that it is about, if the user gave one.  problems: of the whole source; faults are added here.
    matching: how names of pictures are found among the context's frames.
    """

    def __init__(
        self, source: Source, context: Dataset | None, problems: Problems, options: ReadOptions, *,
        matching: Matching = by_name,
    ) -> None:  # fmt: skip
        self._ledger, self.repairs = Ledger("read"), Repairs()
        self._source, self._context, self._options = source, context, options
        self._problems = problems
        self._members: dict[str, int] = {}
        numbers = self._members if options.origin else None
        self._blocks = {owner: Blocks(table, numbers) for owner, table in _TABLES.items()}
        self._frames = FrameNames(context, problems, matching)
        self._labels = LabelNames(context, problems)
        self._attributes = AttributeValues()
        self._keys = TrackKeys()
        self._pictures: dict[int, str] = {}
        self._only = False
        self._unsized: dict[int, tuple[At, int]] = {}
        self._task = Task() if context is None else context.task
        self._jobs: tuple[Job, ...] = () if context is None else context.jobs
        self._extras: dict[str, Extra] = {}

    def frames(
        self, names: Sequence[str], widths: Any = 0, heights: Any = 0, subsets: str | Sequence[str] = "",
        at: At = NOWHERE, nth: Sequence[int] | int = 0, **extras: Any,
    ) -> Ints:  # fmt: skip
        """The frame of each name of a picture.

        widths, heights: px, 0 where unknown.  nth: which of several pictures of one name and subset each is.
        """
        subsets = [subsets] * len(names) if isinstance(subsets, str) else subsets
        frames = self._frames.frames(names, subsets, at, nth, **extras)
        if np.any(widths):
            self._frames.learn(frames, *(np.broadcast_to(np.asarray(side), len(frames)) for side in (widths, heights)))
        return frames

    def frame(self, name: str, width: int = 0, height: int = 0, at: At = NOWHERE) -> int:
        """The frame of one name."""
        return int(self.frames([name], width, height, at=at)[0])

    def pictures(self, frames: Array, members: Sequence[str], *, only: bool = False) -> None:
        """Which members are the pictures of frames, where their names alone do not tell.

        only: whether no other member is one, although it may be called so: a picture of masks.
        """
        self._only |= only
        for frame, member in zip(frames.tolist(), members, strict=True):
            if frame >= 0:
                self._pictures.setdefault(frame, member)

    def sizes(self, frames: Array, at: At = NOWHERE) -> Ints:
        """(n, 2) width and height of frames: as given, of the context, or of the picture; 0, 0 and a problem else.

        The frames that nobody says the size of are one problem in the end.
        """
        wanted, first = runs(frames)
        known = self._frames.sizes(wanted)
        unknown = (wanted >= 0) & (known <= 0).any(axis=1)
        if unknown.any():
            media = self._media()
            pictured = unknown & np.isin(wanted, list(media))
            self._frames.learn(wanted[pictured], *media_sizes(media, wanted[pictured].tolist(), self._problems).T)
            for frame, row in zip(*(part[unknown & ~pictured].tolist() for part in (wanted, first)), strict=True):
                self._unsized.setdefault(frame, (at, row))
        return self._frames.sizes(frames)

    def known_sizes(self, frames: Array) -> Ints:
        """(n, 2) width and height of frames as far as they are known by now, else 0, 0."""
        return self._frames.sizes(frames)

    def learn_sizes(self, frames: Array, widths: Array, heights: Array) -> None:
        """Sizes that something else than the list of frames says; what is known already counts for more."""
        self._frames.learn(frames, widths, heights)

    def label_defs(self, labels: Iterable[Label], *, closed: bool = True) -> None:
        """The labels that the file defines.  closed: whether there are no others."""
        self._labels.define(labels, closed=closed)

    def labels(self, names: Sequence[str], parents: Array | None = None, at: At = NOWHERE) -> Ints:
        """The id of the label of each name.  parents: of points of skeletons, the label of the skeleton."""
        return self._labels.ids(names, parents, at)

    def labels_of(self, words: Sequence[str], codes: Ints, parents: Array | None, at: At) -> Ints:
        """The same of names that are places in a list of words."""
        return self._labels.ids_of(words, codes, parents, at)

    def label(self, name: str, parent: int = -1, at: At = NOWHERE) -> int:
        """The id of the label of one name."""
        return int(self.labels([name], np.array([parent]), at)[0])

    def skeleton_points(self, label: int) -> list[int]:
        """The ids of the points of a skeleton, in the order of its drawing."""
        labels = self._labels.labels()
        return [point.id for point in points_of(labels, labels.by_id[label])] if label in labels.by_id else []

    def task(self, **fields: Any) -> None:
        """What the file says of the task; a context's counts for more."""
        if self._context is None:
            self._task = replace(self._task, **fields)

    def jobs(self, jobs: Iterable[Job]) -> None:
        """The jobs that the file names; a context's count for more."""
        if self._context is None:
            self._jobs = tuple(jobs)

    def extras(self, **extras: Any) -> None:
        """What the file says beside of the dataset as a whole."""
        columns = {name: value if isinstance(value, Extra) else Extra.of([value]) for name, value in extras.items()}
        self._extras |= columns

    def shapes(
        self, kind: ShapeType | Array, frame: Array | int, label: Array | int, points: Array,
        offsets: Ints | None = None, at: At = NOWHERE, **columns: Any,
    ) -> Ints:  # fmt: skip
        """Rows of shapes.

        points: (n, k), or flat with offsets.  columns: as of `Shapes`; `track` is a number of `tracks`, `parent` a
        number of these rows: elements of a skeleton whose row is in a track are in tracks of their own.
        """
        if offsets is None:
            offsets = offsets_of(np.full(len(points), points.shape[1]))
        size = len(offsets) - 1
        columns = {"type": np.asarray(kind, np.int8), "frame": frame, "label": label, **columns}
        return self._blocks[Owner.SHAPE].add(size, columns, at, (np.asarray(points, np.float64).reshape(-1), offsets))

    def tracks(self, keys: Any, label: Array | int, at: At = NOWHERE, **columns: Any) -> Ints:
        """The track of each key, -1 for none.

        keys: the file's own numbers or names of tracks, as often as they come: whole numbers below 0 for none,
        (n, k) several that only together say which, or anything else, None for none.  label, columns: as long as the
        keys; the first row of a key counts.
        """
        numbers, first = self._keys.numbers(keys)
        picked = {name: _at_rows(values, first) for name, values in {"label": label, **columns}.items()}
        self._blocks[Owner.TRACK].add(len(first), picked, at[first])
        return numbers

    def tags(self, frame: Array, label: Array | int, at: At = NOWHERE, **columns: Any) -> Ints:
        """Rows of tags."""
        return self._blocks[Owner.TAG].add(len(frame), {"frame": frame, "label": label, **columns}, at)

    def intervals(self, label: Array, start: Array, stop: Array, at: At = NOWHERE, **columns: Any) -> Ints:
        """Rows of intervals."""
        spans = {"label": label, "start": start, "stop": stop}
        return self._blocks[Owner.INTERVAL].add(len(start), {**spans, **columns}, at)

    def attributes(
        self, owner: Owner, rows: Array, names: Words | Sequence[str] | str, values: Words | Sequence[str]
    ) -> None:
        """Values on rows, one name and one value each."""
        named = Words(np.zeros(len(rows), np.int64), [names]) if isinstance(names, str) else _words(names)
        self._attributes.add(owner, rows, named, _words(values))

    def left_out(
        self, what: str, count: int, frames: Array | Sequence[int] = (), why: str = PROBLEM, table: str = ""
    ) -> None:  # fmt: skip
        """Note rows of the input that could not even be rows here, or whole members (`table`)."""
        self._ledger.noted(what, why, count, frames, kind="lost", table=table)

    def repaired(
        self, what: str, why: str, count: int, frames: Array | Sequence[int] = (), table: str = ""
    ) -> None:  # fmt: skip
        """Note rows of the input that were taken for what they were not, where it is known which they are."""
        self._ledger.noted(what, why, count, frames, table=table)

    def read(self, *, gaps_are_outside: bool = False, job: int = -1) -> Read:
        """The dataset, its pictures, and what was changed.

        gaps_are_outside: whether tracks are only listed where they are seen; they are closed then.  job: the row of
        the job that all rows are of.
        """
        give_back()  # what chunks were decoded in, before all is there as columns
        base = Dataset(
            task=self._task, labels=self._labels.labels(), frames=self._frames.result(), jobs=self._jobs,
            extras={"dataset": self._extras},
        )  # fmt: skip
        self._say_unsized()
        whole = settled(base, self._blocks, self._ledger, single=gaps_are_outside)
        for owner, home in whole.homes.items():
            out = int((home < 0).sum())
            if out:
                self.left_out(owner.word, out, whole.lost_frames(owner))
        dataset = self._attributes.settle(whole.dataset, whole.homes, self._labels.open, self._ledger)
        dataset = _in_job(dataset, job) if job >= 0 else dataset
        if self._options.origin:
            dataset = self._with_origin(whole, self._finished(_numbered(dataset), gaps_are_outside))
        else:
            dataset = self._finished(dataset, gaps_are_outside)
        for what, why, count in self.repairs:
            self.repaired(what, why, count)
        return Read(dataset, self._media(), self._problems.all(), self._ledger.losses())

    def _say_unsized(self) -> None:
        """The frames whose size is needed and not known."""
        if self._unsized:
            names = self._frames.result().names
            (at, row), *_ = self._unsized.values()
            message = unknown_sizes([names[frame] for frame in self._unsized])
            expected = "the pictures beside their annotations, or a task as context"
            self._problems.append(at.problem(row, message, expected=expected, kind=UNKNOWN_SIZE))

    def _finished(self, dataset: Dataset, gaps_are_outside: bool) -> Dataset:
        """Tracks closed, and of one job what is its."""
        dataset = closed(dataset) if gaps_are_outside and len(dataset.tracks) else dataset
        if self._options.job is not None and dataset.jobs:
            dataset = tracks.of_job(dataset, self._options.job, self._options.quirks)
        return dataset

    def _with_origin(self, whole: Settled, dataset: Dataset) -> Dataset:
        """A dataset whose ids are rows of the one that was settled, with places and the ids that these had."""
        tables, places = {}, {}
        for owner, name in OWNERS.items():
            table: Any = dataset.table(owner)
            before: Any = whole.dataset.table(owner)
            places[owner] = taken(self._blocks[owner].place(), np.append(whole.sources[owner], -1)[table.id])
            tables[name] = table.replace(id=np.append(before.id, -1)[table.id])
        return dataset.replace(**tables, origin=Origin(tuple(self._members), places))

    def _media(self) -> Media:
        if self._pictures or self._only or not any_ends(self._source.members(), PICTURES):
            return Media.from_members(self._source, self._pictures)
        frames = self._frames.result()
        return Media.from_source(self._source, frames.names, subsets=frames.subsets)


def _in_job(dataset: Dataset, job: int) -> Dataset:
    tables: dict[str, Any] = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks", "intervals")}
    return dataset.replace(**{name: table.replace(job=np.full(len(table), job)) for name, table in tables.items()})


def _numbered(dataset: Dataset) -> Dataset:
    """The dataset with row numbers for ids, so that rows that are chosen and made afterwards are known apart."""
    tables: dict[str, Any] = {name: dataset.table(owner) for owner, name in OWNERS.items()}
    return dataset.replace(**{name: table.replace(id=np.arange(len(table))) for name, table in tables.items()})


def _words(texts: Words | Sequence[str]) -> Words:
    return texts if isinstance(texts, Words) else Words.of(texts)


def _at_rows(values: Any, rows: Ints) -> Any:
    return values if np.ndim(values) == 0 else np.asarray(values)[rows]
