"""In-process client of the mock: no socket, a fresh state for every test."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
import pytest

from mockserver import Mock
from mockserver.contract import pack
from mockserver.core.app import App
from mockserver.protocol import versions
from mockserver.protocol.http import Request, Response
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock import browser as driver
from tests.mock import openapi
from tests.mock.browser import Browser
from tests.mock.sockets import LIMITS

BASE = "http://mock.test"


@dataclass
class Client:
    """Sends requests to an app as one user (Basic authentication)."""

    app: App
    user: str | None = None

    def send(self, method: str, url: str, body: Any = None, *, user: str | None = "", **headers: str) -> Response:
        """One request; a body that is not bytes goes as JSON; header names with _ for -."""
        sent = {"accept": "application/vnd.cvat+json", "host": "mock.test"}
        name = self.user if user == "" else user
        if name is not None:
            password = next(u["password"] for u in self.app.state.tables["users"].values() if u["username"] == name)
            sent["authorization"] = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        if body is not None and not isinstance(body, bytes):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        sent |= {key.replace("_", "-").lower(): value for key, value in headers.items()}
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        return self.app.handle(Request(method, unquote(parts.path), query, sent, body or b""))

    def get(self, url: str, **kwargs: Any) -> Response:
        """GET."""
        return self.send("GET", url, **kwargs)


@pytest.fixture(autouse=True)
def answers_follow_the_document(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every JSON answer of every test in this folder is valid against CVAT's OpenAPI document, that of 2.73."""
    problems: list[str] = []
    handle = App.handle

    def checked(self: App, request: Request) -> Response:
        response = handle(self, request)
        recorded = versions.parse(self.config.server or self.state.version) == versions.RECORDED
        if recorded and not request.path.startswith("/_mock/"):
            problems.extend(openapi.problems(request, unpacked(response), self.config.lenient))
        return response

    monkeypatch.setattr(App, "handle", checked)
    yield
    assert not problems, "\n".join(problems[:20])


def unpacked(response: Response) -> Response:
    """An answer as it was before it was packed with gzip."""
    if response.header("Content-Encoding") != "gzip":
        return response
    return Response(response.status, response.headers, gzip.decompress(response.body))


def load_seed(path: Path) -> dict[str, Any]:
    """A seed with the address filled in."""
    seed: dict[str, Any] = orjson.loads(path.read_text("utf-8").replace("{base}", BASE))
    return seed


@pytest.fixture(scope="session")
def demo_seed() -> dict[str, Any]:
    """The recorded `demo` state: 14 tasks and four users, with an administrator, `demo_admin`."""
    return pack.packaged().seed("demo", BASE)


@pytest.fixture
def demo(demo_seed: dict[str, Any]) -> Client:
    """The `demo` seed in the dialect `real`, asked by its superuser."""
    return Client(App(state_of(demo_seed), Config(dialect="real")), "demo_admin")


@pytest.fixture
def lenient(demo_seed: dict[str, Any]) -> Client:
    """The same in the dialect `lenient`."""
    return Client(App(state_of(demo_seed), Config(dialect="lenient")), "demo_admin")


@pytest.fixture
def client() -> Client:
    """The default seed in the dialect `real`, asked by its administrator."""
    return Client(App(state_of("default"), Config(dialect="real")), "admin")


@pytest.fixture(scope="module")
def served() -> Iterator[Mock]:
    """One server for the module; tests reset it."""
    with Mock() as mock:
        yield mock


@pytest.fixture
def mock(served: Mock) -> Mock:
    """The server, reset."""
    served.reset()
    return served


@pytest.fixture(scope="module")
def guarded() -> Iterator[Mock]:
    """A server with small limits."""
    made = Mock(config=Config(dialect="real"))
    made.start(limits=LIMITS)
    yield made
    made.stop()


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks a real server."""
    monkeypatch.delenv("CVAT_TOKEN", raising=False)
    monkeypatch.setenv("CVAT_USER", "admin")
    monkeypatch.setenv("CVAT_PASSWORD", "mock")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One window for all tests."""
    with driver.browser(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture
def shown(window: Browser, served: Mock) -> Iterator[Browser]:
    """The page, nobody logged in, light; nothing is left in the console."""
    served.reset()
    window.dark(False)
    window.open(served.url + "/")
    window.run("sessionStorage.clear(); localStorage.clear()")
    window.open(served.url + "/_mock/health")
    window.open(served.url + "/")
    window.until("document.body.dataset.shown")
    window.complaints()
    yield window
    assert window.complaints() == []
