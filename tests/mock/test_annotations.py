"""Annotations of jobs and tasks: what is accepted and how it is normalised, the four actions, ids, dates, crashes."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client

JOB, TASK = "/api/jobs/112/annotations", "/api/tasks/50/annotations"  # a video of 30 frames, without annotations
RECT, POLY, TAG, ANY, SKELETON = 290, 291, 297, 289, 299
PARTS = (300, 301, 302, 303)
EMPTY = {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []}


def rectangle(frame: int = 0, **more: Any) -> dict[str, Any]:
    """A rectangle as a client sends it."""
    return {"type": "rectangle", "label_id": RECT, "frame": frame, "points": [1, 2, 30, 40.5], **more}


def key(frame: int, *points: float, **more: Any) -> dict[str, Any]:
    """A keyframe."""
    return {"type": "rectangle", "frame": frame, "points": list(points) or [0, 0, 10, 10], **more}


def track(*shapes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A track of rectangles."""
    first = min((shape["frame"] for shape in shapes), default=0)
    return {"label_id": RECT, "frame": first, "shapes": list(shapes), **more}


def put(client: Client, status: int = 200, path: str = JOB, **body: Any) -> Any:
    """The answer of a PUT."""
    response = client.send("PUT", path, body)
    assert response.status == status, response.body
    return response.json()


def patch(client: Client, action: str, status: int = 200, path: str = JOB, **body: Any) -> Any:
    """The answer of a PATCH."""
    response = client.send("PATCH", f"{path}?action={action}", body)
    assert response.status == status, response.body
    return response.json()


def read(client: Client, path: str = JOB) -> Any:
    """The annotations."""
    return client.get(path).json()


# --- what is accepted ---------------------------------------------------------------------------------------------


def test_a_write_repeats_its_input_and_a_read_completes_it(demo: Client) -> None:
    wrote = put(demo, shapes=[rectangle(label_id=ANY, client_id=7)])["shapes"][0]
    assert list(wrote) == [
        "type", "occluded", "outside", "z_order", "rotation", "points", "id", "label_id", "group", "source", "frame",
        "score", "attributes", "elements",
    ]  # fmt: skip
    assert (wrote["points"], wrote["attributes"], wrote["rotation"]) == ([1, 2, 30, 40.5], [], 0)
    found = read(demo)["shapes"][0]
    assert list(found) == [
        "id", "label_id", "type", "frame", "group", "source", "score", "occluded", "outside", "z_order", "rotation",
        "points", "attributes", "elements",
    ]  # fmt: skip
    assert len(found["attributes"]) == 7
    assert found["id"] == wrote["id"]


@pytest.mark.parametrize(
    "shape",
    [
        rectangle(2147483647), rectangle(points=[30, 40, 1, 2]), rectangle(points=[-5, -5, 9999, 9999]),
        rectangle(label_id=TAG), rectangle(label_id=PARTS[0]), rectangle(points=[1, 1, 1, 1]), rectangle(group=None),
        rectangle(rotation=360), rectangle(z_order=-2147483648), rectangle(frame="3"), rectangle(occluded="yes"),
        {"type": "mask", "label_id": ANY, "frame": 0, "points": [9, 9, 1, 1, 2, 2]},
        {"type": "points", "label_id": ANY, "frame": 0, "points": [1, 2]},
        {"type": "cuboid", "label_id": ANY, "frame": 0, "points": list(range(16))},
        {"type": "ellipse", "label_id": ANY, "frame": 0, "points": [1, 2, 3, 4]},
        {"type": "polyline", "label_id": ANY, "frame": 0, "points": [1, 2, 3, 4]},
    ],
)  # fmt: skip
def test_the_server_takes_nearly_anything(demo: Client, shape: dict[str, Any]) -> None:
    assert len(put(demo, shapes=[shape])["shapes"]) == 1
    assert read(demo)["shapes"][0]["group"] == 0


@pytest.mark.parametrize("words", [("t", "f"), ("yes", "No"), ("on", "off"), ("ON", "OFF"), ("1", "0"), ("TRUE", "n")])
def test_flags_may_be_words(demo: Client, words: tuple[str, str]) -> None:
    put(demo, shapes=[rectangle(occluded=word) for word in words])
    assert [shape["occluded"] for shape in read(demo)["shapes"]] == [True, False]


