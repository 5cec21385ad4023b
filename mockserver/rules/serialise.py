"""Records as the API shows them: urls, counts and names that follow from other records, people as small objects.

    serialise.job(ctx, record)   ->  JobRead, keys in the server's order

What the caller may not see (the name of a task of which only the job is theirs) is null.
"""

from __future__ import annotations

from typing import Any

from mockserver.protocol import versions
from mockserver.rules import lookup, permissions
from mockserver.state.context import Context
from mockserver.state.tables import Record

_USER = (
    "id", "username", "first_name", "last_name", "email", "groups", "is_staff", "is_superuser", "is_active",
    "last_login", "date_joined", "has_analytics_access",
)  # fmt: skip
_USER_BLANKS: Record = {
    "groups": [], "is_active": True, "is_staff": False, "is_superuser": False, "last_login": None,
    "cvat_usage_reason": "", "primary_role": "", "planned_activities": [], "data_types": [], "discovery_source": "",
    "email_verified": None, "created_via": "registration",
}  # fmt: skip
_NEWER = tuple(row.name for row in versions.TABLE if row.schema == "User")
_DATA_KEYS = (
    "data_chunk_size", "data_original_chunk_type", "data_compressed_chunk_type", "data_cloud_storage_id",
)  # fmt: skip
_HELD_BACK = ("task_id", "project_id", "parent_id", "has_parent", "svg")


def person(ctx: Context, pk: int | None) -> Record | None:
    """BasicUser, None for nobody."""
    user = ctx.table("users").get(pk)
    if user is None:
        return None
    names = {name: user.get(name, "") for name in ("username", "first_name", "last_name")}
    return {"url": ctx.url(f"/api/users/{pk}"), "id": pk, **names}


def user(ctx: Context, record: Record) -> Record:
    """User, as staff and the user see it."""
    shown = {name: record.get(name, _USER_BLANKS.get(name, "")) for name in (*_USER, *_NEWER)}
    shown["date_joined"] = record.get("date_joined") or "2020-01-01T00:00:00Z"
    shown["has_analytics_access"] = bool(record.get("has_analytics_access"))
    return versions.shown(ctx.version, "User", {"url": ctx.url(f"/api/users/{record['id']}"), **shown})


def job(ctx: Context, record: Record) -> Record:
    """JobRead."""
    task = lookup.task_of(ctx, record)
    project = ctx.table("projects").get(task["project_id"])
    sees_task = permissions.task_allows(ctx, task, "view")
    sees_project = project is not None and permissions.project_allows(ctx, project, "view")
    pk, replicas = record["id"], replicas_of(ctx, record["id"])
    own_pictures = record.get("frames") is not None
    shown = {
        "url": ctx.url(f"/api/jobs/{pk}"), "id": pk, "task_id": task["id"],
        "task_name": task["name"] if sees_task else None, "project_id": task["project_id"],
        "project_name": project["name"] if project and sees_project else None,
        "assignee": person(ctx, record["assignee_id"]),
        "guide_id": record.get("guide_id"), "dimension": task["dimension"], "mode": task["mode"],
        "media_type": task["media_type"],
        "bug_tracker": task["bug_tracker"] or (project["bug_tracker"] if project else None),
        **{name: record[name] for name in ("status", "stage", "state", "frame_count", "start_frame", "stop_frame")},
        "data_chunk_size": task["data_chunk_size"],
        "data_compressed_chunk_type": "imageset" if own_pictures else task["data_compressed_chunk_type"],
        "data_original_chunk_type": task["data_original_chunk_type"],
        "created_date": record["created_date"], "updated_date": record["updated_date"],
        "issues": {"url": ctx.url(f"/api/issues?job_id={pk}"), "count": issue_count(ctx, pk)},
        "labels": {"url": ctx.url(f"/api/labels?job_id={pk}")},
        "type": versions.word(ctx.version, "JobType", record["type"]), "organization": task["organization_id"],
        "target_storage": task.get("target_storage") if sees_task else None,
        "source_storage": task.get("source_storage") if sees_task else None,
        "assignee_updated_date": record["assignee_updated_date"], "parent_job_id": record["parent_job_id"],
        "replicas_count": replicas, "consensus_replicas": replicas,
    }  # fmt: skip
    return versions.shown(ctx.version, "JobRead", shown)


def replicas_of(ctx: Context, job_id: int) -> int:
    """Number of a job's replicas."""
    return sum(job["parent_job_id"] == job_id for job in ctx.table("jobs").values())


def issue_count(ctx: Context, job_id: int) -> int:
    """Number of a job's issues."""
    return sum(issue["job"] == job_id for issue in ctx.table("issues").values())


