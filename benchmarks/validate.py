"""Validation at size: `python -m benchmarks validation [SHAPES]` (72,000 shapes and a track for each 18, some 50 MB).

A job file is made up, and measured in relation to decoding the same bytes into typed `msgspec` structs with the
garbage collector off, in the same process, the best of several runs each:

    cheap      SCH, FRM, LBL, GRP and TRK001 to TRK014: at most 3 times
    document   every rule that needs no pictures: at most 8 times
    memory     the peak of the resident size above that before: at most 6 times the file (a process of its own)
    faulty     the same with 100,000 findings and more, and with every piece of the file at fault
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotools.validate.api import validate
from annotools.validate.registry import all_rules
from annotools.validate.report import Report
from benchmarks.structs import DECODER

SHAPES = 72_000
WIDTH, HEIGHT, PER_FRAME, KEYFRAMES = 1920, 1080, 20, 10
CHEAP = ["SCH", "FRM", "LBL", "GRP", *(f"TRK{number:03d}" for number in range(1, 15))]
LIMITS = {"cheap": 3.0, "document": 8.0}
Item = dict[str, Any]


class Maker:
    """Makes up a job, always the same one; the objects of a frame lie in cells of a grid and do not touch."""

    def __init__(self, count: int, *, bad: bool = False) -> None:
        self.random = random.Random(1)
        self.count, self.bad = count, bad
        self.frames = max(count // PER_FRAME, 2 * KEYFRAMES)

    def cell(self, number: int) -> tuple[float, float]:
        """The corner of a cell, with some noise."""
        row, column = divmod(number % 24, 6)
        return column * 320 + self.random.uniform(1, 40), row * 270 + self.random.uniform(1, 40)

    def box(self, number: int) -> list[float]:
        """A rectangle in a cell; an inverted one where the job is to be bad."""
        x, y = self.cell(number)
        box = [x, y, x + self.random.uniform(60, 200), y + self.random.uniform(60, 180)]
        return [round(v, 2) for v in (box[2:] + box[:2] if self.bad else box)]

    def outline(self, number: int, size: int) -> list[float]:
        """A star-shaped polygon in a cell."""
        x, y = self.cell(number)
        turns = [(index + self.random.random() / 2) * 2 * math.pi / size for index in range(size)]
        radii = [self.random.uniform(60, 110) for _ in turns]
        points = [(x + 120 + r * math.cos(t), y + 120 + r * math.sin(t)) for t, r in zip(turns, radii, strict=True)]
        return [round(v, 2) for point in points for v in point]

    def drawn(self, number: int, frame: int) -> Item:
        """A shape: most are rectangles and polygons."""
        kind = "polygon" if number % 2 else "rectangle"
        points = self.outline(number, 8 + number % 40) if number % 2 else self.box(number)
        return {
            "type": kind, "occluded": number % 5 == 0, "outside": False, "z_order": 0, "rotation": 0.0,
            "points": points, "frame": frame, "attributes": [],
        }  # fmt: skip

    def shape(self, number: int) -> Item:
        """A plain shape."""
        values = [{"spec_id": 1, "value": "red"}, {"spec_id": 2, "value": "true" if number % 3 else "false"}]
        extra = {"colour_of_car": "red"} if self.bad else {}
        head = {"label_id": 1, "group": 0, "source": "manual", "score": 1.0, "elements": [], "attributes": values}
        return {"id": number + 1, **self.drawn(number, number // PER_FRAME), **head, **extra}

    def track(self, number: int) -> Item:
        """A track of boxes that move slowly and end with an outside keyframe."""
        first = self.random.randrange(self.frames - 2 * KEYFRAMES)
        box, shapes = self.box(number), []
        for index in range(KEYFRAMES):
            box = [round(value + 1.5, 2) for value in box]
            shape = self.drawn(0, first + 2 * index) | {"points": box, "outside": index == KEYFRAMES - 1}
            shapes.append(shape | {"attributes": [{"spec_id": 2, "value": "true" if index % 2 else "false"}]})
        values = [{"spec_id": 1, "value": "red"}]
        head = {"label_id": 1, "group": 0, "source": "manual", "attributes": values, "elements": []}
        return {"id": number + 1, **head, "frame": first, "shapes": shapes}

    def write(self, folder: Path) -> Path:
        """The job as a bundle; the path of its annotations."""
        names = [f"{frame:06d}.jpg" for frame in range(self.frames)]
        frames = [{"width": WIDTH, "height": HEIGHT, "name": name, "related_files": 0} for name in names]
        job = {"id": 1, "task_id": 1, "type": "annotation", "start_frame": 0, "stop_frame": self.frames - 1}
        tracks = [self.track(number) for number in range(self.count // 18)]
        shapes = [self.shape(number) for number in range(self.count)]
        members = {
            "labels.json": LABELS, "job.json": job | {"stage": "annotation", "state": "new", "mode": "interpolation"},
            "data_meta.json": {"size": self.frames, "start_frame": 0, "stop_frame": self.frames - 1, "frames": frames,
                               "deleted_frames": [], "frame_filter": "", "chunk_size": 36},
            "annotations.json": {"version": 0, "tags": [], "shapes": shapes, "tracks": tracks},
        }  # fmt: skip
        for name, value in members.items():
            (folder / name).write_text(json.dumps(value))
        return folder / "annotations.json"


LABELS = [
    {"id": 1, "name": "car", "color": "#00ff00", "type": "any", "attributes": [
        {"id": 1, "name": "colour", "mutable": False, "input_type": "select", "default_value": "red",
         "values": ["red"]},
        {"id": 2, "name": "parked", "mutable": True, "input_type": "checkbox", "default_value": "false",
         "values": ["false"]}]},
]  # fmt: skip


def cpu(work: Callable[[], Any], runs: int = 5) -> float:
    """The least CPU time of several runs, in seconds."""
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def decoded(data: bytes) -> float:
    """CPU seconds of a typed decode with the collector off."""
    gc.disable()
    try:
        return cpu(lambda: DECODER.decode(data))
    finally:
        gc.enable()


def counted(report: Report) -> str:
    """What was found, in short."""
    return ", ".join(f"{count:,} {severity.word}" for severity, count in report.counts.items())


def measure(folder: Path, title: str) -> None:
    """Print the figures of one job."""
    data = (folder / "annotations.json").read_bytes()
    unit = decoded(data)
    print(f"{title}: {len(data) / 1e6:.1f} MB, typed decode {unit:.3f} s")
    cheap = [word for word in CHEAP if any(code.startswith(word) for code in all_rules())]
    for name, select in (("cheap", cheap), ("document", None)):
        choices: Any = {"select": select} if select else {}
        spent = cpu(lambda choices=choices: validate(folder, **choices), 3)
        report = validate(folder, **choices)
        aim = f"aim {LIMITS[name]:g}"
        print(f"  {name:<9} {spent:.3f} s, {spent / unit:.2f} x ({aim}); {len(report.rules)} rules: {counted(report)}")
    child = [sys.executable, "-m", "benchmarks.validate", "--peak", str(folder)]
    size = int(subprocess.run(child, capture_output=True, check=True).stdout)
    print(f"  memory    {size / 1e6:.0f} MB, {size / len(data):.2f} x the file (aim 6)")


def peak(folder: str) -> None:
    """Print the bytes that one validation needs above what the process has before."""
    validate(b"{}")  # everything is loaded
    before = highest()
    validate(folder)
    print((highest() - before) * 1024)


def highest() -> int:
    """The highest resident size of this process so far, in KB; that of `resource` may be the parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.read_text().partition("VmHWM:")[2].split()[0])


def main(count: int) -> None:
    """Measure a clean job and a faulty one."""
    for title, bad in (("clean", False), ("faulty", True)):
        with tempfile.TemporaryDirectory() as folder:
            Maker(count, bad=bad).write(Path(folder))
            measure(Path(folder), title)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        peak(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else SHAPES)
