"""Ground-truth jobs: POST /api/jobs, and what goes with such a job when it is removed.

{"type": "ground_truth", "task_id": 42, "frame_selection_method": "random_uniform", "frame_count": 10,
 "random_seed": 1}
"""

from __future__ import annotations

from mockserver.media import frame_numbers
from mockserver.media.frame_numbers import frame_step
from mockserver.protocol.http import Response, errors, fields, json_response
from mockserver.resources import frame_selection
from mockserver.rules import forms, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, choice, items, number_between
from mockserver.state.context import Context
from mockserver.state.tables import Record

_TYPES = ("annotation", "ground_truth", "consensus_replica", "replica")
_SHARE = number_between(0, 1, "Value must be in the range [0; 1]")
_JOB = Schema(
    {
        "stage": Field(choice(("annotation", "validation", "acceptance")), ABSENT),
        "state": Field(choice(("new", "in progress", "completed", "rejected")), ABSENT),
        "type": Field(choice(_TYPES)), "task_id": Field(at_least(0)),
        "frame_selection_method": Field(choice(("random_uniform", "random_per_job", "manual")), ABSENT),
        "frames": Field(items(at_least(0), empty=False), ABSENT), "frame_count": Field(at_least(1), ABSENT),
        "frame_share": Field(_SHARE, ABSENT), "frames_per_job_count": Field(at_least(1), ABSENT),
        "frames_per_job_share": Field(_SHARE, ABSENT), "random_seed": Field(at_least(0), ABSENT),
        "assignee": Field(at_least(0), ABSENT, nullable=True),
    }
)  # fmt: skip
_ONE_OF = {
    "random_uniform": ("frame_count", "frame_share"),
    "random_per_job": ("frames_per_job_count", "frames_per_job_share"),
}
_USED = {
    "random_uniform": ("frame_count", "frame_share", "random_seed"),
    "random_per_job": ("frames_per_job_count", "frames_per_job_share", "random_seed"),
    "manual": ("frames",),
}


def create(ctx: Context) -> Response:
    """POST /api/jobs."""
    task = _task(ctx)
    form = _form(ctx)
    if form["type"] != "ground_truth":
        raise errors(f"Unexpected job type '{form['type']}'")
    _check_task(ctx, task)
    frames = list(range(task["size"])) if task["media_type"] == "audio" else select(ctx, task, form)
    used = () if task["media_type"] == "audio" else _USED[form["frame_selection_method"]]
    unused = [name for name in _JOB.fields if name in form and name not in ("type", "task_id", "assignee", *used,
              "frame_selection_method")]  # fmt: skip
    if unused:
        names = ", ".join(f'"{name}"' for name in unused)
        raise errors(f"Fields {names} specified, but not used.")
    whole = task["media_type"] == "audio"
    job, assignee = add(ctx, task, frames, whole), _assignee(ctx, form)
    if assignee is not None:
        job = ctx.state.update("jobs", job["id"], assignee_id=assignee, assignee_updated_date=ctx.now())
    return json_response(201, serialise.job(ctx, job), [("Location", ctx.url(f"/api/jobs/{job['id']}"))])


def _task(ctx: Context) -> Record:
    """The task, before anything else is looked at. Raises: ApiError 400, 403."""
    wanted = ctx.form().get("task_id")
    if wanted is None:
        raise errors("task_id is not specified")
    try:
        task: Record | None = ctx.table("tasks").get(int(wanted))
    except (ValueError, TypeError, OverflowError):
        raise ctx.crash(f"task_id must be an integer, got {wanted!r}") from None
    if task is None:
        raise errors("Task matching query does not exist.")
    permissions.require(ctx, permissions.ground_truth_allowed(ctx, task))
    return task


def _form(ctx: Context) -> Record:
    form = forms.read(ctx, _JOB)
    method = form.get("frame_selection_method")
    names = _ONE_OF.get(method or "")
    quoted = ", ".join(f'"{name}"' for name in names or ())
    count = sum(name in form for name in names or ())
    if names and not count:
        raise fields(non_field_errors=[f"One of the fields {quoted} required"])
    if count > 1:
        raise fields(non_field_errors=[f"Only 1 of the fields {quoted} can be used"])
    if method == "manual" and "frames" not in form:
        raise fields(non_field_errors=['The "frames" field is required'])
    if method != "manual" and "frames" in form:
        text = '"frames" can only be used when "frame_selection_method" is "manual"'
        raise fields(non_field_errors=[text])
    return form


