"""A dataset of annotools as a new task of the server: labels, frames, jobs, annotations, pictures.

    task = installing.install(ctx, dataset, media)

The way goes through the API bundle, in which labels and attributes have numbers; these are replaced by fresh ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec
import orjson

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.cvat_limits import REPLICA_TYPES
from annotools.formats.base import WriteOptions
from annotools.formats.cvat_json.bundle import job_numbers
from annotools.model import Dataset, Job
from annotools.storage import Media
from mockserver.annotations import job_annotations, records, task_annotations
from mockserver.protocol import versions
from mockserver.protocol.schemas import UncheckedError
from mockserver.resources import ground_truth, label_forms, segments, tasks
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record

_KINDS = ("tags", "shapes", "tracks", "intervals")


@dataclass(slots=True)
class Numbers:
    """Old id -> new id, of labels and of attribute specs."""

    labels: dict[int, int] = field(default_factory=dict)
    specs: dict[int, int] = field(default_factory=dict)

    def note(self, old: Record, new: Record) -> None:
        """A label with its attributes and sub-labels, in the same order on both sides."""
        self.labels[old["id"]] = new["id"]
        pairs = zip(old.get("attributes", ()), new["attributes"], strict=True)
        self.specs |= {one["id"]: other["id"] for one, other in pairs}
        for one, other in zip(old.get("sublabels", ()), new.get("sublabels", ()), strict=True):
            self.note(one, other)

    def apply(self, item: Any) -> Any:
        """An annotation with the new ids, without ids of its own. Raises: KeyError for a label that is not there."""
        if isinstance(item, list):
            return [self.apply(part) for part in item]
        if not isinstance(item, dict):
            return item
        fields = {key: self.apply(value) for key, value in item.items() if key != "id"}
        if "label_id" in fields:
            fields["label_id"] = self.labels[fields["label_id"]]
        if "spec_id" in fields:
            fields["spec_id"] = self.specs[fields["spec_id"]]
        return fields


def install(ctx: Context, dataset: Dataset, media: Media | None = None, home: int | None = None) -> Record:
    """A new task in an organization, or none.

    Raises: UncheckedError, AnnotoolsError, ApiError for what cannot be a task.
    """
    members = bundle_of(dataset)
    name, task_json = dataset.task.name or "task", orjson.loads(members["task.json"])
    task = tasks.add(ctx, {"name": name[:256], "bug_tracker": dataset.task.bug_tracker}, home)
    ctx.state.update("tasks", task["id"], subset=task_json.get("subset") or "")
    numbers = _labels(ctx, orjson.loads(members["labels.json"]), task)
    task = _data(ctx, task, dataset, orjson.loads(members["data_meta.json"]))
    if media is not None:
        _pictures(ctx, task, dataset, media)
    jobs = _jobs(ctx, task, dataset)
    _annotations(ctx, task, jobs, (members, numbers))
    record: Record = ctx.table("tasks")[task["id"]]
    return record


def bundle_of(dataset: Dataset) -> dict[str, bytes]:
    """The members of a dataset's API bundle."""
    form, options = formats.get("cvat-api"), WriteOptions()
    ready, _ = fit_to_format(dataset, form, options)
    assert form.write is not None  # a bundle can be written
    return {name: b"".join(pieces) for name, pieces in form.write(ready, None, options)}


def _labels(ctx: Context, items: list[Record], task: Record) -> Numbers:
    numbers = Numbers()
    for item in items:
        new = label_forms.create(ctx, form_of(item), {"task_id": task["id"]})
        numbers.note(item, new)
    return numbers


def form_of(item: Record) -> Record:
    """A label as a client would send it: without ids, the drawing with names."""
    names = {str(part["id"]): part["name"] for part in item.get("sublabels", ())}
    form = {key: value for key, value in item.items() if key in ("name", "color", "type")}
    form["attributes"] = [{key: value for key, value in spec.items() if key != "id"} for spec in item["attributes"]]
    if item.get("sublabels"):
        form["sublabels"] = [form_of(part) for part in item["sublabels"]]
    if "svg" in item:
        form["svg"] = re.sub(
            r'data-label-id="(\d+)"', lambda m: f'data-label-name="{names.get(m[1], "")}"', item["svg"]
        )
    return form


