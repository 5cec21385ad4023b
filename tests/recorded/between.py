"""What lies between clients, the mock and other servers: bytes on the wire, recordings, comparisons, files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotools.errors import AnnotoolsError
from mockserver.contract import checking, reports
from mockserver.contract.differences import Paths, compared
from mockserver.contract.normal import answer_of, value_of
from mockserver.contract.pack import Pack
from mockserver.contract.recording import Recorder
from mockserver.contract.scrubbing import Scrubber
from mockserver.contract.senders import AppSender, basic
from mockserver.faces.in_process import answer_bytes, broken_bytes
from mockserver.faces.wire import (
    DisconnectedError,
    Head,
    Limits,
    Reader,
    RequestError,
    encode,
    parse_head,
    read_body,
    read_head,
    split_target,
)
from mockserver.protocol.http import Request, Response, json_response
from mockserver.seeds.sources import state_of
from mockserver.state.store import Store
from tests.recorded.talks import Talk

HEADS = (
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"",
    b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    b"get / HTTP/1.1\r\nHost:a\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    b"GET / HTTP/1.1\r\n a: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nx: 1\r\nX: 2\r\nCookie: a\r\nCookie: b\r\n\r\n",
    b"GET / HTTP/1.1\nHost: a\n\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET http://a/b?c=d HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a",
    b"GET / HTTP/1.1\r\nx: a\0b\r\n\r\n",
)
BODIES = (
    b"Content-Length: 3\r\n\r\nabcd",
    b"Content-Length: x\r\n\r\nabc",
    b"Content-Length: -1\r\n\r\nabc",
    b"\r\nabc",
    b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    b"Content-Length: 5\r\n\r\nabc",
    b"Content-Length: 99\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    b"Transfer-Encoding: gzip\r\n\r\n",
    b"Content-Length: 3, 3\r\n\r\nabc",
    b"Transfer-Encoding: chunked\r\n\r\n40\r\n" + b"a" * 64 + b"\r\n0\r\nX: y\r\n\r\n",
    b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
    b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
)
TARGETS = (
    "/",
    "/a%20b?x=1&y=%C3%A9&z",
    "/a?b=c?d",
    "/%ff",
    "/a#b",
    "http://h:1/p?q=",
    "*",
    "/a+b?c=d+e",
    "/?a=1&a=2",
    "a",
    "/a;b=c",
    "/%zz",
    "http://h",
    "/\u00e9",
)
PAIRS: tuple[tuple[Any, Any], ...] = (
    (1, 1.0),
    (1, True),
    (0.1, 0.1 + 1e-12),
    (0.1, 0.1 + 1e-8),
    (1e9, 1e9 + 0.5),
    (None, 0),
    ("{*}", [1]),
    ([], {}),
    ([1, 2], [2, 1]),
    ([1, 2], [1, 2, 3]),
    ([1, 1, 2], [1, 2, 2]),
    ({"a": 1}, {"b": 1}),
    ({"state": "new"}, {"state": "x"}),
    ({"state": "new"}, {"state": 1}),
    ({"updated_date": "2025-01-01T00:00:00Z"}, {"updated_date": "2026-01-01T00:00:00.1Z"}),
    ({"chunks_updated_date": "a"}, {"chunks_updated_date": None}),
    ([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}]),
    ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}]}}),
    ("x" * 300, "y" * 300),
    (float("nan"), float("nan")),
    ({"a": None}, {}),
    ({}, {"a": None}),
    ([[1], [2]], [[2], [1]]),
    ("2025-01-01T00:00:00Z", "x"),
)
_VALUES = {
    "id": 7,
    "job": 7,
    "frame": 7,
    "task_id": 3,
    "ids": [1],
    "some_ids": [1, 2],
    "label": 4,
    "owner": {"id": 2, "username": "ann", "email": None, "last_name": "N"},
    "url": "http://mock.test/api/jobs/7/data?job_id=3&x_id=5",
    "when": "2025-01-01T00:00:00.5Z at 2025_01_01_00_00_00 and 2025-01-01T00:00:00+02:00",
    "key": "12345678-1234-1234-1234-123456789abc",
    "text": "job_7 task 8 project-9 rid=5 our-name",
    "n": True,
    "f": 1.5,
    "rq": "action%3Dexport%26target_id%3D7%26user_id=3",
    "token": "abc",
    "host": "see ftp://x.y/z, 10.0.0.1 or a@b.cd.",
    "credentials_type": "KEY",
    "contact": {"a": 1},
    "type": "ann",
    "api_key": 5,
    "slug": "ann",
}


def answers() -> Iterator[tuple[str, Callable[[], Any]]]:
    """The cases."""
    yield "heads", lambda: [_head(head) for head in HEADS]
    yield "bodies", lambda: [_body(body) for body in BODIES]
    yield "targets", lambda: [_refused(partial(split_target, target)) for target in TARGETS]
    yield "bytes", _bytes
    yield "pairs", _pairs
    yield "normal", _normal
    for tasks, projects, user in (
        ((1, 4), (), "ann"),
        ((2, 5, 6), (1,), "admin"),
        ((), (1, 2), "admin"),
        ((1,), (), "dan"),
    ):
        yield f"walk-{user}-{len(tasks)}", partial(_walked, tasks, projects, user)
    yield "store", _store


def _refused(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (RequestError, DisconnectedError, OSError, ValueError, AnnotoolsError) as error:
        return f"{type(error).__name__} {getattr(error, 'status', '')} {error}"


def _pieces(data: bytes, size: int) -> Callable[[int], bytes]:
    rest = [data[start : start + size] for start in range(0, len(data), size)][::-1]
    return lambda _: rest.pop() if rest else b""


def _head(data: bytes) -> list[Any]:
    lines: list[Any] = [data[:60]]
    for size, limits in ((3, Limits()), (100_000, Limits()), (1000, Limits(head=40, headers=1))):
        reader = Reader(_pieces(data, size))
        read = _refused(partial(read_head, reader, limits))
        lines.append((str(read)[:200], getattr(read, "keep_alive", None), bytes(reader.buffer)[:20]))
    return [*lines, str(_refused(partial(parse_head, data)))[:200]]


def _body(rest: bytes) -> list[Any]:
    lines: list[Any] = []
    for size, most in ((2, 64), (1000, 64), (1000, 4), (1000, 3)):
        sent: list[bytes] = []
        reader = Reader(_pieces(b"POST / HTTP/1.1\r\nHost: a\r\n" + rest, size))
        limits = Limits(body=most)
        head = _refused(partial(read_head, reader, limits))
        if isinstance(head, Head):
            lines.append((_refused(partial(read_body, reader, head, limits, sent.append)), sent, bytes(reader.buffer)))
        else:
            lines.append(head)
    return lines


def _bytes() -> list[Any]:
    talk = Talk("office")
    lines: list[Any] = []
    for sent in (*HEADS[:14], b"POST /api/auth/login HTTP/1.1\r\nHost: mock.test\r\nContent-Length: 2\r\n\r\n{}"):
        shown = answer_bytes(talk.app, sent).decode("latin-1")
        lines.append(re.sub(r"(?i)(date|x-request-id): .*", "", shown)[:1500])
    for response in (json_response(200, {"a": 1}), Response(204), Response(200, [("X-A", "b")], b"abc"), Response(304)):
        lines += [encode(response, only, close) for only in (False, True) for close in (False, True)]
    for effect in ("truncate", "reset", "garbage", "dribble", "hang", "drop_after_commit", "download_break"):
        talk.ask("POST", "/_mock/faults", {"match": "GET /api/tasks/*", "effect": effect})
        response = talk.app.handle(Request("GET", "/api/tasks/1", [], {"authorization": basic("admin", "mock")}))
        if response.wire is not None:
            lines.append((effect, _refused(partial(broken_bytes, b"0123456789" * 20, response.wire))))
    return [re.sub(r"(?i)(date|x-request-id): [^\r]*", "", line) if isinstance(line, str) else line for line in lines]


def _pairs() -> list[Any]:
    chosen = (Paths(), Paths.of(["$.a", "$.state"], ["$"]), Paths.of(["$[*].id"], ["$.a.b", "$"]), Paths.of(["$.a.*"]))
    return [[str(difference) for difference in compared(*pair, paths)] for paths in chosen for one in PAIRS
            for pair in (one, one[::-1])]  # fmt: skip


def _normal() -> list[Any]:
    talk = Talk("office")
    base = "http://mock.test"
    people = [{"id": 2, "username": "ann", "first_name": "Ann", "last_name": "N", "email": "ann@example.com"}, {"id": 3,
              "username": "annabel", "first_name": "", "last_name": "Ann"}]  # fmt: skip
    scrubber = Scrubber(base + "/", people)
    lines: list[Any] = [value_of(_VALUES, base, "our-name"), scrubber.clean(_VALUES), scrubber.name(3),
                        scrubber.clean([_VALUES, {"slug": "a", "contact": {}, "id": 3}])]  # fmt: skip
    for path in ("/api/tasks/1", "/api/tasks/1/preview", "/api/tasks/99", "/nothing",
                 "/api/tasks/2/data?type=chunk&number=0",
                 "/api/organizations", "/api/server/about", "/api/users/self", "/api/schema"):  # fmt: skip
        where, _, query = path.partition("?")
        pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
        response = talk.app.handle(
            Request("GET", where, pairs, {"authorization": basic("ann", "mock"), "host": "mock.test"})
        )  # type: ignore[arg-type]
        lines.append(str(answer_of(response, base, "street"))[:3000])
    return lines


def _walked(tasks: tuple[int, ...], projects: tuple[int, ...], user: str) -> list[Any]:
    """What a recorder reads, a server made of it, and how another answers the same requests otherwise."""
    talk = Talk("office")
    heard: list[str] = []
    recorder = Recorder(AppSender(talk.app), {"authorization": basic(user, "mock")}, heard.append)
    try:
        recorder.walk(tasks, projects)
    except AnnotoolsError as error:
        return [str(error)]
    seed, scenario = recorder.seed(), recorder.scenario("mine")
    again = Talk("office")
    again.app.take(state_of(json.loads(json.dumps(seed))))
    sender = AppSender(again.app)
    outcomes = list(checking.check(sender, _pack(scenario, seed), None))
    other = {**seed, "tasks": [{**task, "name": "x", "status": "completed"} for task in seed["tasks"]]}
    changed = list(checking.check(sender, _pack(scenario, other), None))
    shown = [reports.report(changed[:12], form, "title") for form in reports.FORMATS]
    return [seed, scenario, heard, [outcome.lines() for outcome in outcomes], checking.share(changed), shown,
            [*checking.by_section(changed)]]  # fmt: skip


def _pack(scenario: Any, seed: Any) -> Pack:
    return Pack({"mine": seed}, [scenario], [])


def _store() -> list[Any]:
    """A state in a file: kept, opened again, damaged."""
    lines: list[Any] = []
    with TemporaryDirectory() as folder, ExitStack() as opened:
        path = Path(folder) / "state.db"
        store = Store(path)
        talk = Talk("office", dialect="lenient")
        talk.app.store = store
        lines.append(store.load())
        store.replace(talk.app.state)
        for method, where, body in (
            ("PATCH", "tasks/1", {"name": "kept"}), ("DELETE", "tasks/4", None), ("POST", "projects", {"name": "p"}),
            ("PATCH", "tasks/99", {}), ("PATCH", "jobs/1", {"state": "odd"}),
        ):  # fmt: skip
            talk.ask(method, f"/api/{where}", body)
        store.close()
        store = Store(path)
        state = store.load()
        assert state is not None
        again = Talk("office")
        again.app.state = state
        again.ask("GET", "/api/tasks")
        again.ask("POST", "/api/projects", {"name": "q"})
        store.close()
        data = path.read_bytes()
        for spot in (0, 40, 5000):
            path.write_bytes(data[:spot] + b"\xff" * 60 + data[spot + 60 :])
            answer = _refused(lambda: bool(opened.enter_context(closing(Store(path))).load()))
            lines.append(str(answer).replace(folder, "<here>")[:60])
    return [*lines, *again.lines, *talk.lines]
