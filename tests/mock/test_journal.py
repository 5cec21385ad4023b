"""The journal: what was asked, what is asserted of it, and remarks on slips and habits."""

from __future__ import annotations

import http.client
import time

import pytest
import requests

from mockserver.mock import Mock
from mockserver.state.context import Config
from tests.mock.fault_calls import CREATE, SHAPE, ask


def test_calls_are_asserted_with_near_misses(mock: Mock) -> None:
    ask(mock, "GET", "/api/jobs/1?a=b")
    mock.assert_called("GET", "/api/jobs/*", times=1, a="b")
    with pytest.raises(AssertionError, match=r"got it 0 times\nnear misses:\n.*GET /api/jobs/1\?a=b"):
        mock.assert_called("PATCH", "/api/jobs/1")
    with pytest.raises(AssertionError, match="expected GET /api/jobs/1 2 times, got it 1 times"):
        mock.assert_called("GET", "/api/jobs/1", times=2)


def test_lost_requests_are_named(mock: Mock) -> None:
    mock.assert_no_unmatched()
    ask(mock, "GET", "/api/nowhere")
    ask(mock, "GET", "/api/lambda/functions")
    with pytest.raises(AssertionError, match=r"(?s)/api/nowhere.*/api/lambda/functions"):
        mock.assert_no_unmatched()


def test_a_request_in_flight_is_in_the_journal(mock: Mock) -> None:
    mock.faults.add("*", "hang", seconds=2)
    client = http.client.HTTPConnection("127.0.0.1", mock.server.port, timeout=5)
    client.request("GET", "/api/server/about")
    end = time.monotonic() + 5
    while not mock.journal.entries and time.monotonic() < end:
        time.sleep(0.001)
    assert mock.journal.entries[0].title() == "GET /api/server/about"
    client.close()


def test_bodies_of_old_requests_are_dropped_when_they_grow_too_many(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.core.journal.KEPT_BYTES", 3000)
    for _ in range(5):
        ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE] * 10})
    sizes = [len(entry.request.body) for entry in mock.journal.entries]
    assert sizes[0] == 0
    assert sum(sizes) <= 3000
    assert all(entry.sizes[0] > 500 for entry in mock.journal.entries)


def test_annotations_are_asserted_object_by_object(mock: Mock) -> None:
    mock.state.put("annotations", 2, {"shapes": [{**SHAPE, "id": 1}, {**SHAPE, "id": 2, "frame": 21}]})
    mock.assert_annotations(2, equals={"shapes": [{**SHAPE, "frame": 21}, SHAPE]}, ignore=["id"])
    wrong = {"shapes": [{**SHAPE, "points": [1, 2, 3, 5]}], "tags": [{"frame": 0, "label_id": 4}]}
    with pytest.raises(AssertionError) as caught:
        mock.assert_annotations(2, equals=wrong)
    assert str(caught.value).splitlines() == [
        "annotations of job 2 differ (expected -> found):",
        "  missing: tag (label 4, frame 0)",
        "  shape 1 (rectangle, label 1, frame 0): points [1, 2, 3, 5] -> [1.0, 2.0, 3.0, 4.5]",
        "  unexpected: shape 2 (rectangle, label 1, frame 21)",
    ]


def codes(mock: Mock) -> list[str]:
    return [remark.code for _, remark in mock.journal.warnings()]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("PATCH", CREATE, {"shapes": [{**SHAPE, "clientID": 3}], "extra": 1}, ["unknown-key", "unknown-key"]),
        ("PATCH", "/api/jobs/2/annotations?action=update", {"shapes": [SHAPE]}, ["update-without-ids"]),
        ("PUT", "/api/jobs/2/annotations", {"shapes": []}, ["put-destroys"]),
        ("DELETE", "/api/jobs/2/annotations", None, ["delete-destroys"]),
        ("DELETE", "/api/jobs/5/annotations", None, []),
        ("GET", "/api/jobs/2/", None, ["slash"]),
        ("PATCH", CREATE, {"shapes": [SHAPE]}, []),
    ],
)
def test_slips_are_remarked_upon(mock: Mock, method: str, path: str, body: object, expected: list[str]) -> None:
    ask(mock, method, path, json=body)
    assert codes(mock) == expected
    if expected:
        with pytest.raises(AssertionError, match=f"allow=.*{expected[0]}"):
            mock.assert_no_warnings()


