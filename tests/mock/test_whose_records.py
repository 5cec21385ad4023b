"""Who sees and changes a record that has an owner and perhaps an organization, of every kind alike."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mockserver.faces.httpx_face import to_request
from tests.mock.conftest import Client
from tests.mock.test_people import new_task, team
from tests.mock.test_records import STORAGE

__all__ = ["team"]  # a fixture

# The owner is ann2, a maintainer of acme; ann1 works there, demo_admin leads it and the whole server, ann3 is nobody.
HOOK = {"type": "organization", "target_url": "http://example.com/hook", "events": ["create:task"]}
MADE = {
    "cloudstorages": (STORAGE, {"description": "x"}), "webhooks": (HOOK, {"description": "x"}),
    "projects": ({"name": "p"}, {"name": "q"}),
}  # fmt: skip


def made(team: Client, kind: str, org: str, user: str = "ann2") -> str:
    answer = team.send("POST", f"/api/{kind}?org={org}", MADE[kind][0], user=user)
    assert answer.status == 201, answer.body
    return f"/api/{kind}/{answer.json()['id']}"


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize(("user", "seen"), [("ann2", True), ("demo_admin", True), ("ann1", False), ("ann3", False)])
def test_what_is_of_an_organization_is_seen_by_its_owner_and_who_leads_it(
    team: Client, kind: str, user: str, seen: bool
) -> None:
    path = made(team, kind, "acme")
    assert team.get(path, user=user).status == (200 if seen else 403)
    assert team.send("PATCH", path, MADE[kind][1], user=user).status == (200 if seen else 403)
    assert team.send("DELETE", path, user=user).status == (204 if seen else 403)
    assert team.get(path).status == (404 if seen else 200)


def test_a_maintainer_sees_what_others_own_in_the_organization(team: Client) -> None:
    path = made(team, "cloudstorages", "acme", user="demo_admin")
    assert [team.get(path, user=user).status for user in ("ann2", "ann1", "ann3")] == [200, 403, 403]


def test_what_is_of_no_organization_is_its_owners(team: Client) -> None:
    path = made(team, "cloudstorages", "", user="ann1")
    assert [team.get(path, user=user).status for user in ("ann1", "demo_admin", "ann2", "ann3")] == [200, 200, 403, 403]
    seen = {user: team.get("/api/cloudstorages", user=user).json()["count"] for user in ("ann1", "ann2", "demo_admin")}
    assert seen == {"ann1": 1, "ann2": 0, "demo_admin": 1}


def test_an_invitation_says_where_to(team: Client) -> None:
    body = {"email": "ann3@example.com", "role": "worker"}
    row = team.send("POST", "/api/invitations?org=acme", body, user="ann2").json()
    acme = team.get("/api/organizations?search=acme").json()["results"][0]
    assert row["organization_info"] == {"id": acme["id"], "slug": "acme", "name": acme["name"]}
    assert (row["organization"], row["role"], row["expired"], row["accepted"]) == (acme["id"], "worker", False, False)


@pytest.mark.parametrize(
    ("sent", "kept"), [("cvat.mock", "cvat.mock"), ("cvat.mock:8080", "cvat.mock:8080"), ("a b", "localhost")]
)
def test_the_host_that_a_client_asked_is_that_of_addresses(sent: str, kept: str) -> None:
    message: Any = httpx.Request("GET", "http://x/api/jobs?a=1&a=2&b", headers={"Host": sent, "X-Y": "Z"})
    request = to_request(message)
    assert (request.headers["host"], request.headers["x-y"]) == (kept, "Z")
    assert (request.path, request.query) == ("/api/jobs", [("a", "1"), ("a", "2"), ("b", "")])
    assert request.base == f"http://{kept}"


@pytest.mark.parametrize(("user", "status"), [("ann2", 200), ("demo_admin", 200), ("ann1", 403), ("ann3", 403)])
def test_a_task_of_an_organization(team: Client, user: str, status: int) -> None:
    task, job = new_task(team)
    assert [team.get(f"/api/tasks/{task}", user=user).status, team.get(f"/api/jobs/{job}", user=user).status] == [
        status, status,
    ]  # fmt: skip


def test_authors_change_their_comments_when_the_job_is_another_s(demo: Client) -> None:
    """Outside organizations too; nobody else's business is not theirs (comments.rego)."""
    demo.send("PATCH", "/api/jobs/66", {"assignee": 23})
    issue = demo.send("POST", "/api/issues", {"frame": 0, "position": [1, 2], "job": 66, "message": "look"}).json()[
        "id"
    ]
    own = demo.send("POST", "/api/comments", {"issue": issue, "message": "yes"}, user="ann1").json()["id"]
    demo.send("PATCH", "/api/jobs/66", {"assignee": 24})
    assert demo.get(f"/api/issues/{issue}", user="ann1").status == 403
    assert demo.get(f"/api/comments/{own}", user="ann1").status == 200
    assert demo.send("PATCH", f"/api/comments/{own}", {"message": "no"}, user="ann1").status == 200
    assert demo.send("DELETE", f"/api/comments/{own}", user="ann3").status == 403
    assert demo.send("DELETE", f"/api/comments/{own}", user="ann2").status == 204


