"""Who may do what: CVAT's policy for jobs, tasks, projects, labels, issues and the people around them.

    permissions.require(ctx, permissions.job_allows(ctx, job, "update:annotations"))

Scopes of a job: view, view:annotations, view:data, view:metadata, update:metadata, update:state, update:stage,
update:assignee, update:annotations, delete:annotations, import:annotations, export:annotations, export:dataset,
view:validation_layout, update:validation_layout, delete. Source: the access rules described in CVAT's documentation.
"""

from __future__ import annotations

from collections.abc import Collection

from mockserver.protocol.http import ApiError, detail
from mockserver.state.context import Context
from mockserver.state.tables import Record

DENIED = "You do not have permission to perform this action."
RANKS = {"": 0, "worker": 50, "user": 100, "admin": 1000}
ROLES = {"": 0, "worker": 1, "supervisor": 2, "maintainer": 3, "owner": 4}


def denied() -> ApiError:
    """403 as the server sends it."""
    return detail(403, DENIED)


def require(ctx: Context, allowed: bool) -> None:
    """Raises: ApiError 403 unless allowed."""
    if not allowed:
        raise denied()


def privilege(user: Record) -> int:
    """Rank of the user's best group; a superuser is an admin."""
    if user.get("is_superuser"):
        return RANKS["admin"]
    return max((RANKS.get(group, 0) for group in user.get("groups", ())), default=0)


def is_admin(ctx: Context) -> bool:
    """Whether the user may do everything."""
    return privilege(ctx.me) >= RANKS["admin"]


def is_worker(ctx: Context) -> bool:
    """Whether the user may do anything at all but look."""
    return privilege(ctx.me) >= RANKS["worker"]


def leads(ctx: Context, organization: int) -> bool:
    """Whether the user is an organization's owner or maintainer, and may do more than work."""
    return privilege(ctx.me) >= RANKS["user"] and role(ctx, organization) in ("owner", "maintainer")


def role(ctx: Context, organization: int | None) -> str:
    """Role of the user in an organization, "" for none."""
    me = ctx.me["id"]
    for row in ctx.table("memberships").values():
        if row["user_id"] == me and row["organization_id"] == organization and row.get("is_active", True):
            return str(row["role"])
    return ""


def is_task_staff(ctx: Context, task: Record) -> bool:
    """Owner or assignee of the task or of its project."""
    project = ctx.table("projects").get(task.get("project_id"))
    people = {task.get("owner_id"), task.get("assignee_id")}
    if project:
        people |= {project.get("owner_id"), project.get("assignee_id")}
    return ctx.me["id"] in people


def is_job_staff(ctx: Context, job: Record) -> bool:
    """Assignee of the job, or staff of its task."""
    return job["assignee_id"] == ctx.me["id"] or is_task_staff(ctx, ctx.table("tasks")[job["task_id"]])


OWNERSHIP = frozenset({"owner_id", "assignee_id", "project_id", "organization_id", "target_storage", "source_storage"})
"""What says of a task or project whose it is."""
STORAGES = frozenset({"target_storage", "source_storage"})
TASK_STAFF_SCOPES = {
    "update:stage", "update:assignee", "view:validation_layout", "update:validation_layout", "create", "delete",
}  # fmt: skip
WRITE_SCOPES = {
    "update:state", "update:annotations", "delete:annotations", "import:annotations", "update:metadata",
    "update:stage", "update:assignee",
}  # fmt: skip


def job_allows(ctx: Context, job: Record, scope: str) -> bool:
    """Whether the user may do this with the job."""
    if is_admin(ctx):
        return True
    task = ctx.table("tasks")[job["task_id"]]
    staff = is_task_staff(ctx, task) if scope in TASK_STAFF_SCOPES else is_job_staff(ctx, job)
    rank = privilege(ctx.me)
    if task["organization_id"] is None:
        needed = RANKS["user"] if scope in ("create", "delete") else RANKS["worker"] if scope in WRITE_SCOPES else 0
        return staff and rank >= needed
    return _job_allows_in_organization(ctx, job, task, scope, staff)


