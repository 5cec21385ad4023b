"""`annotools mock check`, `record` and `drift`, against mocks that answer as they should and such as do not."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from annotools.cli.mock import command
from mockserver.contract import checking, declared, pack, project
from mockserver.contract.pack import Pack
from mockserver.contract.project import Login
from mockserver.contract.recording import Recorder
from mockserver.contract.senders import AppSender, basic
from mockserver.core.app import App
from mockserver.faces.sockets import serve
from mockserver.mock import Mock
from mockserver.protocol import versions
from mockserver.protocol.http import Request, Response
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import BASE
from tests.processes import interruptible

# cvat-sdk leaves its connections to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks a real server."""
    monkeypatch.delenv("CVAT_TOKEN", raising=False)
    monkeypatch.setenv("CVAT_USER", "admin")
    monkeypatch.setenv("CVAT_PASSWORD", "mock")


def run(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(command, list(words))


def different(result: Result) -> list[tuple[str, str, str]]:
    """Scenario, kind and path of all differences of a JSON report."""
    rows = orjson.loads(result.stdout)["different"]
    return [(row["scenario"], item["kind"], item["path"]) for row in rows for item in row["differences"]]


class OtherApp(App):
    """A server that answers some requests otherwise."""

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if request.path.startswith("/_mock/"):
            return Response(404)
        if response.status == 200 and request.method == "GET" and request.path.startswith("/api/jobs"):
            response.body = orjson.dumps(other(response.json())) if response.body.startswith(b"{") else response.body
        if request.path.endswith("/preview"):
            response.headers = [("Content-Type", "image/webp")]
        if request.path.startswith("/api/issues") and request.method == "POST" and response.status == 201:
            response.status = 200
        return response


def other(value: Any) -> Any:
    """A job with another field, without one, with another type, word and value; lists backwards."""
    if "results" in value:
        return {**value, "results": [other(row) for row in reversed(value["results"])]}
    if "stage" in value:
        changed = {**value, "reviewed": False, "frame_count": str(value["frame_count"]), "mode": "pictures"}
        changed["stop_frame"] += 1
        del changed["bug_tracker"]
        return changed
    return value


@contextmanager
def another() -> Iterator[tuple[OtherApp, str]]:
    """Such a server, listening."""
    app = OtherApp(state_of("default"), Config(dialect="real"))
    server = serve(app, "127.0.0.1", 0, None)
    try:
        yield app, server.url
    finally:
        server.stop()
        app.env.spool.close()


# --- drift --------------------------------------------------------------------------------------------------------


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
    found = {(row["step"], item["kind"]) for row in orjson.loads(result.stdout)["different"]
             for item in row["differences"]}  # fmt: skip
    assert found >= {("with a slash", "status"), ("plain JSON is not spoken", "status"),
                     ("what the manual shows", "status")}  # fmt: skip


def test_every_kind_of_difference_is_found() -> None:
    with another() as (app, url):
        result = run("drift", "--upstream", url, "--format", "json")
        assert not app.state.tables["projects"].keys() - {1}
    found = {(kind, path.replace("$.results[0]", "$")) for _, kind, path in different(result)}
    assert found >= {
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


# --- against the SDK ----------------------------------------------------------------------------------------------


def test_the_newest_sdk_declares_nothing_that_the_table_does_not_know() -> None:
    result = run("drift", "--against", "sdk")
    assert (result.exit_code, result.stdout.splitlines()[-1].split(":")[0]) == (0, "drift")


def test_an_older_server_differs_from_the_newest_sdk_by_the_table() -> None:
    result = run("drift", "--against", "sdk", "--server", "2.73", "--format", "json")
    assert result.exit_code == 1
    found = different(result)
    plain = {
        (kind, path) for _, kind, path in found if not path.startswith(("Quality", "Annotation", "Patched", "Events"))
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


# --- check --------------------------------------------------------------------------------------------------------


def test_check_leaves_a_mock_as_it_was() -> None:
    with Mock(config=Config(dialect="real")) as mock:
        mock.app.state.update("tasks", 42, name="mine")
        result = run("check", "--url", mock.url, "--select", "patch/")
        assert (result.exit_code, "100.0%" in result.stdout) == (0, True), result.stdout
        assert mock.state.tables["tasks"][42]["name"] == "mine"


def test_check_says_what_is_answered_otherwise() -> None:
    with Mock() as mock:
        result = run("check", "--url", mock.url, "--select", "live/jobs", "--format", "junit")
        assert (result.exit_code, 'failures="' in result.stdout) == (1, True)
        assert run("check", "--url", mock.url, "--select", "live/jobs", "--fail-under", "0.5").exit_code == 0
        assert "no scenario has" in str(run("check", "--url", mock.url, "--select", "no such").exception)


def test_on_another_server_only_scenarios_without_a_seed_run() -> None:
    with another() as (app, url):
        result = run("check", "--url", url, "--format", "json")
        report = orjson.loads(result.stdout)
        assert report["sections"].keys() == {"live"}
        assert 0.9 < report["share"] < 1
        assert len(app.state.tables["projects"]) == 1


def test_a_login_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CVAT_USER")
    with another() as (_, url):
        assert "set CVAT_TOKEN, or CVAT_USER" in str(run("check", "--url", url).exception)


def test_a_server_that_is_not_there_is_named() -> None:
    with Mock() as mock:
        url = mock.url
    for words in (
        ("check", "--url", url),
        ("drift", "--upstream", url),
        ("record", "--upstream", url, "--task", "1", "-o", "x"),
    ):
        assert f"{url}: no answer" in str(run(*words).exception), words


# --- record -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo", "full"])
def test_a_recorded_mock_answers_as_it_was_recorded(name: str) -> None:
    mock = Mock(pack.packaged().seed(name, BASE), config=Config(dialect="real"))
    recorder = Recorder(AppSender(mock.app, BASE), {"authorization": basic(mock.user, mock.password)})
    recorder.walk(projects=mock.state.tables["projects"], tasks=mock.state.tables["tasks"])
    seed, scenario = recorder.seed(), recorder.scenario("made")
    served = AppSender(App(config=Config(dialect="real")), "http://other.test")
    outcomes = list(checking.check(served, Pack({"made": seed}, [scenario]), None))
    assert len(outcomes) > 100
    assert not [line for one in outcomes for line in one.lines()]
    text = json.dumps([seed, scenario])
    people = [user["email"] for user in mock.state.tables["users"].values()]
    assert not [name for name in people if name in text]
    assert name == "full" or "demo_admin" not in text
    assert BASE not in text


def test_record_and_serve_over_the_network(tmp_path: Path) -> None:
    seed, scenario = tmp_path / "seed.json", tmp_path / "walk.json"
    with Mock() as upstream:
        words = ["--upstream", upstream.url, "--task", "43", "--project", "1", "-o", str(seed)]
        result = run("record", *words, "--scenario", str(scenario))
        assert result.exit_code == 0, result.output
        assert {entry.request.method for entry in upstream.journal.entries} == {"GET", "POST"}
        posts = [entry.request.path for entry in upstream.journal.entries if entry.request.method == "POST"]
        assert set(posts) <= {"/api/auth/login", "/api/auth/logout"}
    with Mock(str(seed)) as served:
        assert sorted(served.state.tables["tasks"]) == [43, 45]
        result = run("check", "--url", served.url, "--scenario", str(scenario), "--seed", str(seed))
        assert (result.exit_code, "100.0%" in result.stdout) == (0, True), result.stdout


def test_record_says_what_is_wanted(tmp_path: Path) -> None:
    assert "expected --task or --project" in str(run("record", "--upstream", "http://x", "-o", "y").exception)
    with Mock() as upstream:
        words = ("record", "--upstream", upstream.url, "-o", str(tmp_path / "x.json"), "--task", "99")
        assert "/api/tasks/99: answered 404" in str(run(*words).exception)
        upstream.faults.add("POST /api/auth/login", "opa_403")
        assert "the login is refused, status 403" in str(run(*words).exception)
    assert not list(tmp_path.iterdir())


def test_a_project_is_made_once_and_removed() -> None:
    mock = Mock()
    with project.project(AppSender(mock.app), Login("admin", "mock"), "drift") as made:
        assert mock.state.tables["projects"][made.pk]["name"] == made.name
    assert made.pk not in mock.state.tables["projects"]
