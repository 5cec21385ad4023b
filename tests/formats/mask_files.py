"""Pictures of masks for tests, written and read."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as coco

import annotools as at
from annotools.formats.base import Read
from annotools.model import Dataset, DatasetBuilder

LEFT, RIGHT = [0, 3, 1, 0, 0, 1, 1], [0, 2, 3, 0, 3, 1]


def picture(numbers: Any, colors: Sequence[Sequence[int]] = (), mode: str = "", suffix: str = "PNG") -> bytes:
    """A picture: RGB where there are colours, else grey, of 16 bits where it must be; P: places in a palette."""
    pixels = np.asarray(numbers)
    if mode == "P":
        made = Image.fromarray(pixels.astype(np.uint8))
        made.putpalette([part for color in colors for part in color])
    elif len(colors):
        made = Image.fromarray(np.asarray(colors, np.uint8)[pixels])
    else:
        made = Image.fromarray(pixels.astype(np.uint16 if pixels.max() > 255 else np.uint8))
    stream = io.BytesIO()
    made.save(stream, suffix)
    return stream.getvalue()


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, files: Mapping[str, str | bytes], slug: str, **choices: Any) -> Read:
    return at.read(write(folder, files), slug, **{"on_error": "skip", **choices})


def masks(dataset: Dataset) -> list[tuple[str, str, list[int]]]:
    """Frame, label and run lengths of each mask, in a fixed order."""
    drawn = [(s.frame.name, s.label.name, s.points.astype(int).tolist()) for s in dataset.shapes if s.type == "mask"]
    return sorted(drawn)


def tracked(count: int, labels: int = 1) -> Dataset:
    """Tracks of one pixel each on a single picture."""
    build = DatasetBuilder()
    for number in range(labels):
        build.add_label(f"label {number}")
    build.add_frame("a.png", count, 1)
    for n in range(count):
        track = build.add_track(f"label {n % labels}", 0)
        build.add_shape("mask", 0, points=[0, 1, n, 0, n, 0], track=track)
    return build.dataset()


RED, GREEN, BLUE, BLACK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255)


# Two classes: 1 on the left, 2 on the right, nothing in the middle.
NUMBERS = np.array([[1, 1, 0, 2], [1, 0, 0, 2], [0, 0, 0, 0]])


def outlines(*items: object, **more: object) -> str:
    return json.dumps({"imgHeight": 80, "imgWidth": 100, "objects": list(items), **more})


ROAD = {"label": "road", "polygon": [[0, 70], [99.5, 40], [99, 79]]}
CITY = "gtFine/train/aachen/aachen_0_gtFine_polygons.json"
TRACKING = """0 0 Car 0 0 -1.57 10 20 30 40 1.5 1.6 3.7 1 2 3 -1.5
0 -1 DontCare -1 -1 -10 50 20 60 40 -1000 -1000 -1000 -10 -1 -1 -1
1 0 Car 1 2 -1.57 12 20 32 40 1.5 1.6 3.7 1 2 3 -1.5 0.75
3 0 Car 0 0 -1.57 16 20 36 40 1.5 1.6 3.7 1 2 3 -1.5
3 7 Person 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10
"""


def runs(*pixels: tuple[int, int], size: tuple[int, int] = (8, 6)) -> str:
    """Run lengths of pixels (x, y) of a picture, as pycocotools has them."""
    mask = np.zeros((size[1], size[0]), np.uint8, order="F")
    for x, y in pixels:
        mask[y, x] = 1
    text: str = coco.encode(mask)["counts"].decode()
    return text
