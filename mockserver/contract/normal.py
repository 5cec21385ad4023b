"""Answers of two servers made comparable: what has to differ (ids, dates, addresses, people) becomes a sign.

{"id": 7, "url": "http://a/api/jobs/7", "state": "new"}     {"id": "{id}", "url": "{base}/api/jobs/{id}", ...}
"""

from __future__ import annotations

import re
from typing import Any

from mockserver.contract.steps import decoded, members, picture
from mockserver.protocol.http import Response

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)|\d{4}(?:_\d\d){5}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ID_IN_PATH = re.compile(r"(/api/[a-z_]+/)\d+")
_ID_IN_QUERY = re.compile(r"((?:_id|\bid|%3Did|_id%3D|user_id|target_id)(?:=|%3D))\d+")
_ID_IN_NAME = re.compile(r"\b(job|task|project)([ _-])\d+")
_ID_KEYS = frozenset({"id", "job", "issue", "task", "project", "owner", "label", "data"})
_PEOPLE = frozenset({"username", "first_name", "last_name", "email", "last_login", "date_joined"})
_TEXTS = ("text/", "application/json")
HEADERS = ("content-type", "allow", "location", "www-authenticate", "content-range", "cache-control")
"""Headers that scripts depend on."""


def answer_of(response: Response, base: str, name: str) -> dict[str, Any]:
    """Status, headers and content of an answer without what depends on the server. `name`: that of our project."""
    media = (response.header("Content-Type") or "").partition(";")[0].strip()
    headers = {key: _header(key, value, base) for key in HEADERS if (value := response.header(key)) is not None}
    return {"status": response.status, "headers": headers, "body": _content(response, media, base, name)}


def _header(key: str, value: str, base: str) -> Any:
    if key == "content-type":
        return value.partition(";")[0].strip()
    if key == "allow":
        return sorted(part.strip() for part in value.split(","))
    return text_of(value, base)


def _content(response: Response, media: str, base: str, name: str) -> Any:
    if media.startswith("image/"):
        return picture(response.body)
    if response.body[:2] == b"PK":
        return members(response.body)
    value = decoded(response)
    if value is not None:
        return value_of(value, base, name)
    text = response.body.decode("utf-8", "replace") if media.startswith(_TEXTS) else ""
    return "{page}" if "<html" in text.lower() or len(text) > 500 else text_of(text, base)


def value_of(value: Any, base: str, name: str, key: str = "") -> Any:
    """A JSON value without ids, dates, addresses and people."""
    if isinstance(value, dict):
        return {inner: value_of(item, base, name, inner) for inner, item in value.items()}
    if isinstance(value, list):
        return [value_of(item, base, name, key) for item in value]
    if key in _PEOPLE and value is not None:
        return "{person}"
    if isinstance(value, str):
        return text_of(value.replace(name, "{name}"), base)
    if type(value) is int and (key in _ID_KEYS or key.endswith(("_id", "_ids"))):
        return "{id}"
    return value


def text_of(text: str, base: str) -> str:
    """A text without ids, dates and addresses."""
    text = _UUID.sub("{uuid}", _DATE.sub("{date}", text.replace(base, "{base}")))
    text = _ID_IN_PATH.sub(r"\1{id}", text)
    return _ID_IN_NAME.sub(r"\1\2{id}", _ID_IN_QUERY.sub(r"\1{id}", text))
