"""Tasks that several people did nearly alike: a job, its ground truth, and three replicas."""

from __future__ import annotations

from functools import cache
from typing import Any

from annotools.model import Dataset, DatasetBuilder, Job, Task
from tests.datasets import add_labels
from tests.recorded.drawing import Draw

KINDS = ["rectangle", "polygon", "mask", "ellipse", "polyline", "points", "rectangle", "skeleton", "cuboid", "polyline"]


@cache
def judged(seed: int) -> Dataset:
    """A task whose first job was done twice, nearly alike, and of which a ground truth and two replicas are known."""
    draw = Draw(40 + seed)
    build = draw.build = DatasetBuilder(Task(id=seed, name=f"judged {seed}", stop_frame=4))
    add_labels(build)
    for frame in range(5):
        build.add_frame(f"{frame}.jpg", 40, 30, deleted=frame == 3)
    jobs = _jobs(build, seed)
    for number in range(20):
        _object(draw, jobs, KINDS[(number + 7 * seed) % len(KINDS)], number)  # with seed 1 a skeleton is row 0
    for frame in range(3):
        for job in (jobs[0], jobs[2], *jobs[3:]):
            if draw.some((True, True, False)):
                build.add_tag(frame, "whole scene", job=job, attributes={"weather": draw.some(("fair", "rain & hail"))})
    return build.dataset()


def _jobs(build: DatasetBuilder, seed: int) -> list[int]:
    """Rows of two jobs, their ground truth and three replicas of the first."""
    jobs = [
        build.add_job(Job(id=1, stop_frame=2)),
        build.add_job(Job(id=2, start_frame=3, stop_frame=4, stage="acceptance")),
    ]
    truth = Job(
        id=3,
        type="ground_truth",
        stop_frame=4,
        stage="acceptance",
        state="completed",
        included=(0, 1, 2, 4),
        disabled=(2,) * (seed % 2),
    )
    jobs += [build.add_job(truth)]
    return jobs + [
        build.add_job(Job(id=number, type="consensus_replica", parent_job=1, stop_frame=2, state="completed"))
        for number in (4, 5, 6)
    ]


def _object(draw: Draw, jobs: list[int], kind: str, number: int) -> None:
    """One object as several people saw it: most of them nearly alike."""
    frame = int(draw.some((0, 0, 1, 2, 4)))
    label = draw.some(("traffic light", "voiture à 4 roues"))
    points = draw.points(kind, 40, 30) if kind != "skeleton" else ()
    values = draw.attributes(label)
    for job in (jobs[0] if frame < 3 else jobs[1], jobs[2], *(jobs[3:] if frame < 3 else ())):
        if draw.some((0, 1, 1, 1)) == 0:
            continue
        shift = float(draw.some((0.0, 0.25, 1.0, 3.0)))
        columns: dict[str, Any] = {"job": job, "group": number % 3, "z_order": number % 2, "id": 10 * number + job}
        if kind == "skeleton":
            _skeleton(draw, frame, shift, columns)
            continue
        moved = points if kind == "mask" else tuple(value + shift for value in points)
        moved = moved[::-1] if kind == "polyline" and draw.some((0, 0, 1)) else moved
        turn = float(draw.some((0, 0, 10))) if kind in ("rectangle", "ellipse") else 0.0
        named = label if draw.some((1, 1, 1, 0)) else "traffic light"
        attributes = values if named == label and draw.some((1, 1, 0)) else {}
        draw.build.add_shape(
            kind,
            frame,
            named,
            moved,
            rotation=turn,
            occluded=bool(draw.some((0, 0, 1))),
            attributes=attributes,
            **columns,
        )


def _skeleton(draw: Draw, frame: int, shift: float, columns: dict[str, Any]) -> None:
    row = draw.build.add_shape("skeleton", frame, "person", **columns)
    for spot, name in enumerate(("head", "left hand", "Fuß")):
        at_ = (5 + 7 * spot + shift, 6 + 5 * spot + shift * 2)
        draw.build.add_shape(
            "points", frame, name, at_, parent=row, job=columns["job"], outside=bool(draw.some((0, 0, 0, 1)))
        )
