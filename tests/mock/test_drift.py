"""`annotools mock check`, `record` and `drift`, against mocks that answer as they should and such as do not."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import Any

import orjson
import pytest
from click.testing import Result

from mockserver.contract import declared
from mockserver.mock import Mock
from mockserver.protocol import versions
from mockserver.state.context import Config
from tests.mock.other_mocks import another, run
from tests.processes import interruptible

# cvat-sdk leaves its connections to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("login"),
]


def different(result: Result) -> list[tuple[str, str, str]]:
    """Scenario, kind and path of all differences of a JSON report."""
    rows = orjson.loads(result.stdout)["different"]
    return [(row["scenario"], item["kind"], item["path"]) for row in rows for item in row["differences"]]


def test_a_mock_of_the_same_manners_does_not_drift() -> None:
    with Mock(config=Config(dialect="real")) as upstream:
        result = run("drift", "--upstream", upstream.url, "--format", "json")
        assert (result.exit_code, different(result)) == (0, [])
        gone = [line for line in upstream.changes() if not line.startswith(("requests ", "blobs "))]
        assert gone == [], "the project and all that was in it is gone"


def test_the_lenient_dialect_is_found() -> None:
    with Mock() as upstream:
        result = run("drift", "--upstream", upstream.url, "--format", "json", "--select", "live/jobs")
    assert result.exit_code == 1
    kinds = {(row["step"], item["kind"]) for row in orjson.loads(result.stdout)["different"]
             for item in row["differences"]}  # fmt: skip
    assert kinds >= {("with a slash", "status"), ("plain JSON is not spoken", "status"),
                     ("what the manual shows", "status")}  # fmt: skip


def test_every_kind_of_difference_is_found() -> None:
    with another() as (app, url):
        result = run("drift", "--upstream", url, "--format", "json")
        assert not app.state.tables["projects"].keys() - {1}
    kinds = {(kind, path.replace("$.results[0]", "$")) for _, kind, path in different(result)}
    assert kinds >= {
        ("status", "status"), ("field added", "$.reviewed"), ("field removed", "$.bug_tracker"),
        ("type", "$.frame_count"), ("enum", "$.mode"), ("value", "$.stop_frame"), ("header", "headers.content-type"),
    }  # fmt: skip
    assert result.exit_code == 1


def test_the_mock_answers_as_the_version_of_the_upstream() -> None:
    with Mock(config=Config(dialect="real"), server="2.80") as upstream:
        assert run("drift", "--upstream", upstream.url, "--select", "live/replicas").exit_code == 0
        older = run("drift", "--upstream", upstream.url, "--select", "live/replicas", "--server", "2.73")
    assert "$.initial_replicas: field added" in older.stdout
    assert "$.consensus_enabled: field removed" in older.stdout
    assert '$.type: enum, expected "consensus_replica", got "replica"' in older.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_drift_removes_its_project(number: signal.Signals) -> None:
    with Mock(config=Config(dialect="real")) as upstream:
        words = [sys.executable, "-m", "annotools", "mock", "drift", "--upstream", upstream.url]
        upstream.faults.add("GET /api/jobs/*/data/meta", "hang", times=0, seconds=2)
        with subprocess.Popen(interruptible(words), stdout=-1, stderr=-1, text=True) as process:
            _until(lambda: bool(upstream.journal.find("GET", "/api/jobs/*/data/meta")))
            assert len(upstream.state.tables["projects"]) == 2
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "removed project 2" in err
        assert len(upstream.state.tables["projects"]) == 1


def _until(done: Any) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_that_makes_no_project_is_named() -> None:
    with Mock() as upstream:
        upstream.faults.add("POST /api/projects", "opa_403")
        result = run("drift", "--upstream", upstream.url)
    assert "cannot make a project, it answered 403" in str(result.exception)


def test_a_project_whose_making_was_not_answered_is_removed() -> None:
    with Mock() as upstream:
        upstream.faults.add("POST /api/projects", "drop_after_commit")
        assert run("drift", "--upstream", upstream.url).exit_code != 0
        assert len(upstream.state.tables["projects"]) == 1


def test_the_newest_sdk_declares_nothing_that_the_table_does_not_know() -> None:
    result = run("drift", "--against", "sdk")
    assert (result.exit_code, result.stdout.splitlines()[-1].split(":")[0]) == (0, "drift")


def test_an_older_server_differs_from_the_newest_sdk_by_the_table() -> None:
    result = run("drift", "--against", "sdk", "--server", "2.73", "--format", "json")
    assert result.exit_code == 1
    differences = different(result)
    plain = {
        (kind, path)
        for _, kind, path in differences
        if not path.startswith(("Quality", "Annotation", "Patched", "Events"))
    }
    expected = {("field added", f"{row.schema}.{row.name}") for row in versions.TABLE if row.since > versions.RECORDED
                and row.schema not in ("JobType", "WebhookType", "PatchedUserRequest")}  # fmt: skip
    expected |= {("field removed", "JobRead.consensus_replicas"), ("field removed", "TaskRead.consensus_enabled"),
                 ("enum", "JobType"), ("enum", "WebhookType")}  # fmt: skip
    assert {pair for pair in plain if pair[1][:3] not in ("GET", "POS", "PUT", "DEL", "PAT")} == expected
    assert ("field added", "GET /api/growth") in plain


def test_the_recorded_schema_is_the_servers() -> None:
    job = declared.recorded()["JobRead"]
    assert job.fields["stop_frame"] == {"integer"}
    assert job.fields["target_storage"] is None or "object" in job.fields["target_storage"]
    assert declared.recorded()["JobType"].words == {"annotation", "ground_truth", "consensus_replica"}
    assert declared.operations()["jobs_retrieve"] == ("GET", "/api/jobs/{id}")
