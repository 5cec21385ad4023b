"""Tasks and projects that go elsewhere: a task into another project, either into another organization.

    changes |= moving.into_project(ctx, task, project, renamed)        annotations get the labels of the project
    moving.to_organization(ctx, "tasks", task, 3)                      nobody is assigned there any more

A label of the project stands for the one of the same name, and so do attributes of the same name, type and values.
"""

from __future__ import annotations

from typing import Any

import msgspec

from annotools.labeled_data import LabeledData
from mockserver.annotations import job_annotations
from mockserver.protocol.http import detail, errors
from mockserver.rules import lookup, permissions
from mockserver.state.context import Context
from mockserver.state.tables import Record

_KINDS = ("tags", "shapes", "tracks", "intervals")
Ids = dict[int, int]


def into_project(ctx: Context, task: Record, project: Record, renamed: dict[int, str]) -> Record:
    """Give a task the labels of a project; the fields of the task that change. `renamed`: old label id -> its new name.

    Raises: ApiError 400 for a label or attribute that the project does not have.
    """
    task_labels = lookup.labels_of(ctx, task)
    project_labels = [row for row in ctx.table("labels").values() if row.get("project_id") == project["id"]]
    _check_dimension(ctx, task, project)
    labels, specs = _pairs(task_labels, project_labels, renamed)
    for job in lookup.jobs_of(ctx, task["id"]):
        data = job_annotations.stored(ctx, job["id"]).data
        by_kind: dict[str, Any] = {
            kind: [_moved(item, labels, specs) for item in getattr(data, kind)] for kind in _KINDS
        }
        job_annotations.put(ctx, job["id"], LabeledData(**by_kind))
    for label in task_labels:
        if label.get("task_id") is not None:
            ctx.state.delete("labels", label["id"])
    return {"project_id": project["id"], "organization_id": project["organization_id"]}


def _check_dimension(ctx: Context, task: Record, project: Record) -> None:
    dimensions = [row["dimension"] for row in ctx.table("tasks").values() if row["project_id"] == project["id"]]
    if dimensions and dimensions[0] != task["dimension"]:
        raise errors(
            f"Dimension ({task['dimension']}) of the task must be the same as other tasks in project ({dimensions[0]})"
        )


def _pairs(old_labels: list[Record], new_labels: list[Record], renamed: dict[int, str]) -> tuple[Ids, Ids]:
    """Old id -> new id, of labels and of attributes."""
    labels: Ids = {}
    specs: Ids = {}
    names = {label["name"]: label for label in new_labels}
    for label in old_labels:
        name = renamed.get(label["id"], label["name"])
        if name not in names:
            raise errors(f'Target project does not have label with name "{name}"')
        labels[label["id"]] = names[name]["id"]
        specs |= _spec_pairs(label, names[name])
        part_labels, part_specs = _pairs(label.get("sublabels", []), names[name].get("sublabels", []), renamed)
        labels, specs = labels | part_labels, specs | part_specs
    return labels, specs


def _spec_pairs(old: Record, new: Record) -> Ids:
    spec_ids = {(spec["name"], spec["input_type"], tuple(spec["values"])): spec["id"] for spec in new["attributes"]}
    pairs = {}
    for spec in old["attributes"]:
        key = (spec["name"], spec["input_type"], tuple(spec["values"]))
        if key not in spec_ids:
            raise errors(f'Target project does not have "{old["name"]}" label with "{spec["name"]}" attribute')
        pairs[spec["id"]] = spec_ids[key]
    return pairs


def _moved(item: Any, labels: Ids, specs: Ids) -> Any:
    """A copy of an annotation with other labels and attributes, in its parts too."""
    values = [msgspec.structs.replace(value, spec_id=specs[value.spec_id]) for value in item.attributes]
    changes: dict[str, Any] = {"attributes": values}
    if hasattr(item, "label_id"):
        changes["label_id"] = labels[item.label_id]
    for name in ("shapes", "elements"):
        parts = getattr(item, name, None)
        if parts:
            changes[name] = [_moved(part, labels, specs) for part in parts]
    return msgspec.structs.replace(item, **changes)


def to_organization(ctx: Context, table: str, record: Record, organization: int | None) -> None:
    """Put a task or a project with its tasks into an organization, or out of any.

    Raises: ApiError 404 for one that is not there, 403 for one the user may not create such things in, 400 for a task
    of a project.
    """
    if organization is not None and organization not in ctx.table("organizations"):
        raise detail(404, f"Organization with id {organization} does not exist")
    if organization is not None:
        rank = permissions.ROLES[permissions.role(ctx, organization)]
        permissions.require(ctx, permissions.is_admin(ctx) or rank >= permissions.ROLES["supervisor"])
    if table == "tasks" and record["project_id"] is not None:
        raise errors("A task of a project moves with its project")
    tasks = [record]
    if table == "projects":
        ctx.state.update("projects", record["id"], organization_id=organization, **_unassigned(ctx, record))
        tasks = [row for row in ctx.table("tasks").values() if row["project_id"] == record["id"]]
    for task in tasks:
        ctx.state.update("tasks", task["id"], organization_id=organization, **_unassigned(ctx, task))
        for job in lookup.jobs_of(ctx, task["id"]):
            ctx.state.update("jobs", job["id"], **_unassigned(ctx, job))


def _unassigned(ctx: Context, record: Record) -> Record:
    return {"assignee_id": None, "assignee_updated_date": ctx.now()} if record["assignee_id"] is not None else {}
