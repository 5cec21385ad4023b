"""Faults on order: what a proxy, a worker or a network does to a client in the wild.

    faults.add("PATCH /api/jobs/*/annotations*", "nginx_504_html", nth=2)
    faults.add("PATCH /api/jobs/*", "truncate", at=40, times=3)
    faults.add("*", "reset", probability=0.1, seed=7, until=datetime(...))

A fault is matched against `METHOD path` (`*` stands for anything) or an operationId, in the order of adding; the first
one that is due takes the request.

| effect | what it does (parameters with defaults) |
|---|---|
| nginx_413 | HTML 413 for a body over `limit`=1048576 bytes, before the server sees it |
| nginx_504_html | HTML 504 after the server has committed |
| reset, truncate, garbage | at byte `at`=0 the answer ends in a reset, ends, turns to garbage |
| dribble, hang | the answer comes a byte every `seconds`=0.05, does not come for `seconds`=30 |
| drop_after_commit | the server commits, the connection closes without an answer |
| half_batch | half of the objects of a write are applied, then 500 |
| rate_limit_login, chunk_worker_429 | 429 with Retry-After (`seconds`=10) |
| rq_failed, rq_lost, rq_slow | polls say: failed, unknown, still running |
| result_expired | the file of a finished export is gone: 404 |
| download_break | a download ends at byte `at`=1024 of its body; the rest is had with Range |
| tus_unanswered, tus_lost | a piece of an upload is stored, or not, and its answer is lost |
| tus_behind | the last `short`=1024 bytes of a piece are not stored, as the offset of the answer says |
| token_expires | from now on 401 for everything, until somebody logs in |
| expired_token, opa_403 | 401, 403 |
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from mockserver.core import routes
from mockserver.core.effects import EFFECTS, SCOPES, Answer, Wire
from mockserver.protocol import versions
from mockserver.protocol.http import Request, Response

__all__ = ["EFFECTS", "Fault", "Faults", "Wire", "apply"]
TIMES = {"rq_slow": 3, "rq_failed": 0, "rq_lost": 0, "nginx_413": 0, "result_expired": 0, "token_expires": 0}
_LOGIN = "/api/auth/login"


@dataclass(slots=True)
class Fault:
    """One fault and how often it was due. `nth` counts matching requests from 1; `times` 0 is without end."""

    match: str
    effect: str
    parameters: dict[str, Any] = field(default_factory=dict)
    nth: int = 1
    times: int = 1
    probability: float = 1.0
    until: datetime | None = None
    rng: random.Random = field(default_factory=random.Random)
    seen: int = 0
    done: int = 0

    def matches(self, request: Request, operation: str) -> bool:
        """Whether it is meant for this request."""
        if self.effect == "token_expires" and self.done:
            return not request.path.startswith("/api/auth/")
        if self.effect in SCOPES and not SCOPES[self.effect](request):
            return False
        return self.match == operation or fnmatchcase(f"{request.method} {request.path}", _glob(self.match))

    def due(self, now: datetime) -> bool:
        """Whether it strikes this time; counts the request."""
        self.seen += 1
        if self.seen < self.nth or (self.times and self.done >= self.times):
            return False
        if (self.until and now > self.until) or self.rng.random() >= self.probability:
            return False
        self.done += 1
        return True

    def to_json(self) -> dict[str, Any]:
        """For `/_mock/faults`."""
        names = ("match", "effect", "parameters", "nth", "times", "probability", "seen", "done")
        return {name: getattr(self, name) for name in names}


def _glob(match: str) -> str:
    return match if " " in match or match == "*" else f"* {match}"


class Faults:
    """The faults on order."""

    def __init__(self) -> None:
        self.entries: list[Fault] = []

    def add(self, match: str, effect: str, when: Mapping[str, Any] | None = None, **options: Any) -> Fault:
        """Order one. `when`: nth, times (0 = without end), probability with seed, until (UTC); options: the effect's.

        `when` may be given as keywords, too. Raises: ValueError for an effect, an option, a method or an operation that
        there is not.
        """
        if effect not in EFFECTS:
            raise ValueError(f"unknown effect {effect!r}, there are: {', '.join(sorted(EFFECTS))}")
        options = {**(when or {}), **options}
        when = {name: options.pop(name) for name in ("nth", "times", "probability", "until") if name in options}
        when.setdefault("times", TIMES.get(effect, 1))
        _check_match(match)
        rng = random.Random(options.pop("seed", None))
        _check_options(effect, options)
        fault = Fault(match, effect, options, rng=rng, **when)
        self.entries.append(fault)
        return fault

    def clear(self) -> None:
        """Call all of them off."""
        self.entries.clear()

    def strike(self, request: Request, operation: str, now: datetime) -> Fault | None:
        """The fault that takes this request, if any."""
        if request.path == _LOGIN:
            self.entries = [fault for fault in self.entries if not (fault.effect == "token_expires" and fault.done)]
        due = [fault for fault in self.entries if fault.matches(request, operation) and fault.due(now)]
        return due[0] if due else None


def _check_match(match: str) -> None:
    """Raises: ValueError for what no request can ever be."""
    method, space, path = match.partition(" ")
    if space or match.startswith(("/", "*")):
        path = path if space else match
        if space and not any(fnmatchcase(known, method) for known in routes.METHOD_ORDER):
            raise ValueError(f"unknown method {method!r}, there are: {', '.join(routes.METHOD_ORDER)}")
        if not path.startswith(("/", "*")):
            raise ValueError(f"a path begins with / or *, got {path!r}")
        return
    all_routes = routes.of_version(versions.NEWEST).all
    operations = {operation for route in all_routes for operation, _ in route.operations.values()}
    if match not in operations:
        near = difflib.get_close_matches(match, operations, n=3)
        raise ValueError(f"unknown operation {match!r}" + (f", near ones: {', '.join(near)}" if near else ""))


def _check_options(effect: str, options: Mapping[str, Any]) -> None:
    known = EFFECTS[effect][1]
    for name, value in options.items():
        if name not in known:
            raise ValueError(f"{effect} has no option {name!r}, it has: {', '.join(known) or 'none'}")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError(f"{name} must be a number of at least 0, got {value!r}")


def apply(fault: Fault, request: Request, answer: Answer) -> Response:
    """The answer that the fault gives; `answer` is what the server would do."""
    function, defaults = EFFECTS[fault.effect]
    return function(request, answer, **{**defaults, **fault.parameters})
