"""Datasets with rows of every kind, drawn with a seed: numbers that are often equal, often whole, often at borders."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.model import Dataset, DatasetBuilder, Job, Task
from tests.datasets import CUBOID, add_labels

NAMES = ("a.jpg", "b.jpg", "b.png", "s/a.jpg", "s/c d.JPG", "0007.png", "x.y.jpeg", "ü.jpg")
SOURCES = ("manual", "auto", "semi-auto", "file", "consensus")
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "working": ("true", "false"), "colour of it": ("red", "amber", "grün"), "lamps": ("1", "3", "9"), "note": ("",
        "n ote"),
    "make": ("other", "a & b", "<c>"),
}  # fmt: skip


class Draw:
    """Draws rows into a builder."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(1000 + seed)
        self.seed = seed
        self.build = DatasetBuilder(_task(seed))
        add_labels(self.build)

    def number(self, most: float) -> float:
        """A spot on a side: whole, halved, long or at a border."""
        kind = int(self.random.integers(6))
        value = float(self.random.uniform(0, most))
        return (float(round(value)), round(value * 2) / 2, round(value, 3), value, 0.0, most)[kind]

    def box(self, width: float, height: float) -> tuple[float, ...]:
        """Corners in order."""
        xs, ys = sorted((self.number(width), self.number(width))), sorted((self.number(height), self.number(height)))
        return xs[0], ys[0], xs[1], ys[1]

    def points(self, kind: str, width: float, height: float) -> tuple[float, ...]:
        """Points that fit a type of shape."""
        if kind == "rectangle":
            return self.box(width, height)
        if kind == "ellipse":
            left, top, right, bottom = self.box(width, height)
            return (left + right) / 2, (top + bottom) / 2, right, top
        if kind == "cuboid":
            return tuple(value / 8 + self.number(9) for value in CUBOID)
        if kind == "mask":
            return self.mask(int(width), int(height))
        count = int(self.random.integers({"polygon": 3, "polyline": 2, "points": 1}[kind], 7))
        return tuple(self.number(width if spot % 2 == 0 else height) for spot in range(2 * count))

    def mask(self, width: int, height: int) -> tuple[float, ...]:
        """Run lengths of random pixels in a random box."""
        left, top = int(self.random.integers(width - 1)), int(self.random.integers(height - 1))
        wide, high = (
            int(self.random.integers(1, min(9, width - left) + 1)),
            int(self.random.integers(1, min(9, height - top) + 1)),
        )
        pixels = self.random.random(wide * high) < 0.7
        pixels[0] = True
        ends = np.flatnonzero(np.diff(pixels)) + 1
        runs = np.diff(np.concatenate(([0, 0], ends, [len(pixels)])))
        return (*runs.tolist(), left, top, left + wide - 1, top + high - 1)

    def some(self, values: Any) -> Any:
        """One of several."""
        return values[int(self.random.integers(len(values)))]

    def attributes(self, label: str) -> dict[str, str]:
        """Some of the attributes of the label that has them."""
        if label != "traffic light":
            return {}
        return {name: self.some(values) for name, values in ATTRIBUTES.items() if self.random.random() < 0.5}

    def columns(self, label: str) -> dict[str, Any]:
        """Columns that any row may have."""
        return {
            "group": int(self.some((0, 0, 0, 1, 2, 3))), "source": self.some(SOURCES),
                "attributes": self.attributes(label),
        }  # fmt: skip


