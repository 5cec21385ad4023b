"""The socket: what clients of all kinds send, and what they get."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time

import pytest
import requests

from mockserver.faces.sockets import is_loopback, serve
from mockserver.mock import Mock
from tests.mock.sockets import HEAD, status, talk


def test_it_listens_on_loopback_and_starts_quickly() -> None:
    empty = Mock("empty")
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        server = serve(empty.app)
        times.append(time.perf_counter() - begin)
        assert server.host == "127.0.0.1"
        server.stop()
    assert min(times) < 0.005


def test_stopping_ends_every_connection_and_thread(guarded: Mock) -> None:
    server = serve(guarded.app)
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=3)
    client.request("GET", "/api/server/about")
    client.getresponse().read()
    server.stop()
    assert not [thread for thread in threading.enumerate() if thread in server.threads()]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    client.close()


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a.b", False)]
)
def test_what_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_one_connection_serves_many_requests(guarded: Mock) -> None:
    client = http.client.HTTPConnection("127.0.0.1", guarded.server.port, timeout=3)
    for _ in range(3):
        client.request("GET", "/api/server/about")
        assert json.loads(client.getresponse().read())["version"] == "2.73.0"
    client.close()


def test_pipelined_requests_are_answered_in_order(guarded: Mock) -> None:
    answer = talk(guarded, HEAD + b"\r\n" + b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.index(b"200 OK") < answer.index(b"404 Not Found")


def test_old_clients_get_their_answer_and_the_end(guarded: Mock) -> None:
    assert status(talk(guarded, b"GET /api/server/about HTTP/1.0\r\n\r\n")) == 200


def test_chunked_bodies_and_100_continue(guarded: Mock) -> None:
    login = json.dumps({"username": "admin", "password": "mock"}).encode()
    head = (
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    pieces = b"".join(b"%x\r\n%s\r\n" % (1, login[index : index + 1]) for index in range(len(login)))
    chunked = talk(guarded, head + b"Transfer-Encoding: chunked\r\n\r\n", pieces + b"0\r\nTrailer: x\r\n\r\n")
    assert status(chunked) == 200
    expecting = talk(
        guarded, head + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(login), login, pause=0.1
    )
    assert expecting.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_head_has_no_body(guarded: Mock) -> None:
    answer = talk(guarded, b"HEAD /api/server/about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200, 400),
        (b"\x05\x01\x00", 400),
        (b"SSH-2.0-OpenSSH_9.6\r\n", 400),
        (b"GET / HTTP/1.1\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET /a\x0bb HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / SPDY\r\n\r\n", 400),
        (b"GET nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (HEAD + b"No colon here\r\n\r\n", 400),
        (HEAD + b" folded: x\r\n\r\n", 400),
        (HEAD + b"X: a\x00b\r\n\r\n", 400),
        (HEAD + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (HEAD + b"X: 1\r\n" * 60 + b"\r\n", 431),
        (HEAD + b"Content-Length: many\r\n\r\n", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: 99999999999\r\n\r\n", 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabcd", 400),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", 501),
        (HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501),
        (HEAD + b"Transfer-Encoding: chunked\xa0\r\n\r\n0\r\n\r\n", 501),
        (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\x0c\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding:\x1fchunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n\x0b2\r\nab\r\n0\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: \x0b3\r\n\r\nabc", 400),
        (HEAD + b"Content-Length: 3\xa0\r\n\r\nabc", 400),
        (HEAD + b"Expect: tea\r\n\r\n", 417),
        (b"GET /?" + b"a=1&" * 1500 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused_in_words(guarded: Mock, sent: bytes, expected: int) -> None:
    answer = talk(guarded, sent)
    assert status(answer) == expected
    assert b"Traceback" not in answer
    assert b"Connection: close" in answer


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example:80", b"localhost.evil.example", b"a b", b"x/y", b""])
def test_a_foreign_host_leads_nowhere(guarded: Mock, host: bytes) -> None:
    answer = talk(guarded, b"GET /api/server/about HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert status(answer) == 400
    assert b"logo_url" not in answer


def test_a_request_without_a_host_is_refused(guarded: Mock) -> None:
    assert status(talk(guarded, b"GET /api/server/about HTTP/1.1\r\n\r\n")) == 400


def test_a_forwarded_host_counts_only_when_it_is_one(guarded: Mock) -> None:
    for given, shown in (("cvat.example", "http://cvat.example/"), ("x/y<z>", "http://127.0.0.1:")):
        answer = requests.get(guarded.url + "/api/server/about", headers={"X-Forwarded-Host": given}, timeout=3)
        assert answer.json()["logo_url"].startswith(shown)


def test_other_sites_pages_cannot_use_the_admin_calls(guarded: Mock) -> None:
    answer = requests.post(guarded.url + "/_mock/reset", headers={"Origin": "http://evil.example"}, timeout=3)
    assert answer.status_code == 403
    assert requests.post(guarded.url + "/_mock/reset", headers={"Origin": guarded.url}, timeout=3).status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/api/../_mock/reset", "/api/%2e%2e/_mock/seed", "//etc/passwd",
        "/api/jobs/../../_mock/state",
        "/api/jobs/1%00/annotations", "/static/../mockserver/core.py", "/_mock/../api/jobs", "/api/jobs/1/..%2f..%2f",
        "/%ff%fe", "/api/tasks/42/data/..%2f..%2fetc%2fpasswd", "/_mock/page/../admin.py", "/_mock/%2e%2e/reset",
    ],
)  # fmt: skip
def test_path_tricks_lead_nowhere(guarded: Mock, path: str) -> None:
    token = f"Authorization: Token {guarded.token}\r\nConnection: close\r\n\r\n"
    answer = talk(guarded, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{token}".encode())
    assert status(answer) == 404
