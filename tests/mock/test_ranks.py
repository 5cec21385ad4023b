"""What somebody may do with the own job in no organization: all with the group `worker`, look only without a group.

Source: `rules/jobs.rego` of CVAT 2.73
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.conftest import Client

CLEO = 4
EMPTY: dict[str, Any] = {"tags": [], "shapes": [], "tracks": [], "version": 0}
LOOKS = ("", "/annotations", "/data/meta", "/data?type=frame&number={start}", "/preview")
WRITES: dict[str, tuple[str, str, Any, int]] = {
    "state": ("PATCH", "", {"state": "completed"}, 200),
    "annotations, all": ("PUT", "/annotations", EMPTY, 200),
    "annotations, some": ("PATCH", "/annotations?action=create", EMPTY, 200),
    "annotations, none": ("DELETE", "/annotations", None, 204),
    "import": ("POST", "/annotations?format=CVAT 1.1&filename=x", b"", 400),  # there is no such upload
    "metadata": ("PATCH", "/data/meta", {"deleted_frames": []}, 200),
}
STAFF: dict[str, tuple[str, str, Any]] = {
    "stage": ("PATCH", "", {"stage": "validation"}), "assignee": ("PATCH", "", {"assignee": 1}),
    "delete": ("DELETE", "", None),
}  # fmt: skip


@pytest.fixture
def job(client: Client) -> dict[str, Any]:
    """A job of cleo's in a task of the administrator's."""
    job: dict[str, Any] = client.get("/api/jobs?task_id=42").json()["results"][-1]
    assert client.send("PATCH", f"/api/jobs/{job['id']}", {"assignee": CLEO}).status == 200
    return job


def grouped(client: Client, *groups: str) -> None:
    assert client.send("PATCH", f"/api/users/{CLEO}", {"groups": list(groups)}).status == 200


@pytest.mark.parametrize("groups", [("worker",), ("user",), ()])
@pytest.mark.parametrize("look", LOOKS)
def test_who_has_a_job_looks_at_it(client: Client, job: dict[str, Any], look: str, groups: tuple[str, ...]) -> None:
    grouped(client, *groups)
    path = f"/api/jobs/{job['id']}{look.format(start=job['start_frame'])}"
    assert client.get(path, user="cleo").status == 200
    assert client.get(path, user="dan").status == 403


@pytest.mark.parametrize("groups", [("worker",), ("user",), ()])
@pytest.mark.parametrize("write", WRITES)
def test_who_has_a_job_works_on_it(client: Client, job: dict[str, Any], write: str, groups: tuple[str, ...]) -> None:
    grouped(client, *groups)
    method, path, body, status = WRITES[write]
    headers = {"upload_finish": ""} if body == b"" else {}
    answer = client.send(method, f"/api/jobs/{job['id']}{path}", body, user="cleo", **headers)
    assert answer.status == (status if groups else 403)
    assert client.send(method, f"/api/jobs/{job['id']}{path}", body, user="dan", **headers).status == 403


@pytest.mark.parametrize("groups", [("worker",), ("user",), ()])
@pytest.mark.parametrize("write", STAFF)
def test_stages_and_assignees_are_the_tasks_staffs(
    client: Client, job: dict[str, Any], write: str, groups: tuple[str, ...]
) -> None:
    grouped(client, *groups)
    method, path, body = STAFF[write]
    assert client.send(method, f"/api/jobs/{job['id']}{path}", body, user="cleo").status == 403
