"""Two answers compared: how they differ, and that nothing slips through."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.checking import Outcome
from mockserver.contract.differences import ANYTHING, Difference, Kind, Paths, compared
from mockserver.contract.normal import answer_of, text_of
from mockserver.contract.reports import FORMATS, report
from mockserver.contract.scrubbing import Scrubber
from mockserver.protocol.http import Response, json_response

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


def kinds(want: Any, got: Any, paths: Paths | None = None) -> list[tuple[str, str]]:
    """Kinds and paths of the differences."""
    return [(one.kind.name, one.path) for one in compared(want, got, paths or Paths())]


@pytest.mark.parametrize(
    ("want", "got", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("TYPE", "$.a")]),
        ({"a": 1}, {"a": None}, [("TYPE", "$.a")]),
        ({"a": 1}, {"a": 2}, [("VALUE", "$.a")]),
        ({"state": "new"}, {"state": "done"}, [("ENUM", "$.state")]),
        ({"name": "new"}, {"name": "done"}, [("VALUE", "$.name")]),
        ({"a": 1}, {}, [("FIELD_REMOVED", "$.a")]),
        ({}, {"a": 1}, [("FIELD_ADDED", "$.a")]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("ORDER", "$.a")]),
        ({"a": [1, 2]}, {"a": [2, 3]}, [("VALUE", "$.a[0]"), ("VALUE", "$.a[1]")]),
        ({"a": [1, 2]}, {"a": [1]}, [("VALUE", "$.a.length")]),
        ({"a": {"b": [{"c": 0.1}]}}, {"a": {"b": [{"c": 0.1 + 1e-12}]}}, []),
        ({"a": ANYTHING}, {"a": [1]}, []),
        ({"a": ANYTHING}, {}, [("FIELD_REMOVED", "$.a")]),
        ([{"a": 1}], {"a": 1}, [("TYPE", "$")]),
    ],
)
def test_kinds(want: Any, got: Any, expected: list[tuple[str, str]]) -> None:
    assert kinds(want, got) == expected


def test_what_is_ignored_and_what_has_no_order() -> None:
    want, got = {"a": [{"n": 1, "t": 1}, {"n": 2, "t": 2}]}, {"a": [{"n": 2, "t": 7}, {"n": 1, "t": 8}]}
    assert kinds(want, got, Paths.of(["$.a[*].t"], ["$.a"])) == []
    assert kinds(want, got, Paths.of(["$..t"], ["$.a"])) == []
    assert kinds(want, got, Paths.of(["$..t"])) == [("VALUE", "$.a[0].n"), ("VALUE", "$.a[1].n")]
    assert kinds({"a": [1, 2]}, {"a": [2, 1]}, Paths.of(["$.a[*]"])) == []
    date = "2026-01-02T03:04:05.000000Z"
    assert kinds({"chunks_updated_date": "x"}, {"chunks_updated_date": date}) == []
    assert kinds({"chunks_updated_date": date}, {"chunks_updated_date": "x"}) != []


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert kinds(value, copy.deepcopy(value)) == []


@given(VALUES, VALUES)
def test_differences_are_seen_from_both_sides(one: Any, other: Any) -> None:
    assert bool(kinds(one, other)) == bool(kinds(other, one))


# --- answers of two servers ---------------------------------------------------------------------------------------


def test_ids_dates_addresses_and_people_are_not_compared() -> None:
    def answer(base: str, pk: int, name: str) -> Response:
        owner = {"id": pk, "username": name, "first_name": name, "last_name": "", "url": f"{base}/api/users/{pk}"}
        job = {
            "url": f"{base}/api/jobs/{pk}", "id": pk, "task_id": pk + 1, "owner": owner, "frame": 3,
            "created_date": f"2026-01-0{pk}T03:04:05.00000{pk}Z", "name": f"annotools drift {name}",
            "issues": {"url": f"{base}/api/issues?job_id={pk}"},
            "rq_id": f"action=export&target=job&target_id={pk}&user_id={pk}",
        }  # fmt: skip
        return json_response(201, job, [("Location", f"{base}/api/jobs/{pk}"), ("Allow", "GET, PUT"), ("Date", name)])

    one = answer_of(answer("http://a.test", 1, "mia"), "http://a.test", "annotools drift mia")
    other = answer_of(answer("https://b.test:8080", 2, "bo"), "https://b.test:8080", "annotools drift bo")
    assert one == other
    assert one["body"]["frame"] == 3
    assert one["body"]["url"] == "{base}/api/jobs/{id}"
    assert one["headers"]["location"] == "{base}/api/jobs/{id}"


def test_texts_of_errors_are_compared() -> None:
    assert text_of('Task with validation mode "gt" of job 7', "http://a.test") == (
        'Task with validation mode "gt" of job {id}'
    )
    assert text_of("Frames 10 do not belong to the job", "http://a.test") == "Frames 10 do not belong to the job"


# --- reports and scrubbing ----------------------------------------------------------------------------------------


def test_reports_name_every_difference_in_every_format() -> None:
    nasty = 'a | "b" & <c>\n'
    bad = Outcome("live/x", nasty, "GET /", [Difference(Kind.VALUE, "$.a", nasty, 1)])
    outcomes = [Outcome("live/x", "good", "GET /"), bad, Outcome("live/y", "lost", "GET /", problem="nothing at $.id")]
    for form in FORMATS:
        text = report(outcomes, form, "drift")
        assert "$.a" in text
        assert "nothing at $.id" in text


def test_the_junit_report_is_well_formed() -> None:
    from xml.etree import ElementTree

    bad = Outcome("live/x", 'a "b" & <c>', "GET /", [Difference(Kind.VALUE, "$.a", "<&>", 1)])
    root = ElementTree.fromstring(report([bad, Outcome("live/x", "good", "GET /")], "junit", 'a "title"'))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert root[0][0].text is not None
    assert "<&>" in root[0][0].text


def test_people_addresses_and_secrets_are_replaced_everywhere_alike() -> None:
    users = [{"id": 7, "username": "mia.m", "first_name": "Mia", "last_name": "Meier", "email": "mia@acme.com"},
             {"id": 8, "username": "bo", "first_name": "", "last_name": "", "email": ""}]  # fmt: skip
    clean = Scrubber("https://cvat.acme.com", users).clean
    assert clean(users[0]) == {
        "id": 7, "username": "user7", "first_name": "User", "last_name": "7", "email": "user7@example.test",
    }  # fmt: skip
    assert clean(users[1]) == {"id": 8, "username": "user8", "first_name": "", "last_name": "", "email": ""}
    assert clean({"url": "https://cvat.acme.com/api/jobs/1"}) == {"url": "{base}/api/jobs/1"}
    assert clean({"bug_tracker": "https://jira.acme.com/x?y"}) == {"bug_tracker": "http://example.test/"}
    text = "ask Mia (mia@acme.com or mia.m) at 10.1.2.3, see ftp://files.acme.com/a; Miami stays"
    assert clean({"message": text}) == {
        "message": "ask User (user7@example.test or user7) at 192.0.2.1, see http://example.test/; Miami stays"
    }
    assert clean({"api_token": "abc", "secret": "x", "credentials_type": "KEY_FILE_PATH"}) == {
        "api_token": "scrubbed", "secret": "scrubbed", "credentials_type": "KEY_FILE_PATH",
    }  # fmt: skip
    home = {"id": 3, "slug": "acme", "name": "Acme", "description": "d", "contact": {"email": "x@y.zz"}}
    assert clean(home) == {"id": 3, "slug": "org3", "name": "org3", "description": "", "contact": {}}
    assert clean({"type": "rectangle", "points": [1.5]}) == {"type": "rectangle", "points": [1.5]}
