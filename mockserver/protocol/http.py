"""Requests, responses and errors as plain values; nothing here knows a socket.

Error bodies of the server come in five shapes, all raised as `ApiError`:

    detail(404, "Not found.")                    {"detail":"Not found."}
    errors("Unexpected job type 'annotation'")   ["Unexpected job type 'annotation'"]
    fields(state=["..."]) or ApiError(400, {..}) {"state":["..."]}   (also nested, as given)
    bare("Incorrect requested frame number: 7")  "Incorrect requested frame number: 7"
    sentence(410, "...")                         text/html, the plain sentence
    page(404)                                    text/html, the server's error page
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson

from annotools.json_faults import as_ever

Headers = list[tuple[str, str]]
MEDIA_TYPE = "application/vnd.cvat+json"
REASONS = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently",
    302: "Found", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    411: "Length Required", 413: "Content Too Large", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
    417: "Expectation Failed", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported",
}  # fmt: skip


@dataclass(slots=True, frozen=True)
class Request:
    """One request, whole: names of headers in lower case, path decoded, query in order and with repetitions."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"

    def param(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter, as Django's `GET.get`."""
        return next((value for key, value in reversed(self.query) if key == name), default)

    @property
    def content_type(self) -> str:
        """Media type of the body without parameters, in lower case; "" if there is none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def base(self) -> str:
        """Address the client used, `http://host:port`; absolute URLs in answers start with it.

        A proxy's X-Forwarded-Host and -Proto count when they are well-formed.
        """
        forwarded = self.headers.get("x-forwarded-host", "")
        host = forwarded if is_host(forwarded) else self.headers.get("host") or "localhost"
        proto = self.headers.get("x-forwarded-proto")
        return f"{proto if proto in ('http', 'https') else self.scheme}://{host}"


@dataclass(slots=True)
class Response:
    """One answer, whole."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    wire: Any = None
    """What a face with a socket is to do to it (`faults.Wire`), None to send it as it is."""
    later: Callable[[], bytes] | None = None
    """What makes the body of values that do not change any more, so that others need not wait for it."""

    def made(self) -> Response:
        """The same with its body."""
        if self.later is not None:
            self.body, self.later = self.later(), None
        return self

    def header(self, name: str) -> str | None:
        """First header of this name in any case, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        """The decoded JSON body."""
        return orjson.loads(self.body)


class ApiError(Exception):
    """An answer that is an error; the request's changes to the state are undone."""

    def __init__(self, status: int, body: Any, headers: Headers | None = None, media_type: str = MEDIA_TYPE) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers, self.media_type = status, body, headers or [], media_type

    def response(self) -> Response:
        """The error as an answer."""
        if self.media_type == MEDIA_TYPE:
            return json_response(self.status, self.body, self.headers)
        return text_response(self.status, self.body, self.media_type, self.headers)


class CrashError(ApiError):
    """A request that makes the real server fail with 500: here a 400 that says what is wrong, unless bug_for_bug."""

    def __init__(self, message: str) -> None:
        super().__init__(400, [message])


_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z")


def is_host(text: str) -> bool:
    """Whether a Host header names a host: `cvat.example:8080`, `[::1]:80`."""
    return _HOST.match(text) is not None


def json_response(status: int, body: Any, headers: Headers | None = None) -> Response:
    """A JSON answer in the server's media type; `body` may hold numpy arrays."""
    try:
        data = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # half a character out of the request, quoted in an error
        data = json.dumps(body).encode()
    return Response(status, [("Content-Type", MEDIA_TYPE), *(headers or [])], data)


def raw_json_response(make: Callable[[], bytes]) -> Response:
    """A 200 whose body is JSON that is made when nobody waits for it any more."""
    return Response(200, [("Content-Type", MEDIA_TYPE)], later=make)


def text_response(status: int, text: str, media_type: str = "text/html", headers: Headers | None = None) -> Response:
    """A text answer; the server sends its plain sentences as text/html."""
    return Response(status, [("Content-Type", f"{media_type}; charset=utf-8"), *(headers or [])], text.encode())


def empty_response(status: int = 204, headers: Headers | None = None) -> Response:
    """An answer without a body."""
    return Response(status, headers or [])


def detail(status: int, text: str, headers: Headers | None = None) -> ApiError:
    """`{"detail": text}`."""
    return ApiError(status, {"detail": text}, headers)


def errors(*messages: str, status: int = 400) -> ApiError:
    """`["message"]`, what the server raises while it creates or updates."""
    return ApiError(status, list(messages))


def fields(**messages: Any) -> ApiError:
    """`{"field": ["message"]}`."""
    return ApiError(400, messages)


def bare(message: str, status: int = 400) -> ApiError:
    """A bare JSON string, what the data endpoints raise."""
    return ApiError(status, message)


def sentence(status: int, text: str) -> ApiError:
    """A plain sentence sent as text/html."""
    return ApiError(status, text, media_type="text/html")


def page(status: int) -> ApiError:
    """The server's HTML error page."""
    title = REASONS.get(status, "Error")
    note = "The requested resource was not found on this server." if status == 404 else ""
    html = f'<!doctype html>\n<html lang="en">\n<head>\n  <title>{title}</title>\n</head>\n<body>\n'
    html += f"  <h1>{title}</h1><p>{note}</p>\n</body>\n</html>\n"
    return ApiError(status, html, media_type="text/html")


_LONG_NUMBER = re.compile(rb"[0-9]{19}")  # orjson makes floats of integers beyond 64 bits


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"Out of range float values are not JSON compliant: {name!r}")


def parse_json(data: bytes) -> Any:
    """Decode as the server does: NaN and Infinity are refused, 1e400 is infinity, the last of equal keys wins.

    Raises: ApiError 400 with the parser's text.
    """
    if not _LONG_NUMBER.search(data):
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(data)
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        raise detail(400, f"JSON parse error - {as_ever(error)}") from None  # the server has an older Python
    except (ValueError, RecursionError) as error:
        raise detail(400, f"JSON parse error - {error}") from None
