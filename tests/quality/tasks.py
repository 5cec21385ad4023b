"""Small tasks for tests: a job and a ground truth, whose objects have a cell of the picture each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, ShapeType

SIZE, CELL, COLUMNS = 240, 40, 6
LABELS = ("car", "person", "road")
KINDS = ("rectangle", "ellipse", "polygon", "mask", "polyline", "points", "skeleton")


@dataclass(frozen=True)
class Thing:
    """An object in a cell of a frame.  shift: px that it is off the middle; label: place in LABELS."""

    kind: str
    frame: int
    cell: int
    label: int = 0
    shift: float = 0.0
    rotation: float = 0.0
    group: int = 0
    occluded: bool = False
    doors: str = "2"
    columns: dict[str, Any] = field(default_factory=dict)


def task(job: Sequence[Thing], truth: Sequence[Thing], names: Sequence[str] = LABELS, **changes: Any) -> Dataset:
    """A task of two frames.  names: of the labels; changes: of the ground truth job."""
    done = {"stage": "acceptance", "state": "completed", "included": (0, 1)} | changes
    return with_jobs({Job(1, start_frame=0, stop_frame=1): job, Job(2, "ground_truth", 0, 1, **done): truth}, names)


def with_jobs(things: Mapping[Job, Sequence[Thing]], names: Sequence[str] = LABELS) -> Dataset:
    """A task of two frames, with the objects of each of its jobs.  names: of the labels."""
    build = DatasetBuilder(frames=Frames.of(["a.png", "b.png"], SIZE, SIZE))
    for name in names:
        build.add_label(name, attributes=(AttributeSpec(-1, "doors", input_type="number", default_value="2"),))
    body = build.add_label("body", type="skeleton")
    parts = [build.add_label(name, parent=body, type="points") for name in ("head", "hip", "foot")]
    for job in things:
        build.add_job(job)
    for home, objects in enumerate(things.values()):
        for number, thing in enumerate(objects):
            _add(build, home, thing, 100 * home + number, parts)
    return build.dataset()


def _add(build: DatasetBuilder, home: int, thing: Thing, number: int, parts: list[Any]) -> None:
    corner = np.array([thing.cell % COLUMNS, thing.cell // COLUMNS]) * CELL + 8.0 + thing.shift
    label = "body" if thing.kind == "skeleton" else build.labels[thing.label]
    columns: dict[str, Any] = {"job": home, "id": number, "group": thing.group, "occluded": thing.occluded}
    if thing.kind in ("rectangle", "ellipse"):
        columns["rotation"] = thing.rotation
    if thing.kind != "skeleton":
        columns["attributes"] = {"doors": thing.doors}
    row = build.add_shape(thing.kind, thing.frame, label, _points(thing.kind, corner), **columns, **thing.columns)
    if thing.kind == "skeleton":
        for part, offset in zip(parts, ((0, 0), (12, 5), (3, 20)), strict=True):
            build.add_shape("points", thing.frame, part, (corner + offset).tolist(), parent=row, job=home)


def _points(kind: str, corner: np.ndarray) -> list[float]:
    x, y = corner.tolist()
    shapes = {
        "rectangle": [x, y, x + 20, y + 14], "ellipse": [x + 10, y + 8, x + 20, y + 1], "skeleton": [],
        "polygon": [x, y, x + 22, y + 3, x + 11, y + 20], "polyline": [x, y, x + 10, y + 8, x + 20, y + 4],
        "points": [x, y, x + 18, y + 2, x + 5, y + 16],
        "mask": [0, 400, int(x), int(y), int(x) + 19, int(y) + 19],
    }  # fmt: skip
    return [float(value) for value in shapes[kind]]


@st.composite
def things(draw: st.DrawFn, shift: float = 0.0) -> list[Thing]:
    """Objects in cells of their own, so that each has one that it can be at most."""
    cells = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 35)), unique=True, max_size=8))
    return [
        Thing(
            draw(st.sampled_from(KINDS)), frame, cell, draw(st.integers(0, 2)),
            draw(st.floats(-shift, shift).map(lambda v: round(v, 1))), draw(st.sampled_from([0.0, 15.0, 90.0])),
            draw(st.integers(0, 2)), draw(st.booleans()), draw(st.sampled_from(["1", "2", "2.0"])),
        )
        for frame, cell in cells
    ]  # fmt: skip


def kinds_of(dataset: Dataset) -> set[str]:
    """The types of the shapes of a task."""
    return {ShapeType(code).word for code in dataset.shapes.type.tolist()}
