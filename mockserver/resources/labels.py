"""Handlers of `/api/labels`: of a job, a task, a project, or all that the user's tasks and projects have."""

from __future__ import annotations

from mockserver.people import organizations
from mockserver.protocol.http import Response, detail, empty_response, errors, fields, json_response
from mockserver.protocol.numerals import whole
from mockserver.resources import label_forms
from mockserver.rules import listing, lookup, permissions, serialise
from mockserver.rules.forms import read
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_BY_PARENT = "Please send a PATCH request with updated parent label data instead."
_PLACES = ("job_id", "task_id", "project_id")
_COLUMNS = {
    "name": Column(lambda row: row["name"]), "parent": Column(lambda row: None),
    "parent_id": Column(lambda row: None, "number"), "type": Column(lambda row: row["type"], choices=label_forms.TYPES),
    "color": Column(lambda row: row["color"]), "id": Column(lambda row: row["id"], "number"),
}  # fmt: skip
_LISTING = Listing(_COLUMNS, ("name", "parent", "parent_id", "type", "color"), ("name", "parent"), ("id",))


def list_(ctx: Context) -> Response:
    """GET /api/labels."""
    names = [name for name in _PLACES if ctx.request.param(name)]
    if len(names) > 1:
        raise errors("job_id, task_id and project_id parameters cannot be used together")
    rows = _of_place(ctx, names[0]) if names else _all(ctx)
    return listing.answer(ctx, rows, _LISTING, serialise.label)


def _of_place(ctx: Context, name: str) -> list[Record]:
    text = ctx.request.param(name) or ""
    table, pk = name.removesuffix("_id") + "s", whole(text)
    if pk is None:
        raise ctx.crash(f"{name} must be an integer, got {text!r}")
    if pk not in ctx.table(table):
        raise ctx.crash(f"{name}: there is no {name.removesuffix('_id')} {pk}")
    if name == "job_id":
        return lookup.labels_of(ctx, lookup.task_of(ctx, lookup.job(ctx, pk)))
    if name == "task_id":
        return lookup.labels_of(ctx, lookup.task(ctx, pk))
    project = lookup.project(ctx, pk)
    return [row for row in ctx.table("labels").values() if row.get("project_id") == project["id"]]


def _all(ctx: Context) -> list[Record]:
    def home(row: Record) -> int | None:
        organization_id: int | None = _owner(ctx, row)["organization_id"]
        return organization_id

    return organizations.visible(ctx, ctx.table("labels").values(), home, lambda row: _is_staff(ctx, row))


def _owner(ctx: Context, label: Record) -> Record:
    """The task or project of a label."""
    key = "task" if label.get("task_id") is not None else "project"
    owner: Record = ctx.table(f"{key}s")[label[f"{key}_id"]]
    return owner


def _is_staff(ctx: Context, label: Record) -> bool:
    owner = _owner(ctx, label)
    if label.get("task_id") is not None:
        return permissions.is_task_staff(ctx, owner)
    return permissions.is_project_staff(ctx, owner)


def _find(ctx: Context, pk: int, scope: str) -> tuple[Record, Record | None]:
    """A label, or a sub-label and the label it belongs to. Raises: ApiError 404, 403."""
    label, parent = ctx.table("labels").get(pk), None
    if label is None:
        pairs = ((part, row) for row in ctx.table("labels").values() for part in row.get("sublabels", ()))
        label, parent = next(((part, row) for part, row in pairs if part["id"] == pk), (None, None))
    if label is None:
        raise detail(404, "No Label matches the given query.")
    owner = _owner(ctx, parent or label)
    is_task = (parent or label).get("task_id") is not None
    allows = permissions.task_allows if is_task else permissions.project_allows
    permissions.require(ctx, allows(ctx, owner, scope) or (scope == "view" and _works_with(ctx, parent or label)))
    return label, parent


def _works_with(ctx: Context, label: Record) -> bool:
    """Whether a job that uses the label is the user's."""
    for job in ctx.table("jobs").values():
        task = lookup.task_of(ctx, job)
        uses = label.get("task_id") == task["id"] or label.get("project_id") == (task["project_id"] or -1)
        if uses and permissions.job_allows(ctx, job, "view"):
            return True
    return False


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/labels/{id}."""
    label, parent = _find(ctx, pk, "view")
    return json_response(200, serialise.sublabel(label, parent) if parent else serialise.label(ctx, label))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/labels/{id}: name, color, attributes, sublabels, drawing."""
    label, parent = _find(ctx, pk, "update")
    form = read(ctx, label_forms.CHANGE)
    if form.get("deleted"):
        text = "Labels cannot be deleted by updating in this endpoint. Please use the DELETE method instead."
        raise fields(non_field_errors=[text])
    if parent is not None:
        raise errors(f"Sublabels cannot be modified this way. {_BY_PARENT}")
    changed = label_forms.update(ctx, label, form)
    lookup.touch_labels_owner(ctx, label)
    return json_response(200, serialise.label(ctx, changed))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/labels/{id}."""
    label, parent = _find(ctx, pk, "update")
    if parent is not None:
        raise errors(f"Sublabels cannot be deleted this way. {_BY_PARENT}")
    label_forms.delete(ctx, label)
    lookup.touch_labels_owner(ctx, label)
    return empty_response()
