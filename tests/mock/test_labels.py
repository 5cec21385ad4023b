"""Labels that are changed and refused, tasks that move to the labels of a project, or to an organization."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.conftest import Client

CAR, HEAD = 13, 15  # labels of task 44 of the default seed


# --- labels ----------------------------------------------------------------------------------------------------------


def dates(client: Client, *paths: str) -> list[str]:
    """`updated_date` of some objects."""
    return [client.get(f"/api/{path}").json()["updated_date"] for path in paths]


def test_the_type_of_a_label_stays(client: Client) -> None:
    assert client.send("PATCH", f"/api/labels/{CAR}", {"type": "polygon"}).json()["type"] == "any"
    client.send("PATCH", "/api/tasks/44", {"labels": [{"id": CAR, "type": "tag"}]})
    assert client.get(f"/api/labels/{CAR}").json()["type"] == "any"


def test_parts_of_a_skeleton_are_changed_with_it_only(client: Client) -> None:
    rest = "Please send a PATCH request with updated parent label data instead."
    for method, verb in (("PATCH", "modified"), ("DELETE", "deleted")):
        body = {"name": "x"} if method == "PATCH" else None
        answer = client.send(method, f"/api/labels/{HEAD}", body)
        assert (answer.status, answer.json()) == (400, [f"Sublabels cannot be {verb} this way. {rest}"])


def test_a_label_is_not_deleted_by_a_change(client: Client) -> None:
    text = "Labels cannot be deleted by updating in this endpoint. Please use the DELETE method instead."
    answer = client.send("PATCH", f"/api/labels/{CAR}", {"deleted": True})
    assert (answer.status, answer.json()) == (400, {"non_field_errors": [text]})
    answer = client.send("PATCH", "/api/tasks/44", {"labels": [{"name": "x", "deleted": True}]})
    assert answer.json() == {"labels": [{"non_field_errors": ["Deleted label must have an ID"]}]}


@pytest.mark.parametrize(
    ("labels", "status", "body"),
    [
        ([{"name": "s", "type": "skeleton", "sublabels": [{"name": "a"}, {"name": "a"}]}], 400,
         ["All label names must be unique"]),
        ([{"name": "car"}], 400, ["All label names must be unique"]),
        ([{"id": 1, "name": "x"}], 404, {"detail": "Not found label with id #1 to change"}),
        ([{"id": CAR, "attributes": [{"id": 999, "name": "x"}]}], 404,
         {"detail": "Attribute with id #999 does not exist"}),
        ([{"name": "n", "attributes": [{"name": "a", "mutable": True, "input_type": "text", "values": []}] * 2}], 400,
         ["Duplicate attribute with name 'a' exists"]),
    ],
)  # fmt: skip
def test_labels_that_are_refused(client: Client, labels: Any, status: int, body: Any) -> None:
    answer = client.send("PATCH", "/api/tasks/44", {"labels": labels})
    assert (answer.status, answer.json()) == (status, body)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_change_of_a_label_moves_the_dates_of_all_that_has_it(client: Client, method: str) -> None:
    project_label = client.get("/api/labels?project_id=1").json()["results"][0]["id"]
    job = client.get("/api/jobs?task_id=45").json()["results"][0]["id"]
    places = ["projects/1", "tasks/45", f"jobs/{job}"]
    before, elsewhere = dates(client, *places), dates(client, "tasks/44", "jobs/7")
    client.send(method, f"/api/labels/{project_label}", {"name": "other"} if method == "PATCH" else None)
    assert all(old < new for old, new in zip(before, dates(client, *places), strict=True))
    assert dates(client, "tasks/44", "jobs/7") == elsewhere
    client.send("PATCH", "/api/tasks/44", {"labels": [{"name": "new"}]})
    assert all(old < new for old, new in zip(elsewhere, dates(client, "tasks/44", "jobs/7"), strict=True))


# --- moving ----------------------------------------------------------------------------------------------------------


def test_an_annotated_task_goes_into_a_project(client: Client) -> None:
    """Annotations have the project's labels and attributes of the same names then, and their ids still."""
    labels = [{key: value for key, value in label.items() if key in ("name", "type", "attributes", "sublabels", "svg")}
              for label in client.get("/api/labels?task_id=44").json()["results"]]  # fmt: skip
    project = client.send("POST", "/api/projects", {"name": "p", "labels": labels}).json()["id"]
    before = client.get("/api/tasks/44/annotations").json()
    assert before["tracks"]
    answer = client.send("PATCH", "/api/tasks/44", {"project_id": project})
    assert (answer.status, answer.json()["project_id"]) == (200, project)
    after = client.get("/api/tasks/44/annotations").json()
    names = {label["id"]: label["name"] for label in client.get(f"/api/labels?project_id={project}").json()["results"]}
    assert [track["id"] for track in after["tracks"]] == [track["id"] for track in before["tracks"]]
    assert {names[track["label_id"]] for track in after["tracks"]} <= {"car", "road", "person", "weather"}
    assert client.get(f"/api/labels/{CAR}").status == 404
    other = client.send("POST", "/api/projects", {"name": "q", "labels": labels}).json()["id"]
    assert client.send("PATCH", "/api/tasks/44", {"project_id": other}).json()["project_id"] == other
    moved = client.get("/api/tasks/44/annotations").json()
    assert {track["label_id"] for track in moved["tracks"]}.isdisjoint(track["label_id"] for track in after["tracks"])


def test_a_task_whose_labels_a_project_has_not_stays(client: Client) -> None:
    project = client.send("POST", "/api/projects", {"name": "p", "labels": [{"name": "car"}]}).json()["id"]
    answer = client.send("PATCH", "/api/tasks/44", {"project_id": project})
    assert answer.status == 400
    assert answer.json()[0].startswith("Target project does not have")
    assert client.get("/api/tasks/44").json()["project_id"] is None


def test_what_moves_to_an_organization_is_nobodys_there(client: Client) -> None:
    home = client.send("POST", "/api/organizations", {"slug": "acme"}).json()["id"]
    client.send("PATCH", "/api/tasks/44", {"assignee_id": 2})
    client.send("PATCH", "/api/jobs/7", {"assignee": 3})
    moved = client.send("PATCH", "/api/tasks/44", {"organization_id": home}).json()
    assert (moved["organization_id"], moved["assignee"]) == (home, None)
    job = client.get("/api/jobs/7").json()
    assert (job["organization"], job["assignee"]) == (home, None)
    assert client.send("PATCH", "/api/projects/1", {"organization_id": home}).json()["organization_id"] == home
    assert client.get("/api/tasks/45").json()["organization_id"] == home
    assert client.send("PATCH", "/api/tasks/45", {"organization_id": None}).status == 400
    assert client.send("PATCH", "/api/projects/1", {"organization_id": None}).json()["organization_id"] is None
    assert client.send("PATCH", "/api/projects/1", {"organization_id": 99}).status == 404