def task(ctx: Context, record: Record) -> Record:
    """TaskRead; without data some keys are absent."""
    pk, project = record["id"], ctx.table("projects").get(record["project_id"])
    data: Record = {name: record[name] for name in _DATA_KEYS if name in record}
    size: Record = {name: record[name] for name in ("size", "image_quality", "data") if name in record}
    project_seen = project is not None and permissions.project_allows(ctx, project, "view")
    shown = {
        "url": ctx.url(f"/api/tasks/{pk}"), "id": pk, "name": record["name"], "project_id": record["project_id"],
        "project_name": project["name"] if project and project_seen else None,
        "owner": person(ctx, record["owner_id"]), "assignee": person(ctx, record["assignee_id"]),
        **{name: record[name] for name in ("bug_tracker", "created_date", "updated_date", "overlap", "segment_size",
                                           "status")},
        **data, "guide_id": record.get("guide_id"), **size,
        **{name: record[name] for name in ("dimension", "mode", "media_type", "subset", "organization_id")},
        "organization": record["organization_id"], "target_storage": record.get("target_storage"),
        "source_storage": record.get("source_storage"), "jobs": _jobs_summary(ctx, pk),
        "labels": {"url": ctx.url(f"/api/labels?task_id={pk}")},
        "assignee_updated_date": record.get("assignee_updated_date"),
        "validation_mode": record.get("validation_mode"),
        "consensus_enabled": bool(record.get("consensus_enabled")),
        "initial_replicas": _initial_replicas(ctx, record),
    }  # fmt: skip
    return versions.shown(ctx.version, "TaskRead", shown)


def _initial_replicas(ctx: Context, task: Record) -> int:
    """What the task was made with; of a task recorded by a server that does not say it, what its jobs have."""
    if task.get("replicas") is not None:
        return int(task["replicas"])
    return max((replicas_of(ctx, job["id"]) for job in lookup.jobs_of(ctx, task["id"])), default=0)


def _jobs_summary(ctx: Context, task_id: int) -> Record:
    jobs = lookup.jobs_of(ctx, task_id)
    return {
        "count": len(jobs),
        "completed": sum(job["stage"] == "acceptance" and job["state"] == "completed" for job in jobs),
        "validation": sum(job["stage"] == "validation" for job in jobs),
        "url": ctx.url(f"/api/jobs?task_id={task_id}"),
    }


def project(ctx: Context, record: Record) -> Record:
    """ProjectRead."""
    pk = record["id"]
    tasks = [task for task in ctx.table("tasks").values() if task["project_id"] == pk]
    subsets = sorted({task["subset"] for task in tasks if task["subset"]})
    dimension = next((task["dimension"] for task in tasks if task["dimension"]), None)
    return {
        "url": ctx.url(f"/api/projects/{pk}"), "id": pk, "name": record["name"],
        "owner": person(ctx, record["owner_id"]), "assignee": person(ctx, record["assignee_id"]),
        "guide_id": record.get("guide_id"),
        **{name: record[name] for name in ("bug_tracker", "created_date", "updated_date", "status")},
        "dimension": dimension, "organization": record["organization_id"],
        "organization_id": record["organization_id"], "target_storage": record.get("target_storage"),
        "source_storage": record.get("source_storage"),
        "tasks": {"count": len(tasks), "url": ctx.url(f"/api/tasks?project_id={pk}")},
        "labels": {"url": ctx.url(f"/api/labels?project_id={pk}")},
        "assignee_updated_date": record.get("assignee_updated_date"), "task_subsets": subsets,
    }  # fmt: skip


def label(ctx: Context, record: Record) -> Record:
    """Label: a top-level one with its owner, a sub-label without."""
    shown = {name: value for name, value in record.items() if name not in _HELD_BACK}
    owner = {name: record[name] for name in ("task_id", "project_id") if record.get(name) is not None}
    svg = {"svg": record.get("svg", "")} if record["type"] == "skeleton" else {}
    return {**shown, **owner, "parent_id": None, "has_parent": False, **svg}


def sublabel(record: Record, parent: Record) -> Record:
    """A sub-label as `/api/labels/{id}` shows it."""
    owner = {name: parent[name] for name in ("task_id", "project_id") if parent.get(name) is not None}
    return {**record, "sublabels": [], **owner, "parent_id": parent["id"], "has_parent": True}


def issue(ctx: Context, record: Record) -> Record:
    """IssueRead."""
    pk = record["id"]
    count = sum(comment["issue"] == pk for comment in ctx.table("comments").values())
    return {
        "id": pk, "frame": record["frame"], "position": record["position"], "job": record["job"],
        "owner": person(ctx, record["owner_id"]), "assignee": person(ctx, record["assignee_id"]),
        **{name: record[name] for name in ("created_date", "updated_date", "resolved")},
        "comments": {"count": count, "url": ctx.url(f"/api/comments?issue_id={pk}")},
    }  # fmt: skip


def comment(ctx: Context, record: Record) -> Record:
    """CommentRead."""
    rest = {name: record[name] for name in ("message", "created_date", "updated_date")}
    return {"id": record["id"], "issue": record["issue"], "owner": person(ctx, record["owner_id"]), **rest}


def organization(ctx: Context, record: Record) -> Record:
    """OrganizationRead."""
    names = ("id", "slug", "name", "description", "created_date", "updated_date", "contact")
    return {**{name: record[name] for name in names}, "owner": person(ctx, record["owner_id"])}


def membership(ctx: Context, record: Record) -> Record:
    """MembershipRead."""
    rest: dict[str, Any] = {name: record[name] for name in ("is_active", "joined_date", "role")}
    member = {"user": person(ctx, record["user_id"]), "organization": record["organization_id"]}
    return {"id": record["id"], **member, **rest, "invitation": record.get("invitation")}
