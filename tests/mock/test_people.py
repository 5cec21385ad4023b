"""Users, organizations, memberships, and what roles may do with what belongs to an organization."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.conftest import Client
from tests.mock.task_calls import LABELS, fill, picture


@pytest.fixture
def team(demo: Client) -> Client:
    """An organization `acme` of demo_admin, with the members ann1 (worker) and ann2 (maintainer)."""
    demo.send("POST", "/api/organizations", {"slug": "acme"})
    for user, role in (("ann1", "worker"), ("ann2", "maintainer")):
        body = {"email": f"{user}@example.com", "role": role}
        key = demo.send("POST", "/api/invitations?org=acme", body).json()["key"]
        accepted = demo.send("POST", f"/api/invitations/{key}/accept", {}, user=user)
        assert accepted.json() == {"organization_slug": "acme"}
    return demo


def new_task(client: Client, user: str = "ann2", org: str = "acme") -> tuple[int, int]:
    """A task in an organization, or in none, with one job: its id and the job's."""
    response = client.send("POST", f"/api/tasks?org={org}", {"name": "t", "labels": LABELS}, user=user)
    assert response.status == 201, response.body
    task = response.json()["id"]
    fill(client, task, {"a.png": picture()})
    job = client.get(f"/api/jobs?task_id={task}").json()["results"][0]["id"]
    return task, job


def test_users(demo: Client) -> None:
    assert demo.get("/api/users").json()["count"] == 4
    assert demo.get("/api/users?search=ann&sort=id").json()["results"][0]["username"] == "ann1"
    assert demo.get("/api/users?is_active=false").json()["count"] == 0
    own = demo.get("/api/users", user="ann1").json()
    assert [list(row) for row in own["results"]] == [["url", "id", "username", "first_name", "last_name"]]
    assert demo.get("/api/users/self", user="ann1").json()["email"] == "ann1@example.com"
    assert demo.get("/api/users/24", user="ann1").status == 403
    assert demo.get("/api/users/99999").json() == {"detail": "No User matches the given query."}


def test_a_user_is_changed(demo: Client) -> None:
    assert demo.send("PATCH", "/api/users/23", {"first_name": "A"}, user="ann1").json()["first_name"] == "A"
    assert demo.send("PATCH", "/api/users/24", {"first_name": "A"}, user="ann1").status == 403
    assert demo.send("PATCH", "/api/users/23", {"is_superuser": True}, user="ann1").json()["is_superuser"] is False
    assert demo.send("PATCH", "/api/users/23", {"is_active": False}).json()["is_active"] is False
    login = demo.send("POST", "/api/auth/login", {"username": "ann1", "password": "Demo-user-123"}, user=None)
    assert login.status == 400


def test_a_user_is_removed(demo: Client) -> None:
    demo.send("PATCH", "/api/jobs/66", {"assignee": 25})
    assert demo.send("DELETE", "/api/users/25").status == 204
    assert demo.get("/api/users/25").status == 404
    assert demo.get("/api/jobs/66").json()["assignee"] is None


def test_organizations(demo: Client) -> None:
    made = demo.send("POST", "/api/organizations", {"slug": "one", "description": "x"}, user="ann1").json()
    assert (made["slug"], made["name"], made["owner"]["username"]) == ("one", "one", "ann1")
    taken = demo.send("POST", "/api/organizations", {"slug": "one"})
    assert taken.json() == {"slug": ["organization with this slug already exists."]}
    assert demo.get("/api/organizations", user="ann2").json()["count"] == 0
    assert demo.get(f"/api/organizations/{made['id']}", user="ann2").status == 403
    path = f"/api/organizations/{made['id']}"
    assert demo.send("PATCH", path, {"name": "One"}, user="ann1").json()["name"] == "One"
    members = demo.get("/api/memberships?org=one", user="ann1").json()["results"]
    assert [(row["role"], row["user"]["username"]) for row in members] == [("owner", "ann1")]
    assert demo.get("/api/memberships?org=one", user="ann2").status == 403
    assert demo.send("DELETE", path, user="ann2").status == 403
    assert demo.send("DELETE", path, user="ann1").status == 204
    assert demo.get("/api/memberships").json()["count"] == 0


def test_memberships(team: Client) -> None:
    rows = {row["user"]["username"]: row["id"] for row in team.get("/api/memberships?org=acme").json()["results"]}
    assert len(rows) == 3
    worker, maintainer = f"/api/memberships/{rows['ann1']}", f"/api/memberships/{rows['ann2']}"
    assert team.send("PATCH", worker, {"role": "supervisor"}, user="ann2").json()["role"] == "supervisor"
    assert team.send("PATCH", worker, {"role": "owner"}, user="ann2").status == 400
    assert team.send("PATCH", maintainer, {"role": "worker"}, user="ann1").status == 403
    assert team.get("/api/users?org=acme", user="ann1").json()["count"] == 3
    assert team.get("/api/users/24?org=acme", user="ann1").json()["username"] == "ann2"
    assert team.send("DELETE", worker, user="ann1").status == 204
    assert team.get("/api/organizations", user="ann1").json()["count"] == 0


