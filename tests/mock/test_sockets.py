"""The socket: what clients of all kinds send, and what they get."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from mockserver.faces.sockets import Server, is_loopback, serve
from mockserver.faces.wire import Limits
from mockserver.mock import Mock
from mockserver.state.context import Config

LIMITS = Limits(head=8192, headers=50, body=200_000, head_seconds=0.5, idle_seconds=0.5, connections=8)
HEAD = b"GET /api/server/about HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    """A server with small limits."""
    made = Mock(config=Config(dialect="real"))
    made.start(limits=LIMITS)
    yield made
    made.stop()


def talk(mock: Mock, *pieces: bytes, pause: float = 0.0, finish: bool = False) -> bytes:
    """Send pieces, read until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", mock.server.port), timeout=3) as client:
        for piece in pieces:
            client.sendall(piece)
            time.sleep(pause)
        if finish:
            client.shutdown(socket.SHUT_WR)
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    found = b""
    client.settimeout(1.5)
    try:
        while piece := client.recv(65536):
            found += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return found


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split(b" ", 2)[1])


def test_it_listens_on_loopback_and_starts_quickly() -> None:
    mock = Mock("empty")
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        server = serve(mock.app)
        times.append(time.perf_counter() - begin)
        assert server.host == "127.0.0.1"
        server.stop()
    assert min(times) < 0.005


def test_stopping_ends_every_connection_and_thread(mock: Mock) -> None:
    server = serve(mock.app)
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


def test_one_connection_serves_many_requests(mock: Mock) -> None:
    client = http.client.HTTPConnection("127.0.0.1", mock.server.port, timeout=3)
    for _ in range(3):
        client.request("GET", "/api/server/about")
        assert json.loads(client.getresponse().read())["version"] == "2.73.0"
    client.close()


