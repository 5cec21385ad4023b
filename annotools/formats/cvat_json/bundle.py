"""Reading a bundle: what the API returns about a task or a job, as files side by side.

    labels.json  data_meta.json  task.json and/or job.json  annotations.json
    jobs/<id>/job.json  jobs/<id>/data_meta.json  jobs/<id>/annotations.json

Everything but one of them may be missing; what is, comes from the context.  Rows of `annotations.json` are of the task
as a whole, of the one job where there is a job.json beside it; without it, and when one job is asked for, the rows of
`jobs/<id>/` are read.  `by_job` reads these where there are both; only they hold ground truth and replicas, which are
no part of the task.  `validation_layout.json` is the task's, beside a job.json and below `jobs/<id>/` a job's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile
from posixpath import commonprefix
from typing import Any

import msgspec
import numpy as np

from annotools.errors import InputError, Problem, Problems, UsageError
from annotools.formats.base import Read, ReadOptions
from annotools.formats.cvat_json.columns import Columns
from annotools.formats.cvat_json.decode import Decoder
from annotools.formats.cvat_json.extras import RowExtras
from annotools.formats.cvat_json.fields import Fields, objects, parse
from annotools.formats.cvat_json.labels import LABEL_KEYS, LabelReader
from annotools.formats.cvat_json.meta import Meta, frames_of, read_meta, with_included, with_media
from annotools.formats.cvat_json.sources import made_by_hand
from annotools.formats.cvat_json.split import plain_text
from annotools.formats.cvat_json.tasks import read_job, read_task, task_of_job, with_honeypots, with_layout
from annotools.formats.kernel.text_pages import TextPages
from annotools.model import Dataset, Frames, Job, Labels, Task
from annotools.model.origin import Origin
from annotools.storage import Media, Source
from annotools.tracks.task_jobs import working_jobs

ANNOTATIONS, LABELS, META = "annotations.json", "labels.json", "data_meta.json"
TASK, JOB, HONEYPOTS = "task.json", "job.json", "validation_layout.json"
MEMBERS = frozenset({ANNOTATIONS, LABELS, META, TASK, JOB})
JOB_MEMBERS = (JOB, META, ANNOTATIONS, HONEYPOTS)
_JOB_FOLDER = re.compile(r"jobs/([0-9]{1,18})/[^/]+\.json")


class _Definitions(msgspec.Struct):
    """What a bundle defines; None where it does not say."""

    task: Task | None = None
    labels: Labels | None = None
    frames: Frames | None = None
    jobs: list[Job] = msgspec.field(default_factory=list)
    own_job: bool = False


def rooted(source: Source) -> Source:
    """The bundle itself, where it is the one folder in a zip or folder, or in such a folder."""
    names = source.members()
    shared = commonprefix([name.split("/")[:-1] for name in names])
    folder = "/".join(takewhile(lambda part: part != "jobs", shared))
    return source.sub(folder) if folder else source


def annotations_name(source: Source) -> str | None:
    """The member that holds the annotations of a bundle, or that is all of it."""
    names = source.members()
    if ANNOTATIONS in names:
        return ANNOTATIONS
    return names[0] if len(names) == 1 and names[0] not in MEMBERS and not _JOB_FOLDER.fullmatch(names[0]) else None


def job_folders(source: Source) -> list[int]:
    """The ids of the jobs that have files, ascending."""
    return sorted({int(match[1]) for name in source.members() if (match := _JOB_FOLDER.fullmatch(name))})


def read_bundle(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """A dataset from a bundle.

    Raises: UsageError when it has no job of the id asked for, InputError when no file of it is one of a bundle.
    """
    problems = Problems()
    source = rooted(source)
    if not (annotations_name(source) or MEMBERS.intersection(source.members()) or job_folders(source)):
        expected = f"a file of a bundle: {', '.join(sorted(MEMBERS))}"
        raise InputError(Problem("is not there", ANNOTATIONS, expected=expected))
    defined = _Reader(source, problems).definitions()
    base = _settled(defined, context or Dataset())
    jobs, rows = _plan(source, defined, base, options)
    if options.job is not None and not rows:
        problems.append(Problem("is not there", f"jobs/{options.job}/{ANNOTATIONS}", expected="the job's annotations"))
    members = tuple(name for name, _ in rows)
    columns = Columns(members if options.origin else None)
    extras = RowExtras() if options.extras else None
    for member, (name, job) in enumerate(rows):
        columns.job, columns.member = job, member
        problems.file = name
        pages = _pages(source, name)
        data = plain_text(pages.text, problems)
        if data is not None:
            # Extras are kept as they stand in the text.
            done = pages.let_go_between if extras is None else None
            Decoder(columns, problems, extras=extras, unknown=options.unknown).add(data, done=done)
        del data, pages
    origin = Origin(members, columns.places()) if options.origin else None
    dataset = base.replace(jobs=jobs, **columns.parts(), origin=origin)
    dataset = dataset if extras is None else extras.beside(dataset)
    return made_by_hand(Read(dataset, _media(source, dataset), problems.all()), options)


def _pages(source: Source, name: str) -> TextPages:
    with source.open(name) as stream:
        return TextPages(stream, source.size(name))


def _media(source: Source, dataset: Dataset) -> Media | None:
    media = Media.from_source(source, dataset.frames.names) if len(dataset.frames) else Media()
    return media if media or media.left_out else None


def _settled(defined: _Definitions, context: Dataset) -> Dataset:
    """What the bundle says, and what the context says where the bundle does not."""
    return Dataset(
        task=defined.task or context.task,
        labels=context.labels if defined.labels is None else defined.labels,
        frames=context.frames if defined.frames is None else defined.frames,
        jobs=tuple(defined.jobs) or context.jobs,
    )  # fmt: skip


def _plan(
    source: Source, defined: _Definitions, base: Dataset, options: ReadOptions
) -> tuple[tuple[Job, ...], list[tuple[str, int]]]:
    """The jobs of the dataset, and which members to read as rows of which of them."""
    jobs, whole = base.jobs, annotations_name(source)
    if options.job is not None:
        job = next((job for job in jobs if job.id == options.job), None)
        if job is None:
            known = ", ".join(str(job.id) for job in jobs) or "none, there are no jobs"
            raise UsageError(f"{source.name}: no job {options.job}, expected one of {known}")
        if whole and (defined.own_job or len(source.members()) == 1):
            return (job,), [(whole, 0)]
        name = f"jobs/{job.id}/{ANNOTATIONS}"
        return (job,), [(name, 0)] if source.has(name) else []
    if whole and defined.own_job:
        return jobs, [(whole, 0)]
    rows = [(f"jobs/{job.id}/{ANNOTATIONS}", row) for row, job in enumerate(jobs)]
    rows = [(name, row) for name, row in rows if source.has(name)]
    if not whole:
        return jobs, rows
    working = working_jobs(jobs)
    beside = [(name, row) for name, row in rows if row not in working]
    if not options.by_job:
        return jobs, [(whole, -1)]
    return jobs, rows if len(rows) - len(beside) == len(working) else [(whole, -1), *beside]


class _Reader:
    """Reads the definitions of a bundle."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self._source = source
        self._problems = problems

    def definitions(self) -> _Definitions:
        """Task, labels, frames and jobs."""
        defined = _Definitions(labels=self._labels())
        task, job = self._fields(TASK), self._fields(JOB)
        if task is not None:
            defined.task = read_task(task)
        if job is not None:
            defined.jobs, defined.own_job = [read_job(job)], True
            defined.task = defined.task or task_of_job(job)
        metas = self._metas(defined)
        if metas:
            known = defined.task or Task()
            defined.task = with_media(known, metas[0], whole=metas[0].first == 0 and self._source.has(META))
            defined.frames = frames_of(defined.task, metas)
        if defined.own_job:
            defined.jobs = [self._own(defined.jobs[0], metas, defined)]
        else:
            defined.jobs = [self._detailed(job, defined) for job in self._folders]
            layout = self._fields(HONEYPOTS)
            if layout is not None:
                defined.jobs = with_layout(defined.jobs, layout, defined.task or Task())
        return defined

    def _own(self, job: Job, metas: list[Meta], defined: _Definitions) -> Job:
        """The job of a job.json with its validation layout and the frames of a ground truth, if they lie beside it."""
        job = self._detailed(job, defined)
        layout = self._fields(HONEYPOTS)
        if layout is not None:
            job = with_honeypots(job, layout)
        if job.type != "ground_truth" or job.included is not None or not metas or defined.task is None:
            return job
        return with_included(job, metas[0], defined.task, np.zeros(0, np.bool_))

    def _metas(self, defined: _Definitions) -> list[Meta]:
        """Of the task if there is one, of its jobs otherwise."""
        fields = self._fields(META)
        if fields is not None:
            first = defined.jobs[0].start_frame if defined.own_job and not self._source.has(TASK) else 0
            return [read_meta(fields, first)]
        jobs = [job for job in self._folders if job.type != "ground_truth"]
        metas = [(job, self._fields(f"jobs/{job.id}/{META}")) for job in jobs]
        return [read_meta(fields, job.start_frame) for job, fields in metas if fields is not None]

    @cached_property
    def _folders(self) -> list[Job]:
        """The jobs below `jobs/`; one without a job.json is known by its id only."""
        ids = job_folders(self._source)
        return [read_job(self._fields(f"jobs/{number}/{JOB}") or self._nothing(), number) for number in ids]

    def _nothing(self) -> Fields:
        return Fields({}, "", self._problems)

    def _detailed(self, job: Job, defined: _Definitions) -> Job:
        layout = self._fields(f"jobs/{job.id}/{HONEYPOTS}")
        if layout is not None:
            job = with_honeypots(job, layout)
        if job.type != "ground_truth" or defined.task is None or defined.frames is None:
            return job
        fields = self._fields(f"jobs/{job.id}/{META}")
        return job if fields is None else with_included(job, read_meta(fields), defined.task, defined.frames.deleted)

    def _labels(self) -> Labels | None:
        value = self._parsed(LABELS)
        if value is None:
            return self._inline_labels()
        page = isinstance(value, dict) and isinstance(value.get("results"), list)
        items, pointer = (value["results"], "/results") if page else (value, "")
        if isinstance(items, list):
            total = value.get("count") if page else None
            if isinstance(total, int) and len(items) < total:
                message = f"is a page with {len(items)} of {total} labels"
                self._problems.add(message, expected="all of them, as with page_size=500")
            return LabelReader().read(objects(items, pointer, self._problems, *LABEL_KEYS))
        self._problems.add("holds no labels", expected="a list, or an object with results")
        return None

    def _inline_labels(self) -> Labels | None:
        """The labels of a task.json that older servers gave, which has them itself."""
        value = parse(self._source.read(TASK), Problems(TASK)) if self._source.has(TASK) else None
        items = value.get("labels") if isinstance(value, dict) else None
        if not isinstance(items, list):
            return None
        self._problems.file = TASK
        return LabelReader().read(objects(items, "/labels", self._problems, *LABEL_KEYS))

    def _fields(self, name: str) -> Fields | None:
        value = self._parsed(name)
        return None if value is None else Fields(value, "", self._problems)

    def _parsed(self, name: str) -> Any:
        if not self._source.has(name):
            return None
        self._problems.file = name
        return parse(self._source.read(name), self._problems)


def job_numbers(jobs: tuple[Job, ...]) -> list[int]:
    """An id for each job to be written with: its own, or its place where ids are missing or come twice."""
    ids = [job.id for job in jobs]
    return ids if len(set(ids)) == len(ids) and all(number >= 0 for number in ids) else list(range(1, len(ids) + 1))


def rows_by_job(dataset: Dataset) -> Iterator[int]:
    """The rows of jobs, -1 for the task, that annotations belong to."""
    tables = (dataset.tags, dataset.shapes, dataset.tracks, dataset.intervals)
    yield from sorted({int(job) for table in tables for job in set(table.job.tolist())})
