"""The pytest plugin, in pytest runs of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from mockserver.mock import Mock
from mockserver.state.context import Config

pytest_plugins = ["pytester"]
INSTALLED = any(point.value == "mockserver.plugin" for point in entry_points(group="pytest11"))


def run(pytester: pytest.Pytester, code: str, *arguments: str) -> pytest.RunResult:
    """Run a test file in a process of its own."""
    pytester.makepyfile(code)
    plugin = () if INSTALLED else ("-p", "mockserver.plugin")
    return pytester.runpytest_subprocess(*plugin, "-p", "no:cacheprovider", "-W", "error", *arguments)


def test_fixtures_give_a_server_a_client_and_a_fresh_state(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest, urllib.request
        SHAPE = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4]}

        @pytest.mark.parametrize("turn", [1, 2])
        def test_upload(cvat_mock, cvat_client, turn):
            job = cvat_client.jobs.retrieve(2)
            before = len(job.get_annotations().shapes)
            job.update_annotations({"shapes": [SHAPE]})
            assert before == 3, "each test begins with the seed"
            cvat_mock.assert_called("PATCH", "/api/jobs/2/annotations*", action="update", times=1)
            cvat_mock.assert_no_unmatched()

        def test_url(cvat_url):
            assert b"2.73.0" in urllib.request.urlopen(cvat_url + "/api/server/about").read()

        @pytest.mark.cvat(seed="empty", dialect="real", clock="manual")
        def test_marker(cvat_mock, cvat_client):
            assert cvat_client.tasks.list() == []
            assert cvat_mock.app.config.dialect == "real"
            assert cvat_mock.clock.mode == "manual"

        def test_marker_is_gone(cvat_mock):
            assert len(cvat_mock.state.tables["tasks"]) == 4
            assert cvat_mock.clock.mode == "instant"
        """,
    )
    result.assert_outcomes(passed=5)


def test_failures_show_what_happened_and_strictness_names_the_way_out(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        def test_wrong(cvat_mock, cvat_client):
            cvat_client.jobs.retrieve(1).update({"state": "completed"})
            assert False

        @pytest.mark.cvat(strict=True)
        def test_fails(cvat_client):
            cvat_client.jobs.retrieve(1).remove_annotations()

        @pytest.mark.cvat(strict=True, allow=["delete-destroys"])
        def test_passes(cvat_client):
            cvat_client.jobs.retrieve(1).remove_annotations()

        def test_passes_without(cvat_client):
            cvat_client.jobs.retrieve(1).remove_annotations()

        @pytest.mark.cvat(sead="empty")
        def test_marker(cvat_mock): ...
        """,
    )
    result.assert_outcomes(failed=2, passed=2, errors=1)
    result.stdout.fnmatch_lines(["*takes the keywords*seed*"])
    result.stdout.fnmatch_lines(
        [
            "*cvat mock: last requests*",
            "*200  PATCH /api/jobs/1  (admin)*",
            "*what has changed*",
            "*jobs 1: state new -> completed*",
        ]
    )
    result.stdout.fnmatch_lines(["*delete-destroys: this DELETE removed all*", "*allow=*delete-destroys*"])


def test_workers_do_not_meet(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.parametrize("turn", range(12))
        def test_it(cvat_mock, cvat_client, turn):
            for _ in range(3):
                cvat_client.jobs.retrieve(9).update_annotations(
                    {"shapes": [{"type": "rectangle", "frame": 0, "label_id": 21, "points": [1, 2, 3, 4]}]})
            assert len(cvat_client.jobs.retrieve(9).get_annotations().shapes) == 5
        """,
        "-n2",
    )
    result.assert_outcomes(passed=12)


def test_the_same_tests_run_against_a_live_server(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
        def test_client(cvat_client, cvat_url):
            assert cvat_client.users.retrieve_current_user().username == "ann"
        def test_mock(cvat_mock): ...
        """
    with Mock() as mock:
        monkeypatch.setenv("CVAT_USER", "ann")
        monkeypatch.setenv("CVAT_PASSWORD", "mock")
        result = run(pytester, code, "--cvat-live", mock.url)
        result.assert_outcomes(passed=1, skipped=1)


def test_a_live_server_needs_somebody_to_log_in(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CVAT_USER", raising=False)
    result = run(pytester, "def test_client(cvat_client): ...", "--cvat-live", "http://localhost:1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*needs the environment variable CVAT_USER*"])


def test_the_plugin_loads_nothing_heavy() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import mockserver.plugin; "
        "print(sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "['mockserver']"


def test_the_recorded_scenarios_are_a_suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("--pyargs", "mockserver.contract.suite", "-m", "cvat_contract", "-k", "patch or live")
    result = run(pytester, "", *chosen)
    assert (result.ret, result.parseoutcomes()["passed"] > 10) == (0, True)
    with Mock(config=Config(dialect="real")) as mock:
        monkeypatch.setenv("CVAT_USER", "admin")
        monkeypatch.setenv("CVAT_PASSWORD", "mock")
        result = run(pytester, "", *chosen, "--cvat-live", mock.url)
    assert result.ret == 0, "a mock that is told of by its address"


def test_the_version_is_a_wish(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.cvat(server="2.80")
        def test_newer(cvat_mock, cvat_client):
            assert cvat_client.api_client.server_api.retrieve_about()[0].version == "2.80.0"

        def test_recorded(cvat_client):
            assert cvat_client.api_client.server_api.retrieve_about()[0].version == "2.73.0"
        """,
    )
    result.assert_outcomes(passed=2)
