"""Handlers of `/api/jobs` and `/api/jobs/{id}`; ground-truth jobs come to be in `ground_truth`.

PATCH {"state": "completed"} | {"stage": "validation"} (state becomes new) | {"assignee": 7}
"""

from __future__ import annotations

from typing import Any

from mockserver.people import organizations
from mockserver.protocol import versions
from mockserver.protocol.http import Response, detail, empty_response, json_response
from mockserver.resources import ground_truth
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, choice
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

STAGES = ("annotation", "validation", "acceptance")
STATES = ("new", "in progress", "completed", "rejected")
TYPES = ("annotation", "ground_truth", "consensus_replica", "replica")
DIMENSIONS, MODES, MEDIA_TYPES = ("1d", "2d", "3d"), ("annotation", "interpolation"), ("image", "point_cloud", "audio")
_TASK = "segment__task__"
SCOPES = {"state": "update:state", "stage": "update:stage", "assignee": "update:assignee"}
_CHANGE = Schema({"stage": Field(choice(STAGES), ABSENT), "state": Field(choice(STATES), ABSENT)})


def columns(ctx: Context) -> Listing:
    """What jobs are filtered and sorted by."""
    tasks, projects = ctx.table("tasks"), ctx.table("projects")

    def of_task(name: str) -> Any:
        return lambda job: tasks[job["task_id"]][name]

    def project_name(job: Record) -> str | None:
        project = projects.get(tasks[job["task_id"]]["project_id"])
        return project["name"] if project else None

    by_name = {
        "task_name": Column(of_task("name"), path=f"{_TASK}name"),
        "project_name": Column(project_name, path=f"{_TASK}project__name"),
        "assignee": Column(lambda job: lookup.name_of(ctx, job["assignee_id"]), path="assignee__username"),
        "task_id": Column(lambda job: job["task_id"], "number", path="segment__task_id"),
        "project_id": Column(of_task("project_id"), "number", path=f"{_TASK}project_id"),
        "type": _type_column(ctx),
        "parent_job_id": Column(lambda job: job["parent_job_id"], "number"),
        "dimension": Column(of_task("dimension"), choices=DIMENSIONS, path=f"{_TASK}dimension"),
        "media_type": Column(of_task("media_type"), choices=MEDIA_TYPES),
        "mode": Column(of_task("mode"), choices=MODES, path=f"{_TASK}mode"),
        "state": Column(lambda job: job["state"], choices=STATES),
        "stage": Column(lambda job: job["stage"], choices=STAGES),
        "id": Column(lambda job: job["id"], "number"),
        "updated_date": Column(lambda job: job["updated_date"], "date"),
    }  # fmt: skip
    plain = tuple(name for name in by_name if name not in ("id", "updated_date"))
    return Listing(by_name, plain, ("task_name", "project_name", "assignee"))


def _type_column(ctx: Context) -> Column:
    """Types in the words of the version; those of other versions are taken, too."""
    names = versions.words(ctx.version, "JobType", TYPES)
    synonyms = {old: versions.word(ctx.version, "JobType", versions.stored_word("JobType", old)) for old in TYPES}
    return Column(
        lambda job: versions.word(ctx.version, "JobType", job["type"]),
        choices=names,
        synonyms=synonyms,
    )


def list_(ctx: Context) -> Response:
    """GET /api/jobs."""
    tasks = ctx.table("tasks")
    rows = organizations.visible(
        ctx,
        ctx.table("jobs").values(),
        lambda job: tasks[job["task_id"]]["organization_id"],
        lambda job: permissions.is_job_staff(ctx, job),
    )
    return listing.answer(ctx, rows, columns(ctx), serialise.job)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}."""
    return json_response(200, serialise.job(ctx, lookup.job(ctx, pk)))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/jobs/{id}: stage, state, assignee."""
    job, form = lookup.record(ctx, "jobs", pk), _form(ctx)
    for scope in {SCOPES[name] for name in form} or {"view"}:
        permissions.require(ctx, permissions.job_allows(ctx, job, scope))
    changes = _moved(job, forms.read(ctx, _CHANGE, form))
    if "assignee" in form:
        changes |= assigned(ctx, job, form["assignee"])
    changed = ctx.state.update("jobs", pk, **changes, updated_date=ctx.now())
    if changed["status"] != job["status"]:
        _follow(ctx, lookup.task_of(ctx, job))
    return json_response(200, serialise.job(ctx, changed))


def _form(ctx: Context) -> Record:
    """The body; whoever does not see the job learns nothing about unknown keys."""
    form = ctx.form()
    if ctx.config.lenient and "assignee_id" in form:
        ctx.warn('"assignee_id" is refused by the real server (403); send "assignee"', "assignee-id")
        form = {**form, "assignee": form["assignee_id"]}
        del form["assignee_id"]
    if form.keys() - SCOPES.keys():
        raise detail(403, "Attempted to update an unknown field")
    return form


def _moved(job: Record, form: Record) -> Record:
    """Stage, state and the status that follows from them."""
    if not form:
        return {}
    stage = form.get("stage", job["stage"])
    state = form.get("state", job["state"] if stage == job["stage"] else "new")
    done = stage == "acceptance" and state == "completed"
    status = "annotation" if stage == "annotation" else "completed" if done else "validation"
    return {"stage": stage, "state": state, "status": status}


def assigned(ctx: Context, record: Record, wanted: Any) -> Record:
    """The change of an assignee; the date stays if it is the same one. Raises: ApiError 400."""
    pk = user_id(ctx, "assignee", wanted)
    if pk == record["assignee_id"]:
        return {}
    return {"assignee_id": pk, "assignee_updated_date": ctx.now()}


def user_id(ctx: Context, name: str, wanted: Any) -> int | None:
    """An existing user's id. Raises: ApiError 400."""
    if wanted is None:
        return None
    if isinstance(wanted, str) and not wanted.strip().isdigit():
        raise ctx.crash(f"{name} must be the id of a user, got {wanted!r}")
    pk: int = forms.read(ctx, Schema({name: Field(forms.at_least(0))}), {name: wanted})[name]
    if pk not in ctx.table("users"):
        raise ctx.crash(f"{name}: there is no user {pk}")
    return pk


def _follow(ctx: Context, task: Record) -> None:
    """The task's status follows its jobs'."""
    statuses = {job["status"] for job in lookup.jobs_of(ctx, task["id"])}
    status = next(name for name in ("annotation", "validation", "completed") if name in statuses)
    if status != task["status"]:
        ctx.state.update("tasks", task["id"], status=status, updated_date=ctx.now())


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/jobs/{id}: a ground-truth job."""
    ground_truth.remove(ctx, lookup.job(ctx, pk, "delete"))
    return empty_response()
