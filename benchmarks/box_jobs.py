"""Between COCO and the formats of one file a picture, as a user runs them: `main_job` prints it.

    COCO -> YOLO, COCO -> VOC      `annotools convert`, in relation to orjson.loads of the same JSON, collector off
    YOLO -> COCO, VOC -> COCO      in relation to opening and reading the files of labels

All annotations are boxes with two decimals, 36 on 5 pictures of 1920 x 1080.  CPU is that of the whole process,
start-up included, in user and system mode, the best of some runs; what it is in relation to runs by turns with it, in
this process.
"""

from __future__ import annotations

import gc
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson

AIM = "aim at 180,000 boxes: COCO -> YOLO 1.2, COCO -> VOC 1.4, YOLO -> COCO 2.2, VOC -> COCO 2.5 x"
REPETITIONS = 3
SIZE = {"width": 1920, "height": 1080}
FORMATS = {"YOLO": ("yolo-ultralytics-detection", "labels/**/*.txt"), "VOC": ("voc", "Annotations/**/*.xml")}


def document(count: int) -> dict[str, Any]:
    """COCO's JSON with as many boxes."""
    chance = random.Random(1)
    images = [{"id": n + 1, "file_name": f"{n:06d}.jpg", **SIZE} for n in range(count * 5 // 36)]
    annotations = []
    for n in range(count):
        x, y, width, height = (round(chance.uniform(*span), 2) for span in ((0, 1700), (0, 900), (5, 200), (5, 150)))
        box = {"bbox": [x, y, width, height], "area": round(width * height, 4), "iscrowd": 0, "segmentation": []}
        annotations.append({"id": n + 1, "image_id": n % len(images) + 1, "category_id": n % 4 + 1, **box})
    categories = [{"id": n + 1, "name": name} for n, name in enumerate(("car", "bus", "person", "dog"))]
    return {"categories": categories, "images": images, "annotations": annotations}


def context(given: dict[str, Any]) -> dict[str, Any]:
    """What a task says of the same pictures."""
    frames = [{"name": image["file_name"], **SIZE} for image in given["images"]]
    meta = {"size": len(frames), "start_frame": 0, "stop_frame": len(frames) - 1, "frames": frames}
    return {"labels": [{"attributes": [], **category} for category in given["categories"]], "data_meta": meta}


def run(count: int, folder: Path) -> None:
    """All directions.  folder: an empty folder."""
    coco, task, made = folder / "boxes.json", folder / "task", document(count)
    coco.write_bytes(orjson.dumps(made))
    task.mkdir()
    for name, value in context(made).items():
        (task / f"{name}.json").write_bytes(orjson.dumps(value))
    del made
    for name, (slug, pattern) in FORMATS.items():
        files, back = folder / slug, folder / f"{slug}.json"
        report(f"COCO -> {name}", (str(coco), "--to", slug, "-o", str(files)), partial(parse, coco))
        given = (str(files), "--from", slug, "--task", str(task), "--to", "coco", "-o", str(back))
        report(f"{name} -> COCO", given, partial(read, list(files.glob(pattern))))


def parse(path: Path) -> None:
    """What reading COCO is compared with."""
    gc.disable()
    orjson.loads(path.read_bytes())
    gc.enable()


def read(paths: list[Path]) -> None:
    """What reading one file a picture is compared with."""
    for path in paths:
        with open(path, "rb") as stream:
            stream.read()


def report(title: str, words: tuple[str, ...], baseline: Callable[[], None]) -> None:
    """One line."""
    turns = [(conversion(words), measured(baseline)) for _ in range(REPETITIONS)]
    cpu, plain = (min(column) for column in zip(*turns, strict=True))
    print(f"  {title:<18} CPU {cpu:5.2f} s = {cpu / plain:5.2f} x {plain:.2f} s", flush=True)


def conversion(words: tuple[str, ...]) -> float:
    """CPU seconds of a process that converts."""
    shutil.rmtree(words[-1], ignore_errors=True)
    Path(words[-1]).unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "annotools", "convert", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measured(job: Callable[[], None]) -> float:
    """CPU seconds of a job in this process."""
    gc.collect()
    start = time.process_time()
    job()
    return time.process_time() - start
