"""State as an API bundle in memory (labels.json, annotations.json, task.json, ...) and so as annotools' Dataset.

    dataset, media = bundles.dataset_of(ctx, "job", job)

The bundle is what a client would have fetched, so that exports see what the API shows.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from os.path import splitext
from typing import Any, BinaryIO

import orjson

from annotools import formats
from annotools.errors import AnnotoolsError
from annotools.formats.base import Format, ReadOptions
from annotools.model import Dataset
from annotools.model.definitions import Labels
from annotools.model.joining import concat
from annotools.quirks import CVAT
from annotools.storage import Media, MediaFile, Source
from mockserver.annotations import job_annotations, task_annotations
from mockserver.background.queue import WorkError
from mockserver.media import chunks, frame_numbers, meta
from mockserver.rules import lookup, serialise
from mockserver.state.context import Context
from mockserver.state.tables import Record


class MemorySource(Source):
    """Members that are in memory."""

    def __init__(self, name: str, members: Mapping[str, bytes]) -> None:
        super().__init__(name)
        self._bytes = members

    def _list(self) -> list[str]:
        return list(self._bytes)

    def size(self, name: str) -> int:
        return len(self._bytes[name])

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self._bytes[name])


def dataset_of(ctx: Context, target: str, record: Record, rows: str = "target") -> tuple[Dataset, Media]:
    """A job or task as a dataset and its pictures.

    rows: annotations as of the "target", those of the "jobs" kept apart, or "none".

    Raises: WorkError for what annotools cannot read.
    """
    task = lookup.task_of(ctx, record) if target == "job" else record
    if task["id"] not in ctx.table("data_meta"):
        raise WorkError("The task has no data")
    source = MemorySource(f"{target} {record['id']}", _members(ctx, target, record, rows))
    options = ReadOptions(quirks=CVAT, job=record["id"] if target == "job" else None)
    try:
        result = formats.get("cvat-api").read(source, None, options)  # type: ignore[misc]  # it has a reader
    except AnnotoolsError as error:
        raise WorkError(str(error)) from None
    return result.dataset, _media(ctx, task, result.dataset)


def _members(ctx: Context, target: str, record: Record, rows: str) -> dict[str, bytes]:
    task = lookup.task_of(ctx, record) if target == "job" else record
    labels = [serialise.label(ctx, label) for label in lookup.labels_of(ctx, task)]
    documents: dict[str, Any] = {
        "labels.json": labels, "data_meta.json": frame_numbers.meta_of(ctx, task["id"]),
        "task.json": serialise.task(ctx, task),
    }  # fmt: skip
    members = {name: orjson.dumps(value) for name, value in documents.items()}
    if target == "task" and rows != "jobs":
        members["annotations.json"] = task_annotations.answer(ctx, task)() if rows == "target" else b"{}"
    for job in lookup.jobs_of(ctx, task["id"]):
        if target == "task" or job["id"] == record["id"]:
            members |= _job_members(ctx, job, rows == "jobs" or (rows == "target" and target == "job"))
    return members


def _job_members(ctx: Context, job: Record, annotated: bool) -> dict[str, bytes]:
    folder = f"jobs/{job['id']}"
    members = {
        f"{folder}/job.json": orjson.dumps(serialise.job(ctx, job)),
        f"{folder}/data_meta.json": orjson.dumps(meta.of_job(ctx, job)),
    }
    if annotated:
        members[f"{folder}/annotations.json"] = job_annotations.answer(ctx, job)()
    return members


def _media(ctx: Context, task: Record, dataset: Dataset) -> Media:
    def opened(frame: int) -> BinaryIO:
        return io.BytesIO(chunks.picture(ctx, task, frame, original=True)[0])

    names = [str(name) for name in dataset.frames.names]
    files = [name if "." in name.rpartition("/")[2] else f"{name}.PNG" for name in names]  # frames of a video have none
    return Media((frame, MediaFile(file, partial(opened, frame))) for frame, file in enumerate(files))


def labels_of_project(ctx: Context, project: Record) -> Labels:
    """Labels of a project as annotools has them."""
    rows = [row for row in ctx.table("labels").values() if row.get("project_id") == project["id"]]
    shown = orjson.dumps([serialise.label(ctx, row) for row in rows])
    members = {"labels.json": shown, "data_meta.json": b'{"size": 0, "frames": []}', "task.json": b"{}"}
    result = formats.get("cvat-api").read(MemorySource("project", members), None, ReadOptions())  # type: ignore[misc] # it can be read
    return result.dataset.labels


def images_format() -> Format:
    """CVAT XML for images."""
    return formats.get("cvat-images")


def tasks_of_project(ctx: Context, project: Record) -> list[Record]:
    """The tasks of a project that have data."""
    tasks = [task for task in ctx.table("tasks").values() if task["project_id"] == project["id"]]
    return [task for task in tasks if task["id"] in ctx.table("data_meta")]


def without_honeypots(ctx: Context, task: Record, dataset: Dataset) -> Dataset:
    """A task as a project's export has it: what its honeypots show stands in the pool already."""
    honeypots = frame_numbers.layout_of(ctx, task["id"]).get("honeypot_frames", [])
    deleted = dataset.frames.deleted.copy()
    deleted[honeypots] = True
    return dataset.replace(frames=replace(dataset.frames, deleted=deleted))


def of_target(ctx: Context, target: str, record: Record) -> tuple[Dataset, Media]:
    """A job, a task, or all tasks of a project one after the other, each in its subset."""
    if target != "project":
        return dataset_of(ctx, target, record)
    parts, files, first = list[Dataset](), dict[int, MediaFile](), 0
    for task in tasks_of_project(ctx, record):
        dataset, media = dataset_of(ctx, "task", task)
        dataset = without_honeypots(ctx, task, dataset)
        subsets = (task["subset"],) * len(dataset.frames)
        parts.append(dataset.replace(frames=replace(dataset.frames, subsets=subsets)))
        files |= {first + frame: file for frame, file in media.items()}
        first += len(dataset.frames)
    if not parts:
        return Dataset(labels=labels_of_project(ctx, record)), Media(())
    joined = concat(parts)
    names = _unlike_shown(joined)
    media = Media((frame, MediaFile(names[frame], file.opener)) for frame, file in files.items())
    several = replace(joined.task, subset="")  # the frames have subsets of their own
    return joined.replace(task=several, frames=replace(joined.frames, names=names)), media


def _unlike_shown(dataset: Dataset) -> tuple[str, ...]:
    """Names of all frames, of which those that are shown differ."""
    names = [str(name) for name in dataset.frames.names]
    frames = dataset.shown_frames.tolist()
    for frame, name in zip(frames, unlike([names[frame] for frame in frames]), strict=True):
        names[frame] = name
    return tuple(names)


def numbered(name: str) -> Iterator[str]:
    """A name, and what the server makes of it where it is taken: a.jpg, a_1.jpg, a_2.jpg, ..."""
    stem, suffix = splitext(name)
    yield name
    for number in count(1):
        yield f"{stem}_{number}{suffix}"


def unlike(names: Iterable[str]) -> Iterator[str]:
    """Names that differ, as the server makes them for a project: a.jpg, a_1.jpg, a_2.jpg."""
    counts: dict[str, int] = {}
    for name in names:
        stem, suffix = splitext(name)
        candidate = stem
        while candidate in counts:
            candidate = f"{stem}_{counts[stem]}"
            counts[stem] += 1
        counts[candidate] = 1
        yield candidate + suffix
