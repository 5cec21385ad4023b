"""The socket under clients that are slow, silent, many or talk garbage."""

from __future__ import annotations

import random
import socket
import time

import pytest
import requests

from mockserver.faces.sockets import Server
from mockserver.faces.wire import Limits
from mockserver.mock import Mock
from mockserver.state.context import Config
from tests.mock.sockets import HEAD, read_all, status, talk


@pytest.mark.parametrize("sent", [b"GET /api", HEAD, HEAD + b"Content-Length: 10\r\n\r\nabc"])
def test_who_does_not_go_on_is_told_so(guarded: Mock, sent: bytes) -> None:
    begin = time.monotonic()
    answer = talk(guarded, sent)
    assert status(answer) == 408
    assert time.monotonic() - begin < 3


def test_a_dribble_does_not_hold_the_server(guarded: Mock) -> None:
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", guarded.server.port), timeout=3) as client:
        try:
            for byte in HEAD * 10:
                client.sendall(bytes([byte]))
                time.sleep(0.02)
                assert time.monotonic() - begin < 3, "the server still listens"
        except OSError:
            pass
        assert status(read_all(client)) == 408


def test_who_connects_and_says_nothing_is_let_go(guarded: Mock) -> None:
    assert talk(guarded) == b""


def test_too_many_connections_are_turned_away() -> None:
    """Where all are waiting for their answers, the next one cannot wait for a place without end."""
    with Mock().start(limits=Limits(connections=3)) as guarded:
        guarded.faults.add("GET /api/server/about", "hang", times=3, seconds=30)
        held = [socket.create_connection(("127.0.0.1", guarded.server.port), timeout=3) for _ in range(3)]
        for client in held:
            client.sendall(HEAD + b"\r\n")
        with socket.create_connection(("127.0.0.1", guarded.server.port), timeout=10) as client:
            client.sendall(HEAD + b"\r\n")
            answer = client.recv(65536)
        assert status(answer) == 503
        assert b"Retry-After" in answer
        for client in held:
            client.close()
        time.sleep(0.1)
        assert requests.get(guarded.url + "/api/server/about", timeout=3).status_code == 200


def test_silent_clients_make_room_for_others(guarded: Mock) -> None:
    held = [socket.create_connection(("127.0.0.1", guarded.server.port), timeout=3) for _ in range(8)]
    assert requests.get(guarded.url + "/api/server/about", timeout=3).status_code == 200
    for client in held:
        client.close()


def test_slow_clients_make_room_for_others() -> None:
    """Four connections that send a byte now and then, where there may be four."""
    slow = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 268435456\r\n\r\n{"
    with Mock().start(limits=Limits(connections=4)) as guarded:
        held = [socket.create_connection(("127.0.0.1", guarded.server.port), timeout=3) for _ in range(4)]
        for client in held:
            client.sendall(slow)
        for _ in range(3):
            time.sleep(0.5)
            for client in held:
                client.sendall(b" ")
        answers = [requests.get(guarded.url + "/api/server/about", timeout=3).status_code for _ in range(3)]
        assert answers == [200, 200, 200]
        ends = [read_all(client) for client in held]
        for client in held:
            client.close()
    assert any(end and status(end) == 408 for end in ends)
    assert any(not end for end in ends), "one was enough"


def test_even_a_fault_of_the_server_itself_is_answered(guarded: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(head: object, body: bytes) -> None:
        raise KeyError("x")

    monkeypatch.setattr("mockserver.faces.connection.to_request", broken)
    assert status(talk(guarded, HEAD + b"\r\n")) == 500


def test_a_port_in_use_is_an_error(guarded: Mock) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(guarded.app, port=guarded.server.port)


def test_garbage_never_breaks_it(guarded: Mock) -> None:
    """Mutated requests: an answer of HTTP or none, no traceback, and the server lives."""
    rng = random.Random(5)
    token = f"Authorization: Token {guarded.token}\r\n".encode()
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
        answer = talk(guarded, bytes(sent), finish=True)
        assert not answer or answer.startswith(b"HTTP/1.1 "), answer[:100]
        assert b"Traceback" not in answer
        assert b"mock server error" not in answer, (bytes(sent), answer)
    assert requests.get(guarded.url + "/api/server/about", timeout=3).status_code == 200


def test_packed_answers_arrive_whole() -> None:
    with Mock(config=Config(dialect="real")) as real:
        answer = requests.get(real.url + "/api/jobs", headers={"Authorization": f"Token {real.token}"}, timeout=30)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < len(answer.content)
    assert answer.json()["count"] > 0
