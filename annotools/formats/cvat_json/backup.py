"""Task backup (slug `cvat-backup`): the zip that CVAT makes of a task and makes a task of.

    task.json             {"name": "..", "labels": [..], "data": {"start_frame": 0, ..}, "jobs": [{..}]}
    annotations.json      [LabeledData, ..]: one a job, in their order; labels and attributes by name, no ids
    data/manifest.jsonl   names and sizes of the frames
    data/..               the media, names as uploaded

All of it may lie in a folder, and of a project in a folder for each task.

Ids of labels, attributes and jobs are made up in their order, from 1.  Reading needs no media; writing does without,
and says that a server will ask for it.  annotations.json alone is read with a context that says the rest.  Backups of
tasks with ground truth or honeypots hold more than is known here: such keys are kept as extras of the dataset, which
are lost where they cannot be written.
Source: https://docs.cvat.ai/docs/manual/advanced/backup/
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename

import orjson

from annotools.errors import Problems, UsageError
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.cvat_json import backup_parts as parts
from annotools.formats.cvat_json.backup_folders import ANNOTATIONS, TASK, folders_of, read_folders
from annotools.formats.cvat_json.columns import Columns
from annotools.formats.cvat_json.decode import Decoder, nothing_said
from annotools.formats.cvat_json.encode import Encoder
from annotools.formats.cvat_json.extras import RowExtras
from annotools.formats.cvat_json.fields import Fields, parse
from annotools.formats.cvat_json.keeps import BACKUP_KEEPS
from annotools.formats.cvat_json.labels import LABEL_KEYS, LabelReader
from annotools.formats.cvat_json.manifest import Manifest, manifest_lines, read_manifest
from annotools.formats.cvat_json.names import Names
from annotools.formats.cvat_json.sources import made_by_hand
from annotools.formats.cvat_json.split import plain_text, split_list
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.video_frames import beside
from annotools.model import Dataset
from annotools.model.extras import Extra
from annotools.model.origin import Origin
from annotools.storage import Media, Source
from annotools.storage.video import VideoPicture

MANIFEST = "data/manifest.jsonl"
_NO_ROWS = dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes", "origin"))


def sniff(source: Source) -> bool:
    """Whether a source is certainly a backup: a task beside a list of annotations."""
    return bool(folders_of(source))


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """A dataset from a backup; every row is of its job.  Raises UsageError when it has no job of the id asked for."""
    if context is not None and len(source.members()) == 1:
        problems = Problems(TASK)
        dataset = _annotated(source, source.members()[0], context.replace(**_NO_ROWS), problems, options)
        return made_by_hand(Read(dataset, None, problems.all()), options)
    folders = folders_of(source)
    return read_folders(source, folders, options, _read) if any(folders) else _read(source, options)


def _read(source: Source, options: ReadOptions) -> Read:
    problems = Problems(TASK)
    value = parse(source.read(TASK), problems) if source.has(TASK) else None
    if value is None and not len(problems):
        problems.add("is not there", expected="the task's definition")
    fields = Fields({} if value is None else value, "", problems)
    defined = _defined(source, fields, problems)
    dataset = _annotated(source, ANNOTATIONS, defined, problems, options)
    unknown = {f"{TASK}{pointer}": Extra.of([orjson.dumps(value)]) for pointer, value in parts.unknown_keys(fields)}
    if unknown:
        dataset = dataset.replace(extras={"dataset": {**dataset.extras["dataset"], **unknown}})
    return made_by_hand(Read(dataset, _media(source, dataset), problems.all()), options)


def _defined(source: Source, fields: Fields, problems: Problems) -> Dataset:
    """Task, labels, frames and jobs."""
    labels = LabelReader(named=True).read(fields.objects("labels", *LABEL_KEYS[1:]))
    jobs = parts.read_jobs(fields)
    manifest = _manifest(source, problems)
    problems.file = TASK
    task = parts.read_task(fields, manifest, jobs)
    frames = parts.read_frames(task, manifest, fields.inner("data"))
    return Dataset(task=task, labels=labels, frames=frames, jobs=jobs)


def _manifest(source: Source, problems: Problems) -> Manifest:
    problems.file = MANIFEST
    if source.has(MANIFEST):
        return read_manifest(source.read(MANIFEST), problems)
    problems.add("is not there", expected="the names and sizes of the frames")
    return Manifest()


def _annotated(source: Source, name: str, defined: Dataset, problems: Problems, options: ReadOptions) -> Dataset:
    """The dataset with the rows of every job."""
    problems.file = name
    columns = Columns((name,) if options.origin else None, listed=True)
    extras = RowExtras() if options.extras else None
    data = plain_text(source.read(name), problems) if source.has(name) else None
    if data is None:
        if not source.has(name):
            problems.add("is not there", expected="a list of annotations, one a job")
        return defined
    documents, otherwise = split_list(data, problems)
    before = problems.mark()
    decoder = Decoder(columns, problems, Names(defined.labels, problems), extras, unknown=options.unknown)
    wanted = _wanted(defined, options.job, source.name)
    for job, row in enumerate(wanted):
        if row < len(documents):
            columns.job, columns.document = job, row
            decoder.add(documents[row], f"/{row}")
    if len(documents) != len(defined.jobs):
        problems.add(f"has {len(documents)} lists", expected=f"{len(defined.jobs)}, one a job of {TASK}")
    if otherwise is not None and nothing_said(problems, before):
        problems.append(otherwise)
    origin = Origin((name,), columns.places()) if options.origin else None
    jobs = tuple(defined.jobs[row] for row in wanted)
    dataset = defined.replace(**columns.parts(), jobs=jobs, origin=origin)
    return dataset if extras is None else extras.beside(dataset)


def _wanted(defined: Dataset, number: int | None, name: str) -> list[int]:
    """The rows of the jobs to read: all, or the one asked for."""
    rows = [row for row, job in enumerate(defined.jobs) if number in (None, job.id)]
    if number is not None and not rows:
        known = ", ".join(str(job.id) for job in defined.jobs) or "none, there are no jobs"
        raise UsageError(f"{name}: no job {number}, expected one of {known} (places in {TASK}, from 1)")
    return rows


def _media(source: Source, dataset: Dataset) -> Media | None:
    if not any(name.startswith("data/") for name in source.members()):
        return None
    data = source.sub("data")
    if dataset.task.is_video:
        return beside(data, dataset)
    media = Media.from_source(data, dataset.frames.names)
    return media if media or media.left_out else None


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The members of a backup, pictures when they are asked for."""
    encoder = Encoder(dataset, named=True)
    yield TASK, [orjson.dumps(parts.task_item(dataset))]
    yield ANNOTATIONS, _documents(encoder, len(dataset.jobs))
    pictured = options.images and media is not None and not dataset.task.is_video
    names = file_names(dataset, media if pictured else None)
    yield MANIFEST, manifest_lines(dataset, names)
    film = next(iter(media.values()), None) if media else None
    if options.video and isinstance(film, VideoPicture):
        yield f"data/{basename(dataset.task.source_name)}", film.video.pieces()
    for frame, file in media.items() if pictured and media is not None else ():
        yield f"data/{names[frame]}", file.pieces()


def _documents(encoder: Encoder, jobs: int) -> Iterable[bytes]:
    yield b"["
    for row in range(jobs):
        yield b"," if row else b""
        yield from encoder.document(row)
    yield b"]"


_STEPS = (
    "keyframes-only", "drop-track-scores", "drop-unknown-attributes", "one-home", "cut-into-jobs", "source-numbers",
    "backup-jobs", "chunk-size",
)  # fmt: skip


def pipeline(options: WriteOptions) -> tuple[str, ...]:
    """Everything that a backup needs; if it holds no media, that is said too."""
    along = "=video" if options.video else "=pictures" if options.images else ""
    return (*_STEPS, f"backup-media{along}")


FORMAT = Format(
    slug="cvat-backup", name="CVAT task backup", keeps=BACKUP_KEEPS, read=read, write=write, sniff=sniff,
    pipeline=pipeline, members=(TASK, ANNOTATIONS, MANIFEST, "data/**"),
    letters=(TASK, ANNOTATIONS, *MANIFEST.split("/")),
    about="task.json, annotations.json with one list a job, data/manifest.jsonl and the media",
)  # fmt: skip
