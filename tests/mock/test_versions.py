"""Servers newer than the recorded one: the table of differences, and clients of cvat-sdk 2.80 on `--server 2.80`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cvat_sdk import Client as SdkClient
from cvat_sdk import __version__ as sdk_version
from cvat_sdk import models

import annotools
from annotools.cvat_limits import REPLICA_TYPES
from annotools.quality.replicas import parties
from mockserver.mock import Mock
from mockserver.protocol import versions
from mockserver.state.context import Config
from tests.mock import openapi
from tests.mock.conftest import Client

NEWEST = ".".join(map(str, versions.NEWEST))
# Answers whose differences are not modelled (501), events of the server, which nobody is told, and no words at all.
LEFT_OUT = ("Quality", "AnnotationConflict", "Events", "PaginatedQuality", "NullEnum")


@cache
def declared_by_sdk(schema: str) -> frozenset[str]:
    """Fields of an object, or words of an enum, as the installed SDK declares them."""
    model: Any = getattr(models, schema)
    if set(model.openapi_types) == {"value"}:
        return frozenset(word for words in model.allowed_values.values() for word in words.values())
    return frozenset(model.attribute_map.get(name, name) for name in model.openapi_types)


def declared_by_document(schema: str) -> frozenset[str]:
    """The same as the document of 2.73 has it."""
    declared = openapi.document()["components"]["schemas"][schema]
    return frozenset(declared.get("enum") or declared.get("properties", ()))


def compared() -> list[str]:
    """Schemas that both know and that hold fields or words."""
    names = openapi.document()["components"]["schemas"]
    plain = (name for name in names if not name.startswith(LEFT_OUT) and hasattr(models, name))
    return [name for name in plain if declared_by_document(name)]


def test_the_sdk_is_the_newest_version_that_the_table_knows() -> None:
    assert sdk_version.startswith(f"{NEWEST}.")


def test_the_table_is_all_that_the_newest_sdk_declares_otherwise() -> None:
    by_table: dict[str, tuple[set[str], set[str]]] = {}
    for row in versions.TABLE:
        gone, new = by_table.setdefault(row.schema, (set(), set()))
        (gone if row.holds(versions.RECORDED) and not row.holds(versions.NEWEST) else new).add(row.name)
    assert len(compared()) > 50
    for schema in compared():
        old, now = declared_by_document(schema), declared_by_sdk(schema)
        assert by_table.get(schema, (set(), set())) == (old - now, now - old), schema


@pytest.mark.parametrize(("server", "word"), [("2.73", "consensus_replica"), ("2.79", "consensus_replica"),
                                              ("2.80", "replica"), ("2.80.0", "replica")])  # fmt: skip
def test_jobs_and_tasks_are_those_of_their_version(demo: Client, server: str, word: str) -> None:
    demo.app.config = Config(dialect="real", server=server)
    job, task = demo.get("/api/jobs/99").json(), demo.get("/api/tasks/45").json()
    assert (job["type"], "consensus_replicas" in job) == (word, word == "consensus_replica")
    assert ("consensus_enabled" in task, task.get("initial_replicas")) == ((True, None), (False, 2))[word == "replica"]
    assert demo.get("/api/server/about", user=None).json()["version"] == server + ".0" * (server.count(".") == 1)
    listed = demo.get(f"/api/jobs?type={word}&task_id=45").json()["results"]
    assert {row["type"] for row in listed} == {word}
    by_logic = demo.get(f'/api/jobs?filter={{"==":[{{"var":"type"}},"{word}"]}}').json()["results"]
    assert [row["id"] for row in by_logic] == [row["id"] for row in listed]


def test_both_words_for_replicas_are_taken(demo: Client) -> None:
    for server in ("2.73", "2.80"):
        demo.app.config = Config(dialect="real", server=server)
        bodies = {demo.get(f"/api/jobs?type={word}").body for word in ("replica", "consensus_replica")}
        assert len({body.count(b'"id":99') for body in bodies}) == 1
        made = demo.send("POST", "/api/jobs", {"type": "replica", "task_id": 43})
        assert made.json() == ["Unexpected job type 'replica'"]


def test_fields_of_users_come_with_their_versions(demo: Client) -> None:
    body = {"primary_role": "annotator", "data_types": ["images", "of moles"], "planned_activities": ["annotate_data"]}
    for server, known in (("2.74", set()), ("2.75", {"created_via"}), ("2.76", {"created_via", "email_verified"})):
        demo.app.config = Config(dialect="real", server=server)
        user = demo.get("/api/users/self").json()
        assert {row.name for row in versions.TABLE if row.schema == "User"} & user.keys() == known
    pk = demo.get("/api/users/self").json()["id"]
    demo.send("PATCH", f"/api/users/{pk}", body)
    demo.app.config = Config(dialect="real", server="2.79")
    assert demo.get("/api/users/self").json()["primary_role"] == "", "2.76 did not know the field"
    assert body.items() <= demo.send("PATCH", f"/api/users/{pk}", body).json().items()
    assert demo.send("PATCH", f"/api/users/{pk}", {"planned_activities": ["sleep"]}).status == 400


def test_what_is_made_of_requirements_is_not_modelled(demo: Client) -> None:
    demo.app.config = Config(dialect="real", server="2.73")
    assert demo.get("/api/quality/settings").status == 200
    assert demo.get("/api/quality/reports/1/confusion").status == 404
    assert demo.send("PUT", "/api/quality/settings/1", {}).status == 405
    demo.app.config = Config(dialect="real", server="2.80")
    for method, path in (("GET", "settings"), ("GET", "reports"), ("PUT", "settings/1"), ("GET", "conflicts"),
                         ("POST", "settings/requirements/bulk"), ("GET", "reports/1/confusion/matrix")):  # fmt: skip
        answer = demo.send(method, f"/api/quality/{path}")
        assert (answer.status, b"not modelled" in answer.body) == (501, True), path


def test_webhooks_of_the_server_are_known_from_2_76_on(demo: Client) -> None:
    body = {"type": "server", "target_url": "http://x.test", "events": ["create:task"]}
    demo.app.config = Config(dialect="real", server="2.75")
    assert demo.send("POST", "/api/webhooks", body).json() == {"type": ['"server" is not a valid choice.']}
    assert demo.get("/api/webhooks?type=server").status == 400
    demo.app.config = Config(dialect="real", server="2.76")
    assert demo.send("POST", "/api/webhooks", body).status == 501
    assert demo.get("/api/webhooks?type=server").json()["count"] == 0


def test_a_new_task_has_the_replicas_that_a_client_of_2_80_asks_for(demo: Client) -> None:
    body = {"name": "new", "labels": [{"name": "a"}], "initial_replicas": 3}
    assert demo.send("POST", "/api/tasks", body).json()["consensus_enabled"] is False, "2.73 does not know the field"
    demo.app.config = Config(dialect="real", server="2.80")
    assert demo.send("POST", "/api/tasks", body).json()["initial_replicas"] == 3
    old = {**body, "consensus_replicas": body["initial_replicas"]}
    del old["initial_replicas"]
    assert demo.send("POST", "/api/tasks", old).json()["initial_replicas"] == 3, "the deprecated name"


@pytest.mark.parametrize("text", ["2.72", "2.81", "3.0", "2", "2.80.0.1", "newest", "2.８0"])
def test_unknown_versions_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a version from 2\.73 to 2\.80"):
        Mock("empty", server=text)


# --- a client of 2.80 ---------------------------------------------------------------------------------------------


@pytest.fixture
def client(demo_seed: dict[str, Any]) -> Iterator[SdkClient]:
    """The SDK, which checks what it gets against its models, at a mock that answers as 2.80."""
    with Mock(demo_seed, server="2.80") as mock, mock.client() as made:
        yield made
        mock.assert_no_unmatched()


def test_a_client_of_2_80_lists_replicas(client: SdkClient) -> None:
    replicas = client.jobs.list(type="replica")
    assert {str(job.type) for job in replicas} == {"replica"}
    assert {job.id for job in client.jobs.list()} > {job.id for job in replicas} > {99}
    assert client.tasks.retrieve(45).initial_replicas == 2
    assert client.users.retrieve_current_user().created_via is not None
    assert import_module("cvat_sdk").__version__.startswith(NEWEST)


def test_words_of_seeds_of_either_version_are_understood(demo_seed: dict[str, Any]) -> None:
    jobs = [{**job, "type": job["type"].replace("consensus_replica", "replica")} for job in demo_seed["jobs"]]
    newer = {**demo_seed, "jobs": jobs, "server": {"version": "2.80.0"}}
    with Mock(newer) as mock, mock.client() as client:
        assert str(client.jobs.retrieve(99).type) == "replica"
    with Mock(newer, server="2.73") as mock:
        assert mock.state.tables["jobs"][99]["type"] == "consensus_replica"


@pytest.mark.parametrize("server", ["2.73", "2.80"])
def test_bundles_of_either_version_are_read_alike(demo: Client, tmp_path: Path, server: str) -> None:
    demo.app.config = Config(dialect="real", server=server)
    jobs = demo.get("/api/jobs?task_id=45&page_size=all&sort=id").json()["results"]
    answers = {"task.json": "/api/tasks/45", "labels.json": "/api/labels?task_id=45&page_size=all",
               "data_meta.json": "/api/tasks/45/data/meta"}  # fmt: skip
    for job in jobs:
        for name, path in (("job", ""), ("data_meta", "/data/meta"), ("annotations", "/annotations")):
            answers[f"jobs/{job['id']}/{name}.json"] = f"/api/jobs/{job['id']}{path}"
    for name, path in answers.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(demo.get(path).body)
    result = annotools.read(tmp_path, by_job=True)
    assert not result.problems
    assert len(result.dataset.jobs) == len(jobs)
    replicas = [job for job in result.dataset.jobs if job.type in REPLICA_TYPES]
    assert len(replicas) == sum(job["parent_job_id"] is not None for job in jobs) > 0
    begun = tuple(replace(job, state="completed") if job in replicas else job for job in result.dataset.jobs)
    assert sum(map(len, parties(result.dataset.replace(jobs=begun)).ready.values())) == len(replicas)
