"""Tracks, and annotations of tasks: sorted and cut at the borders of jobs, joined again when they are read."""

from __future__ import annotations

from tests.mock.annotation_calls import ANY, EMPTY, TAG, TASK, key, patch, put, read, rectangle, track
from tests.mock.conftest import Client


def test_keyframes_are_sorted_and_the_start_moves(demo: Client) -> None:
    put(demo, tracks=[track(key(5), key(2), frame=4)])
    stored = read(demo)["tracks"][0]
    assert (stored["frame"], [shape["frame"] for shape in stored["shapes"]]) == (2, [2, 5])


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
    stored = read(demo)["tracks"][0]
    assert fixed["id"] in [attribute["spec_id"] for attribute in stored["attributes"]]
    shown = [
        {attribute["spec_id"]: attribute["value"] for attribute in shape["attributes"]}[changing["id"]]
        for shape in stored["shapes"]
    ]
    assert shown == [changing["default_value"], "z", "z"]
    put(demo, 400, tracks=[track(key(0), label_id=ANY, attributes=values)])
    put(demo, 400, tracks=[track(key(0, attributes=[{"spec_id": fixed["id"], "value": "1"}]), label_id=ANY)])


def test_a_task_cuts_tracks_at_the_borders_of_its_jobs(demo: Client) -> None:
    put(demo, path=TASK, tracks=[track(key(2, 0, 0, 10, 10), key(13, 11, 11, 21, 21))])
    frames = [
        [shape["frame"] for part in read(demo, f"/api/jobs/{job}/annotations")["tracks"] for shape in part["shapes"]]
        for job in range(112, 117)
    ]
    assert frames == [[2, 9], [5, 13], [10, 13], [15], [20]]
    merged = read(demo, TASK)["tracks"]
    assert len(merged) == 1
    assert [shape["frame"] for shape in merged[0]["shapes"]] == [2, 5, 9, 10, 13, 15, 20]


def test_a_task_drops_a_track_that_is_over_before_its_job_begins(demo: Client) -> None:
    """Job 113 begins on frame 5; an outside keyframe there still counts, one on frame 4 does not."""
    path = "/api/jobs/113/annotations"
    put(demo, path=path, tracks=[track(key(3), key(4, outside=True)), track(key(4), key(5, outside=True))])
    assert len(read(demo, path)["tracks"]) == 2
    assert [[shape["frame"] for shape in part["shapes"]] for part in read(demo, TASK)["tracks"]] == [[4, 5]]


def test_a_task_drops_what_is_in_no_job_and_shares_what_is_in_two(demo: Client) -> None:
    put(demo, path=TASK, shapes=[rectangle(7), rectangle(99)], tags=[{"label_id": TAG, "frame": 7}])
    assert [len(read(demo, f"/api/jobs/{job}/annotations")["shapes"]) for job in (112, 113, 114)] == [1, 1, 0]
    stored = read(demo, TASK)
    assert (len(stored["shapes"]), len(stored["tags"])) == (1, 1)
    assert demo.send("DELETE", TASK).status == 204
    assert read(demo, TASK) == EMPTY


def test_a_task_patches_all_its_jobs(demo: Client) -> None:
    shapes = patch(demo, "create", path=TASK, shapes=[rectangle(2), rectangle(27)])["shapes"]
    assert [shape["frame"] for shape in shapes] == [2, 27]
    patch(demo, "delete", path=TASK, shapes=[{**rectangle(27), "id": shapes[1]["id"]}])
    assert [shape["frame"] for shape in read(demo, TASK)["shapes"]] == [2]


def test_replicas_and_their_parents_are_apart(demo: Client) -> None:
    label = demo.get("/api/labels?task_id=45").json()["results"][0]["id"]
    put(demo, path="/api/jobs/99/annotations", tags=[{"label_id": label, "frame": 1}])
    assert read(demo, "/api/jobs/98/annotations")["tags"] == []
    assert read(demo, "/api/tasks/45/annotations")["tags"] == []


def test_a_task_cannot_cut_what_cannot_be_interpolated(demo: Client) -> None:
    mask = {"type": "mask", "points": [4, 0, 0, 1, 1]}
    whole = {"label_id": ANY, "frame": 2, "shapes": [{**mask, "frame": 2}, {**mask, "frame": 13}]}
    assert put(demo, 400, path=TASK, tracks=[whole]) == ["a track cannot be interpolated from a mask to a mask"]
    assert read(demo, TASK) == EMPTY
    assert len(put(demo, tracks=[whole])["tracks"]) == 1  # a job takes it as it is
