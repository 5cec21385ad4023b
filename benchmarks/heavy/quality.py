"""Tasks to be judged, and replicas to be merged, with very many objects on one frame.  As in `bundles`.

Each job of a task has the same objects, a few pixels apart.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable

from benchmarks.heavy.bundles import Item, Make, Members, box, bundle, drawn, dumped, item, mask

Draw = Callable[[random.Random, int, int], Item]
_JOB = {"task_id": 7, "status": "annotation", "state": "completed", "data_chunk_size": 72, "dimension": "2d"}
_KINDS: dict[str, list[tuple[str, str, int | None]]] = {
    "ground truth": [("annotation", "annotation", None), ("ground_truth", "acceptance", None)],
    "replicas": [("annotation", "annotation", None), *[("consensus_replica", "annotation", 1)] * 3],
}


PARTS = {"judged": "ground truth", "merged": "replicas"}


def task(kind: str, shapes: list[Item], frames: int = 100) -> Members:
    """A task of the jobs of a kind."""
    members = bundle(frames=frames)
    del members["annotations.json"]
    meta = json.loads(members["data_meta.json"])
    rng = random.Random(2)
    for number, (form, stage, parent) in enumerate(_KINDS[kind], 1):
        span = {"start_frame": 0, "stop_frame": frames - 1, "frame_count": frames}
        job = {"id": number, "type": form, "stage": stage, "parent_job_id": parent}
        members[f"jobs/{number}/job.json"] = dumped(_JOB | span | job)
        if form == "ground_truth":
            members[f"jobs/{number}/data_meta.json"] = dumped(meta | {"included_frames": list(range(frames))})
        own = [] if kind == "replicas" and not parent else [_moved(shape, rng, number) for shape in shapes]
        members[f"jobs/{number}/annotations.json"] = dumped({"version": 0, "tags": [], "shapes": own, "tracks": []})
    return members


def _moved(shape: Item, rng: random.Random, number: int) -> Item:
    shape = copy.copy(shape) | {"id": shape.get("id", 1) * 10 + number}
    if shape["type"] != "mask":
        shape["points"] = [round(value + rng.uniform(-3, 3), 2) for value in shape["points"]]
    return shape


def ordinary(kind: str) -> Make:
    """Ten boxes and polygons a frame."""

    def make(count: int) -> Members:
        rng, some = random.Random(1), count // len(_KINDS[kind])
        return task(kind, [drawn(rng, number) for number in range(some)], max(some // 10, 100))

    return make


def _crowd(kind: str, draw: Draw) -> Make:
    def make(count: int) -> Members:
        rng, some = random.Random(count), count // len(_KINDS[kind])
        return task(kind, [draw(rng, number, some) | {"id": number + 1, "frame": 0} for number in range(some)])

    return make


def _large_polygon(rng: random.Random, number: int, count: int) -> Item:
    x, y = rng.uniform(0, 900), rng.uniform(0, 500)
    return item([x, y, x + 900, y + rng.uniform(0, 50), x + 800, y + 500, x + rng.uniform(0, 50), y + 400], "polygon")


def _equal_polygon(rng: random.Random, number: int, count: int) -> Item:
    return item([1, 1, 900, 1, 900, 900], "polygon")


def _tall_polygon(rng: random.Random, number: int, count: int) -> Item:
    x = rng.uniform(0, 1900)
    return item([x, 0, x + 20, 0, x + 20, 1080, x, 1080], "polygon")


def _flat_polygon(rng: random.Random, number: int, count: int) -> Item:
    y = rng.uniform(0, 1060)
    return item([0, y, 1920, y, 1920, y + 20, 0, y + 20], "polygon")


def _mask(rng: random.Random, number: int, count: int) -> Item:
    left, top = rng.randrange(1800), rng.randrange(1000)
    return mask([3, 5, 2, 90], 10, 10) | {"points": [3, 5, 2, 90, left, top, left + 9, top + 9]}


def _line(rng: random.Random, number: int, count: int) -> Item:
    x, y = rng.uniform(0, 1800), rng.uniform(0, 1000)
    return item([x, y, x + 50, y + 20, x + 90, y - 10], "polyline")


def _dot(rng: random.Random, number: int, count: int) -> Item:
    return item([rng.uniform(0, 1900), rng.uniform(0, 1000)], "points")


CROWDS: dict[str, Draw] = {
    "boxes": lambda rng, number, count: item(box(rng)),
    "large boxes": lambda rng, number, count: item([number / count, 1, 1900 + number / count, 1000]),
    "turned boxes": lambda rng, number, count: item(box(rng), rotation=round(rng.uniform(1, 90), 1)),
    "ellipses": lambda rng, number, count: item([x := rng.uniform(50, 1800), y := 500, x + 40, y - 30], "ellipse"),
    "polygons": lambda rng, number, count: drawn(rng, 0),
    "large polygons": _large_polygon,
    "equal polygons": _equal_polygon,
    "tall polygons": _tall_polygon,
    "flat polygons": _flat_polygon,
    "masks": _mask,
    "polylines": _line,
    "points": _dot,
}
JUDGED: dict[str, tuple[Make, int]] = {
    f"{name} on a frame": (_crowd("ground truth", draw), 4_000) for name, draw in CROWDS.items()
}
MERGED: dict[str, tuple[Make, int]] = {
    f"{name} on a frame": (_crowd("replicas", draw), 4_000) for name, draw in CROWDS.items()
}