def test_who_has_not_accepted_yet_declines_and_does_not_leave(team: Client) -> None:
    """A membership is its member's once it is active; until then there is the invitation to be declined."""
    key = team.send("POST", "/api/invitations?org=acme", {"email": "ann3@example.com", "role": "worker"}).json()["key"]
    (pk,) = [row["id"] for row in team.get("/api/memberships?org=acme").json()["results"] if not row["is_active"]]
    assert team.send("DELETE", f"/api/memberships/{pk}", user="ann3").status == 403
    assert team.send("POST", f"/api/invitations/{key}/accept", {}, user="ann3").status == 200
    assert team.send("DELETE", f"/api/memberships/{pk}", user="ann1").status == 403  # another's
    assert team.send("DELETE", f"/api/memberships/{pk}", user="ann3").status == 204


def test_an_owner_does_not_leave(team: Client) -> None:
    team.send("POST", "/api/organizations", {"slug": "one"}, user="ann1")
    (owner,) = team.get("/api/memberships?org=one", user="ann1").json()["results"]
    assert team.send("DELETE", f"/api/memberships/{owner['id']}", user="ann1").status == 403


def test_a_task_belongs_to_the_organization_it_is_made_in(team: Client) -> None:
    task, job = new_task(team)
    shown = team.get(f"/api/tasks/{task}").json()
    assert shown["organization"] == shown["organization_id"] == team.get(f"/api/jobs/{job}").json()["organization"]
    assert team.get("/api/jobs?org=acme").json()["count"] == 1
    assert team.get("/api/jobs", x_organization="acme").json()["count"] == 1
    assert team.get("/api/jobs?org=").json()["count"] == 51
    assert team.get("/api/jobs?org=acme", user="ann3").status == 403
    assert team.send("POST", "/api/tasks?org=acme", {"name": "t"}, user="ann1").status == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "worker", "assignee"),
    [
        ("GET", "/api/jobs/{job}", None, 403, 200), ("GET", "/api/jobs/{job}/annotations", None, 403, 200),
        ("GET", "/api/jobs/{job}/data/meta", None, 403, 200), ("GET", "/api/jobs/{job}/preview", None, 403, 200),
        ("PATCH", "/api/jobs/{job}", {"state": "completed"}, 403, 200), ("PATCH", "/api/jobs/{job}", {}, 403, 200),
        ("PATCH", "/api/jobs/{job}", {"stage": "validation"}, 403, 403),
        ("PATCH", "/api/jobs/{job}", {"assignee": None}, 403, 403),
        ("PUT", "/api/jobs/{job}/annotations", {}, 403, 200),
        ("DELETE", "/api/jobs/{job}/annotations", None, 403, 204),
        ("PATCH", "/api/jobs/{job}/data/meta", {"deleted_frames": []}, 403, 200),
        ("GET", "/api/jobs/{job}/validation_layout", None, 403, 403),
        ("POST", "/api/jobs/{job}/dataset/export?format=COCO 1.0", None, 403, 403),
        ("DELETE", "/api/jobs/{job}", None, 403, 403), ("GET", "/api/tasks/{task}", None, 403, 403),
        ("PATCH", "/api/tasks/{task}", {"name": "x"}, 403, 403), ("DELETE", "/api/tasks/{task}", None, 403, 403),
        ("GET", "/api/labels?job_id={job}", None, 403, 200),
    ],
)  # fmt: skip
def test_a_worker_works_on_what_is_assigned(
    team: Client, method: str, path: str, body: Any, worker: int, assignee: int
) -> None:
    task, job = new_task(team)
    url = path.format(task=task, job=job)
    assert team.send(method, url, body, user="ann3").status == 403
    assert team.send(method, url, body, user="ann1").status == worker
    team.send("PATCH", f"/api/jobs/{job}", {"assignee": 23}, user="ann2")
    assert team.send(method, url, body, user="ann1").status == assignee


def test_a_maintainer_may_do_everything_in_the_organization(team: Client) -> None:
    task, job = new_task(team, "demo_admin")
    assert team.send("PATCH", f"/api/jobs/{job}", {"stage": "validation"}, user="ann2").status == 200
    body = {"type": "ground_truth", "task_id": task, "frame_selection_method": "random_uniform", "frame_count": 1}
    assert team.send("POST", "/api/jobs", body, user="ann2").status == 201
    assert team.send("DELETE", f"/api/tasks/{task}", user="ann2").status == 204