def test_pipelined_requests_are_answered_in_order(mock: Mock) -> None:
    answer = talk(mock, HEAD + b"\r\n" + b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.index(b"200 OK") < answer.index(b"404 Not Found")


def test_old_clients_get_their_answer_and_the_end(mock: Mock) -> None:
    assert status(talk(mock, b"GET /api/server/about HTTP/1.0\r\n\r\n")) == 200


def test_chunked_bodies_and_100_continue(mock: Mock) -> None:
    login = json.dumps({"username": "admin", "password": "mock"}).encode()
    head = (
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    pieces = b"".join(b"%x\r\n%s\r\n" % (1, login[place : place + 1]) for place in range(len(login)))
    chunked = talk(mock, head + b"Transfer-Encoding: chunked\r\n\r\n", pieces + b"0\r\nTrailer: x\r\n\r\n")
    assert status(chunked) == 200
    expecting = talk(mock, head + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(login), login, pause=0.1)
    assert expecting.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_head_has_no_body(mock: Mock) -> None:
    answer = talk(mock, b"HEAD /api/server/about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
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
def test_what_is_no_request_is_refused_in_words(mock: Mock, sent: bytes, expected: int) -> None:
    answer = talk(mock, sent)
    assert status(answer) == expected
    assert b"Traceback" not in answer
    assert b"Connection: close" in answer


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example:80", b"localhost.evil.example", b"a b", b"x/y", b""])
def test_a_foreign_host_leads_nowhere(mock: Mock, host: bytes) -> None:
    answer = talk(mock, b"GET /api/server/about HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert status(answer) == 400
    assert b"logo_url" not in answer


def test_a_request_without_a_host_is_refused(mock: Mock) -> None:
    assert status(talk(mock, b"GET /api/server/about HTTP/1.1\r\n\r\n")) == 400


def test_a_forwarded_host_counts_only_when_it_is_one(mock: Mock) -> None:
    for given, shown in (("cvat.example", "http://cvat.example/"), ("x/y<z>", "http://127.0.0.1:")):
        answer = requests.get(mock.url + "/api/server/about", headers={"X-Forwarded-Host": given}, timeout=3)
        assert answer.json()["logo_url"].startswith(shown)


def test_other_sites_pages_cannot_use_the_admin_calls(mock: Mock) -> None:
    answer = requests.post(mock.url + "/_mock/reset", headers={"Origin": "http://evil.example"}, timeout=3)
    assert answer.status_code == 403
    assert requests.post(mock.url + "/_mock/reset", headers={"Origin": mock.url}, timeout=3).status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/api/../_mock/reset", "/api/%2e%2e/_mock/seed", "//etc/passwd",
        "/api/jobs/../../_mock/state",
        "/api/jobs/1%00/annotations", "/static/../mockserver/core.py", "/_mock/../api/jobs", "/api/jobs/1/..%2f..%2f",
        "/%ff%fe", "/api/tasks/42/data/..%2f..%2fetc%2fpasswd", "/_mock/page/../admin.py", "/_mock/%2e%2e/reset",
    ],
)  # fmt: skip
def test_path_tricks_lead_nowhere(mock: Mock, path: str) -> None:
    token = f"Authorization: Token {mock.token}\r\nConnection: close\r\n\r\n"
    answer = talk(mock, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{token}".encode())
    assert status(answer) == 404


@pytest.mark.parametrize("sent", [b"GET /api", HEAD, HEAD + b"Content-Length: 10\r\n\r\nabc"])
def test_who_does_not_go_on_is_told_so(mock: Mock, sent: bytes) -> None:
    begin = time.monotonic()
    answer = talk(mock, sent)
    assert status(answer) == 408
    assert time.monotonic() - begin < 3


def test_a_dribble_does_not_hold_the_server(mock: Mock) -> None:
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", mock.server.port), timeout=3) as client:
        try:
            for byte in HEAD * 10:
                client.sendall(bytes([byte]))
                time.sleep(0.02)
                assert time.monotonic() - begin < 3, "the server still listens"
        except OSError:
            pass
        assert status(read_all(client)) == 408


def test_who_connects_and_says_nothing_is_let_go(mock: Mock) -> None:
    assert talk(mock) == b""


def test_too_many_connections_are_turned_away() -> None:
    """Where all are waiting for their answers, the next one cannot wait for a place without end."""
    with Mock().start(limits=Limits(connections=3)) as mock:
        mock.faults.add("GET /api/server/about", "hang", times=3, seconds=30)
        held = [socket.create_connection(("127.0.0.1", mock.server.port), timeout=3) for _ in range(3)]
        for client in held:
            client.sendall(HEAD + b"\r\n")
        with socket.create_connection(("127.0.0.1", mock.server.port), timeout=10) as client:
            client.sendall(HEAD + b"\r\n")
            answer = client.recv(65536)
        assert status(answer) == 503
        assert b"Retry-After" in answer
        for client in held:
            client.close()
        time.sleep(0.1)
        assert requests.get(mock.url + "/api/server/about", timeout=3).status_code == 200


def test_silent_clients_make_room_for_others(mock: Mock) -> None:
    held = [socket.create_connection(("127.0.0.1", mock.server.port), timeout=3) for _ in range(8)]
    assert requests.get(mock.url + "/api/server/about", timeout=3).status_code == 200
    for client in held:
        client.close()


def test_slow_clients_make_room_for_others() -> None:
    """Four connections that send a byte now and then, where there may be four."""
    slow = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 268435456\r\n\r\n{"
    with Mock().start(limits=Limits(connections=4)) as mock:
        held = [socket.create_connection(("127.0.0.1", mock.server.port), timeout=3) for _ in range(4)]
        for client in held:
            client.sendall(slow)
        for _ in range(3):
            time.sleep(0.5)
            for client in held:
                client.sendall(b" ")
        answers = [requests.get(mock.url + "/api/server/about", timeout=3).status_code for _ in range(3)]
        assert answers == [200, 200, 200]
        ends = [read_all(client) for client in held]
        for client in held:
            client.close()
    assert any(end and status(end) == 408 for end in ends)
    assert any(not end for end in ends), "one was enough"


def test_even_a_fault_of_the_server_itself_is_answered(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(head: object, body: bytes) -> None:
        raise KeyError("x")

    monkeypatch.setattr("mockserver.faces.connection.to_request", broken)
    assert status(talk(mock, HEAD + b"\r\n")) == 500


def test_a_port_in_use_is_an_error(mock: Mock) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(mock.app, port=mock.server.port)


def test_garbage_never_breaks_it(mock: Mock) -> None:
    """Mutated requests: an answer of HTTP or none, no traceback, and the server lives."""
    rng = random.Random(5)
    token = f"Authorization: Token {mock.token}\r\n".encode()
    body = b'{"shapes":[{"type":"rectangle","frame":0,"label_id":1,"points":[1,2,3,4]}]}'
    seeds = [
        HEAD + token + b"\r\n",
        b"PATCH /api/jobs/1/annotations/?action=create HTTP/1.1\r\nHost: localhost\r\n" + token
        + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
        b"POST /api/jobs/1/annotations/ HTTP/1.1\r\nHost: localhost\r\nUpload-Length: 10\r\n" + token + b"\r\n",
        b"POST /api/jobs/1/annotations?format=COCO%201.0 HTTP/1.1\r\nHost: localhost\r\n" + token
        + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 20\r\n\r\n--x\r\n\r\nabc\r\n--x--\r\n",
        b"GET /api/jobs?filter=%7B%22and%22:1%7D&page=2 HTTP/1.1\r\nHost: localhost\r\n" + token + b"\r\n",
    ]  # fmt: skip
    for _ in range(150):
        sent = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(1, 8)):
            sent[rng.randrange(len(sent))] = rng.randrange(256)
        answer = talk(mock, bytes(sent), finish=True)
        assert not answer or answer.startswith(b"HTTP/1.1 "), answer[:100]
        assert b"Traceback" not in answer
        assert b"mock server error" not in answer, (bytes(sent), answer)
    assert requests.get(mock.url + "/api/server/about", timeout=3).status_code == 200


def test_packed_answers_arrive_whole() -> None:
    with Mock(config=Config(dialect="real")) as real:
        found = requests.get(real.url + "/api/jobs", headers={"Authorization": f"Token {real.token}"}, timeout=30)
    assert found.headers["Content-Encoding"] == "gzip"
    assert int(found.headers["Content-Length"]) < len(found.content)
    assert found.json()["count"] > 0