POINT = "[ErrorDetail(string='Value must be a float or an integer', code='invalid')]"


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (rectangle(points=[1, 2, 3]), {"points": ["invalid length for shape type 'rectangle'"]}),
        ({"type": "rectangle", "label_id": RECT, "frame": 0},
         {"points": ["invalid length for shape type 'rectangle'"]}),
        (rectangle(type="polygon", points=[1, 2, 3, 4, 5, 6, 7]),
         {"points": ["invalid length for shape type 'polygon'"]}),
        (rectangle(type="mask", points=[1, 2, 3, 4]), {"points": ["invalid length for shape type 'mask'"]}),
        (rectangle(points=[1, "2", True, None]), {"points": {"1": POINT, "2": POINT, "3": POINT}}),
        (rectangle(points=None), {"points": ["This field may not be null."]}),
        (rectangle(frame=-1), {"frame": ["Ensure this value is greater than or equal to 0."]}),
        (rectangle(frame=1.5), {"frame": ["A valid integer is required."]}),
        (rectangle(group=-1), {"group": ["Ensure this value is greater than or equal to 0."]}),
        (rectangle(rotation=361), {"rotation": ["Ensure this value is less than or equal to 360."]}),
        (rectangle(score=1.5), {"score": ["Ensure this value is less than or equal to 1."]}),
        (rectangle(type="box"), {"type": ['"box" is not a valid choice.']}),
        (rectangle(occluded="maybe"), {"occluded": ["Must be a valid boolean."]}),
        (rectangle(occluded=None), {"occluded": ["This field may not be null."]}),
        (rectangle(source="x"),
         {"source": ["must be one of 'auto', 'semi-auto', 'manual', 'file', 'consensus', got 'x'"]}),
        (rectangle(id=5), {"id": ["must be absent"]}),
        (rectangle(type="skeleton", points=[]), {"elements": ["at least one required for skeleton shape"]}),
        (rectangle(elements=[rectangle()]), {"elements": ["not allowed for non-skeleton shape"]}),
        (rectangle(attributes=[{"spec_id": 1, "value": "x" * 4097}]),
         {"attributes": [{"value": ["Ensure this field has no more than 4096 characters."]}]}),
    ],
)  # fmt: skip
def test_shapes_it_refuses(demo: Client, shape: dict[str, Any], problem: Any) -> None:
    assert put(demo, 400, shapes=[rectangle(), shape]) == {"shapes": [{}, problem]}
    assert read(demo) == EMPTY


def test_references_it_refuses(demo: Client) -> None:
    assert put(demo, 400, shapes=[rectangle(label_id=5)]) == ["label_id `5` is invalid"]
    assert put(demo, 400, shapes=[rectangle(attributes=[{"spec_id": 22, "value": "x"}])]) == ["spec_id `22` is invalid"]
    assert put(demo, 400, shapes=None) == {"shapes": ["This field may not be null."]}


@pytest.mark.parametrize(("value", "stored"), [(True, "True"), (None, "None"), (5, "5"), ("  a ", "a"), ("", "")])
def test_attribute_values_become_text(demo: Client, value: Any, stored: str) -> None:
    spec = demo.get(f"/api/labels/{RECT}").json()["attributes"][0]["id"]
    put(demo, shapes=[rectangle(attributes=[{"spec_id": spec, "value": value}])])
    assert read(demo)["shapes"][0]["attributes"] == [{"spec_id": spec, "value": stored}]


@pytest.mark.parametrize(
    "body",
    [
        {"shapes": [rectangle(frame=2**31)]}, {"shapes": [rectangle(points=5)]}, {"tracks": [track()]},
        {"shapes": [rectangle(attributes=[{"spec_id": 1}])]}, {"shapes": [rectangle(attributes=["x"])]},
    ],
)  # fmt: skip
def test_what_the_server_stumbles_over(demo: Client, demo_seed: dict[str, Any], body: dict[str, Any]) -> None:
    response = demo.send("PUT", JOB, body)
    assert response.status == 400
    assert isinstance(response.json(), list)
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert bugs.send("PUT", JOB, body).status == 500
    assert read(bugs) == read(demo) == EMPTY


@pytest.mark.parametrize("path", [JOB, TASK])
@pytest.mark.parametrize("key", ["id", "label_id", "spec_id"])
def test_no_key_is_longer_than_a_table_can_hold(demo: Client, path: str, key: str) -> None:
    tag = {"id": 1, "label_id": ANY, "frame": 0, "attributes": [{"spec_id": 1, "value": "x"}]}
    (tag["attributes"][0] if key == "spec_id" else tag)[key] = 10**400  # type: ignore[index]
    for action in ("update", "delete"):
        assert demo.send("PATCH", f"{path}?action={action}", {"tags": [tag]}).status == 400


