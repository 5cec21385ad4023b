"""Lists: pages, equality filters, search, JSON logic, order."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client


def ids(client: Client, query: str) -> list[int]:
    """Ids of the jobs that a query finds."""
    response = client.get(f"/api/jobs?page_size=all&{query}")
    assert response.status == 200, response.body
    return [job["id"] for job in response.json()["results"]]


def logic(client: Client, rule: Any) -> list[int]:
    """Ids of the jobs that a JSON logic filter finds."""
    return ids(client, "filter=" + quote(json.dumps(rule)))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("task_name", "segment__task__name"), ("task_id", "segment__task_id"), ("assignee", "assignee__username"),
        ("project_id", "segment__task__project_id"), ("project_name", "segment__task__project__name"),
    ],
)  # fmt: skip
def test_a_lone_var_takes_the_path_in_the_database(demo: Client, name: str, path: str) -> None:
    """The server hands it on as it is: a lone `var` asks whether that is null; comparisons know names only."""
    demo.send("PATCH", "/api/jobs/66", {"assignee": 23})
    assert logic(demo, {"var": path}) == logic(demo, {"var": name})
    assert logic(demo, {"!": {"var": "assignee__username"}}) == [job for job in ids(demo, "") if job != 66]
    refused = demo.get("/api/jobs?filter=" + quote(json.dumps({"==": [{"var": path}, 1]})))
    assert (refused.status, refused.json()) == (400, [f"filter: term '{path}' is not supported"])


def test_pages(demo: Client) -> None:
    first = demo.get("/api/jobs").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (51, 10, None)
    assert first["next"] == "http://mock.test/api/jobs?page=2"
    assert [job["id"] for job in first["results"]] == sorted((job["id"] for job in first["results"]), reverse=True)
    second = demo.get("/api/jobs?page=2&page_size=3&stage=annotation").json()
    assert second["previous"] == "http://mock.test/api/jobs?page_size=3&stage=annotation"
    assert second["next"] == "http://mock.test/api/jobs?page=3&page_size=3&stage=annotation"
    assert demo.get("/api/jobs?page=last").json()["next"] is None


@pytest.mark.parametrize("size", ["0", "-1", "abc", ""])
def test_a_bad_page_size_is_ten(demo: Client, size: str) -> None:
    assert len(demo.get(f"/api/jobs?page_size={size}").json()["results"]) == 10


@pytest.mark.parametrize("page", ["0", "-1", "abc", "99", "1.5"])
def test_bad_pages(demo: Client, page: str) -> None:
    assert demo.get(f"/api/jobs?page={page}").json() == {"detail": "Invalid page."}


def test_all_pages_together_are_everything(demo: Client) -> None:
    numbers, url = [], "/api/jobs?page_size=7"
    while url:
        page = demo.get(url.removeprefix("http://mock.test")).json()
        numbers += [job["id"] for job in page["results"]]
        url = page["next"]
    assert numbers == ids(demo, "")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("task_id=abc", {"task_id": ["Enter a number."]}),
        ("state=x", {"state": ["Select a valid choice. x is not one of the available choices."]}),
        ("type=x", {"type": ["Select a valid choice. x is not one of the available choices."]}),
        ("search=%00", ["Null characters are not allowed."]),
    ],
)
def test_bad_filters(demo: Client, query: str, problem: Any) -> None:
    response = demo.get(f"/api/jobs?{query}")
    assert (response.status, response.json()) == (400, problem)


def test_equality_filters(demo: Client) -> None:
    assert ids(demo, "task_id=37") == [68, 67, 66]
    assert ids(demo, "task_name=demo%20d1%20for%20gt") == ids(demo, "task_id=43")
    assert ids(demo, "task_name=DEMO%20d1%20for%20gt") == []
    assert ids(demo, "type=consensus_replica") == ids(demo, "type=replica") != []
    assert len(ids(demo, "state=")) == len(ids(demo, "nonsense=1")) == len(ids(demo, "status=x&id=1")) == 51
    assert ids(demo, "stage=validation&stage=annotation") == ids(demo, "stage=annotation")
    assert ids(demo, "parent_job_id=98") == [100, 99]
    demo.send("PATCH", "/api/jobs/66", {"assignee": 23})
    assert ids(demo, "assignee=ann1") == [66]
    assert ids(demo, "assignee=ANN1") == ids(demo, "assignee=23") == []


def test_search(demo: Client) -> None:
    assert ids(demo, "search=A2%20demo") == ids(demo, "search=demo,a2") != []
    assert ids(demo, "search=zzz") == []
    demo.send("PATCH", "/api/jobs/66", {"assignee": 23})
    assert ids(demo, "search=NN1") == [66]


def test_order(demo: Client) -> None:
    assert ids(demo, "sort=id") == sorted(ids(demo, ""))
    assert ids(demo, "sort=nonsense") == ids(demo, "sort=") == ids(demo, "")
    demo.send("PATCH", "/api/jobs/70", {"assignee": 23})
    assert ids(demo, "sort=assignee,id")[0] == 70
    assert ids(demo, "sort=-assignee,id")[-1] == 70
    by_task = [job["task_id"] for job in demo.get("/api/jobs?page_size=all&sort=-task_id,id").json()["results"]]
    assert by_task == sorted(by_task, reverse=True)


def test_logic(demo: Client) -> None:
    var = {name: {"var": name} for name in ("id", "state", "type", "task_name", "assignee", "updated_date")}
    assert logic(demo, {"==": [var["id"], "66"]}) == logic(demo, {"==": [var["id"], 66]}) == [66]
    assert logic(demo, {"<=": [67, var["id"], 69]}) == [69, 68, 67]
    assert logic(demo, {"in": [var["id"], [70, 66, 1]]}) == [70, 66]
    assert logic(demo, {"in": ["d1", var["task_name"]]}) == ids(demo, "task_id=43")
    assert logic(demo, {"in": ["D1", var["task_name"]]}) == []
    assert logic(demo, {"!": {"==": [var["type"], "annotation"]}}) == [
        job for job in ids(demo, "") if job not in ids(demo, "type=annotation")
    ]
    assert logic(demo, {"or": [{"==": [var["id"], 66]}, {"and": [{"==": [var["id"], 67]}]}]}) == [67, 66]
    assert logic(demo, {"var": "assignee"}) == []
    assert logic(demo, {"==": [var["assignee"], None]}) == ids(demo, "")
    assert logic(demo, {"==": [var["id"], 10**30]}) == []
    assert logic(demo, {">=": [var["updated_date"], "2020-01-01T00:00:00Z"]}) == ids(demo, "")
    assert logic(demo, {"==": [var["id"], 66], "ignored": 1}) == [66]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "filter shouldn't be empty"),
        ("null", "filter shouldn't be empty"),
        ("x", "filter: can't parse filter expression: Expecting value: line 1 column 1 (char 0)"),
        ('"x"', "filter: expected a non-empty dict value, got 'x' of type 'str'"),
        ('{"!=": [{"var": "id"}, 1]}', "filter: operation '!=' with arguments '[{'var': 'id'}, 1]' is not supported"),
        ('{"==": [{"var": "x"}, 1]}', "filter: term 'x' is not supported"),
    ],
)
def test_logic_errors(demo: Client, text: str, problem: str) -> None:
    response = demo.get("/api/jobs?filter=" + quote(text))
    assert (response.status, response.json()) == (400, [problem])


@pytest.mark.parametrize(
    "rule",
    [{"==": [{"var": "id"}, "abc"]}, {"!": [{"var": "id"}]}, {"==": [1, {"var": "id"}]}, {"or": []},
     {">": [{"var": "updated_date"}, "yesterday"]}],
)  # fmt: skip
def test_what_the_server_stumbles_over(demo: Client, demo_seed: dict[str, Any], rule: Any) -> None:
    query = "/api/jobs?filter=" + quote(json.dumps(rule))
    assert demo.get(query).status == 400
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert bugs.get(query).status == 500


@pytest.fixture(scope="module")
def quick() -> Client:
    """A client of a small state for many requests."""
    seed = {"users": [{"id": 1, "username": "a", "password": "a", "is_superuser": True, "groups": ["admin"]}]}
    return Client(App(state_of(seed), Config("real")), "a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just({"var": "id"}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["and", "or", "!", "!!", "==", "<", "in", "<=", "var", "x"]), inner, max_size=2),
    max_leaves=8,
)  # fmt: skip


def test_texts_are_sorted_as_people_do(demo: Client) -> None:
    """As PostgreSQL does in a language: case counts only between equal words, small letters first."""
    for name in ("beta", "Alpha", "alpha", "ALPHA", "Beta"):
        assert demo.send("POST", "/api/projects", {"name": name, "labels": []}).status == 201
    expected = ["alpha", "Alpha", "ALPHA", "beta", "Beta"]
    for sign, wanted in (("", expected), ("-", expected[::-1])):
        rows = demo.get(f"/api/projects?page_size=all&sort={sign}name").json()["results"]
        assert [row["name"] for row in rows if row["name"] in expected] == wanted


@given(rule=JSON, page=st.text(max_size=3), size=st.text(max_size=3), sort=st.text(max_size=6))
def test_no_query_breaks_a_list(quick: Client, rule: Any, page: str, size: str, sort: str) -> None:
    query = f"filter={quote(json.dumps(rule))}&page={quote(page)}&page_size={quote(size)}&sort={quote(sort)}"
    assert quick.get(f"/api/jobs?{query}").status in (200, 400, 404)


@pytest.mark.parametrize("name", ["page", "page_size", "org_id", "task_id", "parent_job_id"])
@pytest.mark.parametrize("text", ["9" * 5000, "²", "٣"])
def test_no_number_is_too_long(quick: Client, name: str, text: str) -> None:
    assert quick.get(f"/api/jobs?{name}={quote(text)}").status in (200, 400, 404)


def test_names_are_looked_for_without_blanks_around_them(demo: Client) -> None:
    assert ids(demo, "task_name=%20demo%20d1%20for%20gt%20") == ids(demo, "task_id=43")
    response = demo.get("/api/jobs?task_name=a%00b")
    assert (response.status, response.json()) == (400, {"task_name": ["Null characters are not allowed."]})
    assert demo.get("/api/jobs?state=%20new").status == 400


def test_an_odd_flag_filters_nothing(demo: Client) -> None:
    everybody = demo.get("/api/users").json()["count"]
    assert demo.get("/api/users?is_active=maybe").json()["count"] == everybody
    assert demo.get("/api/users?is_active=False").json()["count"] == 0
