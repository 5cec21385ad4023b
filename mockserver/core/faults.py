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
| expired_token, opa_403 | 401, 403 |
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

import orjson

from mockserver.protocol.http import Request, Response, detail, json_response, text_response

TIMES = {"rq_slow": 3, "rq_failed": 0, "rq_lost": 0, "nginx_413": 0}
Answer = Callable[[Request], Response]
_JOB_WRITES = ("tags", "shapes", "tracks", "intervals")


@dataclass(slots=True, frozen=True)
class Wire:
    """What the socket does to an answer: `kind` reset, truncate, garbage, dribble, hang or drop."""

    kind: str
    at: int = 0
    seconds: float = 0.05


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

        `when` may be given as keywords, too. Raises: ValueError for an effect or an option that there is not.
        """
        if effect not in EFFECTS:
            raise ValueError(f"unknown effect {effect!r}, there are: {', '.join(sorted(EFFECTS))}")
        options = {**(when or {}), **options}
        when = {name: options.pop(name) for name in ("nth", "times", "probability", "until") if name in options}
        when.setdefault("times", TIMES.get(effect, 1))
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
        due = [fault for fault in self.entries if fault.matches(request, operation) and fault.due(now)]
        return due[0] if due else None


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


def _nginx(status: int, title: str) -> Response:
    html = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1>"
    return text_response(status, html + "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")


def _nginx_413(request: Request, answer: Answer, limit: int) -> Response:
    return _nginx(413, "Request Entity Too Large") if len(request.body) > limit else answer(request)


def _nginx_504(request: Request, answer: Answer) -> Response:
    answer(request)
    return _nginx(504, "Gateway Time-out")


def _on_wire(kind: str) -> Callable[..., Response]:
    def effect(request: Request, answer: Answer, at: int = 0, seconds: float = 0.0) -> Response:
        response = answer(request)
        response.wire = Wire(kind, int(at), seconds)
        return response

    return effect


def _half_batch(request: Request, answer: Answer) -> Response:
    try:
        document = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return answer(request)
    if isinstance(document, dict):
        halves = {name: rows[: (len(rows) + 1) // 2] for name, rows in document.items() if isinstance(rows, list)}
        body = orjson.dumps({**document, **{name: halves[name] for name in _JOB_WRITES if name in halves}})
        answer(Request(request.method, request.path, request.query, request.headers, body, request.scheme))
    return text_response(500, "<h1>Server Error (500)</h1>")


def _too_many(request: Request, answer: Answer, seconds: float) -> Response:
    headers = [("Retry-After", f"{seconds:g}")]
    return detail(429, f"Request was throttled. Expected available in {seconds:g} seconds.", headers).response()


def _refused(status: int, text: str) -> Callable[..., Response]:
    return lambda request, answer: json_response(status, {"detail": text})


def _background(change: Callable[[dict[str, Any]], object]) -> Callable[..., Response]:
    def effect(request: Request, answer: Answer) -> Response:
        response = answer(request)
        if response.status == 200 and request.path.startswith("/api/requests/"):
            record = response.json()
            changed = change(record)
            return changed if isinstance(changed, Response) else json_response(200, record, _plain(response))
        return response

    return effect


def _plain(response: Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in response.headers if name != "Content-Type"]


def _fail(record: dict[str, Any]) -> None:
    record.update(status="failed", message="rq.job.JobError: the worker died\n", result_url=None, result_id=None)


def _lose(record: dict[str, Any]) -> Response:
    return text_response(404, "There is no request with specified id")


def _slow(record: dict[str, Any]) -> None:
    record.update(status="started", progress=0.5, finished_date=None, expiry_date=None, result_url=None, result_id=None)


EFFECTS: Mapping[str, tuple[Callable[..., Response], dict[str, Any]]] = {
    "nginx_413": (_nginx_413, {"limit": 1048576}),
    "nginx_504_html": (_nginx_504, {}),
    "reset": (_on_wire("reset"), {"at": 0}),
    "truncate": (_on_wire("truncate"), {"at": 0}),
    "garbage": (_on_wire("garbage"), {"at": 0}),
    "dribble": (_on_wire("dribble"), {"seconds": 0.05}),
    "hang": (_on_wire("hang"), {"seconds": 30}),
    "drop_after_commit": (_on_wire("drop"), {}),
    "half_batch": (_half_batch, {}),
    "rate_limit_login": (_too_many, {"seconds": 10}),
    "chunk_worker_429": (_too_many, {"seconds": 10}),
    "rq_failed": (_background(_fail), {}),
    "rq_lost": (_background(_lose), {}),
    "rq_slow": (_background(_slow), {}),
    "expired_token": (_refused(401, "Invalid token."), {}),
    "opa_403": (_refused(403, "You do not have permission to perform this action."), {}),
}
