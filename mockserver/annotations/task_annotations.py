"""Annotations of a task: the jobs' ones merged, and a document cut over the jobs.

The jobs that count are the annotation jobs and, where honeypots are, the ground-truth job; neither replicas nor a plain
ground truth.
"""

from __future__ import annotations

from functools import cached_property

import msgspec
import orjson

from annotools.labeled_data import LabeledData
from mockserver.annotations import job_annotations, pool, records
from mockserver.annotations.cutting import cut
from mockserver.annotations.job_annotations import Json
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


def answer(ctx: Context, task: Record) -> Json:
    """The JSON that GET answers."""
    parts = [(job, job_annotations.answer(ctx, job)) for job in jobs_of(ctx, task)]
    return lambda: orjson.dumps(sort(_merged(task, [(job, orjson.loads(make())) for job, make in parts])))


def _merged(task: Record, documents: list[tuple[Record, Item]]) -> Item:
    merged = Merged(task.get("dimension") == "3d")
    for job, document in documents:
        merged.add(document, range(job["start_frame"], job["stop_frame"] + 1), task.get("overlap") or 0)
    return merged.document


def change(ctx: Context, task: Record, action: str, data: LabeledData) -> Json:
    """`replace`, `create`, `update` or `delete` in every job; the JSON of the answer. Raises: ApiError 400."""
    parts = _Parts(ctx, task, action, data)
    apply = getattr(job_annotations, action)
    answers = []
    for job in jobs_of(ctx, task):
        try:
            part = parts.of((job["start_frame"], job["stop_frame"]))
        except UncheckedError as error:
            raise ctx.crash(str(error)) from None
        answers.append((job, apply(ctx, job, part)))
    return lambda: orjson.dumps(_merged(task, [(job, _written(make)) for job, make in answers]))


class _Parts:
    """What of a task's annotations is for which frames, looked at before or cut now."""

    def __init__(self, ctx: Context, task: Record, action: str, data: LabeledData) -> None:
        self._ctx, self._task, self._action, self._data = ctx, task, action, data

    def of(self, span: tuple[int, int]) -> LabeledData:
        """Those of the frames first..last. Raises: UncheckedError."""
        ahead = self._ctx.around.part(span) if self._ctx.around is not None else None
        three_d = self._task.get("dimension") == "3d"
        return ahead or records.from_document(cut(self._document, *span, three_d))

    @cached_property
    def _document(self) -> Item:
        document: Item = msgspec.to_builtins(self._data)
        if self._task.get("validation_mode") != "gt_pool":
            return document
        return pool.spread(document, self._ctx.table("validation")[self._task["id"]]["layout"], self._action)


def _written(make: Json) -> Item:
    """The answer to a write of a job."""
    document: Item = orjson.loads(make())
    _mark_unborn(document["tracks"])
    return document


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
