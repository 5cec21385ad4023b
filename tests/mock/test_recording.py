"""`annotools mock check` and `record`, against mocks and over the network."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from mockserver.contract import checking, pack, project
from mockserver.contract.pack import Pack
from mockserver.contract.project import Login
from mockserver.contract.recording import Recorder
from mockserver.contract.senders import AppSender, basic
from mockserver.core.app import App
from mockserver.mock import Mock
from mockserver.state.context import Config
from tests.mock.conftest import BASE
from tests.mock.other_mocks import another, run

# cvat-sdk leaves its connections to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("login"),
]


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
