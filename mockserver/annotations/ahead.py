"""What of a large write can be done before the request gets the lock that all requests share.

    read(ctx, 7, lock, target="job")          the body decoded; what can be checked is, in these steps:
    around = surroundings(ctx, "job", 7)      with the lock: the records that the checks look at, nothing more
    around.look_at(data, action)              without it: checks, and what of a task goes to which of its jobs
    around.is_checked(data, task, meta, labels), around.part(job)     with it again; as long as nothing has changed

What was refused is looked at again by the handler, which words the refusal.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from operator import is_

import msgspec

from annotools.labeled_data import LabeledData
from mockserver.annotations import bodies, checks, label_specs, records
from mockserver.annotations.cutting import cut
from mockserver.protocol.http import ApiError
from mockserver.protocol.schemas import UncheckedError
from mockserver.rules import lookup
from mockserver.rules.ahead import Lock
from mockserver.state.context import Context
from mockserver.state.tables import Record

Span = tuple[int, int]


@dataclass(slots=True)
class Around:
    """A task with its frames and labels, the spans of the jobs that a write is cut for, and what has been looked at."""

    task: Record
    meta: Record | None
    labels: list[Record]
    spans: tuple[Span, ...] = ()
    checked: list[LabeledData] = field(default_factory=list)
    parts: dict[Span, LabeledData] = field(default_factory=dict)

    def look_at(self, data: LabeledData) -> None:
        """Check annotations, cut for jobs where they are a task's. Raises: ApiError, UncheckedError."""
        document = msgspec.to_builtins(data) if self.spans else {}
        parts = {span: records.from_document(cut(document, *span, self.is_3d)) for span in self.spans}
        specs = label_specs.of(self.labels)
        for part in parts.values() if self.spans else (data,):
            checks.check_content(part, self.task, self.meta)
            checks.check_labels(part, specs)
            records.list_elements(part.shapes)
            self.checked.append(part)
        self.parts = parts

    @property
    def is_3d(self) -> bool:
        """Whether the task is one of point clouds."""
        return self.task.get("dimension") == "3d"

    def is_checked(self, data: LabeledData, task: Record, meta: Record | None, labels: list[Record]) -> bool:
        """Whether annotations have been checked against the task, meta and labels as they are now."""
        same = task is self.task and meta is self.meta and len(labels) == len(self.labels)
        return same and all(map(is_, labels, self.labels)) and any(checked is data for checked in self.checked)

    def part(self, span: Span) -> LabeledData | None:
        """A task's annotations cut for a job of these frames, given once; None where they were not cut before."""
        return self.parts.pop(span, None)


def surroundings(ctx: Context, target: str, pk: int) -> Around | None:
    """What the checks of a write need to know; None for what is not there, and where a pool spreads what is written."""
    record = ctx.table(f"{target}s").get(pk)
    task = ctx.table("tasks").get(record["task_id"]) if record and target == "job" else record
    if task is None or (target == "task" and task.get("validation_mode") == "gt_pool"):
        return None
    jobs = [job for job in lookup.jobs_of(ctx, pk) if job["type"] == "annotation"] if target == "task" else []
    spans = tuple(dict.fromkeys((job["start_frame"], job["stop_frame"]) for job in jobs))
    return Around(task, ctx.table("data_meta").get(task["id"]), lookup.labels_of(ctx, task), spans)


def read(ctx: Context, pk: int, lock: Lock, *, target: str) -> LabeledData:
    """The annotations of a large body, checked against the state as it is now. Raises: as `bodies.read`.

    What the checks refuse is left to the handler.  target: job, task.
    """
    action = bodies.action_of(ctx.request)
    data = bodies.read(ctx.request, action)
    if action == "delete":
        return data
    with lock:
        around = surroundings(ctx, target, pk)
    if around is not None:
        with suppress(ApiError, UncheckedError):
            around.look_at(data)
            ctx.around = around
    return data
