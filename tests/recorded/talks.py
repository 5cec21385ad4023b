"""Talks with the mock in the process: requests, what was answered, and what has changed in the server by then.

A server of a talk has a clock that stands still but for a second between two requests, so that every date says which
request wrote it; its ids and its dice are those of a seed.
"""

from __future__ import annotations

import io
import json
import random
import re
import uuid
import zipfile
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

from PIL import Image

from mockserver.contract import pack
from mockserver.core.app import App
from mockserver.protocol.http import Request, Response
from mockserver.seeds.sources import state_of
from mockserver.state import comparing
from mockserver.state.context import Clock, Config, Env
from tests.recorded.answers import text_of
from tests.recorded.office import office

BASE = "http://mock.test"
LINE = "talk"  # between the parts of a body of several
_MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)
_NO_MATTER = ("date", "server", "connection", "x-request-id")
_OF_BYTES = ("content-length", "etag", "content-range", "x-checksum")


class Talk:
    """Requests to one server of its own, and what it answers."""

    def __init__(self, seed: str = "default", dialect: str = "real", **config: Any) -> None:
        dice = random.Random(5)
        clock = Clock("manual", frozen=_MORNING)
        env = Env(clock, lambda: uuid.UUID(int=dice.getrandbits(128), version=4), random.Random(7))
        self.app = App(state_of(_seed(seed)), Config(dialect=dialect, **config), env)  # type: ignore[arg-type]
        self.lines: list[Any] = []

    def ask(self, method: str, path: str, body: Any = None, user: str | None = "admin", **headers: str) -> Any:
        """One request, which is kept in the answer; gives what was answered, headers of it as `:name`."""
        self.app.env.clock.advance(1)
        sent = {"accept": "application/vnd.cvat+json", "host": "mock.test"}
        if user is not None:
            sent["authorization"] = "Basic " + b64encode(f"{user}:{self._password(user)}".encode()).decode()
        if body is not None and not isinstance(body, bytes):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        where, _, query = path.partition("?")
        pairs = [tuple(map(unquote, pair.partition("=")[::2])) for pair in query.split("&") if pair]
        response = self.app.handle(Request(method, where, pairs, sent, body or b""))
        wire = f" {response.wire}" if response.wire else ""
        self.lines.append(f"{method} {path} {user}: {response.status} {_shown(response)}{wire}")
        answer = _json(response)
        answer = answer if isinstance(answer, dict) else {}
        return answer | {f":{key.lower()}": value for key, value in response.headers}

    def send(self, method: str, path: str, parts: dict[str, Any], user: str = "admin", **headers: str) -> Any:
        """The same with a body of several parts: name -> value, or (name of a file, its bytes)."""
        body = b""
        for name, value in parts.items():
            filename, data = value if isinstance(value, tuple) else (None, str(value).encode())
            about = f'; filename="{filename}"' if filename is not None else ""
            body += (
                f'--{LINE}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'.encode() + data + b"\r\n"
            )
        kind = f"multipart/form-data; boundary={LINE}"
        return self.ask(method, path, body + f"--{LINE}--\r\n".encode(), user, content_type=kind, **headers)

    def ended(self, answer: dict[str, Any], user: str = "admin") -> dict[str, Any]:
        """A request that runs behind, when it has ended."""
        if "rq_id" not in answer:
            return {}
        path = f"/api/requests/{answer['rq_id']}"
        self.ask("GET", path, user=user)
        return dict(self.ask("GET", path, user=user))

    def changes(self) -> list[Any]:
        """All that was kept, and what has changed since the server began."""
        remarks = [f"{entry.title()} {remark}" for entry, remark in self.app.journal.warnings()]
        return [*self.lines, *remarks, *comparing.changes(self.app.state.baseline(), self.app.state)]

    def _password(self, user: str) -> str:
        users = self.app.state.tables["users"].values()
        return next((str(one["password"]) for one in users if one["username"] == user), "gone")


@cache
def _seed(name: str) -> Any:
    if name == "office":
        return state_of(office())
    return state_of(pack.packaged().seed(name, BASE) if name == "demo" else name)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def _text(data: bytes) -> Any:
    """A body or a member: of a JPEG its size alone, since decoders differ."""
    if data.startswith(b"\xff\xd8"):
        return f"JPEG {Image.open(io.BytesIO(data)).size}"
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: _text(archive.read(name)) for name in archive.namelist()}
    return text_of(data)


def _shown(response: Response) -> str:
    """Headers and body; of what is packed no sizes and sums."""
    body = bytes(response.body)
    text = f"{len(body)} bytes" if response.status == 206 and body[:2] == b"PK" else _text(body)
    less = (*_NO_MATTER, *_OF_BYTES) if body.startswith((b"PK", b"\xff\xd8", b"\x89PNG")) else _NO_MATTER
    headers = sorted((key.lower(), value) for key, value in response.headers if key.lower() not in less)
    shown = f"{headers} {text if isinstance(text, str) else json.dumps(text)}"
    return re.sub(r"[0-9a-f]{40,}", "<key>", shown)
