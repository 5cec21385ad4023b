"""Recorded scenarios of a real server, replayed in the process: requests, captures, and the comparison of answers."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mockserver.core.app import App
from mockserver.protocol.http import Request, Response

Json = dict[str, Any]
BASE = "http://mock.test"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BOUNDARY = "contract-pack-boundary"


def run(app: App, scenario: Json) -> list[str]:
    """Replay all steps; gives what differs, a line each."""
    variables: dict[str, Any] = {"base": BASE}
    found: list[str] = []
    for step in scenario["steps"]:
        user = step.get("user", scenario["user"]) if "user" in step else scenario["user"]
        response = app.handle(request_of(app, fill(step["request"], variables), user))
        found += [f"{scenario['name']} | {step['name']} | {line}" for line in compare(step, response, variables)]
        for name, where in step.get("capture", {}).items():
            variables[name] = captured(where, response)
    return found


def fill(value: Any, variables: Json) -> Any:
    """`{name}` replaced everywhere; a string that is only that keeps the value's type."""
    if isinstance(value, dict):
        return {key: fill(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, variables) for item in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole and whole[1] in variables:
        return variables[whole[1]]
    return _PLACEHOLDER.sub(lambda m: str(variables.get(m[1], m[0])), value)


def request_of(app: App, given: Json, user: str | None) -> Request:
    """The request of a step."""
    headers = {"accept": "application/vnd.cvat+json", "host": urlsplit(BASE).netloc}
    if user is not None:
        password = next(row["password"] for row in app.state.tables["users"].values() if row["username"] == user)
        headers["authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    body = b""
    if "body" in given:
        body, headers["content-type"] = json.dumps(given["body"]).encode(), "application/json"
    elif "body_base64" in given:
        body = base64.b64decode(given["body_base64"])
    elif "body_text" in given:
        body = given["body_text"].encode()
    elif "multipart" in given:
        body = _multipart(given["multipart"])
        headers["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    headers |= given.get("headers", {})
    parts = urlsplit(given["path"])
    query = [(name, str(value)) for name, value in given.get("query", [])]
    query += parse_qsl(parts.query, keep_blank_values=True)
    return Request(given["method"], parts.path, query, {k: v for k, v in headers.items() if v is not None}, body)


def _multipart(parts: list[Json]) -> bytes:
    body = b""
    for part in parts:
        name = f'; filename="{part["filename"]}"' if "filename" in part else ""
        data = base64.b64decode(part["base64"]) if "base64" in part else part["text"].encode()
        body += f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{part["field"]}"{name}\r\n\r\n'.encode()
        body += data + b"\r\n"
    return body + f"--{_BOUNDARY}--\r\n".encode()


def captured(where: str, response: Response) -> Any:
    """A value of an answer: `$.a[0].b`, `header:name` or `cookie:name`."""
    kind, _, name = where.partition(":")
    if kind == "header":
        return response.header(name)
    if kind == "cookie":
        cookies = [value for key, value in response.headers if key.lower() == "set-cookie"]
        return next(text.split(";")[0].partition("=")[2] for text in cookies if text.startswith(f"{name}="))
    value = response.json()
    for key, index in re.findall(r"\.([\w-]+)|\[(-?\d+)\]", where):
        value = value[key] if key else value[int(index)]
    return value


def compare(step: Json, response: Response, variables: Json) -> Iterator[str]:
    """How an answer differs from the recorded one."""
    expected = fill(step["expect"], variables)
    if "accept" in step:
        if response.status not in step["accept"]:
            yield f"status {response.status}, expected one of {step['accept']}"
        return
    if response.status != expected.get("status", response.status):
        yield f"status {response.status}, expected {expected['status']}: {response.body[:200]!r}"
        return
    media = (response.header("Content-Type") or "").split(";")[0]
    if "content_type" in expected and media != expected["content_type"]:
        yield f"content type {media}, expected {expected['content_type']}"
    for name, value in expected.get("headers", {}).items():
        given = response.header(name)
        if given is None or value not in ("*", given):
            yield f"header {name}: {given!r}, expected {value!r}"
    if "zip" in expected:
        names = sorted(zipfile.ZipFile(io.BytesIO(response.body)).namelist())
        if names != sorted(expected["zip"]):
            yield f"members {names}, expected {expected['zip']}"
    if "body" in expected and not (isinstance(expected["body"], dict) and expected["body"].get("body_not_compared")):
        yield from differences(expected["body"], response.json(), _paths(step, "ignore"), _paths(step, "unordered"))


def _paths(step: Json, name: str) -> re.Pattern[str]:
    parts = [re.escape(text).replace(r"\[\*\]", r"\[\d+\]").replace(r"\.\.", r".*\.") for text in step.get(name, ())]
    return re.compile("|".join(parts) or r"(?!)")


def differences(
    want: Any, got: Any, ignore: re.Pattern[str], unordered: re.Pattern[str], path: str = "$"
) -> Iterator[str]:
    """Where two JSON values differ."""
    if want == "{*}" or ignore.fullmatch(path):
        return
    if isinstance(want, dict) and isinstance(got, dict):
        keys = [key for key in want.keys() | got.keys() if (key in want) != (key in got)]
        yield from (f"{path}.{key}: only on one side" for key in keys if not ignore.fullmatch(f"{path}.{key}"))
        for key in want.keys() & got.keys():
            yield from differences(want[key], got[key], ignore, unordered, f"{path}.{key}")
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            yield f"{path}: {len(got)} items, expected {len(want)}"
            return
        pairs = _aligned(want, got, ignore, unordered, path) if unordered.fullmatch(path) else got
        for place, (one, other) in enumerate(zip(want, pairs, strict=True)):
            yield from differences(one, other, ignore, unordered, f"{path}[{place}]")
    elif not same(want, got):
        yield f"{path}: {got!r}, expected {want!r}"


def _aligned(want: list[Any], got: list[Any], ignore: Any, unordered: Any, path: str) -> list[Any]:
    left, found = list(got), [None] * len(want)
    for place, item in enumerate(want):
        equal = (one for one in left if not any(differences(item, one, ignore, unordered, f"{path}[{place}]")))
        match = next(equal, None)
        if match is not None:
            found[place] = match
            left.remove(match)
    return [left.pop(0) if item is None else item for item in found]


def same(want: Any, got: Any) -> bool:
    """Equal scalars: 1 is 1.0, true is not 1."""
    if {type(want), type(got)} <= {int, float}:
        return bool(want == got) or math.isclose(want, got, rel_tol=1e-9, abs_tol=1e-9)
    return type(want) is type(got) and bool(want == got)
