"""The main job at size: `python -m benchmarks main-job [COUNT...]` (36000 and 180000 where none is given).

For each count a task with as many annotations is made up, 20 on a frame of 1920 x 1080, and measured are

    API JSON -> COCO           a cvat-api bundle to a folder with COCO's JSON
    COCO -> CVAT XML           that folder to a folder with annotations.xml

from the open source to the last written byte; and from COCO to YOLO and VOC and back, see `picture_jobs`.  Of 100
annotations 52 are boxes, 25 polygons of 15 points, 6 polylines of 6, 4 are points, 5 masks of 24 x 16 pixels, 2
ellipses, the rest skeletons, tags and keyframes of tracks; coordinates have two decimals.  Polygons go round a centre
at 20 to 50 px, as annotators draw: they do not cross themselves.  Three of five shapes have attributes.

Each direction has a process of its own.  Memory is what the highest resident size of the first conversion lies above
that before reading, in relation to the size of the input.  CPU is `time.process_time`, imports done: the best of some
conversions, in relation to the best of as many `orjson.loads` of the same bytes with the garbage collector off, one
after the other by turns, so that a machine that is busy now and then slows both.
"""

from __future__ import annotations

import gc
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

if not __package__:  # run as a script: the path has this folder, and not the one above
    sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks import picture_jobs

COUNTS = (36_000, 180_000)
AIM = "aim at 180,000: CPU at most 3.5 x, memory at most 3 x the input"
WIDTH, HEIGHT = 1920, 1080
PER_FRAME = 20
KEYFRAMES = 20
REPETITIONS = 5
PARTS = ("head", "hand", "foot")
Item = dict[str, Any]


def labels() -> list[Item]:
    """A label for everything, and a skeleton."""
    specs = [
        {"id": 1, "name": "colour", "mutable": False, "input_type": "text", "default_value": "red", "values": []},
        {"id": 2, "name": "parked", "mutable": True, "input_type": "checkbox", "default_value": "false", "values": []},
    ]
    circles = "".join(
        f'<circle data-type="element node" data-element-id="{n}" data-node-id="{n}" data-label-id="{10 + n}"></circle>'
        for n in range(1, len(PARTS) + 1)
    )
    plain: list[Item] = [{"id": n, "name": f"label {n}", "type": "any", "attributes": []} for n in (2, 3, 4)]
    parts = [{"id": 10 + n, "name": name, "type": "points", "attributes": []} for n, name in enumerate(PARTS, 1)]
    skeleton: Item = {"id": 10, "name": "person", "type": "skeleton", "sublabels": parts, "svg": circles}
    return [{"id": 1, "name": "car", "color": "#00ff00", "type": "any", "attributes": specs}, *plain, skeleton]


