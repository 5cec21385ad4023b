"""The check of answers against the OpenAPI document finds what is wrong."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from mockserver.core import coverage
from mockserver.protocol.http import Request, Response
from mockserver.rules import serialise
from mockserver.state.context import Config, Context, Env
from tests.mock import openapi
from tests.mock.conftest import Client

MEDIA = [("Content-Type", "application/vnd.cvat+json")]


def problems_of(path: str, body: Any, method: str = "GET", status: int = 200) -> list[str]:
    """What the check says about an answer."""
    return openapi.problems(Request(method, path), Response(status, MEDIA, orjson.dumps(body)), lenient=False)


def test_a_good_answer_passes(demo: Client) -> None:
    assert problems_of("/api/jobs/66", demo.get("/api/jobs/66").json()) == []
    assert openapi.validator("jobs_retrieve", "200") is not None


@pytest.mark.parametrize(
    ("change", "text"),
    [({"id": "66"}, "$.id"), ({"state": "done"}, "$.state"), ({"assignee": 7}, "$.assignee"),
     ({"issues": None}, "$.issues")],
)  # fmt: skip
def test_a_bad_answer_does_not(demo: Client, change: dict[str, Any], text: str) -> None:
    job = {**demo.get("/api/jobs/66").json(), **change}
    assert any(text in line for line in problems_of("/api/jobs/66", job))
    page = {"count": 1, "next": None, "previous": None, "results": [job]}
    assert any(f"$.results[0].{text[2:]}" in line for line in problems_of("/api/jobs", page))


def test_writes_of_annotations_are_labeled_data() -> None:
    wrong = {"shapes": [{"type": "box"}]}
    for method in ("PUT", "PATCH"):
        assert problems_of("/api/jobs/66/annotations", wrong, method)


def test_most_of_what_is_modelled_has_a_schema() -> None:
    modelled = set(coverage.summary()["modelled"])
    known = {name for name, answers in openapi.document()["operations"].items() if answers}
    assert len(known & modelled) > 50


def test_newer_words_for_replicas(demo: Client) -> None:
    ctx = Context(Request("GET", "/"), demo.app.state, Env(), Config(), user=demo.app.state.tables["users"][22])
    job = demo.app.state.tables["jobs"][99]
    assert serialise.job(ctx, job)["type"] == "consensus_replica"
    demo.app.state.version = "2.80.0"
    assert serialise.job(ctx, job)["type"] == "replica"