# --- the actions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "problem"),
    [
        ((4, 63), ""), ((62, 63), ""), ((5, 5), ""), ((5, None), ""),
        ((4, 64), "Interval stop 64 must not be greater than 63"),
        ((3, 9), "Interval start 3 must be in the range [4, 62]"),
        ((63, 63), "Interval start 63 must be in the range [4, 62]"),
        ((5, 4), "Interval stop 4 must not be less than its start 5"),
    ],
)  # fmt: skip
def test_intervals_lie_within_the_media(demo: Client, span: tuple[int, int | None], problem: str) -> None:
    """The media is used from frame 4 to 62; a stop is the first frame that is no longer meant."""
    interval = {"label_id": ANY, "start": span[0], "stop": span[1]}
    found = put(demo, 400 if problem else 200, intervals=[interval])
    assert found == [problem] if problem else len(found["intervals"]) == 1


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
    found = {shape["id"]: (shape["type"], shape["frame"]) for shape in read(demo)["shapes"]}
    assert found[first] == ("polygon", 9)
    assert found[777777] == ("rectangle", 4)
    assert len(found) == 4


def test_update_refuses_ids_of_another_job(demo: Client) -> None:
    other = put(demo, path="/api/jobs/113/annotations", shapes=[rectangle(6)])["shapes"][0]["id"]
    text = f'duplicate key value violates unique constraint "engine_labeledshape_pkey"\nDETAIL:  Key (id)=({other}) '
    assert patch(demo, "update", 400, shapes=[rectangle(id=other)]) == text + "already exists.\n"
    own = put(demo, shapes=[rectangle()])["shapes"][0]["id"]
    assert patch(demo, "update", 400, shapes=[rectangle(id=own), rectangle(id=own)]).startswith("duplicate key")


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
    made = put(demo, shapes=[skeleton, rectangle()], tracks=[track(key(0))])
    parents = [shape["id"] for shape in made["shapes"]]
    parts = [part["id"] for part in made["shapes"][0]["elements"]]
    assert parents + parts == list(range(parents[0], parents[0] + 6))
    assert read(demo)["shapes"][0]["points"] == []
    assert "points" not in made["shapes"][0]


# --- tracks -------------------------------------------------------------------------------------------------------


def test_keyframes_are_sorted_and_the_start_moves(demo: Client) -> None:
    put(demo, tracks=[track(key(5), key(2), frame=4)])
    found = read(demo)["tracks"][0]
    assert (found["frame"], [shape["frame"] for shape in found["shapes"]]) == (2, [2, 5])


def test_a_track_that_starts_early_gets_an_outside_keyframe(demo: Client) -> None:
    put(demo, tracks=[track(key(5, 1, 2, 3, 4), frame=2)])
    shapes = read(demo)["tracks"][0]["shapes"]
    assert [(shape["frame"], shape["outside"]) for shape in shapes] == [(2, True), (5, False)]
    assert shapes[0]["points"] == [1, 2, 3, 4]


def test_mutable_attributes_belong_to_keyframes(demo: Client) -> None:
    specs = demo.get(f"/api/labels/{ANY}").json()["attributes"]
    fixed, changing = (next(spec for spec in specs if spec["mutable"] is wanted) for wanted in (False, True))
    values = [{"spec_id": changing["id"], "value": "z"}]
    whole = track(key(0), key(3, attributes=values), key(6), label_id=ANY)
    put(demo, tracks=[whole])
    found = read(demo)["tracks"][0]
    assert fixed["id"] in [one["spec_id"] for one in found["attributes"]]
    shown = [{one["spec_id"]: one["value"] for one in shape["attributes"]}[changing["id"]] for shape in found["shapes"]]
    assert shown == [changing["default_value"], "z", "z"]
    put(demo, 400, tracks=[track(key(0), label_id=ANY, attributes=values)])
    put(demo, 400, tracks=[track(key(0, attributes=[{"spec_id": fixed["id"], "value": "1"}]), label_id=ANY)])


def test_a_task_cuts_tracks_at_the_borders_of_its_jobs(demo: Client) -> None:
    put(demo, path=TASK, tracks=[track(key(2, 0, 0, 10, 10), key(13, 11, 11, 21, 21))])
    found = [
        [shape["frame"] for one in read(demo, f"/api/jobs/{job}/annotations")["tracks"] for shape in one["shapes"]]
        for job in range(112, 117)
    ]
    assert found == [[2, 9], [5, 13], [10, 13], [15], [20]]
    merged = read(demo, TASK)["tracks"]
    assert len(merged) == 1
    assert [shape["frame"] for shape in merged[0]["shapes"]] == [2, 5, 9, 10, 13, 15, 20]


def test_a_task_drops_a_track_that_is_over_before_its_job_begins(demo: Client) -> None:
    """Job 113 begins on frame 5; an outside keyframe there still counts, one on frame 4 does not."""
    path = "/api/jobs/113/annotations"
    put(demo, path=path, tracks=[track(key(3), key(4, outside=True)), track(key(4), key(5, outside=True))])
    assert len(read(demo, path)["tracks"]) == 2
    assert [[shape["frame"] for shape in one["shapes"]] for one in read(demo, TASK)["tracks"]] == [[4, 5]]


