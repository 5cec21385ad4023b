"""Choices and lengths of fields are those of the server's OpenAPI document of 2.73."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.model.definitions import INPUT_TYPES
from mockserver.people.organizations import ROLES
from mockserver.resources import cloud_storages, jobs, projects, webhooks
from tests.mock.conftest import Client
from tests.mock.openapi import document
from tests.mock.test_records import STORAGE, WEBHOOK

CHOICES = {
    "ProviderTypeEnum": cloud_storages.PROVIDERS, "CredentialsTypeEnum": cloud_storages.CREDENTIALS,
    "JobStage": jobs.STAGES, "OperationStatus": jobs.STATES, "RoleEnum": ROLES, "InputTypeEnum": INPUT_TYPES,
    "JobStatus": projects.STATUSES, "EventsEnum": webhooks.EVENTS["organization"],
}  # fmt: skip
PROJECT = ("comment", "issue", "job", "task")  # of whose changes a webhook of a project can be told

# The longest text of fields, as the document has it.
LONGEST: dict[tuple[str, str], tuple[dict[str, Any], dict[str, int]]] = {
    ("POST", "/api/cloudstorages"): (STORAGE, {
        "resource": 222, "display_name": 63, "session_token": 440, "account_name": 24, "key": 40, "secret_key": 64,
        "connection_string": 1024, "specific_attributes": 1024,
    }),
    ("POST", "/api/webhooks"): (WEBHOOK, {"target_url": 8192, "description": 128, "secret": 64}),
    ("POST", "/api/organizations"): ({"slug": "fresh"}, {"slug": 16, "name": 64}),
    ("POST", "/api/projects"): ({"name": "p"}, {"name": 256, "bug_tracker": 2000}),
    ("PATCH", "/api/projects/1"): ({}, {"name": 256, "bug_tracker": 2000}),
    ("POST", "/api/tasks"): (
        {"name": "t", "labels": [{"name": "car"}]}, {"name": 256, "bug_tracker": 2000, "subset": 64}
    ),
    ("PATCH", "/api/tasks/42"): ({}, {"name": 256, "bug_tracker": 2000, "subset": 64}),
    ("PATCH", "/api/users/2"): ({}, {"username": 150, "first_name": 150, "last_name": 150, "email": 254}),
    ("POST", "/api/auth/access_tokens"): ({"name": "t"}, {"name": 50}),
}  # fmt: skip
FIELDS = [(*where, field) for where, (_, limits) in LONGEST.items() for field in limits]


@pytest.mark.parametrize("name", CHOICES)
def test_choices(name: str) -> None:
    assert sorted(CHOICES[name]) == sorted(document()["components"]["schemas"][name]["enum"])


def test_types_of_jobs_are_those_of_the_document_and_the_word_of_later_servers() -> None:
    assert set(jobs.TYPES) - set(document()["components"]["schemas"]["JobType"]["enum"]) == {"replica"}
    assert len(jobs.TYPES) == 4


def test_events_of_a_project_are_those_of_an_organization_that_are_in_it() -> None:
    every = webhooks.EVENTS["organization"]
    inside = {event for event in every if event.partition(":")[2] in PROJECT or event.startswith("completed:")}
    assert set(webhooks.EVENTS["project"]) == inside | {"update:project", "delete:project"}


def text_of(field: str, size: int) -> str:
    """A text of a length, of the kind that a field is for."""
    head, tail = {"bug_tracker": ("http://", ""), "target_url": ("http://", ""), "email": ("", "@example.com")}.get(
        field, ("", "")
    )
    return head + "a" * (size - len(head) - len(tail)) + tail


def complaints(client: Client, method: str, path: str, field: str, size: int) -> list[str]:
    """What the answer says of a field of a length."""
    body = LONGEST[method, path][0] | {field: text_of(field, size)}
    answer = client.send(method, path, body)
    assert answer.status in (200, 201, 400), answer.body
    faults: list[str] = answer.json().get(field, []) if answer.status == 400 else []
    return faults


@pytest.mark.parametrize(("method", "path", "field"), FIELDS)
def test_texts_may_be_as_long_as_the_document_says(client: Client, method: str, path: str, field: str) -> None:
    most = LONGEST[method, path][1][field]
    too_long = f"Ensure this field has no more than {most} characters."
    assert too_long not in complaints(client, method, path, field, most)
    assert too_long in complaints(client, method, path, field, most + 1)
