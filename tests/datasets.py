"""Datasets that hold everything, for the laws that every format has to keep.

    FULL        a task of pictures: every kind of row, no two numbers alike, names that hurt; rows of the task
    FULL_JOBS   the same task annotated job by job: an overlap, a ground truth job, rows in every job
    FULL_VIDEO  a task of video frames with a start, a step and tracks that leave and come back
    FULL_CLOUDS a task of clouds of points with solid cuboids, for what carries nothing else

Names that hurt: a space in a label, `b.c.jpg`, sub-folders, letters outside ASCII, one stem twice, signs that JSON
and XML escape.  Whatever a format cannot carry, `project` takes out; what it says it carries must come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job, Label, Task

SVG = (
    '<line x1="25.5" y1="14.25" x2="30.75" y2="60.5" stroke="black" data-type="edge" data-node-from="1" '
    'data-node-to="2" stroke-width="0.5"></line>'
    '<line x1="30.75" y1="60.5" x2="71.25" y2="80.75" stroke="black" data-type="edge" data-node-from="2" '
    'data-node-to="3" stroke-width="0.5"></line>'
    '<circle r="0.75" cx="25.5" cy="14.25" data-type="element node" data-element-id="1" data-node-id="1" '
    'data-label-name="head"></circle>'
    '<circle r="0.75" cx="30.75" cy="60.5" data-type="element node" data-element-id="2" data-node-id="2" '
    'data-label-name="left hand"></circle>'
    '<circle r="0.75" cx="71.25" cy="80.75" data-type="element node" data-element-id="3" data-node-id="3" '
    'data-label-name="Fuß"></circle>'
)
PARTS = ("head", "left hand", "Fuß")
HURTING = "line one\nline \"two\" & <three> 'four' \\ é 日本 ; , = \t end"
CUBOID = (
    401.5, 22.25, 402.75, 91.5, 455.125, 23.75, 454.25, 95.5, 475.5, 15.25, 474.75, 81.5, 421.25, 14.5, 420.5, 80.75,
)  # fmt: skip


def add_labels(build: DatasetBuilder) -> None:
    """Labels of every type, attributes of every input."""
    build.add_label(
        "traffic light", type="any", color="#fa3253",
        attributes=[
            AttributeSpec(0, "working", False, "checkbox", "false"),
            AttributeSpec(0, "colour of it", True, "radio", "red", ("red", "amber", "grün")),
            AttributeSpec(0, "lamps", False, "number", "3", ("1", "9", "2")),
            AttributeSpec(0, "note", True, "text", ""),
            AttributeSpec(0, "make", False, "select", "other", ("other", "a & b", "<c>")),
        ],
    )  # fmt: skip
    build.add_label("voiture à 4 roues", type="any", color="#33ddff")
    build.add_label("日本 & <b>'s", type="polygon", color="#ff00cc")
    person = build.add_label(
        "person", type="skeleton", color="#aaff01", svg=SVG, attributes=[AttributeSpec(0, "pose", True, "text", "")]
    )
    for number, name in enumerate(PARTS):
        seen = [AttributeSpec(0, "seen", True, "checkbox", "true")] if name == "head" else []
        build.add_label(name, parent=person, type="points", color=f"#0{number}22{number}b", attributes=seen)
    weather = AttributeSpec(0, "weather", False, "select", "fair", ("fair", "rain & hail"))
    build.add_label("whole scene", type="tag", color="#b83df5", attributes=[weather])


def _full_task() -> DatasetBuilder:
    build = DatasetBuilder(
        Task(
            id=17, name="Straße & <co>", subset="Train", start_frame=4, stop_frame=25, step=3, segment_size=5,
            overlap=2, quality=83, bug_tracker="https://bugs.example.org/?a=1&b=2", chunk_size=36, owner="anna",
            owner_email="anna@example.org", assignee="ben", assignee_email="ben@example.org",
            created="2024-05-01 10:11:12.131415+00:00", updated="2024-06-02 11:12:13.141516+00:00",
        )
    )  # fmt: skip
    add_labels(build)
    for name, width, height in (
        ("a b.jpg", 640, 480), ("b.c.jpg", 641, 481), ("sub/folder/0001.jpg", 642, 482),
        ("sub/other/0001.jpg", 643, 483), ("straße/日本.png", 644, 484), ("same.jpg", 645, 485),
        ("same.png", 646, 486), ("0007.jpg", 647, 487),
    ):  # fmt: skip
        build.add_frame(name, width, height, deleted=name == "same.png")
    build.add_job(Job(id=31, start_frame=0, stop_frame=4, stage="validation", state="in progress", assignee="cara"))
    build.add_job(Job(id=32, start_frame=3, stop_frame=7, state="completed"))
    return build


def _add_shapes(build: DatasetBuilder) -> None:
    """Every shape type, with what it can carry."""
    values = {"working": "true", "colour of it": "grün", "lamps": "5", "note": HURTING, "make": "a & b"}
    build.add_shape(
        "rectangle", 0, "traffic light", (10.123456, 20.5, 60.25, 80.75), id=101, rotation=33.3333, occluded=True,
        z_order=2, source="auto", score=0.25, attributes=values,
    )  # fmt: skip
    build.add_shape("rectangle", 1, "voiture à 4 roues", (11.5, 21.25, 61.125, 81.0625), id=102, group=4, z_order=-1)
    build.add_shape("mask", 1, "voiture à 4 roues", (1, 2, 2, 3, 1, 1, 2, 14, 24, 17, 26), id=103, group=4, z_order=3)
    build.add_shape("polygon", 1, "voiture à 4 roues", (70.5, 71.25, 99.75, 72.5, 88.125, 97.0625), id=104, group=4)
    build.add_shape(
        "polygon", 2, "日本 & <b>'s", (100.01, 101.02, 150.03, 102.04, 149.05, 151.06, 101.07, 150.08, 90.09, 120.1),
        id=105, source="semi-auto", score=0.5, occluded=True,
    )  # fmt: skip
    build.add_shape("polyline", 2, "traffic light", (5.5, 6.25, 7.125, 9.0625, 33.75, 12.5), id=106, z_order=5)
    build.add_shape("points", 3, "voiture à 4 roues", (301.25, 302.5, 303.75, 304.125, 305.5, 306.0625), id=107)
    build.add_shape("points", 3, "traffic light", (311.5, 312.25), id=108, attributes={"lamps": "7"})
    build.add_shape(
        "ellipse", 4, "voiture à 4 roues", (200.5, 201.25, 240.75, 180.125), id=109, rotation=12.5, source="consensus"
    )
    build.add_shape("cuboid", 4, "traffic light", CUBOID, id=110, z_order=7, attributes={"make": "<c>"})
    build.add_shape("mask", 5, "traffic light", (0, 3, 1, 2, 3, 2, 1, 50, 60, 53, 62), id=111, source="file")
    build.add_shape("rectangle", 6, "traffic light", (12.5, 13.5, 14.5, 15.5), id=112)  # on the deleted frame


def _add_skeleton(build: DatasetBuilder, frame: int, shift: float, **columns: Any) -> int:
    """A plain skeleton: one element seen, one occluded, one outside."""
    row = build.add_shape("skeleton", frame, "person", attributes={"pose": f"at {shift}"}, **columns)
    for index, name in enumerate(PARTS):
        at = (150.25 + shift + 11 * index, 60.5 + shift * 2 + 23 * index)
        values = {"seen": "false"} if name == "head" else {}
        build.add_shape(
            "points", frame, name, at, parent=row, occluded=index == 1, outside=index == 2, attributes=values,
            id=120 + 10 * frame + index, job=columns.get("job", -1),
        )  # fmt: skip
    return row


def add_track(
    build: DatasetBuilder, kind: str, keyframes: Sequence[tuple[int, Sequence[float], bool]], **columns: Any
) -> int:
    """A track of 'traffic light'.  keyframes: (frame, points, outside), ascending."""
    values = {"working": "false", "lamps": "9"}
    track = build.add_track("traffic light", keyframes[0][0], attributes=values, **columns)
    for index, (frame, points, outside) in enumerate(keyframes):
        turn = 3.5 * (index + 1) if kind in ("rectangle", "ellipse") else 0.0
        build.add_shape(
            kind, frame, points=points, track=track, outside=outside, occluded=index == 1, z_order=index, rotation=turn,
            id=500 + 50 * track + index, attributes={"colour of it": ("amber", "grün", "red")[index % 3]},
        )  # fmt: skip
    return track


def add_skeleton_track(build: DatasetBuilder, frames: Sequence[int], *, job: int = -1, **columns: Any) -> int:
    """A track of 'person': its points are tracks of their own."""
    track = build.add_track("person", frames[0], job=job, **columns)
    last = frames[-1]
    for frame in frames:
        build.add_shape("skeleton", frame, track=track, outside=frame == last, attributes={"pose": f"pose {frame}"})
    for index, name in enumerate(PARTS):
        sub = next(label for label in build.labels if label.name == name)
        element = build.add_track(sub, frames[0], parent=track, job=job)
        for frame in frames:
            at = (300.5 + 7 * index + 2.25 * frame, 200.25 + 13 * index + 1.5 * frame)
            hidden = frame == last or (index == 2 and frame == frames[1])
            values = {"seen": "true"} if name == "head" else {}
            build.add_shape("points", frame, points=at, track=element, outside=hidden, attributes=values)
    return track


def _full() -> Dataset:
    build = _full_task()
    build.add_tag(0, "whole scene", id=201, source="auto", attributes={"weather": "rain & hail"})
    build.add_tag(2, "voiture à 4 roues", id=202, group=9)
    build.add_tag(7, "whole scene", id=203, source="file", attributes={"weather": "fair"})
    _add_shapes(build)
    _add_skeleton(build, 2, 3.5, id=113, group=9, source="auto")
    _add_skeleton(build, 7, 8.25, id=114, z_order=4)
    boxes = [(30.5, 31.5, 62.25, 63.75), (34.5, 35.25, 66.125, 67.5), (39, 38, 71, 70)]
    keyframes = [(0, boxes[0], False), (3, boxes[1], False), (6, boxes[2], True)]
    add_track(build, "rectangle", keyframes, group=11, source="auto")
    add_track(build, "polygon", [(1, (1.5, 2.5, 41.25, 3.5, 20.125, 43.75), False), (5, (4, 5, 44, 6, 23, 46), False)])
    add_skeleton_track(build, (1, 3, 5), id=303, group=11)
    return build.dataset()


def _full_jobs() -> Dataset:
    build = _full_task()
    truth = build.add_job(Job(id=33, type="ground_truth", start_frame=0, stop_frame=7, included=(1, 4)))
    for job, frame in ((0, 0), (1, 5), (truth, 4)):
        build.add_tag(frame, "whole scene", job=job, attributes={"weather": "fair"})
        build.add_shape("rectangle", frame, "traffic light", (1.5 + job, 2.5, 3.75, 4.125 + job), job=job, z_order=job)
        car: Any = {"frame": frame, "label": "voiture à 4 roues", "job": job, "group": 2 + job}
        build.add_shape("ellipse", points=(71.5, 62.5 + job, 83.75, 54.125), **car)
        build.add_shape("points", points=(81.5 + job, 82.25), **car)
    twin = (201.5, 102.5, 233.75, 144.25)
    for job in (0, 1):  # one object, seen by both jobs on the overlap
        build.add_shape("rectangle", 3, "voiture à 4 roues", twin, job=job)
        track = build.add_track("voiture à 4 roues", 3, job=job)
        build.add_shape("rectangle", 3, points=(50.5, 51.5, 90.25, 91.75), track=track)
        build.add_shape("rectangle", 4, points=(53.5, 54.5, 93.25, 94.75), track=track)
    add_skeleton_track(build, (5, 6, 7), job=1)
    _add_skeleton(build, 1, 6.75, job=0)
    return build.dataset()


def _full_video() -> Dataset:
    task = Task(
        id=18, name="film one", mode="interpolation", media_type="video", subset="Validation", start_frame=10,
        stop_frame=43, step=3, segment_size=12, source_name="film – 1.mp4", chunk_size=36, quality=71,
    )  # fmt: skip
    build = DatasetBuilder(task)
    add_labels(build)
    for frame in range(12):
        build.add_frame(f"frame_{10 + 3 * frame:06d}", 800, 600, deleted=frame == 8)
    build.add_job(Job(id=41, start_frame=0, stop_frame=11))
    build.add_tag(3, "whole scene", source="auto", attributes={"weather": "rain & hail"})
    build.add_shape("rectangle", 2, "traffic light", (15.5, 16.5, 17.75, 18.25), attributes={"lamps": "2"})
    build.add_shape("cuboid", 5, "traffic light", CUBOID, occluded=True)
    box = np.array([100.5, 101.25, 140.75, 150.125])
    away = [(0, box, False), (3, box + 5.5, True), (6, box + 20.25, False), (9, box + 31, False), (11, box, True)]
    add_track(build, "rectangle", [(frame, at.tolist(), gone) for frame, at, gone in away], group=5)
    add_track(build, "ellipse", [(1, (300.5, 301.5, 320.25, 270.75), False), (4, (310.5, 311, 330, 281), False)])
    add_track(build, "polyline", [(2, (9.5, 8.5, 7.25, 6.75), False), (10, (19, 18, 27, 16, 33, 12), False)], group=5)
    add_track(build, "points", [(0, (401.5, 402.5), False), (7, (421, 422), True)])
    add_track(build, "cuboid", [(4, CUBOID, False), (9, [v + 3.25 for v in CUBOID], False)])
    add_skeleton_track(build, (2, 5, 11))
    return build.dataset()


def _full_clouds() -> Dataset:
    build = DatasetBuilder(Task(id=19, name="clouds", dimension="3d", start_frame=2, stop_frame=7))
    add_labels(build)
    for frame in range(6):
        build.add_frame(f"velodyne points/{frame}.pcd", 0, 0, deleted=frame == 4)
    for frame in range(3):
        build.add_shape("cuboid", frame, "traffic light", _solid(frame), attributes={"lamps": str(frame)})
        build.add_tag(frame, "voiture à 4 roues")
    add_track(build, "cuboid", [(0, _solid(10), False), (3, _solid(11), False), (5, _solid(11), True)], group=5)
    add_track(build, "cuboid", [(1, _solid(20), False), (2, _solid(20, 2.5), False)], source="auto")
    return build.dataset()


def _solid(x: float, height: float = 1.5) -> tuple[float, ...]:
    """Position, rotation in radians, size."""
    return (x + 0.25, -7.5, 1.125, 0.0, 0.0, 0.5, 4.25, 1.75, height, *7 * (0.0,))


def label_of(source: Dataset | DatasetBuilder, name: str) -> Label:
    """The label of a name, sublabels included."""
    return next(label for label in source.labels if label.name == name)


FULL = _full()
FULL_JOBS = _full_jobs()
FULL_VIDEO = _full_video()
FULL_CLOUDS = _full_clouds()
EVERYTHING = {"pictures": FULL, "jobs": FULL_JOBS, "video": FULL_VIDEO}
