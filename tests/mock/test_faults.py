"""Faults on order, the journal and its remarks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import requests

from mockserver import transports
from mockserver.core.faults import EFFECTS, Faults
from mockserver.mock import Mock
from mockserver.protocol.http import Request
from tests.mock.fault_calls import CREATE, SHAPE, ask


def count(mock: Mock) -> int:
    return len(mock.annotations(2)["shapes"])


def test_a_large_body_meets_a_proxy(mock: Mock) -> None:
    before = count(mock)
    mock.faults.add("PATCH /api/jobs/*", "nginx_413", limit=300)
    assert ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE]}).status_code == 200
    answer = ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE] * 10})
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert count(mock) == before + 1


@pytest.mark.parametrize("effect", ["nginx_504_html", "drop_after_commit", "reset", "truncate", "garbage"])
def test_a_lost_answer_has_been_committed(mock: Mock, effect: str) -> None:
    before = count(mock)
    mock.faults.add(f"PATCH {CREATE.partition('?')[0]}", effect)
    try:
        assert ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE]}).status_code == 504
    except requests.RequestException:
        assert effect != "nginx_504_html"
    assert count(mock) == before + 1
    assert ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE]}).status_code == 200, "it strikes once"


def test_an_answer_ends_in_the_middle(mock: Mock) -> None:
    mock.faults.add("GET /api/jobs", "truncate", at=600)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(mock, "GET", "/api/jobs")


def test_a_dribble_and_a_hang_outlast_patience(mock: Mock) -> None:
    mock.faults.add("server_retrieve_about", "hang", seconds=5)
    with pytest.raises(requests.ReadTimeout):
        requests.get(mock.url + "/api/server/about", timeout=0.1)
    mock.faults.add("server_retrieve_about", "dribble", seconds=0.0001)
    assert requests.get(mock.url + "/api/server/about", timeout=5).json()["version"] == "2.73.0"


def test_half_a_batch_is_applied(mock: Mock) -> None:
    before = count(mock)
    mock.faults.add("jobs_partial_update_annotations", "half_batch")
    answer = ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE] * 10})
    assert (answer.status_code, count(mock)) == (500, before + 5)


def test_a_login_is_throttled(mock: Mock) -> None:
    mock.faults.add("auth_create_login", "rate_limit_login", seconds=3)
    answer = requests.post(mock.url + "/api/auth/login", json={"username": "admin", "password": "mock"}, timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")


@pytest.mark.parametrize(
    ("effect", "seen"),
    [
        ("rq_failed", ["failed", "failed"]),
        ("rq_lost", [404, 404]),
        ("rq_slow", ["started", "started", "started", "finished"]),
    ],
)
def test_background_requests_fail_vanish_and_drag_on(mock: Mock, effect: str, seen: list[object]) -> None:
    mock.faults.add("requests_retrieve", effect)
    rq_id = ask(mock, "POST", "/api/jobs/1/dataset/export?format=COCO%201.0").json()["rq_id"]
    answers = [ask(mock, "GET", f"/api/requests/{rq_id}") for _ in seen]
    assert [answer.json()["status"] if answer.ok else answer.status_code for answer in answers] == seen


@pytest.mark.parametrize(("effect", "status"), [("expired_token", 401), ("opa_403", 403), ("chunk_worker_429", 429)])
def test_refusals_in_the_middle_of_a_run(mock: Mock, effect: str, status: int) -> None:
    mock.faults.add("*", effect, when={"nth": 2, "times": 2})
    assert [ask(mock, "GET", "/api/jobs/1").status_code for _ in range(4)] == [200, status, status, 200]


def test_chance_and_time_bound_a_fault() -> None:
    faults, now = Faults(), datetime.now(UTC)
    faults.add("*", "reset", times=0, probability=0.5, seed=3, until=now)
    request = Request("GET", "/")
    struck = [faults.strike(request, "", now) is not None for _ in range(100)]
    assert 30 < sum(struck) < 70
    assert faults.strike(request, "", now + timedelta(seconds=1)) is None
    faults.clear()
    faults.add("*", "reset", times=0, probability=0.5, seed=3)
    assert [faults.strike(request, "", now) is not None for _ in range(100)] == struck


PIECE = {"Content-Type": "application/offset+octet-stream"}


def upload(mock: Mock, length: int = 3000) -> str:
    """The address of a new upload."""
    made = ask_with(mock, "POST", "/api/jobs/1/annotations/", {"Upload-Length": str(length)})
    return made.headers["Location"].removeprefix(mock.url)


def ask_with(mock: Mock, method: str, path: str, headers: dict[str, str], data: bytes = b"") -> requests.Response:
    everything = {"Authorization": f"Token {mock.token}", **headers}
    return requests.request(method, mock.url + path, headers=everything, data=data, timeout=5)


def offset(mock: Mock, path: str) -> int:
    return int(ask_with(mock, "HEAD", path, {}).headers["Upload-Offset"])


@pytest.mark.parametrize(("effect", "stored"), [("tus_unanswered", 2000), ("tus_lost", 1000)])
def test_an_answer_to_a_piece_is_lost(mock: Mock, effect: str, stored: int) -> None:
    path = upload(mock)
    mock.faults.add("*", effect, nth=2)
    assert ask_with(mock, "PATCH", path, {**PIECE, "Upload-Offset": "0"}, b"a" * 1000).status_code == 204
    with pytest.raises(requests.ConnectionError):
        ask_with(mock, "PATCH", path, {**PIECE, "Upload-Offset": "1000"}, b"b" * 1000)
    assert offset(mock, path) == stored


def test_a_piece_is_stored_in_part(mock: Mock) -> None:
    path = upload(mock)
    mock.faults.add("jobs_annotations_append", "tus_behind", short=600)
    answer = ask_with(mock, "PATCH", path, {**PIECE, "Upload-Offset": "0"}, b"a" * 1000)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "400")
    assert ask_with(mock, "PATCH", path, {**PIECE, "Upload-Offset": "1000"}, b"b").status_code == 409
    assert offset(mock, path) == 400


def exported(mock: Mock) -> str:
    """The address of a finished export."""
    rq_id = ask(mock, "POST", "/api/jobs/1/dataset/export?format=COCO%201.0").json()["rq_id"]
    url: str = ask(mock, "GET", f"/api/requests/{rq_id}").json()["result_url"]
    return url.removeprefix(mock.url)


def test_a_result_expires_before_it_is_had(mock: Mock) -> None:
    mock.faults.add("*", "result_expired")
    path = exported(mock)
    assert [ask(mock, "GET", path).status_code for _ in range(2)] == [404, 404]


def test_a_download_breaks_and_goes_on(mock: Mock) -> None:
    path = exported(mock)
    whole = ask(mock, "GET", path).content
    mock.faults.add("*", "download_break", at=100)
    got: list[bytes] = []
    headers = {"Authorization": f"Token {mock.token}"}
    with requests.get(mock.url + path, headers=headers, stream=True, timeout=5) as answer:
        assert answer.headers["Accept-Ranges"] == "bytes"
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            got.extend(answer.iter_content(10))
    assert b"".join(got) == whole[:100]
    rest = ask_with(mock, "GET", path, {"Range": "bytes=100-"})
    assert (rest.status_code, b"".join(got) + rest.content) == (206, whole)


def test_a_token_expires_within_an_upload(mock: Mock) -> None:
    path = upload(mock)
    mock.faults.add("PATCH *", "token_expires", nth=2)
    first = ask_with(mock, "PATCH", path, {**PIECE, "Upload-Offset": "0"}, b"a" * 1000)
    second = ask_with(mock, "PATCH", path, {**PIECE, "Upload-Offset": "1000"}, b"a" * 1000)
    assert (first.status_code, second.status_code, ask(mock, "GET", "/api/jobs/1").status_code) == (204, 401, 401)
    requests.post(mock.url + "/api/auth/login", json={"username": "admin", "password": "mock"}, timeout=5)
    assert offset(mock, path) == 1000


@pytest.mark.parametrize(
    "match", ["FETCH /api/jobs", "PATCHH *", "GET api/jobs", "jobs_lists", "partial_update_annotations", "", "GET "]
)
def test_what_no_request_can_be_is_refused_at_once(mock: Mock, match: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|begins with"):
        mock.faults.add(match, "reset")
    order = {"match": match, "effect": "reset"}
    assert requests.post(mock.url + "/_mock/faults", json=order, timeout=5).status_code == 400


@pytest.mark.parametrize("match", ["*", "P* /api/jobs/*", "/api/jobs", "* *", "jobs_list", "GET */download*"])
def test_matches_that_requests_can_be(match: str) -> None:
    assert Faults().add(match, "reset").match == match


@pytest.mark.parametrize(
    ("effect", "options"),
    [("explode", {}), ("reset", {"seconds": 1}), ("truncate", {"at": -1}), ("hang", {"seconds": "x"})],
)
def test_what_cannot_be_ordered(effect: str, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown effect|has no option|must be a number"):
        Faults().add("*", effect, **options)


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_every_effect_can_be_ordered_over_http_and_called_off(mock: Mock, effect: str) -> None:
    order = {"match": "GET /api/jobs/1", "effect": effect, "when": {"nth": 1}, "until": "2100-01-01T00:00:00+00:00"}
    answer = requests.post(mock.url + "/_mock/faults", json=order, timeout=5)
    assert (answer.status_code, answer.json()["effect"]) == (201, effect)
    assert len(requests.get(mock.url + "/_mock/faults", timeout=5).json()) == 1
    requests.delete(mock.url + "/_mock/faults", timeout=5)
    assert ask(mock, "GET", "/api/jobs/1").status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"match": "*"}', b'{"match": "*", "effect": "no"}'])
def test_unusable_orders_are_refused(mock: Mock, body: bytes) -> None:
    assert requests.post(mock.url + "/_mock/faults", data=body, timeout=5).status_code == 400


def test_faults_reach_clients_without_a_socket(mock: Mock) -> None:
    client = httpx.Client(transport=transports.httpx_transport(mock.app), base_url="http://cvat.mock")
    mock.faults.add("*", "reset")
    with pytest.raises(httpx.ReadError):
        client.get("/api/server/about")
    mock.faults.add("*", "hang")
    with pytest.raises(httpx.ReadTimeout):
        client.get("/api/server/about")
    mock.faults.add("*", "garbage", at=5)
    assert client.get("/api/server/about").content.startswith(b'{"nam\x00')
    with transports.urllib3_patch(mock.app) as base:
        for effect in ("reset", "truncate", "garbage", "hang"):
            mock.faults.add("*", effect)
            with pytest.raises(requests.RequestException):
                requests.get(base + "/api/server/about", timeout=5)
