"""Every endpoint with odd paths, queries, headers and bodies: always an answer in the server's words, never a crash."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from mockserver.core import routes
from mockserver.mock import Mock
from mockserver.protocol.http import Request, Response

ODD: list[Any] = [
    None, True, -1, 0, 1.5, 2**31, 2**63, 1e308, 10**400, float("inf"), "", "x", "1", "\x00", "\ud800", "ü" * 300,
    [], [None], [[]], {}, {"id": None},
    {"var": "id"}, [1, "2", {}], "2025-13-45", "not a date", {"a": {"b": [{}] * 3}},
]  # fmt: skip
KEYS = [
    "id", "name", "type", "task_id", "frame", "frames", "frame_count", "frame_share", "random_seed", "assignee",
    "assignee_id", "state", "stage", "labels", "attributes", "sublabels", "shapes", "tracks", "tags", "intervals",
    "points", "label_id", "elements", "deleted_frames", "frame_selection_method", "honeypot_real_frames", "position",
    "message", "job", "issue", "resolved", "username", "password", "slug", "contact", "client_files", "server_files",
    "image_quality", "segment_size", "overlap", "project_id", "owner", "subset", "validation_params", "svg", "values",
    "mode", "disabled_frames", "target_storage", "job_file_mapping", "start_frame", "stop_frame", "frame_filter",
    "sorting_method", "upload_file_order", "chunk_size", "consensus_replicas", "spec_id", "value", "group", "source",
]  # fmt: skip
QUERIES = [
    "filter", "sort", "page", "page_size", "search", "org", "org_id", "task_id", "job_id", "project_id", "action",
    "format", "number", "index", "type", "quality", "rq_id", "filename", "location", "save_images", "import_mode",
    "cloud_storage_id", "assignee", "state", "dimension", "issue_id", "lightweight", "use_default_location",
]  # fmt: skip
VALUES = [
    "", "1", "0", "-1", "x", "42", "frame", "chunk", "manual", "create", "update", "delete", "COCO 1.0", "true",
    "maybe", '{"and":[{"==":[{"var":"id"},1]}]}', '{"in":[{"var":"id"},[1,2]]}', "{", '{"!":{"var":"id"}}', "\x00",
    "last", "all", "9" * 30, "action=export&target=job&target_id=1", "id,-id", "../../etc/passwd", "1e5", "٣",
    "9" * 5000, "²",
]  # fmt: skip
HEADERS: list[dict[str, str]] = [
    {}, {}, {}, {"content-type": "text/plain"}, {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": "multipart/form-data"}, {"accept": "text/html"}, {"accept": "application/json"}, {"accept": ";;,"},
    {"range": "bytes=0-"}, {"range": "bytes=9-1,x"}, {"range": f"bytes={'9' * 5000}-"},
    {"upload-start": ""}, {"upload-finish": ""}, {"upload-multiple": ""},
    {"upload-length": "5", "upload-metadata": "filename !!"}, {"upload-length": "x"}, {"upload-length": "9" * 5000},
    {"upload-offset": "0", "content-type": "application/offset+octet-stream"}, {"x-organization": "nope"},
    {"cookie": "sessionid=x; csrftoken=\x7f"}, {"authorization": "Basic !!!"}, {"authorization": "Token"},
    {"prefer": "handling=empty"}, {"x-forwarded-proto": "gopher"},
]  # fmt: skip


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
MODELLED = [route for route in routes.ROUTES if any(routes.handler(name) for _, name in route.operations.values())]


def value(rng: random.Random, depth: int = 0) -> Any:
    """A JSON value that nobody wants."""
    if depth < 3 and rng.random() < 0.4:
        return {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randrange(1, 6))}
    if depth < 3 and rng.random() < 0.3:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return rng.choice(ODD)


def body(rng: random.Random) -> bytes:
    """A body: mostly an object of known keys with odd values."""
    if rng.random() < 0.15:
        return rng.choice([b"", b"{", b"\xff\xfe", b"null", b'"x"', b"--x\r\n\r\n--x--", b"NaN", b"[" * 2000])
    drawn = {rng.choice(KEYS): value(rng, 1) for _ in range(rng.randrange(6))}
    shape = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4], rng.choice(KEYS): value(rng, 2)}
    if rng.random() < 0.3:
        drawn["shapes"] = [shape]
    if rng.random() < 0.2:
        drawn["tracks"] = [{"frame": 0, "label_id": 1, "shapes": [shape], rng.choice(KEYS): value(rng, 2)}]
    return json.dumps(drawn).replace("Infinity", "1e400").encode()


def path(rng: random.Random, pattern: str) -> str:
    """A pattern with ids filled in, mostly of what is there."""
    filled = pattern.replace("[/]", rng.choice(["", "/"]))
    while "{" in filled:
        start, end = filled.index("{"), filled.index("}")
        known = ["42", "43", "44", "45"] if "/tasks/" in pattern else ["1", "2", "5", "6", "7"]
        choice = rng.choice(known if rng.random() < 0.85 else ["0", "x", "999", "-1", "1_a", "%", "9" * 25])
        filled = filled[:start] + choice + filled[end + 1 :]
    return filled


def requests_for(mock: Mock, route: routes.Route, seed: int, count: int) -> list[Request]:
    """Odd requests to one route."""
    rng, drawn = random.Random(f"{route.pattern} {seed}"), []
    for _ in range(count):
        query = [(rng.choice(QUERIES), rng.choice(VALUES)) for _ in range(rng.randrange(4))]
        headers = {"authorization": f"Token {mock.token}", "host": "localhost", "content-type": "application/json"}
        headers |= rng.choice(HEADERS) if rng.random() < 0.4 else {}
        method = rng.choice(list(route.operations) if rng.random() < 0.9 else METHODS)
        drawn.append(Request(method, path(rng, route.pattern), query, headers, body(rng)))
    return drawn


def judge(request: Request, response: Response) -> None:
    assert b"mock server error" not in response.body, (request, response.body)
    assert b"Traceback" not in response.body
    assert 200 <= response.status < 600
    assert response.status != 500, (request, response.body)


@pytest.mark.parametrize("dialect", ["lenient", "real"])
@pytest.mark.parametrize("route", MODELLED, ids=lambda route: route.pattern)
def test_no_request_crashes_the_server(route: routes.Route, dialect: str) -> None:
    mock = Mock()
    mock.app.config.dialect = dialect  # type: ignore[assignment]  # one of the two
    for request in requests_for(mock, route, 1, 25):
        judge(request, mock.app.handle(request))
    for job in list(mock.state.tables["jobs"]):
        request = Request("GET", f"/api/jobs/{job}/annotations", headers={"authorization": f"Token {mock.token}"})
        judge(request, mock.app.handle(request))
