"""Records by id, with the server's 404 first and its 403 second."""

from __future__ import annotations

from mockserver.protocol.http import detail
from mockserver.rules import permissions
from mockserver.state.context import Context
from mockserver.state.tables import Record

NAMES = {
    "jobs": "Job", "tasks": "Task", "projects": "Project", "labels": "Label", "issues": "Issue",
    "comments": "Comment", "users": "User", "organizations": "Organization", "memberships": "Membership",
    "guides": "AnnotationGuide", "webhooks": "Webhook", "cloudstorages": "CloudStorage",
}  # fmt: skip


def record(ctx: Context, table: str, pk: int) -> Record:
    """Any record. Raises: ApiError 404."""
    row: Record | None = ctx.table(table).get(pk)
    if row is None:
        raise detail(404, f"No {NAMES[table]} matches the given query.")
    return row


def job(ctx: Context, pk: int, scope: str = "view") -> Record:
    """A job that the user may use in this way. Raises: ApiError 404, 403."""
    row = record(ctx, "jobs", pk)
    permissions.require(ctx, permissions.job_allows(ctx, row, scope))
    return row


def task(ctx: Context, pk: int, scope: str = "view") -> Record:
    """A task that the user may use in this way. Raises: ApiError 404, 403."""
    row = record(ctx, "tasks", pk)
    permissions.require(ctx, permissions.task_allows(ctx, row, scope))
    return row


def project(ctx: Context, pk: int, scope: str = "view") -> Record:
    """A project that the user may use in this way. Raises: ApiError 404, 403."""
    row = record(ctx, "projects", pk)
    permissions.require(ctx, permissions.project_allows(ctx, row, scope))
    return row


def name_of(ctx: Context, user_id: int | None) -> str | None:
    """Name of a user, None for nobody."""
    user = ctx.table("users").get(user_id)
    return str(user["username"]) if user else None


def task_of(ctx: Context, job: Record) -> Record:
    """Task of a job."""
    row: Record = ctx.table("tasks")[job["task_id"]]
    return row


def jobs_of(ctx: Context, task_id: int) -> list[Record]:
    """All jobs of a task in id order: annotation, ground truth and replicas."""
    return [job for job in ctx.table("jobs").values() if job["task_id"] == task_id]


def labels_of(ctx: Context, task: Record) -> list[Record]:
    """Top-level labels of a task: its own, or its project's."""
    key = "project_id" if task["project_id"] is not None else "task_id"
    wanted = task["project_id"] if task["project_id"] is not None else task["id"]
    return [label for label in ctx.table("labels").values() if label.get(key) == wanted]


def touch(ctx: Context, job: Record | None = None, task: Record | None = None) -> None:
    """Stamp `updated_date`: of the job if given, and of the task and its project if given."""
    now = ctx.now()
    if job is not None:
        ctx.state.update("jobs", job["id"], updated_date=now)
    if task is not None:
        ctx.state.update("tasks", task["id"], updated_date=now)
        if task["project_id"] is not None:
            ctx.state.update("projects", task["project_id"], updated_date=now)


def touch_labels_owner(ctx: Context, label: Record) -> None:
    """Stamp `updated_date` of all that has a label: its task or project, the tasks of that, their jobs."""
    now, project = ctx.now(), label.get("project_id")
    key, owner = ("project_id", project) if project is not None else ("id", label["task_id"])
    for task in [task for task in ctx.table("tasks").values() if task[key] == owner]:
        ctx.state.update("tasks", task["id"], updated_date=now)
        for job in jobs_of(ctx, task["id"]):
            ctx.state.update("jobs", job["id"], updated_date=now)
    if project is not None:
        ctx.state.update("projects", project, updated_date=now)


def remove_job(ctx: Context, pk: int) -> None:
    """Take a job away with its annotations and issues."""
    for issue in [issue for issue in ctx.table("issues").values() if issue["job"] == pk]:
        remove_issue(ctx, issue["id"])
    ctx.state.delete("annotations", pk)
    ctx.state.delete("jobs", pk)


def remove_issue(ctx: Context, pk: int) -> None:
    """Take an issue away with its comments."""
    for comment in [comment for comment in ctx.table("comments").values() if comment["issue"] == pk]:
        ctx.state.delete("comments", comment["id"])
    ctx.state.delete("issues", pk)


def is_annotated(ctx: Context, job_id: int) -> bool:
    """Whether a job has any annotation."""
    entry = ctx.table("annotations").get(job_id)
    if entry is None or isinstance(entry, dict):
        return any((entry or {}).get(kind) for kind in ("tags", "shapes", "tracks", "intervals"))
    return not entry.data.is_empty()
