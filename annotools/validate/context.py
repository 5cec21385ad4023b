"""What a rule may ask: the tables, what is known about the task, and derived columns that are computed once.

    ctx.shapes, ctx.tracks, ctx.labels, ctx.frames ...     the dataset's tables
    ctx.counts, ctx.hulls, ctx.sizes, ctx.sound ...        one value a shape row, shared by all rules
    ctx.once(function)                                     any other derived thing: function(ctx), computed once
    ctx.at("shape", rows, "x {x1:g} ...", x1=x1)           the answer

Columns are as long as `ctx.shapes`; nothing here makes an object per row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from annotools.cvat_limits import counts_allowed
from annotools.errors import Problem
from annotools.geometry import ragged
from annotools.geometry.boxes import hull_boxes
from annotools.model import MASK, POINTS, POLYGON, POLYLINE, Dataset, Job, Owner, ShapeType
from annotools.model.tables import Array, Bools, Floats, Ints
from annotools.sequences import classed
from annotools.validate.faults import faults_found, problems_found
from annotools.validate.findings import NOTHING, Found, Remedy, Severity
from annotools.validate.keyframes import Keyframes
from annotools.validate.needs import ACTION, DOCUMENT, FRAMES, JOB, LABELS, PIXELS, SIZES, SOURCE, TASK, Needs

if TYPE_CHECKING:
    from annotools.formats.base import Shared
    from annotools.storage import Media, Source
    from annotools.validate.structure import Fault

T = TypeVar("T")


class Subject(msgspec.Struct, frozen=True):
    """What is judged: a dataset as it was read, and what is known of its input.

    slug: the format.  action: what is about to be done with it (put, create, update, delete), empty where unknown.
    target: `job` or `task`, the endpoint it is meant for, empty where unknown.  faults: structural ones; told: what
    else the reader says, both by code.  member: that of the annotations.  elsewhere: the context with annotations.
    place: its name.  mode: how the task is validated: gt, gt_pool, or empty.  shared: what its reader left for others.
    """

    dataset: Dataset
    slug: str = ""
    action: str = ""
    target: str = ""
    member: str = ""
    source: Source | None = None
    media: Media | None = None
    problems: Sequence[Problem] = ()
    faults: Mapping[str, Sequence[Fault]] = msgspec.field(default_factory=dict)
    told: Mapping[str, Sequence[Problem]] = msgspec.field(default_factory=dict)
    elsewhere: Dataset | None = None
    place: str = ""
    mode: str = ""
    shared: Shared | None = None


class Context:
    """A subject with its derived columns."""

    def __init__(self, subject: Subject, preset: str = "upload") -> None:
        dataset = subject.dataset
        self.subject, self.preset, self.dataset = subject, preset, dataset
        self.slug, self.action, self.target, self.source = subject.slug, subject.action, subject.target, subject.source
        self.problems, self.media = subject.problems, subject.media
        self.task, self.labels, self.frames, self.jobs = dataset.task, dataset.labels, dataset.frames, dataset.jobs
        self.shapes, self.tracks, self.tags = dataset.shapes, dataset.tracks, dataset.tags
        self.intervals, self.attributes = dataset.intervals, dataset.attributes
        self._once: dict[Any, Any] = {}

    def once(self, derive: Callable[[Context], T]) -> T:
        """derive(self), computed the first time it is asked for."""
        value: T = self._once[derive] if derive in self._once else self._once.setdefault(derive, derive(self))
        return value

    @property
    def has_honeypots(self) -> bool:
        """Whether the task's ground truth is mixed into its jobs (`gt_pool`)."""
        return self.subject.mode == "gt_pool" or any(job.honeypots for job in self.jobs)

    @cached_property
    def known(self) -> Needs:
        """What is known besides the annotations."""
        facts = {
            LABELS: len(self.labels) > 0, FRAMES: len(self.frames) > 0, SIZES: bool((self.frames.width > 0).any()),
            JOB: len(self.jobs) > 0, TASK: len(self.frames) > 0 or self.task.id >= 0, ACTION: bool(self.action),
            SOURCE: self.source is not None, PIXELS: self.media is not None,
        }  # fmt: skip
        known = DOCUMENT
        for need, there in facts.items():
            known |= need if there else DOCUMENT
        return known

    @property
    def tables(self) -> Iterator[tuple[str, Any]]:
        """(kind, table) of tags, shapes, tracks and intervals, for questions about what all of them have."""
        return ((owner.word, self.dataset.table(owner)) for owner in Owner)

    def at(self, kind: str, rows: ArrayLike, message: str, fix: Remedy | None = None, /, **evidence: Any) -> Found:
        """An answer: rows of a table, and a message template over the evidence (arrays along rows, or one value).

        rows: row numbers, or a boolean mask (then evidence goes along the chosen rows).
        Two words of the evidence mean more: `related` (a second row for each finding, or -1) and `severity`.
        """
        chosen = np.asarray(rows)
        chosen = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.int64, copy=False)
        related: Any = evidence.pop("related", NOTHING)
        severity: Severity | None = evidence.pop("severity", None)
        return Found(kind, chosen, message, evidence, fix, severity, np.asarray(related, np.int64))

    def faults(self, code: str) -> list[Found]:
        """The structural faults of that code as answers; the engine adds them to those of the rule itself."""
        levels = classed(self.subject.faults.get(code, ()), lambda fault: fault.severity)
        others = self.told(self.subject.told.get(code, ()))
        return list(filter(None, [*map(self.found, levels.values()), others]))

    @staticmethod
    def found(faults: Sequence[Fault]) -> Found | None:
        """Places of the input, all of one severity, as an answer, None for none."""
        return faults_found(faults) if faults else None

    def told(self, problems: Sequence[Problem]) -> Found | None:
        """Problems of the input as an answer, None for none."""
        return problems_found(problems, self.subject.member) if problems else None

    @cached_property
    def counts(self) -> Ints:
        """The number of values (two a point) of each shape."""
        return ragged.lengths(self.shapes.offsets)

    def are(self, *types: ShapeType) -> Bools:
        """Which shapes are of these types."""
        return self._type_table(types)[self.shapes.type]

    @staticmethod
    def _type_table(types: tuple[ShapeType, ...]) -> Bools:
        table = np.zeros(len(ShapeType), np.bool_)
        table[list(types)] = True
        return table

    @cached_property
    def finite(self) -> Bools:
        """Which shapes have only finite values."""
        values, offsets = self.shapes.values, self.shapes.offsets
        flags = np.isfinite(values)
        return np.ones(len(self.shapes), np.bool_) if flags.all() else ragged.segment_all(flags, offsets)

    @cached_property
    def counted(self) -> Bools:
        """Which shapes have a number of values that their type may have."""
        return counts_allowed(self.shapes.type, self.counts)

    @cached_property
    def sound(self) -> Bools:
        """Which shapes can be measured at all: well counted and finite.  Masks are judged by their own rules."""
        return self.counted & self.finite

    @cached_property
    def hulls(self) -> Floats:
        """(n, 4) the upright box round the given points, not rotated; of masks left, top, right + 1, bottom + 1.

        An ellipse is cx, cy, right x, top y, so its hull is a quarter of it.  NaN where a shape is not sound.
        """
        are_masks = self.are(MASK)
        outlined = self.sound & ~are_masks
        hulls = np.full((len(self.shapes), 4), np.nan)
        if outlined.all():
            hulls = hull_boxes(self.shapes.values, self.shapes.offsets)
        else:
            hulls[outlined] = hull_boxes(*self.ring(outlined))
        masks = np.flatnonzero(self.sound & are_masks)
        tails = self.shapes.offsets[1:][masks, None] + np.arange(-4, 0)
        hulls[masks] = self.shapes.values[tails] + (0, 0, 1, 1)
        return hulls

    @cached_property
    def sizes(self) -> Ints:
        """(n, 2) width and height of the frame of each shape, 0 where unknown."""
        return self.frames.sizes(self.shapes.frame)

    @cached_property
    def plain(self) -> Bools:
        """Which shapes are neither a keyframe nor an element of a skeleton."""
        return (self.shapes.track < 0) & (self.shapes.parent < 0)

    @cached_property
    def hidden(self) -> Bools:
        """Which shapes are outside keyframes: where a track ends, in no picture; files repeat the last place there."""
        return self.shapes.outside & (self.shapes.track >= 0)

    @cached_property
    def elements(self) -> Bools:
        """Which shapes are elements: of a plain skeleton, or keyframes of a skeleton track's element."""
        inner = self.shapes.parent >= 0
        tracked = np.flatnonzero(self.shapes.track >= 0)
        inner[tracked] |= self.tracks.parent[self.shapes.track[tracked]] >= 0
        return inner

    @cached_property
    def ringed(self) -> Bools:
        """Which shapes are sound rows of points that are lists of vertices: polygons, polylines, points."""
        return self.sound & self.are(POLYGON, POLYLINE, POINTS)

    def ring(self, rows: Array) -> tuple[Floats, Ints]:
        """The points of some shapes as (values, offsets)."""
        return ragged.take(self.shapes.values, self.shapes.offsets, rows)

    def type_words(self, rows: Array) -> list[str]:
        """The shape types of some rows as words, for evidence."""
        words = ShapeType.words()
        return [words[code] for code in self.shapes.type[rows].tolist()]

    @cached_property
    def keyframes(self) -> Keyframes:
        """The keyframes of each track, in the order of the input."""
        return self._keyframes(np.lexsort((self._tracked, self.shapes.track[self._tracked])))

    @cached_property
    def keyframes_in_order(self) -> Keyframes:
        """The keyframes of each track, by frame; of several on one frame in the order of the input."""
        tracked = self._tracked
        return self._keyframes(np.lexsort((tracked, self.shapes.frame[tracked], self.shapes.track[tracked])))

    @cached_property
    def _tracked(self) -> Ints:
        return np.flatnonzero(self.shapes.track >= 0)

    def _keyframes(self, order: Ints) -> Keyframes:
        counts = np.bincount(self.shapes.track[self._tracked], minlength=len(self.tracks))
        return Keyframes(self._tracked[order], ragged.offsets_of(counts))

    def label_rows(self, ids: Array) -> Ints:
        """Label ids -> rows of `ctx.labels`, -1 for an id that nothing defines."""
        return self._label_lookup(ids, -1)

    @cached_property
    def _label_ids(self) -> tuple[Ints, Ints]:
        ids = np.asarray([label.id for label in self.labels], np.int64)
        order = np.argsort(ids, kind="stable")
        return ids[order], order

    def _label_lookup(self, ids: Array, missing: int) -> Ints:
        known, order = self._label_ids
        if not len(known):
            return np.full(len(ids), missing, np.int64)
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return np.where(known[places] == ids, order[places], missing)

    @cached_property
    def shape_labels(self) -> Ints:
        """The row of `ctx.labels` of each shape, -1 where its label is unknown."""
        return self.label_rows(self.shapes.label)

    def label_names(self, ids: Array) -> list[str]:
        """Names of label ids, `#7` for an id that nothing defines, for evidence."""
        by_id = self.labels.by_id
        return [by_id[number].name if number in by_id else f"#{number}" for number in ids.tolist()]

    @cached_property
    def job(self) -> Job | None:
        """The one job that the annotations belong to, if it is one."""
        return self.jobs[0] if len(self.jobs) == 1 and self.target != "task" else None

    def job_spans(self, jobs: Array) -> Ints:
        """(n, 2) first and last frame of job rows; of -1 the span of the one job, else of the task.

        Where nothing is known it is 0 .. 2**62, so that every frame lies within.
        """
        last = len(self.frames) - 1 if len(self.frames) else 1 << 62
        whole = (self.job.start_frame, self.job.stop_frame) if self.job else (0, last)
        spans = [(job.start_frame, job.stop_frame) for job in self.jobs] + [whole]
        return np.asarray(spans, np.int64)[jobs]

    def frame_names(self, frames: Array) -> list[str]:
        """Names of frames, empty where there is no such frame, for evidence."""
        names = self.frames.names
        return [names[number] if 0 <= number < len(names) else "" for number in frames.tolist()]

    def attribute_rows(self, owner: Owner) -> Ints:
        """Rows of `ctx.attributes` that belong to one table."""
        return np.flatnonzero(self.attributes.kind == owner)

    @cached_property
    def attribute_labels(self) -> Ints:
        """The label id of the owner of each attribute row."""
        labels = np.zeros(len(self.attributes), np.int64)
        for owner in Owner:
            rows = self.attribute_rows(owner)
            table: Any = self.dataset.table(owner)
            labels[rows] = table.label[self.attributes.owner[rows]]
        return labels
