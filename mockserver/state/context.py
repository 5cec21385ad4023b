"""What a handler gets besides its path parameters: the request, the state, who asks, and the outside world.

    def retrieve(ctx: Context, id: int) -> Response: ...

`Env` is the only source of time, ids and chance, so that a test can fix all three.
"""

from __future__ import annotations

import random
import uuid as uuid_module
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from annotools.errors import texts
from mockserver.protocol import versions
from mockserver.protocol.http import ApiError, CrashError, Request, detail, page, parse_json
from mockserver.state.remarks import Remark
from mockserver.state.spool import Spool
from mockserver.state.tables import Record, State


@dataclass(slots=True)
class Clock:
    """Time of the server and pace of background requests.

    instant: a background request is finished when it is first asked for; time is the machine's.
    manual: time stands still until `advance`; background requests move with it.
    real: time is the machine's and background requests take their while.
    """

    mode: Literal["instant", "manual", "real"] = "instant"
    offset: timedelta = timedelta()
    frozen: datetime | None = None
    start: Literal["instant", "manual", "real"] = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.mode

    def now(self) -> datetime:
        """Present time, UTC."""
        if self.mode != "manual":
            return datetime.now(UTC) + self.offset
        if self.frozen is None:
            self.frozen = datetime.now(UTC)
        return self.frozen + self.offset

    def advance(self, seconds: float) -> None:
        """Move time on. Raises: ValueError unless it is a number of seconds, at most a thousand years' worth."""
        if not 0 <= seconds <= 3.2e10:
            raise ValueError(f"time moves on by 0 to 3.2e10 seconds, not by {seconds}")
        self.offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Back to the mode it began with, present time."""
        self.mode, self.offset, self.frozen = self.start, timedelta(), None


@dataclass(slots=True)
class Env:
    """The outside world as a value; `anonymous`: when requests of nobody's came in."""

    clock: Clock = field(default_factory=Clock)
    uuid: Callable[[], uuid_module.UUID] = uuid_module.uuid4
    rng: random.Random = field(default_factory=random.Random)
    spool: Spool = field(default_factory=Spool)
    anonymous: deque[datetime] = field(default_factory=deque)

    def reset(self) -> None:
        """Clock as it was at first, no uploads, nobody counted."""
        self.anonymous.clear()
        self.clock.reset()
        self.spool.clear()

    def now(self) -> str:
        """Present time as the API writes it: `2026-11-23T23:08:44.826114Z`."""
        return timestamp(self.clock.now())


@dataclass(slots=True)
class Config:
    """How the server behaves, apart from its data; `server`: the version it answers as, "" for that of its seed."""

    dialect: Literal["real", "lenient"] = "lenient"
    bug_for_bug: bool = False
    strict: bool = False
    max_upload: int = 4 * 1024**3
    allow: frozenset[str] = frozenset()
    server: str = ""

    def __post_init__(self) -> None:
        self.allow = frozenset(texts(self.allow))
        self.server = versions.playable(self.server) if self.server else ""

    @property
    def lenient(self) -> bool:
        """Whether what only the public documentation shows is accepted too."""
        return self.dialect == "lenient"


@dataclass(slots=True, frozen=True)
class Decoded:
    """What decoding a body came to, before the request had its turn."""

    value: Any = None
    error: Exception | None = None

    def result(self) -> Any:
        """The value. Raises: the error."""
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(slots=True)
class Context:
    """One request on its way through the server.

    in_context: whether the request names an organization, or none (`org=`); `organization`: the one it names.
    decoded: what a large body came to; `around`: what has been looked at before (`annotations.ahead.Around`).
    """

    request: Request
    state: State
    env: Env
    config: Config
    user: Record | None = None
    in_context: bool = False
    organization: Record | None = None
    allow: tuple[str, ...] = ()
    warnings: list[Remark] = field(default_factory=list)
    on_commit: list[Callable[[], None]] = field(default_factory=list)
    base: str = ""
    operation: str = ""
    decoded: Decoded | None = None
    around: Any = None

    def for_request(self, request: Request) -> Context:
        """The same context for another request; what is written into it shows up here."""
        self.request = request
        return self

    def table(self, name: str) -> dict[Any, Any]:
        """A table to read from."""
        return self.state.tables[name]

    @property
    def me(self) -> Record:
        """The user who asks. Raises: ApiError 401 for nobody."""
        if self.user is None:
            raise unauthenticated()
        return self.user

    @property
    def server(self) -> str:
        """The version that the server answers as, in full."""
        return self.config.server or self.state.version

    @property
    def version(self) -> versions.Version:
        """The same for comparisons; a seed's unknown words count as the version that was recorded."""
        return versions.parse(self.server) or versions.RECORDED

    def url(self, path: str) -> str:
        """Absolute URL of a path that starts with a slash."""
        return self.base + path

    def now(self) -> str:
        """Present time as the API writes it."""
        return self.env.now()

    def warn(self, text: str, code: str = "documented-only") -> None:
        """Put a remark about what the client sent into the journal; the code is the name that turns it off."""
        if code not in self.config.allow:
            self.warnings.append(Remark(code, text))

    def data(self) -> Any:
        """The decoded JSON body; an empty body is {}. Raises: ApiError 400 (not JSON) or 415 (media type)."""
        if not self.request.body.strip():
            return {}
        accepted = ("application/json", "") if self.request.body else ()
        if self.request.content_type not in accepted:
            full = self.request.headers.get("content-type", "")
            raise detail(415, f'Unsupported media type "{full}" in request.')
        return self.decoded.result() if self.decoded else parse_json(self.request.body)

    def form(self) -> Record:
        """The JSON body when an object is wanted. Raises: as `data`, and what `crash` does for anything else."""
        data = self.data()
        if not isinstance(data, dict):
            raise self.crash(f"the body must be a JSON object, got {type(data).__name__}")
        return data

    def crash(self, message: str) -> ApiError:
        """Where the real server fails with 500: a clear 400, or the 500 itself with bug_for_bug."""
        return page(500) if self.config.bug_for_bug else CrashError(message)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with six digits and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def unauthenticated(text: str = "Authentication credentials were not provided.") -> ApiError:
    """401 as the server sends it."""
    return detail(401, text, [("WWW-Authenticate", "Token")])
