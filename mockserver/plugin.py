"""pytest plugin: a mock CVAT for tests. It is loaded by its entry point; the server is, when a fixture is asked for.

    def test_upload(cvat_mock, cvat_client):
        cvat_client.jobs.retrieve(1).set_annotations(...)
        cvat_mock.assert_called("PUT", "/api/jobs/1/annotations*")

    @pytest.mark.cvat(seed="empty", strict=True, allow=["put-destroys"], dialect="real", clock="manual")
    def test_strictly(cvat_mock): ...

Each worker (pytest-xdist) has its own server, each test the state of its seed. With `--cvat-live URL` the same tests
run against a real server: `cvat_url` is the URL, `cvat_client` logs in with CVAT_USER and CVAT_PASSWORD, and tests that
ask for `cvat_mock` are skipped, because a real server's state cannot be set.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver import Mock

_MARKER = (
    'cvat(seed="default", strict=False, allow=(), dialect="lenient", bug_for_bug=False, clock="instant", '
    'server=""): '
    "seed and manners of the mock CVAT server for this test"
)
_OPTIONS = {"seed", "strict", "allow", "dialect", "bug_for_bug", "clock", "server"}
_KEY = pytest.StashKey["Mock"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--cvat-live URL`."""
    group = parser.getgroup("cvat", "mock CVAT server")
    group.addoption(
        "--cvat-live", metavar="URL", default=None, help="run against a real CVAT server instead of the mock"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", _MARKER)
    config.addinivalue_line("markers", "cvat_contract: recorded answers of a CVAT server, of mockserver.contract.suite")


@pytest.fixture(scope="session")
def _cvat_server(request: pytest.FixtureRequest) -> Iterator[Mock]:
    with import_module("mockserver").Mock("empty") as mock:
        yield mock


@pytest.fixture
def cvat_mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """A running mock server in the state of the test's seed: see `mockserver.Mock`."""
    if request.config.getoption("--cvat-live"):
        pytest.skip("needs the mock's state, which a live server (--cvat-live) does not give")
    mock: Mock = request.getfixturevalue("_cvat_server")
    import_module("mockserver.pytest_seeds").prepare(mock, _wishes(request.node))
    request.node.stash[_KEY] = mock
    yield mock
    mock.faults.clear()


@pytest.fixture
def cvat_url(request: pytest.FixtureRequest) -> str:
    """Address of the mock server, or of the live one."""
    live = request.config.getoption("--cvat-live")
    return str(live).rstrip("/") if live else str(request.getfixturevalue("cvat_mock").url)


@pytest.fixture
def cvat_login(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Name and password of an administrator, or of CVAT_USER on a live server."""
    return _credentials(request)


@pytest.fixture
def cvat_client(cvat_url: str, cvat_login: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client of cvat-sdk, logged in, that polls without waiting."""
    sdk = pytest.importorskip("cvat_sdk", reason="cvat_client needs the package cvat-sdk")
    period = 1 if request.config.getoption("--cvat-live") else 0
    with sdk.Client(cvat_url, config=sdk.Config(status_check_period=period), check_server_version=False) as client:
        client.login(cvat_login)
        yield client


def _credentials(request: pytest.FixtureRequest) -> tuple[str, str]:
    if not request.config.getoption("--cvat-live"):
        mock: Mock = request.getfixturevalue("cvat_mock")
        return mock.user, mock.password
    try:
        return os.environ["CVAT_USER"], os.environ["CVAT_PASSWORD"]
    except KeyError as error:
        raise pytest.UsageError(f"--cvat-live needs the environment variable {error.args[0]}") from None


def _wishes(item: pytest.Item) -> dict[str, Any]:
    """Arguments of the marker, the nearest one first."""
    options: dict[str, Any] = {}
    for marker in item.iter_markers("cvat"):
        unknown = set(marker.kwargs) - _OPTIONS
        if marker.args or unknown:
            raise pytest.UsageError(f"@pytest.mark.cvat takes the keywords {', '.join(sorted(_OPTIONS))}")
        options = {**marker.kwargs, **options}
    return options


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test that is strict fails for what the server remarked upon."""
    result = yield
    mock = item.stash.get(_KEY, None)
    if mock is not None and mock.app.config.strict:
        try:
            mock.assert_no_warnings()
        except AssertionError as error:
            pytest.fail(str(error), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows the last requests and what they did."""
    report = yield
    mock = item.stash.get(_KEY, None)
    if mock is not None and report.failed and report.when == "call":
        report.sections.append(("cvat mock: last requests", mock.journal.text(20) or "none"))
        report.sections.append(
            ("cvat mock: what has changed since the seed", "\n".join(mock.changes()[:50]) or "nothing")
        )
    return report
