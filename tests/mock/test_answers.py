"""Answers that CVAT's own clients and tests depend on, one resource after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.exchange.request_ids import canonical, parse_id
from mockserver.seeds.sources import state_of
from mockserver.state.context import Clock, Config, Env
from tests.mock.conftest import Client

CAR, PERSON, HEAD = 13, 14, 15  # labels of task 44 of the default seed


@pytest.fixture
def client() -> Client:
    """The default seed in the dialect `real`, asked by its administrator."""
    return Client(App(state_of("default"), Config(dialect="real")), "admin")


def exported(client: Client, target: str, name: str = "CVAT for images 1.1") -> Any:
    """The record of an export."""
    accepted = client.send("POST", f"/api/{target}/dataset/export?format={name.replace(' ', '%20')}").json()
    return client.get(f"/api/requests/{accepted['rq_id']}").json()


# --- background requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("export:job-2-annotations-in-CVAT_for_images_1@1-format-by-1",
         "action=export&target=job&target_id=2&user_id=1&format=CVAT_for_images_1~1&subresource=annotations"),
        ("export:project-7-dataset-in-COCO_1@0-format-by-12",
         "action=export&target=project&target_id=7&user_id=12&format=COCO_1~0&subresource=dataset"),
        ("export:task-2-backup-by-1", "action=export&target=task&target_id=2&user_id=1&subresource=backup"),
        ("create:task-5", "action=create&target=task&target_id=5"),
        ("import:job-5-annotations", "action=import&target=job&target_id=5&subresource=annotations"),
        ("import:task-0b6c44d2-1111-2222-3333-444455556666-backup",
         "action=import&target=task&id=0b6c44d2-1111-2222-3333-444455556666&subresource=backup"),
        ("export:job-2-annotations-in-x", "export:job-2-annotations-in-x"),
    ],
)  # fmt: skip
def test_ids_of_the_old_forms(old: str, new: str) -> None:
    assert canonical(old) == new
    assert parse_id(old) == parse_id(new)


def test_a_request_and_its_file_are_had_by_the_old_id(client: Client) -> None:
    exported(client, "jobs/2")
    old = "export:job-2-annotations-in-CVAT_for_images_1@1-format-by-1"
    record = client.get(f"/api/requests/{old}").json()
    assert record["id"] == canonical(old)
    assert client.get(f"/api/jobs/2/dataset/download?rq_id={old}").status == 200
    assert client.get("/api/requests/export:job-3-annotations-in-CVAT_for_images_1@1-format-by-1").status == 404


@pytest.mark.parametrize("mode", ["instant", "manual", "real"])
def test_a_request_starts_before_it_finishes(mode: Any) -> None:
    client = Client(App(state_of("default"), env=Env(clock=Clock(mode))), "admin")
    client.send("POST", "/api/jobs/2/dataset/export?format=COCO%201.0")
    client.app.env.clock.advance(1)
    record = client.get("/api/requests").json()["results"][0]
    created, started, finished = (
        datetime.fromisoformat(record[f"{name}_date"]) for name in ("created", "started", "finished")
    )
    assert created <= started < finished


def mask_track(*frames: int, outside: int = -1) -> dict[str, Any]:
    """A track of masks."""
    shapes = [{"type": "mask", "frame": frame, "points": [3, 1, 0, 0, 1, 1], "outside": frame == outside}
              for frame in frames]  # fmt: skip
    return {"label_id": CAR, "frame": frames[0], "shapes": shapes}


@pytest.mark.parametrize("name", ["COCO 1.0", "CVAT for images 1.1", "CVAT for video 1.1"])
def test_what_the_server_cannot_interpolate_it_cannot_export(client: Client, name: str) -> None:
    client.send("PUT", "/api/jobs/7/annotations", {"tracks": [mask_track(0)]})
    assert exported(client, "tasks/44", name)["status"] == "finished"
    for shapes in (mask_track(0, 1), mask_track(0, 5, 9)):
        client.send("PUT", "/api/jobs/7/annotations", {"tracks": [shapes]})
        for target in ("jobs/7", "tasks/44"):
            record = exported(client, target, name)
            assert (record["status"], record["message"]) == ("failed", "NotImplementedError\n")
    client.send("PUT", "/api/jobs/7/annotations", {"tracks": [mask_track(0, 4, outside=4)]})
    assert exported(client, "jobs/7", name)["status"] == "finished"


@pytest.mark.parametrize("path", [
    "/api/jobs/2/annotations?format=COCO%201.0&", "/api/tasks/44/annotations?format=COCO%201.0&",
    "/api/projects/1/dataset?format=COCO%201.0&", "/api/tasks/backup?", "/api/projects/backup?",
])  # fmt: skip
def test_an_import_from_nowhere_is_refused(client: Client, path: str) -> None:
    answer = client.send("POST", f"{path}location=mars")
    assert (answer.status, answer.json()) == (400, ["The specified location mars is not supported"])


# --- TUS -------------------------------------------------------------------------------------------------------------


def test_refusals_of_uploads_say_what_is_spoken(client: Client) -> None:
    place = "/api/jobs/2/annotations"
    made = client.send("POST", place, upload_length="10")
    file_id = (made.header("Location") or "").rpartition("/")[2]
    piece = {"content_type": "application/offset+octet-stream"}
    foreign = "99" + file_id[file_id.index("_") :]
    answers = {
        404: client.send("PATCH", f"{place}/nonsense", b"a", upload_offset="0", **piece),
        403: client.send("HEAD", f"{place}/{foreign}"),
        409: client.send("PATCH", f"{place}/{file_id}", b"a", upload_offset="5", **piece),
        413: client.send("PATCH", f"{place}/{file_id}", b"a" * 11, upload_offset="0", **piece),
    }
    for status, answer in answers.items():
        assert (answer.status, answer.body, answer.header("Tus-Resumable")) == (status, b"", "1.0.0")
    unknown = "1_00000000-0000-0000-0000-000000000000"
    assert client.send("HEAD", f"{place}/{unknown}").status == 404


# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["9999999999999999999", "-99999999999999999999999", "1" * 400])
@pytest.mark.parametrize(("table", "name"), [("jobs", "Job"), ("tasks", "Task"), ("projects", "Project")])
def test_ids_that_no_table_can_hold_are_not_there(client: Client, table: str, name: str, number: str) -> None:
    answer = client.get(f"/api/{table}/{number}")
    assert (answer.status, answer.json()) == (404, {"detail": f"No {name} matches the given query."})


# --- annotations -----------------------------------------------------------------------------------------------------


def test_parts_of_a_skeleton_track_have_no_parts(client: Client) -> None:
    """But for a part that is in none of a task's jobs: cutting leaves it an empty list."""
    part = {"label_id": HEAD, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [1, 2]}]}
    body = {"label_id": PERSON, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}],
            "elements": [part, {**part, "label_id": HEAD + 1, "shapes": []}]}  # fmt: skip
    elements = client.send("PUT", "/api/jobs/7/annotations", {"tracks": [body]}).json()["tracks"][0]["elements"]
    assert ["elements" in element for element in elements] == [False, False]