def _job_allows_in_organization(ctx: Context, job: Record, task: Record, scope: str, staff: bool) -> bool:
    rank, role_rank = privilege(ctx.me), ROLES[role(ctx, task["organization_id"])]
    if role_rank >= ROLES["maintainer"] and rank >= RANKS["user"]:
        return True
    if scope in ("create", "delete"):
        return staff and role_rank >= ROLES["supervisor"] and rank >= RANKS["user"]
    if scope.startswith("export:"):
        return _exports(ctx, task, staff)
    needed = RANKS["worker"] if scope in WRITE_SCOPES else 0
    if role_rank:
        return staff and rank >= needed
    looks = scope.startswith("view") and scope not in TASK_STAFF_SCOPES
    return looks and rank >= RANKS["worker"] and job["assignee_id"] == ctx.me["id"]


def _exports(ctx: Context, task: Record, staff: bool) -> bool:
    """In an organization: a supervisor what is their business, a worker what they own."""
    role_rank = ROLES[role(ctx, task["organization_id"])]
    project = ctx.table("projects").get(task.get("project_id")) or {}
    owns = ctx.me["id"] in (task.get("owner_id"), project.get("owner_id"))
    return (staff and role_rank >= ROLES["supervisor"]) or (owns and role_rank >= ROLES["worker"])


def task_allows(ctx: Context, task: Record, scope: str) -> bool:
    """Whether the user may do this with the task; scopes as of a job, and `update`, `delete`, `upload:data`."""
    if is_admin(ctx):
        return True
    staff, rank = is_task_staff(ctx, task), privilege(ctx.me)
    if task["organization_id"] is None:
        return staff and (rank >= RANKS["worker"] or scope.startswith("view"))
    role_rank = ROLES[role(ctx, task["organization_id"])]
    if role_rank >= ROLES["maintainer"] and rank >= RANKS["user"]:
        return True
    if scope.startswith("export:"):
        return _exports(ctx, task, staff)
    return bool(role_rank) and staff and (rank >= RANKS["worker"] or scope.startswith("view"))


def project_allows(ctx: Context, project: Record, scope: str) -> bool:
    """Whether the user may do this with the project."""
    if is_admin(ctx):
        return True
    staff, rank = ctx.me["id"] in (project.get("owner_id"), project.get("assignee_id")), privilege(ctx.me)
    if project["organization_id"] is None:
        return staff and (rank >= RANKS["worker"] or scope.startswith("view"))
    role_rank = ROLES[role(ctx, project["organization_id"])]
    if role_rank >= ROLES["maintainer"] and rank >= RANKS["user"]:
        return True
    return bool(role_rank) and staff


def ground_truth_allowed(ctx: Context, task: Record) -> bool:
    """Whether the user may make a ground-truth job in the task."""
    if is_admin(ctx):
        return True
    staff, rank = is_task_staff(ctx, task), privilege(ctx.me)
    if task["organization_id"] is None:
        return staff and rank >= RANKS["user"]
    role_rank = ROLES[role(ctx, task["organization_id"])]
    able = role_rank >= ROLES["maintainer"] or (staff and role_rank >= ROLES["supervisor"])
    return able and rank >= RANKS["user"]


def is_project_staff(ctx: Context, project: Record) -> bool:
    """Owner or assignee of the project."""
    return ctx.me["id"] in (project.get("owner_id"), project.get("assignee_id"))


def is_issue_admin(ctx: Context, issue: Record) -> bool:
    """Who opened the issue, and staff of the task."""
    job = ctx.table("jobs")[issue["job"]]
    return issue["owner_id"] == ctx.me["id"] or is_task_staff(ctx, ctx.table("tasks")[job["task_id"]])


