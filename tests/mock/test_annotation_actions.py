"""Writes of annotations: PUT, the actions of PATCH, DELETE; the ids and dates that follow from them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.annotation_calls import EMPTY, JOB, PARTS, POLY, SKELETON, TAG, key, patch, put, read, rectangle, track
from tests.mock.conftest import Client


def test_put_replaces_and_an_empty_body_clears(demo: Client) -> None:
    put(demo, shapes=[rectangle()], tags=[{"label_id": TAG, "frame": 3}])
    put(demo, shapes=[rectangle(4)])
    assert [shape["frame"] for shape in read(demo)["shapes"]] == [4]
    assert demo.send("PUT", JOB, b"").json() == EMPTY
    assert read(demo) == EMPTY


def test_what_a_read_gives_cannot_be_put_back(demo: Client) -> None:
    put(demo, shapes=[rectangle()])
    assert put(demo, 400, **read(demo)) == {"shapes": [{"id": ["must be absent"]}]}


def test_create_appends_and_shows_only_the_new(demo: Client) -> None:
    first = put(demo, shapes=[rectangle()])["shapes"][0]["id"]
    new = patch(demo, "create", shapes=[rectangle(2)])["shapes"]
    assert (len(new), new[0]["id"] > first) == (1, True)
    assert [shape["id"] for shape in read(demo)["shapes"]] == [first, new[0]["id"]]


def test_update_keeps_ids_and_creates_what_it_does_not_know(demo: Client) -> None:
    first = put(demo, shapes=[rectangle(), rectangle(1)])["shapes"][0]["id"]
    polygon = {"id": first, "type": "polygon", "label_id": POLY, "frame": 9, "points": [1, 2, 3, 4, 5, 6]}
    patch(demo, "update", shapes=[polygon, rectangle(3), rectangle(4, id=777777)])
    shapes = {shape["id"]: (shape["type"], shape["frame"]) for shape in read(demo)["shapes"]}
    assert shapes[first] == ("polygon", 9)
    assert shapes[777777] == ("rectangle", 4)
    assert len(shapes) == 4


def test_update_refuses_ids_of_another_job(demo: Client) -> None:
    taken_id = put(demo, path="/api/jobs/113/annotations", shapes=[rectangle(6)])["shapes"][0]["id"]
    text = f'duplicate key value violates unique constraint "engine_labeledshape_pkey"\nDETAIL:  Key (id)=({taken_id}) '
    assert patch(demo, "update", 400, shapes=[rectangle(id=taken_id)]) == text + "already exists.\n"
    own_id = put(demo, shapes=[rectangle()])["shapes"][0]["id"]
    assert patch(demo, "update", 400, shapes=[rectangle(id=own_id), rectangle(id=own_id)]).startswith("duplicate key")


def test_delete_needs_whole_objects_and_ignores_unknown_ones(demo: Client) -> None:
    ids = [shape["id"] for shape in put(demo, shapes=[rectangle(), rectangle(1)])["shapes"]]
    gone = patch(demo, "delete", shapes=[rectangle(id=ids[0], label_id=5), rectangle(id=999999)])["shapes"]
    assert [shape["id"] for shape in gone] == [ids[0], 999999]
    assert [shape["id"] for shape in read(demo)["shapes"]] == [ids[1]]
    assert patch(demo, "delete", 400, shapes=[rectangle()]) == {"shapes": [{"id": ["must be present and not null"]}]}
    assert patch(demo, "delete", 400, shapes=[{"id": ids[1]}])["shapes"][0].keys() == {"type", "label_id", "frame"}


def test_delete_is_idempotent(demo: Client) -> None:
    put(demo, shapes=[rectangle()])
    assert [demo.send("DELETE", JOB).status for _ in range(2)] == [204, 204]
    assert read(demo) == EMPTY


@pytest.mark.parametrize("action", ["", "Create", "replace"])
def test_unknown_actions(demo: Client, action: str) -> None:
    assert patch(demo, action, 400) == ["Please specify a correct 'action' for the request"]


@pytest.mark.parametrize(("method", "query", "status"), [
    ("GET", "format=x", 410), ("GET", "action=x", 410), ("GET", "foo=x", 200), ("PUT", "format=x", 410),
    ("PUT", "rq_id=x", 410), ("PUT", "foo=x", 200),
])  # fmt: skip
def test_old_ways_are_gone(demo: Client, method: str, query: str, status: int) -> None:
    assert demo.send(method, f"{JOB}?{query}", {} if method == "PUT" else None).status == status


def test_an_error_undoes_everything(demo: Client) -> None:
    put(demo, shapes=[rectangle()])
    before = (read(demo), demo.get("/api/jobs/112").json())
    put(demo, 400, tags=[{"label_id": TAG, "frame": 0}], shapes=[rectangle(label_id=5)])
    patch(demo, "create", 400, shapes=[rectangle(), rectangle(label_id=5)])
    assert (read(demo), demo.get("/api/jobs/112").json()) == before


def test_dates_move_with_what_is_written(demo: Client) -> None:
    def dates() -> tuple[str, str]:
        return demo.get("/api/jobs/112").json()["updated_date"], demo.get("/api/tasks/50").json()["updated_date"]

    steps: list[tuple[bool, Any]] = [
        (False, lambda: put(demo)), (True, lambda: put(demo, shapes=[rectangle()])), (False, lambda: read(demo)),
        (False, lambda: patch(demo, "create")), (True, lambda: patch(demo, "delete", shapes=[rectangle(id=1)])),
        (True, lambda: put(demo)), (False, lambda: demo.send("DELETE", JOB)),
    ]  # fmt: skip
    for moves, step in steps:
        before = dates()
        step()
        assert [one < other for one, other in zip(before, dates(), strict=True)] == [moves, moves]


def test_dates_move_where_annotations_go_too(demo: Client) -> None:
    """Nothing in place of something is a change, nothing in place of nothing is none."""
    task = "/api/tasks/50"
    put(demo, tags=[{"label_id": TAG, "frame": 1}])
    before = demo.get(task).json()["updated_date"]
    put(demo)
    after = demo.get(task).json()["updated_date"]
    assert after > before
    put(demo)
    assert demo.get(task).json()["updated_date"] == after


def test_ids_are_of_one_sequence_a_kind(demo: Client) -> None:
    skeleton = {"type": "skeleton", "label_id": SKELETON, "frame": 0, "elements": [
        {"type": "points", "label_id": part, "frame": 0, "points": [1, 2]} for part in PARTS]}  # fmt: skip
    answer = put(demo, shapes=[skeleton, rectangle()], tracks=[track(key(0))])
    parents = [shape["id"] for shape in answer["shapes"]]
    parts = [part["id"] for part in answer["shapes"][0]["elements"]]
    assert parents + parts == list(range(parents[0], parents[0] + 6))
    assert read(demo)["shapes"][0]["points"] == []
    assert "points" not in answer["shapes"][0]


def test_a_deleted_frame_keeps_its_annotations(demo: Client) -> None:
    put(demo, shapes=[rectangle(1), rectangle(2)])
    demo.send("PATCH", "/api/jobs/112/data/meta", {"deleted_frames": [1]})
    assert [shape["frame"] for shape in read(demo)["shapes"]] == [1, 2]


def test_a_torn_skeleton_breaks_the_job_until_it_is_deleted_by_id(demo: Client, demo_seed: dict[str, Any]) -> None:
    part = {"type": "points", "label_id": PARTS[0], "frame": 1, "points": [1, 2]}
    skeleton = {"type": "skeleton", "label_id": SKELETON, "frame": 0, "elements": [part]}
    assert len(put(demo, shapes=[skeleton])["shapes"]) == len(read(demo)["shapes"]) == 1
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    shape = put(bugs, shapes=[skeleton])["shapes"][0]
    assert [bugs.get(JOB).status, bugs.send("PUT", JOB, {}).status, bugs.send("DELETE", JOB).status] == [500] * 3
    patch(bugs, "delete", shapes=[shape])
    assert read(bugs) == EMPTY


def test_defaults_follow_the_labels_of_today(lenient: Client) -> None:
    """What was prepared when a shape was written is prepared anew for a label with one more attribute."""
    job, label = "/api/jobs/112/annotations", 290
    shape = {"type": "rectangle", "frame": 0, "label_id": label, "points": [1, 2, 3, 4]}

    def shown() -> list[int]:
        return [len(item["attributes"]) for item in lenient.get(job).json()["shapes"]]

    assert lenient.send("PUT", job, {"shapes": [shape]}).status == 200
    [before] = shown()
    spec = {"name": "worn", "mutable": False, "input_type": "checkbox", "default_value": "true", "values": ["true"]}
    assert lenient.send("PATCH", f"/api/labels/{label}", {"attributes": [spec]}).status == 200
    assert shown() == [before + 1]
    assert lenient.send("PATCH", f"{job}?action=create", {"shapes": [shape]}).status == 200
    assert shown() == [before + 1, before + 1]
    [first, second] = (item["id"] for item in lenient.get(job).json()["shapes"])
    gone = {"shapes": [{**shape, "id": first}]}
    assert lenient.send("PATCH", f"{job}?action=delete", gone).status == 200
    assert [item["id"] for item in lenient.get(job).json()["shapes"]] == [second]
