"""The mock inside client libraries, and the ASGI face."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import requests
import respx
import urllib3

from mockserver import asgi, transports
from mockserver.faces.in_process import CoreSocket
from mockserver.faces.wire import Limits
from mockserver.mock import Mock

BASE = "http://cvat.mock"


@pytest.fixture(scope="module")
def mock() -> Mock:
    """A mock that listens nowhere."""
    return Mock()


@pytest.fixture(scope="module")
def headers(mock: Mock) -> dict[str, str]:
    return {"Authorization": f"Token {mock.token}"}


def test_httpx_sync_and_async(mock: Mock, headers: dict[str, str]) -> None:
    transport = transports.httpx_transport(mock.app)
    with httpx.Client(transport=transport, base_url=BASE) as client:
        answer = client.get("/api/jobs/1", headers=headers)
        assert answer.json()["url"] == f"{BASE}/api/jobs/1"
        assert client.post("/api/auth/login", json={"username": "admin", "password": "mock"}).status_code == 200
        assert client.get("/api/users/self").json()["username"] == "admin", "the session's cookies are kept"
        assert client.get("/api/nowhere").status_code == 404

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.get("/api/jobs", params={"task_id": 42}, headers=headers)

    assert asyncio.run(ask()).json()["count"] == 3


def test_requests_with_its_cookies_and_streams(mock: Mock) -> None:
    with requests.Session() as session:
        session.mount(BASE, transports.requests_adapter(mock.app))
        answer = session.post(f"{BASE}/api/auth/login", json={"username": "admin", "password": "mock"}, timeout=5)
        assert set(session.cookies.keys()) == {"csrftoken", "sessionid"}
        token = {"X-CSRFToken": session.cookies["csrftoken"]}
        answer = session.patch(f"{BASE}/api/jobs/1", json={"state": "new"}, headers=token, timeout=5)
        assert answer.status_code == 200
        chunked = iter([b'{"sta', b'te": "new"}'])
        typed = {**token, "Content-Type": "application/json"}
        assert session.patch(f"{BASE}/api/jobs/1", data=chunked, headers=typed, timeout=5).status_code == 200
        with session.get(f"{BASE}/api/jobs/1/data?type=frame&number=0", stream=True, timeout=5) as answer:
            assert next(answer.iter_content(3)) == b"\xff\xd8\xff"


def test_urllib3_pool_manager(mock: Mock, headers: dict[str, str]) -> None:
    manager = transports.pool_manager(mock.app)
    answer = manager.request("GET", f"{BASE}/api/jobs/1", headers=headers)
    assert (answer.status, answer.json()["id"]) == (200, 1)


def test_the_urllib3_patch_takes_one_host_and_ends(mock: Mock, headers: dict[str, str]) -> None:
    with Mock("empty") as other, transports.urllib3_patch(mock.app, "cvat.mock") as base:
        assert requests.get(f"{base}/api/jobs/1", headers=headers, timeout=5).status_code == 200
        assert requests.get(f"{other.url}/_mock/state", timeout=5).json()["jobs"] == 0, "other hosts are real"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{BASE}/api/jobs/1", timeout=5)
    assert urllib3.HTTPConnectionPool.ConnectionCls is urllib3.connection.HTTPConnection


def test_respx_routes(mock: Mock, headers: dict[str, str]) -> None:
    with transports.respx_routes(mock.app) as router:
        assert httpx.get(f"{BASE}/api/jobs/1", headers=headers).json()["id"] == 1
        assert router["cvat_mock"].call_count == 1
    with respx.mock(assert_all_called=False) as mine:
        mine.get("http://elsewhere/").respond(204)
        transports.respx_routes(mock.app, mine, "http://other.mock/")
        assert (
            httpx.get("http://other.mock/api/jobs/1", headers=headers).json()["url"] == "http://other.mock/api/jobs/1"
        )
        assert httpx.get("http://elsewhere/").status_code == 204


# --- ASGI ------------------------------------------------------------------------------------------------------------


def call(app: asgi.AsgiApp, method: str = "GET", path: str = "/api/server/about", **rest: Any) -> list[dict[str, Any]]:
    """The messages that an ASGI app sends for one request; `body` in pieces."""
    pieces = list(rest.pop("body", [b""]))
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        **rest,
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_asgi_answers_like_the_socket(mock: Mock, headers: dict[str, str]) -> None:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi.AsgiApp(mock.app)), base_url=BASE) as client:
            return await client.get("/api/jobs?page_size=2&sort=id", headers=headers)

    answer = asyncio.run(ask()).json()
    assert [job["id"] for job in answer["results"]] == [1, 2]
    assert answer["next"] == f"{BASE}/api/jobs?page=2&page_size=2&sort=id"


def test_asgi_takes_bodies_in_pieces_up_to_a_limit(mock: Mock) -> None:
    app = asgi.AsgiApp(mock.app, Limits(body=100))
    login = [b'{"username": "admin",', b' "password": "mock"}']
    sent = call(app, "POST", "/api/auth/login", body=login, headers=[(b"content-type", b"application/json")])
    assert sent[0]["status"] == 200
    assert [name for name, _ in sent[0]["headers"]].count(b"set-cookie") == 2
    assert call(app, "POST", "/api/auth/login", body=[b"x" * 60] * 2)[0]["status"] == 413
    assert call(app, headers=[(b"host", b"a b")])[0]["status"] == 400
    assert call(app, "HEAD")[1]["body"] == b""
    mock.faults.add("*", "reset")
    assert call(app)[0]["status"] == 502


def test_asgi_lives_and_dies_with_its_server(mock: Mock) -> None:
    incoming, sent = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(asgi.AsgiApp(mock.app)({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_asgi_reads_its_seed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CVAT_MOCK_SEED", "empty")
    monkeypatch.setenv("CVAT_MOCK_DIALECT", "real")
    made = asgi.app
    assert (made.app.config.dialect, len(made.app.state.tables["tasks"])) == ("real", 0)
    monkeypatch.setenv("CVAT_MOCK_DIALECT", "odd")
    monkeypatch.delitem(vars(asgi), "app")
    with pytest.raises(ValueError, match="must be lenient or real"):
        _ = asgi.app


def test_a_reset_meets_the_client_while_it_reads() -> None:
    """As on a real socket; http.client is left half made if a file of the socket cannot be had."""
    mock = Mock()
    mock.faults.add("*", "reset")
    pipe = CoreSocket(mock.app)
    pipe.sendall(b"GET /api/jobs HTTP/1.1\r\nHost: cvat.mock\r\n\r\n")
    with pipe.makefile("rb") as answer, pytest.raises(ConnectionResetError):
        answer.readline()