def _check_task(ctx: Context, task: Record) -> None:
    if task["id"] not in ctx.table("data_meta"):
        raise errors("This task has no data attached yet. Please set up task data and try again")
    if task.get("validation_mode"):
        raise errors(f'Task with validation mode "{task["validation_mode"]}" cannot have more than 1 GT job')
    if task["media_type"] not in ("image", "audio"):
        raise errors(f"Ground Truth jobs are not available for the '{task['media_type']}' media type")


def select(ctx: Context, task: Record, form: Record) -> list[int]:
    """Task numbers of the frames that a form asks for. Raises: ApiError 400."""
    meta, method = frame_numbers.meta_of(ctx, task["id"]), form.get("frame_selection_method")
    step, start = frame_step(meta), meta["start_frame"]
    pool = range(start, start + task["size"] * step, step)
    if method is None:
        raise ctx.crash("frame_selection_method is required")
    if method == "manual":
        return frame_selection.manual(form["frames"], task["size"])
    form = frame_selection.seeded(form, ctx.env.rng)
    if method == "random_uniform":
        chosen = frame_selection.uniform(pool, form)
    else:
        chosen = _per_job(ctx, task, pool, form)
    return [(frame - start) // step for frame in chosen]


def _per_job(ctx: Context, task: Record, pool: range, form: Record) -> list[int]:
    jobs = [job for job in lookup.jobs_of(ctx, task["id"]) if job["type"] == "annotation"]
    segments = [pool[job["start_frame"] : job["stop_frame"] + 1] for job in jobs]
    try:
        return frame_selection.per_job(segments, len(pool), (task["segment_size"], task["overlap"] or 0), form)
    except ValueError as error:
        raise ctx.crash(f"frames cannot be selected: {error}") from None


def _assignee(ctx: Context, form: Record) -> int | None:
    user_id: int | None = form.get("assignee")
    if user_id is not None and user_id not in ctx.table("users"):
        raise ctx.crash(f"assignee: there is no user {user_id}")
    return user_id


def add(ctx: Context, task: Record, frames: list[int], whole: bool = False, mode: str = "gt") -> Record:
    """The ground-truth job of selected frames (`whole`: of all), with the task's validation layout."""
    pk, now, size = ctx.state.next_id("jobs"), ctx.now(), task["size"]
    meta = frame_numbers.meta_of(ctx, task["id"])
    job = {
        "id": pk, "task_id": task["id"], "assignee_id": None, "guide_id": task.get("guide_id"),
        "status": "annotation", "stage": "annotation", "state": "new", "frame_count": len(frames), "start_frame": 0,
        "stop_frame": size - 1, "created_date": now, "updated_date": now, "type": "ground_truth",
        "assignee_updated_date": None, "parent_job_id": None,
        "chunks_updated_date": now, "frames": None if whole else frames,
    }  # fmt: skip
    ctx.state.put("jobs", pk, job)
    ctx.state.put("annotations", pk, {})
    source = [frame_numbers.to_source(meta, frame) for frame in frames]
    layout = {"mode": mode, "frames_per_job_count": None, "validation_frames": source, "disabled_frames": []}
    gt_job = {"id": pk, "included_frames": None if whole else source, "deleted_frames": []}
    ctx.state.put("validation", task["id"], {"layout": layout, "jobs": {}, "gt_job": gt_job})
    ctx.state.update("tasks", task["id"], validation_mode=mode)
    return job


def remove(ctx: Context, job: Record) -> None:
    """Remove a ground-truth job with its annotations, issues and layout. Raises: ApiError 400."""
    task = lookup.task_of(ctx, job)
    if job["type"] != "ground_truth":
        raise errors("Only ground truth jobs can be removed")
    if task.get("validation_mode") == "gt_pool":
        raise errors('GT jobs cannot be removed when task validation mode is "gt_pool"')
    lookup.remove_job(ctx, job["id"])
    ctx.state.delete("validation", task["id"])
    ctx.state.update("tasks", task["id"], validation_mode=None)