# --- labels -----------------------------------------------------------------------------------------------------------


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


# --- moving -----------------------------------------------------------------------------------------------------------


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


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["a b", "a.b", "ä", "a/b"])
def test_a_slug_has_letters_digits_underscores_and_hyphens(client: Client, slug: str) -> None:
    text = 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'
    assert client.send("POST", "/api/organizations", {"slug": slug}).json() == {"slug": [text]}
    assert client.send("POST", "/api/organizations", {"slug": "A_b-9"}).status == 201


def test_who_sees_and_changes_which_membership(client: Client) -> None:
    client.send("POST", "/api/organizations", {"slug": "acme"})
    for pk, role in ((2, "maintainer"), (3, "worker")):
        email = client.app.state.tables["users"][pk]["email"]
        key = client.send("POST", "/api/invitations?org=acme", {"email": email, "role": role}).json()["key"]
        if pk == 2:
            client.send("POST", f"/api/invitations/{key}/accept", user="ann")
    rows = {row["user"]["id"]: row["id"] for row in client.get("/api/memberships?org=acme").json()["results"]}
    assert set(rows) == {1, 2, 3}
    assert client.send("GET", "/api/memberships?org=acme", user="bob").status == 403, "not active yet"
    assert client.send("GET", "/api/memberships", user="bob").json()["results"] == []
    assert [row["user"]["id"] for row in client.send("GET", "/api/memberships", user="ann").json()["results"]] == [2]
    assert client.send("PATCH", f"/api/memberships/{rows[2]}", {"role": "worker"}, user="ann").status == 403
    assert client.send("DELETE", f"/api/memberships/{rows[1]}", user="ann").status == 403
    assert client.send("PATCH", f"/api/memberships/{rows[3]}", {"role": "supervisor"}, user="ann").status == 200
    assert client.send("POST", "/api/invitations", {"email": "x@y.z", "role": "worker"}, user="ann").status == 403