def _task(seed: int) -> Task:
    return Task(
        id=70 + seed, name=f"drawn {seed}", start_frame=seed, stop_frame=seed + 7 * (1 + seed % 2),
            step=1 + seed % 2, subset=("", "Train")[seed % 2],
        segment_size=(0, 4)[seed % 2], overlap=seed % 3, mode=("annotation", "interpolation")[seed // 2 % 2],
    )  # fmt: skip


def drawn(seed: int) -> Dataset:
    """A dataset of a seed.  With an odd seed of two jobs and one of ground truth."""
    draw = Draw(seed)
    for number, name in enumerate(NAMES):
        subset = draw.some(("", "train", "val")) if seed % 2 == 0 else ""
        draw.build.add_frame(name, 30 + number, 24 + 2 * seed, deleted=number == 6 - seed, subset=subset)
    jobs = [-1]
    if seed % 2:
        jobs = [draw.build.add_job(Job(id=1, stop_frame=4)), draw.build.add_job(Job(id=2, start_frame=3, stop_frame=7))]
        jobs.append(draw.build.add_job(Job(id=3, type="ground_truth", stop_frame=7, included=(2, 5))))
    _shapes(draw, jobs)
    _tags(draw, jobs)
    _tracks(draw, jobs)
    return draw.build.dataset()


def _frame(draw: Draw, job: int) -> int:
    return int(draw.some({-1: range(8), 0: range(5), 1: range(3, 8), 2: (2, 5)}[job]))


def _shapes(draw: Draw, jobs: list[int]) -> None:
    kinds = ("rectangle", "rectangle", "polygon", "polygon", "mask", "mask", "ellipse", "polyline", "points", "cuboid")
    for number in range(26):
        kind, label, job = (
            draw.some(kinds),
            draw.some(("traffic light", "voiture à 4 roues", "traffic light")),
            draw.some(jobs),
        )
        frame = _frame(draw, job)
        angle = draw.some((0.0, 0.0, 30.0, 90.0, 211.25)) if kind in ("rectangle", "ellipse") else 0.0
        points = draw.points(kind, 30 + frame, 24 + 2 * draw.seed)
        score = draw.some((1.0, 1.0, 0.5))
        draw.build.add_shape(kind, frame, label, points, id=number + 1, job=job, rotation=angle,
            z_order=int(draw.some((0, 0, 1, -2, 5))),
            occluded=bool(draw.some((True, False))), score=score, **draw.columns(label))  # fmt: skip
    for _ in range(3):
        job = draw.some(jobs)
        _skeleton(draw, _frame(draw, job), job)


def _skeleton(draw: Draw, frame: int, job: int) -> None:
    row = draw.build.add_shape(
        "skeleton", frame, "person", job=job, group=int(draw.some((0, 1))), attributes={"pose": "p"}
    )
    for name in ("head", "left hand", "Fuß")[: int(draw.some((3, 3, 2)))]:
        draw.build.add_shape("points", frame, name, (draw.number(30), draw.number(24)), parent=row, job=job,
            outside=bool(draw.some((False, False, True))), occluded=bool(draw.some((False, True))))  # fmt: skip


def _tags(draw: Draw, jobs: list[int]) -> None:
    for number in range(6):
        label, job = draw.some(("whole scene", "traffic light")), draw.some(jobs)
        values = {"weather": draw.some(("fair", "rain & hail"))} if label == "whole scene" else draw.attributes(label)
        draw.build.add_tag(_frame(draw, job), label, id=number + 1, job=job, group=number // 4, attributes=values)


def _tracks(draw: Draw, jobs: list[int]) -> None:
    for kind in ("rectangle", "polygon", "rectangle", "ellipse", "points", "mask", "polyline", "cuboid"):
        job = draw.some(jobs)
        possible = {-1: range(8), 0: range(5), 1: range(3, 8), 2: (2, 5)}[job]
        frames = sorted({int(draw.some(possible)) for _ in range(int(draw.random.integers(1, 5)))})
        columns = draw.columns("voiture à 4 roues") | {"label": draw.some(("traffic light", "voiture à 4 roues"))}
        track = draw.build.add_track(frame=frames[0], job=job, **columns)
        label = columns["label"]
        for spot, frame in enumerate(frames):
            turn = draw.some((0.0, 350.0, 10.0)) if kind in ("rectangle", "ellipse") else 0.0
            values = draw.attributes(label)
            mutable = {name: values[name] for name in ("colour of it", "note") if name in values}
            draw.build.add_shape(kind, frame, points=draw.points(kind, 30, 24), track=track,
                outside=spot > 0 and bool(draw.some((0, 0, 1))),
                occluded=bool(draw.some((0, 1))), z_order=spot, rotation=turn, attributes=mutable)  # fmt: skip
