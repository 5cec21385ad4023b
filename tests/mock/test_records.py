"""Guides, webhooks, cloud storages, tokens and invitations: plain records, made by requests or by a seed."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.seeds import packaged
from mockserver.seeds.checks import SeedError
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client

DATE = "2025-01-01T00:00:00.000000Z"
STORAGE = {"provider_type": "AWS_S3_BUCKET", "resource": "bucket", "display_name": "b",
           "credentials_type": "KEY_SECRET_KEY_PAIR", "key": "k", "secret_key": "s"}  # fmt: skip
WEBHOOK = {"type": "project", "project_id": 1, "target_url": "http://example.com/hook", "events": ["update:job"]}


def test_a_guide_is_its_tasks_and_its_jobs(client: Client) -> None:
    made = client.send("POST", "/api/guides", {"task_id": 42, "markdown": "# How"})
    assert (made.status, made.json()["markdown"]) == (201, "# How")
    path = f"/api/guides/{made.json()['id']}"
    job = client.get("/api/jobs?task_id=42").json()["results"][0]
    assert client.get("/api/tasks/42").json()["guide_id"] == job["guide_id"] == made.json()["id"]
    assert client.send("POST", "/api/guides", {"task_id": 42}).status == 400
    assert client.send("PATCH", path, {"markdown": "x"}).json()["markdown"] == "x"
    client.send("PATCH", f"/api/jobs/{job['id']}", {"assignee": 4})
    assert client.get(path, user="cleo").status == 200, "who has a job reads it"
    assert client.send("PATCH", path, {"markdown": "y"}, user="cleo").status == 403
    assert client.get(path, user="dan").status == 403
    assert client.send("DELETE", path).status == 204
    assert client.get("/api/tasks/42").json()["guide_id"] is None
    assert client.send("POST", "/api/guides", {"markdown": ""}).status == 400
    assert client.send("POST", "/api/guides", {"project_id": 1}).status == 201


def test_a_webhook(client: Client) -> None:
    made = client.send("POST", "/api/webhooks", {**WEBHOOK, "secret": "x"})
    assert made.status == 201
    assert "secret" not in made.json()
    path = f"/api/webhooks/{made.json()['id']}"
    assert client.send("PATCH", path, {"is_active": False}).json()["is_active"] is False
    whole = {"target_url": "http://x.y/", "events": ["update:task"]}
    assert client.send("PUT", path, whole).json()["is_active"] is True
    assert client.get("/api/webhooks?type=project").json()["count"] == 1
    assert client.get(path, user="ann").status == 403
    assert client.get(f"{path}/deliveries").json()["results"] == []
    assert client.send("POST", f"{path}/ping").status == 501
    assert client.get("/api/webhooks/events?type=project").json()["webhook_type"] == "project"
    assert client.send("DELETE", path).status == 204


@pytest.mark.parametrize(
    "changes",
    [{"events": []}, {"events": ["x"]}, {"events": ["create:membership"]}, {"target_url": "x"}, {"project_id": None},
     {"type": "organization"}, {"type": "x"}],
)  # fmt: skip
def test_webhooks_that_are_refused(client: Client, changes: dict[str, Any]) -> None:
    assert client.send("POST", "/api/webhooks", {**WEBHOOK, **changes}).status == 400


def test_a_webhook_of_an_organization(client: Client) -> None:
    client.send("POST", "/api/organizations", {"slug": "acme"})
    body = {**WEBHOOK, "type": "organization", "project_id": None, "events": ["create:membership"]}
    assert client.send("POST", "/api/webhooks?org=acme", body, user="ann").status == 403
    assert client.send("POST", "/api/webhooks?org=acme", body).json()["organization"] == 1
    assert client.get("/api/webhooks?org=acme").json()["count"] == 1


def test_what_is_in_an_organization_outlives_it_but_for_its_webhooks(client: Client) -> None:
    client.send("POST", "/api/organizations", {"slug": "acme"})
    hook = {**WEBHOOK, "type": "organization", "project_id": None, "events": ["create:membership"]}
    made = {
        table: client.send("POST", f"/api/{table}?org=acme", body).json()["id"]
        for table, body in (
            ("projects", {"name": "p"}), ("tasks", {"name": "t"}), ("cloudstorages", STORAGE), ("webhooks", hook),
        )
    }  # fmt: skip
    assert {client.get(f"/api/{table}/{pk}").json()["organization"] for table, pk in made.items()} == {1}
    assert client.send("DELETE", "/api/organizations/1").status == 204
    assert client.get(f"/api/webhooks/{made.pop('webhooks')}").status == 404
    assert {client.get(f"/api/{table}/{pk}").json()["organization"] for table, pk in made.items()} == {None}
    assert client.get("/api/memberships").json()["count"] == 0
    rows = [row for table in client.app.state.tables.values() for row in table.values() if isinstance(row, dict)]
    assert not [row for row in rows if row.get("organization_id") == 1]


def test_a_cloud_storage_keeps_its_secrets(client: Client) -> None:
    made = client.send("POST", "/api/cloudstorages", STORAGE, user="ann")
    assert made.status == 201
    assert not {"key", "secret_key"} & made.json().keys()
    path = f"/api/cloudstorages/{made.json()['id']}"
    assert client.send("PATCH", path, {"display_name": "c"}, user="ann").json()["display_name"] == "c"
    assert client.send("PATCH", path, {"key": "k2", "secret_key": "s2"}, user="ann").status == 200
    assert client.app.state.tables["cloudstorages"][made.json()["id"]]["key"] == "k2"
    assert client.get(path, user="bob").status == 403
    assert client.get(f"{path}/status").json() == "NOT_FOUND"
    assert client.get("/api/cloudstorages", user="bob").json()["count"] == 0
    assert client.get("/api/cloudstorages?name=c").json()["count"] == 1
    where = f"location=cloud_storage&cloud_storage_id={made.json()['id']}&filename=a.zip"
    answer = client.send("POST", f"/api/jobs/1/dataset/export?format=COCO%201.0&{where}")
    assert "records only" in answer.json()[0]
    assert client.send("DELETE", path, user="ann").status == 204
    assert client.send("POST", "/api/cloudstorages", {**STORAGE, "provider_type": "FTP"}).status == 400


def seeded(**more: Any) -> dict[str, Any]:
    """The default seed with an organization and more."""
    home = {"id": 1, "slug": "acme", "name": "acme", "description": "", "created_date": DATE, "updated_date": DATE,
            "contact": {}, "owner": {"id": 1}}  # fmt: skip
    return {**packaged.load("default"), "organizations": [home], **more}


RECORDS: dict[str, Any] = {
    "guides": [{"id": 7, "task_id": 42, "project_id": None, "created_date": DATE, "updated_date": DATE,
                "markdown": "m"}],
    "webhooks": [{"id": 3, "url": "x", **WEBHOOK, "description": "", "content_type": "application/json",
                  "is_active": True, "enable_ssl": True, "created_date": DATE, "updated_date": DATE, "owner": {"id": 1},
                  "organization": None, "last_status": 200}],
    "cloudstorages": [{"id": 5, **STORAGE, "owner": {"id": 2}, "created_date": DATE, "updated_date": DATE,
                       "organization": None, "manifests": []}],
    "access_tokens": [{"id": 9, "name": "ci", "value": "abc.def", "owner": {"id": 2}, "created_date": DATE,
                       "updated_date": DATE, "expiry_date": None, "read_only": False, "last_used_date": None}],
    "invitations": [{"key": "k" * 32, "created_date": DATE, "owner": {"id": 1}, "role": "worker", "user": {"id": 3},
                     "organization": 1, "expired": False, "accepted": False}],
}  # fmt: skip


def test_a_seed_brings_records() -> None:
    client = Client(App(state_of(seeded(**RECORDS)), Config(dialect="real")), "admin")
    assert client.get("/api/guides/7").json()["markdown"] == "m"
    assert client.get("/api/webhooks/3").json()["events"] == ["update:job"]
    assert client.get("/api/cloudstorages/5").json()["owner"]["id"] == 2
    own = client.get("/api/users/self", user=None, authorization="Bearer abc.def").json()
    assert own["id"] == 2
    assert client.get("/api/auth/access_tokens/9", user="ann").json()["name"] == "ci"
    assert client.get(f"/api/invitations/{'k' * 32}", user="bob").json()["owner"]["id"] == 1
    assert client.send("POST", f"/api/invitations/{'k' * 32}/accept", user="bob").status == 200
    assert client.send("POST", "/api/auth/access_tokens", {"name": "next"}).json()["id"] == 10
    snapshot = client.app.snapshot()
    client.app.restore(snapshot)
    assert client.get("/api/webhooks/3").status == 200


@pytest.mark.parametrize(
    "bad",
    [{"guides": [{**RECORDS["guides"][0], "task_id": 999}]},
     {"webhooks": [{**RECORDS["webhooks"][0], "project_id": 9}]},
     {"cloudstorages": [{**RECORDS["cloudstorages"][0], "owner": {"id": 99}}]},
     {"access_tokens": [{**RECORDS["access_tokens"][0], "owner": {"id": 99}}]},
     {"invitations": [{**RECORDS["invitations"][0], "organization": 99}]}, {"guides": [{"id": 1}]}],
)  # fmt: skip
def test_records_that_lead_nowhere(bad: dict[str, Any]) -> None:
    with pytest.raises(SeedError):
        state_of(seeded(**bad))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
        ("2024-05-01T12:00:00.5+02:00", "2024-05-01T10:00:00.500000Z"),
        ("2024-05-01T12:00:00", "2024-05-01T12:00:00Z"),
    ],
)
def test_times_of_events_are_in_utc(client: Client, given: str, shown: str) -> None:
    body = {"events": [{"scope": "load:cvat", "timestamp": given}], "timestamp": given}
    answer = client.send("POST", "/api/events", body)
    assert answer.status == 201
    assert [answer.json()["timestamp"], answer.json()["events"][0]["timestamp"]] == [shown, shown]


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00"])
def test_times_of_events_before_and_behind_all_dates(client: Client, edge: str) -> None:
    answer = client.send("POST", "/api/events", {"events": [], "timestamp": edge})
    assert (answer.status, answer.json()) == (400, {"timestamp": ["Datetime value out of range."]})