@pytest.mark.parametrize(
    ("groups", "staff", "status"),
    [(["user"], True, 201), (["worker"], True, 403), ([], True, 403), (["user"], False, 403), (["admin"], False, 201)],
)
def test_who_may_make_a_ground_truth_in_no_organization(
    demo: Client, groups: list[str], staff: bool, status: int
) -> None:
    """Staff of the task who may do more than work; who may make it may remove it, and nobody else."""
    task, _ = new_task(demo, "demo_admin", "")
    body = {"type": "ground_truth", "task_id": task, "frame_selection_method": "random_uniform", "frame_count": 1}
    if staff:
        assert demo.send("PATCH", f"/api/tasks/{task}", {"assignee_id": 23}).status == 200
    users = demo.app.state.tables["users"]
    users[23] = users[23] | {"groups": groups}
    assert demo.send("POST", "/api/jobs", body, user="ann1").status == status
    if status != 201:
        assert demo.send("POST", "/api/jobs", body).status == 201
    job = demo.get(f"/api/jobs?task_id={task}&type=ground_truth").json()["results"][0]["id"]
    assert demo.send("DELETE", f"/api/jobs/{job}", user="ann1").status == (204 if status == 201 else 403)


@pytest.mark.parametrize(
    ("groups", "looks", "changes"), [(["user"], 200, 200), (["worker"], 200, 200), ([], 200, 403)], ids=str
)
def test_who_has_a_task_but_no_group_only_looks(team: Client, groups: list[str], looks: int, changes: int) -> None:
    task, _ = new_task(team)
    assert team.send("PATCH", f"/api/tasks/{task}", {"assignee_id": 23}).status == 200
    assert team.send("PATCH", "/api/users/23", {"groups": groups}).status == 200
    assert team.get(f"/api/tasks/{task}", user="ann1").status == looks
    assert team.get(f"/api/tasks/{task}/annotations", user="ann1").status == looks
    assert team.send("PATCH", f"/api/tasks/{task}", {"name": "x"}, user="ann1").status == changes
    assert team.send("DELETE", f"/api/tasks/{task}/annotations", user="ann1").status == (204 if groups else 403)


def test_who_may_remove_a_ground_truth(team: Client) -> None:
    """Staff of the task, but no worker of the organization; the same person can as its supervisor."""
    task, _ = new_task(team)
    body = {"type": "ground_truth", "task_id": task, "frame_selection_method": "random_uniform", "frame_count": 1}
    job = team.send("POST", "/api/jobs", body, user="ann2").json()["id"]
    assert team.send("PATCH", f"/api/tasks/{task}", {"assignee_id": 23}, user="ann2").status == 200
    assert team.send("DELETE", f"/api/jobs/{job}", user="ann1").status == 403
    member = team.get("/api/memberships?org=acme&user=ann1").json()["results"][0]["id"]
    assert team.send("PATCH", f"/api/memberships/{member}", {"role": "supervisor"}).status == 200
    assert team.send("DELETE", f"/api/jobs/{job}", user="ann1").status == 204


def test_outside_an_organization_only_staff(demo: Client) -> None:
    task = demo.send("POST", "/api/tasks", {"name": "mine", "labels": LABELS}, user="ann1").json()["id"]
    assert demo.get(f"/api/tasks/{task}", user="ann1").status == 200
    assert demo.get(f"/api/tasks/{task}", user="ann2").status == 403
    assert [row["id"] for row in demo.get("/api/tasks", user="ann1").json()["results"]] == [task]
    assert demo.get("/api/tasks", user="ann2").json()["count"] == 0
    assert demo.send("PATCH", f"/api/tasks/{task}", {"assignee_id": 24}, user="ann1").status == 200
    assert demo.get(f"/api/tasks/{task}", user="ann2").status == 200


def test_who_may_comment_and_what_is_whose(team: Client) -> None:
    """Staff of a job comment on its issues and change comments; an issue is that of who opened it (comments.rego)."""
    _, job = new_task(team)
    team.send("PATCH", f"/api/jobs/{job}", {"assignee": 23}, user="ann2")
    body = {"frame": 0, "position": [1, 2, 3, 4], "job": job, "message": "look"}
    issue = team.send("POST", "/api/issues", body, user="ann2").json()["id"]
    first = team.get(f"/api/comments?issue_id={issue}", user="ann2").json()["results"][0]["id"]
    reply = {"issue": issue, "message": "yes"}
    own = team.send("POST", "/api/comments", reply, user="ann1").json()["id"]
    assert team.send("POST", "/api/comments", reply, user="ann3").status == 403
    assert team.send("PATCH", f"/api/comments/{own}", {"message": "no"}, user="ann1").status == 200
    for method, change, status in (("PATCH", {"message": "no"}, 200), ("DELETE", None, 204)):
        assert team.send(method, f"/api/comments/{first}", change, user="ann3").status == 403
        assert team.send(method, f"/api/comments/{first}", change, user="ann1").status == status
        assert team.send(method, f"/api/comments/{own}", change, user="ann2").status == status
    assert team.send("PATCH", f"/api/issues/{issue}", {"resolved": True}, user="ann1").status == 200
    assert team.send("DELETE", f"/api/issues/{issue}", user="ann1").status == 403
    assert team.send("DELETE", f"/api/issues/{issue}", user="ann2").status == 204


