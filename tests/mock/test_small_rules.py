"""Small rules of the mock: habits, addresses, names in XML, faults, lengths of bodies."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from mockserver.asgi import _send
from mockserver.core.entries import Entry
from mockserver.core.faults import Fault
from mockserver.core.habits import LOGINS, POLLS, of_habits
from mockserver.exchange.project_xml import _plain
from mockserver.protocol.http import Request, Response

START = datetime(2024, 1, 1)


def polls(*seconds: float, path: str = "/api/requests/a", operation: str = "requests_retrieve") -> list[Entry]:
    """Requests at some seconds."""
    return [
        Entry(n, Request("GET", path), START + timedelta(seconds=second), operation=operation)
        for n, second in enumerate(seconds, 1)
    ]


@pytest.mark.parametrize(
    ("entries", "number"),
    [
        (polls(*[0.0] * (POLLS + 1)), POLLS + 1),
        (polls(*[0.0] * POLLS), None),
        (polls(*[0.0] * POLLS, 0.999), POLLS + 1),
        (polls(*[0.0] * POLLS, 1.0), None),
        (polls(*[0.0] * POLLS, 1.5), None),
        (polls(0.0, *[5.0] * POLLS, 5.5), POLLS + 2),  # at any time
        (polls(*[0.0] * POLLS) + polls(*[0.0] * POLLS, path="/api/requests/b"), None),  # each for itself
        (polls(*[0.0] * 99, operation="jobs_retrieve"), None),
    ],
    ids=["at once", "few", "just within", "a second", "more", "later", "of two", "of others"],
)
def test_more_than_so_many_polls_within_a_second_are_too_many(entries: list[Entry], number: int | None) -> None:
    remarks = [(entry.number, remark.code) for entry, remark in of_habits(entries)]
    assert remarks == ([] if number is None else [(number, "polls-too-often")])


def logins(*bodies: bytes) -> list[Entry]:
    return [
        Entry(n, Request("POST", "/api/auth/login", body=body), START, operation="auth_create_login")
        for n, body in enumerate(bodies, 1)
    ]


@pytest.mark.parametrize(
    ("entries", "number"),
    [
        (logins(*[b"ann"] * LOGINS), None),
        (logins(*[b"ann"] * (LOGINS + 1)), LOGINS + 1),
        (logins(*[b"ann"] * (LOGINS + 3)), LOGINS + 1),
        (logins(*[b"ann", b"bob"] * LOGINS), None),
    ],
    ids=["few", "one more", "many", "of two people"],
)
def test_more_than_so_many_logins_of_one_user_are_too_many(entries: list[Entry], number: int | None) -> None:
    remarks = [(entry.number, remark.code) for entry, remark in of_habits(entries)]
    assert remarks == ([] if number is None else [(number, "login-per-call")])


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        ({}, "http://localhost"),
        ({"host": "a.org:8080"}, "http://a.org:8080"),
        ({"host": ""}, "http://localhost"),
        ({"host": "a.org", "x-forwarded-host": "b.org"}, "http://b.org"),
        ({"host": "a.org", "x-forwarded-host": "b.org:99"}, "http://b.org:99"),
        ({"host": "a.org", "x-forwarded-host": "b org/x"}, "http://a.org"),
        ({"host": "a.org", "x-forwarded-host": ""}, "http://a.org"),
        ({"x-forwarded-host": "b.org"}, "http://b.org"),
        ({"host": "a.org", "x-forwarded-proto": "https"}, "https://a.org"),
        ({"host": "a.org", "x-forwarded-proto": "gopher"}, "http://a.org"),
    ],
    ids=str,
)
def test_addresses_in_answers_begin_as_the_client_s_do(headers: dict[str, str], base: str) -> None:
    assert Request("GET", "/api/jobs", headers=headers).base == base


def test_the_scheme_is_that_of_the_request_where_no_proxy_says_more() -> None:
    assert Request("GET", "/", headers={"host": "a.org"}, scheme="https").base == "https://a.org"
    forwarded = {"host": "a.org", "x-forwarded-proto": "http"}
    assert Request("GET", "/", headers=forwarded, scheme="https").base == "http://a.org"


@pytest.mark.parametrize("name", ["a b.jpg", 'a"b', "a<b>", "it's", "a&b", "&lt;", "&amp;lt;", "&quot;&apos;", "ä&ö"])
def test_names_in_xml_are_read_as_they_were_written(name: str) -> None:
    assert _plain(quoteattr(name, {'"': "&quot;"})[1:-1]) == name


@pytest.mark.parametrize(
    ("done", "method", "path", "struck"),
    [
        (0, "PATCH", "/api/jobs/1", True),
        (0, "GET", "/api/jobs/1", False),
        (1, "GET", "/api/jobs/1", True),  # once it has expired, it has for all
        (1, "POST", "/api/auth/login", False),  # but for who wants another
        (1, "GET", "/api/authors", True),
    ],
)
def test_an_expired_token_is_so_for_all_but_logins(done: int, method: str, path: str, struck: bool) -> None:
    assert Fault("PATCH *", "token_expires", done=done).matches(Request(method, path), "") is struck


def test_another_fault_is_for_what_it_is_meant_for_however_often_it_was_due() -> None:
    fault = Fault("PATCH *", "opa_403", done=3)
    assert fault.matches(Request("PATCH", "/api/jobs/1"), "")
    assert not fault.matches(Request("GET", "/api/jobs/1"), "")


@pytest.mark.parametrize(
    ("response", "head_only", "length", "body"),
    [
        (Response(200, [], b"abc"), False, b"3", b"abc"),
        (Response(200, [], b""), False, b"0", b""),
        (Response(200, [], b"abc"), True, b"3", b""),
        (Response(206, [("Content-Length", "2")], b"ab"), False, b"2", b"ab"),
        (Response(204), False, None, b""),
        (Response(304), False, None, b""),
        (Response(305), False, b"0", b""),
        (Response(404, [], b"no"), False, b"2", b"no"),
    ],
    ids=["body", "empty", "head", "given", "204", "304", "305", "404"],
)
def test_asgi_says_how_long_a_body_is(response: Response, head_only: bool, length: bytes | None, body: bytes) -> None:
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(_send(send, response, head_only))
    start, end = messages
    assert (start["type"], start["status"]) == ("http.response.start", response.status)
    assert [value for name, value in start["headers"] if name == b"content-length"] == ([length] if length else [])
    assert end == {"type": "http.response.body", "body": body}
