"""Annotations of a task: the jobs' ones merged, and a document cut over the jobs.

The jobs that count are the annotation jobs and, where honeypots are, the ground-truth job; neither replicas nor a plain
ground truth.
"""

from __future__ import annotations

import msgspec
import orjson

from annotools.labeled_data import LabeledData
from mockserver.annotations import job_annotations, pool, records
from mockserver.annotations.cutting import cut
from mockserver.annotations.merging import Item, Merged, sort
from mockserver.protocol.schemas import UncheckedError
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record


def jobs_of(ctx: Context, task: Record) -> list[Record]:
    """Jobs whose annotations are the task's."""
    kinds = ("annotation", "ground_truth") if task.get("validation_mode") == "gt_pool" else ("annotation",)
    return [job for job in lookup.jobs_of(ctx, task["id"]) if job["type"] in kinds]


def read(ctx: Context, task: Record) -> Item:
    """The document that GET answers."""
    documents = [(job, job_annotations.read(ctx, job)) for job in jobs_of(ctx, task)]
    return sort(_merged(task, documents))


def answer(ctx: Context, task: Record) -> bytes:
    """The JSON that GET answers."""
    return orjson.dumps(read(ctx, task))


def _merged(task: Record, documents: list[tuple[Record, Item]]) -> Item:
    merged = Merged(task.get("dimension") == "3d")
    for job, document in documents:
        merged.add(document, range(job["start_frame"], job["stop_frame"] + 1), task.get("overlap") or 0)
    return merged.document


def change(ctx: Context, task: Record, action: str, data: LabeledData) -> bytes:
    """`replace`, `create`, `update` or `delete` in every job; the JSON of the answer. Raises: ApiError 400."""
    given, three_d = msgspec.to_builtins(data), task.get("dimension") == "3d"
    if task.get("validation_mode") == "gt_pool":
        given = pool.spread(given, ctx.table("validation")[task["id"]]["layout"], action)
    apply = getattr(job_annotations, action)
    answers = []
    for job in jobs_of(ctx, task):
        try:
            part = records.from_document(cut(given, job["start_frame"], job["stop_frame"], three_d))
        except UncheckedError as error:
            raise ctx.crash(str(error)) from None
        written = orjson.loads(apply(ctx, job, part))
        _mark_unborn(written["tracks"])
        answers.append((job, written))
    return orjson.dumps(_merged(task, answers))


def _mark_unborn(tracks: list[Item]) -> None:
    """An element that is nowhere in a job is not stored; what cutting gave it, a list of parts, stays in the answer."""
    for track in tracks:
        for element in track.get("elements", ()):
            if not element["shapes"]:
                element["elements"] = []


def clear(ctx: Context, task: Record) -> None:
    """Remove the annotations of all jobs."""
    for job in jobs_of(ctx, task):
        job_annotations.clear(ctx, job)
