"""A dataset of what lies at edges: masks and outlines at borders, boxes that are turned, flat, doubled, grouped."""

from __future__ import annotations

from annotools.model import Dataset, DatasetBuilder, Job, Task
from tests.datasets import CUBOID, add_labels

ANGLES = (0.0, 359.99, -10.0, 360.0, 720.5, 45.0, 90.0, 180.0, 0.004, 270.0)


def edges() -> Dataset:
    build = DatasetBuilder(Task(id=5, name="edges", stop_frame=5, segment_size=3))
    add_labels(build)
    for number, (name, size) in enumerate(
        [
            ("a.jpg", (40, 30)),
            ("b.png", (41, 31)),
            ("a.png", (1, 1)),
            ("c/d.jpg", (33, 20)),
            ("e", (64, 9)),
            ("f.jpg", (9, 64)),
        ]
    ):
        build.add_frame(name, *size, deleted=number == 4, subset=("", "train", "val", "train", "val", "x y")[number])
    build.add_job(Job(id=1, start_frame=0, stop_frame=2))
    build.add_job(Job(id=2, start_frame=3, stop_frame=5))
    _edge_boxes(build)
    _edge_masks(build)
    _edge_outlines(build)
    build.add_tag(0, "whole scene", attributes={"weather": "fair"})
    build.add_tag(0, "whole scene", attributes={"weather": "rain & hail"})
    build.add_tag(1, "traffic light", group=3)
    build.add_tag(4, "voiture à 4 roues")
    return build.dataset()


def _edge_boxes(build: DatasetBuilder) -> None:
    boxes = [
        (0, 0, 40, 30),
        (0, 0, 0, 0),
        (39, 29, 40, 30),
        (-3, -2, 43.5, 33),
        (5, 6, 5, 9),
        (30, 20, 10, 5),
        (2.675, 8.345, 20.005, 9.015),
    ]
    for number, box in enumerate(boxes):
        build.add_shape(
            "rectangle", 0, "traffic light", box, z_order=number % 3 - 1, group=number // 3, occluded=number == 1
        )
    for number, angle in enumerate(ANGLES):
        build.add_shape(
            "rectangle", 1, "voiture à 4 roues", (10 + number, 11, 21.5, 17.25), rotation=angle, group=1 + number % 2
        )
        build.add_shape("ellipse", 1, "traffic light", (20, 15, 28 + number / 8, 9.5), rotation=angle, z_order=number)
    build.add_shape("ellipse", 0, "traffic light", (20, 15, 20, 15))
    build.add_shape("ellipse", 0, "traffic light", (-2, -3, 9.125, -8), score=0.5, source="auto")
    build.add_shape("rectangle", 4, "traffic light", (1, 1, 63, 8))
    build.add_shape(
        "rectangle", 5, "traffic light", (1, 1, 8, 63), attributes={"lamps": "1", "working": "true", "make": "<c>"}
    )
    for number in (1, 2, 3):  # one object seen by all
        build.add_shape("rectangle", number, "traffic light", (0.25, 0.5, 0.75, 0.875), group=7, source="file")


def _edge_masks(build: DatasetBuilder) -> None:
    whole = (0, 40 * 30, 0, 0, 39, 29)
    lamp, car = "traffic light", "voiture à 4 roues"
    masks: list[tuple[int, str, tuple[float, ...], int]] = [
        (0, lamp, whole, 0),
        (0, lamp, (0, 1, 39, 29, 39, 29), 2),
        (0, car, (0, 12, 3, 2, 6, 4), 2),
        (0, car, (0, 12, 4, 3, 7, 5), 2),
        (0, lamp, (1, 2, 1, 1, 3, 1, 10, 10, 12, 12), 0),
        (0, lamp, (0, 5, 1, 1, 1, 5, 20, 20, 23, 22), 5),
        (0, lamp, (5, 1, 3, 12, 3, 14, 5), 5),
        (1, lamp, (9, 1, 1, 3, 3), 0),
        (1, lamp, (0, 9, 38, 28, 40, 30), 0),
        (1, lamp, (0, 4, -1, -1, 0, 0), 0),
        (2, lamp, (0, 1, 0, 0, 0, 0), 0),
        (5, car, (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2, 2), 9),
    ]
    for number, (frame, label, points, group) in enumerate(masks):
        build.add_shape(
            "mask", frame, label, points, group=group, z_order=number % 4, source=("manual", "auto")[number % 2]
        )


def _edge_outlines(build: DatasetBuilder) -> None:
    outlines: list[tuple[str, int, tuple[float, ...], int]] = [
        ("polygon", 0, (0, 0, 10, 0, 10, 10), 1),
        ("polygon", 0, (3, 2, 8, 2, 8, 6, 3, 6), 1),
        ("polygon", 0, (1, 1, 9, 1, 9, 1, 9, 9, 1, 9, 1, 1), 1),
        ("polygon", 0, (0, 0, 10, 10, 10, 0, 0, 10), 4),
        ("polygon", 0, (5, 5, 5, 5, 5, 5), 4),
        ("polygon", 0, (1, 1, 2, 2, 3, 3), 0),
        ("polygon", 1, (-5, -5, 45, -5, 45, 35, -5, 35), 0),
        ("polygon", 5, (2.5, 2.5, 6.125, 3, 4, 60.75), 9),
        ("polyline", 0, (1, 1, 5, 5), 0),
        ("polyline", 1, (1, 1), 0),
        ("polyline", 1, (0, 0, 40, 0, 40, 30, 0, 0), 6),
        ("points", 0, (0, 0), 6),
        ("points", 1, (40, 30, 41, 31, -1, 2), 0),
        ("cuboid", 1, tuple(value / 20 for value in CUBOID), 0),
        ("cuboid", 0, (5.0, 5.0) * 8, 0),
        ("polygon", 4, (1, 1, 8, 1, 8, 8), 0),
    ]
    for number, (kind, frame, points, group) in enumerate(outlines):
        label = "日本 & <b>'s" if kind == "polygon" and number % 2 else "traffic light"
        build.add_shape(kind, frame, label, points, group=group, z_order=number % 5 - 2, occluded=number % 3 == 0)
    for frame, hidden in ((0, (False, False, False)), (1, (True, True, True)), (5, (True, False, True))):
        skeleton = build.add_shape("skeleton", frame, "person", group=frame, attributes={"pose": str(frame)})
        for number, name in enumerate(("Fuß", "head", "left hand")[: 3 - frame // 5]):
            at = (3 + 5 * number + frame, 4 + 9 * number)
            build.add_shape(
                "points", frame, name, at, parent=skeleton, outside=hidden[number], occluded=number == frame
            )
