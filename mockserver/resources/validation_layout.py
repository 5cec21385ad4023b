"""Handlers of `validation_layout` of jobs and tasks: honeypots, and the pool of frames behind them.

    GET   {"honeypot_count": 2, "honeypot_frames": [2, 3], "honeypot_real_frames": [26, 25]}, {} without a pool
    PATCH {"frame_selection_method": "manual", "honeypot_real_frames": [23, 24]} | {"...": "random_uniform"}

A honeypot is a frame of a job that shows a frame of the pool; all numbers are task numbers.
"""

from __future__ import annotations

from collections import Counter

from annotools.labeled_data import LabeledData
from mockserver.annotations import job_annotations
from mockserver.annotations.job_annotations import stored
from mockserver.media import frame_numbers, meta
from mockserver.protocol.http import Response, errors, fields, json_response
from mockserver.protocol.schemas import UncheckedError
from mockserver.resources.least_used import LeastUsed
from mockserver.rules import lookup, parse
from mockserver.state.context import Context
from mockserver.state.tables import Record

METHODS = ("random_uniform", "random_per_job", "manual")
WRONG = "Could not update honeypot frames: "


def retrieve(ctx: Context, pk: int) -> Response:
    """GET of a job."""
    return json_response(200, of_job(ctx, lookup.job(ctx, pk, "view:validation_layout")))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH of a job: other pool frames behind its honeypots."""
    job = lookup.job(ctx, pk, "update:validation_layout")
    method, frames = _selection(ctx, ctx.form(), required=True)
    layout = frame_numbers.layout_of(ctx, job["task_id"])
    if layout.get("mode") != "gt_pool":
        raise errors("Honeypots can only be modified if the task validation mode is 'gt_pool'")
    if job["type"] == "ground_truth":
        raise errors("Honeypots cannot exist in ground_truth jobs")
    _choose(ctx, job, frames if method == "manual" else _choice(ctx, layout, layout["honeypot_real_frames"]))
    return json_response(200, of_job(ctx, job))


def retrieve_task(ctx: Context, pk: int) -> Response:
    """GET of a task."""
    lookup.task(ctx, pk, "view:validation_layout")
    return json_response(200, frame_numbers.layout_of(ctx, pk))


def partial_update_task(ctx: Context, pk: int) -> Response:
    """PATCH of a task: disabled pool frames, and honeypots of all its jobs."""
    task = lookup.task(ctx, pk, "update:validation_layout")
    form = ctx.form()
    method, frames = _selection(ctx, form, required=False)
    layout = frame_numbers.layout_of(ctx, pk)
    if layout.get("mode") not in ("gt", "gt_pool"):
        raise errors("Validation is not configured in the task")
    if "disabled_frames" in form:
        _disable(ctx, task, form)
    if method:
        if layout["mode"] != "gt_pool":
            raise errors("Honeypots can only be modified if the task validation mode is 'gt_pool'")
        _choose_in_all(ctx, task, method, frames)
    return json_response(200, frame_numbers.layout_of(ctx, pk))


def of_job(ctx: Context, job: Record) -> Record:
    """The answer of GET for a job."""
    layout = frame_numbers.layout_of(ctx, job["task_id"])
    if layout.get("mode") != "gt_pool":
        return {}
    real_frames = {} if job["type"] == "ground_truth" else honeypots(layout, job)
    return {
        "honeypot_count": len(real_frames),
        "honeypot_frames": list(real_frames),
        "honeypot_real_frames": list(real_frames.values()),
    }


def honeypots(layout: Record, job: Record) -> dict[int, int]:
    """Honeypot -> pool frame of a job, by frame."""
    pairs = zip(layout["honeypot_frames"], layout["honeypot_real_frames"], strict=True)
    return {frame: real for frame, real in pairs if job["start_frame"] <= frame <= job["stop_frame"]}


def _selection(ctx: Context, form: Record, required: bool) -> tuple[str, list[int]]:
    if not required and "frame_selection_method" not in form:
        return "", []
    method = parse.choice(form, "frame_selection_method", METHODS)
    given = "honeypot_real_frames" in form
    try:
        frames = parse.counts(form, "honeypot_real_frames", positional=True) if given else []
    except UncheckedError as error:
        raise ctx.crash(str(error)) from None
    if given and not frames:
        raise fields(honeypot_real_frames=["This list may not be empty."])
    if method == "manual" and not given:
        raise fields(non_field_errors=['The "honeypot_real_frames" field is required'])
    if method != "manual" and given:
        text = '"honeypot_real_frames" can only be used when "frame_selection_method" is "manual"'
        raise fields(non_field_errors=[text])
    if method == "random_per_job":
        raise ctx.crash("random_per_job cannot select honeypots")
    return method, frames


def _disable(ctx: Context, task: Record, form: Record) -> None:
    try:
        frames = parse.counts(form, "disabled_frames")
    except UncheckedError as error:
        raise ctx.crash(str(error)) from None
    layout = frame_numbers.layout_of(ctx, task["id"])
    unknown = sorted(set(frames) - set(layout["validation_frames"]))
    if unknown:
        raise errors(f"Unknown frames requested for exclusion from validation {', '.join(map(str, unknown))}")
    meta.disable(ctx, task, sorted(set(frames)))
    lookup.touch(ctx, task=task)


def _choose_in_all(ctx: Context, task: Record, method: str, frames: list[int]) -> None:
    """All honeypots of a task anew: those that were do not count among the uses of a frame."""
    layout = frame_numbers.layout_of(ctx, task["id"])
    if method == "manual" and len(frames) != layout["honeypot_count"]:
        raise errors(_wrong_count(len(frames), layout["honeypot_count"]))
    choice = _choice(ctx, layout, [])
    for job in lookup.jobs_of(ctx, task["id"]):
        if job["type"] == "annotation":
            count = len(honeypots(layout, job))
            chosen, frames = frames[:count], frames[count:]
            _choose(ctx, job, chosen if method == "manual" else choice)


def _choice(ctx: Context, layout: Record, shown: list[int]) -> LeastUsed:
    """The frames of the pool that may be shown; `shown`: what honeypots show already."""
    pool = [frame for frame in layout["validation_frames"] if frame not in layout["disabled_frames"]]
    return LeastUsed(Counter(shown), ctx.env.rng.sample(pool, len(pool)))


def _choose(ctx: Context, job: Record, wanted: list[int] | LeastUsed) -> None:
    """Put other frames behind the honeypots of a job: the ones wanted, or the next ones of a choice."""
    layout = frame_numbers.layout_of(ctx, job["task_id"])
    real_frames = honeypots(layout, job)
    if isinstance(wanted, LeastUsed):
        _check_remaining(layout, len(real_frames))
        frames = wanted.take(len(real_frames))
    else:
        _check_manual(layout, len(real_frames), wanted)
        frames = wanted
    chosen = dict(zip(real_frames, frames, strict=True))
    changed = {frame: real for frame, real in chosen.items() if real_frames[frame] != real}
    if changed:
        _show(ctx, job, layout, changed)
    if changed or isinstance(wanted, LeastUsed):
        lookup.touch(ctx, ctx.table("jobs")[job["id"]], lookup.task_of(ctx, job))


def _wrong_count(requested: int, current: int) -> str:
    text = "the number of honeypots must remain the same. Requested"
    return f"{WRONG}{text} {requested}, current {current}"


def _check_manual(layout: Record, count: int, frames: list[int]) -> None:
    foreign = sorted(set(frames) - set(layout["validation_frames"]))
    if foreign:
        raise errors(f"{WRONG}frames {', '.join(map(str, foreign))} are not from the validation pool")
    disabled = sorted(set(frames) & set(layout["disabled_frames"]))
    if disabled:
        names = ", ".join(map(str, disabled))
        raise errors(f"{WRONG}frames {names} are disabled. Restore them in the validation pool first")
    if len(frames) != count:
        raise errors(_wrong_count(len(frames), count))


def _check_remaining(layout: Record, count: int) -> None:
    remaining = len(set(layout["validation_frames"]) - set(layout["disabled_frames"]))
    if remaining < count:
        raise errors(
            f"Can't select validation frames: the remaining number of validation frames ({remaining}) is less than the "
            f"number of honeypots in a job ({count}). Try to restore some validation frames"
        )


def _show(ctx: Context, job: Record, layout: Record, changed: dict[int, int]) -> None:
    """Put other pool frames behind honeypots; what was annotated on these is gone."""
    task_id, now = job["task_id"], ctx.now()
    pairs = zip(layout["honeypot_frames"], layout["honeypot_real_frames"], strict=True)
    layout = {**layout, "honeypot_real_frames": [changed.get(frame, real) for frame, real in pairs]}
    ctx.state.put("validation", task_id, {**frame_numbers.validation_of(ctx, task_id), "layout": layout})
    data = frame_numbers.meta_of(ctx, task_id)
    files = [data["frames"][changed.get(frame, frame)] for frame in range(len(data["frames"]))]
    deleted = [frame for frame in data["deleted_frames"] if frame not in changed]
    ctx.state.update("data_meta", task_id, frames=files, deleted_frames=deleted, chunks_updated_date=now)
    ctx.state.update("jobs", job["id"], chunks_updated_date=now)
    for task_job in lookup.jobs_of(ctx, task_id):
        _forget(ctx, task_job["id"], set(changed))


def _forget(ctx: Context, job_id: int, frames: set[int]) -> None:
    old = stored(ctx, job_id).data
    tags = [tag for tag in old.tags if tag.frame not in frames]
    shapes = [shape for shape in old.shapes if shape.frame not in frames]
    if len(tags) < len(old.tags) or len(shapes) < len(old.shapes):
        kept = LabeledData(tags=tags, shapes=shapes, tracks=old.tracks, intervals=old.intervals)
        job_annotations.put(ctx, job_id, kept)
