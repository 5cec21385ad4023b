"""A project on a server for scenarios that make what they need: made, named, and removed whatever happens."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from annotools.errors import InputError
from mockserver.contract import steps
from mockserver.contract.senders import Message, Sender, UnreachableError, basic
from mockserver.protocol.http import MEDIA_TYPE, Response

Say = Callable[[str], Any]


@dataclass(slots=True, frozen=True)
class Login:
    """Who asks: a name with a password, or a token (a personal one too)."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def authorize(self, user: str | None) -> Mapping[str, str]:
        """The header of a request; nobody's has none."""
        if user is None:
            return {}
        if self.token:
            kind = "Token" if len(self.token) == 40 and self.token.isalnum() else "Bearer"
            return {"authorization": f"{kind} {self.token}"}
        return {"authorization": basic(self.user, self.password)}


@dataclass(slots=True)
class Project:
    """What was made: id, name, and the variables that scenarios begin with."""

    pk: int
    name: str
    variables: dict[str, Any]


@contextmanager
def project(sender: Sender, login: Login, purpose: str, say: Say = lambda text: None) -> Iterator[Project]:
    """A new empty project; it is removed at the end with all that was made in it.

    Raises: InputError where the server makes none, UnreachableError.
    """
    name = f"annotools {purpose} {secrets.token_hex(4)}"
    answer = _make(sender, login, name, say)
    if answer.status != 201:
        message = answer.body[:200].decode(errors="replace")
        raise InputError(f"{sender.base}: cannot make a project, it answered {answer.status}: {message}")
    pk = int(steps.at("$.id", answer))
    say(f"made project {pk}, {name!r}, on {sender.base}")
    try:
        yield Project(pk, name, {"base": sender.base, "project": pk})
    finally:
        _remove(sender, login, pk, say)


def _make(sender: Sender, login: Login, name: str, say: Say) -> Response:
    headers = {"accept": MEDIA_TYPE, "content-type": "application/json", **login.authorize("")}
    try:
        return sender.send(Message("POST", "/api/projects", headers=headers, body=orjson.dumps({"name": name})))
    except BaseException:  # it may have been made, although its answer never came
        answer = sender.send(Message("GET", "/api/projects", [("name", name)], headers))
        for row in (steps.decoded(answer) or {}).get("results", ()):
            _remove(sender, login, int(row["id"]), say)
        raise


def _remove(sender: Sender, login: Login, pk: int, say: Say) -> None:
    try:
        status = sender.send(Message("DELETE", f"/api/projects/{pk}", headers=dict(login.authorize("")))).status
    except UnreachableError as error:
        say(f"project {pk} is left behind: {error}")
        return
    say(f"removed project {pk}" if status in (204, 404) else f"project {pk} is left behind: the server says {status}")