def test_habits_are_remarked_upon(mock: Mock) -> None:
    mock.clock.mode = "manual"  # however slow the machine is
    rq_id = ask(mock, "POST", "/api/jobs/1/dataset/export?format=COCO%201.0").json()["rq_id"]
    for _ in range(30):
        ask(mock, "GET", f"/api/requests/{rq_id}")
    for _ in range(6):
        requests.post(mock.url + "/api/auth/login", json={"username": "admin", "password": "mock"}, timeout=5)
    assert codes(mock) == ["polls-too-often", "login-per-call"]


def test_a_code_can_be_allowed(mock: Mock) -> None:
    mock.app.config = Config(allow=frozenset({"slash", "unknown-key"}))
    ask(mock, "GET", "/api/jobs/2/")
    ask(mock, "PATCH", CREATE, json={"shapes": [{**SHAPE, "z": 3}]})
    assert codes(mock) == []
    mock.app.config = Config()


def test_a_fault_on_order_is_no_slip_of_the_client(mock: Mock) -> None:
    mock.faults.add("*", "opa_403")
    ask(mock, "GET", "/api/jobs/1")
    assert "fault: opa_403 on order (*)" in mock.journal.text()
    mock.assert_no_warnings()


def test_what_has_changed_is_told(mock: Mock) -> None:
    ask(mock, "PATCH", "/api/jobs/2", json={"state": "completed"})
    ask(mock, "PATCH", CREATE, json={"shapes": [SHAPE]})
    ask(mock, "DELETE", "/api/jobs/1/annotations")
    lines = mock.changes()
    assert "jobs 2: state new -> completed" in lines
    assert any(line.startswith("annotations 2: new: shape ") for line in lines)
    assert any(line.startswith("annotations 1: gone: ") for line in lines)


def test_the_admin_calls(mock: Mock) -> None:
    base = mock.url + "/_mock/"
    assert requests.get(base + "health", timeout=5).json()["status"] == "ok"
    assert requests.get(base + "state", timeout=5).json()["jobs"] == 9
    assert requests.get(base + "coverage", timeout=5).json()["share"] > 0.5
    ask(mock, "GET", "/api/jobs/1")
    shown = requests.get(base + "requests", timeout=5).json()
    assert [(row["method"], row["path"], row["status"], row["user"]) for row in shown] == [
        ("GET", "/api/jobs/1", 200, "admin")
    ]
    saved = requests.get(base + "snapshot", timeout=5).content
    ask(mock, "DELETE", "/api/tasks/42")
    assert requests.put(base + "snapshot", data=saved, timeout=5).status_code == 204
    assert ask(mock, "GET", "/api/tasks/42").status_code == 200
    assert requests.post(base + "clock", json={"mode": "manual", "advance": 60}, timeout=5).json()["mode"] == "manual"
    assert requests.post(base + "clock", json={"advance": -1}, timeout=5).status_code == 400
    assert requests.get(base + "nothing", timeout=5).status_code == 404
    assert requests.get(base + "reset", timeout=5).status_code == 405
    assert requests.post(base + "seed", json="default", timeout=5).status_code == 204
    assert requests.post(base + "seed", json="nothing", timeout=5).status_code == 400
    assert requests.post(base + "seed", json={"users": 3}, timeout=5).status_code == 400
    assert requests.post(base + "seed", data=b"{", timeout=5).status_code == 400
    assert ask(mock, "GET", "/api/tasks/42").status_code == 200, "a bad seed changes nothing"
    assert requests.post(base + "reset", timeout=5).status_code == 204
    assert mock.clock.mode == "instant"
