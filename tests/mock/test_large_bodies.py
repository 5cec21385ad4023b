"""Large bodies: decoded in pieces to what they are, judged only as far as it takes, out of the way of others."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest

from mockserver.annotations import bodies, endpoints, records
from mockserver.core.decoding import decoded_ahead
from mockserver.protocol.http import ApiError, Request
from mockserver.protocol.large_json import MAX_CONTAINERS, check_size, members, parse_large
from mockserver.state.context import Config, Context, Decoded, Env
from mockserver.state.tables import State
from tests.mock.conftest import Client

PATH = "/api/jobs/1/annotations"
SHAPE = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [10.25, 20.5, 110.75, 220.0]}
VALUE = {"spec_id": 1, "value": 'a"},{'}
TRACK = {"label_id": 1, "frame": 0, "shapes": [{**SHAPE, "frame": frame} for frame in range(2000)]}
DOCUMENTS: dict[str, Any] = {
    "plain": {"version": 3, "shapes": [SHAPE] * 5000},
    "attributes": {"shapes": [{**SHAPE, "attributes": [VALUE] * 5}] * 2000, "tags": [{"frame": 1, "label_id": 1}]},
    "long tracks": {"tracks": [TRACK] * 3},
    "all kinds": {name: [{"frame": 1, "label_id": 1, "shapes": []}] * 9000 for name in ("tags", "tracks")},
    "unknown keys": {"x": [{"y": "},"}] * 30000, "z": list(range(90000)), "shapes": []},
    "texts": {"x": ["},{"] * 50000, "y": [[{}, {}], {}] * 20000},
    "list": [{}, 1, "}"] * 40000,
    "text": "x" * 200_000,
    "one large": {"shapes": [{"elements": [{"x": [1, "},"]}] * 30000, "points": list(range(90000))}]},
    "object in object": {"x": {"y": {"z": [{"},": 1}] * 30000}}, "w": [[[{}] * 90000]]},
    "big numbers": {"x": [{"n": 2**70}, {"n": 1.5}] * 9000},
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_pieces_make_the_whole(name: str, indent: int | None) -> None:
    body = json.dumps(DOCUMENTS[name], indent=indent).encode()
    assert len(body) > 128 * 1024
    assert parse_large(body) == DOCUMENTS[name]


@pytest.mark.parametrize("separators", [(",", ":"), (" , ", " : ")])
@pytest.mark.parametrize("name", ["plain", "attributes", "long tracks", "unknown keys"])
def test_records_of_pieces_are_those_of_the_whole(name: str, separators: tuple[str, str]) -> None:
    body = json.dumps(DOCUMENTS[name], separators=separators).encode()
    request = Request("PUT", PATH, headers={"content-type": "application/json"}, body=body)
    assert bodies.read(request, "create") == records.decode(body, "create")


@pytest.mark.parametrize("changes", [{"tracks": None}, {"version": "x"}, {"tags": 5}, {"tags": [{"frame": 2**70}]}])
def test_what_stands_beside_a_long_list_counts(client: Client, changes: dict[str, Any]) -> None:
    small = client.send("PUT", PATH, {"shapes": [SHAPE], **changes})
    large = client.send("PUT", PATH, {"shapes": [SHAPE] * 3000, **changes})
    assert (large.status, large.body) == (small.status, small.body)
    assert small.status == 400


NO_JSON = [b'{"shapes":[' + b"{}," * 70000 + b"{}]", b"[" * 200_000, b'{"a":[nan' + b" " * 200_000]


@pytest.mark.parametrize("body", NO_JSON)
def test_no_json_is_said_to_be_none(client: Client, body: bytes) -> None:
    answer = client.send("PUT", PATH, body, content_type="application/json")
    assert answer.status == 400
    assert answer.json()["detail"].startswith("JSON parse error - ")


@pytest.mark.parametrize("kind", ["tags", "shapes", "tracks", "intervals"])
def test_judging_ends_after_a_thousand_errors(client: Client, kind: str) -> None:
    body = b'{"%b":[%b{}]}' % (kind.encode(), b"{}," * 100_000)
    answer = client.send("PUT", PATH, body, content_type="application/json")
    assert answer.status == 400
    assert 250 <= len(answer.json()[kind]) <= 1000


@pytest.mark.parametrize("part", ["elements", "attributes"])
def test_parts_of_one_object_are_judged_alike(client: Client, part: str) -> None:
    items = [{"spec_id": "x", "value": 1}] * 100_000 if part == "attributes" else [{}] * 100_000
    answer = client.send("PUT", PATH, {"shapes": [{**SHAPE, part: items}]})
    assert answer.status == 400
    assert 250 <= len(answer.json()["shapes"][0][part]) <= 1000


def test_a_long_list_where_there_should_be_none(client: Client) -> None:
    for changes in ({"type": [1] * 70_000}, {"frame": [1] * 70_000}, {"label_id": {"x": [{}] * 70_000}}):
        answer = client.send("PUT", PATH, {"shapes": [{**SHAPE, **changes}]})
        assert answer.status == 400
        assert b"LargeList" not in answer.body


def test_a_late_error_is_in_its_place(client: Client) -> None:
    answer = client.send("PUT", PATH, {"shapes": [*[SHAPE] * 3000, {**SHAPE, "type": "x"}]})
    assert answer.json()["shapes"] == [*[{}] * 3000, {"type": ['"x" is not a valid choice.']}]


def test_texts_for_points_end_after_a_thousand_too(client: Client) -> None:
    answer = client.send("PUT", PATH, {"shapes": [{**SHAPE, "points": ["a"] * 100_000}]})
    assert len(answer.json()["shapes"][0]["points"]) == 1000


def test_frames_that_are_none_end_after_a_thousand_too(client: Client) -> None:
    answer = client.send("PATCH", "/api/jobs/1/data/meta", {"deleted_frames": ["a"] * 100_000})
    assert len(answer.json()["deleted_frames"]) == 1000
    assert client.send("PATCH", "/api/jobs/1/data/meta", {"deleted_frames": [1] * 100_000}).status == 200


def test_more_objects_than_fit_into_memory_are_refused() -> None:
    check_size(b"{}," * MAX_CONTAINERS)
    with pytest.raises(ApiError) as caught:
        check_size(b"[]," * (MAX_CONTAINERS + 1))
    assert caught.value.status == 413


def test_only_large_bodies_are_decoded_ahead_of_the_lock() -> None:
    def ahead(body: bytes) -> Decoded | None:
        request = Request("PUT", PATH, headers={"content-type": "application/json"}, body=body)
        return decoded_ahead(Context(request, State(), Env(), Config()), nullcontext())

    assert ahead(json.dumps({"shapes": [SHAPE]}).encode()) is None
    decoded, refused = ahead(json.dumps({"shapes": [SHAPE] * 3000}).encode()), ahead(b"[" * 200_000)
    assert decoded is not None
    assert len(decoded.result().shapes) == 3000
    assert refused is not None
    with pytest.raises(ApiError, match="JSON parse error"):
        refused.result()


def test_an_object_keeps_long_lists_unread() -> None:
    assert members(b'{"a": 1, "b": [1, 2]}') == {"a": 1, "b": [1, 2]}
    assert members(b"[1]") is None
    parts = members(b'{"a": [' + b"{}," * 100_000 + b"nonsense]}")
    assert parts is None


# --- what is done while others have their turn --------------------------------------------------------------------


def many(count: int = 6000) -> list[dict[str, Any]]:
    """More shapes than the rows of are made at once."""
    return [{**SHAPE, "frame": row % 60, "points": [row, 1, row + 5, 9]} for row in range(count)]


@pytest.mark.parametrize("path", [PATH, "/api/tasks/42/annotations"])
def test_a_large_write_is_what_a_small_one_is(client: Client, path: str) -> None:
    rows = many()
    large = client.send("PUT", path, {"shapes": rows})
    assert large.status == 200
    assert len(large.json()["shapes"]) == len(rows)
    shown = client.get(path).json()["shapes"]
    assert [row["frame"] for row in shown] == sorted(row["frame"] for row in rows)
    few = client.send("PATCH", f"{path}?action=create", {"shapes": rows[:1]})
    assert few.json()["shapes"][0]["id"] > max(row["id"] for row in shown)
    assert len(client.get(path).json()["shapes"]) == len(rows) + 1
    assert {len(row["attributes"]) for row in shown} == {2}, "those of the label"


def test_what_was_looked_at_before_is_looked_at_again_when_labels_have_changed(client: Client) -> None:
    body = json.dumps({"shapes": many()}).encode()
    request = Request("PUT", PATH, headers={"content-type": "application/json"}, body=body)
    state, label = client.app.state, client.app.state.tables["labels"][1]
    ctx = Context(request, state, client.app.env, client.app.config, user=state.tables["users"][1])
    ctx.decoded = decoded_ahead(ctx, nullcontext())
    data = ctx.decoded.result() if ctx.decoded else None
    labels = [row for row in state.tables["labels"].values() if row.get("task_id") == 42]
    task, meta = state.tables["tasks"][42], state.tables["data_meta"][42]
    assert ctx.around.is_checked(data, task, meta, labels)
    assert not ctx.around.is_checked(data, task, meta, [{**label}, *labels[1:]])
    assert not ctx.around.is_checked(data, {**task}, meta, labels)
    state.delete("labels", 1)
    with pytest.raises(ApiError, match="label_id `1` is invalid"):
        endpoints.update(ctx, 1)


@pytest.mark.parametrize("change", [{"label_id": 999}, {"attributes": [{"spec_id": 999, "value": "x"}]}])
@pytest.mark.parametrize("path", [PATH, "/api/tasks/42/annotations"])
def test_a_large_write_is_refused_in_the_same_words(client: Client, path: str, change: dict[str, Any]) -> None:
    bad = {**SHAPE, **change}
    small, before = client.send("PUT", path, {"shapes": [bad]}), client.get(path).json()
    large = client.send("PUT", path, {"shapes": [*many(), bad]})
    assert (large.status, large.json()) == (small.status, small.json()) == (400, small.json())
    assert client.get(path).json() == before


def test_two_read_at_once_what_nobody_has_read_yet(client: Client) -> None:
    client.send("PUT", PATH, {"shapes": many()})
    stored = client.app.state.tables["annotations"][1]
    labels = [row for row in client.app.state.tables["labels"].values() if row.get("task_id") == 42]
    others = [{**row, "attributes": []} for row in labels]
    with ThreadPoolExecutor(8) as pool:
        given = [labels if turn % 2 else others for turn in range(40)]
        answers = list(pool.map(stored.answer, given))
    assert len({answer for answer, one in zip(answers, given, strict=True) if one is labels}) == 1
    assert len({answer for answer, one in zip(answers, given, strict=True) if one is others}) == 1
    assert answers[0] != answers[1]