@pytest.mark.parametrize("kind", ["tasks", "projects"])
@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"name": "x"}, True), ({"bug_tracker": "x"}, True), ({}, True), ({"assignee_id": 24}, False),
        ({"owner_id": 23}, False), ({"target_storage": {"location": "local"}}, False), (None, False),
    ],
)  # fmt: skip
def test_an_assignee_says_not_whose_it_is(demo: Client, kind: str, change: Any, allowed: bool) -> None:
    """Tasks and projects are given, moved and removed by their owners (tasks.rego, projects.rego); None: removed."""
    path = (
        f"/api/{kind}/{demo.send('POST', f'/api/{kind}', {'name': 'n', 'assignee_id': 23}, user='ann2').json()['id']}"
    )
    method, status = ("DELETE", 204) if change is None else ("PATCH", 200)
    assert demo.send(method, path, change, user="ann1").status == (status if allowed else 403)
    if change != {"owner_id": 23}:
        assert demo.send(method, path, change, user="ann2").status == status


@pytest.mark.parametrize(
    ("org", "user", "status"),
    [
        ("", "ann2", 403), ("", "demo_admin", 200),
        ("acme", "ann2", 200), ("acme", "demo_admin", 200), ("acme", "ann1", 403),
    ],
)  # fmt: skip
def test_who_makes_somebody_else_the_owner_of_a_project(team: Client, org: str, user: str, status: int) -> None:
    """Who leads its organization; outside of one nobody but administrators, not even its owner (projects.rego)."""
    path = made(team, "projects", org)
    if user == "ann1":  # a worker there, and its owner all the same
        pk, projects = int(path.rpartition("/")[2]), team.app.state.tables["projects"]
        projects[pk] = projects[pk] | {"owner_id": 23}
    assert team.send("PATCH", path, {"name": "q", "owner_id": 24}, user=user).status == status
    assert team.get(path).json()["name"] == ("q" if status == 200 else "p")


def test_the_owner_of_a_task_hands_it_over(demo: Client) -> None:
    """In a sandbox too, where a project's owner may not (tasks.rego)."""
    task = demo.send("POST", "/api/tasks", {"name": "n", "assignee_id": 23}, user="ann2").json()["id"]
    assert demo.send("PATCH", f"/api/tasks/{task}", {"owner_id": 23}, user="ann2").status == 200


@pytest.mark.parametrize(("bond", "status"), [("owner_id", 200), ("assignee_id", 403)])
def test_storages_of_a_task_are_its_owners_and_its_projects(demo: Client, bond: str, status: int) -> None:
    """Not the business of its project's assignee, who may give and remove it nonetheless (tasks.rego)."""
    project = demo.send("POST", "/api/projects", {"name": "p", "labels": []}).json()["id"]
    task = demo.send("POST", "/api/tasks", {"name": "n", "project_id": project}).json()["id"]
    projects = demo.app.state.tables["projects"]
    projects[project] = projects[project] | {bond: 23}
    path = f"/api/tasks/{task}"
    storage = {"target_storage": {"location": "local"}}
    assert demo.send("PATCH", path, storage, user="ann1").status == status
    assert demo.send("PATCH", path, {"assignee_id": 24}, user="ann1").status == 200
    assert demo.send("DELETE", path, user="ann1").status == 204
