"""A scenario against a server, step by step: placeholders, polls, captures, and what each answer should have been.

{"name": "completed", "request": {"method": "PATCH", "path": "/api/jobs/{job}", "body": {"state": "completed"}},
 "expect": {"status": 200, "body": {...}}, "capture": {"job": "$.id"}, "ignore": ["$.updated_date"]}
"""

from __future__ import annotations

import base64
import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from PIL import Image

from mockserver.contract.differences import ANYTHING, Difference, Kind, Paths, compared
from mockserver.contract.senders import Message, Sender
from mockserver.protocol.http import MEDIA_TYPE, Response

Json = dict[str, Any]
Authorize = Callable[[str | None], Mapping[str, str]]
"""Headers that make a request one of this user; None for nobody."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BOUNDARY = "contract-pack-boundary"
_STEP = re.compile(r"\.([\w-]+)|\[(-?\d+)\]")


class StepError(Exception):
    """A step that cannot be run: a variable is missing, a poll does not end."""


def fill(value: Any, variables: Json) -> Any:
    """`{name}` replaced everywhere; a string that is only that keeps the value's type."""
    if isinstance(value, dict):
        return {key: fill(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, variables) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole and whole[1] in variables:
        return variables[whole[1]]
    return _PLACEHOLDER.sub(lambda match: str(variables.get(match[1], match[0])), value)


def message_of(request: Json, authority: Mapping[str, str]) -> Message:
    """The request of a step, placeholders filled in. Raises: StepError for one that has no value."""
    if _PLACEHOLDER.search(request["path"]):
        raise StepError(f"{request['path']}: not captured by an earlier step")
    headers: dict[str, str | None] = {"accept": MEDIA_TYPE, **authority}
    body: bytes | None = None
    if "body" in request:
        body, headers["content-type"] = json.dumps(request["body"], ensure_ascii=False).encode(), "application/json"
    elif "body_text" in request:
        body = request["body_text"].encode()
    elif "body_base64" in request:
        body = base64.b64decode(request["body_base64"])
    elif "multipart" in request:
        body, headers["content-type"] = _multipart(request["multipart"]), f"multipart/form-data; boundary={_BOUNDARY}"
    headers |= {name.lower(): value for name, value in request.get("headers", {}).items()}
    query = [(str(name), str(value)) for name, value in request.get("query", ())]
    sent = {name: value for name, value in headers.items() if value is not None}
    return Message(request["method"], request["path"], query, sent, body)


def _multipart(parts: list[Json]) -> bytes:
    body = b""
    for part in parts:
        name = f'; filename="{part["filename"]}"' if "filename" in part else ""
        kind = f"Content-Type: {part['content_type']}\r\n" if "content_type" in part else ""
        data = base64.b64decode(part["base64"]) if "base64" in part else part["text"].encode()
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{part["field"]}"{name}\r\n{kind}\r\n'
        body += head.encode() + data + b"\r\n"
    return body + f"--{_BOUNDARY}--\r\n".encode()


def ask(sender: Sender, step: Json, user: str | None, authorize: Authorize, variables: Json) -> Response:
    """The answer to a step; a poll is repeated until it ends. Raises: StepError, UnreachableError."""
    message = message_of(fill(step["request"], variables), authorize(step.get("user", user)))
    poll = step.get("poll")
    deadline = time.monotonic() + (poll or {}).get("timeout_s", 0)
    while True:
        response = sender.send(message)
        if not poll or response.status != step["expect"]["status"] or at(poll["path"], response) in poll["until"]:
            return response
        if time.monotonic() > deadline:
            raise StepError(f"{poll['path']} did not become one of {poll['until']}")
        time.sleep(0.1)


def capture(step: Json, response: Response, variables: Json) -> None:
    """Keep what later steps need. Raises: StepError for what is not there."""
    for name, source in step.get("capture", {}).items():
        kind, _, key = source.partition(":")
        value: Any
        if kind == "header":
            value = response.header(key)
        elif kind == "cookie":
            value = _cookies(response).get(key)
        else:
            value = at(source, response)
        if value is None and kind in ("header", "cookie"):
            raise StepError(f"no {kind} {key}")
        variables[name] = value


def _cookies(response: Response) -> dict[str, str]:
    pairs = [value.split(";")[0].partition("=") for name, value in response.headers if name.lower() == "set-cookie"]
    return {name: value for name, _, value in pairs}


def at(path: str, response: Response) -> Any:
    """The value at `$.a[0].b` of an answer. Raises: StepError."""
    value = decoded(response)
    for key, index in _STEP.findall(path):
        try:
            value = value[key] if key else value[int(index)]
        except (KeyError, IndexError, TypeError):
            raise StepError(f"nothing at {path}, status {response.status}") from None
    return value


def decoded(response: Response) -> Any:
    """The JSON of an answer, None for what is none."""
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None


def judged(step: Json, response: Response, variables: Json) -> Iterator[Difference]:
    """How an answer differs from the expected one."""
    if response.status in step.get("accept", ()):
        return
    expect = fill(step["expect"], variables)
    if response.status != expect["status"]:
        yield Difference(Kind.STATUS, "status", expect["status"], response.status)
        return
    yield from _heads(expect, response)
    paths = Paths.of(step.get("ignore", ()), step.get("unordered", ()))
    body = expect.get("body", ANYTHING)
    if not (isinstance(body, dict) and body.get("body_not_compared")):
        yield from compared(body, decoded(response) if body != ANYTHING else None, paths)
    if "body_text" in expect:
        yield from compared(expect["body_text"], response.body.decode("utf-8", "replace"), path="body")
    if "image" in expect:
        yield from compared(expect["image"], picture(response.body), path="image")
    if "zip" in expect:
        yield from compared(sorted(expect["zip"]), members(response.body), path="zip")


def _heads(expect: Json, response: Response) -> Iterator[Difference]:
    media = (response.header("Content-Type") or "").split(";")[0].strip()
    if expect.get("content_type", media) != media:
        yield Difference(Kind.HEADER, "content-type", expect["content_type"], media)
    for name, value in expect.get("headers", {}).items():
        actual = response.header(name)
        if actual is None or value not in ("*", actual):
            yield Difference(Kind.HEADER, name.lower(), value, actual)


def picture(data: bytes) -> Json:
    """Format and size of a picture, nothing for other data."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return {"format": str(image.format).lower(), "width": image.width, "height": image.height}
    except (OSError, ValueError):
        return {}


def members(data: bytes) -> list[str]:
    """Names in a zip, none for other data."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sorted(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return []