def is_issue_staff(ctx: Context, issue: Record) -> bool:
    """Who may see an issue because it is their business: its owner and assignee, and staff of the job."""
    if ctx.me["id"] == issue["assignee_id"] or is_issue_admin(ctx, issue):
        return True
    return is_job_staff(ctx, ctx.table("jobs")[issue["job"]])


def issue_allows(ctx: Context, issue: Record, scope: str) -> bool:
    """Whether the user may view, update or delete the issue, or comment on it."""
    staff = is_issue_admin(ctx, issue) if scope == "delete" else is_issue_staff(ctx, issue)
    return _talk_allows(ctx, issue["job"], scope, staff)


def issue_creation_allows(ctx: Context, job: Record) -> bool:
    """Whether the user may open an issue about the job."""
    return _talk_allows(ctx, job["id"], "create", is_job_staff(ctx, job))


def is_comment_staff(ctx: Context, comment: Record) -> bool:
    """Who wrote the comment, and whose business its issue is."""
    return comment["owner_id"] == ctx.me["id"] or is_issue_staff(ctx, ctx.table("issues")[comment["issue"]])


def comment_allows(ctx: Context, comment: Record, scope: str) -> bool:
    """Whether the user may view, update or delete the comment."""
    return _talk_allows(ctx, ctx.table("issues")[comment["issue"]]["job"], scope, is_comment_staff(ctx, comment))


def _talk_allows(ctx: Context, job_id: int, scope: str, staff: bool) -> bool:
    """What issues and comments have in common.  staff: whether this one is the user's business."""
    if is_admin(ctx):
        return True
    task = ctx.table("tasks")[ctx.table("jobs")[job_id]["task_id"]]
    return _at_home(ctx, task, staff and (scope == "view" or privilege(ctx.me) >= RANKS["worker"]))


def _at_home(ctx: Context, record: Record, able: bool) -> bool:
    """What the user is able to: in an organization as a member of it, and in any case who leads it."""
    if record["organization_id"] is None:
        return able
    role_rank = ROLES[role(ctx, record["organization_id"])]
    leads_it = role_rank >= ROLES["maintainer"] and privilege(ctx.me) >= RANKS["user"]
    return leads_it or (bool(role_rank) and able)


def task_is_theirs(ctx: Context, task: Record) -> bool:
    """Whether the user may remove the task and say whose it is: its owner, staff of its project, not its assignee."""
    project = ctx.table("projects").get(task["project_id"])
    owns = ctx.me["id"] == task.get("owner_id") or (project is not None and is_project_staff(ctx, project))
    return is_admin(ctx) or _at_home(ctx, task, owns and privilege(ctx.me) >= RANKS["worker"])


def project_is_theirs(ctx: Context, project: Record) -> bool:
    """Whether the user may remove the project and say whose it is: its owner, not its assignee."""
    owns = ctx.me["id"] == project.get("owner_id")
    return is_admin(ctx) or _at_home(ctx, project, owns and privilege(ctx.me) >= RANKS["worker"])


def task_changes_allowed(ctx: Context, task: Record, names: Collection[str]) -> bool:
    """Whether who may change the task may change these fields; storages are no business of its project's assignee."""
    if not OWNERSHIP.isdisjoint(names) and not task_is_theirs(ctx, task):
        return False
    project = ctx.table("projects").get(task["project_id"]) or {}
    owns = ctx.me["id"] in (task.get("owner_id"), project.get("owner_id"))
    return STORAGES.isdisjoint(names) or is_admin(ctx) or _at_home(ctx, task, owns)


def project_changes_allowed(ctx: Context, project: Record, names: Collection[str]) -> bool:
    """Whether who may change the project may change these fields; in a sandbox only administrators change its owner."""
    if not OWNERSHIP.isdisjoint(names) and not project_is_theirs(ctx, project):
        return False
    return "owner_id" not in names or is_admin(ctx) or role(ctx, project["organization_id"]) in ("owner", "maintainer")
