"""Keyframes far behind the last frame of a task: what they cost follows the frames of the task, not their numbers."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mock.conftest import Client

FAR = 2147483647
TASK, CAR, PERSON, PARTS = 44, 13, 14, range(15, 20)  # of the default seed: 60 frames in jobs 0..34 and 25..59
POINTS: dict[str, list[float]] = {
    "rectangle": [0, 0, 10, 10], "ellipse": [5, 5, 9, 1], "points": [1, 2], "polyline": [0, 0, 10, 0],
    "polygon": [0, 0, 10, 0, 10, 10], "cuboid": [float(number) for number in range(16)],
}  # fmt: skip


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """A gigabyte more than now, so that a track which is made frame by frame fails here and not the machine."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 1_000_000_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def track(kind: str, frames: tuple[int, ...], **more: Any) -> dict[str, Any]:
    """A track that moves by 1 px with every keyframe."""
    shapes = [{"type": kind, "frame": frame, "points": [value + index for value in POINTS[kind]]}
              for index, frame in enumerate(frames)]  # fmt: skip
    return {"label_id": CAR, "frame": frames[0], "shapes": shapes, **more}


def skeleton(frames: tuple[int, ...]) -> dict[str, Any]:
    """A track of a skeleton whose points move."""
    elements = [{**track("points", frames), "label_id": part} for part in PARTS]
    shapes = [{"type": "skeleton", "frame": frame} for frame in frames]
    return {"label_id": PERSON, "frame": frames[0], "shapes": shapes, "elements": elements}


def keyframes(client: Client, job: int) -> list[int]:
    """Frames of the keyframes of a job's first track."""
    return [shape["frame"] for shape in client.get(f"/api/jobs/{job}/annotations").json()["tracks"][0]["shapes"]]


@pytest.mark.parametrize("kind", POINTS)
def test_a_far_track_is_cut_at_the_borders_of_the_jobs(client: Client, kind: str) -> None:
    answer = client.send("PUT", f"/api/tasks/{TASK}/annotations", {"tracks": [track(kind, (0, FAR))]})
    assert answer.status == 200
    assert keyframes(client, 7) == [0, 34]
    assert keyframes(client, 8) == [25, 59]


def test_the_border_is_where_the_way_has_led(client: Client) -> None:
    body = {"tracks": [track("rectangle", (0, 34 * 10_000_000))]}
    assert client.send("PUT", f"/api/tasks/{TASK}/annotations", body).status == 200
    shapes = client.get("/api/jobs/7/annotations").json()["tracks"][0]["shapes"]
    assert shapes[1]["points"] == pytest.approx([1e-7, 1e-7, 10 + 1e-7, 10 + 1e-7], abs=1e-12)


def test_a_skeleton_that_goes_far(client: Client) -> None:
    assert client.send("PUT", f"/api/tasks/{TASK}/annotations", {"tracks": [skeleton((0, FAR))]}).status == 200
    elements = client.get("/api/jobs/8/annotations").json()["tracks"][0]["elements"]
    assert [[shape["frame"] for shape in element["shapes"]] for element in elements] == [[25, 59]] * len(PARTS)


def test_what_begins_behind_the_task_is_nowhere(client: Client) -> None:
    body = {"tracks": [track("rectangle", (FAR - 1, FAR)), track("polygon", (FAR,))]}
    assert client.send("PUT", f"/api/tasks/{TASK}/annotations", body).json()["tracks"] == []


def test_a_refused_one_costs_no_more(client: Client) -> None:
    body = {"tracks": [{**track("rectangle", (0, FAR)), "label_id": 99}]}
    assert client.send("PUT", f"/api/tasks/{TASK}/annotations", body).status == 400
    mask = {"type": "mask", "points": [3, 1, 0, 0, 1, 1]}
    body = {"tracks": [{"label_id": CAR, "frame": 0, "shapes": [{**mask, "frame": 0}, {**mask, "frame": FAR}]}]}
    assert client.send("PUT", f"/api/tasks/{TASK}/annotations", body).status == 400


@pytest.mark.parametrize("made", [track("rectangle", (0, FAR)), track("polygon", (0, FAR)), skeleton((0, FAR))])
def test_a_task_whose_jobs_got_one_each_by_themselves(client: Client, made: dict[str, Any]) -> None:
    for job in (7, 8):
        assert client.send("PUT", f"/api/jobs/{job}/annotations", {"tracks": [made]}).status == 200
    tracks = client.get(f"/api/tasks/{TASK}/annotations").json()["tracks"]
    assert all(shape["frame"] in (0, 35, FAR) for stored in tracks for shape in stored["shapes"])


@pytest.mark.parametrize("name", ["COCO 1.0", "CVAT for video 1.1", "CVAT for images 1.1"])
def test_an_export_of_one(client: Client, name: str) -> None:
    client.send("PUT", "/api/jobs/7/annotations", {"tracks": [track("rectangle", (0, FAR))]})
    for target in ("jobs/7", f"tasks/{TASK}"):
        accepted = client.send("POST", f"/api/{target}/dataset/export?format={name.replace(' ', '%20')}").json()
        assert client.get(f"/api/requests/{accepted['rq_id']}").json()["status"] == "finished"


def test_an_overlap_that_no_task_can_have(client: Client) -> None:
    client.app.state.update("tasks", TASK, overlap=FAR)
    for job in (7, 8):
        client.send("PUT", f"/api/jobs/{job}/annotations", {"tracks": [track("rectangle", (0, FAR))]})
    assert client.get(f"/api/tasks/{TASK}/annotations").status == 200