def test_labels_of_tasks_that_one_does_not_work_on(demo: Client) -> None:
    """Tasks in no project have no labels in common."""
    tasks = [demo.send("POST", "/api/tasks", {"name": name, "labels": LABELS}).json()["id"] for name in "ab"]
    for task in tasks:
        fill(demo, task, {"a.png": picture()})
    mine, other = (demo.get(f"/api/labels?task_id={task}").json()["results"][0]["id"] for task in tasks)
    job = demo.get(f"/api/jobs?task_id={tasks[0]}").json()["results"][0]["id"]
    assert demo.get(f"/api/labels/{mine}", user="ann1").status == 403
    assert demo.send("PATCH", f"/api/jobs/{job}", {"assignee": 23}).status == 200
    assert demo.get(f"/api/labels/{mine}", user="ann1").status == 200
    assert demo.get(f"/api/labels/{other}", user="ann1").status == 403
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert demo.send(method, f"/api/labels/{mine}", body, user="ann1").status == 403


def test_who_is_in_no_group_may_only_look(team: Client) -> None:
    _, job = new_task(team)
    team.send("PATCH", f"/api/jobs/{job}", {"assignee": 23}, user="ann2")
    body = {"frame": 0, "position": [1, 2, 3, 4], "job": job, "message": "look"}
    issue = team.send("POST", "/api/issues", body, user="ann2").json()["id"]
    assert team.send("PATCH", "/api/users/23", {"groups": []}).status == 200
    assert team.get(f"/api/issues/{issue}", user="ann1").status == 200
    assert team.send("POST", "/api/comments", {"issue": issue, "message": "yes"}, user="ann1").status == 403
    assert team.send("PATCH", f"/api/issues/{issue}", {"resolved": True}, user="ann1").status == 403
    assert team.send("POST", "/api/issues", body, user="ann1").status == 403
    assert team.send("PATCH", f"/api/jobs/{job}", {"state": "completed"}, user="ann1").status == 403


@pytest.mark.parametrize(
    ("user", "role", "status"),
    [
        ("demo_admin", "maintainer", 201), ("ann2", "maintainer", 403), ("ann2", "supervisor", 201),
        ("ann2", "worker", 201), ("ann1", "worker", 403), ("ann3", "worker", 403),
    ],
)  # fmt: skip
def test_people_are_invited_to_roles_below_the_own(team: Client, user: str, role: str, status: int) -> None:
    body = {"email": "ann3@example.com", "role": role}
    assert team.send("POST", "/api/invitations?org=acme", body, user=user).status == status


def test_invitations(team: Client) -> None:
    body = {"email": "ann3@example.com", "role": "supervisor"}
    assert team.send("POST", "/api/invitations", body).status == 400
    assert team.send("POST", "/api/invitations?org=acme", body, user="ann1").status == 403
    assert team.send("POST", "/api/invitations?org=acme", {**body, "email": "nobody@example.com"}).status == 400
    made = team.send("POST", "/api/invitations?org=acme", body, user="ann2").json()
    assert (made["user"]["username"], made["owner"]["username"], made["accepted"]) == ("ann3", "ann2", False)
    path = f"/api/invitations/{made['key']}"
    assert team.send("POST", "/api/invitations?org=acme", body).status == 400
    assert team.get("/api/jobs?org=acme", user="ann3").status == 403  # not a member yet
    assert team.get("/api/invitations?accepted=false", user="ann3").json()["count"] == 1
    assert team.get(path, user="ann1").status == 403
    assert team.send("POST", f"{path}/resend", {}, user="ann2").status == 204
    assert team.send("POST", f"{path}/accept", {}, user="ann1").status == 403
    assert team.send("POST", f"{path}/decline", {}, user="ann3").status == 204
    assert team.get(path).json() == {"detail": "No Invitation matches the given query."}
    again = team.send("POST", "/api/invitations?org=acme", body).json()["key"]
    assert team.send("DELETE", f"/api/invitations/{again}").status == 204
    assert team.get("/api/memberships?org=acme").json()["count"] == 3