class _Maker:
    """Makes up annotations, always the same ones."""

    def __init__(self, count: int) -> None:
        self.random = random.Random(1)
        self.count = count
        self.frames = count // PER_FRAME

    def near(self, count: int) -> list[float]:
        """Points around a place, in px with two decimals."""
        x, y = self.random.uniform(50, WIDTH - 50), self.random.uniform(50, HEIGHT - 50)
        return [round(at + self.random.uniform(-50, 50), 2) for _ in range(count) for at in (x, y)]

    def polygon(self) -> list[float]:
        """15 points round a centre, in px with two decimals."""
        x, y = self.random.uniform(50, WIDTH - 50), self.random.uniform(50, HEIGHT - 50)
        turns = [2 * math.pi * (n + self.random.uniform(0, 0.8)) / 15 for n in range(15)]
        ways = [(self.random.uniform(20, 50), math.cos(turn), math.sin(turn)) for turn in turns]
        return [round(at, 2) for far, across, down in ways for at in (x + far * across, y + far * down)]

    def box(self) -> list[float]:
        x, y = round(self.random.uniform(0, 1700), 2), round(self.random.uniform(0, 900), 2)
        return [x, y, round(x + self.random.uniform(5, 200), 2), round(y + self.random.uniform(5, 150), 2)]

    def ellipse(self) -> list[float]:
        """Centre, right end, top."""
        x, y = self.near(1)
        return [x, y, round(x + self.random.uniform(5, 60), 2), round(y - self.random.uniform(5, 45), 2)]

    def mask(self) -> list[float]:
        """A strip in every row of a box of 24 x 16."""
        left, top = self.random.randrange(1800), self.random.randrange(1000)
        runs = [4, *(n for _ in range(15) for n in (12, 12)), 12, 8]
        return [float(n) for n in (*runs, left, top, left + 23, top + 15)]

    def attributes(self, number: int) -> list[Item]:
        colour = ("red", "blue", "a & b")[number % 3]
        return [{"spec_id": 1, "value": colour}, {"spec_id": 2, "value": "true"}] if number % 5 < 3 else []

    def shape(self, number: int, kind: str, points: list[float]) -> Item:
        """A shape as the API returns it."""
        attributes = self.attributes(number)
        label = 1 if attributes else 2 + number % 3
        return {
            "id": number, "label_id": label, "type": kind, "frame": number * self.frames // self.count, "group": 0,
            "source": "manual", "score": 1.0, "occluded": number % 7 == 0, "outside": False, "z_order": number % 3,
            "rotation": 0.0, "points": points, "attributes": attributes, "elements": [],
        }  # fmt: skip

    def skeleton(self, number: int) -> Item:
        whole = self.shape(number, "skeleton", []) | {"label_id": 10, "attributes": []}
        parts = [self.shape(number, "points", self.near(1)) for _ in PARTS]
        for index, part in enumerate(parts, 1):
            part |= {"label_id": 10 + index, "attributes": []}
            del part["elements"]
        return whole | {"elements": parts}

    def track(self, number: int) -> Item:
        """A box that is a keyframe on each of some frames in a row and leaves on the last."""
        first = self.random.randrange(max(self.frames - KEYFRAMES, 1))
        keys = ("type", "occluded", "outside", "z_order", "rotation", "points")
        frames = range(first, min(first + KEYFRAMES, self.frames))
        rows = []
        for frame in frames:
            shape = self.shape(number, "rectangle", self.box())
            rows.append({"id": frame, "frame": frame, "attributes": []} | {key: shape[key] for key in keys})
        rows[-1]["outside"] = True
        head = {"id": number, "label_id": 2, "frame": first, "group": 0, "source": "manual"}
        return head | {"shapes": rows, "attributes": [], "elements": []}

    def document(self) -> Item:
        """Of 100: 52 boxes, 25 polygons of 15 points, 6 polylines, 4 points, 5 masks, 2 ellipses, the rest one each."""
        kinds = self.random.choices(range(8), (52, 25, 6, 4, 5, 2, 1, 1), k=self.count - self.count // 25)
        makers: list[Callable[[int], Item]] = [
            lambda n: self.shape(n, "rectangle", self.box()), lambda n: self.shape(n, "polygon", self.polygon()),
            lambda n: self.shape(n, "polyline", self.near(6)), lambda n: self.shape(n, "points", self.near(2)),
            lambda n: self.shape(n, "mask", self.mask()), lambda n: self.shape(n, "ellipse", self.ellipse()),
            self.skeleton,
        ]  # fmt: skip
        shapes = [makers[kind](number) for number, kind in enumerate(kinds) if kind < len(makers)]
        tagged = [number for number, kind in enumerate(kinds) if kind == len(makers)]
        keys = ("id", "label_id", "frame", "group", "source", "attributes")
        tags = [{k: v for k, v in self.shape(n, "", []).items() if k in keys} for n in tagged]
        tracks = [self.track(number) for number in range(self.count // 25 // KEYFRAMES)]
        return {"version": 0, "tags": tags, "shapes": shapes, "tracks": tracks, "intervals": []}


def make_bundle(folder: Path, count: int) -> None:
    """Write a bundle with as many annotations (a skeleton and a keyframe count as one)."""
    maker = _Maker(count)
    frames = [{"width": WIDTH, "height": HEIGHT, "name": f"cam/{n:06d}.jpg"} for n in range(maker.frames)]
    meta = {"size": len(frames), "start_frame": 0, "stop_frame": len(frames) - 1, "frames": frames}
    members = {"labels": labels(), "data_meta": meta, "annotations": maker.document()}
    for name, value in members.items():
        (folder / f"{name}.json").write_bytes(orjson.dumps(value))


def resident() -> int:
    """The highest resident size so far, in bytes; on Linux since `forget_peak`."""
    for line in _status():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _status() -> Iterator[str]:
    status = Path("/proc/self/status")
    yield from status.read_text().splitlines() if status.exists() else ()


def forget_peak() -> None:
    """Let the highest resident size start from now, where the system can."""
    switch = Path("/proc/self/clear_refs")
    if switch.exists():
        switch.write_text("5")


def seconds(job: Callable[[], object]) -> float:
    """CPU seconds of a job."""
    gc.collect()
    start = time.process_time()
    job()
    return time.process_time() - start


def growth(job: Callable[[], object]) -> int:
    """Bytes by which a job lets this process grow, at its highest."""
    gc.collect()
    forget_peak()
    before = resident()
    job()
    return resident() - before


def plain(source: Path) -> None:
    """What everything is compared with."""
    gc.disable()
    orjson.loads(source.read_bytes())
    gc.enable()


def conversion(case: str, source: str, target: str) -> Callable[[], object]:
    """One direction, ready to be called: a few rows went all the way, so that all imports are done."""
    from annotools import convert

    with tempfile.TemporaryDirectory() as folder:
        bundle, coco, xml = (Path(folder, part) for part in ("bundle", "coco", "xml"))
        bundle.mkdir()
        make_bundle(bundle, 100)
        convert(bundle, coco, "coco", source_format="cvat-api")
        convert(coco, xml, "cvat-images", source_format="coco")
    slugs = ("cvat-api", "coco") if case == "coco" else ("coco", "cvat-images")
    return lambda: convert(source, target, slugs[1], source_format=slugs[0], force=True)


def run_case(case: str, source: str, target: str) -> dict[str, float]:
    """All measurements of one direction, in this process."""
    largest = largest_in(source)
    if case == "orjson":
        return {"plain memory": growth(lambda: plain(largest))}
    job = conversion(case, source, target)
    memory = growth(job)
    turns = [(seconds(job), seconds(lambda: plain(largest))) for _ in range(REPETITIONS)]
    cpu, loads = (min(column) for column in zip(*turns, strict=True))
    return {"cpu": cpu, "plain cpu": loads, "memory": memory, "size": largest.stat().st_size}


def largest_in(folder: str) -> Path:
    """The JSON file that counts."""
    return max(Path(folder).rglob("*.json"), key=lambda path: path.stat().st_size)


def in_process(*arguments: str) -> dict[str, float]:
    """Measurements in a process of their own."""
    command = [sys.executable, __file__, "--case", *arguments]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: dict[str, float] = json.loads(printed.splitlines()[-1])
    return figures


def report(title: str, figures: dict[str, float]) -> None:
    """One line."""
    size = figures["size"]
    cpu, memory = figures["cpu"] / figures["plain cpu"], figures["memory"] / size
    print(f"  {title:<18} {size / 1e6:6.1f} MB", end="")
    print(f"  CPU {figures['cpu']:5.2f} s = {cpu:5.2f} x orjson.loads ({figures['plain cpu']:.2f} s)", end="")
    print(f"  memory {figures['memory'] / 1e6:4.0f} MB = {memory:4.2f} x input", end="")
    print(f" ({figures['plain memory'] / size:.1f} x)", flush=True)


def run(count: int) -> None:
    """All directions for one count."""
    print(f"{count:,} annotations")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("bundle", "coco", "xml"):
            (folder / part).mkdir()
        make_bundle(folder / "bundle", count)
        steps = (("API JSON -> COCO", "coco", "bundle", "coco"), ("COCO -> CVAT XML", "xml", "coco", "xml"))
        for title, case, source, target in steps:
            places = (str(folder / source), str(folder / target))
            report(title, in_process(case, *places) | in_process("orjson", *places))
    picture_jobs.run(count)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        print(json.dumps(run_case(*sys.argv[2:5])))
    else:
        print(AIM)
        for given in [int(text) for text in sys.argv[1:]] or COUNTS:
            run(given)
