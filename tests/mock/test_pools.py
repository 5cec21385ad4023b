"""A pool of validation frames: task 43 of the default seed has 24 to 28 in its pool, honeypots on 0, 1, 12, 13."""

from __future__ import annotations

from mockserver.annotations.pool import spread
from tests.mock.conftest import Client


def test_chance_shows_all_frames_of_a_pool_about_as_often(client: Client) -> None:
    for _ in range(5):
        answer = client.send("PATCH", "/api/tasks/43/validation_layout", {"frame_selection_method": "random_uniform"})
        shown = answer.json()["honeypot_real_frames"]
        assert len(set(shown)) == len(shown) == 4


def test_too_few_frames_are_left_for_honeypots(client: Client) -> None:
    client.send("PATCH", "/api/tasks/43/validation_layout", {"disabled_frames": [24, 25, 26, 27]})
    for path in ("/api/tasks/43/validation_layout", "/api/jobs/4/validation_layout"):
        answer = client.send("PATCH", path, {"frame_selection_method": "random_uniform"})
        assert answer.status == 400
        text = "the remaining number of validation frames (1) is less than the number of honeypots in a job (2)"
        assert text in answer.json()[0]


def test_only_all_frames_together_are_restored_by_way_of_the_task(client: Client) -> None:
    client.send("PATCH", "/api/jobs/6/data/meta", {"deleted_frames": [24]})
    assert client.get("/api/tasks/43/data/meta").json()["deleted_frames"] == [0, 24]
    assert client.send("PATCH", "/api/tasks/43/data/meta", {"deleted_frames": [24, 25]}).status == 400
    assert client.send("PATCH", "/api/tasks/43/data/meta", {"deleted_frames": []}).json()["deleted_frames"] == []
    assert client.get("/api/jobs/6/data/meta").json()["deleted_frames"] == []
    assert client.get("/api/tasks/43/validation_layout").json()["disabled_frames"] == []


def test_a_honeypot_that_shows_another_frame_is_no_longer_deleted(client: Client) -> None:
    client.send("PATCH", "/api/jobs/6/data/meta", {"deleted_frames": [24]})
    assert client.get("/api/tasks/43/data/meta").json()["deleted_frames"] == [0, 24]
    shown = client.get("/api/jobs/4/validation_layout").json()
    assert shown["honeypot_frames"][0] == 0
    assert shown["honeypot_real_frames"][0] == 24
    body = {"frame_selection_method": "manual", "honeypot_real_frames": [25, 26]}
    assert client.send("PATCH", "/api/jobs/4/validation_layout", body).status == 200
    assert client.get("/api/tasks/43/data/meta").json()["deleted_frames"] == [24]


def test_what_a_task_gets_on_a_frame_of_the_pool_its_honeypots_show(client: Client) -> None:
    label = client.get("/api/labels?task_id=43").json()["results"][0]["id"]
    shapes = [{"type": "rectangle", "frame": frame, "label_id": label, "points": [1, 2, 3, 4]} for frame in (1, 5, 26)]
    assert client.send("PUT", "/api/tasks/43/annotations", {"shapes": shapes}).status == 200
    on_task = client.get("/api/tasks/43/annotations").json()["shapes"]
    assert [shape["frame"] for shape in on_task] == [1, 5, 12, 26], "1 and 12 show 26"
    for action in ("update", "delete"):
        answer = client.send("PATCH", f"/api/tasks/43/annotations?action={action}", {"shapes": on_task[3:]})
        assert answer.json() == ["Annotations on validation frames can only be edited via task import or the GT job"]
        assert (
            client.send("PATCH", f"/api/tasks/43/annotations?action={action}", {"shapes": on_task[1:2]}).status == 200
        )


def test_points_of_a_skeleton_of_the_pool_go_where_it_goes() -> None:
    point = {"frame": 24, "id": 3, "type": "points"}
    skeleton = {"frame": 24, "type": "skeleton", "elements": [point]}
    layout = {"validation_frames": [24], "honeypot_frames": [0, 13], "honeypot_real_frames": [24, 24]}
    shapes = spread({"tags": [], "tracks": [], "shapes": [skeleton]}, layout, "create")["shapes"]
    assert [(one["frame"], [element["frame"] for element in one["elements"]]) for one in shapes] == [
        (24, [24]), (0, [0]), (13, [13]),
    ]  # fmt: skip
    assert [one["elements"][0]["id"] for one in shapes[1:]] == [None, None]