def test_a_task_drops_what_is_in_no_job_and_shares_what_is_in_two(demo: Client) -> None:
    put(demo, path=TASK, shapes=[rectangle(7), rectangle(99)], tags=[{"label_id": TAG, "frame": 7}])
    assert [len(read(demo, f"/api/jobs/{job}/annotations")["shapes"]) for job in (112, 113, 114)] == [1, 1, 0]
    found = read(demo, TASK)
    assert (len(found["shapes"]), len(found["tags"])) == (1, 1)
    assert demo.send("DELETE", TASK).status == 204
    assert read(demo, TASK) == EMPTY


def test_a_task_patches_all_its_jobs(demo: Client) -> None:
    made = patch(demo, "create", path=TASK, shapes=[rectangle(2), rectangle(27)])["shapes"]
    assert [shape["frame"] for shape in made] == [2, 27]
    patch(demo, "delete", path=TASK, shapes=[{**rectangle(27), "id": made[1]["id"]}])
    assert [shape["frame"] for shape in read(demo, TASK)["shapes"]] == [2]


def test_replicas_and_their_parents_are_apart(demo: Client) -> None:
    label = demo.get("/api/labels?task_id=45").json()["results"][0]["id"]
    put(demo, path="/api/jobs/99/annotations", tags=[{"label_id": label, "frame": 1}])
    assert read(demo, "/api/jobs/98/annotations")["tags"] == []
    assert read(demo, "/api/tasks/45/annotations")["tags"] == []


def test_a_deleted_frame_keeps_its_annotations(demo: Client) -> None:
    put(demo, shapes=[rectangle(1), rectangle(2)])
    demo.send("PATCH", "/api/jobs/112/data/meta", {"deleted_frames": [1]})
    assert [shape["frame"] for shape in read(demo)["shapes"]] == [1, 2]


def test_a_task_cannot_cut_what_cannot_be_interpolated(demo: Client) -> None:
    mask = {"type": "mask", "points": [4, 0, 0, 1, 1]}
    whole = {"label_id": ANY, "frame": 2, "shapes": [{**mask, "frame": 2}, {**mask, "frame": 13}]}
    assert put(demo, 400, path=TASK, tracks=[whole]) == ["a track cannot be interpolated from a mask to a mask"]
    assert read(demo, TASK) == EMPTY
    assert len(put(demo, tracks=[whole])["tracks"]) == 1  # a job takes it as it is


def test_a_torn_skeleton_breaks_the_job_until_it_is_deleted_by_id(demo: Client, demo_seed: dict[str, Any]) -> None:
    part = {"type": "points", "label_id": PARTS[0], "frame": 1, "points": [1, 2]}
    skeleton = {"type": "skeleton", "label_id": SKELETON, "frame": 0, "elements": [part]}
    assert len(put(demo, shapes=[skeleton])["shapes"]) == len(read(demo)["shapes"]) == 1
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    made = put(bugs, shapes=[skeleton])["shapes"][0]
    assert [bugs.get(JOB).status, bugs.send("PUT", JOB, {}).status, bugs.send("DELETE", JOB).status] == [500] * 3
    patch(bugs, "delete", shapes=[made])
    assert read(bugs) == EMPTY


def test_defaults_follow_the_labels_of_today(lenient: Client) -> None:
    """What was prepared when a shape was written is prepared anew for a label with one more attribute."""
    job, label = "/api/jobs/112/annotations", 290
    shape = {"type": "rectangle", "frame": 0, "label_id": label, "points": [1, 2, 3, 4]}

    def shown() -> list[int]:
        return [len(found["attributes"]) for found in lenient.get(job).json()["shapes"]]

    assert lenient.send("PUT", job, {"shapes": [shape]}).status == 200
    [before] = shown()
    spec = {"name": "worn", "mutable": False, "input_type": "checkbox", "default_value": "true", "values": ["true"]}
    assert lenient.send("PATCH", f"/api/labels/{label}", {"attributes": [spec]}).status == 200
    assert shown() == [before + 1]
    assert lenient.send("PATCH", f"{job}?action=create", {"shapes": [shape]}).status == 200
    assert shown() == [before + 1, before + 1]
    [first, second] = (found["id"] for found in lenient.get(job).json()["shapes"])
    gone = {"shapes": [{**shape, "id": first}]}
    assert lenient.send("PATCH", f"{job}?action=delete", gone).status == 200
    assert [found["id"] for found in lenient.get(job).json()["shapes"]] == [second]
