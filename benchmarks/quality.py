"""How long a quality report takes: 1,000 frames of 1920 x 1080 with 20 shapes on each side, by kind of shape.

    python -m benchmarks quality [FRAMES] [SHAPES]

CPU seconds from a dataset to a report, and to its documents; then those of a consensus of three replicas.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from annotools.geometry.ragged import Floats
from annotools.model import Dataset, DatasetBuilder, Frames, Job, ShapeType
from annotools.quality import merge_replicas, report

WIDTH, HEIGHT = 1920, 1080
KINDS = ("rectangle", "turned", "ellipse", "polygon", "crowd", "polyline", "points", "mask", "mixed")
CORNERS = 12


def shape(kind: str, rng: np.random.Generator, centre: Floats, number: int) -> dict[str, Any]:
    """A shape of about 100 px round a place, in a crowd of 600."""
    if kind == "mixed":
        kind = KINDS[number % 6]
    size = rng.uniform(40, 60, 2) * (6 if kind == "crowd" else 1)
    if kind in ("rectangle", "turned", "ellipse"):
        x, y, w, h = *centre, *size
        points = [x, y, x + w, y - h] if kind == "ellipse" else [x - w, y - h, x + w, y + h]
        turn = 0.0 if kind == "rectangle" else float(rng.uniform(0, 90))
        form = ShapeType.ELLIPSE if kind == "ellipse" else ShapeType.RECTANGLE
        return {"type": form, "points": points, "rotation": turn}
    if kind == "mask":
        left, top = (int(v) for v in np.clip(centre, 0, (WIDTH - 60, HEIGHT - 60)))
        runs = [10, *([20, 30] * 47), 20, 10]
        return {"type": ShapeType.MASK, "points": [*runs, left, top, left + 49, top + 47]}
    angle = np.sort(rng.uniform(0, 2 * np.pi, CORNERS))
    points = (centre + size * np.stack([np.cos(angle), np.sin(angle)], axis=1)).ravel()
    named = {"polygon": ShapeType.POLYGON, "crowd": ShapeType.POLYGON, "polyline": ShapeType.POLYLINE}
    return {"type": named.get(kind, ShapeType.POINTS), "points": points.tolist()}


def task(kind: str, frames: int, shapes: int, jobs: tuple[Job, ...]) -> Dataset:
    """A task whose jobs all have the same shapes, a few pixels apart."""
    rng = np.random.default_rng(7)
    build = DatasetBuilder(frames=Frames.of([f"{n}.jpg" for n in range(frames)], WIDTH, HEIGHT))
    labels = [build.add_label(name) for name in ("car", "person", "road")]
    for job in jobs:
        build.add_job(job)
    for frame in range(frames):
        centres = rng.uniform((60, 60), (WIDTH - 60, HEIGHT - 60), (shapes, 2))
        for number, centre in enumerate(centres):
            for job in range(len(jobs)):
                row = shape(kind, rng, centre + rng.uniform(-4, 4, 2), number)
                form, points = row.pop("type"), row.pop("points")
                build.add_shape(form, frame, labels[number % 3], points, job=job, z_order=number, **row)
    return build.dataset()


def main(frames: int, shapes: int) -> None:
    """A line a kind."""
    span = {"start_frame": 0, "stop_frame": frames - 1}
    truth = Job(2, "ground_truth", stage="acceptance", state="completed", included=tuple(range(frames)), **span)
    print(f"{frames:,} frames, {shapes} shapes on each side      report  documents   CPU s")
    for kind in KINDS:
        dataset = task(kind, frames, shapes, (Job(1, **span), truth))
        start = time.process_time()
        result = report(dataset)
        middle = time.process_time()
        result.as_dict()
        accuracy = result.task["comparison_summary"]["annotations"]["accuracy"]
        print(f"{kind:40} {middle - start:10.2f} {time.process_time() - middle:10.2f}   accuracy {accuracy:.2f}")
    replicas = [Job(n, "consensus_replica", parent_job=1, state="completed", **span) for n in (2, 3, 4)]
    dataset = task("mixed", frames, shapes, (Job(1, **span), *replicas))
    start = time.process_time()
    merge_replicas(dataset)
    print(f"{'consensus of three replicas, mixed':40} {time.process_time() - start:10.2f}")


if __name__ == "__main__":
    main(*(int(number) for number in (*sys.argv[1:], "1000", "20")[:2]))