def _data(ctx: Context, task: Record, dataset: Dataset, meta: Record) -> Record:
    pk, now, size = ctx.state.next_id("data"), ctx.now(), len(dataset.frames)
    defaults: Record = {
        "chapters": [] if dataset.task.is_video else None, "chunks_updated_date": now, "chunk_size": 72, "size": size,
        "image_quality": 70, "start_frame": 0, "stop_frame": size - 1, "frame_filter": "", "frames": [],
        "deleted_frames": [], "included_frames": None, "storage": "local", "cloud_storage_id": None,
    }  # fmt: skip
    own = {key: value for key, value in meta.items() if key in defaults and value is not None}
    record = {**defaults, **own, "frames": [_file(item) for item in meta["frames"]]}
    ctx.state.put("data_meta", task["id"], record)
    video = dataset.task.is_video and len(record["frames"]) == 1
    return ctx.state.update(
        "tasks", task["id"], data=pk, size=size, image_quality=record["image_quality"], data_cloud_storage_id=None,
        data_chunk_size=record["chunk_size"], data_original_chunk_type="video" if video else "imageset",
        data_compressed_chunk_type="imageset", mode=dataset.task.mode, dimension=dataset.task.dimension,
        media_type=dataset.task.media_type, segment_size=dataset.task.segment_size or size,
        overlap=dataset.task.overlap, updated_date=now,
    )  # fmt: skip


def _file(item: Record) -> Record:
    related = item.get("related_files") or 0
    named = {key: item[key] for key in ("width", "height", "name")}
    return {**named, "related_files": related, "has_related_context": bool(related)}


def _pictures(ctx: Context, task: Record, dataset: Dataset, media: Media) -> None:
    for frame, file in media.items():
        ctx.state.put("blobs", f"data/{task['data']}/{dataset.frames.names[frame]}", file.read())


def _jobs(ctx: Context, task: Record, dataset: Dataset) -> dict[int, Record]:
    """Jobs by their numbers in the bundle; one for all frames where the dataset has none."""
    if not dataset.jobs:
        for span in segments.spans(task["size"], task["segment_size"], task["overlap"]):
            segments.add_job(ctx, task, span)
        return {}
    by_number: dict[int, Record] = {}
    for number, job in zip(job_numbers(dataset.jobs), dataset.jobs, strict=True):
        record = _job(ctx, task, job)
        parent = by_number.get(job.parent_job if job.parent_job is not None else -1)
        changes = {"stage": job.stage, "state": job.state, "type": versions.stored_word("JobType", job.type)}
        parent_id = parent["id"] if parent and job.type in REPLICA_TYPES else None
        by_number[number] = ctx.state.update("jobs", record["id"], **changes, parent_job_id=parent_id)
    return by_number


def _job(ctx: Context, task: Record, job: Job) -> Record:
    if job.type == "ground_truth" and job.included is not None:
        return ground_truth.add(ctx, ctx.table("tasks")[task["id"]], list(job.included))
    return segments.add_job(ctx, {**task, "replicas": 0}, (job.start_frame, job.stop_frame))


def _annotations(ctx: Context, task: Record, jobs: dict[int, Record], source: tuple[dict[str, bytes], Numbers]) -> None:
    members, numbers = source
    for name, content in members.items():
        folder, _, last = name.rpartition("/")
        if last != "annotations.json":
            continue
        document = orjson.loads(content)
        try:
            data = records.from_document({kind: numbers.apply(document.get(kind, [])) for kind in _KINDS})
        except KeyError as error:
            raise UncheckedError(f"{name}: there is no label or attribute {error}") from None
        except msgspec.ValidationError as error:  # a rotation of 720 degrees
            raise UncheckedError(f"{name}: {error}") from None
        job = jobs.get(int(folder.rpartition("/")[2])) if folder else None
        if job is not None:
            job_annotations.replace(ctx, lookup.record(ctx, "jobs", job["id"]), data)
        else:
            task_annotations.change(ctx, ctx.table("tasks")[task["id"]], "replace", data)


def adopt(ctx: Context, task: Record, project: Record) -> None:
    """Put a task with labels of its own into a project that has labels of the same names."""
    numbers = Numbers()
    labels = {row["name"]: row for row in ctx.table("labels").values() if row.get("project_id") == project["id"]}
    for label in [row for row in ctx.table("labels").values() if row.get("task_id") == task["id"]]:
        if label["name"] not in labels:
            raise UncheckedError(f"the project has no label {label['name']!r}")
        numbers.note(label, labels[label["name"]])
        ctx.state.delete("labels", label["id"])
    documents = {job["id"]: job_annotations.stored(ctx, job["id"]).data for job in lookup.jobs_of(ctx, task["id"])}
    ctx.state.update("tasks", task["id"], project_id=project["id"], organization_id=project["organization_id"])
    for pk, data in documents.items():
        document = numbers.apply(msgspec.to_builtins(data))
        job_annotations.put(ctx, pk, records.from_document({kind: [] for kind in _KINDS}))
        job_annotations.create(ctx, ctx.table("jobs")[pk], records.from_document(document))
