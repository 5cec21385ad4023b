"""Who exports in an organization: a maintainer all, a supervisor what is their business, a worker what they own.

Source: the access rules described in CVAT's documentation
"""

from __future__ import annotations

import pytest

from tests.mock.conftest import Client
from tests.mock.task_calls import LABELS, fill, picture
from tests.mock.test_people import team

__all__ = ["team"]  # a fixture

ANN = 23
# Which column of which table makes somebody the owner or assignee.
BONDS = {
    "owner of the task": ("tasks", "owner_id"), "assignee of the task": ("tasks", "assignee_id"),
    "owner of the project": ("projects", "owner_id"), "assignee of the project": ("projects", "assignee_id"),
    "assignee of the job": ("jobs", "assignee_id"), "nobody": ("", ""),
}  # fmt: skip
OF_TASK = frozenset(bond for bond in BONDS if bond.endswith(("task", "project")))
ALLOWED = {
    ("worker", "tasks"): {"owner of the task", "owner of the project"},
    ("worker", "jobs"): {"owner of the task", "owner of the project"},
    ("supervisor", "tasks"): OF_TASK, ("supervisor", "jobs"): OF_TASK | {"assignee of the job"},
    ("maintainer", "tasks"): BONDS.keys(), ("maintainer", "jobs"): BONDS.keys(),
}  # fmt: skip
EXPORTS = {
    "jobs": ("dataset/export?format=COCO 1.0", "dataset/export?format=COCO 1.0&save_images=true"),
    "tasks": (
        "dataset/export?format=COCO 1.0", "dataset/export?format=COCO 1.0&save_images=true", "backup/export",
    ),
}  # fmt: skip


@pytest.fixture
def things(team: Client) -> dict[str, int]:
    """A task of a project of the organization, all of the administrator's, with one job: the number of each."""
    project = team.send("POST", "/api/projects?org=acme", {"name": "p", "labels": LABELS}).json()["id"]
    task = team.send("POST", "/api/tasks?org=acme", {"name": "t", "project_id": project}).json()["id"]
    fill(team, task, {"a.png": picture()})
    job = team.get(f"/api/jobs?task_id={task}").json()["results"][0]["id"]
    return {"projects": project, "tasks": task, "jobs": job}


@pytest.mark.parametrize("bond", BONDS)
@pytest.mark.parametrize(("role", "kind"), ALLOWED)
def test_who_exports_what(team: Client, things: dict[str, int], role: str, kind: str, bond: str) -> None:
    tables = team.app.state.tables
    member = next(row for row in tables["memberships"].values() if row["user_id"] == ANN)
    tables["memberships"][member["id"]] = member | {"role": role}
    table, column = BONDS[bond]
    if table:
        record = tables[table][things[table]]
        tables[table][things[table]] = record | {column: ANN}
    expected = 202 if bond in ALLOWED[role, kind] else 403
    for path in EXPORTS[kind]:
        assert team.send("POST", f"/api/{kind}/{things[kind]}/{path}", user="ann1").status == expected
