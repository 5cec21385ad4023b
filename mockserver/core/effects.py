"""What faults do to an answer.

    function, defaults = EFFECTS["truncate"]
    response = function(request, answer, at=40)         `answer` is what the server would do

Effects that only a socket can show are left to it, as the `wire` of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.protocol.http import Request, Response, detail, json_response, page, text_response

Answer = Callable[[Request], Response]
_JOB_WRITES = ("tags", "shapes", "tracks", "intervals")


@dataclass(slots=True, frozen=True)
class Wire:
    """What the socket does to an answer: `kind` reset, truncate, break, garbage, dribble, hang or drop.

    `at` counts the bytes of the answer, of its body for `break`.
    """

    kind: str
    at: int = 0
    seconds: float = 0.05


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


def _lost(request: Request, answer: Answer) -> Response:
    return Response(204, wire=Wire("drop"))


def _behind(request: Request, answer: Answer, short: int) -> Response:
    body = request.body[: max(0, len(request.body) - int(short))]
    return answer(Request(request.method, request.path, request.query, request.headers, body, request.scheme))


def _expired(request: Request, answer: Answer) -> Response:
    return page(404).response()


def _is_chunk(request: Request) -> bool:
    return request.method == "PATCH" and "upload-offset" in request.headers


def _is_download(request: Request) -> bool:
    return request.method == "GET" and request.path.endswith("/download")


SCOPES: Mapping[str, Callable[[Request], bool]] = {
    "tus_unanswered": _is_chunk, "tus_lost": _is_chunk, "tus_behind": _is_chunk,
    "download_break": _is_download, "result_expired": _is_download,
}  # fmt: skip
"""What some effects are for; other requests do not count as theirs."""


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
    "tus_unanswered": (_on_wire("drop"), {}),
    "tus_lost": (_lost, {}),
    "tus_behind": (_behind, {"short": 1024}),
    "download_break": (_on_wire("break"), {"at": 1024}),
    "result_expired": (_expired, {}),
    "token_expires": (_refused(401, "Invalid token."), {}),
    "expired_token": (_refused(401, "Invalid token."), {}),
    "opa_403": (_refused(403, "You do not have permission to perform this action."), {}),
}
