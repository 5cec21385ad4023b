"""The seed `default`: five users and four tasks.

| task | what is in it |
|---|---|
| 42 street | 60 pictures in three jobs of 20, every shape type, tags, two deleted frames, no ground truth |
| 43 checked street | honeypots in two jobs, a pool of ground truth |
| 44 crossing.mp4 | a video in two jobs that overlap, tracks of rectangles, a polygon, a skeleton |
| 45 crops | six pictures, in the project 1 |
"""

from __future__ import annotations

from typing import Any

from mockserver.seeds.builder import SeedBuilder
from mockserver.seeds.task_builder import Frames, TaskBuilder

PERSON = {
    "name": "person",
    "sublabels": ["head", "neck", "left hand", "right hand", {"name": "feet", "type": "points"}],
    "attributes": [{"name": "pose", "mutable": True, "input_type": "select", "values": ["up", "down"]}],
}
CAR: dict[str, Any] = {
    "name": "car",
    "attributes": [
        {"name": "colour", "input_type": "select", "values": ["red", "blue", "other"], "default_value": "other"},
        {"name": "parked", "mutable": True, "input_type": "checkbox", "values": ["false"]},
    ],
}
LABELS: list[str | dict[str, Any]] = [
    CAR, "road", PERSON, {"name": "weather", "type": "tag", "attributes": [
        {"name": "kind", "input_type": "radio", "values": ["sun", "rain"]}]},
]  # fmt: skip
BODY = {"head": (40, 10), "neck": (40, 30), "left hand": (20, 50), "right hand": (60, 50), "feet": (40, 100)}


def build(seed: SeedBuilder) -> None:
    """Fill a seed that has users already."""
    _street(seed)
    _checked(seed)
    _crossing(seed)
    project = seed.project("parts", [CAR, "wheel"])
    crops = seed.task("crops", id=45, project=project, frames=6, subset="Train")
    crops.shape("rectangle", "wheel", 0, [10, 10, 60, 60])
    crops.shape("rectangle", "car", 2, [5, 5, 600, 400], attributes={"colour": "red"})


def _street(seed: SeedBuilder) -> None:
    task = seed.task("street", id=42, labels=LABELS, frames=60, segment_size=20, deleted_frames=[7, 33])
    task.tag("weather", 0, attributes={"kind": "rain"})
    task.shape("rectangle", "car", 0, [100, 120.5, 260, 230], attributes={"colour": "blue", "parked": "true"}, group=1)
    task.shape("rectangle", "car", 1, [110, 120, 270, 230], rotation=30.0, occluded=True)
    task.shape("polygon", "road", 0, [0, 480, 200, 240, 440, 240, 640, 480])
    task.shape("polyline", "road", 1, [320, 480, 320, 400, 330.25, 260])
    task.shape("points", "car", 2, [10, 20, 30.5, 40.25, 50, 60])
    task.shape("ellipse", "car", 2, [300, 200, 350, 180], rotation=45.0, z_order=1)
    task.shape("cuboid", "car", 3, [100, 180, 100, 220, 130, 182, 130, 222, 145, 170, 145, 208, 115, 168, 115, 206])
    task.shape("mask", "road", 3, [2, 3, 3, 4, 200, 300, 203, 302])
    task.shape("skeleton", "person", 4, [], attributes={"pose": "down"}, elements=_body(200, 100))
    for frame in range(0, 60, 6):
        task.shape("rectangle", "car", frame, [50 + frame, 300, 120 + frame, 340], source="auto")
    seed.issue(task.jobs[0], 0, "is this one car or two?", [100, 120, 260, 230])


def _checked(seed: SeedBuilder) -> None:
    task = seed.task(
        "checked street", id=43, labels=["car", "road"], frames=25, segment_size=10, pool=5, honeypots_per_job=2
    )
    for frame in range(24, 29):
        task.shape("rectangle", "car", frame, [100, 100, 200, 180], job=task.ground_truth)
    task.shape("rectangle", "car", 5, [20, 20, 80, 60])


def _crossing(seed: SeedBuilder) -> None:
    frames = Frames.of_video("crossing.mp4", 60, (640, 360))
    task: TaskBuilder = seed.task(
        "crossing.mp4", id=44, labels=LABELS, frames=frames, segment_size=35, overlap=10, deleted_frames=[12]
    )
    task.track("car", {0: [0, 100, 80, 160], 10: [200, 100, 280, 160], 20: None}, attributes={"colour": "red"})
    task.track("car", {40: [600, 50, 630, 90], 59: [300, 50, 360, 100]})
    task.track("road", {0: [0, 360, 300, 200, 640, 360], 30: [10, 360, 310, 190, 640, 350]}, kind="polygon")
    parts = {name: {2: [300 + x, 100 + y], 9: [330 + x, 100 + y]} for name, (x, y) in BODY.items()}
    task.track("person", {2: [], 9: []}, kind="skeleton", elements=parts)
    task.shape("rectangle", "car", 5, [400, 200, 480, 260])
    task.tag("weather", 30)


def _body(left: float, top: float) -> dict[str, list[float]]:
    return {name: [left + x, top + y] for name, (x, y) in BODY.items()}
