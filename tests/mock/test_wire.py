"""Requests out of a stream of bytes, however it is cut."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.faces.wire import (
    Limits,
    Reader,
    RequestError,
    encode,
    parse_head,
    read_body,
    read_head,
    split_target,
    to_request,
)
from mockserver.protocol.http import Response

LIMITS = Limits(head=4096, body=4096)


def feed(data: bytes, cuts: list[int]) -> Callable[[int], bytes]:
    """A `recv` that gives data cut at these places, then the end."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces = [data[a:b] for a, b in pairwise(places)]
    return lambda count: pieces.pop(0) if pieces else b""


def chunked(body: bytes, sizes: list[int]) -> bytes:
    """A body in chunks of these sizes, the rest in one."""
    sent, position = b"", 0
    for size in [*sizes, len(body)]:
        piece = body[position : position + size]
        if piece:
            sent += b"%X;ext=1\r\n%s\r\n" % (len(piece), piece)
        position += size
    return sent + b"0\r\nTrailer: x\r\n\r\n"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.binary(max_size=300), st.booleans()), min_size=1, max_size=3),
    st.lists(st.integers(1, 50), max_size=4),
    st.lists(st.integers(0, 2000), max_size=12),
)
def test_requests_come_out_as_they_went_in(bodies: list[tuple[bytes, bool]], sizes: list[int], cuts: list[int]) -> None:
    stream = b""
    for body, in_chunks in bodies:
        how = b"Transfer-Encoding: chunked" if in_chunks else b"Content-Length: %d" % len(body)
        stream += b"PUT /a%20b?x=1&x=%C3%BC HTTP/1.1\r\nHost: h\r\nX-Y: z\r\n" + how + b"\r\n\r\n"
        stream += chunked(body, sizes) if in_chunks else body
    reader = Reader(feed(stream, cuts))
    for body, _ in bodies:
        head = read_head(reader, LIMITS)
        assert head is not None
        request = to_request(head, read_body(reader, head, LIMITS, lambda data: None))
        assert (request.method, request.path, request.query) == ("PUT", "/a b", [("x", "1"), ("x", "ü")])
        assert request.headers["x-y"] == "z"
        assert request.body == body
    assert read_head(reader, LIMITS) is None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_head_or_refused(data: bytes) -> None:
    try:
        status = to_request(parse_head(data), b"").path and 200
    except RequestError as error:
        status = error.status
    assert status in (200, 400, 505)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/api/jobs", "/api/jobs"),
        ("http://elsewhere/api/jobs?x", "/api/jobs"),
        ("/a%2Fb", "/a/b"),
        ("/%FF", "/\ufffd"),
        ("//host/x", "//host/x"),
    ],
)
def test_targets(target: str, path: str) -> None:
    assert split_target(target)[0] == path


@pytest.mark.parametrize("target", ["", "x", "*", "?a=b", "http://host"])
def test_what_is_no_target(target: str) -> None:
    with pytest.raises(RequestError):
        split_target(target)


def test_a_header_cannot_break_out_of_its_line() -> None:
    data = encode(Response(200, [("X", "a\r\nSet-Cookie: evil=1")], b"x"))
    assert data == b"HTTP/1.1 200 OK\r\nX: a Set-Cookie: evil=1\r\nContent-Length: 1\r\n\r\nx"


def test_answers_without_a_body_say_no_length() -> None:
    assert encode(Response(204)) == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert encode(Response(200, [], b"abc"), head_only=True).endswith(b"Content-Length: 3\r\n\r\n")