def test_the_name_of_a_token_is_short(client: Client) -> None:
    assert client.send("POST", "/api/auth/access_tokens", {"name": "a" * 50}).status == 201
    text = "Ensure this field has no more than 50 characters."
    assert client.send("POST", "/api/auth/access_tokens", {"name": "a" * 51}).json() == {"name": [text]}


# --- validation pools: task 43 has frames 24 to 28 as its pool, honeypots on 0, 1, 12, 13 -----------------------------


def test_chance_shows_all_frames_of_a_pool_about_as_often(client: Client) -> None:
    for _ in range(5):
        answer = client.send("PATCH", "/api/tasks/43/validation_layout", {"frame_selection_method": "random_uniform"})
        shown = answer.json()["honeypot_real_frames"]
        assert len(set(shown)) == len(shown) == 4


def test_too_few_frames_are_left_for_honeypots(client: Client) -> None:
    client.send("PATCH", "/api/tasks/43/validation_layout", {"disabled_frames": [24, 25, 26, 27]})
    for path in ("/api/tasks/43/validation_layout", "/api/jobs/4/validation_layout"):
        answer = client.send("PATCH", path, {"frame_selection_method": "random_uniform"})
        assert answer.status == 400
        assert "the remaining number of validation frames (1) is less than the number of honeypots in a job (2)" in (
            answer.json()[0]
        )


def test_only_all_frames_together_are_restored_by_way_of_the_task(client: Client) -> None:
    client.send("PATCH", "/api/jobs/6/data/meta", {"deleted_frames": [24]})
    assert client.get("/api/tasks/43/data/meta").json()["deleted_frames"] == [0, 24]
    assert client.send("PATCH", "/api/tasks/43/data/meta", {"deleted_frames": [24, 25]}).status == 400
    assert client.send("PATCH", "/api/tasks/43/data/meta", {"deleted_frames": []}).json()["deleted_frames"] == []
    assert client.get("/api/jobs/6/data/meta").json()["deleted_frames"] == []
    assert client.get("/api/tasks/43/validation_layout").json()["disabled_frames"] == []


def test_what_a_task_gets_on_a_frame_of_the_pool_its_honeypots_show(client: Client) -> None:
    label = client.get("/api/labels?task_id=43").json()["results"][0]["id"]
    shapes = [{"type": "rectangle", "frame": frame, "label_id": label, "points": [1, 2, 3, 4]} for frame in (1, 5, 26)]
    assert client.send("PUT", "/api/tasks/43/annotations", {"shapes": shapes}).status == 200
    found = client.get("/api/tasks/43/annotations").json()["shapes"]
    assert [shape["frame"] for shape in found] == [1, 5, 12, 26], "1 and 12 show 26"
    for action in ("update", "delete"):
        answer = client.send("PATCH", f"/api/tasks/43/annotations?action={action}", {"shapes": found[3:]})
        assert answer.json() == ["Annotations on validation frames can only be edited via task import or the GT job"]
        assert client.send("PATCH", f"/api/tasks/43/annotations?action={action}", {"shapes": found[1:2]}).status == 200
