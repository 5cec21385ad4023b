"""Tracks that come and go, in a task of one piece and in one of jobs that overlap."""

from __future__ import annotations

from annotools.model import Dataset, DatasetBuilder, Job, Task
from tests.datasets import CUBOID, add_labels, add_skeleton_track

LAST = 11
# Keyframes as frame and whether the object is outside; x of the box comes from the frame.
ROADS: tuple[tuple[tuple[int, bool], ...], ...] = (
    ((0, False), (LAST, False)),
    ((0, False), (LAST, True)),
    ((0, True), (4, False), (8, True)),
    ((2, False), (4, True), (6, False), (8, True), (10, False)),
    ((0, False), (3, False), (6, False), (9, False)),  # equal distances
    ((LAST, False),),
    ((5, False),),
    ((5, True),),
    ((1, False), (2, False), (3, False)),
    ((7, False), (8, False), (9, True)),  # on the deleted frame
    ((7, False),),
    ((4, False), (5, True), (6, True), (7, False)),
    ((3, False), (4, False), (5, True)),  # on the border of the jobs
    ((5, False), (6, False)),
    ((0, True), (LAST, True)),
)
SIDES = (
    (0, 0, 10, 0, 10, 10, 0, 10),
    (0, 0, 10, 0, 10, 5, 10, 10, 0, 10),
    (0, 0, 10, 0, 5, 9),
    (1, 1, 1, 1, 4, 4, 4, 1),
)


def tracked(way: int) -> Dataset:
    """way: 0 for one piece, 1 for jobs."""
    build = DatasetBuilder(
        Task(id=20 + way, name="tracks", mode="interpolation", stop_frame=LAST, segment_size=7 * way, overlap=2 * way)
    )
    add_labels(build)
    for frame in range(LAST + 1):
        build.add_frame(f"f {frame:02d}.jpg", 50, 40, deleted=frame == 7)
    if not way:
        _boxes(build, -1, 0, LAST)
        _others(build)
        add_skeleton_track(build, (2, 5, 9), group=3)
        return build.dataset()
    for number, (start, stop) in enumerate(((0, 6), (5, LAST))):
        _boxes(build, build.add_job(Job(id=number + 1, start_frame=start, stop_frame=stop)), start, stop)
    truth = build.add_job(Job(id=3, type="ground_truth", stop_frame=LAST, included=(1, 6, 9)))
    build.add_job(Job(id=4, type="consensus_replica", parent_job=1, stop_frame=6))
    add_skeleton_track(build, (0, 3, 6), job=0)
    add_skeleton_track(build, (5, 6, 9), job=1)
    build.add_shape("rectangle", 6, "traffic light", (1, 2, 3, 4), job=truth)
    build.add_shape("rectangle", 2, "traffic light", (1, 2, 3, 4), job=3)
    _twins(build)
    return build.dataset()


def _boxes(build: DatasetBuilder, job: int, first: int, last: int) -> None:
    """A track of boxes for each road, as much of it as is in a job."""
    for number, road in enumerate(ROADS):
        part = [(frame, away) for frame, away in road if first <= frame <= last]
        if not part:
            continue
        label = ("traffic light", "voiture à 4 roues")[number % 2]
        values = {"working": "true"} if number % 4 == 0 else {}
        track = build.add_track(
            label, part[0][0], job=job, group=number % 3, source=("manual", "auto")[number % 2], attributes=values
        )
        for spot, (frame, away) in enumerate(part):
            left = 2 * number + 1.5 * frame
            mutable = {"note": f"n{frame}", "colour of it": ("red", "amber")[spot % 2]} if number % 4 == 0 else {}
            build.add_shape("rectangle", frame, points=(left, number, left + 8, number + 7 + frame % 3),
                track=track, outside=away,
                occluded=spot % 2 == 1, z_order=spot - 1, rotation=(0.0, 350.0, 10.0,
                    180.0)[(number + spot) % 4] * (number % 2),
                attributes=mutable if spot != 1 else {})  # fmt: skip


def _others(build: DatasetBuilder) -> None:
    """Tracks of other types, among them one whose points are more or fewer from keyframe to keyframe."""
    ways = (("polygon", (0, 4, 9)), ("polyline", (1, 3, 11)), ("points", (2, 6, 8)), ("points", (0, 11)), ("mask",
        (1, 3)),
        ("ellipse", (0, 5, 10)), ("cuboid", (3, 6)), ("polygon", (6, 7, 8)))  # fmt: skip
    for number, (kind, frames) in enumerate(ways):
        track = build.add_track("traffic light", frames[0], group=number // 3)
        for spot, frame in enumerate(frames):
            sides = SIDES[(number + spot) % 4]
            if kind == "points" and number % 2:
                sides = sides[:2]
            points: tuple[float, ...] = tuple(value * 1.5 + frame for value in sides)
            if kind == "mask":
                points = (0, 6, 3 + frame, 3, 5 + frame, 4)
            elif kind == "ellipse":
                points = (20 + frame, 20, 26 + 2 * spot, 15 - spot)
            elif kind == "cuboid":
                points = tuple(value / 10 + frame for value in CUBOID)
            build.add_shape(kind, frame, points=points, track=track, outside=spot == 2 and number % 2 == 0,
                occluded=spot == 0,
                rotation=170.0 * spot if kind == "ellipse" else 0.0)  # fmt: skip


def _twins(build: DatasetBuilder) -> None:
    """One object in both jobs, nearly in the same spot, and two that are a little too far from each other."""
    for job, shift in ((0, 0.0), (1, 0.0), (0, 20.0), (1, 21.0), (0, 30.0), (1, 32.5)):
        for frame in (5, 6):
            left = 1 + shift / 2 + frame
            build.add_shape(
                "rectangle",
                frame,
                "voiture à 4 roues",
                (left, 5 + shift, left + 10, 15 + shift),
                job=job,
                group=1,
                z_order=job,
            )
            sides = (0, 0, 9, 0, 9, 9)
            build.add_shape(
                "polygon",
                frame,
                "traffic light",
                tuple(side + shift for side in sides),
                job=job,
                attributes={"note": f"j{job}"},
            )
        build.add_shape("mask", 5, "traffic light", (0, 20, 4 + int(shift / 4), 4, 8 + int(shift / 4), 7), job=job)
        build.add_tag(6, "whole scene", job=job, attributes={"weather": "fair"})
