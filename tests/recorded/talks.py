"""Talks with the mock in the process: requests and what was answered, without times and random keys."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from typing import Any

from mockserver.contract import pack
from mockserver.core.app import App
from mockserver.protocol.http import Request, Response
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.recorded.answers import text_of

BASE = "http://mock.test"


_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")


class Talk:
    """Requests to one server of its own, and what it answers."""

    def __init__(self, seed: str = "default", dialect: str = "real") -> None:
        self.app = App(state_of(_seed(seed)), Config(dialect=dialect))  # type: ignore[arg-type]
        self.lines: list[Any] = []

    def ask(self, method: str, path: str, body: Any = None, user: str | None = "admin", **headers: str) -> Any:
        """One request, which is kept in the answer; gives what was answered."""
        sent = {
            "accept": "application/vnd.cvat+json",
            "host": "mock.test",
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }
        if user is not None:
            word = next(
                (one["password"] for one in self.app.state.tables["users"].values() if one["username"] == user), "gone"
            )
            sent["authorization"] = "Basic " + b64encode(f"{user}:{word}".encode()).decode()
        if body is not None and not isinstance(body, bytes):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        where, _, query = path.partition("?")
        pairs = [tuple(pair.partition("=")[::2]) for pair in query.split("&") if pair]
        response = self.app.handle(
            Request(method, where, [(key, _unquoted(value)) for key, value in pairs], sent, body or b"")
        )
        self.lines.append(f"{method} {path} {user}: {response.status} {_shown(response)}")
        answer = _json(response)
        return answer if isinstance(answer, dict) else {}


def _unquoted(value: str) -> str:
    return (
        json.loads(f'"{value}"')
        if "%" not in value and '"' not in value and "\\" in value
        else re.sub(r"%(..)", lambda m: chr(int(m[1], 16)), value)
    )


@cache
def _seed(name: str) -> Any:
    return state_of(pack.packaged().seed(name, BASE) if name == "demo" else name)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def _shown(response: Response) -> str:
    text = text_of(bytes(response.body))
    text = text if isinstance(text, str) else json.dumps(text)
    text = _TIME.sub("<time>", text)
    headers = sorted(
        (key.lower(), value)
        for key, value in response.headers
        if key.lower() in ("allow", "location", "content-type", "x-annotations-count")
    )
    return f"{headers} {re.sub(r'[0-9a-f]{32,}|[0-9a-f-]{36}', '<key>', text)[:3000]}"
